import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import safety_meaning
from qa_bot.embedding import Encoder
from qa_bot.records import Level
from qa_bot.safety_fitting import examples
from qa_bot.safety_meaning import (
    MOST_PARTS,
    MOST_WORDS,
    REMEMBERED,
    screen_meaning,
    screen_spoken,
    spoken,
)
from tests.conftest import DATA


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def level_of(encoder: Encoder, message: str) -> Level | None:
    encoded = encoder.encode_query(message)
    return screen_meaning(encoded.vector, encoded.word_vectors, encoder.fingerprint)


def levels_of(
    encoder: Encoder, message: str, history: list[str]
) -> tuple[Level | None, Level | None]:
    said = spoken(message, history)
    encoded = dict(zip(said.texts, encoder.encode(said.texts, "query"), strict=True))
    return screen_spoken(said, encoded, encoder.fingerprint)


def test_the_numbers_belong_to_the_bundled_encoder(encoder: Encoder) -> None:
    card = json.loads(safety_meaning.CARD.read_text(encoding="utf-8"))
    assert card["encoder"] == encoder.fingerprint
    assert card["on_unseen_folds"]["panel on crisis"] >= 0.85
    assert card["on_unseen_folds"]["panel on readers' questions"] <= 0.05
    assert card["on_unseen_folds"]["panel on harmless"] <= 0.12


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
    assert (level_of(encoder, message) is not None) is expected


def test_one_sentence_of_a_long_message_decides(encoder: Encoder) -> None:
    message = (
        "I moved here in spring and work at the library. The people are kind. My sister visits on "
        "Sundays and we cook. I have decided to end my life before the summer. The second tablet "
        "did little. How long does TMS take, and is it done near the coast?"
    )
    assert levels_of(encoder, message, [])[0] is Level.CRISIS


def test_what_was_said_before_stays(encoder: Encoder) -> None:
    now, earlier = levels_of(
        encoder, "What is TMS?", ["I want to end my life", "just joking, never mind"]
    )
    assert (now, earlier) == (None, Level.CRISIS)


def test_vectors_of_another_encoder_say_nothing() -> None:
    vector = np.ones(384, dtype=np.float32) / np.sqrt(384, dtype=np.float32)
    assert screen_meaning(vector, vector[None, :], "another encoder") is None


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="384"):
        screen_meaning(np.ones(3, dtype=np.float32), np.ones((2, 3), dtype=np.float32))


def test_a_text_without_words_is_judged_as_a_whole() -> None:
    vector = np.ones(384, dtype=np.float32) / np.sqrt(384, dtype=np.float32)
    assert screen_meaning(vector, np.zeros((0, 384), dtype=np.float32)) in (None, *Level)


@given(st.text(max_size=400), st.lists(st.text(max_size=80), max_size=9))
def test_the_message_itself_is_always_screened_and_the_work_is_bounded(
    message: str, history: list[str]
) -> None:
    said = spoken(message, history)
    long = len(message.split()) > MOST_WORDS
    assert said.now[0] == message or long
    assert set(message.split()) <= {word for text in said.now for word in text.split()}
    assert len(said.now) <= 2 * MOST_PARTS
    assert len(said.earlier) <= REMEMBERED * 2 * MOST_PARTS
    assert len(said.joined) <= 1


def test_it_learned_from_many_messages_of_every_level_and_none_twice() -> None:
    rows = examples()
    counts = Counter(row.level for row in rows)
    assert counts["crisis"] > 2000
    assert counts["concern"] > 300
    assert counts["none"] > 2000
    assert len({row.text for row in rows}) == len(rows)


def test_it_never_saw_the_test_split() -> None:
    seen = {row.text for row in examples()}
    lines = (DATA / "crisis_test.jsonl").read_text(encoding="utf-8").splitlines()
    assert not seen & {" ".join(json.loads(line)["text"].split()) for line in lines}
