from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_bot.embedding.encoder import Encoder
from qa_bot.index.vectors import (
    TEXTS,
    VECTORS,
    WORD_VECTORS,
    TextVector,
    TextVectors,
    best_first,
    save,
)

WIDTH = 4
STEMS = st.lists(st.sampled_from(["dose", "trial", "tms"]), max_size=4).map(tuple)


def text_vector(stems: tuple[str, ...], seed: int = 0) -> TextVector:
    random = np.random.default_rng(seed)
    return TextVector(
        stems,
        random.random(WIDTH, dtype=np.float32),
        random.random((len(stems), WIDTH), dtype=np.float32),
    )


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), STEMS, min_size=1, max_size=6))
def test_what_is_saved_is_found_again_under_its_own_text(
    tmp_path: Path, stems: dict[str, tuple[str, ...]]
) -> None:
    saved = {text: text_vector(own, seed) for seed, (text, own) in enumerate(stems.items())}
    save(tmp_path, saved.items())
    loaded = TextVectors.load(tmp_path)
    for text, own in saved.items():
        assert text in loaded
        assert loaded[text].stems == own.stems
        assert np.array_equal(loaded[text].vector, own.vector)
        assert loaded[text].word_vectors.dtype == np.float32
        assert loaded[text].word_vectors == pytest.approx(own.word_vectors, abs=1e-3)


def test_a_text_that_was_not_saved_is_not_there(tmp_path: Path) -> None:
    save(tmp_path, {"a": text_vector(())}.items())
    assert "b" not in TextVectors.load(tmp_path)


@pytest.mark.parametrize("name", [TEXTS, VECTORS, WORD_VECTORS])
def test_parts_that_do_not_agree_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    save(tmp_path, {"a": text_vector(("dose",)), "b": text_vector(("tms", "trial"))}.items())
    save(tmp_path / "other", {"a": text_vector(("dose",))}.items())
    (tmp_path / "other" / name).replace(tmp_path / name)
    with pytest.raises(ValueError, match=r"\d texts with \d words, but \d vectors and \d word"):
        TextVectors.load(tmp_path)


def test_only_content_words_are_kept_and_none_where_the_text_is_searched_as_a_whole(
    encoder: Encoder,
) -> None:
    encoded = encoder.encode_query("What is the dose of the drug?")
    aligned = TextVector.of(encoded)
    assert aligned.stems == ("dose", "drug")
    places = [word.text for word in encoded.words]
    assert np.array_equal(aligned.word_vectors[0], encoded.word_vectors[places.index("dose")])
    searched = TextVector.of(encoded, with_words=False)
    assert searched.stems == ()
    assert searched.word_vectors.shape == (0, 384)
    assert np.array_equal(searched.vector, encoded.vector)


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 40))
def test_the_best_come_first_and_of_equals_the_first(scores: list[int], count: int) -> None:
    found = best_first(np.array(scores, np.float32), count)
    assert found == sorted(range(len(scores)), key=lambda place: -scores[place])[:count]
