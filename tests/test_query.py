from collections.abc import Sequence
from functools import lru_cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_bot.index.counting import count_words
from qa_bot.index.generation import Generation
from qa_bot.index.lexical import Lexicon
from qa_bot.records import Term
from qa_bot.retrieval.query import Query, understand
from tests.unpublished import generation

# Words that the encoder's vocabulary would hold; the articles use none of them.
ORDINARY = frozenset({"cat", "does", "help", "hurt", "weather", "kitchen", "tomorrow"})


@lru_cache(maxsize=1)
def opened() -> tuple[Generation, Lexicon]:
    articles = generation()
    return articles, count_words(articles)


def read(question: str, *history: str) -> Query:
    articles, lexicon = opened()
    return understand(question, history, lexicon, articles.glossary, ORDINARY.__contains__)


def carried(question: str, *history: str) -> list[str]:
    return [word.casefold() for word in read(question, *history).carried]


def test_a_question_in_the_articles_own_words_stays_as_it_is() -> None:
    query = read("What is TMS?")
    assert (query.text, query.asked, query.carried, query.understood) == ("What is TMS?", 0, (), ())


@pytest.mark.parametrize(
    ("asked", "pair"),
    [
        ("Does electroshock hurt?", ("electroshock", "ECT")),
        ("Does Electroshock Therapy hurt?", ("Electroshock Therapy", "ECT")),
        ("Is Prozac enough?", ("Prozac", "SSRI")),
        ("Does memory loss happen?", ("memory loss", "memory impairment")),
    ],
)
def test_lay_words_and_brand_names_are_read_as_the_articles_words(
    asked: str, pair: tuple[str, str]
) -> None:
    query = read(asked)
    assert pair in query.understood
    assert pair[1] in query.text
    assert pair[0] not in query.text


@pytest.mark.parametrize(
    ("message", "looked_up"),
    [
        ("I'm 52 and a mother of two. Does TMS hurt?", "Does TMS hurt?"),
        ("Does TMS hurt? My sister says it does.", "Does TMS hurt?"),
        ("Sorry, I'm new here. does TMS hurt", "does TMS hurt"),
        (
            "They offer me TMS. How soon do people notice changes?",
            "TMS How soon do people notice changes?",
        ),
        ("I asked Dr. Smith. Does TMS hurt?", "Does TMS hurt?"),
        ("Been on it. since March. Does TMS hurt?", "Does TMS hurt?"),
    ],
)
def test_what_is_told_beside_a_question_that_stands_alone_is_left_out(
    message: str, looked_up: str
) -> None:
    query = read(message)
    assert query.text == looked_up
    assert query.text[query.asked :] in message


@pytest.mark.parametrize(
    "message",
    [
        "I had a seizure once. Is TMS off the table for somebody like me?",
        "My jaw twitches. Is that normal?",
        "TMS did nothing. What next?",
        "I have a metal plate in my jaw. Is TMS safe?",
        "I have epilepsy. Can I get TMS?",
        "TMS needs no anesthesia. What about ECT?",
        "Can I ask about TMS? Tell me the side effects",
        "Is TMS painful? And how about ECT for someone with seizures",
        "Does ECT cause... headaches",
        "Does TMS take approx. six weeks or is it faster",
        "I was told about magnets. I have no idea",
        "How many of D.W.'s trials failed?",
    ],
)
def test_what_a_question_points_at_is_kept(message: str) -> None:
    query = read(message)
    assert query.text.startswith(message.split()[0])
    assert query.text.endswith(message.split()[-1])


@pytest.mark.parametrize(
    ("message", "looked_up"),
    [
        ("My doctor mentioned TMS. Is it safe?", "TMS. Is it safe?"),
        ("my husband told me to try TMS! Is it safe?", "TMS! Is it safe?"),
        ("My psychiatrist suggested. Is TMS safe?", "Is TMS safe?"),
        (
            "My doctor mentioned TMS. What do the articles say about that?",
            "TMS. what is said about that?",
        ),
    ],
)
def test_who_told_of_something_is_not_looked_up(message: str, looked_up: str) -> None:
    assert read(message).text == looked_up


@given(st.text(max_size=200))
def test_the_question_is_a_part_of_what_is_looked_up(message: str) -> None:
    query = read(message)
    assert 0 <= query.asked <= len(query.text)


def test_of_what_is_left_out_nothing_is_said_to_be_understood() -> None:
    assert read("I am on Prozac. Does TMS hurt?").understood == ()


def test_a_story_in_an_earlier_message_is_not_carried_on() -> None:
    assert carried("What about ECT?", "I'm 52 and a mother of two. Does TMS need anesthesia?") == [
        "anesthesia"
    ]
    chain = "Does TMS need anesthesia?", "What about ECT?"
    assert carried("And esketamine?", *chain) == ["anesthesia"]
    assert carried("What about ECT?", "What is TMS?", "Thanks!") == []
    assert carried("Different question. What about ECT?", "Does TMS need anesthesia?") == []
    assert "tms" not in carried("How long?", "What is TMS?", "Different question. Is it covered?")


def test_the_longest_phrase_of_the_glossary_wins() -> None:
    assert read("Is ketamine nasal spray safe?").text == "Is esketamine safe?"


