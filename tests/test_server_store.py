"""A Chroma server as the store: several chats follow one flip, and every failure is one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qa_bot import serving
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import UNREADABLE, StoreError, StoreServerError, StoreWriteError
from qa_bot.index.chroma_server import Server
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.history import history, rollback
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import open_current, publish
from qa_bot.index.server_store import COPIES, FILES, PREFIX, ServerStore
from qa_bot.serving import Served
from tests.chroma import free_port, running
from tests.conftest import ROOT
from tests.publishing import edition
from tests.test_publishing import NOON, Counting
from tests.test_stores import LATER, QUICK, published, served

GUIDE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
# `chroma run` is what the fixture starts; `app.py` has tests of its own.
COMMANDS = re.findall(r"^\.venv/bin/python (ingest.*)$", GUIDE, re.MULTILINE)
pytestmark = pytest.mark.slow


@pytest.fixture
def store(chroma_url: str, tmp_path: Path) -> ServerStore:
    return ServerStore(chroma_url, tmp_path / "index")


@contextmanager
def web_server(status: int, body: str, port: int = 0) -> Iterator[str]:
    """The URL of a server that always says the same, and is none of Chroma's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def chat(index: Path, url: str, encoders: Path) -> subprocess.Popen[str]:
    """A chat in a process and with a folder of its own; only the encoder's ONNX form is shared."""
    index.mkdir()
    (index / "encoders").symlink_to(encoders)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.asking", str(index), url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_several_chats_follow_one_flip_by_their_next_question(
    chroma_url: str, tmp_path: Path, encoder: Encoder, index_folder: Path
) -> None:
    store = open_store(tmp_path / "editors", chroma_url)

    def publish_edition(number: int) -> None:
        now = NOON + timedelta(minutes=number)
        publish(edition(number), encoder, store, now=now, progress=Counting())

    publish_edition(1)
    encoders = index_folder / "encoders"
    chats = [chat(tmp_path / name, chroma_url, encoders) for name in ("one", "two")]
    try:
        assert [said(process) for process in chats] == ["ready", "ready"]

        def answers() -> list[str]:
            for process in chats:
                assert process.stdin is not None
                print("?", file=process.stdin, flush=True)
            return [said(process) for process in chats]

        assert answers() == ["1", "1"]
        publish_edition(2)
        assert answers() == ["2", "2"]
        rollback(store, encoder.fingerprint, now=LATER)
        assert answers() == ["1", "1"]
        publish_edition(3)
        assert answers() == ["3", "3"]
    finally:
        for process in chats:
            process.kill()
            process.wait()


def test_of_two_that_publish_at_once_one_is_told(store: ServerStore, tmp_path: Path) -> None:
    published(store, 1)
    other = ServerStore(store.place, tmp_path / "other")

    def meanwhile(texts: Any, _count: int) -> Any:
        published(other, 2)
        return texts

    with pytest.raises(StoreWriteError, match=r"Somebody else published to .* meanwhile"):
        publish(edition(3), QUICK, store, now=LATER, progress=meanwhile)
    assert served(store) == edition(2)


