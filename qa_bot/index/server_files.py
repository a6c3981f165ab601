"""A generation's files in a Chroma collection, in pieces, and the copy of them that each machine reads.

Chroma holds rows, not files: a row here is one piece of one file. Whoever reads a generation takes its
files over once, checks them against the manifest, and maps them into memory as if they had been
written here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count, islice
from pathlib import Path
from typing import Any

from qa_bot.index.manifest import (
    FILES,
    MANIFEST,
    Manifest,
    file_digests,
    read_manifest,
    refuse_changed,
)

PIECE = 256 << 10  # bytes a row
BATCH = 16  # rows a call; a server takes 40 MB
COPYING = ".copying-"


def upload(folder: Path, collection: Any) -> None:
    """Put the files of the generation in `folder` into the collection, which is empty."""
    for name in FILES:
        with (folder / name).open("rb") as file:
            numbered = enumerate(iter(lambda: file.read(PIECE), b""))
            while batch := list(islice(numbered, BATCH)):
                collection.add(
                    ids=[_id(name, number) for number, _ in batch],
                    embeddings=[[1.0]] * len(batch),  # every row has one; nobody searches these
                    metadatas=[{"bytes": b64encode(piece).decode("ascii")} for _, piece in batch],
                )


def pieces(name: str, collection: Any) -> Iterator[bytes]:
    """The pieces of one file, in order."""
    for first in count(0, BATCH):
        ids = [_id(name, number) for number in range(first, first + BATCH)]
        rows = collection.get(ids=ids, include=["metadatas"])
        found = dict(zip(rows["ids"], rows["metadatas"], strict=True))
        for id_ in ids:
            if id_ not in found:
                return
            yield b64decode(found[id_]["bytes"], validate=True)


def one_file(name: str, collection: Any, manifest: Manifest) -> bytes:
    """One file as a whole.

    :raises ValueError: it is not the file that was published.
    """
    content = b"".join(pieces(name, collection))
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise ValueError(f"{name} is not the file that was published")
    return content


def download(collection: Any, manifest: Manifest, copies: Path, name: str) -> Path:
    """The folder `copies`/`name` with the files of a generation; taken over unless it is there.

    :raises ValueError: a file is not the one that was published.
    :raises OSError: the folder cannot be written.
    """
    copy = copies / name
    if is_copy(copy, manifest):
        return copy
    copies.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=COPYING, dir=copies))
    try:
        for file_name in manifest.files:
            with (draft / file_name).open("wb") as file:
                file.writelines(pieces(file_name, collection))
        refuse_changed(draft, manifest, manifest.files)
        (draft / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        draft.chmod(0o755)  # mkdtemp keeps others out, but several apps may read one copy
        if not is_copy(copy, manifest):  # another app may have been faster
            shutil.rmtree(copy, ignore_errors=True)
            draft.rename(copy)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return copy


def is_copy(folder: Path, manifest: Manifest) -> bool:
    """Whether `folder` holds the files of this generation, whole."""
    try:
        return read_manifest(folder) == manifest and file_digests(folder) == manifest.files
    except (OSError, ValueError, TypeError):
        return False


def _id(name: str, number: int) -> str:
    return f"{name}/{number:06}"
