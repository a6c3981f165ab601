"""How sure it is that the articles answer: where no example speaks, a question must be about them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.answer import model
from qa_bot.answering.choosing import choose
from qa_bot.answering.confidence import ANSWERABLE, FAMILIAR, Logistic, examples_are_silent, judged
from qa_bot.answers import Outcome
from qa_bot.chat import QABot
from qa_bot.index.example_model import NO_PREDICTION


def test_a_chance_by_hand() -> None:
    """The odds are e to the 2 x 0.5 - 1 = 1 to 1, and e times that with one feature more."""
    learned = Logistic({"a": 2.0, "b": 1.0}, bias=-1.0, threshold=0.5)
    assert learned.chance({"a": 0.5, "b": 0.0, "other": 9.0}) == 0.5
    assert learned.chance({"a": 0.5, "b": 1.0}) == pytest.approx(math.e / (1 + math.e))


@given(st.lists(st.floats(-1, 1), min_size=len(FAMILIAR), max_size=len(FAMILIAR)))
def test_whatever_is_found_the_chance_is_one(values: list[float]) -> None:
    assert 0 <= model().familiar.chance(dict(zip(FAMILIAR, values, strict=True))) <= 1


@pytest.mark.parametrize("question", ["What is TMS?", "Who was Akbar's third vizier?", "?!", "why"])
def test_every_feature_is_there_whatever_is_asked(bot: QABot, question: str) -> None:
    ranking, generation = bot.rank(question, ())
    features = judged(ranking, choose(ranking, generation), generation)
    assert set(features) == {*ANSWERABLE, *FAMILIAR}
    assert all(math.isfinite(value) for value in features.values())


def test_only_a_name_within_the_question_is_strange(bot: QABot) -> None:
    def strange_name(question: str) -> float:
        ranking, generation = bot.rank(question, ())
        return judged(ranking, choose(ranking, generation), generation)["strange_name"]

    assert strange_name("Does Akbar help with depression?") == 1
    assert strange_name("Akbar, does it help with depression?") == 0  # every question begins so
    assert strange_name("Does TMS help with depression?") == 0


def test_without_an_example_a_question_about_something_else_is_refused(
    bot: QABot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_bot.retrieval.target.predict", lambda *_: NO_PREDICTION)
    monkeypatch.setattr("qa_bot.index.generation.Generation.examples_of", lambda *_: ())
    strange = "Which river did Napoleon cross first?"
    ranking, generation = bot.rank(strange, ())
    features = judged(ranking, choose(ranking, generation), generation)
    assert examples_are_silent(features)
    assert model().familiar.chance(features) < model().familiar.threshold
    answer = bot.ask(strange)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.confidence is not None and answer.confidence < 0.5
    assert bot.ask("What is esketamine?").outcome is Outcome.ANSWERED
