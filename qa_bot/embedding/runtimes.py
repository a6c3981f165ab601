"""What a model computes for a batch of texts, and how it is run: by sentence-transformers, which takes
any model and seconds to load, or by onnxruntime from the exported form that `exporting` leaves.

The only module that opens graphs for onnxruntime (`safety.meaning` runs its own) and, with
`composing.entailment`, sentence-transformers. What is heavy is imported where it is used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from qa_bot.errors import EncoderError, first_line

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Vector = NDArray[np.float32]
Role = Literal["query", "document"]
ROLES: tuple[Role, ...] = ("query", "document")
# Names under which models keep the words that go before a text of each role, as sentence-transformers
# looks them up.
PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "document": ("document", "passage", "corpus"),
}
GRAPH, TOKENIZER, CARD = "model.onnx", "tokenizer.json", "card.json"


@dataclass(frozen=True, slots=True)
class Output:
    """One text, prompt included. `vector`: (dimensions,), of length 1; `token_vectors`: (tokens,
    dimensions); `spans`: where each token stands in the text, (0, 0) for marks of the model's own."""

    vector: Vector
    token_vectors: Vector
    spans: Sequence[tuple[int, int]]


class Runtime(Protocol):
    """A model that is loaded. `prompts`: what goes before a text of each role."""

    prompts: Mapping[Role, str]

    def run(self, texts: Sequence[str], role: Role) -> list[Output]:
        """One batch; `texts` with their prompts."""
        ...

    def tokens(self, word: str) -> int:
        """How many pieces of the vocabulary the word takes."""
        ...


class TorchRuntime:
    """A model as sentence-transformers runs it."""

    def __init__(self, name: str, threads: int | None) -> None:
        """:param name: a folder, or a name on the model hub.
        :param threads: processor threads for one text; None leaves the choice to torch.
        :raises EncoderError: there is no such model, or it gives no vectors for words.
        """
        if Path(name).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise EncoderError(
                f"The package {error.name} is missing; run `make install`, or "
                "`.venv/bin/python -m pip install -r requirements.txt`."
            ) from None
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if threads:
            torch.set_num_threads(threads)
        try:
            self.model: SentenceTransformer = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises whatever its parts raise
            raise EncoderError(
                f'The embedding model "{name}" cannot be loaded ({first_line(error)}); set '
                "QA_BOT_EMBEDDING_MODEL to bundled, or to the folder of a sentence-transformers model."
            ) from None
        if not getattr(self.model.tokenizer, "is_fast", False):
            raise EncoderError(
                f'The embedding model "{name}" gives no vectors for single words, which finding a '
                "quote needs; set QA_BOT_EMBEDDING_MODEL to bundled, or to a transformer model."
            )
        self.prompts: Mapping[Role, str] = {role: self._prompt(role) for role in ROLES}

    def _prompt(self, role: Role) -> str:
        names = (*PROMPT_NAMES[role], self.model.default_prompt_name)
        return next((self.model.prompts[n] for n in names if n in self.model.prompts), "") or ""

    def run(self, texts: Sequence[str], role: Role) -> list[Output]:
        """One batch; `texts` with their prompts."""
        prompt = self.prompts[role]
        encode = self.model.encode_query if role == "query" else self.model.encode_document
        computed: Any = encode(
            [text.removeprefix(prompt) for text in texts],
            prompt=prompt,  # given even when empty: a model's default must not come on top
            batch_size=max(1, len(texts)),
            output_value=None,
            show_progress_bar=False,
        )
        return [
            Output(
                unit(np.asarray(one["sentence_embedding"])),
                np.asarray(one["token_embeddings"], dtype=np.float32)[: len(spans)],
                spans,
            )
            for text, one in zip(texts, computed, strict=True)
            for spans in [self._spans(text)]
        ]

    def _spans(self, text: str) -> Sequence[tuple[int, int]]:
        found: Sequence[tuple[int, int]] = self.model.tokenizer(
            text,
            return_offsets_mapping=True,
            truncation=True,
            max_length=self.model.max_seq_length,
        )["offset_mapping"]
        return found

    def tokens(self, word: str) -> int:
        """How many pieces of the vocabulary the word takes."""
        return len(self.model.tokenizer.tokenize(word))


class OnnxRuntime:
    """A model as onnxruntime runs it, from the folder that `exporting.export` wrote."""

    def __init__(self, folder: Path, threads: int | None) -> None:
        """:param threads: processor threads for one text; None takes them all.
        :raises Exception: whatever the libraries raise for files that are missing or damaged.
        """
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        self.prompts: Mapping[Role, str] = card["prompts"]
        self.probes: list[tuple[str, list[float]]] = card["probes"]
        self._tokenizer = open_tokenizer(folder / TOKENIZER, card["longest"])
        self._session = open_graph(folder / GRAPH, threads)

    def run(self, texts: Sequence[str], role: Role) -> list[Output]:
        """One batch; `texts` with their prompts."""
        encodings = self._tokenizer.encode_batch(list(texts))
        longest = max((len(encoding.ids) for encoding in encodings), default=0)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask}
        vectors, tokens = self._session.run(["vector", "token_vectors"], inputs)
        return [
            Output(unit(vectors[row]), tokens[row, : len(encoding.ids)], encoding.offsets)
            for row, encoding in enumerate(encodings)
        ]

    def tokens(self, word: str) -> int:
        """How many pieces of the vocabulary the word takes."""
        return len(self._tokenizer.encode(word, add_special_tokens=False).ids)


def open_graph(path: Path, threads: int | None) -> InferenceSession:
    """A graph ready to run, on so many processor threads; None takes them all.

    :raises Exception: whatever the library raises for a file that is missing or damaged.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    # Threads that wait by spinning take the processor from other readers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def open_tokenizer(path: Path, longest: int) -> Tokenizer:
    """What makes tokens of a text: at most `longest`, and no padding.

    :raises Exception: whatever the library raises for a file that is missing or damaged.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(longest)
    tokenizer.no_padding()
    return tokenizer


def unit(vectors: NDArray[Any]) -> Vector:
    """The same directions, of length 1 along the last axis."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
