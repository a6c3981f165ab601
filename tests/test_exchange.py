"""Whatever happens while answering, a turn comes out, and no word of a reader leaves the chat."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_bot.answers import Answer, Level, Outcome
from qa_bot.chat import LONGEST_QUESTION
from qa_bot.errors import UNREADABLE, DamagedIndexError
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.ui.exchange import IDLE, answered, plain_answer
from qa_bot.ui.rendering import Turn
from tests.scripted import LINES, SCRIPT, TOO_LONG, ScriptedBot


def test_a_turn_carries_its_answer_and_the_bot_hears_the_earlier_questions() -> None:
    bot = ScriptedBot()
    earlier = (Turn(1, "What is TMS?", SCRIPT["one"]),)
    turn = answered(Turn(2, "one more"), earlier, bot.ask, LINES)
    assert turn.answer and turn.answer.quotes == SCRIPT["one"].quotes
    assert bot.asked == [("one more", ("What is TMS?",))]


def test_an_error_for_those_who_run_the_chat_is_for_its_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ask(message: str, history: Sequence[str]) -> Answer:
        raise DamagedIndexError("The index is damaged; run python ingest.py.")

    turn = answered(Turn(1, "?"), (), ask, LINES)
    assert turn.problem == UNREADABLE and turn.retry
    assert "The index is damaged; run python ingest.py." in caplog.text


def test_a_defect_shows_help_lines_and_tells_the_operator_no_word_of_the_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    turn = answered(Turn(1, "break my heart"), (), ScriptedBot().ask, LINES)
    assert turn.escalation and turn.escalation.level is Level.CONCERN
    assert turn.escalation.lines == LINES
    assert turn.answer and turn.answer.problem and not turn.answer.quotes
    assert "RuntimeError" in caplog.text and "heart" not in caplog.text


def test_an_over_long_question_is_screened_but_not_answered() -> None:
    bot = ScriptedBot()
    turn = answered(Turn(1, "one " * 600), (), bot.ask, LINES)
    assert turn.problem == TOO_LONG
    assert len(turn.question) == LONGEST_QUESTION
    assert len(bot.asked[0][0]) == 2_400
    assert not turn.retry
    turn = answered(Turn(1, "x" * 3_000 + " die"), (), bot.ask, LINES)
    assert turn.answer and turn.answer.outcome is Outcome.CRISIS


def test_only_what_may_go_otherwise_can_be_tried_again() -> None:
    bot = ScriptedBot()
    may = {
        word: answered(Turn(1, word), (), bot.ask, LINES).retry for word in ("index", "withheld")
    }
    assert may == {"index": True, "withheld": False}


def test_a_panel_has_the_lines_of_the_country_that_the_reader_chose() -> None:
    bot = ScriptedBot()
    for message in ("die", "break my heart"):
        turn = answered(Turn(1, message), (), bot.ask, LINES, "gb")
        assert turn.escalation
        assert {line.region for line in turn.escalation.lines} == {"gb", "world"}


def test_whom_a_message_speaks_for_keeps_its_line_where_a_country_was_chosen() -> None:
    def ask(message: str, history: Sequence[str]) -> Answer:
        return Answer(
            message, Outcome.CRISIS, escalation=screen_by_rules(message, history, region="gb")
        )

    turn = answered(Turn(1, "I'm a veteran and I want to die"), (), ask, LINES, "us")
    assert turn.escalation and "us-veterans" in {line.id for line in turn.escalation.lines}


@pytest.mark.parametrize(("silence", "whole_panel"), [(IDLE - 1, False), (IDLE + 1, True)])
def test_after_a_long_silence_an_earlier_danger_brings_the_whole_panel_back(
    silence: float, whole_panel: bool
) -> None:
    earlier = (Turn(1, "die", SCRIPT["die"], asked=100.0),)
    turn = answered(Turn(2, "still", asked=100.0 + silence), earlier, ScriptedBot().ask, LINES)
    assert turn.escalation and turn.escalation.fresh is whole_panel


@pytest.mark.parametrize(
    ("question", "history"), [(None, []), ("q", 5), (5, []), ({"a": 1}, [None, 3]), ("q", "text")]
)
def test_a_program_that_sends_no_texts_gets_an_answer_all_the_same(
    question: object, history: object
) -> None:
    told = plain_answer(question, history, ScriptedBot().ask, LINES)
    assert told["outcome"] in ("answered", "not_found", "crisis")
