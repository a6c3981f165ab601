"""What stands beside a question in one sentence is heard by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.safety.screening import screen
from qa_bot.safety.telling import FEWEST_TOLD, told


@pytest.mark.parametrize(
    ("message", "beside"),
    [
        ("saving up my pills, how does TMS work", "saving up my pills"),
        ("what is TMS, i am on the roof now", "i am on the roof now"),
        ("im on the roof of the garage what is trd", "im on the roof of the garage"),
        ("I had enough of it - does ECT hurt?", "I had enough of it"),
        # Nothing is told beside …
        ("What is TMS?", ""),
        ("i am so tired of all this", ""),  # … where nothing is asked,
        ("I am so tired of this. What is TMS?", ""),  # … in a sentence of its own,
        ("ok so, what is TMS", ""),  # … in few words,
        ("if I have failed two drugs, is that TRD?", ""),  # … in a condition,
        ("I have a metal plate in my jaw, is TMS safe?", ""),  # … or of a body that is treated.
    ],
)
def test_what_is_told_is_parted_from_what_is_asked(message: str, beside: str) -> None:
    assert told(message) == beside


@given(st.text(max_size=200))
def test_what_is_told_stands_in_the_message(message: str) -> None:
    found = told(message)
    assert not found or len(found.split()) >= FEWEST_TOLD
    assert all(part in message for part in found.split(". "))


@pytest.mark.parametrize("question", ["how does tms work", "what is esketamine", "is ect painful"])
@pytest.mark.parametrize(
    "said",
    [
        "saving up my pills",
        "the plan is set for sunday",
        "ive made my peace with it",
        "my friend said she has a plan",
    ],
)
def test_danger_beside_a_question_brings_the_lines(said: str, question: str) -> None:
    assert screen(f"{said}, {question}") is not None


@pytest.mark.parametrize(
    "message",
    [
        "my car died, what is TMS",
        "I'm 52 and a mother of two, does TMS hurt",
        "my boss is going to kill me if I miss work, is TMS outpatient",
        "I have a metal plate in my skull, is TMS out for me?",
    ],
)
def test_what_else_people_tell_brings_none(message: str) -> None:
    assert screen(message) is None
