"""A program that publishes edition after edition of two small articles, for tests to kill and to starve.

python -m tests.publishing INDEX FIRST LAST [--quick] [--most-bytes N] [--nobody]
    [--chroma-url URL]

It says `ready` once everything is loaded, then the number of each edition that readers have. With
`--quick` the vectors are made of the words' digests, so that a publish takes a fraction of a second and
a random moment falls into every part of it. All else is the product's own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from qa_bot.articles.corpus import read_corpus
from qa_bot.embedding.encoder import Encoded, Encoder, Role
from qa_bot.errors import QABotError
from qa_bot.index.opening import open_store
from qa_bot.records import Corpus
from qa_bot.words import words

NOBODY = 65534
SAID = (
    "Magnetic stimulation in edition {n} is painless for most people.",
    "Edition {n} says that magnetic stimulation takes {n} weeks.",
    "In edition {n}, magnetic stimulation needs no anesthesia.",
)


class QuickEncoder(Encoder):
    """Vectors that depend on the text alone and mean nothing."""

    def encode(self, texts: Sequence[str], role: Role, *, batch_size: int = 0) -> Iterator[Encoded]:
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
            found = words(text)
            vectors = np.random.default_rng(seed).normal(size=(len(found) + 1, 384))
            unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
            yield Encoded(unit[0], found, unit[1:])

    @property
    def fingerprint(self) -> str:  # type: ignore[override]
        return "quick"


def edition(number: int) -> Corpus:
    """Two articles whose every sentence names the edition that it is of."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one", "two"):
            said = "\n\n".join(f"{line} (Article {name}.)" for line in SAID).format(n=number)
            heading = f"# Guide {name}\n\n## What about magnetic stimulation?\n\n"
            (Path(folder) / f"{name}.md").write_text(heading + said)
        return read_corpus(Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("index", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most-bytes", type=int)
    parser.add_argument("--nobody", action="store_true")
    parser.add_argument("--chroma-url", default="")
    options = parser.parse_args()
    from qa_bot.index.publishing import publish

    store = open_store(options.index, options.chroma_url)
    encoder = QuickEncoder() if options.quick else Encoder(threads=1)
    list(encoder.encode(["Loads the model."], "document"))
    editions = [edition(number) for number in range(options.first, options.last + 1)]
    if options.nobody and os.getuid() == 0:
        os.setuid(NOBODY)  # to root no folder is read-only
    if options.most_bytes is not None:  # to a file, as if the disk were full
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.most_bytes, options.most_bytes))
    print("ready", flush=True)
    status = 0
    for number, corpus in enumerate(editions, start=options.first):
        try:
            now = datetime.now(UTC)
            publish(
                corpus,
                encoder,
                store,
                now=now,
            )
            print(number, flush=True)
        except QABotError as error:
            print(error, file=sys.stderr, flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
