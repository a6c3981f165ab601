from dataclasses import replace

import pytest

from qa_bot import answering
from qa_bot.ablating import STEPS, Part, parts, remembered_work, without
from qa_bot.chat import QABot
from qa_bot.records import Answer
from tests.small import asked


@pytest.mark.parametrize("part", STEPS, ids=lambda part: part.name)
def test_every_step_has_its_place_in_the_code(part: Part) -> None:
    with without(part):
        pass


def test_a_place_that_is_gone_is_an_error_and_not_silence() -> None:
    with pytest.raises(AttributeError), without(Part("gone", {"qa_bot.answering.gone": None})):
        pass


TMS = replace(asked(["x"]), question="What is TMS?")

# For each step a message whose ranking or answer shows that it is off.
SHOWS = {
    "dense search": ("Does it hurt?", ()),
    "lexical search": ("Can it be done at home?", ()),
    "word weights": ("Does TMS hurt?", ()),
    "glossary": ("Is electroshock still used?", ()),
    "spelling": ("What is esketamin?", ()),
    "words of earlier messages": ("What are its side effects?", ("What is ECT?",)),
    "kinds on request only": ("Do antidepressants work?", ()),
    "other article first": ("What is TMS?", ()),
    "repetition left out": ("What is treatment-resistant depression?", ()),
    "neighbor preferred": ("What is TMS?", ()),
    "leaning sentence with its neighbor": ("Is electroshock still used?", ()),
}


@pytest.mark.parametrize("part", STEPS, ids=lambda part: part.name)
def test_every_step_makes_a_difference_while_it_is_off(bot: QABot, part: Part) -> None:
    message, history = SHOWS[part.name]

    def said() -> tuple[Answer, list[tuple[str, float]]]:
        ranking, _ = bot.rank(message, history)
        return bot.ask(message, history), [(r.sentence.id, r.score) for r in ranking.ranked]

    before = said()
    with without(part):
        off = said()
    assert off != before
    assert said() == before


def test_every_learned_weight_is_a_part(bot: QABot) -> None:
    learned = answering.model()
    names = {part.name for part in parts(bot, [asked(["x"], name="a")])}
    assert {f"ranking: {name}" for name in learned.sentence} < names
    assert {f"abstaining: {name}" for name in learned.answerable} < names


def test_a_feature_held_at_its_mean_changes_nothing_for_the_one_question_it_is_the_mean_of(
    bot: QABot,
) -> None:
    (held,) = [p for p in parts(bot, [TMS]) if p.name == "abstaining: dense"]
    confidence = bot.ask(TMS.question).confidence
    with without(held):
        assert bot.ask(TMS.question).confidence == pytest.approx(confidence)


def test_remembered_work_are_the_same_and_made_once(bot: QABot) -> None:
    once = bot.encoder.encode_query("Does TMS hurt?").vector
    with remembered_work():
        first = bot.encoder.encode_query("Does TMS hurt?")
        assert bot.encoder.encode_query("Does TMS hurt?") is first
        assert bot.encoder.encode_query("Does ECT hurt?") is not first
    assert first.vector.tolist() == once.tolist()
