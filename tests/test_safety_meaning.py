import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answers import Level
from qa_bot.articles.questions import read_questions
from qa_bot.errors import EncoderError
from qa_bot.safety import meaning as safety_meaning
from qa_bot.safety.assessing import RANK
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.safety.meaning import (
    MOST_PARTS,
    WORDS_AT_ONCE,
    Chances,
    at_most,
    chances,
    screen_spoken,
    spoken,
)
from qa_bot.safety.screening import add_meaning, check_meaning, screen
from qa_bot.training.safety import examples, slipped
from tests.conftest import DATA

pytestmark = pytest.mark.slow


def levels_of(message: str, history: list[str]) -> tuple[Level | None, Level | None]:
    return screen_spoken(spoken(message, history), chances)


def screen_meaning(message: str) -> Level | None:
    return levels_of(message, [])[0]


def test_the_card_says_what_it_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "qa_bot.safety.assessing.SECONDS", 60
    )  # whatever else this process tidies up
    card = json.loads(safety_meaning.CARD.read_text(encoding="utf-8"))
    rows = Counter(row.level for row in examples())
    # A few questions that editors add since do not call for learning again.
    assert card["learned_from"] == pytest.approx(rows, rel=0.01), "run make fit-safety"


def share_with_panel(texts: Sequence[str]) -> float:
    return sum(screen_meaning(text) is not None for text in texts) / len(texts)


def test_by_itself_it_tells_danger_from_none_on_messages_it_never_saw() -> None:
    rows = [json.loads(line) for line in (DATA / "crisis_test.jsonl").open(encoding="utf-8")]
    of = {level: [r["text"] for r in rows if r["label"] == level] for level in ("crisis", "none")}
    asked = [row.question for row in read_questions(DATA / "questions_test.jsonl")]
    assert share_with_panel(of["crisis"]) >= 0.95
    assert share_with_panel(of["none"]) <= 0.06
    assert share_with_panel(asked) <= 0.02


def test_who_asks_something_as_well_is_seen_all_the_same() -> None:
    rows = [json.loads(line) for line in (DATA / "crisis_test.jsonl").open(encoding="utf-8")]
    said = [r["text"] for r in rows if r["label"] == "crisis" and len(r["text"].split()) <= 14]
    asked = [row.question for row in read_questions(DATA / "questions_test.jsonl")]
    pairs = list(zip(said, asked, strict=False))
    before = [
        f"{message}{mark}{question}"
        for (message, question), mark in zip(pairs, cycle((". ", " ", ", ")), strict=False)
    ]
    after = [f"{question} {message}" for message, question in pairs]
    assert share_with_panel(before) >= 0.88
    assert share_with_panel(after) >= 0.88


def test_who_types_in_haste_is_seen_all_the_same() -> None:
    rows = [json.loads(line) for line in (DATA / "crisis_test.jsonl").open(encoding="utf-8")]
    said = [r["text"] for r in rows if r["label"] == "crisis"]
    chance = np.random.default_rng(1)
    typed = ["".join(slipped(word, chance) for word in text.split()) for text in said]
    assert sum(one.strip() != text for one, text in zip(typed, said, strict=True)) > len(said) / 2
    assert share_with_panel(typed) >= 0.9


@pytest.mark.parametrize("message", ["", "…!", "?", "🙂"])
def test_a_message_without_words_is_screened_without_a_fault(message: str) -> None:
    assert levels_of(message, [message]) == (None, None)


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
def test_plain_cases(message: str, expected: bool) -> None:
    assert (screen_meaning(message) is not None) is expected


def test_one_sentence_of_a_long_message_decides() -> None:
    message = (
        "I moved here in spring and work at the library. The people are kind. My sister visits on "
        "Sundays and we cook. I have decided to end my life before the summer. The second tablet "
        "did little. How long does TMS take, and is it done near the coast?"
    )
    assert levels_of(message, [])[0] is Level.CRISIS


def test_the_disguised_end_of_a_long_message_is_read_undisguised() -> None:
    def found(text: str) -> Chances:
        told = "kill myself" in text and len(text.split()) <= WORDS_AT_ONCE
        return Chances(1.0, 1.0) if told else Chances(0.0, 0.0)

    told = "the week went on and the rain did not stop, " * 27
    assert at_most(f"{told}i am going to k1ll mys3lf", found) is Level.CRISIS
    assert at_most(told, found) is None


def test_what_was_said_before_stays() -> None:
    now, earlier = levels_of("What is TMS?", ["I want to end my life", "just joking, never mind"])
    assert (now, earlier) == (None, Level.CRISIS)


def test_what_was_said_long_before_stays_too() -> None:
    said = "nothing ahead of me looks like a life I could bear"
    ordinary = ["What is TMS?", "How long does it take?", "Is it covered?", "And ECT?"] * 5
    assert screen_by_rules(said) is None and add_meaning(said, (), None)  # by meaning alone
    found = add_meaning("Thanks", [said, *ordinary], None)
    assert found is not None and not found.fresh


