"""Questions with evidence → how well they are answered: pure metrics, without a judge model.

A row is what `Question.read` documents. Evidence is verbatim, so an answer is right when its quotes
hold it, and nothing else has to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Self

from qa_bot.errors import EvaluationError
from qa_bot.records import Answer, Article, Outcome

WORDS = 120  # quoted words a reader is expected to read


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a question file.

    `evidence`: groups of alternative snippets, verbatim; an answer covers a group when one of its
    quotes contains one of the group's snippets. An unanswerable question has none.
    """

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    both_sources: bool
    evidence: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, row: dict[str, Any]) -> Self:
        """From a JSON object {"id", "kind", "question", "history", "answerable", "both_sources",
        "evidence"}; all but "id", "question" and "evidence" may be left out."""
        evidence = tuple(_texts("a group of evidence", group) for group in row["evidence"])
        return cls(
            id=str(row["id"]),
            kind=str(row.get("kind", "")),
            question=str(row["question"]),
            history=_texts("history", row.get("history", [])),
            answerable=bool(row.get("answerable", bool(evidence))),
            both_sources=bool(row.get("both_sources", False)),
            evidence=evidence,
        )


def _texts(name: str, value: object) -> tuple[str, ...]:
    # A bare text would be taken for a list of its letters, and its letters stand in every article.
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} is not a list of texts")
    return tuple(value)


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a file of questions, one JSON object a line.

    :raises EvaluationError: it is missing, empty, or a line is no question row.
    """
    questions = []
    for number, row in enumerate(read_rows(path), start=1):
        try:
            questions.append(Question.read(row))
        except KeyError as error:
            raise EvaluationError(
                f"{path}, row {number}, is no question: it has no {error}."
            ) from None
        except (TypeError, ValueError) as error:
            raise EvaluationError(f"{path}, row {number}, is no question: {error}.") from None
    return tuple(questions)


def read_rows(path: Path) -> tuple[dict[str, Any], ...]:
    """Read a file of one JSON object a line.

    :raises EvaluationError: it is missing, empty, or a line is no JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read ({error}).") from None
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append(dict(json.loads(line)))
            except (ValueError, TypeError) as error:
                raise EvaluationError(f"{path}, line {number}, is not a row ({error}).") from None
    if not rows:
        raise EvaluationError(f"{path} holds no rows.")
    return tuple(rows)


def unknown_snippets(
    questions: Iterable[Question], articles: Iterable[Article]
) -> tuple[tuple[str, str], ...]:
    """(question id, snippet) where the snippet stands in no article, e.g. because it was edited."""
    texts = [article.text for article in articles]
    return tuple(
        (question.id, snippet)
        for question in questions
        for group in question.evidence
        for snippet in group
        if not any(snippet in text for text in texts)
    )


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


def is_verbatim(answer: Answer) -> bool:
    """Whether every quote stands in its article at the place it names."""
    return all(
        0 <= quote.start < quote.end <= len(quote.article.text)
        and quote.article.text[quote.start : quote.end] == quote.text
        for quote in answer.quotes
    )


def wilson(successes: float, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a share (E. B. Wilson, JASA 1927); (0, 1) without cases."""
    if not count:
        return 0.0, 1.0
    share = successes / count
    center = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, center - half), min(1.0, center + half)


@dataclass(frozen=True, slots=True)
class Measure:
    """A share or a mean over `count` cases; `low` and `high` bound a share with 95 % confidence."""

    name: str
    value: float
    count: int
    low: float | None = None
    high: float | None = None

    @classmethod
    def share(cls, name: str, values: Sequence[float]) -> Self:
        """The mean of values in [0, 1], with its interval."""
        low, high = wilson(sum(values), len(values))
        return cls(name, sum(values) / len(values) if values else 0.0, len(values), low, high)

    @classmethod
    def mean(cls, name: str, values: Sequence[float]) -> Self:
        """The mean of values that are no shares."""
        return cls(name, sum(values) / len(values) if values else 0.0, len(values))

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.name:34} {self.value:7.1f}                 n={self.count}"
        return (
            f"{self.name:34} {self.value:7.3f}  [{self.low:.3f}, {self.high:.3f}]  n={self.count}"
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A question and its answer."""

    question: Question
    answer: Answer

    @property
    def failed(self) -> bool:
        """Whether the answer is not what it should be."""
        answered = self.answer.outcome is Outcome.ANSWERED
        if not self.question.answerable:
            return answered
        return not answered or covered(self.answer, self.question, words=WORDS) < 1


def ask_all(
    questions: Iterable[Question], ask: Callable[[str, Sequence[str]], Answer]
) -> tuple[Case, ...]:
    """Put every question."""
    return tuple(Case(q, ask(q.question, q.history)) for q in questions)


def measures(cases: Sequence[Case]) -> tuple[Measure, ...]:
    """The figures of a run, those of quality first."""
    answerable = [case for case in cases if case.question.answerable]
    answered = [case for case in answerable if case.answer.outcome is Outcome.ANSWERED]
    both = [case for case in answered if case.question.both_sources]
    found = [covered(c.answer, c.question, words=WORDS) for c in answerable]
    figures = [
        Measure.share(f"evidence within {WORDS} words", found),
        Measure.share("evidence in first quote", [_first_hit(case) for case in answerable]),
        Measure.mean("quoted words", [quoted_words(case.answer) for case in answered]),
        Measure.share(
            "false abstentions", [c.answer.outcome is not Outcome.ANSWERED for c in answerable]
        ),
        Measure.share(
            "both articles", [len({q.article.id for q in c.answer.quotes}) > 1 for c in both]
        ),
        Measure.share("verbatim", [is_verbatim(case.answer) for case in answered]),
    ]
    for kind in dict.fromkeys(c.question.kind for c in cases if not c.question.answerable):
        rows = [c for c in cases if c.question.kind == kind and not c.question.answerable]
        abstained = [case.answer.outcome is not Outcome.ANSWERED for case in rows]
        figures.append(Measure.share(f"abstains: {kind}", abstained))
    for kind in dict.fromkeys(case.question.kind for case in answerable):
        rows = [case for case in answerable if case.question.kind == kind]
        share = [covered(case.answer, case.question, words=WORDS) for case in rows]
        figures.append(Measure.share(f"evidence: {kind}", share))
    return tuple(figures)


def _first_hit(case: Case) -> float:
    first = case.answer.quotes[:1]
    return float(any(s in q.text for q in first for g in case.question.evidence for s in g))


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
