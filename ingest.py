"""The editors' command: check the articles, and publish them.

python ingest.py check      read everything, report what to mend, write nothing
python ingest.py publish    check, then make the articles what readers see (also without a word)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from qa_bot.errors import QABotError
from qa_bot.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 with one sentence on stderr when not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", default="publish", choices=("check", "publish"))
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the folder of articles")
    parser.add_argument("--index", type=Path, metavar="DIR", help="the folder to publish into")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(corpus=options.corpus, index=options.index)
        return check(settings) if options.command == "check" else publish(settings)
    except QABotError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; readers keep what was published before.", file=sys.stderr)
        return 130


def check(settings: Settings) -> int:
    """Report what an editor should look at."""
    from qa_bot.articles import read_corpus
    from qa_bot.checking import notices

    corpus = read_corpus(settings.corpus)
    for notice in notices(settings.corpus, corpus):
        print(notice)
    print(f"{len(corpus.articles)} articles can be published.")
    return 0


def publish(settings: Settings) -> int:
    """Publish the corpus; until the last step readers keep what they have."""
    from tqdm import tqdm

    from qa_bot.articles import read_corpus
    from qa_bot.checking import notices
    from qa_bot.embedding import Encoded, Encoder
    from qa_bot.index import publish as publish_corpus

    def progress(texts: Iterator[tuple[str, Encoded]], count: int) -> Iterable[tuple[str, Encoded]]:
        bar: Iterable[tuple[str, Encoded]] = tqdm(
            texts,
            total=count,
            desc="Encoding",
            unit="text",
            leave=False,
            disable=None,  # no bar in a log file
        )
        return bar

    corpus = read_corpus(settings.corpus)
    for notice in notices(settings.corpus, corpus):
        print(notice)
    published = publish_corpus(
        corpus,
        Encoder(settings.embedding_model),
        settings.index,
        now=datetime.now(UTC),
        progress=progress,
    )
    manifest = published.manifest
    if not published.changed:
        print(f"Nothing changed: {manifest.articles} articles are already published.")
    else:
        print(
            f"Published {manifest.articles} articles: {manifest.sentences} sentences in "
            f"{manifest.passages} passages, as {published.name}."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
