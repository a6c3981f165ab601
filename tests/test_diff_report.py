"""What an editor reads of the differences. The page and the details are tested in `test_rehearsal`."""

from pathlib import Path

from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.examples import EXAMPLES
from qa_bot.editing.diff_report import summary
from qa_bot.embedding.encoder import Encoder
from tests.test_publishing import FIRST, publish_at, served


def test_a_publish_says_what_came_what_went_and_what_has_another_name(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder, index = tmp_path / "corpus", tmp_path / "index"
    folder.mkdir()
    for name, words in (("a", FIRST), ("b", "Other words are here to stay, and for long.")):
        (folder / f"{name}.md").write_text(f"# On {name}\n\n{words}")
    first = publish_at(index, encoder, read_corpus(folder))
    assert summary(first, read_corpus(folder)).startswith("Published 2 articles: 3 sentences in ")
    (folder / "a.md").rename(folder / "renamed.md")
    (folder / "b.md").unlink()
    (folder / "c.md").write_text("# On c\n\nThese words are new to everybody.")
    (folder / EXAMPLES).write_text('{"id": "1", "question": "Why?", "evidence": []}')
    after = read_corpus(folder)
    told = summary(publish_at(index, encoder, after, 1), after)
    assert told.splitlines()[1:] == [
        "  c (added): 2 added",
        "  a → renamed (renamed): no sentence changed",
        "  b (removed): 2 removed",
        "  examples: 1 question added",
    ]
    assert served(index, encoder) == {
        "The usual dose is 20 mg a day.",
        "It takes six weeks to work.",
        "These words are new to everybody.",
    }
    again = publish_at(index, encoder, after, 2)
    assert summary(again, after) == "Nothing changed: 2 articles are already published."
