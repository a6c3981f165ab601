import json
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest

from qa_bot.answers import Answer, Escalation, HelpLine, Level, Outcome, Quote
from qa_bot.records import Article, Kind, ReviewStatus
from qa_bot.safety.help_lines import help_lines

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


def test_enums_are_the_strings_of_the_contract() -> None:
    assert [str(outcome) for outcome in Outcome] == ["answered", "not_found", "crisis"]
    assert [str(level) for level in Level] == ["concern", "crisis"]


def test_a_help_line_says_how_to_reach_it() -> None:
    by_id = {line.id: line for line in help_lines("abuse")}
    assert by_id["us-988"].ways == ("call 988", "text 988")
    assert by_id["us-911"].ways == ("call 911",)
    word, number = by_id["us-crisis-text"].text_word, by_id["us-crisis-text"].text_to
    assert by_id["us-crisis-text"].ways == (f"text {word} to {number}",)