@pytest.mark.parametrize("part", ["", FILES, "a passage", "a piece", "manifest"])
def test_a_damaged_collection_gives_way_to_the_generation_before(
    store: ServerStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    published(store, 1)
    published(store, 2)
    name = PREFIX + store.current()
    server = Server(store.place)
    if part == "a passage":
        passages = server.collection(name)
        passages.delete(ids=passages.get(limit=1)["ids"])
    elif part == "a piece":
        pieces = server.collection(name + FILES)
        pieces.update(ids=["vectors.npy/000000"], metadatas=[{"bytes": "AAAA"}])
    elif part == "manifest":
        server.collection(name).modify(metadata={"manifest": "{"})
    else:
        server.client().delete_collection(name + part)
    newcomer = ServerStore(store.place, tmp_path / "newcomer")
    assert served(newcomer) == edition(1)
    (record,) = (one for one in caplog.records if one.name.startswith("qa_bot"))
    message = record.getMessage()
    assert "cannot be used" in message or part == ""
    assert "Until then readers are served 20260102T1201" in message
    assert "\n" not in message
    assert published(newcomer, 4)[0]
    assert served(store) == edition(4)


def test_a_damaged_copy_is_taken_over_again(store: ServerStore, tmp_path: Path) -> None:
    published(store, 1)
    for file in ("corpus.json", "manifest.json"):
        (copy,) = (tmp_path / "index" / COPIES).glob(f"*/{file}")
        copy.write_text("{")
        assert served(store) == edition(1)


def test_copies_of_what_is_gone_are_removed(store: ServerStore, tmp_path: Path) -> None:
    reader = ServerStore(store.place, tmp_path / "reader")
    for number in range(1, 5):
        published(store, number, keep=2)
        assert served(reader) == edition(number)
    names = sorted(path.name for path in (tmp_path / "reader" / COPIES).iterdir())
    assert names == reader.names()
    assert len(names) == 2


def test_what_a_killed_publish_left_is_neither_seen_nor_in_the_way(
    store: ServerStore, tmp_path: Path
) -> None:
    published(store, 1)
    left = tmp_path / "killed"
    program = [sys.executable, "-m", "tests.publishing", str(left), "2", "9", "--quick"]
    process = subprocess.Popen(
        [*program, "--chroma-url", store.place], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert said(process) == "ready"
    client = Server(store.place).client()
    until = time.monotonic() + 60
    while len(client.list_collections()) < 4:  # the register, edition 1, and the first half of 2
        assert time.monotonic() < until
    process.kill()
    process.wait()
    seen = len(history(store))
    assert served(store).articles[0].title == "Guide one"
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    publish(edition(99), QUICK, store, now=tomorrow, progress=Counting())
    assert served(store) == edition(99)
    names = [one.name for one in client.list_collections() if one.name.startswith(PREFIX)]
    assert len(names) == 2 * len(history(store)) == 2 * (seen + 1)


def check_sentence(error: pytest.ExceptionInfo[StoreError], url: str) -> None:
    message = str(error.value)
    assert url in message and message.endswith(".") and "\n" not in message


def test_no_server_is_one_sentence_and_a_server_that_comes_back_is_asked_again(
    tmp_path: Path,
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    store = ServerStore(url, tmp_path / "index")
    with pytest.raises(StoreServerError, match=r"does not answer .*refused.*`chroma run`") as error:
        open_current(store, QUICK.fingerprint)
    check_sentence(error, url)
    with running(tmp_path / "server", port):
        published(store, 1)
        generation = open_current(store, QUICK.fingerprint)
    (encoded,) = QUICK.encode(["any"], "query")
    for call in (
        store.current,
        lambda: generation.stored_nearest(encoded.vector, 1),
        lambda: published(store, 2),
        lambda: rollback(store, QUICK.fingerprint, now=LATER),
        lambda: history(store),
    ):
        with pytest.raises(StoreServerError, match="does not answer") as error:
            call()
        check_sentence(error, url)
    with running(tmp_path / "server", port):
        assert len(generation.stored_nearest(encoded.vector, 1)) == 1
        assert served(store) == edition(1)


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (404, "<html>Not found</html>", "something else"),
        (200, "<html>Hello</html>", "something else"),
        (200, "{}", "something else"),
        (500, "", "something else"),
        (200, '"0.6.3"', r"version 0\.6\.3 of it"),
    ],
)
def test_something_else_at_the_address_is_one_sentence(
    tmp_path: Path, status: int, body: str, found: str
) -> None:
    with (
        web_server(status, body) as url,
        pytest.raises(StoreServerError, match=rf"at {url} there is {found}\.$") as error,
    ):
        ServerStore(url, tmp_path).current()
    check_sentence(error, url)


def test_a_chat_goes_on_with_what_it_has_while_the_server_is_away(
    tmp_path: Path, encoder: Encoder
) -> None:
    port = free_port()
    bot = QABot(
        tmp_path / "index", encoder.name, chroma_url=f"http://127.0.0.1:{port}", encoder=encoder
    )
    with running(tmp_path / "server", port):
        publish(edition(1), encoder, bot.store, now=NOON, progress=Counting())
        assert bot.ask("Is magnetic stimulation painless?").quotes
    assert bot.ask("Is magnetic stimulation painless?").quotes
    assert len(bot.articles()) == 2


def test_a_server_that_fails_takes_nothing_away_and_is_one_sentence_for_editors(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "AWAY", 0.0)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bot = QABot(tmp_path / "index", encoder.name, chroma_url=url, encoder=encoder)
    store = bot.store
    with running(tmp_path / "server", port):
        publish(edition(1), encoder, store, now=NOON, progress=Counting())
        assert bot.ask("Is magnetic stimulation painless?").quotes
    # As a proxy says it before a server that is away; it answers what is no GET in the same way.
    with web_server(502, "<html>Bad gateway</html>", port):
        assert bot.ask("Is magnetic stimulation painless?").quotes
        for call in (
            store.current,
            store.steps,
            lambda: publish(edition(2), encoder, store, now=LATER, progress=Counting()),
            lambda: rollback(store, encoder.fingerprint, now=LATER),
        ):
            with pytest.raises(StoreServerError, match="failed") as error:
                call()
            check_sentence(error, url)


def test_a_server_that_is_away_is_not_asked_with_every_question(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    publish(edition(1), encoder, FolderStore(index), now=NOON, progress=Counting())
    served = Served(index, encoder.name, encoder=encoder)
    assert served.generation().articles
    asked = []

    def away() -> str:
        asked.append(time.monotonic())
        raise StoreServerError("The server does not answer.")

    monkeypatch.setattr(type(served.store), "current", lambda _: away())
    for _ in range(5):
        assert served.generation().articles
    assert len(asked) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_guide_run(
    command: str, chroma_url: str, index: Path, tmp_path: Path
) -> None:
    published(ServerStore(chroma_url, tmp_path), 1)
    (tmp_path / "article.md").write_text("# Magnets\n\n## Do they hurt?\n\nMagnets do not hurt.\n")
    environment = os.environ | {
        "QA_BOT_CHROMA_URL": chroma_url,
        "QA_BOT_INDEX": str(index),
        "QA_BOT_CORPUS": str(tmp_path),
    }
    arguments = [sys.executable, *command.split()]
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_reader_is_told_that_the_server_is_away(tmp_path: Path, encoder: Encoder) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    bot = QABot(tmp_path, encoder.name, chroma_url=url, encoder=encoder)
    answer = bot.ask("Does esketamine raise suicide risk?")
    assert answer.escalation is not None
    assert answer.problem == UNREADABLE
    assert f"The Chroma server at {url} does not answer" in str(bot.problem)
    with pytest.raises(StoreServerError):
        bot.ask("What is TMS?")
