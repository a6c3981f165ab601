import subprocess
import sys
from pathlib import Path

import pytest

from qa_bot.command import NOBODY_READS
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "command",
    [["ingest.py", "check"], ["-m", "qa_bot", "ask", "I want to die"]],
)
def test_who_reads_no_further_sees_no_traceback(command: list[str], tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None and program.stderr is not None
    program.stdout.close()
    assert program.stderr.read() == b""
    assert program.wait() == NOBODY_READS