def test_whom_a_message_speaks_for_is_known_where_only_its_meaning_tells() -> None:
    said = "cada noche le pido al cielo no despertar, y cada mañana me siento estafado"
    assert screen_by_rules(said) is None
    found = add_meaning(said, (), None)
    assert found is not None and found.audiences == ("spanish",)
    assert "us-988-es" in {line.id for line in found.lines[:2]}


def test_two_graphs_are_asked_where_the_first_finds_a_trace() -> None:
    known = safety_meaning.learned()

    def alone(text: str) -> list[list[float]]:
        tokens = known.tokens.vectors(text)[None]
        return [graph.run(["chances"], {"tokens": tokens})[0][0].tolist() for graph in known.graphs]

    first, second = alone("I want to end my life")
    assert first != second
    assert chances("I want to end my life") == pytest.approx(np.mean([first, second], axis=0))
    assert chances("What is TMS?") == pytest.approx(alone("What is TMS?")[0])


@pytest.mark.parametrize("damage", [b"", b"not a graph"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_damaged_graph_is_named_and_calls_for_help_lines(
    place: int, damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "meaning.onnx"
    broken.write_bytes(damage)
    graphs = [*safety_meaning.GRAPHS]
    graphs[place] = broken
    monkeypatch.setattr(safety_meaning, "GRAPHS", tuple(graphs))
    safety_meaning.learned.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"meaning\.onnx cannot be read"):
            screen_meaning("What is TMS?")
        found = add_meaning("What is TMS?", (), None)
        assert found is not None and found.level is Level.CONCERN
        with pytest.raises(EncoderError, match=r"meaning check .* cannot be used \(meaning"):
            check_meaning()
    finally:
        safety_meaning.learned.cache_clear()


def test_without_the_bundled_encoder_every_message_calls_for_help_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa_bot.embedding.bundled.PACKAGE", "no_such_package")
    safety_meaning.learned.cache_clear()
    try:
        with pytest.raises(EncoderError, match="not installed"):
            screen_meaning("What is TMS?")
        found = add_meaning("What is TMS?", (), None)
        assert found is not None and found.level is Level.CONCERN
    finally:
        safety_meaning.learned.cache_clear()


def test_vectors_of_another_model_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that tells nothing apart is worse than none: nobody would notice."""
    real = safety_meaning.Tokens.vectors
    monkeypatch.setattr(safety_meaning.Tokens, "vectors", lambda *of: 0 * real(*of))
    safety_meaning.learned.cache_clear()
    try:
        with pytest.raises(ValueError, match="does not belong to the bundled encoder"):
            screen_meaning("What is TMS?")
    finally:
        safety_meaning.learned.cache_clear()


def test_many_threads_read_the_same() -> None:
    texts = ["I want to end my life", "What is TMS?", "nobody would notice, would they"] * 8
    alone = {text: chances(text) for text in texts}
    found: list[tuple[str, tuple[float, float]]] = []
    threads = [
        threading.Thread(target=lambda of=text: found.append((of, chances(of)))) for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(texts)
    assert all(alone[text] == pytest.approx(read, abs=1e-6) for text, read in found)


@given(st.text(max_size=400), st.lists(st.text(max_size=80), max_size=9))
def test_the_message_itself_is_always_screened_and_the_work_is_bounded(
    message: str, history: list[str]
) -> None:
    said = spoken(message, history)
    long = len(message.split()) > WORDS_AT_ONCE
    assert said[-1].whole[0] == message or long
    assert set(message.split()) <= {word for text in said[-1].whole for word in text.split()}
    assert len(said) <= len(history) + 1
    assert all(len((*one.whole, *one.sentences)) <= 2 * MOST_PARTS for one in said)


@pytest.mark.parametrize("split", ["conversations_dev", "conversations_fresh", "crisis_fresh"])
def test_the_level_never_falls_in_a_conversation(split: str) -> None:
    lines = (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    said = [turns for line in lines if (turns := json.loads(line).get("turns"))]
    assert len(said) > 70
    for turns in said:
        found = [screen(turn, turns[:place]) for place, turn in enumerate((*turns, "..."))]
        ranks = [RANK[one.level if one else None] for one in found]
        assert ranks == sorted(ranks), turns


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
        for split in (
            *("crisis_test", "crisis_hard", "crisis_fresh"),
            *("conversations_test", "conversations_fresh"),
        )
        for line in (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    rows = [json.loads(line) for line in lines]
    assert not seen & {" ".join(row["text"].split()) for row in rows if "text" in row}
    assert not seen & {_joined(row["turns"]) for row in rows if "turns" in row}


def _joined(turns: list[str]) -> str:
    return spoken(turns[-1], turns[:-1])[-1].joined


def test_a_message_of_marks_is_split_in_a_time_that_grows_with_its_length() -> None:
    began = time.thread_time()
    safety_meaning.spoken("a " * 40 + "!" * 1_000_000, ())
    assert time.thread_time() - began < 2
