"""How many readers are answered at once, how many wait for it, and that the rest are told so at once.

A processor that is shared by everybody serves nobody: beyond what it can do, waiting would only pile up.
"""

from __future__ import annotations

import os
import threading

from qa_bot.errors import BusyError

# One processor is left to those who are served without computing: a crisis, a page, those turned away.
AT_ONCE = max(1, (os.cpu_count() or 2) - 1)
WAITING = 24  # a few seconds of work

BUSY = "Many people are asking just now. Please try again in a minute."


class ConcurrencyLimit:
    """A context manager: at most `at_once` threads are inside; at most `waiting` more wait."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._all = threading.BoundedSemaphore(at_once + waiting)
        self._inside = threading.BoundedSemaphore(at_once)

    def __enter__(self) -> None:
        """:raises BusyError: as many wait already as may."""
        if not self._all.acquire(blocking=False):
            raise BusyError(BUSY)
        self._inside.acquire()

    def __exit__(self, *_: object) -> None:
        self._inside.release()
        self._all.release()
