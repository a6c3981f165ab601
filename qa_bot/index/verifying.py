"""Is a generation what was published? Its files by digest, its store by what the store itself says.

Asked of a new generation before readers get it, and of an old one before it is served again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from qa_bot.embedding.encoder import Vector
from qa_bot.index.damage import damage_named
from qa_bot.index.generation import Generation
from qa_bot.index.manifest import corpus_digest, refuse_changed

SAMPLED = 50  # passages looked for by their own vector
ASKED = 30  # of the articles' own questions, put to the store
FOUND = 5  # passages asked for
ROUNDING = 0.001  # between two ways to compute one similarity
MISSED = 0.05  # of what is asked: an index of very many passages is approximate


def verify(generation: Generation) -> None:
    """Ask the generation for everything that should be in it; nothing is encoded.

    :raises DamagedIndexError: a file changed, the store lost a passage or holds another vector for it,
        or it finds other passages for questions than a comparison with every vector does.
    """
    manifest = generation.manifest
    with damage_named(generation.place):
        refuse_changed(generation.folder, manifest, manifest.files)
        if corpus_digest(generation.corpus) != manifest.corpus_digest:
            raise ValueError("its articles are not those the manifest names")
        count = generation.count()
        if not count == len(generation.passages) == manifest.passages:
            raise ValueError(f"{manifest.passages} passages were written, the store holds {count}")
        vectors = generation.passage_vectors
        sampled = range(0, count, max(1, count // SAMPLED))
        for index, held in zip(sampled, generation.stored_vectors(sampled), strict=True):
            if held is None or float(held @ vectors[index]) < 1 - ROUNDING:
                name = generation.passages[index].id
                raise ValueError(f"the store does not hold passage {name} as it was written")
        asked = list(_smoke(generation, sampled))
        missed = [
            what
            for what, vector, exact in asked
            if generation.stored_nearest(vector, FOUND)[0][1] < exact - ROUNDING
        ]
        if len(missed) > MISSED * len(asked):
            raise ValueError(f"{missed[0]} is not found by the store")


def _smoke(generation: Generation, sampled: Sequence[int]) -> Iterator[tuple[str, Vector, float]]:
    """What to ask the store: (name, vector, similarity of the best passage there is)."""
    vectors, passages, own = generation.vectors, generation.passages, generation.passage_vectors
    for index in sampled:
        yield f"passage {passages[index].id}", own[index], 1.0
    questions = generation.questions
    for question in questions[:: max(1, len(questions) // ASKED)]:
        vector = vectors[question].vector
        yield f"the best passage for “{question}”", vector, float(np.max(own @ vector))
