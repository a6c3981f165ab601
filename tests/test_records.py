import json
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from qa_bot.records import (
    QUOTABLE,
    Answer,
    Article,
    Escalation,
    HelpLine,
    Kind,
    Level,
    Outcome,
    Quote,
    Reference,
    ReviewStatus,
)

ARTICLE = Article(
    id="magnets.txt",
    title="Magnets",
    publisher="Acme",
    url="",
    reviewed_by="",
    review_status=ReviewStatus.AWAITING,
    last_updated=date(2026, 6, 19),
    version="v1",
    text="Magnets help. They do not hurt.",
    blocks=(),
    references=(),
)
QUOTE = Quote(ARTICLE, 14, 31, ("How",), Kind.FAQ, ("[2] A. 2024.",), 0.123456)
LINE = HelpLine(
    "988",
    "988 Lifeline",
    "us",
    "988",
    "988",
    "",
    "",
    "24/7",
    ("en",),
    "",
    "https://x",
    date.today(),
)


def test_a_quote_has_no_words_but_those_of_its_article() -> None:
    assert QUOTE.text == "They do not hurt."
    assert replace(QUOTE, article=replace(ARTICLE, text="x" * 40)).text == "x" * 17
    with pytest.raises(FrozenInstanceError):
        QUOTE.start = 0  # type: ignore[misc]


def test_an_answer_becomes_plain_json_and_loses_nothing() -> None:
    answer = Answer(
        "Does it hurt?",
        Outcome.ANSWERED,
        quotes=(QUOTE,),
        escalation=Escalation(Level.CONCERN, "topic", (LINE,)),
        missing=("cost",),
        related=("What is it?",),
        nearest=((ARTICLE, ("How",)),),
        understood=(("brain magnets", "TMS"),),
        confidence=0.98765,
    )
    told = json.loads(json.dumps(answer.to_dict()))
    assert told == answer.to_dict()
    assert told["outcome"] == "answered"
    (quote,) = told["quotes"]
    assert (quote["text"], quote["start"], quote["end"]) == ("They do not hurt.", 14, 31)
    assert (quote["role"], quote["section"], quote["score"]) == ("faq", ["How"], 0.1235)
    assert quote["references"] == ["[2] A. 2024."]
    assert quote["article"]["last_updated"] == "2026-06-19"
    assert quote["article"]["review_status"] == "awaiting clinical review"
    assert told["escalation"]["level"] == "concern"
    assert told["escalation"]["lines"][0]["call"] == "988"
    assert told["nearest"] == [{"article": "Magnets", "section": ["How"]}]
    assert told["understood"] == [{"said": "brain magnets", "read_as": "TMS"}]
    assert told["confidence"] == 0.9877


def test_what_is_not_known_is_null_or_empty() -> None:
    told = Answer("?", Outcome.NOT_FOUND).to_dict()
    assert told["escalation"] is told["confidence"] is None
    assert told["quotes"] == told["missing"] == []
    assert replace(ARTICLE, last_updated=None).metadata()["last_updated"] is None


def test_enums_are_the_strings_of_the_contract() -> None:
    assert [str(outcome) for outcome in Outcome] == ["answered", "not_found", "crisis"]
    assert [str(level) for level in Level] == ["concern", "crisis"]


def test_announcements_and_page_furniture_are_not_quotable() -> None:
    kept = {Kind.LEAD_IN, Kind.OUTLINE, Kind.NAVIGATION, Kind.CAPTION, Kind.HEADING, Kind.TITLE}
    assert not kept & QUOTABLE


def test_a_reference_reads_as_in_the_article() -> None:
    assert str(Reference(2, "NIMH. 2024.", cited=True)) == "[2] NIMH. 2024."
