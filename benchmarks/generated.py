"""Articles of any number of passages, and vectors for them that need no model.

The words are made up and as uneven in their frequency as real ones; an article keeps to a few of them.
The vector of a text is the mean of its words', so that texts with rare words in common are near. They
vary in few directions, as the vectors of real texts do: of 300 paragraphs the nearest has a cosine of
0.56, and about each they spread in 22 dimensions (the maximum likelihood estimate of Levina and Bickel,
2004, from 20 neighbors); of 300 real ones it is 0.57 and 16. That says nothing about the quality of
answers, and all about what it costs to find them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_bot.embedding.encoder import BATCH, Encoded, Encoder, Role, Vector
from qa_bot.embedding.runtimes import unit
from qa_bot.records import Article, Block, Corpus, Kind, ReviewStatus
from qa_bot.words import words

Numbers = NDArray[np.int64]

VOCABULARY = 20_000
SENTENCES, WORDS, SECTIONS = 3, 12, 20  # of a passage, of a sentence, of an article
OWN = 0.4  # share of an article's words that are of its subject
DIMENSIONS, DIRECTIONS = 384, 48  # numbers in a vector; those in which vectors vary


def word(number: int) -> str:
    """A word that can be spoken, another one for each number."""
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    said = ""
    for _ in range(4):
        number, at = divmod(number, len(consonants) * len(vowels))
        said += consonants[at % len(consonants)] + vowels[at // len(consonants)]
    return said


def corpus(passages: int, seed: int = 7) -> Corpus:
    """Articles with about so many passages."""
    chance = np.random.default_rng(seed)
    shares = _shares()
    names = np.array([word(number) for number in range(VOCABULARY)])
    articles = []
    for number in range(max(1, passages // SECTIONS)):
        subject = chance.choice(VOCABULARY, 40, p=shares)
        blocks: list[Block] = []
        text = ""
        for section in range(SECTIONS):
            drawn = chance.choice(VOCABULARY, (SENTENCES, WORDS), p=shares)
            _keep_to(subject, drawn, chance)
            heading = f"{names[subject[section % 40]]} {names[subject[-1]]} {section}".capitalize()
            said = " ".join(" ".join(names[row]).capitalize() + "." for row in drawn)
            blocks.append(Block(Kind.HEADING, len(text), len(text) + len(heading), ()))
            text += heading + "\n\n"
            blocks.append(Block(Kind.BODY, len(text), len(text) + len(said), (heading,)))
            text += said + "\n\n"
        name = f"article-{number:06d}"
        status = ReviewStatus.NOT_STATED
        day = date(2026, 1, 1)
        articles.append(
            Article(
                name, name, "", "", "", status, day, f"{seed}-{number}", text, tuple(blocks), ()
            )
        )
    return Corpus(tuple(articles), ())


class GeneratedEncoder(Encoder):
    """Vectors made of words. A question costs a run of the real encoder all the same."""

    def __init__(self, real: Encoder) -> None:
        super().__init__()
        self.real = real

    def encode(
        self, texts: Sequence[str], role: Role, *, batch_size: int = BATCH
    ) -> Iterator[Encoded]:
        if role == "query":
            list(self.real.encode(texts, role, batch_size=batch_size))
        for text in texts:
            found = words(text)
            vectors = np.array([_vector(one.stem) for one in found], dtype=np.float32)
            vectors = vectors.reshape(len(found), DIMENSIONS)
            yield Encoded(unit(vectors.sum(axis=0)), found, vectors)

    def is_common(self, word: str) -> bool:
        return self.real.is_common(word)

    @property
    def fingerprint(self) -> str:  # type: ignore[override]
        return "generated:2"

    @property
    def is_exported(self) -> bool:
        return True

    def export(self) -> None:
        """There is nothing to export."""


def vectors(passages: int, seed: int = 7) -> Vector:
    """Vectors of as many passages as `corpus` makes, without their texts: (passages, dimensions)."""
    chance = np.random.default_rng(seed)
    of_words = unit(np.random.default_rng(3).normal(size=(VOCABULARY, DIRECTIONS)) @ _directions())
    shares = np.cumsum(_shares())
    shares[-1] = 1.0
    made = np.empty((passages, DIMENSIONS), dtype=np.float32)
    for first in range(0, passages, SECTIONS):
        subject = np.searchsorted(shares, chance.random(40))
        drawn = np.searchsorted(shares, chance.random((SECTIONS, SENTENCES * WORDS)))
        _keep_to(subject, drawn, chance)
        made[first : first + SECTIONS] = unit(of_words[drawn].sum(axis=1))[: passages - first]
    return made


def _keep_to(subject: Numbers, drawn: Numbers, chance: np.random.Generator) -> None:
    """Put words of the subject in the place of a share of those drawn."""
    own = chance.random(drawn.shape) < OWN
    drawn[own] = chance.choice(subject, own.sum())


def _shares() -> Vector:
    """How often each word is said, as a share of all."""
    shares = 1 / np.arange(1, VOCABULARY + 1) ** 0.9
    return np.asarray(shares / shares.sum())


@lru_cache(maxsize=1)
def _directions() -> Vector:
    return np.random.default_rng(5).normal(size=(DIRECTIONS, DIMENSIONS)).astype(np.float32)


@lru_cache(maxsize=50_000)
def _vector(stem: str) -> Vector:
    chance = np.random.default_rng(zlib.crc32(stem.encode()))
    return unit(chance.normal(size=DIRECTIONS) @ _directions())


def asked(of: Corpus, count: int) -> list[str]:
    """Questions made of words of single sentences."""
    chance = np.random.default_rng(11)
    found = []
    for _ in range(count):
        article = of.articles[chance.integers(len(of.articles))]
        block = article.blocks[2 * chance.integers(len(article.blocks) // 2) + 1]
        said = article.text[block.start : block.end].split(".")[0].casefold().split()
        found.append(f"What is {' '.join(chance.choice(said, 5, replace=False))}?")
    return found
