"""A generation's files in a Chroma collection, in pieces, and the copy of them that each machine reads.

Chroma holds rows, not files: a row here is one piece of one file. Who reads a generation takes its
files over once, checks them against the manifest, and maps them into memory as if they had been
written here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.manifest import FILES, MANIFEST, Manifest, file_digests, read_manifest

PIECE = 4 << 20  # bytes; a server takes 40 MB a call
COPYING = ".copying-"


def upload(folder: Path, collection: Any) -> None:
    """Put the files of the generation in `folder` into the collection, which is empty."""
    for name in FILES:
        with (folder / name).open("rb") as file:
            for number, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
                collection.add(
                    ids=[_id(name, number)],
                    embeddings=[[1.0]],  # every row has one; nobody searches these
                    metadatas=[{"bytes": base64.b64encode(piece).decode("ascii")}],
                )


def pieces(name: str, collection: Any) -> Iterator[bytes]:
    """The pieces of one file, in order."""
    number = 0
    while rows := collection.get(ids=[_id(name, number)], include=["metadatas"])["metadatas"]:
        yield base64.b64decode(rows[0]["bytes"], validate=True)
        number += 1


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
        for file_name, digest in file_digests(draft).items():
            if digest != manifest.files[file_name]:
                raise ValueError(f"{file_name} is not the file that was published")
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
