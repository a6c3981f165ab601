"""One message, looked up: read, encoded, ranked and answered; where it asks several things, each of them
too, so that what the articles do say is told, and what they do not is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from qa_bot.answering.answer import MOST_MISSING, answer, model
from qa_bot.answering.choosing import MOST_QUOTED_WORDS
from qa_bot.answers import Answer, Outcome, Quote
from qa_bot.retrieval.asking import each_asked, parted, with_story_apart
from qa_bot.retrieval.query import Query, understand
from qa_bot.retrieval.ranking import Ranking, rank
from qa_bot.words import content_stems

if TYPE_CHECKING:
    from qa_bot.embedding.encoder import Encoded, Encoder
    from qa_bot.index.generation import Generation

MOST_PARTS = 4  # questions of one message that are looked up one by one


@dataclass(frozen=True, slots=True)
class Lookup:
    """A message as it is looked up, and where. `history`: the reader's earlier ones, oldest first."""

    history: tuple[str, ...]
    query: Query
    encoded: Encoded
    generation: Generation
    encoder: Encoder

    @classmethod
    def of(
        cls, message: str, history: Sequence[str], generation: Generation, encoder: Encoder
    ) -> Lookup:
        """Read and encode `message`."""
        query = understand(
            message, history, generation.lexicon, generation.glossary, encoder.is_common
        )
        encoded = encoder.encode_query(query.text)
        return cls(tuple(history), query, encoded, generation, encoder)

    def ranked(self) -> Ranking:
        """The articles' sentences for it, best first."""
        return rank(self.query, self.encoded, self.generation, model().sentence)

    def answered(self) -> Answer:
        """What the articles say to it."""
        message, ranking = self.query.question, self.ranked()
        whole = answer(ranking, self.generation, model())
        if ranking.target.prediction.exact:
            return whole
        # A story must not hide the question; but mostly it is what the question is about.
        if whole.outcome is Outcome.NOT_FOUND and (apart := with_story_apart(message)):
            message, whole = apart, self._alone(apart, ())
        questions = each_asked(message)
        if len(questions) < 2:
            return whole
        told = [said] if (said := parted(message)[0]) else []
        parts = [
            self._alone(question, [*told, *questions[:before]])
            for before, question in enumerate(questions[:MOST_PARTS])
        ]
        return joined(whole, parts)

    def _alone(self, question: str, before: Sequence[str]) -> Answer:
        """One question of the message, which follows on those asked before it."""
        found = Lookup.of(question, [*self.history, *before], self.generation, self.encoder)
        return answer(found.ranked(), self.generation, model())


def joined(whole: Answer, parts: Sequence[Answer]) -> Answer:
    """The answer to a message, `whole`, with what was found of its `parts`, each a question of it.

    What answers the whole stays as it is. Where nothing does, what answers a part is quoted. `missing`
    and `reply` tell of the parts that nothing answers; where some part is answered, of these alone.
    """
    answered = [part for part in parts if part.outcome is Outcome.ANSWERED]
    unanswered = [part for part in parts if part.outcome is Outcome.NOT_FOUND and not part.about]
    if not answered and whole.outcome is Outcome.ANSWERED:
        return whole
    if not answered:
        every = dict.fromkeys(chain(whole.missing, *(part.missing for part in unanswered)))
        return replace(whole, missing=tuple(every)[:MOST_MISSING])
    shown = whole
    if whole.outcome is not Outcome.ANSWERED:
        shown = replace(
            whole,
            outcome=Outcome.ANSWERED,
            quotes=_in_turn(answered),
            nearest=(),
            about=tuple(dict.fromkeys(chain.from_iterable(part.about for part in parts))),
            confidence=min(part.confidence or 0.0 for part in answered),
        )
    unsaid = (o.missing or _unspoken(o.question, shown) for o in unanswered if not o.reply)
    return replace(
        shown,
        missing=tuple(dict.fromkeys(chain.from_iterable(unsaid))),
        reply=next((part.reply for part in unanswered if part.reply), ""),
    )


def _unspoken(question: str, told: Answer) -> tuple[str, ...]:
    """The question itself, where what it names is not all in the quotes of `told`."""
    said = set(chain.from_iterable(content_stems(quote.text) for quote in told.quotes))
    return () if said.issuperset(content_stems(question)) else (question.strip(" ?.!"),)


def _in_turn(parts: Sequence[Answer]) -> tuple[Quote, ...]:
    """The best quote of each part, then the next of each, each passage once, in as many words as one
    answer may have."""
    by_turn = chain.from_iterable(zip_longest(*(part.quotes for part in parts)))
    kept: list[Quote] = []
    for quote in by_turn:
        if quote is None or any(_overlap(quote, one) for one in kept):
            continue
        length = sum(len(one.text.split()) for one in (*kept, quote))
        if len(kept) < len(parts) or length <= MOST_QUOTED_WORDS:
            kept.append(quote)
    return tuple(kept)


def _overlap(one: Quote, other: Quote) -> bool:
    same = one.article.id == other.article.id
    return same and one.start < other.end and other.start < one.end
