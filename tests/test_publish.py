"""Publishing under failure, with real processes: readers keep being served, whatever happens.

The suite takes a few cases of each; for more, set QA_BOT_KILLS=100 or QA_BOT_PUBLISHES=20.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_bot.answers import Outcome
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.index import generation as store
from qa_bot.index.folder_store import BUILDING, FolderStore
from qa_bot.index.pointer import CURRENT, current_name
from qa_bot.index.publishing import open_current, publish
from qa_bot.index.verifying import verify
from tests.conftest import ROOT
from tests.publishing import QuickEncoder, edition

# Read while this module is loaded: the tests themselves run without the settings of who runs them.
KILLS = int(os.environ.get("QA_BOT_KILLS", "6"))
PUBLISHES = int(os.environ.get("QA_BOT_PUBLISHES", "3"))
LONGEST = 0.8  # seconds that a quick publish takes on a slow machine

QUICK = QuickEncoder()
pytestmark = pytest.mark.slow


def start(index: Path, first: int, last: int, *options: str) -> subprocess.Popen[str]:
    """The publishing program, once it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.publishing", str(index), str(first), str(last), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
    return process


def finish(process: subprocess.Popen[str]) -> tuple[int, list[int], list[str]]:
    """Its status, the editions it published, and the lines of its messages."""
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return process.returncode, [int(line) for line in out.split()], err.splitlines()


def publish_edition(index: Path, number: int, encoder: Encoder = QUICK) -> bool:
    now = datetime.now(UTC)
    return publish(edition(number), encoder, FolderStore(index), now=now).changed


def editions_of(texts: Iterator[str] | list[str]) -> set[int]:
    return {int(found) for text in texts for found in re.findall(r"edition (\d+)", text, re.I)}


def served(index: Path, encoder: Encoder = QUICK) -> int:
    """The one edition that readers have, after everything in it was looked at."""
    generation = open_current(FolderStore(index), encoder.fingerprint)
    verify(generation)
    generation.close()
    (number,) = editions_of([article.text for article in generation.articles.values()])
    return number


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index that serves edition 1."""
    publish_edition(tmp_path / "index", 1)
    return tmp_path / "index"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may look into, other than the tests' own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_publish_killed_at_any_moment_leaves_readers_served_and_the_next_one_works(
    index: Path,
) -> None:
    moments = random.Random(20260102)
    before = 1
    for kill in range(KILLS):
        first = 1000 * (kill + 1)
        process = start(index, first, first + 50, "--quick")
        time.sleep(moments.uniform(0, LONGEST))
        process.kill()
        assert process.wait() == -9
        number = served(index)
        assert number == before or first <= number <= first + 50
        before = first + 999
        assert publish_edition(index, before)
        assert served(index) == before
        assert list(index.glob(f"{BUILDING}*")) == []


def test_who_asks_during_publishes_gets_one_edition_an_answer_and_never_an_error(
    tmp_path: Path, encoder: Encoder
) -> None:
    index = tmp_path / "index"
    publish_edition(index, 1, encoder)
    bot = QABot(index, encoder.name, encoder=encoder)
    seen = []

    def ask() -> None:
        answer = bot.ask("Is magnetic stimulation painless?")
        assert answer.outcome is Outcome.ANSWERED
        assert len({quote.article.id for quote in answer.quotes}) == 2
        (number,) = editions_of([quote.text for quote in answer.quotes])
        assert editions_of([quote.article.text for quote in answer.quotes]) == {number}
        seen.append(number)

    ask()
    process = start(index, 2, 1 + PUBLISHES)
    while process.poll() is None:
        ask()
    assert finish(process) == (0, list(range(2, 2 + PUBLISHES)), [])
    ask()
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (1, 1 + PUBLISHES)
    print(f"{len(seen)} answers during {PUBLISHES} publishes, editions seen: {sorted(set(seen))}")


@pytest.mark.parametrize("most_bytes", [0, 2_000, 100_000])
def test_a_disk_that_fills_up_is_one_sentence_and_readers_keep_what_they_had(
    index: Path, most_bytes: int
) -> None:
    status, published, messages = finish(
        start(index, 2, 2, "--quick", "--most-bytes", str(most_bytes))
    )
    assert (status, published) == (1, [])
    (message,) = messages
    assert "cannot be written" in message
    assert message.endswith("Readers keep what was published before.")
    assert served(index) == 1
    assert publish_edition(index, 2)
    assert served(index) == 2
    assert list(index.glob(f"{BUILDING}*")) == []


def test_a_read_only_folder_is_one_sentence_and_readers_keep_what_they_had(
    index: Path, open_folder: Path
) -> None:
    folder = Path(shutil.copytree(index, open_folder / "index"))
    folder.chmod(0o555)
    status, published, messages = finish(start(folder, 2, 2, "--quick", "--nobody"))
    assert (status, published) == (1, [])
    (message,) = messages
    assert "cannot be written (Permission denied)" in message
    folder.chmod(0o755)
    assert served(folder) == 1
    assert publish_edition(folder, 2)


@pytest.mark.parametrize("damaged", ["vectors.npy", "corpus.json", "chroma/chroma.sqlite3", ""])
def test_readers_get_the_last_good_edition_and_the_log_says_so(
    tmp_path: Path,
    encoder: Encoder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    damaged: str,
) -> None:
    monkeypatch.setattr(store, "FEW_PASSAGES", 0)
    index = tmp_path / "index"
    for number in (1, 2):
        publish_edition(index, number, encoder)
    file = index / current_name(index) / damaged if damaged else index / CURRENT
    file.write_bytes(b"x" * 64)
    bot = QABot(index, encoder.name, encoder=encoder)
    answer = bot.ask("Is magnetic stimulation painless?")
    # Of a damaged pointer only the name is lost; the newest edition is whole.
    assert editions_of([quote.text for quote in answer.quotes]) == {1 if damaged else 2}
    assert "Until then readers are served" in caplog.text
    assert publish_edition(index, 3, encoder)
    answer = bot.ask("Is magnetic stimulation painless?")
    assert editions_of([quote.text for quote in answer.quotes]) == {3}


def test_a_few_articles_are_served_without_the_store(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    publish_edition(tmp_path, 1, encoder)
    (tmp_path / current_name(tmp_path) / "chroma/chroma.sqlite3").write_bytes(b"x" * 64)
    bot = QABot(tmp_path, encoder.name, encoder=encoder)
    assert bot.ask("Is magnetic stimulation painless?").quotes
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_of_two_that_publish_at_once_one_says_who_is_at_work(index: Path) -> None:
    processes = [start(index, first, first + 5, "--quick") for first in (100, 200)]
    results = [finish(process) for process in processes]
    done = {number for _, published, _ in results for number in published}
    assert done
    for _, published, messages in results:
        assert len(published) + len(messages) == 6
        for message in messages:
            assert re.search(r"Another publish .* is at work \(.*process \d+\)", message)
    assert served(index) in done
    assert list(index.glob(f"{BUILDING}*")) == []
