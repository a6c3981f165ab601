"""The folder of generations: publish a new one beside the old, verify it, flip one pointer.

    index/
    ├── current                    the name of the generation being served; replaced atomically
    ├── 20261121T101500-1f2e3d4c/  a generation (see `store`)
    ├── .building-…/               an unfinished one; removed by the next publish
    └── .lock                      held by the process that publishes or rolls back

Readers never see a half-done update: until `current` is replaced they keep the old generation, and
its folder stays for those who have it open. Should the one being served be damaged, readers get the
last good one, and the log says so.
"""

from __future__ import annotations

import getpass
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa_bot.embedding import Encoder
from qa_bot.errors import (
    DamagedIndexError,
    StoreError,
    StoreWriteError,
    WrongEncoderError,
)
from qa_bot.holding import remove_unless_held
from qa_bot.manifest import MANIFEST, Manifest, corpus_digest
from qa_bot.passages import RULES_VERSION
from qa_bot.pointer import KEPT, generation_names, point
from qa_bot.pointer import current_name as current_name
from qa_bot.records import Article, Corpus
from qa_bot.store import Generation, Progress, write
from qa_bot.vectors import TextVectors
from qa_bot.verifying import verify

_log = logging.getLogger(__name__)

BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a publish. `changed` is False when the same was already being served.

    `replaced`: the articles that readers had before, () where none were published.
    """

    name: str
    manifest: Manifest
    changed: bool
    replaced: tuple[Article, ...] = ()


def open_current(index: Path, encoder_fingerprint: str) -> Generation:
    """Open the generation being served; where it is damaged, the newest older one that is whole.

    :raises NoIndexError: nothing has been published here.
    :raises WrongEncoderError: it was published with another encoder.
    :raises DamagedIndexError: it cannot be read, or was cut into sentences by other rules, and there
        is no older one to fall back on.
    """
    name = ""
    try:
        name = current_name(index)
        return _open_sound(index / name, encoder_fingerprint)
    except DamagedIndexError as error:
        with suppress(StoreError):  # another publish may have moved on and removed it meanwhile
            if name and current_name(index) != name:
                return open_current(index, encoder_fingerprint)
        generation = _last_good(index, encoder_fingerprint)
        if generation is None:
            raise
        _log.error("%s Until then readers are served %s.", error, generation.folder.name)
        return generation


def _open_sound(folder: Path, encoder_fingerprint: str) -> Generation:
    generation = Generation.open(folder)
    if generation.manifest.encoder != encoder_fingerprint:
        generation.close()
        raise WrongEncoderError(
            f"The index in {folder.parent} was published with the encoder "
            f"{generation.manifest.encoder}, but {encoder_fingerprint} is asked for; run "
            "`python ingest.py`, or set QA_BOT_EMBEDDING_MODEL back."
        )
    try:
        generation.try_out()
    except DamagedIndexError:
        generation.close()
        raise
    return generation


def _last_good(index: Path, encoder_fingerprint: str) -> Generation | None:
    for name in reversed(generation_names(index)):
        try:
            return _open_sound(index / name, encoder_fingerprint)
        except StoreError:
            continue
    return None


@contextmanager
def changing(index: Path) -> Iterator[None]:
    """While inside, nobody else publishes into `index` or rolls it back.

    :raises StoreWriteError: somebody else is at it, or the folder cannot be written.
    """
    lock = FileLock(index / ".lock", timeout=0)
    holder = index / ".lock-holder"
    try:
        index.mkdir(parents=True, exist_ok=True)
        with lock:
            holder.write_text(f"{who()}, process {os.getpid()}", encoding="utf-8")
            yield
    except Timeout:
        named = holder.read_text(encoding="utf-8") if holder.is_file() else "not named"
        raise StoreWriteError(
            f"Another publish into {index} is at work ({named}); try again when it is done."
        ) from None
    except OSError as error:
        raise StoreWriteError(
            f"The index folder {index} cannot be written ({error.strerror or error}); make room or "
            "change its permissions. Readers keep what was published before."
        ) from error


def who() -> str:
    """The name of the person at work, as the system knows it; "" where it does not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return ""


def publish(
    corpus: Corpus,
    encoder: Encoder,
    index: Path,
    *,
    now: datetime,
    progress: Progress,
    keep: int = KEPT,
    known_from: Path | None = None,
) -> Published:
    """Make `corpus` what readers see. Until the last step nothing changes for them.

    :param keep: generations that stay, the new one included; those still being read stay anyway.
    :param known_from: another index whose vectors may be taken over; None: what `index` serves.
    :raises StoreWriteError: the folder cannot be written, or another publish is at work.
    """
    with changing(index):
        if not known_from:
            encoder.export()
        old = _usable(known_from or index)
        try:
            wanted = (encoder.fingerprint, RULES_VERSION, corpus_digest(corpus))
            if not known_from and old and old.manifest.made_of() == wanted and _is_sound(old):
                return Published(old.folder.name, old.manifest, changed=False)
            same_encoder = old is not None and old.manifest.encoder == encoder.fingerprint
            known = old.vectors if old is not None and same_encoder else None
            name, manifest = _build(index, corpus, encoder, now, known, progress)
            point(index, name)
            _prune(index, name, keep)
            replaced = tuple(old.articles.values()) if old else ()
            return Published(name, manifest, changed=True, replaced=replaced)
        finally:
            if old is not None:
                old.close()


def _build(
    index: Path,
    corpus: Corpus,
    encoder: Encoder,
    now: datetime,
    known: TextVectors | None,
    progress: Progress,
) -> tuple[str, Manifest]:
    """Add a generation that nobody sees yet: its name and what it is made of."""
    for unfinished in index.glob(f"{BUILDING}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=index))
    try:
        generation = write(
            building,
            corpus,
            encoder,
            published=now.isoformat(timespec="seconds"),
            published_by=who(),
            known=known,
            progress=progress,
        )
        try:
            verify(generation)
        finally:
            generation.close()
        name = f"{now:%Y%m%dT%H%M%S%f}-{generation.manifest.corpus_digest[:8]}"
        building.chmod(0o755)  # mkdtemp keeps others out, but several apps may read one index
        building.rename(index / name)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return name, generation.manifest


def _usable(index: Path) -> Generation | None:
    """The generation being served, or None where there is none that can be read."""
    try:
        generation = Generation.open(index / current_name(index))
        generation.vectors  # noqa: B018  (damaged vectors show here)
    except StoreError:
        return None
    return generation


def _is_sound(generation: Generation) -> bool:
    """Whether the store still gives back what was published."""
    try:
        verify(generation)
    except StoreError:
        return False
    return True


def _prune(index: Path, serving: str, keep: int) -> None:
    """Remove all but the newest `keep` generations, and what is served or still being read."""
    for name in generation_names(index)[:-keep]:
        if name != serving:
            remove_unless_held(index / name, index / name / MANIFEST)
