"""What readers are served: the generation that was published last, and the encoder for their questions,
each opened once for all of them.

Safe to share between threads. Nothing is opened before it is asked for.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa_bot.errors import DamagedIndexError, QABotError, StoreError, StoreServerError

if TYPE_CHECKING:
    from qa_bot.embedding.encoder import Encoder
    from qa_bot.index.generation import Generation
    from qa_bot.index.stores import Store
    from qa_bot.records import Article


LOG = logging.getLogger(__name__)

AGAIN = 60.0  # seconds until what could not be opened is tried again
AWAY = 10.0  # seconds until a server that failed is asked again; each time may take as long


class Served:
    """The generation of a store that readers have; opened again when another one was published."""

    def __init__(
        self,
        index: Path,
        embedding_model: str,
        chroma_url: str = "",
        encoder: Encoder | None = None,
    ) -> None:
        """`chroma_url`: the server that holds what is published; "": the folder `index` does. `encoder`:
        one that is loaded already."""
        self._index = index
        self._embedding_model = embedding_model
        self._chroma_url = chroma_url
        self._encoder = encoder
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._opened: tuple[str, Generation] | None = None
        self._failed: str | None = None  # what could not be opened, and when it is tried again
        self._again = 0.0
        self._away_until = 0.0
        self.problem: QABotError | None = None  # why nothing could be opened, the last time

    @cached_property
    def store(self) -> Store:
        """Where it is read from."""
        from qa_bot.index.opening import open_store

        return open_store(self._index, self._chroma_url)

    @property
    def is_on_server(self) -> bool:
        """Whether it is read from a Chroma server."""
        return bool(self._chroma_url)

    @property
    def has_encoder(self) -> bool:
        """Whether there is an encoder already; its model may still be loading."""
        return self._encoder is not None

    def encoder(self) -> Encoder:
        """What questions are encoded with; its model is loaded when first used."""
        from qa_bot.embedding.encoder import Encoder

        with self._loading:
            if self._encoder is None:
                # One thread a question: two wait for each other as soon as the machine is busy.
                self._encoder = Encoder(
                    self._embedding_model, threads=1, exports=self.store.encoders
                )
            return self._encoder

    def generation(self) -> Generation:
        """What is being served.

        :raises QABotError: it cannot be read, or was made with another encoder.
        """
        try:
            found = self._newest()
        except QABotError as error:
            self.problem = error
            raise
        self.problem = None
        return found

    def _newest(self) -> Generation:
        """What was published last, or, where that cannot be opened, what was opened before.

        What was published since and cannot be opened is named in the log; readers keep what they have.

        :raises QABotError: it cannot be read, or was made with another encoder.
        """
        from qa_bot.index.publishing import open_current

        try:
            name = self._name()
        except DamagedIndexError:
            name = ""  # opening finds the last good one, and says so once
        opened = self._opened
        # While one reader opens what was published, the others read on in what they have.
        is_current = opened is not None and (
            name == opened[0] or (name == self._failed and time.monotonic() < self._again)
        )
        if not is_current and self._lock.acquire(blocking=opened is None):
            try:
                if self._opened is None or self._opened[0] != name:
                    self._opened = (name, open_current(self.store, self.encoder().fingerprint))
            except StoreError as error:
                if self._opened is None:
                    raise
                LOG.error("%s Until then readers are served %s.", error, self._opened[1].name)
                self._failed, self._again = name, time.monotonic() + AGAIN
            finally:
                self._lock.release()
            opened = self._opened
        assert opened is not None
        return opened[1]

    def articles(self) -> tuple[Article, ...] | None:
        """The articles, without opening the rest; None where that is open, or cannot be opened."""
        from qa_bot.index.versions import corpus_of

        opened = self._opened
        with suppress(DamagedIndexError):
            name = self._name()
            if opened is None or name not in (opened[0], self._failed):
                return corpus_of(self.store, name).articles
        return None

    def _name(self) -> str:
        """The name of the generation being served, as far as is known."""
        opened = self._opened
        if opened is not None and time.monotonic() < self._away_until:
            return opened[0]
        try:
            return self.store.current()
        except StoreServerError:
            if opened is None:
                raise
            self._away_until = time.monotonic() + AWAY
            return opened[0]  # what readers have stays good while the server is away
