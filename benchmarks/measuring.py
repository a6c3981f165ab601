"""Times and memory, of calls in this process and of whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests/data/questions_dev.jsonl"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `value` in `unit`; `most`: what it should be at most, None for no aim."""

    part: str
    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def verdict(self) -> str:
        if self.most is None:
            return ""
        return f"{'within' if self.value <= self.most else 'MISSES'} {self.most:g}"


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that has ended: its seconds, its peak of memory in MB, and the JSON it said last."""

    seconds: float
    memory: float
    said: Any


def questions(count: int = 60) -> list[str]:
    """Questions that stand alone, from the development set."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [row["question"] for row in rows if not row["history"]][:count]


def seconds(
    call: Callable[[T], object],
    arguments: Sequence[T],
    rounds: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """For each argument the best of a few rounds: what the call takes when nothing disturbs it."""
    best = [float("inf")] * len(arguments)
    for _ in range(rounds):
        for place, argument in enumerate(arguments):
            start = clock()
            call(argument)
            best[place] = min(best[place], clock() - start)
    return best


def percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share)) if len(values) else float("nan")


def run(*arguments: str, environment: dict[str, str] | None = None) -> Finished:
    """A Python process with `arguments`, from its start to its end.

    :raises RuntimeError: it failed; the message is the end of what it wrote.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stderr
    with ThreadPoolExecutor(1) as reader:  # neither may wait for the other to be read
        errors = reader.submit(process.stderr.read)
        said, wrote = process.stdout.read(), errors.result()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = (wrote.strip().splitlines() or ["no word"])[-1]
        raise RuntimeError(last)
    line = (said.strip().splitlines() or ["null"])[-1]
    try:
        value = json.loads(line)
    except ValueError:
        value = line
    return Finished(time.perf_counter() - start, used.ru_maxrss / 1024, value)
