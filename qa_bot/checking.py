"""What an editor should look at before publishing: by file and line, in words an editor understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_bot.articles import left_out, line_number
from qa_bot.passages import lost_lists
from qa_bot.records import Article, Corpus, ReviewStatus


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at. `line` counts in the article's text below the front matter; None: no
    single line is meant."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"Note: {place}: {self.message}"


def notices(folder: Path, corpus: Corpus) -> tuple[Notice, ...]:
    """Everything worth a look in the corpus that was read from `folder`."""
    skipped = (
        Notice(path.name, None, "is not read: its format is not one of an article.")
        for path in left_out(folder)
    )
    return (*skipped, *(notice for article in corpus.articles for notice in _article(article)))


def _article(article: Article) -> Iterator[Notice]:
    for offset in lost_lists(article):
        words = article.text[offset:].split("\n", 1)[0]
        yield Notice(
            article.id,
            line_number(article, offset),
            f"“{words[-60:]}” announces a list, but none follows; paste the list from the page.",
        )
    if article.last_updated is None:
        yield Notice(
            article.id, None, "the date of the last update is not stated; readers see that."
        )
    if article.review_status is not ReviewStatus.REVIEWED:
        yield Notice(
            article.id, None, f"clinical review: {article.review_status}; readers see that."
        )
    if not article.publisher:
        yield Notice(article.id, None, "the publisher is not stated; add it to the front matter.")
    cited = {reference.number for reference in article.references if reference.cited}
    if cited:
        for reference in article.references:
            if not reference.cited:
                yield Notice(article.id, None, f"reference [{reference.number}] is never cited.")
