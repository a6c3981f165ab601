from datetime import date
from pathlib import Path

import pytest

from qa_bot.editing.checking import Checked, check
from qa_bot.editing.findings import Severity
from qa_bot.errors import CorpusError
from tests.conftest import CORPUS

TODAY = date(2026, 11, 21)
SENTENCE = (
    "Repetitive stimulation helps many people whose depression did not respond to medication."
)
HELP = "If you are in crisis, call or text 988 at any time."
FACTS = """---
title: A Guide
publisher: Acme
reviewed_by: A. Smith, MD
last_updated: 2026-01-02
---
"""
BODY = " ".join(f"{SENTENCE[:-1]}, as study {n} showed." for n in range(5))
GOOD = f"{FACTS}# A Guide\n\n{BODY}\n\n{HELP}\n"


def of(folder: Path, content: str | bytes, name: str = "a.md") -> Checked:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return check(folder, TODAY)


def test_the_two_articles_can_be_published() -> None:
    checked = check(CORPUS, TODAY)
    assert checked.errors == ()
    assert len(checked.corpus.articles) == 2


def test_the_lost_lists_of_both_articles_are_reported_by_file_and_line() -> None:
    lost = {f.file: f for f in check(CORPUS, TODAY).findings if f.rule == "lost-list"}
    assert len(lost) == 2
    for name, finding in lost.items():
        assert finding.line is not None
        line = (CORPUS / name).read_text(encoding="utf-8").split("\n")[finding.line - 1]
        words = finding.message.split("”")[0].removeprefix("“")
        assert words
        assert line.endswith(words)
        assert words.endswith(":")


def test_an_article_with_nothing_amiss_has_no_finding(tmp_path: Path) -> None:
    assert of(tmp_path, GOOD).findings == ()


def test_a_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").write_text("x")
    (finding,) = of(tmp_path, GOOD).findings
    assert (finding.file, finding.rule, finding.severity) == (
        "sheet.xlsx",
        "left-out",
        Severity.WARNING,
    )


def test_every_file_is_looked_at_though_the_first_cannot_be_read(tmp_path: Path) -> None:
    of(tmp_path, b"", "a.md")
    of(tmp_path, b"Caf\xe9", "b.md")
    checked = of(tmp_path, GOOD, "c.md")
    assert [(f.file, f.rule) for f in checked.errors] == [
        ("a.md", "unreadable"),
        ("b.md", "unreadable"),
    ]
    assert [article.id for article in checked.corpus.articles] == ["c"]


def test_a_glossary_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "glossary.yaml").write_text("names: [1, 2]")
    assert [f.file for f in of(tmp_path, GOOD).errors] == ["glossary.yaml"]


def test_twins_are_an_error(tmp_path: Path) -> None:
    of(tmp_path, GOOD, "a.md")
    assert "both called" in of(tmp_path, GOOD, "b.md").errors[0].message


def test_no_article_at_all_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no article"):
        check(tmp_path, TODAY)
