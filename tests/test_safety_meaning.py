import json
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import safety_meaning
from qa_bot.embedding import Encoder, Vector
from qa_bot.questions import read_questions
from qa_bot.records import Level
from qa_bot.safety_fitting import examples
from qa_bot.safety_meaning import (
    MOST_PARTS,
    MOST_WORDS,
    REMEMBERED,
    reads,
    screen_meaning,
    screen_spoken,
    spoken,
)
from qa_bot.screening import by_meaning
from tests.conftest import DATA


def level_of(encoder: Encoder, message: str) -> Level | None:
    return screen_meaning(next(encoder.halfway([message])))


def levels_of(
    encoder: Encoder, message: str, history: list[str]
) -> tuple[Level | None, Level | None]:
    said = spoken(message, history)
    states = dict(zip(said.texts, encoder.halfway(said.texts), strict=True))
    return screen_spoken(said, states)


def test_the_numbers_belong_to_the_bundled_encoder(encoder: Encoder) -> None:
    card = json.loads(safety_meaning.CARD.read_text(encoding="utf-8"))
    assert card["encoder"] == encoder.fingerprint
    assert set(card["learned_from"]) == {"crisis", "concern", "none"}


def share_with_panel(encoder: Encoder, texts: Sequence[str]) -> float:
    found = [screen_meaning(one) for one in encoder.halfway(texts)]
    return sum(level is not None for level in found) / len(texts)


def test_by_itself_it_tells_danger_from_none_on_messages_it_never_saw(encoder: Encoder) -> None:
    rows = [json.loads(line) for line in (DATA / "crisis_test.jsonl").open(encoding="utf-8")]
    of = {level: [r["text"] for r in rows if r["label"] == level] for level in ("crisis", "none")}
    asked = [row.question for row in read_questions(DATA / "questions_test.jsonl")]
    assert share_with_panel(encoder, of["crisis"]) >= 0.95
    assert share_with_panel(encoder, of["none"]) <= 0.06
    assert share_with_panel(encoder, asked) <= 0.02


def test_who_asks_something_as_well_is_seen_all_the_same(encoder: Encoder) -> None:
    rows = [json.loads(line) for line in (DATA / "crisis_test.jsonl").open(encoding="utf-8")]
    said = [r["text"] for r in rows if r["label"] == "crisis" and len(r["text"].split()) <= 14]
    asked = [row.question for row in read_questions(DATA / "questions_test.jsonl")]
    pairs = list(zip(said, asked, strict=False))
    before = [
        f"{message}{mark}{question}"
        for (message, question), mark in zip(pairs, cycle((". ", " ", ", ")), strict=False)
    ]
    after = [f"{question} {message}" for message, question in pairs]
    assert share_with_panel(encoder, before) >= 0.88
    assert share_with_panel(encoder, after) >= 0.88


@pytest.mark.parametrize("message", ["", "…!", "?", "🙂"])
def test_a_message_without_words_is_screened_without_a_fault(
    encoder: Encoder, message: str
) -> None:
    assert levels_of(encoder, message, [message]) == (None, None)


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


def test_the_states_of_another_encoder_are_not_read(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reads(encoder.fingerprint)
    assert not reads("another encoder")
    message = "every morning it is the same letdown that my heart kept going overnight"

    found, _ = by_meaning(message, (), None, lambda: encoder)
    assert found is not None
    other = Encoder(exports=encoder._exports)
    monkeypatch.setattr(Encoder, "fingerprint", "another encoder")
    assert by_meaning(message, (), None, lambda: other)[0] is None


@pytest.mark.parametrize("states", [None, np.ones((2, 3), dtype=np.float32)])
def test_states_that_are_missing_or_of_another_size_are_refused(states: Vector | None) -> None:
    with pytest.raises(ValueError, match="384"):
        screen_meaning(states)


@pytest.mark.parametrize("damage", [b"", b"not a graph"])
def test_a_damaged_graph_is_named(
    damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "safety_meaning.onnx"
    broken.write_bytes(damage)
    monkeypatch.setattr(safety_meaning, "GRAPH", broken)
    safety_meaning.learned.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"safety_meaning\.onnx cannot be read"):
            screen_meaning(np.ones((5, 384), dtype=np.float32))
    finally:
        safety_meaning.learned.cache_clear()


def test_both_ways_to_run_the_encoder_see_the_same_risk(encoder: Encoder) -> None:
    by_torch = Encoder()
    known = safety_meaning.learned()
    for message in ("I want to end my life", "What is TMS?", "nobody would notice, would they"):
        one, other = (
            safety_meaning.chances(next(of.halfway([message])), known) for of in (by_torch, encoder)
        )
        assert one == pytest.approx(other, abs=0.02)


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


def test_it_never_saw_the_test_splits() -> None:
    seen = {row.text for row in examples()}
    lines = [
        line
        for split in ("crisis_test", "crisis_hard")
        for line in (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    turns = (DATA / "conversations_test.jsonl").read_text(encoding="utf-8").splitlines()
    assert not seen & {" ".join(json.loads(line)["text"].split()) for line in lines}
    assert not seen & {spoken_of for line in turns for spoken_of in _joined(json.loads(line))}


def _joined(conversation: dict[str, list[str]]) -> tuple[str, ...]:
    turns = conversation["turns"]
    return spoken(turns[-1], turns[:-1]).joined
