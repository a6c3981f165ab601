from pathlib import Path

from qa_bot.articles import read_corpus
from qa_bot.checking import Notice, notices
from tests.conftest import CORPUS

BODY = "Repetitive stimulation helps many people whose depression did not respond to medication."
FACTS = """---
title: A Guide
publisher: Acme
reviewed_by: A. Smith, MD
last_updated: 2026-01-02
---
"""


def of(folder: Path, content: str) -> list[Notice]:
    (folder / "a.md").write_text(content, encoding="utf-8")
    return list(notices(folder, read_corpus(folder)))


def test_the_lost_lists_of_both_articles_are_reported_by_file_and_line() -> None:
    corpus = read_corpus(CORPUS)
    lost = {n.file: n for n in notices(CORPUS, corpus) if "announces a list" in n.message}
    assert len(lost) == 2
    for article in corpus.articles:
        notice = lost[article.id]
        assert notice.line is not None
        line = article.text.split("\n")[notice.line - 1]
        assert line.endswith(":")
        words = notice.message.split("”")[0].removeprefix("“")
        assert words
        assert line.endswith(words)
        assert str(notice).startswith(f"Note: {article.id}, line {notice.line}: “")


def test_an_article_with_nothing_amiss_has_no_notice(tmp_path: Path) -> None:
    assert of(tmp_path, f"{FACTS}# A Guide\n\n{BODY}") == []


def test_what_is_not_stated_is_said(tmp_path: Path) -> None:
    found = " ".join(map(str, of(tmp_path, f"# A Guide\n\n{BODY}")))
    assert "the date of the last update is not stated" in found
    assert "clinical review: not stated" in found
    assert "the publisher is not stated" in found


def test_a_file_that_is_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").write_text("x")
    assert [n.file for n in of(tmp_path, f"{FACTS}# A Guide\n\n{BODY}")] == ["sheet.xlsx"]


def test_a_source_that_is_never_cited_is_named_only_where_others_are(tmp_path: Path) -> None:
    sources = "## References\n\n- [1] Smith. 2024.\n- [2] Jones. 2025.\n"
    cited = of(tmp_path, f"{FACTS}# A Guide\n\n{BODY}[1]\n\n{sources}")
    assert [n.message for n in cited] == ["reference [2] is never cited."]
    assert of(tmp_path, f"{FACTS}# A Guide\n\n{BODY}\n\n{sources}") == []


def test_a_notice_is_one_line(tmp_path: Path) -> None:
    found = [*notices(CORPUS, read_corpus(CORPUS)), *of(tmp_path, f"{BODY}\nCauses\nare:\n")]
    assert found
    assert not [notice for notice in found if "\n" in str(notice)]
