"""The evaluators' guide says only what works: its rows are good, its commands run, its figures exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from qa_bot.__main__ import main
from qa_bot.embedding.bundled import checked_folder
from qa_bot.evaluation.metrics import METRICS
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "evaluating.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
]
PROGRAM = ".venv/bin/python -m qa_bot "


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder as the guide describes it: its rows, saved under its name for them."""
    folder = tmp_path_factory.mktemp("evaluator")
    (rows,) = re.findall(r"```jsonl\n(.*?)```", GUIDE, re.DOTALL)
    (folder / "my_questions.jsonl").write_text(rows, encoding="utf-8")
    (folder / "corpus").symlink_to(ROOT / "corpus")
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "another-model").symlink_to(checked_folder())
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs_in_the_order_of_the_guide(
    command: str, folder: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("QA_BOT_INDEX", str(index))
    assert command.startswith(PROGRAM)
    arguments = shlex.split(command.removeprefix(PROGRAM))
    assert main(arguments) == 0
    assert (folder / arguments[arguments.index("--html") + 1]).stat().st_size > 5_000


def test_every_figure_that_the_guide_explains_is_measured_and_none_is_left_out() -> None:
    table = GUIDE.split("| figure |")[1].split("\n\n")[0]
    told = {
        name.strip() for row in table.splitlines()[2:] for name in row.split("|")[1].split(", ")
    }
    assert told == {metric.name for metric in METRICS}


def test_every_file_that_the_guide_names_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target
    for named in re.findall(r"`((?:tests|qa_bot)/[\w./]+)`", GUIDE):
        assert (ROOT / named).exists(), named
