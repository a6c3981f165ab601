"""A Query → what is looked for: its words with their vectors and weights, the matters it asks for, and
what the editors' examples say of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qa_bot.embedding.encoder import Encoded, Vector
from qa_bot.index.example_model import Prediction, exact_prediction, predict
from qa_bot.index.generation import Generation
from qa_bot.retrieval.aspects import wanted
from qa_bot.retrieval.query import Query
from qa_bot.words import Word

CARRIED_WEIGHT = 0.6  # of a word told before the question, against one of the question itself


@dataclass(frozen=True, slots=True)
class Target:
    """A question as sentences are compared with it.

    `vector`: (dimensions,), of the whole text. `words`: its content words, or all of them where it has
    none; `word_vectors`: (words, dimensions); `weights`: (words,), which sum to 1. The first `carried`
    words were told before the question. `wanted`: names of the matters asked for (a cost, a time);
    `prediction`: what the editors' examples say.
    """

    query: Query
    vector: Vector
    words: tuple[Word, ...]
    word_vectors: Vector
    weights: Vector
    carried: int
    wanted: frozenset[str]
    prediction: Prediction

    @property
    def stems(self) -> list[str]:
        """Of its words, in their order."""
        return [word.stem for word in self.words]


def target_of(query: Query, encoded: Encoded, generation: Generation) -> Target:
    """What to look for in `generation`; `encoded` is the text of `query`."""
    kept = [index for index, word in enumerate(encoded.words) if word.is_content]
    kept = kept or list(range(len(encoded.words)))
    words = tuple(encoded.words[index] for index in kept)
    told_before = [word.start < query.asked for word in words]
    weights = np.array([generation.lexicon.weight(word.stem) for word in words], dtype=np.float32)
    weights *= np.where(told_before, np.float32(CARRIED_WEIGHT), np.float32(1))
    same = () if query.carried else generation.examples_of(query.question)
    return Target(
        query,
        encoded.vector,
        words,
        encoded.word_vectors[kept],
        weights / max(weights.sum(), 1e-9),
        sum(told_before),
        wanted(query.asking),
        exact_prediction(same) if same else predict(encoded.vector, generation.example_model),
    )
