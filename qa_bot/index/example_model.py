"""What the editors' examples teach about a question that is new: how surely each sentence answers it,
and how surely none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_bot.articles.examples import Placed

WIDTH = 3.0  # how fast an example's say falls: exp(-WIDTH (1 - cosine))
RIDGE = 0.1  # how far an example may be contradicted by those around it
UNLIKE, LIKE = 0.2, 0.4  # cosine of the nearest example: at first they say nothing, then all
HEARD = 0.1  # score of a sentence from which it is looked at

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ExampleModel:
    """What the examples teach. `vectors`: of their questions, (examples, dimensions); `weights`:
    (examples, 1 + answers); the columns stand for "no article answers it", then for the sentences with
    the ids `answers`."""

    vectors: Numbers
    weights: Numbers
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the examples say of a question, each about in [0, 1]: `answers`, how surely a sentence, by
    its id, answers it; `unanswerable`, how surely none does. Empty and 0 where no example is like it.
    `exact`: whether an example asks the very same."""

    answers: Mapping[str, float]
    unanswerable: float
    exact: bool = False


NO_PREDICTION = Prediction({}, 0.0)


def fit(examples: Sequence[Placed], vectors: Numbers) -> ExampleModel:
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
        return ExampleModel(vectors, truth, answers)
    near = _kernel(vectors @ vectors.T)
    near[np.diag_indices_from(near)] += RIDGE
    weights = solve(near, truth, assume_a="pos", overwrite_a=True)
    return ExampleModel(vectors, np.asarray(weights, dtype=np.float32), answers)


def predict(vector: Numbers, model: ExampleModel) -> Prediction:
    """What they say of a question with `vector`, (dimensions,), of length 1."""
    if not len(model.vectors):
        return NO_PREDICTION
    cosines = model.vectors @ vector
    said = min(1.0, (float(cosines.max()) - UNLIKE) / (LIKE - UNLIKE))
    if said <= 0:
        return NO_PREDICTION
    unanswerable, *scores = (np.clip(_kernel(cosines) @ model.weights, 0, 1) * said).tolist()
    answers = zip(model.answers, scores, strict=True)
    return Prediction({id_: score for id_, score in answers if score > HEARD}, unanswerable)


def exact_prediction(same: Sequence[Placed]) -> Prediction:
    """What examples say of a question that each of them asks: at least one."""
    answers = dict.fromkeys((id_ for example in same for id_ in example.sentences), 1.0)
    return Prediction(answers, 0.0 if answers else 1.0, exact=True)


def _kernel(cosines: Numbers) -> Numbers:
    near: Numbers = np.exp(WIDTH * (cosines - 1), dtype=np.float32)
    return near
