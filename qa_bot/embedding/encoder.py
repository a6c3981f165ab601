"""Texts → unit vectors, one for the text and one for each of its words.

A question and a passage are each put in the form the model was trained with. Nothing is downloaded
unless a model other than the bundled one is named. How a model is run is left to `runtimes`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from qa_bot.digests import file_digest
from qa_bot.embedding.bundled import SHA256, checked_folder
from qa_bot.embedding.exporting import export, export_folder, is_exported, open_export
from qa_bot.embedding.runtimes import Output, Runtime, TorchRuntime, unit
from qa_bot.embedding.runtimes import Role as Role
from qa_bot.embedding.runtimes import Vector as Vector
from qa_bot.words import Word, words

BUNDLED = "bundled"
BATCH = 16  # on a CPU, larger batches are slower: they pad short texts to the longest


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text. `vector`: (dimensions,); `word_vectors`: (len(words), dimensions); all of length 1.

    Words beyond the model's limit of tokens are left out of both.
    """

    vector: Vector
    words: tuple[Word, ...]
    word_vectors: Vector


class Encoder(Embeddings):
    """A sentence-transformers model, loaded at its first use.

    As a langchain `Embeddings` it fits any langchain vector store:

        >>> Chroma(embedding_function=Encoder("bundled"))  # doctest: +SKIP
    """

    def __init__(
        self, name: str = BUNDLED, *, threads: int | None = None, exports: Path | None = None
    ) -> None:
        """:param name: `bundled`, a folder, or a name on the model hub.
        :param threads: processor threads for one text; None leaves the choice to the runtime.
        :param exports: a folder of ONNX forms: where one of this model is there, it is run instead of
            sentence-transformers, with equal vectors, sooner and faster. None: there are none.
        """
        self.name = name
        self._threads = threads
        self._exports = exports
        self._loading = threading.Lock()
        self._loaded: Runtime | None = None

    def encode(
        self, texts: Sequence[str], role: Role, *, batch_size: int = BATCH
    ) -> Iterator[Encoded]:
        """Encode `texts` in order.

        :raises EncoderError: the model is missing, damaged, or not the one that belongs to the name.
        """
        prompt = self._runtime.prompts[role]
        for first in range(0, len(texts), batch_size):
            batch = [prompt + text for text in texts[first : first + batch_size]]
            for text, output in zip(batch, self._runtime.run(batch, role), strict=True):
                yield _encoded(text, len(prompt), output)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a text, in the form for passages."""
        return [encoded.vector.tolist() for encoded in self.encode(texts, "document")]

    def embed_query(self, text: str) -> list[float]:
        """One unit vector, in the form for questions."""
        numbers: list[float] = self.encode_query(text).vector.tolist()
        return numbers

    def encode_query(self, text: str) -> Encoded:
        """A question's vector and its words' vectors, in one pass of the model."""
        return next(self.encode([text], "query"))

    def is_common(self, word: str) -> bool:
        """Whether the model's vocabulary holds the whole word: a sign that it is no misspelling."""
        return self._runtime.tokens(word) == 1

    @cached_property
    def fingerprint(self) -> str:
        """Name and digest of the weights: two encoders with one fingerprint give one vector.

        Of a model on the hub it is the name alone: give a folder where its weights may change.
        """
        if self.name == BUNDLED:
            return f"{BUNDLED}:{SHA256[:16]}"
        folder = Path(self.name)
        if not folder.is_dir():
            return self.name
        digest = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.name.encode())
            digest.update(file_digest(path).encode())
        return f"{folder.name}:{digest.hexdigest()[:16]}"

    @property
    def is_exported(self) -> bool:
        """Whether `export` has nothing to do; the model stays unloaded for it."""
        if self._exports is None:
            return True
        return is_exported(export_folder(self._exports, self.fingerprint))

    def export(self) -> None:
        """Leave the ONNX form among `exports`, unless it is there, or the model has none.

        :raises EncoderError: the model is missing, damaged, or not the one that belongs to the name.
        :raises OSError: the folder cannot be written.
        """
        if self._exports is None or self.is_exported:
            return
        assert isinstance(self._runtime, TorchRuntime)
        export(self._runtime, export_folder(self._exports, self.fingerprint))
        self._loaded = None  # from here on by the form just written, if there is one

    @property
    def _runtime(self) -> Runtime:
        with self._loading:  # whoever comes meanwhile waits for this one
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> Runtime:
        if self._exports is not None:
            folder = export_folder(self._exports, self.fingerprint)
            exported = open_export(folder, self._threads)
            if exported is not None:
                return exported
        path = str(checked_folder()) if self.name == BUNDLED else self.name
        return TorchRuntime(path, self._threads)


def _encoded(text: str, prompt_length: int, output: Output) -> Encoded:
    """The vectors of words: the mean of those of their tokens. `text` begins with the prompt."""
    spans, tokens = output.spans, output.token_vectors
    kept: list[Word] = []
    vectors: list[Vector] = []
    token = 0
    for word in words(text):
        if word.start < prompt_length:
            continue
        while token < len(spans) and spans[token][1] <= word.start:
            token += 1
        last = token
        while last < len(spans) and spans[last][0] < word.end and spans[last][1] > word.start:
            last += 1
        if last > token:
            kept.append(word)
            vectors.append(tokens[token:last].mean(axis=0))
    dimensions = len(output.vector)
    stacked = np.stack(vectors) if vectors else np.zeros((0, dimensions), dtype=np.float32)
    return Encoded(output.vector, tuple(kept), unit(stacked))
