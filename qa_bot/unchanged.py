"""Is this corpus what readers have already? Told from a few files, without a model or a store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from qa_bot.errors import StoreError
from qa_bot.manifest import (
    CHROMA,
    Manifest,
    corpus_digest,
    file_digests,
    read_manifest,
    store_digests,
)
from qa_bot.passages import RULES_VERSION
from qa_bot.pointer import current_name
from qa_bot.records import Corpus

DATABASE = "chroma.sqlite3"


def unchanged(corpus: Corpus, encoder_fingerprint: str, index: Path) -> Manifest | None:
    """What is being served, if it was made of exactly `corpus` and its files are as they were written.

    None says nothing but that a closer look is due: a publish takes it.
    """
    try:
        folder = index / current_name(index)
        manifest = read_manifest(folder)
        wanted = (encoder_fingerprint, RULES_VERSION, corpus_digest(corpus))
        whole = (
            manifest.made_of() == wanted
            and file_digests(folder) == manifest.files
            and store_digests(folder) == manifest.store_files
            and bool(manifest.store_files)
            and _is_sound(folder / CHROMA / DATABASE)
        )
    except (StoreError, OSError, ValueError, TypeError, sqlite3.Error):
        return None
    return manifest if whole else None


def _is_sound(database: Path) -> bool:
    """Whether every page of a SQLite file can be read and fits the others."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
        return [row[0] for row in opened.execute("PRAGMA quick_check")] == ["ok"]
