"""The parts that find and choose an answer, and how each is switched off, to see what it earns.

The product carries no switches: for one run, something plain is put in a part's place. A learned
weight is taken out of its sum; in the abstention model, whose threshold would else lose its meaning,
the feature is held at its mean over the questions instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np

from qa_bot.answering import answer as answering
from qa_bot.answering.choosing import choose
from qa_bot.answering.confidence import judged
from qa_bot.articles.questions import Question
from qa_bot.chat import QABot
from qa_bot.embedding.encoder import Encoded, Encoder, Role
from qa_bot.index.example_model import NO_PREDICTION


@dataclass(frozen=True, slots=True)
class Part:
    """`instead`: what is put in the place of each "module.name" while the part is off."""

    name: str
    instead: Mapping[str, Any]


STEPS = (
    Part("dense search", {"qa_bot.index.generation.Generation.nearest": lambda *_: []}),
    Part("lexical search", {"qa_bot.index.lexical.Lexicon.search": lambda *_: []}),
    Part("word weights", {"qa_bot.index.lexical.Lexicon.weight": lambda *_: 1.0}),
    Part(
        "examples",
        {
            "qa_bot.retrieval.target.predict": lambda *_: NO_PREDICTION,
            "qa_bot.index.generation.Generation.examples_of": lambda *_: (),
        },
    ),
    Part("glossary", {"qa_bot.retrieval.query._with_glossary": lambda text, *_: text}),
    Part("spelling", {"qa_bot.retrieval.query._with_spelling": lambda text, *_: text}),
    Part("words of earlier messages", {"qa_bot.retrieval.query._carried": lambda *_: ()}),
    Part("each question of a message", {"qa_bot.answering.lookup.each_asked": lambda _: ()}),
    Part("titles of articles", {"qa_bot.retrieval.features._titled": lambda *_: 0.0}),
    Part("kinds on request only", {"qa_bot.retrieval.ranking.ON_REQUEST": {}}),
    Part("fewer words first", {"qa_bot.answering.choosing._cost": lambda *_: 1.0}),
    Part("repetition left out", {"qa_bot.answering.choosing.REPETITION": 0.0}),
    Part(
        "leaning sentence with its neighbor",
        {"qa_bot.answering.choosing.with_needed": lambda sentence, _: (sentence,)},
    ),
)


def parts(bot: QABot, questions: Sequence[Question]) -> tuple[Part, ...]:
    """Every part: the steps, abstaining, and each feature of the learned models."""
    learned = answering.model()

    def instead(model: answering.Model) -> dict[str, Callable[[], answering.Model]]:
        return {"qa_bot.answering.lookup.model": lambda: model}

    means = _means(bot, questions)
    return (
        *STEPS,
        Part(
            "abstaining",
            instead(
                replace(
                    learned,
                    answerable=replace(learned.answerable, threshold=0.0),
                    familiar=replace(learned.familiar, threshold=0.0),
                )
            ),
        ),
        Part(
            "abstaining from strange questions",
            instead(replace(learned, familiar=replace(learned.familiar, threshold=0.0))),
        ),
        *(
            Part(
                f"{name} in ranking",
                instead(replace(learned, sentence={**learned.sentence, name: 0})),
            )
            for name in learned.sentence
        ),
        *(
            Part(
                f"{name} in confidence",
                instead(
                    replace(
                        learned,
                        answerable=replace(
                            learned.answerable,
                            weights={**learned.answerable.weights, name: 0},
                            bias=learned.answerable.bias + weight * means[name],
                        ),
                    )
                ),
            )
            for name, weight in learned.answerable.weights.items()
        ),
    )


@contextmanager
def without(part: Part) -> Iterator[None]:
    """Switch `part` off for a while; not for use beside another thread that answers."""
    with ExitStack() as stack:
        for place, plain in part.instead.items():
            stack.enter_context(patch(place, plain))
        yield


@contextmanager
def remembered_work() -> Iterator[None]:
    """Encode each text once for a while: nearly every run does the same again."""
    known: dict[tuple[Encoder, Role, str], Encoded] = {}
    encode = Encoder.encode

    def remembering(
        self: Encoder, texts: Sequence[str], role: Role, **options: Any
    ) -> Iterable[Encoded]:
        new = [text for text in dict.fromkeys(texts) if (self, role, text) not in known]
        for text, encoded in zip(new, encode(self, new, role, **options), strict=True):
            known[self, role, text] = encoded
        return iter([known[self, role, text] for text in texts])

    with patch.object(Encoder, "encode", remembering):
        yield


def _means(bot: QABot, questions: Sequence[Question]) -> dict[str, float]:
    """The mean of each feature of the abstention model."""
    rows = []
    for question in questions:
        ranking, generation = bot.rank(question.question, question.history)
        chosen = choose(ranking, generation)
        rows.append(judged(ranking, chosen, generation))
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
