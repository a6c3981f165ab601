"""Judged questions → figures with intervals, by kind; what falls under its floor; the abstention curve.

The numbers for one question are made in `metrics`, the comparison of two runs in `comparing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from qa_bot.evaluation.intervals import bootstrap, reduced, wilson
from qa_bot.evaluation.metrics import METRICS, Case, Metric, covered

READ = tuple(range(20, 161, 20))  # quoted words, for the curve of evidence over reading
ALL = ""  # the kind of a figure over all kinds


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote as the report shows it: `place` in words; `covers` counts groups of evidence from 0."""

    text: str
    place: str
    article: str
    start: int
    end: int
    covers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question, in plain types, so that it can be kept and compared.

    `values`: by the name of each metric that counts the question. `by_words`: share of the evidence
    within so many quoted words as `READ` says.
    """

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    expected: tuple[tuple[str, ...], ...]
    outcome: str
    confidence: float | None
    missing: tuple[str, ...]
    understood: tuple[tuple[str, str], ...]
    shown: tuple[Shown, ...]
    faults: tuple[str, ...]
    failed: bool
    values: Mapping[str, float]
    by_words: tuple[float, ...]

    @classmethod
    def of(cls, case: Case) -> Self:
        """Judge a case by every metric."""
        question, answer = case.question, case.answer
        values = {metric.name: metric.of(case) for metric in METRICS}
        return cls(
            id=question.id,
            kind=question.kind,
            question=question.question,
            history=question.history,
            answerable=question.answerable,
            expected=question.evidence,
            outcome=str(answer.outcome),
            confidence=answer.confidence,
            missing=answer.missing,
            understood=answer.understood,
            shown=tuple(
                Shown(
                    text=quote.text,
                    place=" › ".join((quote.article.publisher or quote.article.id, *quote.section)),
                    article=quote.article.id,
                    start=quote.start,
                    end=quote.end,
                    covers=tuple(
                        number
                        for number, group in enumerate(question.evidence)
                        if any(snippet in quote.text for snippet in group)
                    ),
                )
                for quote in answer.quotes
            ),
            faults=case.misquotes + case.broken,
            failed=case.failed,
            values={name: value for name, value in values.items() if value is not None},
            by_words=tuple(covered(answer, question, words=words) for words in READ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def untimed(results: Sequence[Result]) -> tuple[Result, ...]:
    """The same results without what depends on the machine and its load."""
    timed = {metric.name for metric in METRICS if metric.unit in ("times", "milliseconds")}
    return tuple(
        replace(r, values={name: v for name, v in r.values.items() if name not in timed})
        for r in results
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over the `count` questions of a kind that count; [low, high] with 95 % confidence."""

    metric: Metric
    kind: str
    value: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, metric: Metric, results: Sequence[Result], kind: str = ALL) -> Self:
        """The figure of one kind of question, or of all."""
        values = [
            result.values[metric.name]
            for result in results
            if metric.name in result.values and kind in (ALL, result.kind)
        ]
        if metric.unit == "share":
            low, high = wilson(sum(values), len(values))
        else:
            low, high = bootstrap(values, metric.reduce)
        return cls(metric, kind, reduced(values, metric.reduce), low, high, len(values))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `value` and bounds are None when nothing counts."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {
            "name": self.metric.name,
            "kind": self.kind,
            **{name: round(v, 4) if self.count else None for name, v in numbers.items()},
            "count": self.count,
            "unit": self.metric.unit,
            "floor": self.metric.floor if self.kind == ALL else None,
        }

    def __str__(self) -> str:
        if not self.count:
            return f"{self.metric.name:28} no questions"
        digits = 3 if self.metric.unit == "share" else 1
        return (
            f"{self.metric.name:28} {self.value:7.{digits}f}  "
            f"[{self.low:.{digits}f}, {self.high:.{digits}f}]  n={self.count}"
        )


def figures(results: Sequence[Result]) -> tuple[Figure, ...]:
    """Every metric over all questions, then by kind where the kind has questions that count."""
    kinds = dict.fromkeys(result.kind for result in results)
    found = [Figure.of(metric, results) for metric in METRICS]
    by_kind = [Figure.of(metric, results, kind) for kind in kinds if kind for metric in METRICS]
    return (*found, *(figure for figure in by_kind if figure.count))


def below_floor(of: Sequence[Figure]) -> tuple[str, ...]:
    """One sentence for each figure over all questions that is worse than its floor."""
    missed = []
    for figure in of:
        metric = figure.metric
        if figure.kind == ALL and figure.count and metric.is_below(figure.value):
            bound = "at least" if metric.better == "higher" else "at most"
            missed.append(f"{metric.name}: {figure.value:.3g}, {bound} {metric.floor:g} is needed.")
    return tuple(missed)


@dataclass(frozen=True, slots=True)
class Operating:
    """What abstaining below `threshold` would do: shares of the questions that are not answered."""

    threshold: float
    refused_rightly: float
    refused_wrongly: float


def abstention_curve(results: Sequence[Result]) -> tuple[Operating, ...]:
    """One point for each confidence at which something changes, from 0 to 1.

    A question without a confidence (nothing was looked up) is not answered at any threshold. () when
    there are not both answerable and unanswerable questions.
    """
    right = [r.confidence for r in results if not r.answerable]
    wrong = [r.confidence for r in results if r.answerable]
    if not right or not wrong:
        return ()
    steps = sorted({0.0, 1.0, *(c for c in right + wrong if c is not None)})
    return tuple(Operating(at, _refused(right, at), _refused(wrong, at)) for at in steps)


def _refused(confidences: Sequence[float | None], threshold: float) -> float:
    return sum(c is None or c < threshold for c in confidences) / len(confidences)


def separation(results: Sequence[Result]) -> float | None:
    """The probability that an answerable question gets more confidence than an unanswerable one
    (area under the ROC curve); 0.5 is chance, None when there are not both."""
    right = [r.confidence or 0.0 for r in results if r.answerable]
    wrong = [r.confidence or 0.0 for r in results if not r.answerable]
    if not right or not wrong:
        return None
    won = sum((a > b) + 0.5 * (a == b) for a in right for b in wrong)
    return won / (len(right) * len(wrong))
