"""Run a command's `main`; a closed pipe (`… | head`) ends it quietly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

NOBODY_READS = 128 + 13  # the status that a shell gives a program ended by SIGPIPE


def run(main: Callable[[], int]) -> int:
    """Run `main`: its status; `ingest.py check | head` is no error, and shows none."""
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends; that has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    return status
