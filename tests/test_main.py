import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot.__main__ import main, render
from qa_bot.answers import Answer, Outcome
from qa_bot.chat import QABot
from qa_bot.errors import UNREADABLE
from tests.scripted import ARTICLES, MANIFEST

KEYS = {
    "question", "outcome", "quotes", "escalation", "missing", "reply", "related", "nearest", "about",
    "understood", "confidence", "problem", "statements", "dropped", "note",
}  # fmt: skip
QUOTE_KEYS = {"text", "start", "end", "article", "section", "role", "references", "score"}
ARTICLE_KEYS = {
    "id", "title", "publisher", "url", "reviewed_by", "review_status", "last_updated", "version",
}  # fmt: skip


@pytest.fixture
def served(bot: QABot, monkeypatch: pytest.MonkeyPatch) -> QABot:
    """The command finds the bot whose model is loaded already."""
    monkeypatch.setattr(QABot, "open", classmethod(lambda cls, settings=None: bot))
    return bot


@pytest.fixture
def unpublished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_BOT_INDEX", str(tmp_path / "none"))


def test_ask_tells_the_contract_as_json(served: QABot, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How long is an adequate antidepressant trial?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == KEYS
    assert answer["outcome"] == "answered"
    assert all(set(quote) == QUOTE_KEYS for quote in answer["quotes"])
    assert all(set(quote["article"]) == ARTICLE_KEYS for quote in answer["quotes"])
    assert any("6 to 8 weeks" in quote["text"] for quote in answer["quotes"])


def test_ask_shows_what_a_language_model_wrote_above_the_quotes_and_says_so() -> None:
    from qa_bot.__main__ import render
    from qa_bot.answers import Statement
    from tests.scripted import SCRIPT

    answer = replace(SCRIPT["both"], statements=(Statement("It works.", (1, 3)),), note="A note.")
    told = render(answer)
    assert told.startswith(
        "Written by a language model from the quotes beneath:\n  It works. [1, 3]\n\nA note.\n\n1. “"
    )


def test_ask_shows_section_reviewer_and_date_with_each_quote(
    served: QABot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How long is an adequate antidepressant trial?"]) == 0
    told = capsys.readouterr().out
    block = next(part for part in told.split("\n\n") if "6 to 8 weeks" in part)
    assert "SiggyMD · " in block
    assert "updated June 19, 2026" in block
    assert "reviewed by Daniel Montville, MD, Psychiatrist" in block


def test_ask_says_that_a_page_awaits_review(
    served: QABot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "What does Manifest Behavioral Health offer?"]) == 0
    told = capsys.readouterr().out
    assert "review awaiting clinical review" in told
    assert "update not stated" in told


def test_history_gives_a_follow_up_its_subject(
    served: QABot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "What are its side effects?", "--history", "What is ECT?"]) == 0
    assert "memory impairment" in capsys.readouterr().out


def test_what_was_read_otherwise_is_told(served: QABot, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Is electroshock still used?"]) == 0
    assert "Read “electroshock” as “ECT”." in capsys.readouterr().out


def test_what_is_not_covered_is_named_with_the_nearest_sections(
    served: QABot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "How much does Spravato cost?"]) == 0
    told = capsys.readouterr().out
    assert "The articles give no answer about: cost" in told
    assert "Nearest sections:" in told
    assert "The articles do answer:" in told


@pytest.mark.usefixtures("unpublished")
def test_a_crisis_shows_988_first_and_no_quotes_without_an_index(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ask", "I want to die"]) == 0
    told = capsys.readouterr().out
    first = next(line for line in told.splitlines() if line.startswith("  "))
    assert "988" in first and "call 911 now" in told
    assert "“" not in told


@pytest.mark.usefixtures("unpublished")
@pytest.mark.parametrize(
    ("message", "opening"),
    [
        ("i took all my sertraline", "Please get medical help right now, even if you feel fine."),
        ("he choked me again last night", "You deserve to be safe."),
    ],
)
def test_the_first_words_suit_the_situation(
    capsys: pytest.CaptureFixture[str], message: str, opening: str
) -> None:
    assert main(["ask", message]) == 0
    assert capsys.readouterr().out.startswith(opening)


@pytest.mark.usefixtures("unpublished")
def test_a_missing_index_is_one_sentence_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What is TMS?"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("There is no index in ")
    assert told.err.endswith("run `.venv/bin/python ingest.py` to publish the articles.\n")
    assert told.err.count("\n") == 1


@pytest.mark.usefixtures("unpublished")
@pytest.mark.parametrize("question", ["", "🙂", "What is TMS? " * 200])
def test_a_message_that_is_no_question_is_one_sentence_and_status_1(
    capsys: pytest.CaptureFixture[str], question: str
) -> None:
    assert main(["ask", question]) == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 1 and told.out == ""


@pytest.mark.usefixtures("unpublished")
def test_help_lines_without_the_articles_are_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "does esketamine raise suicide risk?"]) == 1
    told = capsys.readouterr().out
    assert "988" in told.splitlines()[1]
    assert UNREADABLE in told


def test_a_quote_on_the_screen_is_on_one_line(served: QABot) -> None:
    answer = served.ask("How fast does esketamine work?")
    for quote in answer.quotes:
        assert f"“{' '.join(quote.text.split())}”" in render(answer)


def test_details_of_articles_are_printed_where_no_sentence_gives_them() -> None:
    told = render(Answer("", Outcome.NOT_FOUND, about=ARTICLES))
    assert f"{MANIFEST.publisher} · update not stated · review awaiting clinical review" in told
    assert "SiggyMD · updated June 19, 2026 · reviewed by Daniel Montville, MD" in told
    assert "give no answer" not in told
