"""The editors' list of questions that readers ask, each with the words of the articles that answer it,
or with none: what the examples nearest to a new question say of it.

The file has the rows that evaluators write, so that a question answered badly is judged and mended in
one and the same form. It only ever points at sentences; nothing of it is shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import CorpusError, EvaluationError
from qa_bot.questions import read_questions
from qa_bot.records import Article, Example, Sentence

EXAMPLES = "examples.jsonl"
NEAREST = 12  # examples that are heard
UNLIKE = 0.5  # cosine up to which an example says nothing of a question
SHARPNESS = 15.0  # how much more the nearest counts; per unit of cosine


@dataclass(frozen=True, slots=True)
class Placed:
    """An example, and the ids of the `sentences` that answer it; none where no article does."""

    question: str
    sentences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the nearest examples say of a question, all in [0, 1].

    `best`: of each sentence that answers one of them, by its id, how like that one is; `shares`: which
    share of the examples' weight it has. `unanswerable`: the share of those that no article answers,
    each as far as it is like the question. All empty and 0 where no example is.
    """

    best: Mapping[str, float]
    shares: Mapping[str, float]
    unanswerable: float


NOTHING_LIKE = Likeness({}, {}, 0.0)


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a file, in its order; () where there is no file.

    What leans on an earlier message means nothing by itself, and is left out.

    :raises CorpusError: the file is no list of questions.
    """
    if not path.is_file():
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


def likeness(
    vector: NDArray[np.float32], examples: Sequence[Placed], vectors: NDArray[np.float32]
) -> Likeness:
    """What `examples`, whose questions have the `vectors` (examples, dimensions), say of a question
    with `vector` (dimensions,); all of length 1."""
    if not examples:
        return NOTHING_LIKE
    cosines = vectors @ vector
    heard = np.flatnonzero(cosines > UNLIKE)
    nearest = heard[np.argsort(-cosines[heard], kind="stable")[:NEAREST]]
    if not len(nearest):
        return NOTHING_LIKE
    weights = np.exp((cosines[nearest] - cosines[nearest[0]]) * SHARPNESS)
    weights /= weights.sum()
    best: dict[str, float] = {}
    shares: dict[str, float] = {}
    unanswerable = 0.0
    for index, weight in zip(nearest.tolist(), weights.tolist(), strict=True):
        like = float(cosines[index] - UNLIKE) / (1 - UNLIKE)
        for sentence in examples[index].sentences:
            best[sentence] = max(best.get(sentence, 0.0), like)
            shares[sentence] = shares.get(sentence, 0.0) + weight
        if not examples[index].sentences:
            unanswerable += weight * like
    return Likeness(best, shares, unanswerable)
