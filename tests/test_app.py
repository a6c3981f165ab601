"""The chat starts with one line that says where, and fails with one line that says what to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

import app
from qa_bot.errors import SettingsError

ROOT = Path(__file__).parents[1]


def test_a_port_in_use_is_named_before_anything_is_loaded() -> None:
    with app.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} cannot be used \(address"):
            app.listen("127.0.0.1", port)


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"no\.such\.host\.invalid:7860 cannot be used"):
        app.listen("no.such.host.invalid", 7860)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QA_BOT_PORT", "high", "QA_BOT_PORT"),
        ("QA_BOT_PROT", "7861", "QA_BOT_PROT is not a setting"),
    ],
)
def test_a_bad_setting_is_one_sentence(
    name: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert app.main() == 1
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1 and printed.out == ""


def test_without_an_index_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_BOT_INDEX", str(tmp_path))
    monkeypatch.setenv("QA_BOT_PORT", str(free_port()))
    assert app.main() == 1
    assert "ingest.py" in capsys.readouterr().err


@pytest.mark.slow
def test_it_prints_its_address_answers_and_stops_quietly(index: Path) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "QA_BOT_INDEX": str(index),
        "QA_BOT_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert f"http://127.0.0.1:{port}" in server.stdout.readline()
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in said


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
