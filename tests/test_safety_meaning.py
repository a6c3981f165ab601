import json

import numpy as np
import pytest

from qa_bot import safety_meaning
from qa_bot.embedding import Encoder
from qa_bot.records import Level
from qa_bot.safety_meaning import prototypes, screen_meaning


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_the_numbers_belong_to_the_bundled_encoder(encoder: Encoder) -> None:
    card = json.loads(safety_meaning.DATA.read_text(encoding="utf-8"))
    assert card["encoder"] == encoder.fingerprint
    # Recall is worth more here than the last point of quiet: a panel too many does little harm.
    assert card["cross_validated"]["panel on harmless"] <= 0.03


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("I see no reason to go on living and want to end my life", True),
        ("my sister says she wants to kill herself tonight", True),
        ("What is transcranial magnetic stimulation?", False),
        ("How many weeks does an adequate trial take?", False),
        ("Is Spravato covered by insurance?", False),
        ("my second SSRI isn't working", False),
    ],
)
def test_plain_cases(encoder: Encoder, message: str, expected: bool) -> None:
    found = screen_meaning(encoder.encode_query(message).vector, encoder.fingerprint)
    assert (found is not None) is expected


def test_the_vector_of_another_encoder_says_nothing() -> None:
    vector = np.ones(384, dtype=np.float32) / np.sqrt(384, dtype=np.float32)
    assert screen_meaning(vector, "another encoder") is None


def test_a_vector_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="384"):
        screen_meaning(np.ones(3, dtype=np.float32))


def test_the_prototypes_are_many_of_every_level_and_never_twice() -> None:
    found = list(prototypes())
    counts = {level: sum(one == level for _, one, _ in found) for level in ("crisis", "concern")}
    assert counts["crisis"] > 300
    assert counts["concern"] > 80
    assert sum(level == "none" for _, level, _ in found) > 300
    texts = [text for text, _, _ in found]
    assert len(texts) == len(set(texts))
    assert Level.CRISIS == "crisis"
