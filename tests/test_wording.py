import pytest

from qa_bot.retrieval.aspects import aspects, unmet, wanted
from qa_bot.wording import REPLIES, count, day_and_time, reply_to


def test_one_is_one() -> None:
    assert [count(number, "article") for number in (0, 1, 2)] == [
        "0 articles",
        "1 article",
        "2 articles",
    ]


def test_a_moment_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert day_and_time("2026-06-19T08:05:00+00:00") == "June 19, 2026, 08:05 UTC"
    assert day_and_time("yesterday") == "yesterday"


def test_every_reply_is_to_a_matter_that_is_looked_for() -> None:
    assert set(REPLIES) <= {aspect.name for aspect in aspects()}


@pytest.mark.parametrize(
    ("message", "matter"),
    [
        ("thank you so much", "small talk"),
        ("are you a real person?", "this bot itself"),
        ("help", "what this is for"),
        ("Can someone help me please?", "what this is for"),
        ("ok", "small talk"),
        ("Great!", "small talk"),
        ("thanks that was helpful", "small talk"),
        ("hola", "small talk"),
        ("¿Qué es la depresión resistente?", "another language"),
        ("cuanto tarda el tms", "another language"),
        ("Wie lange dauert TMS?", "another language"),
        ("combien de temps dure la TMS", "another language"),
        ("что такое депрессия", "another language"),
        ("什么是抑郁症", "another language"),
    ],
)
def test_what_no_article_could_speak_to_has_a_reply_of_its_own(message: str, matter: str) -> None:
    assert reply_to(unmet(wanted(message), [])) == REPLIES[matter]


@pytest.mark.parametrize(
    "question", ["how does depresion feel", "Is ECT done in Los Angeles?", "What is a café?"]
)
def test_an_english_question_is_not_taken_for_another_language(question: str) -> None:
    assert "another language" not in wanted(question)


@pytest.mark.parametrize(
    "message",
    [
        "ok what is TMS",
        "ok and does it hurt",
        "hey how long does ECT take",
        "great, what about ECT",
    ],
)
def test_a_question_that_begins_politely_is_no_small_talk(message: str) -> None:
    assert "small talk" not in wanted(message)
