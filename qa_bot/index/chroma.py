"""The passages of one generation in a Chroma collection. With the modules of the server store, the only
one that knows Chroma.

Chroma is opened late: whoever only reads articles, or a manifest, never waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

    from qa_bot.embedding.encoder import Vector

COLLECTION = "passages"  # its name in a folder, where each generation has a store of its own
# A wider search than by Chroma's own settings, which miss several times as many of the nearest.
INDEX: Any = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 128,
    "ef_search": 400,
}
BATCH = 1_000  # rows a call: a server answers when they are indexed, which takes it seconds
LONGEST_WAIT = 30.0  # seconds for one reply of a server; Chroma's own client waits for ever


class Passages:
    """The passages of one generation, searched by vector. Nothing is opened before it is asked."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], ClientAPI],
        place: str,
        *,
        close: bool = True,
        guard: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """:param name: the collection's.
        :param place: where that is, for people.
        :param close: whether the client is this record's own, to be closed with it.
        :param guard: entered around each call; says in its own words what went wrong there.
        """
        self.name = name
        self.place = place
        self._connect = connect
        self._closes = close
        self._guard = guard
        self._client: ClientAPI | None = None
        self._collection: Any = None

    def fill(
        self,
        ids: Sequence[str],
        vectors: Vector,
        texts: Sequence[str],
        metadata: Sequence[dict[str, str | int]],
    ) -> None:
        """Make the collection, and put these rows into it; `vectors`: (rows, dimensions).

        :raises OSError: the store cannot take them (a full disk, for one), in its own words.
        """
        from chromadb.errors import ChromaError

        try:
            with self._guard():
                collection = self._opened().create_collection(
                    self.name, embedding_function=None, configuration={"hnsw": INDEX}
                )
                for first in range(0, len(ids), BATCH):
                    rows = slice(first, first + BATCH)
                    collection.add(
                        ids=list(ids[rows]),
                        embeddings=vectors[rows],
                        documents=list(texts[rows]),
                        metadatas=list(metadata[rows]),
                    )
        except ChromaError as error:
            raise OSError(f"the store says: {error}") from error

    def count(self) -> int:
        """Rows that the store holds."""
        with self._guard():
            return int(self._ready().count())

    def nearest(self, vector: Vector, count: int) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the rows most like `vector`, best first."""
        with self._guard():
            found = self._ready().query(
                query_embeddings=[vector], n_results=count, include=["distances"]
            )
        ids, distances = found["ids"][0], found["distances"][0]
        # Chroma's cosine distance is 1 - similarity.
        return [(one, 1.0 - distance) for one, distance in zip(ids, distances, strict=True)]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors of these rows, by id; without those that the store does not hold."""
        with self._guard():
            found = self._ready().get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))

    def close(self) -> None:
        """Let go of the store's files, so that they may be removed."""
        client, self._client, self._collection = self._client, None, None
        if client is not None and self._closes:
            client.close()  # type: ignore[attr-defined]

    def _opened(self) -> ClientAPI:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _ready(self) -> Any:
        if self._collection is None:
            # Without `None`, Chroma attaches an embedding function that downloads a model.
            self._collection = self._opened().get_collection(self.name, embedding_function=None)
        return self._collection


def folder_client(folder: Path) -> ClientAPI:
    """A client of the store in `folder`, which is made where there is none."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def server_client(url: str) -> ClientAPI:
    """A client of the server at `url`, http://host:port, which has answered already.

    :raises Exception: none answers there, or something that is no Chroma server.
    """
    import chromadb
    from chromadb.config import Settings

    place = urlsplit(url)
    secure = place.scheme == "https"
    client = chromadb.HttpClient(
        host=place.hostname or "",
        port=place.port or (443 if secure else 80),
        ssl=secure,
        settings=Settings(anonymized_telemetry=False),
    )
    client._server._session.timeout = LONGEST_WAIT  # type: ignore[attr-defined]
    return client
