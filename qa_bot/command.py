"""Run a command: what a person did wrong, or broke off, is one sentence and a status, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from qa_bot.errors import QABotError

FAILED = 1
BROKEN_OFF = 128 + 2  # the status that a shell gives a program ended by Ctrl-C
NOBODY_READS = 128 + 13  # the status that a shell gives a program ended by a closed pipe


def run(work: Callable[[], int], broken_off: str = "") -> int:
    """The status that `work` comes to; `ingest.py check | head` is no error, and shows none.

    `broken_off`: what to say where a person stopped it; "" for nothing.
    """
    try:
        status = work()
        sys.stdout.flush()
    except QABotError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        if broken_off:
            print(broken_off, file=sys.stderr)
        return BROKEN_OFF
    except BrokenPipeError:
        # Python flushes once more when it ends; that has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    return status
