"""Files that somebody asked for: written whole, or one sentence that says why not."""

from __future__ import annotations

from pathlib import Path

from qa_bot.errors import FileWriteError


def write_text(path: Path, content: str) -> None:
    """Write `content` into the file `path`; the folders above it are made.

    :raises FileWriteError: that is not possible.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise FileWriteError(
            f"{path} cannot be written ({error.strerror or error}); make room, or name another place."
        ) from None
