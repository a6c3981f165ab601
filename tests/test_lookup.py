"""Several things asked in one message: what is found of each is quoted, what is not is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.answering.choosing import MOST_QUOTED_WORDS
from qa_bot.answering.lookup import joined
from qa_bot.answers import Answer, Outcome
from qa_bot.retrieval.asking import each_asked


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("What is TMS?", 1),
        ("What is TMS and does it hurt?", 2),
        ("What is TMS? Does it hurt?", 2),
        ("I'm 52. What is TMS, and does it hurt?", 2),
        ("what is spravato and how much does it cost", 2),
        ("How long does it last, how is it given, and is it addictive?", 3),
        ("cost of spravato and how fast does it work", 2),
        # Not a second question, but …
        ("Is it FDA approved or is it experimental?", 1),  # … two answers to one,
        ("How good is it? What share gets well?", 1),  # … the same once more,
        ("How good is it, is it any good?", 1),
        ("What's the difference between how TMS works and how ECT works?", 1),  # … one of both,
        ("Does it work for people with anxiety and depression?", 1),  # … a list of words,
        ("Thanks. What is TMS?", 1),  # … or nothing asked.
        ("ok... what is TMS?", 1),
        ("My mother had ECT.", 0),
    ],
)
def test_the_questions_of_a_message_are_told_apart(message: str, questions: int) -> None:
    assert len(each_asked(message)) == questions, each_asked(message)


@given(st.text(max_size=200))
def test_every_question_stands_in_its_message(message: str) -> None:
    folded = " ".join(message.split())
    for question in each_asked(message):
        assert " ".join(question.split()) in folded


@pytest.mark.parametrize(
    ("message", "quoted", "missing"),
    [
        ("what is spravato and how much does it cost", "FDA-approved", "cost"),
        ("does ECT need anesthesia and will my insurance pay", "anesthesia", "insurance"),
        ("What is TMS and can it be done while pregnant?", "magnetic", "pregnancy"),
        ("Where is Manifest located and what are their opening hours?", "Hills", "opening hours"),
        ("what do MAOIs do and which foods should I avoid", "monoamine", "which foods"),
    ],
)
def test_what_the_articles_say_is_quoted_and_what_they_do_not_is_named(
    bot: QABot, message: str, quoted: str, missing: str
) -> None:
    answer = bot.ask(message)
    assert answer.outcome is Outcome.ANSWERED
    assert any(quoted in quote.text for quote in answer.quotes)
    assert any(missing in word for word in answer.missing)


def test_a_second_question_is_about_what_the_first_one_names(bot: QABot) -> None:
    answer = bot.ask("Is ECT still used and does it affect memory?")
    assert any("memory impairment" in quote.text for quote in answer.quotes)
    assert answer.missing == ()


def test_a_part_without_a_word_that_is_missing_is_named_itself(bot: QABot) -> None:
    found = bot.ask("How does TMS work and how long do the effects last after treatment?")
    assert found.outcome is Outcome.ANSWERED
    assert found.missing == ("how long do the effects last after treatment",)


def test_what_the_quotes_speak_of_is_not_called_missing(bot: QABot) -> None:
    found = bot.ask("What area does Manifest Behavioral Health serve, and do they see adults?")
    assert found.outcome is Outcome.ANSWERED
    assert found.missing == ()


def test_where_no_part_is_answered_the_whole_is_not(bot: QABot) -> None:
    answer = bot.ask("Who won the cup and what is the best pizza in Rome?")
    assert (answer.outcome, answer.quotes) == (Outcome.NOT_FOUND, ())


def test_what_is_no_matter_for_articles_is_said_beside_the_quotes(bot: QABot) -> None:
    answer = bot.ask("What is TMS and can I double my dose?")
    assert answer.quotes and "pharmacist" in answer.reply
    assert answer.missing == ()  # the reply says it


def test_quotes_of_several_parts_come_in_turn_each_once_and_are_few(bot: QABot) -> None:
    first, second = bot.ask("What is TMS?"), bot.ask("What is esketamine?")
    both = joined(Answer("?", Outcome.NOT_FOUND), [first, second, first])
    assert both.quotes[:2] == (first.quotes[0], second.quotes[0])
    assert len(set(both.quotes)) == len(both.quotes)
    assert sum(len(quote.text.split()) for quote in both.quotes) <= MOST_QUOTED_WORDS
    assert both.confidence == min(first.confidence or 0, second.confidence or 0)


def test_what_another_parts_quotes_speak_of_is_not_called_missing(bot: QABot) -> None:
    first, refused = bot.ask("What is TMS?"), Answer("?", Outcome.NOT_FOUND)
    spoken_of = Answer("Are there magnetic pulses?", Outcome.NOT_FOUND)
    elsewhere = Answer("Is there a discount?", Outcome.NOT_FOUND)
    both = joined(refused, [first, spoken_of, elsewhere])
    assert both.missing == ("Is there a discount",)


def test_an_answer_to_the_whole_stays_as_it_is(bot: QABot) -> None:
    whole, part = bot.ask("What is TMS?"), bot.ask("What is ECT?")
    missed = Answer("cost?", Outcome.NOT_FOUND, missing=("cost",))
    told = joined(whole, [part, missed])
    assert (told.quotes, told.missing) == (whole.quotes, ("cost",))
    assert joined(whole, [missed, missed]) == whole  # it is answered by more than its parts


@pytest.mark.parametrize(
    ("message", "quoted"),
    [
        ("my car died, what is TMS", "magnetic"),
        ("my mom is 70 and has trd, does ect need a hospital", "hospital"),
        ("they slaughtered us last night, explain what PHP stands for", "partial hospitalization"),
    ],
)
def test_a_story_before_a_comma_does_not_hide_the_question(
    bot: QABot, message: str, quoted: str
) -> None:
    assert any(quoted in quote.text for quote in bot.ask(message).quotes)


def test_a_story_that_matters_is_not_left_out(bot: QABot) -> None:
    answer = bot.ask("I have a metal plate in my skull, is TMS out for me?")
    assert answer.outcome is Outcome.NOT_FOUND


def test_of_several_things_that_nothing_answers_each_is_named(bot: QABot) -> None:
    answer = bot.ask("How much does Manifest's IOP cost and do they take Kaiser?")
    assert {"cost", "insurance"} <= set(answer.missing)


def test_words_that_say_little_are_not_called_missing(bot: QABot) -> None:
    for message in ("i give up trying to understand glutamate", "Is switching it all normal?"):
        assert not {"trying", "normal"} & set(bot.ask(message).missing)
