"""Generations on a Chroma server, so that any number of chats, on any machines, follow one flip.

    qa-bot                                    the register: `current` is in its metadata, rollbacks
                                              are its rows
    qa-bot.20261121T101500000000-1f2e3d4c     the passages of a generation; its metadata get the
                                              manifest last, and without one it is unfinished
    qa-bot.20261121T101500000000-1f2e3d4c.files  what else belongs to it (see `server_files`)

Each machine keeps copies of those files in a folder of its own, which may be removed at any time.
Nobody can lock a server: whoever flips the pointer looks first whether somebody else did meanwhile.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from qa_bot.errors import DamagedIndexError, NoIndexError, StoreError, StoreWriteError
from qa_bot.files import remove_litter
from qa_bot.index.chroma import Passages
from qa_bot.index.chroma_server import Server
from qa_bot.index.damage import damage_named
from qa_bot.index.generation import Generation
from qa_bot.index.holding import remove_unless_held
from qa_bot.index.manifest import CORPUS, MANIFEST, Manifest, manifest_of, read_manifest
from qa_bot.index.server_files import COPYING, download, one_file, upload
from qa_bot.index.stored import from_json
from qa_bot.index.stores import ENCODERS, Building, Flip, began
from qa_bot.records import Corpus

REGISTER, CURRENT = "qa-bot", "current"
PREFIX, FILES = "qa-bot.", ".files"
OURS = re.compile(r"qa-bot\.(?P<name>\d{8}T\d{12}-[0-9a-f]{8})(?P<files>\.files)?")
COPIES = "copies"
PAGE = 100  # collections listed a call
ABANDONED = timedelta(days=1)  # a publish that has not finished by then never will


class ServerStore:
    """Generations on the server at `url`, http://host:port; copies of their files in `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.place = url
        self.encoders = folder / ENCODERS
        self._copies = folder / COPIES
        self._server = Server(url)

    def current(self) -> str:
        name = self._pointer()
        if not name:
            raise NoIndexError(
                f"Nothing is published on {self.place}; run `.venv/bin/python ingest.py` to publish the "
                "articles."
            )
        return name

    def names(self) -> list[str]:
        return sorted(name for name, found in self._collections().items() if MANIFEST in found)

    def manifest(self, name: str) -> Manifest:
        with self._reading(name):
            metadata = self._server.collection(PREFIX + name).metadata or {}
            return manifest_of(metadata[MANIFEST])

    def corpus(self, name: str) -> Corpus:
        manifest = self.manifest(name)
        with self._reading(name):
            content = one_file(CORPUS, self._server.collection(PREFIX + name + FILES), manifest)
            return from_json(json.loads(content))

    def open(self, name: str) -> Generation:
        manifest = self.manifest(name)
        with self._reading(name):
            files = self._server.collection(PREFIX + name + FILES)
            try:
                copy = download(files, manifest, self._copies, name)
            except OSError as error:
                raise StoreWriteError(
                    f"The folder {self._copies} for copies cannot be written "
                    f"({error.strerror or error}); make room or change its permissions."
                ) from None
            generation = Generation.open(copy, self._searched(name))
            if generation.count() != manifest.passages:
                generation.close()
                raise ValueError("passages are missing")
        self._forget_copies(name)
        return generation

    def seems_whole(self, name: str) -> bool:
        with suppress(DamagedIndexError):
            manifest = self.manifest(name)
            with self._reading(name):
                one_file(CORPUS, self._server.collection(PREFIX + name + FILES), manifest)
                return self._searched(name).count() == manifest.passages
        return False

    @contextmanager
    def changing(self) -> Iterator[Flip]:
        before = self._pointer()

        def flip(name: str) -> None:
            with self._server.asking():
                register = self._server.client().get_or_create_collection(
                    REGISTER, embedding_function=None
                )
                if str((register.metadata or {}).get(CURRENT, "")) != before:
                    raise StoreWriteError(
                        f"Somebody else published to {self.place} meanwhile; look with "
                        "`.venv/bin/python ingest.py history`, then do it again."
                    )
                register.modify(metadata={CURRENT: name})

        try:
            yield flip
        except OSError as error:
            raise StoreWriteError(
                f"The index on {self.place} cannot be written ({error.strerror or error}). Readers "
                "keep what was published before."
            ) from error

    @contextmanager
    def building(self, name: str) -> Iterator[Building]:
        self._remove_abandoned(name)
        self._copies.mkdir(parents=True, exist_ok=True)
        remove_litter(self._copies)
        draft = Path(tempfile.mkdtemp(prefix=COPYING, dir=self._copies))
        try:
            yield Building(draft, self._searched(name))
            with self._server.asking():
                client = self._server.client()
                files = client.create_collection(PREFIX + name + FILES, embedding_function=None)
                upload(draft, files)
                manifest = read_manifest(draft)
                try:  # what was written is what is read
                    download(files, manifest, self._copies, name)
                except ValueError as error:
                    raise OSError(str(error)) from error
                self._server.collection(PREFIX + name).modify(
                    metadata={MANIFEST: json.dumps(asdict(manifest))}
                )
        except BaseException:
            with suppress(StoreError):
                self._remove(name)
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def prune(self, serving: str, keep: int) -> None:
        # Nobody tells a server who reads. A chat follows with its next question, so only the
        # generation just left can still be in use.
        for name in self.names()[: -max(keep, 2)]:
            if name != serving:
                self._remove(name)

    def record(self, step: Mapping[str, str]) -> None:
        with self._server.asking():
            register = self._server.collection(REGISTER)
            register.add(
                ids=[f"{step['when']} {step['back_to']}"],
                embeddings=[[1.0]],
                metadatas=[dict(step)],
            )

    def steps(self) -> Sequence[Mapping[str, str]]:
        with self._server.asking():
            from chromadb.errors import NotFoundError

            try:
                found = self._server.collection(REGISTER).get(include=["metadatas"])["metadatas"]
            except NotFoundError:
                return ()
        return sorted(found, key=lambda step: str(step.get("when")))

    def _pointer(self) -> str:
        """The name of the generation being served, "" where nothing was ever published."""
        with self._server.asking():
            from chromadb.errors import NotFoundError

            try:
                return str((self._server.collection(REGISTER).metadata or {}).get(CURRENT, ""))
            except NotFoundError:
                return ""

    def _collections(self) -> dict[str, Mapping[str, Any]]:
        """The metadata of every collection of ours, by generation; those of files left out."""
        found: dict[str, Mapping[str, Any]] = {}
        with self._server.asking():
            client, first = self._server.client(), 0
            while page := client.list_collections(limit=PAGE, offset=first):
                first += PAGE
                for one in page:
                    if ours := OURS.fullmatch(one.name):
                        metadata = {} if ours["files"] else one.metadata or {}
                        found[ours["name"]] = {**found.get(ours["name"], {}), **metadata}
        return found

    def _remove_abandoned(self, building: str) -> None:
        for name, metadata in self._collections().items():
            if MANIFEST not in metadata and began(name) < began(building) - ABANDONED:
                self._remove(name)

    def _remove(self, name: str) -> None:
        """Remove both collections; the one that says that there is something first."""
        with self._server.asking():
            from chromadb.errors import NotFoundError

            for collection in (PREFIX + name, PREFIX + name + FILES):
                with suppress(NotFoundError):
                    self._server.client().delete_collection(collection)

    def _forget_copies(self, opened: str) -> None:
        """Remove the copies of generations that are gone, unless somebody still reads them."""
        kept = {opened, *self.names()}
        for manifest in self._copies.glob(f"[!.]*/{MANIFEST}"):
            if manifest.parent.name not in kept:
                with suppress(OSError):
                    remove_unless_held(manifest.parent, manifest)

    def _searched(self, name: str) -> Passages:
        return Passages(
            PREFIX + name,
            self._server.client,
            f"{self.place} ({name})",
            close=False,
            guard=self._server.asking,
        )

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        with damage_named(f"{self.place} ({name})"), self._server.asking():
            yield