def test_a_word_inside_another_is_no_entry_of_the_glossary() -> None:
    assert read("Are magnetars near?").understood == ()


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("esktamine", "esketamine"),
        ("anasthesia", "anesthesia"),
        ("antidepresants", "antidepressants"),
        ("Spravatto", "spravato"),
        ("reisstance", "resistance"),
        ("furst", "first"),  # "burst" is as near, but nobody mistypes the first letter
    ],
)
def test_spelling_is_mended_and_told(slip: str, meant: str) -> None:
    query = read(f"What about {slip}?")
    assert query.text.casefold() == f"what about {meant}?"
    assert [(said, read_as.casefold()) for said, read_as in query.understood] == [(slip, meant)]
    assert query.question == f"What about {slip}?"


@pytest.mark.parametrize(
    "word",
    [
        "MAOS",  # written as an abbreviation
        "ecc",  # too short
        "weather",  # ordinary English
        "esketamine5",  # no word of letters
        "xsketamine",  # nobody mistypes the first letter
        "volcanology",  # near nothing
        "Medicaid",  # a name, two letters from "medical"
    ],
)
def test_what_is_no_slip_is_left_alone(word: str) -> None:
    query = read(f"What about {word}?")
    assert query.text == f"What about {word}?"
    assert query.understood == ()


@pytest.mark.parametrize(
    ("question", "history", "words"),
    [
        ("What are its side effects?", ["What is ECT?"], ["ect"]),
        ("Does it hurt?", ["What is TMS?"], ["tms"]),
        ("and how fast?", ["How does esketamine work?"], ["esketamine"]),
        ("Why?", ["Is ECT underutilized?"], ["ect"]),
        # The subject may be two messages back.
        ("Does it hurt?", ["What is TMS?", "Is it safe?"], ["tms"]),
        # What was asked moves to the new subject; the old subject does not.
        ("What about ECT?", ["Does TMS need anesthesia?"], ["anesthesia"]),
        ("And MAOIs?", ["What are the side effects of esketamine?"], ["side", "effects"]),
        # A lay word is carried as the articles' word.
        ("Does it hurt?", ["What is electroshock?"], ["ect"]),
        ("how does that compare to TMS?", ["Tell me about ECT"], ["ect"]),
        ("Does it work faster than SSRIs?", ["What is esketamine?"], ["esketamine"]),
        # What "it" stands for in the message before comes along.
        ("how many respond to it?", ["Tell me about TMS", "is it FDA cleared?"], ["tms", "fda"]),
    ],
)
def test_a_follow_up_carries_what_it_leaves_unsaid(
    question: str, history: Sequence[str], words: list[str]
) -> None:
    query = read(question, *history)
    assert [word.casefold() for word in query.carried] == words
    assert query.text[query.asked :] == question
    assert all(word in query.text[: query.asked].casefold() for word in words)


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("How long is an adequate antidepressant trial?", ["What is ECT?"]),
        ("What are the side effects of esketamine?", ["What is ECT?"]),
        ("Different question: does it hurt?", ["What is ECT?"]),
        ("Does it hurt?", []),
    ],
)
def test_a_question_that_stands_alone_carries_nothing(
    question: str, history: Sequence[str]
) -> None:
    query = read(question, *history)
    assert query.carried == ()
    assert query.asked == 0


def test_the_readers_own_words_are_found_again() -> None:
    query = read("Does electroshock cause memory loss?")
    assert query.in_readers_words("ECT") == "electroshock"
    assert query.in_readers_words("impairment") == "memory loss"
    assert query.in_readers_words("cause") == "cause"


def test_white_space_and_full_width_letters_are_plain_letters() -> None:
    assert read("  What\n is\t ＴＭＳ ? ").text == "What is TMS ?"


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
@example("? 0", [])  # what is told moves before what is asked
def test_whatever_is_asked_the_question_itself_is_kept_and_marked(
    question: str, history: list[str]
) -> None:
    query, alone = read(question, *history), read(question)
    assert query.question == question
    assert query.text[query.asked :] == alone.text[alone.asked :]
    assert bool(query.carried) <= (query.asked > 0)


@pytest.mark.parametrize(
    ("message", "asking"),
    [
        ("The cost was high. What is TMS?", "What is TMS?"),
        ("I read about TMS. How much does TMS cost?", "How much does TMS cost?"),
        ("How many patients took part in the U.S. trial?", None),
        ("How many patients took 37.5 mg?", None),
        ("tms cost", None),
        ("What do both articles say about ECT?", "what is said about ECT?"),
        ("Do the articles say who wrote them?", None),
    ],
)
def test_what_is_told_asks_for_nothing(message: str, asking: str | None) -> None:
    assert read(message).asking == (asking or message)


def test_what_is_carried_on_belongs_to_what_is_asked() -> None:
    assert "cost" in read("What about ECT?", "How much does TMS cost?").asking


def test_the_glossarys_words_are_taken_as_they_are() -> None:
    _, lexicon = opened()
    odd = [Term("zapping", r"TMS \1 \g<0>", True)]
    query = understand("Does zapping hurt?", (), lexicon, odd, ORDINARY.__contains__)
    assert query.text == r"Does TMS \1 \g<0> hurt?"


@pytest.mark.parametrize("message", ["thanks", "thank you so much!", "ok", "help", "hi"])
def test_small_talk_carries_nothing_on(message: str) -> None:
    assert carried(message, "What is TMS?") == []
