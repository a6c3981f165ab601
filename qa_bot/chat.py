"""`QABot.ask`: safety → question → retrieval → answering. The one visible chain, guard outermost.

Screening runs first and alone: it needs no model, no index and no network, and what it finds is shown
whatever happens in the rooms after it. Nothing of a message is logged or kept.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa_bot.errors import QABotError, QuestionError
from qa_bot.records import Answer, Article, Escalation, Level, Outcome
from qa_bot.safety import prepare, raised, screen

if TYPE_CHECKING:
    from qa_bot.embedding import Encoder, Vector
    from qa_bot.lexical import Lexicon
    from qa_bot.retrieval import Ranking
    from qa_bot.settings import Settings
    from qa_bot.store import Generation

LONGEST_QUESTION = 2_000  # characters
MOST_PARTS = 8  # sentences of a long message that are screened by meaning one by one
SHORTEST_PART = 3  # words; less has no meaning of its own
REMEMBERED = 6  # earlier messages that a follow-up may lean on


class QABot:
    """Answers questions from the published articles. Safe to share between threads."""

    def __init__(self, index: Path, embedding_model: str) -> None:
        """Keep where to read from; nothing is opened yet, so that screening works at once."""
        self._index = index
        self._embedding_model = embedding_model
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._opened: tuple[str, Generation, Lexicon] | None = None

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """A bot with `settings`; None reads the environment. Models are loaded late.

        :raises SettingsError: the environment holds a value that cannot be used.
        """
        if settings is None:
            from qa_bot.settings import Settings

            settings = Settings.from_environment()
        return cls(settings.index, settings.embedding_model)

    def ask(self, message: str, history: Sequence[str] = ()) -> Answer:
        """Answer `message`, given the reader's earlier messages, oldest first.

        :raises QuestionError: the message is empty or too long, and nothing in it needs help lines.
        :raises QABotError: the articles cannot be read, and nothing needs help lines.
        """
        escalation = screen(message, history)
        if escalation is not None and escalation.level is Level.CRISIS and escalation.fresh:
            return Answer(message, Outcome.CRISIS, escalation=escalation)
        try:
            return self._answer(message, history, escalation)
        except Exception as error:
            if escalation is None:
                raise
            # Help lines are due: they are shown whatever went wrong behind them.
            known = isinstance(error, QABotError)
            problem = str(error) if known else "Something went wrong while reading the articles."
            return Answer(message, Outcome.NOT_FOUND, escalation=escalation, problem=problem)

    def articles(self) -> tuple[Article, ...]:
        """The articles being served.

        :raises QABotError: they cannot be read.
        """
        generation, _ = self._current()
        return tuple(generation.articles.values())

    def warm_up(self) -> None:
        """Load everything that the first question would wait for.

        :raises QABotError: the index or the model cannot be used.
        """
        prepare()
        generation, _ = self._current()
        encoded = self._load_encoder().encode_query("warm up")
        generation.nearest(encoded.vector, 1)

    def rank(self, message: str, history: Sequence[str] = ()) -> tuple[Ranking, Generation]:
        """The articles' sentences for `message`, best first, and what they were found in.

        :raises QABotError: the articles cannot be read.
        """
        from qa_bot.answering import model
        from qa_bot.question import understand
        from qa_bot.retrieval import rank

        generation, lexicon = self._current()
        encoder = self._load_encoder()
        query = understand(
            message, history[-REMEMBERED:], lexicon, generation.glossary, encoder.is_common
        )
        return rank(query, generation, lexicon, encoder, model().sentence), generation

    def _answer(
        self, message: str, history: Sequence[str], escalation: Escalation | None
    ) -> Answer:
        from qa_bot.answering import answer, model

        if not any(character.isalnum() for character in message):
            raise QuestionError("Please write a question in words.")
        if len(message) > LONGEST_QUESTION:
            raise QuestionError(
                f"That message has {len(message):,} characters; please ask in at most "
                f"{LONGEST_QUESTION:,}."
            )
        ranking, generation = self.rank(message, history)
        lexicon = self._current()[1]
        encoder = self._load_encoder()
        # One sentence in a long message may say it all, and be lost in the vector of the whole.
        parts = _parts(message)
        vectors = [ranking.vector, *(one.vector for one in encoder.encode(parts, "query"))]
        for vector in vectors:
            escalation = _by_meaning(escalation, vector, encoder.fingerprint)
        if escalation is not None and escalation.level is Level.CRISIS and escalation.fresh:
            return Answer(message, Outcome.CRISIS, escalation=escalation)
        return replace(answer(ranking, generation, lexicon, model()), escalation=escalation)

    def _current(self) -> tuple[Generation, Lexicon]:
        """The generation being served; opened anew when another one was published."""
        from qa_bot.index import current_name, open_current
        from qa_bot.lexical import Lexicon

        name = current_name(self._index)
        opened = self._opened
        if opened is None or opened[0] != name:
            with self._lock:
                if self._opened is None or self._opened[0] != name:
                    generation = open_current(self._index, self._load_encoder().fingerprint)
                    self._opened = (name, generation, Lexicon(generation))
                opened = self._opened
        return opened[1], opened[2]

    def _load_encoder(self) -> Encoder:
        from qa_bot.embedding import Encoder

        if self._encoder is None:
            # One thread a question: two wait for each other as soon as the machine is busy.
            self._encoder = Encoder(self._embedding_model, threads=1)
        return self._encoder


def _parts(message: str) -> list[str]:
    """The sentences of a message of several, the longest first, at most `MOST_PARTS`; else none."""
    parts = [part.strip() for part in re.split(r"[.!?;\n]+\s|\s[-–—]+\s|\.{2,}", message)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST_PART]
    return sorted(parts, key=len, reverse=True)[:MOST_PARTS] if len(parts) > 1 else []


def _by_meaning(
    escalation: Escalation | None, vector: Vector, fingerprint: str
) -> Escalation | None:
    """`escalation`, or more where the message's meaning calls for it; a fault calls for help lines."""
    from qa_bot.safety_meaning import screen_meaning

    try:
        level = screen_meaning(vector, fingerprint)
    except Exception:
        level = Level.CONCERN
    return raised(escalation, level)
