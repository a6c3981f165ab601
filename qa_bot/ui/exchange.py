"""One exchange: a message → the turn that comes of it, whatever goes wrong on the way.

A failure ends in a sentence for the reader, and the ways to reach help stand on it. Knows nothing of
Gradio.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from qa_bot.answers import Answer, Escalation, HelpLine, Level, Outcome
from qa_bot.chat import LONGEST_QUESTION, unaskable
from qa_bot.errors import QABotError, QuestionError, for_readers
from qa_bot.safety.help_lines import help_lines, lines_for
from qa_bot.safety.screening import WITHHELD
from qa_bot.safety.situations import UNSCREENED
from qa_bot.ui.rendering import Turn

LOG = logging.getLogger(__name__)

IDLE = 30 * 60  # seconds; after so long a silence an earlier danger brings the whole panel back
FAILED = (
    "Something went wrong while reading the articles. Your question was not kept; please try again."
)

Ask = Callable[[str, Sequence[str]], Answer]
"""A message and the reader's earlier ones, oldest first → an answer; it may raise anything."""


def answered(
    turn: Turn, earlier: Sequence[Turn], ask: Ask, lines: Sequence[HelpLine], region: str = ""
) -> Turn:
    """The turn with its answer, or with the sentence that says why there is none; never raises.

    `region`: whose help lines the reader chose; "" for those of the chat.
    """
    try:
        answer = ask(turn.question, [before.question for before in earlier])
    except QABotError as error:
        question = turn.question[:LONGEST_QUESTION]
        retry = not isinstance(error, QuestionError)
        return replace(turn, problem=for_readers(error), question=question, retry=retry)
    except Exception as error:  # a defect of ours must not take the help lines down with it
        _report(error)
        near = lines_for(region, lines)
        return replace(turn, answer=_unanswered(turn.question, near), retry=True)
    if answer.escalation and region:
        said = answer.escalation
        near = help_lines(said.category, region, said.audiences)
        answer = replace(answer, escalation=replace(answer.escalation, lines=near))
    if answer.escalation and earlier and turn.asked - earlier[-1].asked > IDLE:
        # After a long silence a reminder is easily overlooked: the whole panel is due again.
        answer = replace(answer, escalation=replace(answer.escalation, fresh=True))
    in_vain = answer.problem == WITHHELD or unaskable(turn.question)
    retry = bool(answer.problem) and not in_vain
    return replace(turn, answer=answer, retry=retry)


def plain_answer(
    question: object, history: object, ask: Ask, lines: Sequence[HelpLine]
) -> dict[str, Any]:
    """An answer for a program, in plain JSON types; never raises: `problem` says what went wrong, also
    where a program sends no texts."""
    question = str(question or "")
    before = (
        tuple(Turn(0, str(one)) for one in history) if isinstance(history, list | tuple) else ()
    )
    turn = answered(Turn(0, question), before, ask, lines)
    answer = turn.answer or Answer(question, Outcome.NOT_FOUND, problem=turn.problem)
    return answer.to_dict()


def _unanswered(question: str, lines: Sequence[HelpLine]) -> Answer:
    """When screening itself may have failed, the message is treated as one of concern."""
    escalation = Escalation(Level.CONCERN, UNSCREENED, tuple(lines))
    return Answer(question, Outcome.NOT_FOUND, escalation=escalation, problem=FAILED)


def _report(error: Exception) -> None:
    """Tell the operator where it broke; a message could repeat what a reader wrote, so no more."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown place"
    LOG.error("A question could not be answered: %s at %s", type(error).__name__, where)
