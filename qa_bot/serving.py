"""What readers are served: the generation that was published last, opened once for all of them.

Safe to share between threads. Nothing is opened before it is asked for.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa_bot.errors import DamagedIndexError, StoreError, StoreServerError

if TYPE_CHECKING:
    from qa_bot.records import Article
    from qa_bot.store import Generation
    from qa_bot.stores import Store


LOG = logging.getLogger(__name__)


class Served:
    """The generation of a store that readers have; opened anew when another one was published."""

    def __init__(self, index: Path, chroma_url: str) -> None:
        """`chroma_url`: the server that holds what is published; "": the folder `index` does."""
        self._index = index
        self._chroma_url = chroma_url
        self._lock = threading.Lock()
        self._opened: tuple[str, Generation] | None = None
        self._failed = ""  # the name of what could not be opened, so that it is told once

    @cached_property
    def store(self) -> Store:
        """Where it is read from."""
        from qa_bot.opening import open_store

        return open_store(self._index, self._chroma_url)

    @property
    def is_on_server(self) -> bool:
        """Whether it is read from a Chroma server."""
        return bool(self._chroma_url)

    def generation(self, fingerprint: str) -> Generation:
        """What is being served. `fingerprint`: of the encoder that questions are encoded with.

        What was published since and cannot be opened is named in the log; readers keep what they have.

        :raises QABotError: it cannot be read, or was made with another encoder.
        """
        from qa_bot.index import open_current

        try:
            name = self._name()
        except DamagedIndexError:
            name = ""  # opening finds the last good one, and says so once
        opened = self._opened
        # While one reader opens what was published, the others read on in what they have.
        if (opened is None or opened[0] != name) and self._lock.acquire(blocking=opened is None):
            try:
                if self._opened is None or self._opened[0] != name:
                    self._opened = (name, open_current(self.store, fingerprint))
                opened = self._opened
            except StoreError as error:
                if opened is None:
                    raise
                if self._failed != name:
                    LOG.error("%s Until then readers are served %s.", error, opened[1].name)
                self._failed = name
            finally:
                self._lock.release()
        assert opened is not None
        return opened[1]

    def articles(self) -> tuple[Article, ...] | None:
        """The articles, without opening the rest; None where that is open, or is to be repaired."""
        from qa_bot.versions import corpus_of

        opened = self._opened
        with suppress(DamagedIndexError):
            name = self._name()
            if opened is None or opened[0] != name:
                return corpus_of(self.store, name).articles
        return None

    def _name(self) -> str:
        """The name of the generation being served, as far as is known."""
        opened = self._opened
        try:
            return self.store.current()
        except StoreServerError:
            if opened is None:
                raise
            return opened[0]  # what readers have stays good while the server is away
