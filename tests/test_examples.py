"""What the editors' list of questions says of a new one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa_bot.answers import Outcome
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.examples import EXAMPLES, Placed, place, read_examples, wording
from qa_bot.articles.passages import sentences
from qa_bot.articles.questions import read_questions
from qa_bot.chat import QABot
from qa_bot.editing.checking import check
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import CorpusError
from qa_bot.index.example_model import NO_PREDICTION, fit, predict
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from qa_bot.records import Example
from tests.conftest import CORPUS, DATA

ARTICLE = (
    "The brown kiln\n\nThe kiln was lit at dawn by the potter. It held four hundred bowls and took two "
    "days to cool. Rain never reached it, because a roof of tiles stood over the mouth.\n\n"
    "The bowls were sold in the town. Most went to inns along the river, and some to the monks.\n"
)
WHEN = ("yesterday", "in the end", "after that", "this year")


def rows(*found: tuple[str, list[list[str]]]) -> str:
    return "".join(
        json.dumps({"id": str(number), "question": question, "evidence": evidence}) + "\n"
        for number, (question, evidence) in enumerate(found)
    )


def corpus(folder: Path, examples: str) -> Path:
    (folder / "kiln.txt").write_text(ARTICLE)
    (folder / EXAMPLES).write_text(examples)
    return folder


def test_an_example_points_at_every_sentence_that_holds_its_words(tmp_path: Path) -> None:
    read = read_corpus(corpus(tmp_path, rows(("Who made it?", [["the potter", "monks"]]))))
    (article,) = read.articles
    found = sentences(article)
    (placed,) = place(read.examples, {article.id: article}, found)
    texts = {article.text[s.start : s.end] for s in found if s.id in placed.sentences}
    assert texts == {
        "The kiln was lit at dawn by the potter.",
        "Most went to inns along the river, and some to the monks.",
    }


def test_an_example_whose_words_are_gone_counts_no_more_but_one_without_answer_does(
    tmp_path: Path,
) -> None:
    read = read_corpus(corpus(tmp_path, rows(("Gone?", [["no such words"]]), ("Price?", []))))
    (article,) = read.articles
    placed = place(read.examples, {article.id: article}, sentences(article))
    assert placed == (Placed("Price?", frozenset()),)
    found = [f for f in check(tmp_path, date(2026, 1, 1)).findings if f.rule == "example"]
    assert len(found) == 1
    assert "no such words" in found[0].message
    assert "no longer counts" in found[0].message


def test_what_leans_on_an_earlier_message_is_left_out(tmp_path: Path) -> None:
    row = {"id": "a", "question": "And then?", "history": ["What is a kiln?"], "evidence": []}
    (tmp_path / EXAMPLES).write_text(json.dumps(row) + "\n" + rows(("When?", [])))
    assert read_examples(tmp_path / EXAMPLES) == (Example("When?", ()),)


@pytest.mark.parametrize("content", ["\n", "{", '{"question": "Why?"}', '["a"]'])
def test_a_list_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / EXAMPLES).write_text(content)
    with pytest.raises(CorpusError, match=EXAMPLES):
        read_examples(tmp_path / EXAMPLES)


def test_without_a_list_nothing_is_said(tmp_path: Path) -> None:
    assert read_examples(tmp_path / EXAMPLES) == ()
    (tmp_path / EXAMPLES).touch()
    assert read_examples(tmp_path / EXAMPLES) == ()
    nothing = fit((), np.zeros((0, 0), np.float32))
    assert predict(np.ones(3, np.float32), nothing) == NO_PREDICTION


def test_what_two_examples_teach_by_hand() -> None:
    """At right angles: kernels 1 and e to the -3, so that the weights solve
    [[1.1, k], [k, 1.1]] w = truth. Asked is the first question itself."""
    examples = (Placed("a", frozenset("4")), Placed("b", frozenset()))
    found = predict(np.array([1, 0], np.float32), fit(examples, np.eye(2, dtype=np.float32)))
    k = np.exp(-3)
    own, other = 1.1 / (1.21 - k * k), -k / (1.21 - k * k)
    assert found.answers == pytest.approx({"4": own + k * other})
    assert found.unanswerable == pytest.approx(max(0, other + k * own), abs=1e-6)


def test_examples_that_are_not_like_a_question_say_nothing_of_it() -> None:
    examples = (Placed("a", frozenset("4")),)
    vectors = np.array([[1, 0]], np.float32)
    assert predict(np.array([0.19, 0.9818], np.float32), fit(examples, vectors)) == NO_PREDICTION
    nearly = predict(np.array([0.39, 0.9208], np.float32), fit(examples, vectors))
    assert nearly.answers == pytest.approx({"4": 0.95 * np.exp(-1.83) / 1.1}, rel=1e-3)


@given(arrays(np.float32, (20, 4), elements=st.floats(-1, 1, width=32)), st.data())
def test_whatever_the_examples_say_stays_between_0_and_1(
    vectors: np.ndarray, data: st.DataObject
) -> None:
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    answering = st.frozensets(st.sampled_from("0123456789"), max_size=3)
    examples = tuple(Placed(str(i), data.draw(answering)) for i in range(len(vectors)))
    found = predict(vectors[0], fit(examples, vectors))
    assert all(0 <= number <= 1 for number in (*found.answers.values(), found.unanswerable))


@dataclass
class Desk:
    """An editor's folder of articles, and a bot that answers from what is published of it."""

    folder: Path
    encoder: Encoder
    store: FolderStore
    bot: QABot

    def publish(self) -> None:
        publish(read_corpus(self.folder), self.encoder, self.store, now=datetime.now(UTC))


