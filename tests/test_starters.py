"""What a new reader is offered comes from the articles, whatever they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_bot.answers import Outcome
from qa_bot.articles.subjects import questions_of
from qa_bot.chat import QABot
from qa_bot.records import Article, Block, Kind
from qa_bot.ui.starters import starters
from tests.scripted import ARTICLES, MANIFEST


def article(name: str, *questions: str, kind: Kind = Kind.FAQ_QUESTION) -> Article:
    """An article that is nothing but questions."""
    blocks, start = [], 0
    for question in questions:
        blocks.append(Block(kind, start, start + len(question), ()))
        start += len(question) + 1
    return replace(MANIFEST, id=name, text="\n".join(questions), blocks=tuple(blocks))


def test_the_articles_take_turns_and_each_question_is_one_of_theirs() -> None:
    offered = starters(ARTICLES)
    assert len(offered) == len(set(offered)) == 6
    first, second = (set(questions_of(one)) for one in ARTICLES)
    assert set(offered[::2]) <= first and set(offered[1::2]) <= second


def test_a_question_that_says_the_same_again_comes_last() -> None:
    shelf = [
        article("a", "How many drugs must fail?"),
        article("b", "How many drugs must fail first?", "Is sleep a cure?"),
    ]
    assert starters(shelf, 2) == ("How many drugs must fail?", "Is sleep a cure?")


def test_a_large_shelf_is_sampled_from_end_to_end() -> None:
    shelf = [article(str(number), f"What is topic{number}?") for number in range(40)]
    assert starters(shelf, 4) == tuple(f"What is topic{number}?" for number in (0, 10, 20, 30))


def test_a_question_that_brings_up_help_lines_is_not_offered() -> None:
    assert starters([article("a", "Do you want to kill yourself?", "What is TMS?")]) == (
        "What is TMS?",
    )


def test_headings_are_offered_only_where_there_is_no_faq() -> None:
    assert starters([article("a", "What is TMS?", kind=Kind.HEADING)]) == ("What is TMS?",)


@pytest.mark.parametrize("shelf", [(), (article("a"),)])
def test_articles_without_questions_offer_none(shelf: tuple[Article, ...]) -> None:
    assert starters(shelf) == ()


@pytest.mark.slow
def test_the_bot_answers_every_question_it_offers(bot: QABot) -> None:
    for question in starters(bot.articles()):
        answer = bot.ask(question)
        assert answer.outcome is Outcome.ANSWERED and answer.escalation is None, question
