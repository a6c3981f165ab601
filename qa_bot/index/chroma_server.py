"""A Chroma server: connected at its first use, and every failure of it one sentence."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qa_bot.errors import StoreServerError, first_line
from qa_bot.index.chroma import server_client

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

LONGEST_GREETING = 5.0  # seconds
VERSION_PATH = "/api/v2/version"
OUR_VERSION = "1."
NUMBERED = re.compile(r"\d+(\.\w+)+")


class Server:
    """The server at `url`, http://host:port. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client: ClientAPI | None = None
        self._lock = threading.Lock()

    def client(self) -> ClientAPI:
        """The client; the server has said by then that it is one that we know.

        :raises StoreServerError: nobody answers, or something else than such a server.
        """
        with self._lock:
            if self._client is None:
                self._client = self._connected()
            return self._client

    def collection(self, name: str) -> Any:
        """:raises chromadb.errors.NotFoundError: there is none of that name."""
        return self.client().get_collection(name, embedding_function=None)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """To be entered around every call.

        :raises StoreServerError: the server does not answer, or does not do what it was asked.
        :raises chromadb.errors.NotFoundError: there is no such collection.
        """
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            yield
        except NotFoundError:
            raise
        except httpx.HTTPError as error:
            raise StoreServerError(
                f"The Chroma server at {self.url} does not answer ({error or type(error).__name__}); "
                "start it with `chroma run`, or set QA_BOT_CHROMA_URL to where it is."
            ) from error
        except Exception as error:
            # What is not Chroma's (a proxy's page, for one), its client raises as a bare Exception.
            if not isinstance(error, ChromaError) and type(error) is not Exception:
                raise
            raise self._failed(error) from error

    def _connected(self) -> ClientAPI:
        import httpx

        with self.asking():
            # Chroma's own client does not say why it cannot connect, nor to what.
            reply = httpx.get(f"{self.url}{VERSION_PATH}", timeout=LONGEST_GREETING)
        version = reply.text.strip().strip('"') if reply.status_code == httpx.codes.OK else ""
        if not version.startswith(OUR_VERSION):
            found = f"version {version} of it" if NUMBERED.fullmatch(version) else "something else"
            raise StoreServerError(
                f"QA_BOT_CHROMA_URL has to name a Chroma server of version 1, but at {self.url} there "
                f"is {found}."
            )
        with self.asking():
            try:
                return server_client(self.url)
            except ValueError as error:  # what Chroma makes of anything that fails in there
                raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreServerError:
        return StoreServerError(
            f"The Chroma server at {self.url} failed ({first_line(error)}); look into its log, then try "
            "again."
        )
