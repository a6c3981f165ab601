"""A folder of generations: build a new one beside the old, flip one pointer.

    index/
    ├── current                          the name of the generation being served; replaced atomically
    ├── 20261121T101500000000-1f2e3d4c/  a generation: its files, and a Chroma folder of its own
    ├── encoders/                        the encoder's ONNX form, which chats start from
    ├── rollbacks.jsonl                  the steps back that were taken
    ├── .building-…/                     an unfinished one; removed by the next publish
    └── .lock                            held by the process that publishes or rolls back

A generation's folder stays for those who have it open.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from qa_bot.errors import StoreWriteError
from qa_bot.files import remove_litter
from qa_bot.index.chroma import COLLECTION, Passages, folder_client
from qa_bot.index.damage import damage_named
from qa_bot.index.holding import remove_unless_held
from qa_bot.index.manifest import (
    CHROMA,
    CORPUS,
    MANIFEST,
    Manifest,
    file_digests,
    read_manifest,
    refuse_changed,
    store_digests,
)
from qa_bot.index.pointer import current_name, generation_names, point
from qa_bot.index.stored import from_json
from qa_bot.index.stores import ENCODERS, Building, Flip, current_user
from qa_bot.records import Corpus

if TYPE_CHECKING:
    from qa_bot.index.generation import Generation

BUILDING = ".building-"
DATABASE = "chroma.sqlite3"
STEPS = "rollbacks.jsonl"


@dataclass(frozen=True)
class FolderStore:
    """Generations in `folder`, which is made by the first publish."""

    folder: Path

    @property
    def place(self) -> str:
        return str(self.folder)

    @property
    def encoders(self) -> Path:
        return self.folder / ENCODERS

    def current(self) -> str:
        return current_name(self.folder)

    def names(self) -> list[str]:
        return generation_names(self.folder)

    def manifest(self, name: str) -> Manifest:
        with damage_named(str(self.folder / name)):
            return read_manifest(self.folder / name)

    def corpus(self, name: str) -> Corpus:
        folder = self.folder / name
        with damage_named(str(folder)):
            refuse_changed(folder, read_manifest(folder), (CORPUS,))
            return from_json(json.loads((folder / CORPUS).read_text(encoding="utf-8")))

    def open(self, name: str) -> Generation:
        # Heavy, and not needed for the articles alone.
        from qa_bot.index.generation import Generation

        return Generation.open(self.folder / name, folder_passages(self.folder / name))

    def seems_whole(self, name: str) -> bool:
        folder = self.folder / name
        try:
            manifest = read_manifest(folder)
            return (
                file_digests(folder) == manifest.files
                and store_digests(folder) == manifest.store_files
                and _is_sound(folder / CHROMA / DATABASE)
            )
        except (OSError, ValueError, TypeError, sqlite3.Error):
            return False

    @contextmanager
    def changing(self) -> Iterator[Flip]:
        lock = FileLock(self.folder / ".lock", timeout=0)
        holder = self.folder / ".lock-holder"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with lock:
                holder.write_text(f"{current_user()}, process {os.getpid()}", encoding="utf-8")
                yield partial(point, self.folder)
        except Timeout:
            named = holder.read_text(encoding="utf-8") if holder.is_file() else "not named"
            raise StoreWriteError(
                f"Another publish into {self.folder} is at work ({named}); try again when it is done."
            ) from None
        except OSError as error:
            raise StoreWriteError(
                f"The index folder {self.folder} cannot be written ({error.strerror or error}); make "
                "room or change its permissions. Readers keep what was published before."
            ) from error

    @contextmanager
    def building(self, name: str) -> Iterator[Building]:
        remove_litter(self.folder)
        for unfinished in self.folder.glob(f"{BUILDING}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=BUILDING, dir=self.folder))
        try:
            yield Building(draft, folder_passages(draft))
            draft.chmod(0o755)  # mkdtemp keeps others out, but several apps may read one index
            draft.rename(self.folder / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def prune(self, serving: str, keep: int) -> None:
        for name in self.names()[:-keep]:
            if name != serving:
                remove_unless_held(self.folder / name, self.folder / name / MANIFEST)

    def record(self, step: Mapping[str, str]) -> None:
        with (self.folder / STEPS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(step)) + "\n")

    def steps(self) -> Sequence[Mapping[str, str]]:
        found = []
        try:
            lines = (self.folder / STEPS).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return ()
        for line in lines:
            try:
                step = json.loads(line)
            except ValueError:
                continue
            found += [step] if isinstance(step, dict) else []
        return found


def folder_passages(folder: Path) -> Passages:
    """The passages of the generation in `folder`."""
    return Passages(COLLECTION, partial(folder_client, folder / CHROMA), str(folder))


def _is_sound(database: Path) -> bool:
    """Whether every page of a SQLite file can be read and fits the others."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
        return [row[0] for row in opened.execute("PRAGMA quick_check")] == ["ok"]
