"""Publish a new generation beside the old: verify it, flip one pointer. Open the one being served.

Readers never see a half-done update: until the pointer moves they keep the old generation. Should the
one being served be damaged, they get the last good one, and the log says so. Where generations are
kept is a `Store`'s business.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qa_bot.articles.passages import RULES_VERSION
from qa_bot.embedding.encoder import Encoder
from qa_bot.errors import DamagedIndexError, StoreError, StoreServerError, WrongEncoderError
from qa_bot.index.generation import Generation
from qa_bot.index.manifest import Manifest, corpus_digest
from qa_bot.index.pointer import KEPT
from qa_bot.index.stores import NAMED_AFTER, Store, began, current_user, rolled_back
from qa_bot.index.vectors import TextVectors
from qa_bot.index.verifying import verify
from qa_bot.index.writing import Progress, unseen, write
from qa_bot.records import Corpus

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a publish. `changed` is False when the same was already being served.

    `replaced`: what readers had before, None where nothing was published.
    """

    name: str
    manifest: Manifest
    changed: bool
    replaced: Corpus | None = None


def open_current(store: Store, encoder_fingerprint: str) -> Generation:
    """Open the generation being served; where it is damaged, the newest older one that is whole and was
    not stepped back from.

    :raises NoIndexError: nothing has been published here.
    :raises WrongEncoderError: it was published with another encoder.
    :raises DamagedIndexError: it cannot be read, or was cut into sentences by other rules, and there
        is no older one to fall back on.
    :raises StoreServerError: the store is on a server that does not answer.
    """
    name = ""
    try:
        name = store.current()
        return _open_sound(store, name, encoder_fingerprint)
    except DamagedIndexError as error:
        with suppress(StoreError):  # another publish may have moved on and removed it meanwhile
            if name and store.current() != name:
                return open_current(store, encoder_fingerprint)
        generation = _last_good(store, encoder_fingerprint, name)
        if generation is None:
            raise
        LOG.error("%s Until then readers are served %s.", error, generation.name)
        return generation


def _open_sound(store: Store, name: str, encoder_fingerprint: str) -> Generation:
    generation = store.open(name)
    if generation.manifest.encoder != encoder_fingerprint:
        generation.close()
        raise WrongEncoderError(
            f"The index in {store.place} was published with the encoder "
            f"{generation.manifest.encoder}, but {encoder_fingerprint} is asked for; run "
            "`.venv/bin/python ingest.py`, or set QA_BOT_EMBEDDING_MODEL back."
        )
    try:
        generation.try_out()
    except DamagedIndexError:
        generation.close()
        raise
    return generation


def _last_good(store: Store, encoder_fingerprint: str, serving: str) -> Generation | None:
    """The newest before `serving`, or of all where that is no name of one, that can be served."""
    avoided, names = rolled_back(store), store.names()
    for name in reversed(names):
        if name not in avoided and (serving not in names or name < serving):
            with suppress(StoreError):
                return _open_sound(store, name, encoder_fingerprint)
    return None


def publish(
    corpus: Corpus,
    encoder: Encoder,
    store: Store,
    *,
    now: datetime,
    progress: Progress = unseen,
    keep: int = KEPT,
    known_from: Store | None = None,
) -> Published:
    """Make `corpus` what readers see. Until the last step nothing changes for them.

    :param now: with a time zone; the new generation is named after it.
    :param keep: generations that stay, the new one included; those still being read stay anyway.
    :param known_from: another store whose vectors may be taken over; None: what `store` serves.
    :raises StoreWriteError: the store cannot be written, or another publish is at work.
    """
    with store.changing() as flip:
        if not known_from:
            encoder.export()
        old = _usable(known_from or store)
        try:
            wanted = (encoder.fingerprint, RULES_VERSION, corpus_digest(corpus))
            if not known_from and old and old.manifest.made_of() == wanted and _is_sound(old):
                return Published(old.name, old.manifest, changed=False)
            same_encoder = old is not None and old.manifest.encoder == encoder.fingerprint
            known = old.vectors if old is not None and same_encoder else None
            name = _name(now, corpus, store.names())
            manifest = _build(store, name, corpus, encoder, now, known, progress)
            flip(name)
            # Readers have the new one; older ones that cannot be removed now go with the next.
            with suppress(OSError, StoreError):
                store.prune(name, keep)
            return Published(name, manifest, changed=True, replaced=old.corpus if old else None)
        finally:
            if old is not None:
                old.close()


def _name(now: datetime, corpus: Corpus, names: Sequence[str]) -> str:
    """The name of a new generation: names sort by age, whatever the clock of this machine says."""
    named = now.astimezone(UTC)
    with suppress(IndexError, ValueError):
        named = max(named, began(names[-1]) + timedelta(microseconds=1))
    return f"{named:{NAMED_AFTER}}-{corpus_digest(corpus)[:8]}"


def _build(
    store: Store,
    name: str,
    corpus: Corpus,
    encoder: Encoder,
    now: datetime,
    known: TextVectors | None,
    progress: Progress,
) -> Manifest:
    """Add a generation that nobody sees yet: what it is made of."""
    with store.building(name) as place:
        generation = write(
            place.folder,
            place.searched,
            corpus,
            encoder,
            published=now.isoformat(timespec="seconds"),
            published_by=current_user(),
            known=known,
            progress=progress,
        )
        try:
            verify(generation)
        finally:
            generation.close()
    return generation.manifest


def _usable(store: Store) -> Generation | None:
    """The generation being served, or None where there is none that can be read."""
    try:
        generation = store.open(store.current())
        generation.vectors  # noqa: B018  (damaged vectors show here)
    except StoreServerError:
        raise
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
