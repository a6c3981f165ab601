"""One reader's chat: what was asked, in order, and what came of it. In memory only.

Answers may come late, or in another order than their questions, or after a reader no longer waits for
them: what is shown is always the conversation as it stands. Making answers is the business of `chat`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from threading import Lock
from time import monotonic
from typing import Any

from qa_bot.safety.escalating import WINDOW
from qa_bot.ui.rendering import Turn

#: A chat keeps this many exchanges, and those that brought up help lines. Others leave the page first.
MOST_TURNS = 50

TWICE = 2.0  # seconds; sent again within them, it is the same key pressed twice
STOPPED = "Stopped. You can ask again, or ask something else."


class Conversation:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: tuple[Turn, ...] = ()
        self._asked = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Conversation:
        # Gradio copies what a new visitor starts with; that is an empty chat.
        return Conversation()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All exchanges, oldest first."""
        return self._turns

    def begin(self, question: str, replacing: int = 0) -> Turn | None:
        """A new exchange, at the end; None when the same question is being looked up, or was just now.

        `replacing`: the number of the exchange whose place it takes; 0 for none. Only the last one can
        be replaced, and none that brought up help lines: what was said there goes on counting.
        """
        with self._lock:
            last = self._turns[-1] if self._turns else None
            if last and last.question == question:
                pressed_twice = not replacing and monotonic() - last.asked < TWICE
                if last.pending or pressed_twice:
                    return None
            kept = self._turns
            if last and last.number == replacing and not last.pending and not last.escalation:
                kept = kept[:-1]
            self._asked += 1
            turn = Turn(self._asked, question, asked=monotonic())
            self._turns = (*_shortened(kept), turn)
            return turn

    def before(self, turn: Turn) -> tuple[Turn, ...]:
        """The exchanges that stand before `turn`."""
        return tuple(earlier for earlier in self._turns if earlier.number < turn.number)

    def finish(self, turn: Turn) -> None:
        """Put what came of an exchange in its place.

        A stopped one stays stopped, unless help lines came of it; a cleared one does not come back.
        """
        with self._lock:
            self._turns = tuple(
                turn
                if earlier.number == turn.number and (earlier.pending or turn.escalation)
                else earlier
                for earlier in self._turns
            )

    def stop(self) -> None:
        """Wait no longer for any answer."""
        with self._lock:
            self._turns = tuple(
                replace(turn, problem=STOPPED, retry=True) if turn.pending else turn
                for turn in self._turns
            )

    def clear(self) -> None:
        """Forget everything. Numbers go on, so that a late answer finds no other's place."""
        with self._lock:
            self._turns = ()


def _shortened(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The last of `turns`, after the earliest that brought up help lines and what led to them: their
    level is to stay."""
    older, last = turns[: 1 - MOST_TURNS], turns[1 - MOST_TURNS :]
    kept = (
        turn
        for place, turn in enumerate(older)
        if any(now.escalation and now.escalation.fresh for now in turns[place : place + 1 + WINDOW])
    )
    return (*islice(kept, MOST_TURNS), *last)
