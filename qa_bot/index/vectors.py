"""The vectors of every text of a generation, kept in three plain files and read by memory map.

Keyed by the text itself: a sentence that did not change finds its old vectors again, whatever
happened around it. Knows nothing of articles or of the model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from qa_bot.embedding.encoder import Encoded, Vector
from qa_bot.index.manifest import TEXTS, VECTORS, WORD_VECTORS

KEPT_READY = 40_000  # word vectors kept ready in memory; about 60 MB


@dataclass(frozen=True, slots=True)
class TextVector:
    """One text: `vector` (dimensions,), and of its content words the stems and `word_vectors`
    (words, dimensions). Function words are not kept, as nothing is ever aligned with them."""

    stems: tuple[str, ...]
    vector: Vector
    word_vectors: Vector

    @classmethod
    def of(cls, encoded: Encoded, *, with_words: bool = True) -> Self:
        """Keep what search needs. `with_words=False`: the text is only searched as a whole."""
        kept = [i for i, word in enumerate(encoded.words) if with_words and word.is_content]
        stems = tuple(encoded.words[index].stem for index in kept)
        return cls(stems, encoded.vector, encoded.word_vectors[kept])


class TextVectors:
    """`vectors`: (texts, dimensions) float32. `word_vectors`: (content words, dimensions) float16;
    those of text `row` are `starts[row]:starts[row + 1]`."""

    def __init__(
        self,
        texts: list[str],
        stems: list[tuple[str, ...]],
        vectors: Vector,
        word_vectors: NDArray[np.float16],
    ) -> None:
        """:raises ValueError: the parts do not agree with each other."""
        self._rows = {text: row for row, text in enumerate(texts)}
        self._stems = stems
        self._vectors = vectors
        self._word_vectors = word_vectors
        self._starts = np.cumsum([0, *(len(words) for words in stems)], dtype=np.int64)
        if len(vectors) != len(texts) or len(word_vectors) != self._starts[-1]:
            raise ValueError(
                f"{len(texts)} texts with {self._starts[-1]} words, but {len(vectors)} vectors and "
                f"{len(word_vectors)} word vectors"
            )

    def __contains__(self, text: str) -> bool:
        return text in self._rows

    def __getitem__(self, text: str) -> TextVector:
        row = self._rows[text]
        own = self._word_vectors[self._starts[row] : self._starts[row + 1]]
        return TextVector(self._stems[row], self._vectors[row], own.astype(np.float32))

    def vector(self, text: str) -> Vector:
        """The vector of the whole text, (dimensions,)."""
        return np.asarray(self._vectors[self._rows[text]])

    def stack(self, texts: Iterable[str]) -> Vector:
        """The vectors of whole texts, (texts, dimensions)."""
        return np.asarray(self._vectors[[self._rows[text] for text in texts]])

    def row(self, text: str) -> int:
        """Where the text stands among all: what `partners` and `at` take."""
        return self._rows[text]

    def at(self, rows: Sequence[int]) -> Vector:
        """The vectors of whole texts, (rows, dimensions)."""
        return np.asarray(self._vectors[rows])

    def stems(self, text: str) -> tuple[str, ...]:
        """The stems of the text's content words, in order."""
        return self._stems[self._rows[text]]

    def partners(self, of: Sequence[int], word_vectors: Vector) -> Vector:
        """Cosine of each content word of the texts in rows `of`, one text after the other, with each
        of `word_vectors`: (content words, words)."""
        rows = np.array(of, dtype=np.int64)
        starts, lengths = self._starts[rows], self._starts[rows + 1] - self._starts[rows]
        before = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
        if self._ready is not None:
            return np.asarray((self._ready @ word_vectors.T)[places])
        return np.asarray(self._word_vectors[places].astype(np.float32) @ word_vectors.T)

    @cached_property
    def _ready(self) -> Vector | None:
        """All word vectors, where they are few; None: they are read as they are needed."""
        few = len(self._word_vectors) <= KEPT_READY
        return self._word_vectors.astype(np.float32) if few else None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the three files.

        :raises OSError, ValueError: a file is missing, or they do not agree with each other.
        """
        rows = json.loads((folder / TEXTS).read_text(encoding="utf-8"))
        return cls(
            [text for text, _ in rows],
            [tuple(stems) for _, stems in rows],
            # As plain arrays: numpy takes its time over every slice of a memory map.
            np.asarray(np.load(folder / VECTORS, mmap_mode="r")),
            np.asarray(np.load(folder / WORD_VECTORS, mmap_mode="r")),
        )


def best_first(scores: Vector, count: int) -> list[int]:
    """The places of the `count` highest of `scores`, best first; of equals the first."""
    if count < len(scores):
        places = np.flatnonzero(scores >= np.partition(scores, -count)[-count])
    else:
        places = np.arange(len(scores))
    order = np.argsort(-scores[places], kind="stable")[:count]
    return [int(place) for place in places[order]]


def save(folder: Path, vectors: Iterable[tuple[str, TextVector]]) -> None:
    """Write the three files that `TextVectors.load` reads, one text after the other: memory does not
    grow with the vectors. At least one text."""
    texts = []
    with (
        _Rows(folder / VECTORS, np.float32) as whole,
        _Rows(folder / WORD_VECTORS, np.float16) as parts,
    ):
        for text, own in vectors:
            texts.append([text, own.stems])
            whole.add(own.vector[np.newaxis])
            parts.add(own.word_vectors)
    (folder / TEXTS).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")


class _Rows:
    """A .npy file of two dimensions to which rows are added; its first line is completed at the end."""

    def __init__(self, path: Path, dtype: DTypeLike) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._count = self._width = 0

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        self._write_header()
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._file.seek(0)
            self._write_header()

    def add(self, rows: NDArray[Any]) -> None:
        self._count += len(rows)
        self._width = rows.shape[1]
        self._file.write(rows.astype(self._dtype).tobytes())

    def _write_header(self) -> None:
        # numpy leaves room in it for the count to grow; a width of any size fits its padding.
        shape = (self._count, self._width)
        header = np.lib.format.header_data_from_array_1_0(np.zeros((0, 0), self._dtype))
        np.lib.format.write_array_header_1_0(self._file, header | {"shape": shape})