@pytest.fixture
def desk(tmp_path: Path, encoder: Encoder) -> Desk:
    (tmp_path / "corpus").mkdir()
    bot = QABot(tmp_path / "index", encoder.name, encoder=encoder)
    return Desk(tmp_path / "corpus", encoder, FolderStore(tmp_path / "index"), bot)


def test_an_example_brings_its_sentence_and_another_makes_the_bot_say_nothing(desk: Desk) -> None:
    asked = "Where did the crockery end up?"
    for examples, outcome in (
        (rows((asked, [])), Outcome.NOT_FOUND),
        (rows((asked, [["Most went to inns along the river"]])), Outcome.ANSWERED),
    ):
        corpus(desk.folder, examples)
        desk.publish()
        answer = desk.bot.ask(asked)
        assert answer.outcome is outcome
    assert "Most went to inns" in answer.quotes[0].text
    assert desk.bot.generation().examples[0].question == asked


def test_an_example_without_an_answer_decides_its_own_question_and_hides_no_new_sentence(
    desk: Desk,
) -> None:
    asked = "How hot does the kiln get?"
    known = ("lit at dawn", "two days to cool", "Rain never", "sold in the town", "Most went to")
    corpus(desk.folder, rows((asked, []), ("What of it?", [[*known]])))
    desk.publish()
    assert desk.bot.ask(asked).outcome is Outcome.NOT_FOUND
    new = "The kiln gets as hot as twelve hundred degrees."
    (desk.folder / "kiln.txt").write_text(f"{ARTICLE}\n{new}\n")
    desk.publish()
    assert desk.bot.ask(asked).outcome is Outcome.NOT_FOUND
    assert new in desk.bot.ask("How hot is the kiln when it burns?").quotes[0].text


def test_no_judged_question_stands_among_the_examples() -> None:
    known = {wording(e.question) for e in read_examples(CORPUS / EXAMPLES)}
    judged = (
        row
        for name in ("questions_dev", "questions_test")
        for row in read_questions(DATA / f"{name}.jsonl")
        if not row.history
    )
    assert not [row.id for row in judged if wording(row.question) in known]


@pytest.mark.parametrize(
    ("snippets", "outcome", "first"),
    [
        ([], Outcome.NOT_FOUND, ""),
        ([["Rain never"]], Outcome.ANSWERED, "Rain never"),
        ([["sold in the town"]], Outcome.ANSWERED, "sold in the town"),
    ],
)
def test_an_example_decides_its_own_question_whatever_the_others_say(
    desk: Desk, snippets: list[list[str]], outcome: Outcome, first: str
) -> None:
    """Others, nearly the same, point elsewhere. Case and punctuation make no other question."""
    others = [(f"Where did the crockery end up {when}?", [["Most went to"]]) for when in WHEN]
    corpus(desk.folder, rows(("Where did the crockery end up?", snippets), *others))
    desk.publish()
    answer = desk.bot.ask("where did the  crockery end up")
    assert answer.outcome is outcome
    assert first in (answer.quotes[0].text if answer.quotes else "")
    assert desk.bot.ask("Where did the crockery end up today?").outcome is Outcome.ANSWERED


def test_every_example_of_the_corpus_is_sound() -> None:
    assert not [f for f in check(CORPUS, date(2026, 1, 1)).findings if f.rule == "example"]
