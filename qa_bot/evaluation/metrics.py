"""A question and its answer → a number for every metric, without a judge model.

Evidence is verbatim, so an answer is right when its quotes hold it, and nothing else has to be
believed. A metric is a number for one question, or None where the question does not count; every
figure, interval and comparison is made of these numbers (see `figures`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qa_bot.answers import Answer, Outcome
from qa_bot.articles.questions import Question
from qa_bot.evaluation.intervals import Reduce

WORDS = 120  # quoted words a reader is expected to read
FEW_WORDS = 60


@dataclass(frozen=True, slots=True)
class Case:
    """A question and its answer. `misquotes` and `broken` are the faults that `citations` found.

    `seconds`: what the answer took; `bare_seconds`: what encoding the question alone takes.
    """

    question: Question
    answer: Answer
    misquotes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    seconds: float | None = None
    bare_seconds: float | None = None

    @property
    def answered(self) -> bool:
        """Whether sentences were quoted as an answer."""
        return self.answer.outcome is Outcome.ANSWERED

    @property
    def failed(self) -> bool:
        """Whether the answer is not what it should be."""
        if self.misquotes or self.broken:
            return True
        if not self.question.answerable:
            return self.answered
        return not self.answered or covered(self.answer, self.question, words=WORDS) < 1


def covered(answer: Answer, question: Question, *, words: int | None = None) -> float:
    """Share of the evidence groups, in [0, 1], that the quotes contain.

    :param words: only the first so many quoted words are read; None reads all.
    """
    texts = [quote.text for quote in answer.quotes]
    if words is not None:
        texts = _first_words(texts, words)
    met = [any(s in text for text in texts for s in group) for group in question.evidence]
    return sum(met) / len(met) if met else 0.0


def quoted_words(answer: Answer) -> int:
    """Words in all quotes together."""
    return sum(len(quote.text.split()) for quote in answer.quotes)


def _first_hit(case: Case) -> float:
    first = case.answer.quotes[:1]
    return float(any(s in q.text for q in first for g in case.question.evidence for s in g))


@dataclass(frozen=True, slots=True)
class Metric:
    """A number for each question that counts; the figure is their mean, or their median.

    `floor`: the worst value that is accepted; None where nothing is asked for.
    """

    name: str
    of: Callable[[Case], float | None]
    better: Literal["higher", "lower"]
    means: str
    unit: Literal["share", "words", "times", "milliseconds"] = "share"
    reduce: Reduce = "mean"
    floor: float | None = None

    def is_below(self, value: float) -> bool:
        """Whether `value` is worse than the floor."""
        if self.floor is None:
            return False
        return value < self.floor if self.better == "higher" else value > self.floor


def _answerable(of: Callable[[Case], float]) -> Callable[[Case], float | None]:
    return lambda case: float(of(case)) if case.question.answerable else None


def _answered(of: Callable[[Case], float]) -> Callable[[Case], float | None]:
    return lambda case: float(of(case)) if case.answered else None


def _times(case: Case) -> float | None:
    return case.seconds / case.bare_seconds if case.seconds and case.bare_seconds else None


METRICS = (
    Metric(
        f"evidence within {WORDS} words",
        _answerable(lambda c: covered(c.answer, c.question, words=WORDS)),
        "higher",
        f"share of the marked evidence in the first {WORDS} quoted words; answerable questions",
        floor=0.85,
    ),
    Metric(
        f"evidence within {FEW_WORDS} words",
        _answerable(lambda c: covered(c.answer, c.question, words=FEW_WORDS)),
        "higher",
        f"the same in the first {FEW_WORDS}",
    ),
    Metric(
        "evidence",
        _answerable(lambda c: covered(c.answer, c.question)),
        "higher",
        "the same in the whole answer",
    ),
    Metric(
        "evidence in first quote",
        _answerable(_first_hit),
        "higher",
        "the first quote holds some of the evidence; answerable questions",
    ),
    Metric(
        "quoted words",
        lambda c: float(quoted_words(c.answer)) if c.answered and c.question.answerable else None,
        "lower",
        "words an answer quotes, on average; answerable questions that were answered",
        unit="words",
        floor=125,
    ),
    Metric(
        "abstention recall",
        lambda c: None if c.question.answerable else float(not c.answered),
        "higher",
        "of the questions that the articles do not answer, those that were not answered",
        floor=0.80,
    ),
    Metric(
        "abstention precision",
        lambda c: None if c.answered else float(not c.question.answerable),
        "higher",
        "of the questions that were not answered, those that the articles do not answer",
    ),
    Metric(
        "false abstentions",
        _answerable(lambda c: not c.answered),
        "lower",
        "answerable questions that were not answered",
        floor=0.08,
    ),
    Metric(
        "both articles",
        lambda c: (
            float(len({q.article.id for q in c.answer.quotes}) > 1)
            if c.question.both_sources
            else None
        ),
        "higher",
        "questions that both articles answer, where both are quoted",
        floor=0.80,
    ),
    Metric(
        "verbatim",
        _answered(lambda c: not c.misquotes),
        "higher",
        "answers with nothing but whole sentences, letter by letter as published",
        floor=1.0,
    ),
    Metric(
        "valid citations",
        _answered(lambda c: not c.broken),
        "higher",
        "answers of which every place opens at the quote and every source resolves",
        floor=1.0,
    ),
    Metric(
        "time of an answer",
        lambda c: c.seconds * 1000 if c.seconds else None,
        "lower",
        "milliseconds, warm, the median",
        unit="milliseconds",
        reduce="median",
    ),
    Metric(
        "time in encodings",
        _times,
        "lower",
        "the same, in times that the bare encoder takes for the question, the median",
        unit="times",
        reduce="median",
    ),
)


def _first_words(texts: Sequence[str], words: int) -> list[str]:
    """The texts, cut after `words` words in all; a text keeps its own white space."""
    kept = []
    for text in texts:
        parts = text.split()
        if len(parts) > words:
            kept.append(text[: _end_of_word(text, words)])
            break
        kept.append(text)
        words -= len(parts)
    return kept


def _end_of_word(text: str, words: int) -> int:
    position = 0
    for part in text.split()[:words]:
        position = text.index(part, position) + len(part)
    return position
