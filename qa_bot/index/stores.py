"""Where generations are kept, and which of them readers are served: a folder, or a Chroma server.

Both forms promise the same: a generation is seen when it is finished and not before, never changes
after that, and one step, which others see whole or not at all, makes another one the one being served.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from qa_bot.index.chroma import Passages
    from qa_bot.index.generation import Generation
    from qa_bot.index.manifest import Manifest
    from qa_bot.records import Corpus

ENCODERS = "encoders"  # the folder of the encoders' ONNX forms, beside the generations
NAMED_AFTER = "%Y%m%dT%H%M%S%f"  # the time of its publish, in the name of a generation
Flip = Callable[[str], None]  # makes the generation of this name the one being served


@dataclass(frozen=True, slots=True)
class Building:
    """Where a new generation is being written: `folder` is empty, the collection not yet made."""

    folder: Path
    searched: Passages


class Store(Protocol):
    """Generations by name; names sort by age. Errors are `StoreError`s, one sentence each."""

    @property
    def place(self) -> str:
        """Where that is, for people."""

    @property
    def encoders(self) -> Path:
        """A folder of this machine for the encoders' ONNX forms."""

    def __hash__(self) -> int: ...

    def current(self) -> str:
        """The name of the generation being served.

        :raises NoIndexError: nothing has been published here.
        """

    def names(self) -> list[str]:
        """The names of all finished generations, oldest first."""

    def manifest(self, name: str) -> Manifest:
        """What a generation was made of.

        :raises DamagedIndexError: it is not there, or cannot be read.
        """

    def corpus(self, name: str) -> Corpus:
        """Its articles, without opening anything else.

        :raises DamagedIndexError: they are not there, or not those that were published.
        """

    def open(self, name: str) -> Generation:
        """Open a generation.

        :raises DamagedIndexError: a part is missing or does not agree with the manifest.
        """

    def seems_whole(self, name: str) -> bool:
        """Whether a quick look finds all that was written; without a model, within a second."""

    def changing(self) -> AbstractContextManager[Flip]:
        """While inside, what is being served changes by the result alone.

        :raises StoreWriteError: somebody else is at it, or nothing can be written.
        """

    def building(self, name: str) -> AbstractContextManager[Building]:
        """Add the generation that is written inside; it is finished when left without an error."""

    def prune(self, serving: str, keep: int) -> None:
        """Remove all but the newest `keep` generations, and what is served or still being read."""

    def record(self, step: Mapping[str, str]) -> None:
        """Keep a note of a rollback."""

    def steps(self) -> Sequence[Mapping[str, str]]:
        """What was recorded, oldest first; what cannot be read is passed over."""


def began(name: str) -> datetime:
    """When the publish of that name began; in UTC.

    :raises ValueError: it is no name of a generation.
    """
    return datetime.strptime(name.partition("-")[0], NAMED_AFTER).replace(tzinfo=UTC)


def rolled_back(store: Store) -> frozenset[str]:
    """Names of the generations that a step back left behind, and that were not gone back to since."""
    names, behind = store.names(), set[str]()
    for step in store.steps():
        before, after = str(step.get("left")), str(step.get("back_to"))
        behind |= {name for name in names if after < name <= before}
        behind.discard(after)
    return frozenset(behind)


def current_user() -> str:
    """The name of the person at work, as the system knows it; "" where it does not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return ""
