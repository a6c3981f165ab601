"""The README says only what works: its commands run, its files exist, its variables are settings."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_bot.chat import QABot
from qa_bot.safety.help_lines import help_lines
from qa_bot.settings import PREFIX, Settings
from qa_bot.ui.chat_page import build_page
from qa_bot.ui.site import build_app
from tests.conftest import ROOT
from tests.scripted import serving

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
PYTHON = ".venv/bin/python "
# These install, serve or test: what they start has tests of its own (test_app, and this very run).
ELSEWHERE = ("-m pip install", "app.py", "-m pytest")


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make")])
def test_every_make_command_is_a_target(command: str) -> None:
    done = subprocess.run(["make", "-n", *command.split()[1:]], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        command
        for command in COMMANDS
        if command.startswith(PYTHON) and not any(part in command for part in ELSEWHERE)
    ],
)
def test_every_python_command_runs(command: str, index: Path) -> None:
    environment = os.environ | {PREFIX + "INDEX": str(index)}
    arguments = shlex.split(command.removeprefix(PYTHON))
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_python_example_works(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "INDEX", str(index))
    exec(compile(example("python", "QABot"), "README.md", "exec"), {})


def example(language: str, about: str) -> str:
    """The one block of `language` that speaks of `about`."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    (found,) = [block for block in blocks if about in block]
    return str(found)


@pytest.mark.parametrize(("language", "about"), [("python", "gradio_client"), ("sh", "curl")])
def test_other_programs_get_an_answer_as_the_examples_say(
    served: str, language: str, about: str
) -> None:
    program = example(language, about).replace("http://127.0.0.1:7860", served)
    command = [sys.executable, "-c"] if language == "python" else ["sh", "-c"]
    done = subprocess.run([*command, program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "answered" in done.stdout and "within hours to days" in done.stdout


@pytest.fixture(scope="module")
def served(bot: QABot) -> Iterator[str]:
    """The address of the real chat over the real articles."""
    page = build_page(bot.ask, bot.articles, help_lines())
    with serving(build_app(page, bot.articles, help_lines())) as address:
        yield address.rstrip("/")


def test_every_setting_is_in_the_table_and_every_variable_is_a_setting() -> None:
    told = set(re.findall(rf"{PREFIX}[A-Z_]+", README))
    assert told == {PREFIX + name.upper() for name in Settings.model_fields}


def test_every_linked_file_and_picture_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
