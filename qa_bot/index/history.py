"""Who published what, when; and stepping back to it. Flips the pointer, writes no generation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from qa_bot.errors import DamagedIndexError, NoIndexError, StoreError, WrongEncoderError
from qa_bot.index.manifest import Manifest
from qa_bot.index.stores import Store, current_user, rolled_back
from qa_bot.index.verifying import verify
from qa_bot.wording import count, day_and_time


@dataclass(frozen=True, slots=True)
class Entry:
    """One generation that is kept. `manifest` is None where it cannot be read."""

    name: str
    manifest: Manifest | None
    is_served: bool

    def __str__(self) -> str:
        mark = "→" if self.is_served else " "
        manifest = self.manifest
        if manifest is None:
            return f"{mark} {self.name}  cannot be read"
        by = f" by {manifest.published_by}" if manifest.published_by else ""
        return (
            f"{mark} {self.name}  {day_and_time(manifest.published)}{by}: "
            f"{count(manifest.articles, 'article')}, {count(manifest.sentences, 'sentence')}, "
            f"digest {manifest.corpus_digest}"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One rollback: when (ISO 8601), by whom ("" where nobody is named), between which generations."""

    when: str
    by: str
    left: str
    back_to: str

    def __str__(self) -> str:
        by = f" by {self.by}" if self.by else ""
        return f"  {day_and_time(self.when)}{by}: stepped back from {self.left} to {self.back_to}"


def history(store: Store) -> tuple[Entry, ...]:
    """All generations that are kept, newest first.

    :raises NoIndexError: nothing has been published here.
    """
    names = store.names()
    if not names:
        store.current()  # says why there is none
        raise NoIndexError(
            f"There is no publication in {store.place}; run `.venv/bin/python ingest.py`."
        )
    try:
        serving = store.current()
    except StoreError:
        serving = ""
    return tuple(Entry(name, _manifest(store, name), name == serving) for name in reversed(names))


def rollbacks(store: Store) -> tuple[Step, ...]:
    """All rollbacks, oldest first; one that cannot be read is passed over."""
    steps = []
    for step in store.steps():
        with suppress(TypeError):
            steps.append(Step(**step))
    return tuple(steps)


def rollback(store: Store, encoder_fingerprint: str, *, now: datetime, to: str = "") -> str:
    """Serve an older generation again, once it was verified: its name.

    :param to: its name, or the beginning of it; "" means the one before what is being served, and not
        one that was itself stepped back from.
    :raises StoreError: there is none, it is damaged, or made with another encoder; nothing changed.
    """
    if not store.names():
        store.current()  # says why there is none, and leaves nothing behind
    with store.changing() as flip:
        try:
            serving = store.current()
        except DamagedIndexError:
            serving = ""  # the pointer is damaged; the newest generation is the one to go back to
        name = _named(store, to) if to else _before(store, serving)
        generation = store.open(name)
        try:
            if generation.manifest.encoder != encoder_fingerprint:
                raise WrongEncoderError(
                    f"{name} was published with the encoder {generation.manifest.encoder}, but "
                    f"{encoder_fingerprint} is in use; choose another from `ingest.py history`, or "
                    "set QA_BOT_EMBEDDING_MODEL back."
                )
            verify(generation)
        finally:
            generation.close()
        flip(name)
        step = Step(now.isoformat(timespec="seconds"), current_user(), serving, name)
        # The step is taken; a note that cannot be written undoes nothing.
        with suppress(OSError, StoreError):
            store.record(asdict(step))
    return name


def _named(store: Store, beginning: str) -> str:
    found = [name for name in store.names() if name.startswith(beginning)]
    if len(found) != 1:
        which = "no publication" if not found else "more than one publication"
        raise NoIndexError(
            f'There is {which} called "{beginning}" in {store.place}; `ingest.py history` lists them.'
        )
    return found[0]


def _before(store: Store, serving: str) -> str:
    older = [name for name in store.names() if not serving or name < serving]
    if not older:
        raise NoIndexError(
            f"There is nothing to step back to in {store.place}: what is being served is the oldest "
            "kept."
        )
    avoided = rolled_back(store)
    return ([name for name in older if name not in avoided] or older)[-1]


def _manifest(store: Store, name: str) -> Manifest | None:
    try:
        return store.manifest(name)
    except DamagedIndexError:
        return None
