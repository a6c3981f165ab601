from dataclasses import replace

import pytest

from qa_bot.answering import answer as answering
from qa_bot.answers import Answer
from qa_bot.articles.questions import Question, read_questions
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.evaluation.ablating import STEPS, Part, parts, remembered_work, without
from tests.conftest import DATA
from tests.small import asked


@pytest.mark.parametrize("part", STEPS, ids=lambda part: part.name)
def test_every_step_has_its_place_in_the_code(part: Part) -> None:
    with without(part):
        pass


def test_a_place_that_is_gone_is_an_error_and_not_silence() -> None:
    with (
        pytest.raises(AttributeError),
        without(Part("gone", {"qa_bot.answering.answer.gone": None})),
    ):
        pass


TMS = replace(asked(["x"]), question="What is TMS?")

# The first question of each kind, then the second of each, and so on.
ROWS = read_questions(DATA / "questions_dev.jsonl")
VARIED = sorted(
    ROWS, key=lambda row: [one.id for one in ROWS if one.kind == row.kind].index(row.id)
)


@pytest.mark.slow
@pytest.mark.parametrize("part", STEPS, ids=lambda part: part.name)
def test_every_step_makes_a_difference_while_it_is_off(bot: QABot, part: Part) -> None:
    def said(question: Question) -> tuple[Answer, list[tuple[str, float]]]:
        ranking, _ = bot.rank(question.question, question.history)
        order = [(one.sentence.id, one.score) for one in ranking.ranked]
        return bot.ask(question.question, question.history), order

    with remembered_work():
        for question in VARIED:
            before = said(question)
            with without(part):
                off = said(question)
            assert said(question) == before
            if off != before:
                return
    pytest.fail("no question is answered otherwise without it")


def test_every_learned_weight_is_a_part(bot: QABot) -> None:
    learned = answering.model()
    names = {part.name for part in parts(bot, [TMS])}
    assert {f"{name} in ranking" for name in learned.sentence} < names
    assert {f"{name} in confidence" for name in learned.answerable.weights} < names


def test_a_feature_held_at_its_mean_changes_nothing_for_the_one_question_it_is_the_mean_of(
    bot: QABot,
) -> None:
    (held,) = [p for p in parts(bot, [TMS]) if p.name == "dense in confidence"]
    confidence = bot.ask(TMS.question).confidence
    with without(held):
        assert bot.ask(TMS.question).confidence == pytest.approx(confidence)


def test_remembered_work_is_the_same_and_done_once(encoder: Encoder) -> None:
    once = encoder.encode_query("Does TMS hurt?").vector
    with remembered_work():
        first = encoder.encode_query("Does TMS hurt?")
        assert encoder.encode_query("Does TMS hurt?") is first
        assert encoder.encode_query("Does ECT hurt?") is not first
    assert first.vector.tolist() == once.tolist()
