"""What articles are made of: frozen records that the rooms hand to each other.

Everything quotable is a place in an article: `article.text[start:end]`, with `start` and `end` counted
in characters. No record holds a copy of text that could drift from its article; `text` is a property.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a block of an article is. Decides whether, and under which label, it may be quoted."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    LIST_ITEM = "list item"
    FAQ_QUESTION = "faq question"
    FAQ = "faq"
    TAKEAWAY = "takeaway"
    NOTE = "note"  # the editor's own words about the page, e.g. that it awaits review
    BYLINE = "byline"  # who wrote or reviewed it, and when
    DISCLAIMER = "disclaimer"
    CRISIS_NOTICE = "crisis notice"
    TESTIMONIAL = "testimonial"
    PROMOTION = "promotion"  # the publisher on its own service
    REFERENCE = "reference"
    OUTLINE = "outline"  # "What this page covers"
    LEAD_IN = "lead-in"  # "Common causes:" — introduces an answer but is not one
    NAVIGATION = "navigation"
    CAPTION = "caption"


QUOTABLE = frozenset(
    {
        Kind.BODY,
        Kind.LIST_ITEM,
        Kind.FAQ,
        Kind.TAKEAWAY,
        Kind.NOTE,
        Kind.BYLINE,
        Kind.DISCLAIMER,
        Kind.CRISIS_NOTICE,
        Kind.TESTIMONIAL,
        Kind.PROMOTION,
        Kind.REFERENCE,
    }
)


class ReviewStatus(StrEnum):
    """Whether a clinician has checked the article, as far as the article says."""

    REVIEWED = "reviewed"
    AWAITING = "awaiting clinical review"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item … at `article.text[start:end]`.

    `section` is the path of headings above it, outermost first; () before the first heading.
    """

    kind: Kind
    start: int
    end: int
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A numbered source of an article. `cited`: some sentence carries its marker, e.g. [3]."""

    number: int
    text: str
    cited: bool

    def __str__(self) -> str:
        return f"[{self.number}] {self.text}"


@dataclass(frozen=True, slots=True)
class Article:
    """A source article. `text` is what every offset counts in; "" and None mean "not stated".

    `version` is a digest of text and metadata: it changes exactly when the article does.
    """

    id: str
    title: str
    publisher: str
    url: str
    reviewed_by: str
    review_status: ReviewStatus
    last_updated: date | None
    version: str
    text: str
    blocks: tuple[Block, ...]
    references: tuple[Reference, ...]

    def metadata(self) -> dict[str, Any]:
        """The facts shown on a card, in plain JSON types."""
        return {
            "id": self.id,
            "title": self.title,
            "publisher": self.publisher,
            "url": self.url,
            "reviewed_by": self.reviewed_by,
            "review_status": str(self.review_status),
            "last_updated": self.last_updated.isoformat() if self.last_updated else None,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the editors' glossary: a reader's word or phrase, in lower case, and the articles'
    words for it. `is_name`: it names what a question can be about, e.g. a treatment."""

    said: str
    meant: str
    is_name: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A question of the editors' list. `snippets`: words of the articles that answer it; () where the
    articles do not."""

    question: str
    snippets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that is published together."""

    articles: tuple[Article, ...]
    glossary: tuple[Term, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest thing that is quoted, at `article.text[start:end]`.

    `block` counts the article's blocks, `position` the sentences of its block, both from 0.
    `context` is what a reader sees above it (headings, FAQ question, lead-in): it helps to find the
    sentence and is never part of a quote.
    """

    id: str
    article_id: str
    start: int
    end: int
    kind: Kind
    section: tuple[str, ...]
    block: int
    position: int
    context: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded: neighboring sentences of one section, at `article.text[start:end]`."""

    id: str
    article_id: str
    start: int
    end: int
    sentence_ids: tuple[str, ...]
