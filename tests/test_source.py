from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.articles.article import file_content, read_article
from qa_bot.editing.source import Source
from tests.conftest import CORPUS


def source_of(path: Path) -> Source:
    return Source(path, file_content(path), read_article(path))


def test_every_block_of_the_two_articles_is_found_on_its_own_line() -> None:
    for path in sorted(CORPUS.glob("*.txt")):
        source = source_of(path)
        lines = source.content.split("\n")
        for block in source.article.blocks:
            number = source.line(block.start)
            assert number is not None
            first = source.words(block).split("\n")[0]
            assert first in lines[number - 1]


def test_a_line_is_found_beneath_mark_up_and_the_second_time_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    content = "---\ntitle: Twice\n---\n# Twice\n\nIt **helps** [many](https://a.b).\n\n> Twice\n\n"
    path.write_text(content + "It helps *many*.\n")
    source = source_of(path)
    found = {source.words(block): source.line(block.start) for block in source.article.blocks[:1]}
    assert found == {"Twice": 4}
    lines = [source.line(block.start) for block in source.article.blocks]
    assert lines == [4, 6, 8, 10]


@given(st.lists(st.sampled_from(["It helps.", "Ask.", "Why now?"]), min_size=1, max_size=8))
def test_lines_only_go_down_the_page(said: list[str]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_text("\n\n".join(said))
        source = source_of(path)
        lines = [source.line(block.start) for block in source.article.blocks]
        assert lines == [2 * n + 1 for n in range(len(said))]
