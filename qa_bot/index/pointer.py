"""Which generation of an index readers are served: one small file, replaced in one atomic step."""

from __future__ import annotations

import os
from pathlib import Path

from qa_bot.errors import DamagedIndexError, NoIndexError
from qa_bot.index.manifest import MANIFEST

CURRENT = "current"
KEPT = 5  # generations, so that a step back is always possible


def current_name(index: Path) -> str:
    """The name of the generation being served.

    :raises NoIndexError: nothing has been published here.
    """
    try:
        return (index / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(
            f"There is no index in {index}; run `.venv/bin/python ingest.py` to publish the articles."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedIndexError(
            f"The pointer {index / CURRENT} cannot be read ({error}); run `.venv/bin/python ingest.py`."
        ) from None


def generation_names(index: Path) -> list[str]:
    """The names of all finished generations, oldest first."""
    return sorted(path.parent.name for path in index.glob(f"[!.]*/{MANIFEST}"))


def point(index: Path, name: str) -> None:
    """Serve generation `name` from now on, in one atomic step."""
    draft = index / f".{CURRENT}.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(index / CURRENT)
