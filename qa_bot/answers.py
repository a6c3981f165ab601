"""What a reader is given: frozen records of an answer, its quotes, and the help lines beside it.

A quote holds no copy of its words: they are cut from the article whenever they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from qa_bot.records import Article, Kind


class Outcome(StrEnum):
    """What became of a question: it is answered with quotes, or the articles do not say, or help lines
    come instead of an answer."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    CRISIS = "crisis"


class Level(StrEnum):
    """How urgent a message is: crisis leads and withholds the answer, concern comes with it."""

    CONCERN = "concern"
    CRISIS = "crisis"


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
    """One way to reach help. `call` and `text_to` are numbers as dialed, "" where there is none.

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

    @property
    def ways(self) -> tuple[str, ...]:
        """How to call and text it, in words: ("call 988", "text HOME to 741741")."""
        what = f"{self.text_word} to " if self.text_word else ""
        found = (f"call {self.call}", self.call), (f"text {what}{self.text_to}", self.text_to)
        return tuple(words for words, number in found if number)

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

    `missing`: words of the question that the articles do not cover (when not found, or in a part of the
    question). `reply`: what to say where no article could ("thanks", "are you a person?"); "" otherwise.
    `related`: questions the articles do answer, near this one. `nearest`: the sections closest to the
    question, as (article, section) pairs. `about`: articles whose own details were asked for (who
    reviewed them, when); they stand in the articles' records, perhaps in no sentence. `understood`:
    reader's word → the articles' word, where one was taken for the other. `confidence`: probability, in
    [0, 1], that the quotes answer; None when nothing was looked up. `problem`: why there is no answer,
    or not the whole of one, in one sentence for the reader; "" otherwise. `statements`: what a language
    model, where one is configured, says the quotes say; `dropped`: why others of its statements are not
    shown, one reason each; `note`: one sentence for a person when the model gave none because of a
    fault, "" otherwise.
    """

    question: str
    outcome: Outcome
    quotes: tuple[Quote, ...] = ()
    escalation: Escalation | None = None
    missing: tuple[str, ...] = ()
    reply: str = ""
    related: tuple[str, ...] = ()
    nearest: tuple[tuple[Article, tuple[str, ...]], ...] = ()
    about: tuple[Article, ...] = ()
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
            "reply": self.reply,
            "related": list(self.related),
            "nearest": [
                {"article": article.title, "section": list(section)}
                for article, section in self.nearest
            ],
            "about": [article.metadata() for article in self.about],
            "understood": [{"said": said, "read_as": read_as} for said, read_as in self.understood],
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "problem": self.problem,
            "statements": [statement.to_dict() for statement in self.statements],
            "dropped": {"count": len(self.dropped), "reasons": list(self.dropped)},
            "note": self.note,
        }
