"""One piece of work begun ahead on a second thread, while a single reader is being answered; with more
readers, or one processor, it is done in turn."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Prefetcher:
    """A context manager around everything that may have work: with two or more inside, or one
    processor, nothing is begun ahead."""

    def __init__(self) -> None:
        self._helper = ThreadPoolExecutor(1, "ahead")
        self._lock = Lock()
        self._inside = 0
        self._working = False  # the helper, perhaps for somebody who left

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1

    def begin(self, work: Callable[[], T]) -> Callable[[], T]:
        """`work`, which may have been begun: calling the result gives what it gives, or raises what it
        raises. Work that nobody asks for in the end is finished, and forgotten."""
        with self._lock:
            if self._working or self._inside > 1 or (os.cpu_count() or 1) < 2:
                return work
            self._working = True
        try:
            return self._helper.submit(self._worked, work).result
        except RuntimeError:  # the machine has no thread left, or the program is ending
            self._helper = ThreadPoolExecutor(1, "ahead")  # the old one keeps what it was given
            self._working = False
            return work

    def _worked(self, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            self._working = False
