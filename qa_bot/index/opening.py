"""Settings → the store they mean. Nothing heavy is loaded for the one that is not asked for."""

from __future__ import annotations

from pathlib import Path

from qa_bot.index.stores import Store


def open_store(index: Path, chroma_url: str = "") -> Store:
    """The store on the server `chroma_url`, with copies in `index`; "": the one in `index` itself.

    Nothing is opened yet.
    """
    if chroma_url:
        from qa_bot.index.server_store import ServerStore

        return ServerStore(chroma_url, index)
    from qa_bot.index.folder_store import FolderStore

    return FolderStore(index)
