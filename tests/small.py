"""Two small articles, with quotes from them and questions about them, for cases worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.answers import Answer, Outcome, Quote
from qa_bot.articles.questions import Question
from qa_bot.records import Article, Block, Kind, Reference, ReviewStatus

MAGNETS = "Magnets do not hurt. They take 6 to 8 weeks to work. They are given in a clinic."
SHOCKS = "Shocks need anesthesia. They hurt nobody."


def article(text: str, name: str = "a.txt", references: tuple[Reference, ...] = ()) -> Article:
    """An article of one paragraph."""
    blocks = (Block(Kind.BODY, 0, len(text)),)
    return Article(
        name, name, "", "", "", ReviewStatus.NOT_STATED, None, f"version of {text}", text, blocks,
        references,
    )  # fmt: skip


def quote(words: str, text: str = MAGNETS, name: str = "a.txt") -> Quote:
    start = text.index(words)
    return Quote(article(text, name), start, start + len(words), (), Kind.BODY, (), 1.0)


def answered(*quotes: Quote, confidence: float | None = None) -> Answer:
    return Answer("?", Outcome.ANSWERED, quotes, confidence=confidence)


SILENT = Answer("?", Outcome.NOT_FOUND)


def asked(
    *groups: Sequence[str], kind: str = "direct", both: bool = False, name: str = "q"
) -> Question:
    evidence = tuple(tuple(group) for group in groups)
    return Question(name, kind, "?", (), bool(groups), both, evidence)


@dataclass(frozen=True, slots=True)
class Retyped(Quote):
    """What a quote must never be: one with words of its own."""

    typed: str = ""

    @property
    def text(self) -> str:
        return self.typed


def retyped(typed: str, words: str = "Magnets do not hurt.") -> Retyped:
    q = quote(words)
    return Retyped(q.article, q.start, q.end, q.section, q.role, q.references, q.score, typed)
