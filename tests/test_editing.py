"""The editors' guide says only what works: its commands run in its order and print what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import frontmatter
import pytest

import ingest
from qa_bot.articles.front_matter import FIELDS
from tests.conftest import CORPUS, ROOT
from tests.test_web_page import PAGE

GUIDE = (ROOT / "docs" / "editing.md").read_text(encoding="utf-8")
PROGRAM = ".venv/bin/python ingest.py"
# A command, what it prints, or what the editor adds to the new article, in the guide's order.
STEPS = re.findall(r"```(sh|text|md)\n(.*?)```", GUIDE, re.DOTALL)


def masked(text: str) -> set[str]:
    """Its lines, all numbers alike: the articles may grow, and so may the findings."""
    return {
        re.sub(r"errors?|warnings?", "x", re.sub(r"\d+", "0", line)).strip()
        for line in text.splitlines()
        if line.strip()
    }


@pytest.mark.slow
def test_every_command_runs_in_the_order_of_the_guide_and_prints_what_it_shows(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    shutil.copytree(index, tmp_path / "index")
    (tmp_path / "sleep.html").write_text(PAGE)
    (tmp_path / "tests" / "data").mkdir(parents=True)
    (tmp_path / "tests" / "data" / "questions_dev.jsonl").write_text(
        '{"id": "q", "question": "Does poor sleep make depression worse?", "evidence": []}\n'
    )
    monkeypatch.chdir(tmp_path)
    printed, commands = "", []
    for kind, content in STEPS:
        if kind == "md":
            with (tmp_path / "corpus" / "sleep-and-depression.md").open("a") as file:
                file.write(f"\n{content}")
        elif kind == "text":
            assert masked(content) - masked(printed) == set()
        else:
            assert content.startswith(PROGRAM)
            commands.append(shlex.split(content.removeprefix(PROGRAM)))
            status = ingest.main(commands[-1])
            printed = capsys.readouterr().out
            assert status == ("Fix the errors first." in printed)
            assert printed
    assert (tmp_path / "changes.html").stat().st_size > 2_000
    said = {command[0] for command in commands if command}
    assert said == {"add", "check", "diff", "publish", "rollback", "history"}


def test_the_front_matter_it_shows_is_front_matter() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert set(frontmatter.loads(shown).metadata) == set(FIELDS)


def test_every_option_it_names_exists() -> None:
    help_text = "".join(
        parser.format_help()
        for action in ingest._parser()._actions
        if isinstance(action.choices, dict)
        for parser in action.choices.values()
    )
    for option in set(re.findall(r"`(--[a-z]+)`", GUIDE)):
        assert option in help_text
