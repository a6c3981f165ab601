"""The editors' list of questions that readers ask, each with the words of the articles that answer it,
or with none: what the examples teach about a new question.

The file has the rows that evaluators write, so that a question answered badly is judged and fixed in
one and the same form. It only ever points at sentences; nothing of it is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.articles.questions import read_questions
from qa_bot.errors import CorpusError, EvaluationError
from qa_bot.records import Article, Example, Sentence

EXAMPLES = "examples.jsonl"
WIDTH = 3.0  # how fast an example's say falls: exp(-WIDTH (1 - cosine))
RIDGE = 0.1  # how far an example may be contradicted by those around it
UNLIKE, LIKE = 0.2, 0.4  # cosine of the nearest example: at first they say nothing, then all
HEARD = 0.1  # score of a sentence from which it is looked at

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placed:
    """An example, and the ids of the `sentences` that answer it; none where no article does."""

    question: str
    sentences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the examples teach. `vectors`: of their questions, (examples, dimensions); `weights`:
    (examples, 1 + answers); the columns stand for "no article answers it", then for the sentences with
    the ids `answers`."""

    vectors: Numbers
    weights: Numbers
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taught:
    """What the examples say of a question, each about in [0, 1]: `answers`, how surely a sentence, by
    its id, answers it; `unanswerable`, how surely none does. Empty and 0 where no example is like it.
    `exact`: whether an example asks the very same."""

    answers: Mapping[str, float]
    unanswerable: float
    exact: bool = False


NOTHING = Taught({}, 0.0)


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a file, in its order; () where it is missing or empty.

    What leans on an earlier message means nothing by itself, and is left out.

    :raises CorpusError: the file is no list of questions.
    """
    if not path.is_file() or not path.stat().st_size:
        return ()
    try:
        rows = read_questions(path)
    except EvaluationError as error:
        raise CorpusError(str(error)) from None
    return tuple(
        Example(row.question, tuple(snippet for group in row.evidence for snippet in group))
        for row in rows
        if not row.history
    )


def place(
    examples: Iterable[Example], articles: Mapping[str, Article], sentences: Sequence[Sentence]
) -> tuple[Placed, ...]:
    """Each example with its sentences; without those whose words stand in no article anymore."""
    starts: dict[str, list[int]] = {article_id: [] for article_id in articles}
    own: dict[str, list[Sentence]] = {article_id: [] for article_id in articles}
    for sentence in sentences:
        starts[sentence.article_id].append(sentence.start)
        own[sentence.article_id].append(sentence)

    def holding(snippet: str) -> Iterable[str]:
        for article_id, article in articles.items():
            at = article.text.find(snippet)
            while at >= 0:
                before = bisect_right(starts[article_id], at) - 1
                if before >= 0 and at + len(snippet) <= own[article_id][before].end:
                    yield own[article_id][before].id
                at = article.text.find(snippet, at + 1)

    placed = (
        (one, frozenset(id_ for snippet in one.snippets for id_ in holding(snippet)))
        for one in examples
    )
    return tuple(Placed(one.question, found) for one, found in placed if found or not one.snippets)


def learn(examples: Sequence[Placed], vectors: Numbers) -> Lessons:
    """What they teach, by kernel ridge regression (Saunders, Gammerman and Vovk, 1998). `vectors`: of
    their questions.

    Takes memory and time for a table of all pairs: 400 MB and ten seconds for 10,000 examples.
    """
    from scipy.linalg import solve

    answers = tuple(sorted({id_ for example in examples for id_ in example.sentences}))
    column = {id_: 1 + place for place, id_ in enumerate(answers)}
    truth = np.zeros((len(examples), 1 + len(answers)), dtype=np.float32)
    for row, example in enumerate(examples):
        truth[row, [column[id_] for id_ in example.sentences] or 0] = 1
    if not examples:
        return Lessons(vectors, truth, answers)
    near = _kernel(vectors @ vectors.T)
    near[np.diag_indices_from(near)] += RIDGE
    weights = solve(near, truth, assume_a="pos", overwrite_a=True)
    return Lessons(vectors, np.asarray(weights, dtype=np.float32), answers)


def taught(vector: Numbers, lessons: Lessons) -> Taught:
    """What they say of a question with `vector`, (dimensions,), of length 1."""
    if not len(lessons.vectors):
        return NOTHING
    cosines = lessons.vectors @ vector
    said = min(1.0, (float(cosines.max()) - UNLIKE) / (LIKE - UNLIKE))
    if said <= 0:
        return NOTHING
    unanswerable, *scores = (np.clip(_kernel(cosines) @ lessons.weights, 0, 1) * said).tolist()
    answers = zip(lessons.answers, scores, strict=True)
    return Taught({id_: score for id_, score in answers if score > HEARD}, unanswerable)


def settled(same: Sequence[Placed]) -> Taught:
    """What examples say of a question that each of them asks: at least one."""
    answers = dict.fromkeys((id_ for example in same for id_ in example.sentences), 1.0)
    return Taught(answers, 0.0 if answers else 1.0, exact=True)


def wording(question: str) -> str:
    """What makes two questions one: their words, whatever their case and punctuation.

    >>> wording("Does TMS  hurt?") == wording("does tms hurt")
    True
    """
    return " ".join(re.findall(r"\w+", question.casefold()))


def _kernel(cosines: Numbers) -> Numbers:
    near: Numbers = np.exp(WIDTH * (cosines - 1), dtype=np.float32)
    return near
