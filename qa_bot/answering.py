"""Ranked sentences → an Answer: the quotes chosen, or that the articles do not say.

Whether the quotes answer at all is a probability with a fixed operating point: below it the bot says
what is not covered, and offers the nearest sections and questions instead of a guess.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.answers import Answer, Outcome
from qa_bot.aspects import uncounted, unmet
from qa_bot.choosing import choose, quotes
from qa_bot.features import FEATURES
from qa_bot.records import Article
from qa_bot.retrieval import Ranked, Ranking
from qa_bot.store import Generation
from qa_bot.traits import traits

MODEL_FILE = Path(__file__).parent / "data" / "model.json"
MOST_PROBED = 60  # sentences searched for those about the question's subject
PROBED = 8  # best sentences asked whether they speak of what the question asks for
NEAR = 0.45  # alignment from which a word that no article has is no stranger to them
COVERED = 0.55  # alignment from which a word of the question counts as met
MOST_MISSING = 4  # words named as not covered
RELATED = 3  # questions and sections offered

FROM_BEST = ("dense", "passage", "align_own", "example")  # features of the first sentence quoted
ANSWERABLE = (*FROM_BEST, "reverse", "least_met", "foreign", "unmet", "uncounted", "unanswerable")
ABOUT = 3  # sentences quoted first, all of which should be about the question


@dataclass(frozen=True, slots=True)
class Model:
    """Learned numbers, read from `data/model.json`. `threshold`: the probability below which the bot
    abstains."""

    sentence: dict[str, float]
    answerable: dict[str, float]
    bias: float
    threshold: float


@lru_cache(maxsize=1)
def model() -> Model:
    """The model that comes with the product; `qa_bot.fitting` writes it."""
    return Model(**json.loads(MODEL_FILE.read_text(encoding="utf-8")))


def answer(ranking: Ranking, generation: Generation, learned: Model) -> Answer:
    """Answer with the sentences of `ranking`, or say that the articles do not."""
    query = ranking.query
    chosen = choose(ranking, generation)
    features = answerable_features(ranking, chosen, generation)
    weighed = sum(learned.answerable[name] * features[name] for name in ANSWERABLE)
    confidence = 1 / (1 + math.exp(-(weighed + learned.bias)))
    if ranking.taught.exact:
        confidence = _as_settled(ranking, chosen, generation, confidence)
    common: dict[str, Any] = {
        "question": query.question,
        "understood": query.understood,
        "related": related(ranking, generation),
        "confidence": confidence,
    }
    if not chosen or confidence < learned.threshold:
        return Answer(
            outcome=Outcome.NOT_FOUND,
            missing=missing(ranking, generation),
            nearest=nearest(ranking, generation),
            **common,
        )
    return Answer(outcome=Outcome.ANSWERED, quotes=quotes(chosen, generation), **common)


def answerable_features(
    ranking: Ranking, chosen: Sequence[Ranked], generation: Generation
) -> dict[str, float]:
    """What tells an answerable question from a near miss, by the names in ANSWERABLE."""
    asked = _asked(ranking)
    if not chosen or not asked:
        return dict.fromkeys(ANSWERABLE, 0.0) | {"unmet": 1.0}
    top = dict(zip(FEATURES, chosen[0].features.tolist(), strict=True))
    met = np.max([one.alignment for one in chosen], axis=0)[asked]
    weights = ranking.weights[asked] / max(ranking.weights[asked].sum(), 1e-9)
    lexicon = generation.lexicon
    known = np.array([lexicon.knows(ranking.words[i].text) for i in asked])
    named = any(ranking.words[i].stem in lexicon.topics for i in asked)
    probed = _on_subject(ranking, generation)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    return {
        **{name: top[name] for name in FROM_BEST},
        # A sentence of two words is soon all about a question: "reverse" is the least of several.
        "reverse": min(float(one.features[FEATURES.index("reverse")]) for one in chosen[:ABOUT]),
        "least_met": float(met.min()),
        "foreign": 0.0 if named else float(weights[~known & (met < NEAR)].sum()),
        "unmet": float(bool(unmet(ranking.wanted, texts))),
        "unanswerable": ranking.taught.unanswerable if _known(chosen, generation) else 0.0,
        "uncounted": float(uncounted(ranking.query.text, texts) is not None),
    }


def _as_settled(
    ranking: Ranking, chosen: Sequence[Ranked], generation: Generation, confidence: float
) -> float:
    """How sure an editor's word on this very question makes the answer. That nothing answers it holds
    only of sentences that were there when it was said."""
    if ranking.taught.answers:
        return 1.0
    return 0.0 if _known(chosen, generation) else confidence


def _known(chosen: Sequence[Ranked], generation: Generation) -> bool:
    """Whether the examples have seen the best sentences. What none of them points at may be new: of
    that they cannot say that nobody answers the question."""
    pointed_at = generation.lessons.answers
    return not pointed_at or all(one.sentence.id in pointed_at for one in chosen[:ABOUT])


def missing(ranking: Ranking, generation: Generation) -> tuple[str, ...]:
    """What the question asks for and the articles do not cover, in the reader's words; () where the
    question names nothing, or only what they do speak of."""
    query = ranking.query
    probed = _on_subject(ranking, generation)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    number = uncounted(query.text, texts)
    matters = (*unmet(ranking.wanted, texts), *([number] if number else []))
    if matters:
        return matters
    asked = _asked(ranking)
    met = {i: max((float(one.alignment[i]) for one in probed), default=0.0) for i in asked}
    topics = generation.lexicon.topics
    unsaid = [i for i in asked if met[i] < COVERED and ranking.words[i].stem not in topics]
    found = dict.fromkeys(query.in_readers_words(ranking.words[i].text) for i in unsaid)
    return tuple(found)[:MOST_MISSING]


def related(ranking: Ranking, generation: Generation) -> tuple[str, ...]:
    """Questions that the articles answer, nearest first, other than the one asked."""
    asked = ranking.query.question.casefold().strip(" ?")
    known = set(generation.questions)
    # First the questions over the best sentences, then those that read most like it.
    over = (
        one.sentence.section[-1] for one in ranking.ranked[:MOST_PROBED] if one.sentence.section
    )
    order = np.argsort(-(generation.question_vectors @ ranking.vector), kind="stable")
    like = (generation.questions[index] for index in order)
    found = dict.fromkeys([*(heading for heading in over if heading in known), *like])
    return tuple(q for q in found if q.casefold().strip(" ?") != asked)[:RELATED]


def nearest(
    ranking: Ranking, generation: Generation
) -> tuple[tuple[Article, tuple[str, ...]], ...]:
    """The sections whose sentences come nearest, best first, each once."""
    places = {
        (one.sentence.article_id, one.sentence.section): None
        for one in ranking.ranked
        if one.sentence.section
    }
    return tuple(
        (generation.articles[article_id], section) for article_id, section in list(places)[:RELATED]
    )


def _asked(ranking: Ranking) -> list[int]:
    """Indices of the question's own content words; of the carried ones where it has none ("Why?")."""
    content = [i for i, word in enumerate(ranking.words) if word.is_content]
    return [i for i in content if i >= ranking.carried] or content


def _on_subject(ranking: Ranking, generation: Generation) -> list[Ranked]:
    """The best sentences about what the question names; where it names nothing, the best of all."""
    names = {word.stem for word in ranking.words if word.stem in generation.lexicon.topics}
    near = ranking.ranked[:MOST_PROBED]
    named = [one for one in near if names <= traits(one.sentence, generation).names]
    return (named or list(near))[:PROBED]
