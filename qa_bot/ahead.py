"""Work that is begun ahead on another processor, where one is idle, and done when it is needed where
none is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Ahead:
    """One helper, for whoever comes first: a second would only take the processor from other readers."""

    def __init__(self) -> None:
        self._helper = ThreadPoolExecutor(1, "ahead")
        self._idle = Lock()

    def begin(self, work: Callable[[], T]) -> Callable[[], T]:
        """`work`, which may have been begun: calling the result gives what it gives, or raises what it
        raises. Work that nobody asks for in the end is finished, and forgotten."""
        if not self._idle.acquire(blocking=False):
            return work
        try:
            begun = self._helper.submit(work)
        except RuntimeError:  # the machine has no thread left, or the program is ending
            self._idle.release()
            return work
        begun.add_done_callback(lambda _: self._idle.release())
        return begun.result
