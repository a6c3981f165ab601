"""What an article is about: the name that its title gives it, the questions that it puts and answers;
and the stems by which its words are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qa_bot.records import Article, Kind
from qa_bot.words import content_stems

NAME_WORDS = 5  # a title this short is the name of what its article is about
_NO_NAME = re.compile(r"\?|,.*(\band\b|\bor\b|&)")


def subject_stems(article: Article) -> frozenset[str]:
    """Stems of what the whole article is about: its title, up to a colon; none where that is no name,
    but long, a question or a list."""
    subject = article.title.split(":")[0]
    is_name = len(subject.split()) <= NAME_WORDS and not _NO_NAME.search(subject)
    return frozenset(article_stems(subject) if is_name else ())


def questions_of(article: Article, *kinds: Kind) -> Iterator[str]:
    """Questions that an article puts and answers; only those in blocks of `kinds`, where given."""
    for block in article.blocks:
        text = article.text[block.start : block.end]
        if block.kind in (kinds or (Kind.FAQ_QUESTION, Kind.HEADING)) and text.endswith("?"):
            yield text


@lru_cache(maxsize=4_000)
def article_stems(text: str) -> tuple[str, ...]:
    """The content stems of words of an article: remembered, as the same come up with most questions."""
    return tuple(content_stems(text))
