"""Files of questions with evidence: what a row holds, and whether the articles still say it.

How well the questions are answered is the business of `evaluation`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeGuard

from rapidfuzz import fuzz

from qa_bot.articles.passages import sentences
from qa_bot.errors import EvaluationError
from qa_bot.records import Article


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
        if row.get("answerable", bool(evidence)) != bool(evidence):
            raise ValueError("an answerable question needs evidence, an unanswerable one has none")
        if not all(snippet.strip() for group in evidence for snippet in group or [""]):
            raise ValueError("a group or a snippet of its evidence is empty")
        return cls(
            id=str(row["id"]),
            kind=str(row.get("kind", "")),
            question=str(row["question"]),
            history=_texts("history", row.get("history", [])),
            answerable=bool(evidence),
            both_sources=bool(row.get("both_sources", False)),
            evidence=evidence,
        )


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not are_texts(value):
        raise ValueError(f"{name} is not a list of texts")
    return tuple(value)


def are_texts(value: object) -> TypeGuard[list[str]]:
    """Whether a value of a row is a list of texts. A bare text would be taken for one of its letters,
    and its letters stand in every article."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a file of questions, one JSON object a line.

    :raises EvaluationError: it is missing, empty, a line is no question row, or two have one id.
    """
    questions: dict[str, Question] = {}
    for number, row in enumerate(read_rows(path), start=1):
        try:
            question = Question.read(row)
        except KeyError as error:
            raise EvaluationError(
                f"{path}, row {number}, is no question: it has no {error}."
            ) from None
        except (TypeError, ValueError) as error:
            raise EvaluationError(f"{path}, row {number}, is no question: {error}.") from None
        if question.id in questions:
            raise EvaluationError(f'{path}, row {number}, has the id "{question.id}" once more.')
        questions[question.id] = question
    return tuple(questions.values())


def read_rows(path: Path) -> tuple[dict[str, Any], ...]:
    """Read a file of one JSON object a line.

    :raises EvaluationError: it is missing, empty, or a line is no JSON object.
    """
    try:
        # Not `splitlines`: a text may hold other marks of a line's end. Editors may add a byte mark.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise EvaluationError(
            f'{path} cannot be read; save it again with the encoding "UTF-8".'
        ) from None
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror or error}).") from None
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append(dict(json.loads(line)))
            except json.JSONDecodeError as error:
                raise EvaluationError(
                    f"{path}, line {number}, is not a row: it cannot be read from letter {error.colno} "
                    "on; compare its quotation marks, commas and brackets with another line."
                ) from None
            except (ValueError, TypeError, RecursionError):
                raise EvaluationError(
                    f'{path}, line {number}, is not a row; it needs "{{" at its beginning and "}}" at '
                    "its end."
                ) from None
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
        for snippet in absent(group, texts)
    )


def absent(snippets: Iterable[str], texts: Sequence[str]) -> list[str]:
    """The snippets that stand in none of the texts."""
    return [snippet for snippet in snippets if not any(snippet in text for text in texts)]


def nearest_passage(snippet: str, articles: Iterable[Article]) -> tuple[Article, str] | None:
    """The whole sentences that read most like `snippet`, and their article; None without articles."""
    found = [
        (alignment, article)
        for article in articles
        if (alignment := fuzz.partial_ratio_alignment(snippet, article.text)) is not None
    ]
    if not found:
        return None
    best, article = max(found, key=lambda one: one[0].score)
    within = [
        sentence
        for sentence in sentences(article)
        if sentence.start < best.dest_end and sentence.end > best.dest_start
    ]
    start = min((s.start for s in within), default=best.dest_start)
    end = max((s.end for s in within), default=best.dest_end)
    return article, " ".join(article.text[start:end].split())


def check_evidence(questions: Iterable[Question], articles: Iterable[Article]) -> None:
    """Check that each snippet still stands in an article, letter by letter.

    :raises EvaluationError: one does not; each such row is named, with the passage nearest to it.
    """
    articles = tuple(articles)
    broken = []
    for question_id, snippet in unknown_snippets(questions, articles):
        nearest = nearest_passage(snippet, articles)
        near = f" The nearest is “{nearest[1]}” ({nearest[0].id})." if nearest else ""
        broken.append(f"{question_id}: no article says “{snippet}”; fix the row.{near}")
    if broken:
        raise EvaluationError("\n".join(broken))
