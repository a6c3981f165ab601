"""Ranked sentences → an Answer: the quotes chosen, or that the articles do not say.

Whether the quotes answer at all is a probability with a fixed operating point: below it the bot says
what is not covered, and offers the nearest sections and questions instead of a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.answering.about import KINDS, asked_about
from qa_bot.answering.choosing import MET, choose, quotes
from qa_bot.answering.confidence import (
    MOST_PROBED,
    Logistic,
    asked_words,
    compared_with_a_stranger,
    examples_are_silent,
    judged,
    named_in,
    on_subject,
)
from qa_bot.answering.listing import list_asked_for, listed
from qa_bot.answers import Answer, Outcome
from qa_bot.index.generation import Generation
from qa_bot.records import Article
from qa_bot.retrieval.aspects import reply_to, ruled_out, uncounted, unmet
from qa_bot.retrieval.ranking import Ranked, Ranking
from qa_bot.words import NUMERALS

MODEL_FILE = Path(__file__).with_name("model.json")
MOST_MISSING = 4  # words named as not covered
RELATED = 3  # questions and sections offered
# What cannot be missing by itself: "no answer about 5, years", or what says too little for it.
_NOT_MISSING = re.compile(
    rf"(?i)[\d.,]+|{NUMERALS}|(second|minute|hour|day|week|month|year)s?|"
    r"normal|try|trying|tried|left|anymore|every(thing|one|body)|(any|some|no)thing|feels?|feeling|felt|"
    r"gets?|getting|got|better|honestly|really|actually|point|things?|way|kind|sort|bit|lot|ever|even|"
    r"still|maybe|lasts?|ok|okay|wants?|wanted|mom|dad|mum|wife|husband"
)


@dataclass(frozen=True, slots=True)
class Model:
    """Learned numbers, read from `model.json`: what a sentence's features are worth, how sure it is
    that sentences answer, and that the question is about these articles at all."""

    sentence: dict[str, float]
    answerable: Logistic
    familiar: Logistic


@lru_cache(maxsize=1)
def model() -> Model:
    """The model that comes with the product; `qa_bot.training.answering` writes it."""
    numbers = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return Model(
        numbers["sentence"], Logistic(**numbers["answerable"]), Logistic(**numbers["familiar"])
    )


def answer(ranking: Ranking, generation: Generation, learned: Model) -> Answer:
    """Answer with the sentences of `ranking`, or say that the articles do not."""
    query = ranking.target.query
    stems, carried = ranking.target.stems, ranking.target.carried
    articles = generation.articles.values()
    about = asked_about(query.question, stems[carried:], articles, stems[:carried])
    kind = list_asked_for(query.question) if about else None
    if kind and (quoted := listed(about, kind)):
        return Answer(query.question, Outcome.ANSWERED, quoted, confidence=1.0, about=about)
    if about:
        ranking = replace(ranking, ranked=_on_themselves(ranking.ranked, about))
    chosen = choose(ranking, generation)
    confidence, enough = _confidence(ranking, chosen, generation, learned)
    common: dict[str, Any] = {
        "question": query.question,
        "understood": query.understood,
        "related": related(ranking, generation),
        "confidence": confidence,
        "about": about,
    }
    if not chosen or not enough:
        matters = missing(ranking, generation)
        return Answer(
            outcome=Outcome.NOT_FOUND,
            missing=matters,
            reply=reply_to(matters),
            nearest=nearest(ranking, generation),
            **common,
        )
    return Answer(outcome=Outcome.ANSWERED, quotes=quotes(chosen, generation), **common)


def _on_themselves(ranked: Sequence[Ranked], articles: Collection[Article]) -> tuple[Ranked, ...]:
    """Those sentences in which `articles` speak of themselves."""
    ids = {one.id for one in articles}
    return tuple(o for o in ranked if o.sentence.article_id in ids and o.sentence.kind in KINDS)


def _confidence(
    ranking: Ranking, chosen: Sequence[Ranked], generation: Generation, learned: Model
) -> tuple[float, bool]:
    """How sure it is that `chosen` answers, in [0, 1], and whether that is enough."""
    if ranking.target.prediction.exact and ranking.target.prediction.answers:
        return 1.0, True
    told = named_in(chosen, ranking, generation) or chosen
    texts = [generation.text_in_context(one.sentence) for one in told]
    if ranking.target.prediction.exact or ruled_out(ranking.target.wanted, texts):
        return 0.0, False
    if compared_with_a_stranger(ranking, generation):
        return 0.0, False
    # What another article says of another thing is no answer, however near.
    if not generation.lexicon.covers(
        ranking.target.stems, {one.sentence.article_id for one in chosen}
    ):
        return 0.0, False
    features = judged(ranking, chosen, generation)
    confidence = learned.answerable.chance(features)
    enough = confidence >= learned.answerable.threshold
    if examples_are_silent(features):
        familiar = learned.familiar.chance(features)
        if familiar < learned.familiar.threshold:
            return min(confidence, familiar), False
    return confidence, enough


def missing(ranking: Ranking, generation: Generation) -> tuple[str, ...]:
    """What the question asks for and the articles do not cover, in the reader's words; () where the
    question names nothing, or only what they do speak of."""
    query = ranking.target.query
    probed = on_subject(ranking, generation)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    number = uncounted(query.asking, texts)
    matters = (*unmet(ranking.target.wanted, texts), *([number] if number else []))
    if matters:
        return matters
    asked = asked_words(ranking)
    met = {i: max((float(one.alignment[i]) for one in probed), default=0.0) for i in asked}
    topics = generation.lexicon.topics
    unsaid = [i for i in asked if met[i] < MET and ranking.target.words[i].stem not in topics]
    told = (query.in_readers_words(ranking.target.words[i].text) for i in unsaid)
    found = dict.fromkeys(word for word in told if not _NOT_MISSING.fullmatch(word))
    return tuple(found)[:MOST_MISSING]


def related(ranking: Ranking, generation: Generation) -> tuple[str, ...]:
    """Questions that the articles answer, nearest first, other than the one asked."""
    asked = ranking.target.query.question.casefold().strip(" ?")
    known = set(generation.questions)
    # First the questions over the best sentences, then those that read most like it.
    over = (
        one.sentence.section[-1] for one in ranking.ranked[:MOST_PROBED] if one.sentence.section
    )
    order = np.argsort(-(generation.question_vectors @ ranking.target.vector), kind="stable")
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
