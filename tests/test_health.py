"""Articles on other health subjects beside the two: what is said of one thing answers nothing about
another, and what was refused stays so."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_bot.answers import Outcome
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.examples import EXAMPLES, read_examples
from qa_bot.articles.questions import read_questions
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.evaluation.metrics import covered
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from tests.conftest import CORPUS, DATA

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> QABot:
    folder: Path = tmp_path_factory.mktemp("library")
    shutil.copytree(CORPUS, folder / "corpus")
    shutil.copytree(DATA / "health", folder / "corpus", dirs_exist_ok=True)
    store = FolderStore(folder / "index")
    publish(read_corpus(folder / "corpus"), encoder, store, now=datetime.now(UTC))
    return QABot(folder / "index", encoder.name, encoder=encoder)


def test_what_editors_say_nobody_answers_stays_refused(library: QABot) -> None:
    silent = [one.question for one in read_examples(CORPUS / EXAMPLES) if not one.snippets]
    for question in random.Random(1).sample(silent, 300):
        assert library.ask(question).quotes == (), question


def test_what_could_be_told_still_can_and_near_misses_are_mostly_refused(library: QABot) -> None:
    rows = read_questions(DATA / "questions_test.jsonl")
    shares = {True: [0.0, 0], False: [0.0, 0]}
    for row in rows:
        answer = library.ask(row.question, row.history)
        right = covered(answer, row) if row.answerable else not answer.quotes
        shares[row.answerable][0] += right
        shares[row.answerable][1] += 1
    found, refused = (right / of for right, of in (shares[True], shares[False]))
    print(f"evidence {found:.3f}; refused {refused:.3f} of those that nothing answers")
    assert found >= 0.93 and refused >= 0.87


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long may I take sleeping pills?", "four weeks"),
        ("How many nights a week is insomnia chronic?", "three nights a week"),
        ("How many pauses an hour are severe sleep apnea?", "more than thirty"),
    ],
)
def test_the_new_articles_answer_what_they_say(library: QABot, question: str, words: str) -> None:
    assert words in " ".join(quote.text for quote in library.ask(question).quotes[:2])


@pytest.mark.parametrize(
    "question",
    [
        "can I drive home after the nose spray?",
        "How many weekly sessions of TMS are there?",
        "What strength does Spravato come in, how many mg?",
        "Will quetiapine knock me out at night?",
    ],
)
def test_what_is_said_of_one_thing_answers_nothing_about_another(
    library: QABot, question: str
) -> None:
    assert library.ask(question).outcome is Outcome.NOT_FOUND
