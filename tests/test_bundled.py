"""What the bundled encoder knows of tokens, read from its files alone."""

from __future__ import annotations

import numpy as np
import pytest

from qa_bot.embedding.bundled import MOST_TOKENS, Tokens, folder
from qa_bot.embedding.encoder import Encoder
from tests.conftest import python


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(folder())


def test_the_vectors_are_the_rows_of_the_tokens(tokens: Tokens) -> None:
    text = "TMS helps, TMS helps"
    ids, vectors = tokens.ids(text), tokens.vectors(text)
    assert vectors.shape == (len(ids), 384)
    assert vectors.dtype == np.float32
    again = {id_: vectors[place] for place, id_ in enumerate(ids)}
    assert all(np.array_equal(again[id_], vectors[place]) for place, id_ in enumerate(ids))
    assert len(set(ids)) < len(ids)  # a word said twice has one row


def test_they_are_those_with_which_the_model_itself_begins(tokens: Tokens) -> None:
    model = Encoder()._runtime.model[0].model  # type: ignore[attr-defined]
    rows = model.embeddings.word_embeddings.weight.detach().numpy()
    ids = tokens.ids("Does esketamine help?")
    assert np.array_equal(tokens.vectors("Does esketamine help?"), rows[ids])


@pytest.mark.parametrize("text", ["", " ", "\u200b", "word " * 1_000])
def test_any_text_has_a_bounded_number_of_tokens(tokens: Tokens, text: str) -> None:
    assert 2 <= len(tokens.ids(text)) <= MOST_TOKENS


def test_they_load_without_the_model() -> None:
    told = python(
        "import sys; from qa_bot.embedding.bundled import *; Tokens(folder()).vectors('a word');"
        "print(' '.join(sys.modules))"
    )
    assert not {"torch", "sentence_transformers", "transformers"} & set(told.split())
