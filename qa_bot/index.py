"""The folder of generations: publish a new one beside the old, verify it, flip one pointer.

    index/
    ├── current                    the name of the generation being served; replaced atomically
    ├── 20261121T101500-1f2e3d4c/  a generation (see `store`)
    └── .building-…/               an unfinished one; removed by the next publish

Readers never see a half-done update: until `current` is replaced they keep the old generation, and
its folder stays for those who have it open.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa_bot.embedding import Encoder
from qa_bot.errors import (
    DamagedIndexError,
    NoIndexError,
    StoreError,
    StoreWriteError,
    WrongEncoderError,
)
from qa_bot.passages import RULES_VERSION
from qa_bot.records import Corpus
from qa_bot.store import Generation, Manifest, Progress, corpus_digest, verify, write

CURRENT = "current"
BUILDING = ".building-"
KEPT = 5  # generations, so that one step back is always possible


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a publish. `changed` is False when the same was already being served."""

    name: str
    manifest: Manifest
    changed: bool


def current_name(index: Path) -> str:
    """The name of the generation being served.

    :raises NoIndexError: nothing has been published here.
    """
    try:
        return (index / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise NoIndexError(
            f"There is no index in {index}; run `python ingest.py` to publish the articles."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedIndexError(
            f"The pointer {index / CURRENT} cannot be read ({error}); run `python ingest.py`."
        ) from None


def open_current(index: Path, encoder_fingerprint: str) -> Generation:
    """Open the generation being served.

    :raises NoIndexError: nothing has been published here.
    :raises WrongEncoderError: it was published with another encoder.
    :raises DamagedIndexError: it cannot be read, or was cut into sentences by other rules.
    """
    name = current_name(index)
    generation = Generation.open(index / name)
    if generation.manifest.encoder != encoder_fingerprint:
        raise WrongEncoderError(
            f"The index in {index} was published with the encoder {generation.manifest.encoder}, but "
            f"{encoder_fingerprint} is asked for; run `python ingest.py`, or set "
            "QA_BOT_EMBEDDING_MODEL back."
        )
    return generation


def publish(
    corpus: Corpus,
    encoder: Encoder,
    index: Path,
    *,
    now: datetime,
    progress: Progress,
) -> Published:
    """Make `corpus` what readers see. Until the last step nothing changes for them.

    :raises StoreWriteError: the folder cannot be written, or another publish is at work.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / ".lock", timeout=0):
            return _publish(corpus, encoder, index, now=now, progress=progress)
    except Timeout:
        raise StoreWriteError(
            f"Another publish into {index} is at work; try again when it is done."
        ) from None
    except OSError as error:
        raise StoreWriteError(
            f"The index folder {index} cannot be written ({error.strerror or error}); make room or "
            "change its permissions. Readers keep what was published before."
        ) from error


def _publish(
    corpus: Corpus,
    encoder: Encoder,
    index: Path,
    *,
    now: datetime,
    progress: Progress,
) -> Published:
    old = _usable(index)
    wanted = (encoder.fingerprint, RULES_VERSION, corpus_digest(corpus))
    if old is not None and old.manifest.made_of() == wanted and _is_sound(old):
        return Published(old.folder.name, old.manifest, changed=False)
    for unfinished in index.glob(f"{BUILDING}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=index))
    try:
        same_encoder = old is not None and old.manifest.encoder == encoder.fingerprint
        generation = write(
            building,
            corpus,
            encoder,
            published=now.isoformat(timespec="seconds"),
            known=old.vectors if old is not None and same_encoder else None,
            progress=progress,
        )
        generation.close()
        manifest = generation.manifest
        name = f"{now:%Y%m%dT%H%M%S%f}-{manifest.corpus_digest[:8]}"
        building.chmod(0o755)  # mkdtemp keeps others out, but several apps may read one index
        building.rename(index / name)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _point(index, name)
    _prune(index, name)
    return Published(name, manifest, changed=True)


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
    finally:
        generation.close()
    return True


def _point(index: Path, name: str) -> None:
    """Serve generation `name` from now on, in one atomic step."""
    draft = index / f".{CURRENT}.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(index / CURRENT)


def _prune(index: Path, serving: str) -> None:
    """Remove all but the newest `KEPT` generations."""
    generations = sorted(path for path in index.iterdir() if (path / "manifest.json").is_file())
    for path in generations[:-KEPT]:
        if path.name != serving:
            shutil.rmtree(path, ignore_errors=True)
