"""What tests share: the real encoder and one published index, made once a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from qa_bot.answers import Answer
from qa_bot.articles.corpus import read_corpus
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index.chroma_server import Server
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from qa_bot.index.stores import ENCODERS
from qa_bot.settings import PREFIX
from tests.chroma import free_port, running

# How long an example takes is no law: other tests run beside it.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
DATA = Path(__file__).parent / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the two articles published waits for their encoding: it is slow."""
    for item in items:
        if "index" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on, or touches, what the person running it has set or published."""
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the two articles will be published."""
    return tmp_path_factory.mktemp("published") / "index"


@pytest.fixture(scope="session")
def encoder(index_folder: Path) -> Encoder:
    """The bundled encoder, in its exported form."""
    encoder = Encoder(threads=2, exports=index_folder / ENCODERS)
    encoder.export()
    return encoder


@pytest.fixture(scope="session")
def index(encoder: Encoder, index_folder: Path) -> Path:
    """The two articles, published."""
    folder = index_folder
    publish(
        read_corpus(CORPUS),
        encoder,
        FolderStore(folder),
        now=datetime.now(UTC),
    )
    return folder


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Chroma server."""
    with running(tmp_path_factory.mktemp("server"), free_port()) as url:
        yield url


@pytest.fixture
def chroma_url(chroma_server: str) -> str:
    """The same, with nothing in it."""
    client = Server(chroma_server).client()
    for one in client.list_collections():
        client.delete_collection(one.name)
    return chroma_server


@pytest.fixture(scope="session")
def bot(index: Path, encoder: Encoder) -> Iterator[QABot]:
    bot = QABot(index, encoder.name, encoder=encoder)
    yield bot


QUESTIONS = (
    "What is treatment-resistant depression?",
    "How long is an adequate antidepressant trial?",
    "How fast does esketamine work?",
    "Why do antidepressants fail?",
    "What are the side effects of esketamine?",
    "Does TMS need anesthesia?",
    "Is ECT still used for depression?",
    "Can MAOIs help when SSRIs have failed?",
    "What is pseudo-resistance?",
    "Does therapy help together with medication?",
    "What does Manifest Behavioral Health offer?",
    "What does augmentation mean?",
)


@pytest.fixture(scope="session")
def answers(bot: QABot) -> dict[str, Answer]:
    """What a dozen ordinary questions are answered."""
    return {question: bot.ask(question) for question in QUESTIONS}


def python(code: str) -> str:
    """What a program prints that runs in a process of its own, without settings."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("QA_BOT_")},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
