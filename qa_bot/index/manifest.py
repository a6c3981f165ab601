"""What a generation was made of, and whether its files are still those that were written.

Opens neither vectors nor store, so that a publish of what is already published costs next to nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path

from qa_bot.digests import file_digest
from qa_bot.records import Corpus

MANIFEST, CORPUS, CHROMA = "manifest.json", "corpus.json", "chroma"
TEXTS, VECTORS, WORD_VECTORS = "texts.json", "vectors.npy", "word_vectors.npy"
SENTENCES, WORDS, EXAMPLE_MODEL = "sentences.json", "words.json", "example_model.npz"
BM25_FILES = {  # what bm25s writes, by its own name for it
    "data_name": "bm25_data.npy",
    "indices_name": "bm25_indices.npy",
    "indptr_name": "bm25_indptr.npy",
    "vocab_name": "bm25_vocabulary.json",
    "params_name": "bm25_parameters.json",
}
FILES = (
    CORPUS,
    TEXTS,
    VECTORS,
    WORD_VECTORS,
    SENTENCES,
    WORDS,
    EXAMPLE_MODEL,
    *BM25_FILES.values(),
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of. Written last: a folder without one is unfinished.

    `files`: the SHA-256 digest of each file of ours, by name; `store_files`: of those of the store that
    it never writes to again. `published` and `published_by` say when, in ISO 8601, and who, "" where
    nobody was named.
    """

    encoder: str
    rules_version: int
    corpus_digest: str
    articles: int
    passages: int
    sentences: int
    published: str
    published_by: str = ""
    files: dict[str, str] = field(default_factory=dict)
    store_files: dict[str, str] = field(default_factory=dict)

    def made_of(self) -> tuple[str, int, str]:
        """Equal for two generations exactly when they hold the same."""
        return self.encoder, self.rules_version, self.corpus_digest


def corpus_digest(corpus: Corpus) -> str:
    """Changes exactly when an article, the glossary or an example does."""
    articles = sorted(f"{article.id} {article.version}" for article in corpus.articles)
    return digest([*articles, str(corpus.glossary), str(corpus.examples)])


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the generation in `folder`.

    :raises OSError, ValueError, TypeError: there is none, or it is damaged.
    """
    return manifest_of((folder / MANIFEST).read_text(encoding="utf-8"))


def manifest_of(stored: str) -> Manifest:
    """A manifest as it was stored, by any version: what only another one knew is left out.

    :raises ValueError, TypeError: it is damaged.
    """
    known = {one.name for one in fields(Manifest)}
    return Manifest(**{name: value for name, value in json.loads(stored).items() if name in known})


def file_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 digest of each file of ours in `folder`; Chroma minds its own.

    :raises OSError: one is missing.
    """
    return {name: file_digest(folder / name) for name in FILES}


def refuse_changed(folder: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """Compare files with their digests in the manifest.

    :raises OSError, ValueError, KeyError: one is missing, or is not what was written.
    """
    for name in names:
        if file_digest(folder / name) != manifest.files[name]:
            raise ValueError(f"{name} is not the file that was published")


def store_digests(folder: Path) -> dict[str, str]:
    """The same for the store's own vectors, once it has written them for good.

    Below 1,000 passages Chroma keeps them in its database, and every reader leaves other bytes in
    these files; the database and `length.bin` change with every reader at any size.

    :raises OSError: one cannot be read.
    """
    written = (folder / CHROMA).glob("*/index_metadata.pickle")
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for directory in written
        for path in sorted(directory.parent.glob("*.bin"))
        if path.name != "length.bin"
    }


def digest(parts: Iterable[str]) -> str:
    """16 hexadecimal digits that stand for all of `parts`, in order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
