"""Publishes many articles, edits one sentence of one, publishes again: what that takes, as JSON.

python -m tests.many_articles [ARTICLES]       (1,000 take about five minutes and 2 GB of disk)

The articles are made of the two real ones' sentences, each with the article's number in it, so that no
two texts are alike. Vectors are made of the words' digests: encoding is counted, not timed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from qa_bot.articles.article import read_article
from qa_bot.articles.passages import sentences
from qa_bot.embedding.encoder import Encoded
from qa_bot.index.folder_store import FolderStore
from qa_bot.index.publishing import publish
from qa_bot.records import Corpus, Kind
from tests.conftest import CORPUS
from tests.publishing import QuickEncoder

LENGTH = 40  # sentences an article, ten a section
EDITED = "This sentence was edited by hand."


def corpus(folder: Path, articles: int) -> Corpus:
    """So many articles, read from files."""
    real = [read_article(path) for path in sorted(CORPUS.glob("*.txt"))]
    said = [
        " ".join(article.text[one.start : one.end].split())
        for article in real
        for one in sentences(article)
        if one.kind is Kind.BODY
    ]
    made = []
    for number in range(articles):
        own = [said[(number * 7 + place) % len(said)] for place in range(LENGTH)]
        lines = [f"# Guide {number}"]
        for first in range(0, LENGTH, 10):
            part = " ".join(f"In case {number}.{first}: {line}" for line in own[first : first + 10])
            lines += [f"## Part {first} of guide {number}", part]
        path = folder / f"guide-{number}.md"
        path.write_text("\n\n".join(lines), encoding="utf-8")
        made.append(read_article(path))
    return Corpus(tuple(made))


def edited(folder: Path, before: Corpus) -> Corpus:
    """The same, with one sentence added to a section in the middle."""
    at = len(before.articles) // 2
    path = folder / f"{before.articles[at].id}.md"
    path.write_text(path.read_text("utf-8") + f" {EDITED}\n", encoding="utf-8")
    articles = list(before.articles)
    articles[at] = read_article(path)
    return replace(before, articles=tuple(articles))


def published(of: Corpus, store: FolderStore) -> dict[str, object]:
    """What a publish took: seconds, the process's peak memory in MB, and the texts encoded."""
    encoded: list[str] = []

    def counting(
        texts: Iterator[tuple[str, Encoded]], _count: int
    ) -> Iterable[tuple[str, Encoded]]:
        for text, found in texts:
            encoded.append(text)
            yield text, found

    started = time.perf_counter()
    made = publish(of, QuickEncoder(), store, now=datetime.now(UTC), progress=counting)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "articles": made.manifest.articles,
        "sentences": made.manifest.sentences,
        "passages": made.manifest.passages,
        "encoded": len(encoded),
        "encoded_without_the_edit": sum(EDITED not in text for text in encoded),
        "seconds": round(time.perf_counter() - started, 1),
        "peak_mb": peak,
    }


def measure(articles: int) -> dict[str, dict[str, object]]:
    """Both publishes, each in a process of its own, so that each has a peak of its own."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for step in ("first", "edited"):
            command = [sys.executable, "-m", "tests.many_articles", str(articles), folder, step]
            found[step] = json.loads(subprocess.run(command, check=True, stdout=-1).stdout)
        return found


def main() -> None:
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    if len(sys.argv) <= 2:
        print(json.dumps(measure(articles), indent=2))
        return
    folder = Path(sys.argv[2])
    (folder / "corpus").mkdir(exist_ok=True)
    of = corpus(folder / "corpus", articles)
    if sys.argv[3] == "edited":
        of = edited(folder / "corpus", of)
    print(json.dumps(published(of, FolderStore(folder / "index"))))


if __name__ == "__main__":
    main()
