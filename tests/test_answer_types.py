"""The kind of thing a question expects, and what a sentence holds of it."""

import pytest

from qa_bot.retrieval.answer_types import AnswerType, expected, held, names

NUMBER, DATE, NAME = AnswerType


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How many sessions are there?", {NUMBER}),
        ("What percentage of patients respond?", {NUMBER}),
        ("When was the bridge opened?", {DATE}),
        ("In what year did it close?", {DATE}),
        ("Who reviewed this?", {NAME}),
        ("What was the captain's ship called?", {NAME}),
        ("Where was she born?", {NAME}),
        ("Is it loud?", set()),
        ("What is TMS?", set()),
        ("", set()),
    ],
)
def test_what_a_question_expects(question: str, kinds: set[AnswerType]) -> None:
    assert expected(question) == kinds


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("The bridge opened in May 1890.", {NUMBER, DATE}),
        ("It took sixteen men.", {NUMBER}),
        ("It happened in October.", {DATE}),
        ("You may ask for it.", set()),
        ("Bone is hard.", set()),
    ],
)
def test_what_a_sentence_holds(sentence: str, kinds: set[AnswerType]) -> None:
    assert held(sentence) == kinds


def test_names_are_the_capitals_inside_a_sentence() -> None:
    assert names("The engineers of the Forth Bridge met In Leith.") == {"forth", "bridg", "leith"}
    assert names("Nobody knew.") == frozenset()
