from collections.abc import Iterable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.examples import EXAMPLES
from qa_bot.chat import QABot
from qa_bot.editing.changes import Line
from qa_bot.editing.diff_report import as_page, as_text, words
from qa_bot.editing.rehearsal import Asked, Move, Rehearsal, read_asked, rehearse
from qa_bot.index.folder_store import FolderStore
from qa_bot.records import Kind
from tests.conftest import CORPUS, DATA

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 3, tzinfo=UTC)
SHARE = Asked("What share of people with major depression meet the definition of TRD?")
FAST = Asked("How fast does esketamine work?")
COFFEE = Asked("Does coffee help with treatment-resistant depression?")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for path in CORPUS.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def edit(folder: Path, *pairs: tuple[str, str]) -> None:
    """As a careful editor does it: in the articles, and in the examples that point at their words."""
    for path in (*folder.glob("*.txt"), folder / EXAMPLES):
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def report(folder: Path, bot: QABot, index: Path, *asked: Asked) -> Rehearsal:
    def counting(items: Iterable[Asked], _count: int, _doing: str) -> Iterable[Asked]:
        return items

    return rehearse(
        read_corpus(folder),
        bot,
        FolderStore(index),
        asked,
        now=NOW,
        progress=lambda texts, _: texts,
        counting=counting,
    )


def snapshot(index: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in index.rglob("*") if p.is_file() and "chroma" not in p.parts}


def test_an_unchanged_corpus_has_no_differences(copy: Path, bot: QABot, index: Path) -> None:
    found = report(copy, bot, index, SHARE)
    assert not found.changes
    assert found.answers == ()
    assert "Nothing changed in 2 articles." in as_text(found, details=False)


def test_answers_that_would_move_are_shown_and_nothing_is_published(
    copy: Path, bot: QABot, index: Path
) -> None:
    before = snapshot(index)
    edit(
        copy,
        ("Approximately 30% of people", "About a third of people"),
        ("esketamine", "ketafoo"),
        ("Esketamine", "Ketafoo"),
        ("last_updated: 2026-06-19", "last_updated: 2026-11-01"),
    )
    path = copy / "siggymd-beyond-standard-antidepressants.txt"
    coffee = "Coffee does not help with treatment-resistant depression, and nor does black tea."
    path.write_text(path.read_text("utf-8") + f"\n\n{coffee}\n", "utf-8")
    found = report(copy, bot, index, SHARE, FAST, COFFEE)
    moves = {answer.asked: answer for answer in found.answers}
    assert any("Approximately 30%" in text for text in moves[SHARE].before)
    assert any("About a third" in text for text in moves[SHARE].after)
    assert moves[COFFEE].move in (Move.FOUND, Move.SWAPPED)
    assert any(coffee in text for text in moves[COFFEE].after)
    assert snapshot(index) == before
    told = as_text(found, details=True)
    assert "last_updated: 2026-06-19 → 2026-11-01" in told
    assert f"+ {coffee}" in told
    assert "Of 3 questions," in told
    assert found.to_dict()["counts"]["articles"]["changed"] == 2


def test_an_answer_that_is_lost_is_called_that(copy: Path, bot: QABot, index: Path) -> None:
    for name in (
        "manifest-when-ssris-arent-enough.txt",
        "siggymd-beyond-standard-antidepressants.txt",
    ):
        (copy / name).unlink()
    (copy / "lamps.md").write_text("# Lamps\n\nA lamp of ten thousand lux is bright enough.")
    found = report(copy, bot, index, FAST)
    assert [answer.move for answer in found.answers] == [Move.LOST]
    assert found.count(Move.LOST) == 1


def test_a_quote_that_was_only_reworded_is_counted_apart(
    copy: Path, bot: QABot, index: Path
) -> None:
    edit(
        copy,
        ("an evidence-based next step", "a next step on evidence"),
        ("within hours to days", "within hours or days"),
    )
    found = report(copy, bot, index, FAST)
    assert [answer.move for answer in found.answers] == [Move.REWORDED]


def test_before_the_first_publish_everything_is_new(copy: Path, bot: QABot, tmp_path: Path) -> None:
    nowhere = tmp_path / "index"
    (copy / EXAMPLES).unlink()  # thousands of questions to encode, which change nothing here
    found = report(copy, bot.with_index(nowhere), nowhere, FAST)
    told = as_text(found, details=False)
    assert "Nothing is published yet, so everything is new:" in told
    assert "Articles: 2 added, 0 unchanged." in told
    assert "No answer can change" in told
    assert not nowhere.exists()


class Page(HTMLParser):
    """Collects tags, and the addresses of everything a page would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_self_contained_and_article_text_stays_text(
    copy: Path, bot: QABot, index: Path
) -> None:
    path = copy / "siggymd-beyond-standard-antidepressants.txt"
    hostile = (
        "The tag <script>alert(1)</script> is said to <img src=x onerror=alert(1)> help no one."
    )
    path.write_text(path.read_text("utf-8") + f"\n\n{hostile}\n", "utf-8")
    page = Page(as_page(report(copy, bot, index, FAST)))
    assert page.fetched == []
    assert not {"script", "img"} & set(page.tags)
    assert "ins" in page.tags


def test_words_that_changed_are_marked_and_the_rest_is_not() -> None:
    old = Line("The dose is 20 mg a day.", Kind.BODY, ())
    new = Line("The dose is 30 mg a day.", Kind.BODY, ())
    assert list(words(old, new)) == [
        ("The dose is ", "same"),
        ("20 ", "removed"),
        ("30 ", "added"),
        ("mg a day.", "same"),
    ]
    assert list(words(None, new)) == [(new.text, "added")]
    assert list(words(old, None)) == [(old.text, "removed")]


def test_the_projects_questions_are_read_once_each() -> None:
    files = [DATA / "questions_dev.jsonl"]
    assert read_asked(files * 2) == read_asked(files)
    assert len(read_asked(files)) > 100
