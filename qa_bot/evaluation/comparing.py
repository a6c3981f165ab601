"""Two runs over the same questions → what changed: paired differences, and the answers themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.figures import ALL, Figure, Result, Shown
from qa_bot.evaluation.intervals import paired
from qa_bot.evaluation.metrics import METRICS, WORDS, Metric


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric in two runs, over the questions that are in both.

    `change`: new less old; [low, high] with 95 % confidence; NaN where one run has no such questions.
    `count`: questions that count in either run.
    """

    metric: Metric
    old: float
    new: float
    change: float
    low: float
    high: float
    count: int

    @property
    def verdict(self) -> str:
        """ "better" or "worse" where the interval leaves out 0, else "" (chance may explain it)."""
        if not (self.low > 0 or self.high < 0):
            return ""
        return "better" if (self.change > 0) == (self.metric.better == "higher") else "worse"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; numbers are None when nothing counts."""
        numbers = {
            "old": self.old,
            "new": self.new,
            "change": self.change,
            "low": self.low,
            "high": self.high,
        }
        return {
            "name": self.metric.name,
            "unit": self.metric.unit,
            **{name: None if v != v else round(v, 4) for name, v in numbers.items()},
            "count": self.count,
            "verdict": self.verdict,
        }

    def __str__(self) -> str:
        digits = 3 if self.metric.unit == "share" else 1
        if self.change != self.change:
            return f"{self.metric.name:28} no questions"
        return (
            f"{self.metric.name:28} {self.old:7.{digits}f} → {self.new:.{digits}f}  "
            f"{self.change:+.{digits}f} [{self.low:+.{digits}f}, {self.high:+.{digits}f}]  "
            f"n={self.count}  {self.verdict}"
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose quotes or outcome changed. `verdict`: "better" or "worse" where the answer was
    fixed or broken, or holds more or less of the evidence; else ""."""

    old: Result
    new: Result

    @property
    def verdict(self) -> str:
        """See the class."""
        return {1: "better", 0: "", -1: "worse"}[
            (self._worth(self.new) > self._worth(self.old))
            - (self._worth(self.new) < self._worth(self.old))
        ]

    def to_dict(self, *, quotes: bool) -> dict[str, Any]:
        """Plain JSON types."""
        told = {"id": self.new.id, "question": self.new.question, "verdict": self.verdict}
        if not quotes:
            return told
        return told | {
            name: {"outcome": result.outcome, "quotes": [quote.text for quote in result.shown]}
            for name, result in (("old", self.old), ("new", self.new))
        }

    @staticmethod
    def _worth(result: Result) -> tuple[bool, float]:
        return not result.failed, result.values.get(f"evidence within {WORDS} words", 0.0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run against another. `name`: what is different about the new one."""

    name: str
    differences: tuple[Difference, ...]
    changed: tuple[Changed, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]

    def by_name(self, name: str) -> Difference:
        """The difference in the metric called `name`."""
        return next(one for one in self.differences if one.metric.name == name)

    def count(self, verdict: str) -> int:
        """How many answers changed for "better" or "worse"."""
        return sum(changed.verdict == verdict for changed in self.changed)

    def to_dict(self, *, quotes: bool = True) -> dict[str, Any]:
        """Plain JSON types; the changed answers with or without what they quote."""
        return {
            "name": self.name,
            "differences": [one.to_dict() for one in self.differences],
            "changed": [one.to_dict(quotes=quotes) for one in self.changed],
            "only_old": list(self.only_old),
            "only_new": list(self.only_new),
        }


def compare(name: str, old: Sequence[Result], new: Sequence[Result]) -> Comparison:
    """Compare two runs question by question.

    :raises EvaluationError: they have no question in common.
    """
    before = {result.id: result for result in old}
    both = [(before[result.id], result) for result in new if result.id in before]
    if not both:
        raise EvaluationError(f"{name}: the two runs have no question in common.")
    for earlier, later in both:
        if (earlier.question, earlier.expected) != (later.question, later.expected):
            raise EvaluationError(
                f"{name}: the row {later.id} has changed since; compare runs over the same rows."
            )
    return Comparison(
        name,
        tuple(_difference(metric, both) for metric in METRICS),
        tuple(Changed(*pair) for pair in both if _said(pair[0]) != _said(pair[1])),
        tuple(sorted(before.keys() - {result.id for result in new})),
        tuple(result.id for result in new if result.id not in before),
    )


def _difference(metric: Metric, both: Sequence[tuple[Result, Result]]) -> Difference:
    old = [earlier.values.get(metric.name) for earlier, _ in both]
    new = [later.values.get(metric.name) for _, later in both]
    change, low, high = paired(old, new, metric.reduce)
    return Difference(
        metric,
        Figure.of(metric, [earlier for earlier, _ in both], ALL).value,
        Figure.of(metric, [later for _, later in both], ALL).value,
        change,
        low,
        high,
        sum(a is not None or b is not None for a, b in zip(old, new, strict=True)),
    )


def _said(result: Result) -> tuple[str, list[tuple[str, str]]]:
    return result.outcome, [(quote.article, quote.text) for quote in result.shown]


def read_results(path: Path) -> tuple[Result, ...]:
    """The results in a report that `evaluate --json` wrote.

    :raises EvaluationError: the file is no such report.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["results"]
        return tuple(_result(row) for row in rows)
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} cannot be read ({error}).") from None
    except (KeyError, TypeError):
        raise EvaluationError(
            f"{path} is no report of this version; make it again with `evaluate --json`."
        ) from None


def _result(row: dict[str, Any]) -> Result:
    return Result(
        **{
            **row,
            "history": tuple(row["history"]),
            "expected": tuple(tuple(group) for group in row["expected"]),
            "missing": tuple(row["missing"]),
            "understood": tuple((said, read_as) for said, read_as in row["understood"]),
            "shown": tuple(
                Shown(**{**quote, "covers": tuple(quote["covers"])}) for quote in row["shown"]
            ),
            "faults": tuple(row["faults"]),
            "by_words": tuple(row["by_words"]),
        }
    )
