"""The nouns of the product: frozen records that the rooms hand to each other.

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
    LEAD_IN = "lead-in"  # "Common causes:" — announces an answer, is none
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


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    CRISIS = "crisis"


class Level(StrEnum):
    """How urgent a message is: crisis leads and withholds the answer, concern comes with it."""

    CONCERN = "concern"
    CRISIS = "crisis"


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
    """What is embedded: neighbouring sentences of one section, at `article.text[start:end]`."""

    id: str
    article_id: str
    start: int
    end: int
    sentence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Whole sentences of one article, and all a reader needs to judge them.

    `role` is the kind of block quoted; `references` are the sources the sentences cite, resolved;
    `score` is what it is worth beside the first quote, which has 1.
    """

    article: Article
    start: int
    end: int
    section: tuple[str, ...]
    role: Kind
    references: tuple[str, ...]
    score: float

    @property
    def text(self) -> str:
        """The words of the article themselves: cut by offset, so never retyped or altered."""
        return self.article.text[self.start : self.end]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "article": self.article.metadata(),
            "section": list(self.section),
            "role": str(self.role),
            "references": list(self.references),
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One way to reach help. `call` and `text_to` are numbers as dialled, "" where there is none.

    `text_word` is what to send ("HOME"), "" where any message does. `verified` is the day its number
    was last compared with the service's own page.
    """

    id: str
    name: str
    region: str
    call: str
    text_to: str
    text_word: str
    chat: str
    hours: str
    languages: tuple[str, ...]
    note: str
    source: str
    verified: date

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; what a reader needs, without where the number was checked."""
        return {
            "id": self.id,
            "name": self.name,
            "call": self.call,
            "text_to": self.text_to,
            "text_word": self.text_word,
            "chat": self.chat,
            "hours": self.hours,
            "languages": list(self.languages),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Escalation:
    """What the page must show now, given this message and the earlier ones.

    `lines` come in the order that suits `category`, most urgent first; never empty. `fresh`: this
    message says something new or worse, so the whole panel is due; False: an earlier message did, and
    a compact reminder is enough. `audiences`: groups with a line of their own that it speaks for.
    """

    level: Level
    category: str
    lines: tuple[HelpLine, ...]
    fresh: bool = True
    audiences: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "level": str(self.level),
            "category": self.category,
            "fresh": self.fresh,
            "lines": [line.to_dict() for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a language model wrote, and that its quotes were found to support.

    `quotes`: which of the answer's quotes it rests on, counted from 1; never empty.
    """

    text: str
    quotes: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"text": self.text, "quotes": list(self.quotes)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says to one question.

    `missing`: words of the question that the articles do not cover (when not found). `related`:
    questions the articles do answer, near this one. `nearest`: the sections closest to the question,
    as (article, section) pairs. `understood`: reader's word → the articles' word, where one was
    taken for the other. `confidence`: probability, in [0, 1], that the quotes answer; None when
    nothing was looked up. `problem`: one sentence for a person when the articles could not be read
    although help lines are due; "" otherwise. `statements`: what a language model, where one is
    configured, says the quotes say; `dropped`: why others of its statements are not shown, one reason
    each; `note`: one sentence for a person when the model gave none because of a fault, "" otherwise.
    """

    question: str
    outcome: Outcome
    quotes: tuple[Quote, ...] = ()
    escalation: Escalation | None = None
    missing: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    nearest: tuple[tuple[Article, tuple[str, ...]], ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    confidence: float | None = None
    problem: str = ""
    statements: tuple[Statement, ...] = ()
    dropped: tuple[str, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "question": self.question,
            "outcome": str(self.outcome),
            "quotes": [quote.to_dict() for quote in self.quotes],
            "escalation": self.escalation.to_dict() if self.escalation else None,
            "missing": list(self.missing),
            "related": list(self.related),
            "nearest": [
                {"article": article.title, "section": list(section)}
                for article, section in self.nearest
            ],
            "understood": [{"said": said, "read_as": read_as} for said, read_as in self.understood],
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "problem": self.problem,
            "statements": [statement.to_dict() for statement in self.statements],
            "dropped": {"count": len(self.dropped), "reasons": list(self.dropped)},
            "note": self.note,
        }
