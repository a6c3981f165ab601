"""What is imported by commands that need no model, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

HEAVY = {
    "bm25s", "chromadb", "gradio", "langchain_core", "onnxruntime", "sentence_transformers", "scipy",
    "torch", "transformers",
}  # fmt: skip
COMMANDS = {
    "import qa_bot": "import qa_bot",
    "python -m qa_bot --help": "from qa_bot.__main__ import main; main(['--help'])",
    "python -m qa_bot ask, in a crisis": (
        "from qa_bot.__main__ import main; main(['ask', 'I want to die'])"
    ),
    "ingest.py check": "import ingest; ingest.main(['check'])",
}


def imported(code: str, index: Path) -> set[str]:
    """The packages that a fresh process has imported after running `code`."""
    told = f"""
import contextlib, json, os, sys
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(open(os.devnull, "w")):
    {code}
print(json.dumps(sorted({{name.split(".")[0] for name in sys.modules}})))
"""
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={"QA_BOT_INDEX": str(index), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("command", COMMANDS)
def test_what_needs_no_model_imports_nothing_heavy(command: str, index: Path) -> None:
    found = imported(COMMANDS[command], index)
    assert "qa_bot" in found
    assert not HEAVY & found


@pytest.mark.parametrize("first", ["import numpy, qa_bot", "import qa_bot, numpy"])
def test_numpy_computes_in_one_thread_whoever_imports_it_first(first: str) -> None:
    told = (
        f"{first}, threadpoolctl as t; print([one['num_threads'] for one in t.threadpool_info()])"
    )
    bare = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, env=bare, capture_output=True, text=True, timeout=60
    )
    assert set(json.loads(done.stdout)) == {1}, done.stderr


def test_the_page_is_built_before_model_and_store_are_imported(index: Path) -> None:
    build = (
        "from qa_bot import QABot; from qa_bot.ui.chat_page import build_page; "
        "from qa_bot.ui.site import build_app; from qa_bot.safety.help_lines import help_lines; "
        "bot = QABot.open(); "
        "build_app(build_page(bot.ask, bot.articles, help_lines()), bot.articles, help_lines()); "
        "assert bot.ask('I want to die').escalation"
    )
    found = imported(build, index)
    assert "gradio" in found
    assert not (HEAVY - {"gradio"}) & found
