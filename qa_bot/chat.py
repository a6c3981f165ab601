"""`QABot.ask`: screening → question → retrieval → answering (→ composing). The one visible chain.

Screening is outermost, and runs first: it needs no index and no network and waits for nobody, and what
it finds is shown whatever happens in the rooms after it. Meanwhile another processor, where one is idle,
encodes the question. Nothing of a message is logged or kept. A language model, where one is configured,
is asked last, and only where no help lines are due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa_bot.answers import Answer, Level, Outcome
from qa_bot.errors import UNREADABLE, BusyError, QABotError, QuestionError, for_readers
from qa_bot.prefetching import Prefetcher
from qa_bot.records import Article
from qa_bot.safety.assessing import prepare
from qa_bot.safety.escalating import raise_level
from qa_bot.safety.screening import (
    add_meaning,
    crisis_continues,
    leads,
    readable,
    screen,
    shown_beside,
)
from qa_bot.serving import Served

if TYPE_CHECKING:
    from qa_bot.answering.lookup import Lookup
    from qa_bot.composing.composer import Composer
    from qa_bot.embedding.encoder import Encoder
    from qa_bot.index.generation import Generation
    from qa_bot.index.stores import Store
    from qa_bot.retrieval.ranking import Ranking
    from qa_bot.settings import Settings

    Limit = AbstractContextManager[None]

LONGEST_QUESTION = 2_000  # characters
FOLLOWED = 6  # earlier messages that a follow-up may lean on


class QABot:
    """Answers questions from the published articles. Safe to share between threads."""

    def __init__(
        self,
        index: Path,
        embedding_model: str,
        composer: Composer | None = None,
        *,
        chroma_url: str = "",
        region: str = "us",
        limit: Limit | None = None,
        encoder: Encoder | None = None,
    ) -> None:
        """Keep where to read from; nothing is opened yet, so that screening works at once.

        `composer`: the language model above the quotes; None for none. `chroma_url`: the server that
        holds what is published; "": the folder `index` does. `region`: whose help lines are shown.
        `limit`: entered while a question is looked up; None: at any time by any number. `encoder`: one
        that is loaded already.
        """
        self._served = Served(index, embedding_model, chroma_url, encoder)
        self._embedding_model = embedding_model
        self._region = region
        self.composer = composer
        self._limit = limit or nullcontext()
        self._prefetcher = Prefetcher()

    @classmethod
    def open(cls, settings: Settings | None = None, limit: Limit | None = None) -> Self:
        """A bot with `settings`; None reads the environment. Models are loaded late.

        :raises SettingsError: the environment holds a value that cannot be used, or the language model
            it names needs a package or a key that is missing.
        """
        if settings is None:
            from qa_bot.settings import Settings

            settings = Settings.from_environment()
        composer = None
        if settings.llm:
            from qa_bot.composing.composer import Composer

            composer = Composer(
                settings.llm, settings.llm_url, settings.llm_timeout, settings.llm_entailment
            )
        return cls(
            settings.index,
            settings.embedding_model,
            composer,
            chroma_url=settings.chroma_url,
            region=settings.region,
            limit=limit,
        )

    def ask(self, message: str, history: Sequence[str] = ()) -> Answer:
        """Answer `message`, given the reader's earlier messages, oldest first.

        :raises QuestionError: the message is empty or too long, and nothing in it needs help lines.
        :raises QABotError: the articles cannot be read, and nothing needs help lines.
        """
        with self._prefetcher:
            return self._screened(message, readable(history))

    def _screened(self, message: str, history: Sequence[str]) -> Answer:
        look_up: Callable[[], Lookup] = partial(self._checked, message, history)

        def begin() -> None:
            nonlocal look_up
            if self._served.has_encoder:  # else help lines might wait for its being made
                look_up = self._prefetcher.begin(look_up)

        escalation = screen(message, history, self._region, meanwhile=begin)
        if leads(escalation):
            return Answer(message, Outcome.CRISIS, escalation=escalation)
        try:
            with self._limit:
                lookup = look_up()
                names = lookup.generation.names_subject
                if escalation and (still := crisis_continues(escalation, message, history, names)):
                    return Answer(message, Outcome.CRISIS, escalation=still)
                found = lookup.answered()
        except BusyError as error:
            # A reader who has to come again is told where help is meanwhile.
            escalation = raise_level(escalation, Level.CONCERN, region=self._region)
            return Answer(message, Outcome.NOT_FOUND, escalation=escalation, problem=str(error))
        except Exception as error:
            if escalation is None:
                raise
            # Help lines are due: they are shown whatever went wrong behind them.
            problem = for_readers(error) if isinstance(error, QABotError) else UNREADABLE
            return Answer(message, Outcome.NOT_FOUND, escalation=escalation, problem=problem)
        if escalation is not None:
            return shown_beside(found, escalation)
        return self._composed(found, lookup.generation)

    def with_index(self, index: Path) -> Self:
        """A bot that answers from another folder, with the encoder of this one."""
        name, region = self._embedding_model, self._region
        return type(self)(index, name, region=region, encoder=self.encoder())

    def encoder(self) -> Encoder:
        """What questions are encoded with; its model is loaded when first used."""
        return self._served.encoder()

    @property
    def store(self) -> Store:
        """Where is kept what was published."""
        return self._served.store

    @property
    def problem(self) -> QABotError | None:
        """Why no question can be answered, as far as anybody tried; None: it can."""
        return self._served.problem

    def articles(self) -> tuple[Article, ...]:
        """The articles being served; the rest of the index stays closed for it.

        :raises QABotError: they cannot be read.
        """
        found = self._served.articles()
        return tuple(self.generation().articles.values()) if found is None else found

    def generation(self) -> Generation:
        """What is being served.

        :raises QABotError: it cannot be read.
        """
        return self._served.generation()

    def warm_up(self) -> None:
        """Load everything that the first question would wait for.

        :raises QABotError: the index or the model cannot be used.
        """
        add_meaning("warm up", (), None)  # first: it needs nothing that was published
        if self._served.is_on_server:
            with suppress(OSError):  # beside a server, this machine may not have the ONNX form yet
                self.encoder().export()
        self.rank("warm up")
        prepare()  # last: a message needs few of the rules, and those are made ready as it comes

    def rank(self, message: str, history: Sequence[str] = ()) -> tuple[Ranking, Generation]:
        """The articles' sentences for `message`, best first, and what they were found in.

        :raises QABotError: the articles cannot be read.
        """
        lookup = self._lookup(message, history)
        return lookup.ranked(), lookup.generation

    def _checked(self, message: str, history: Sequence[str]) -> Lookup:
        """As `_lookup`, of a message that can be answered.

        :raises QuestionError: it is empty or too long.
        """
        if problem := unaskable(message):
            raise QuestionError(problem)
        return self._lookup(message, history)

    def _lookup(self, message: str, history: Sequence[str]) -> Lookup:
        """The message, read and encoded, with the articles to find its answer in."""
        from qa_bot.answering.lookup import Lookup

        generation = self.generation()  # once: one answer never mixes two generations
        earlier = [one[:LONGEST_QUESTION] for one in history[-FOLLOWED:]]
        return Lookup.of(message, earlier, generation, self.encoder())

    def _composed(self, found: Answer, generation: Generation) -> Answer:
        """The answer with a language model's statements, where there is a model and an answer."""
        if self.composer is None or found.outcome is not Outcome.ANSWERED:
            return found
        return self.composer.compose(found, generation, self.encoder())


def unaskable(message: str) -> str:
    """Why a message cannot be looked up, in a sentence for a person; "" where it can."""
    if not any(character.isalnum() for character in message):
        return "Please write a question in words."
    count, most = len(message), LONGEST_QUESTION
    too_long = f"That message has {count:,} characters; please ask in at most {most:,}."
    return too_long if count > most else ""
