"""Whoever reads a generation holds its folder; whoever wants to remove the folder asks first.

A hold ends with the process that has it, however that ends, so no hold is ever left behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed in the first place
    fcntl = None  # type: ignore[assignment]


def hold(file: Path) -> Callable[[], None]:
    """Hold `file`, with as many others as like to; the result lets go of it, and may be called twice.

    :raises OSError: there is no such file, or it is about to be removed.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            file.stat()  # removed between the two lines above?
    except OSError:
        os.close(descriptor)
        raise
    open_descriptors = [descriptor]

    def release() -> None:  # more than once does no harm
        if open_descriptors:
            os.close(open_descriptors.pop())

    return release


def remove_unless_held(folder: Path, file: Path) -> bool:
    """Remove `folder` unless somebody holds `file` in it; whether it is gone.

    Nobody can begin to hold it meanwhile.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # First out of sight: what is cut off while it is removed must not look like a generation.
        removed = folder.with_name(f".removing-{folder.name}")
        folder.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
