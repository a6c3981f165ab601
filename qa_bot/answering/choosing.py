"""Ranked sentences → quotes: which of them to show, in which order, and each with the neighbor without
which it could not be understood.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from qa_bot.answering.neighbors import length, runs, with_needed
from qa_bot.answers import Quote
from qa_bot.articles.article import cited
from qa_bot.index.generation import Generation
from qa_bot.records import Kind, Sentence
from qa_bot.retrieval.aspects import DECISION, spoken_of
from qa_bot.retrieval.ranking import Ranked, Ranking

MOST_QUOTES = 5
MOST_QUOTED_WORDS = 125  # in all quotes together
REPEATS = 0.77  # cosine, without headings, from which two sentences of one article say the same
POOL = 25  # best sentences that may be quoted
WORTH = 0.005  # share of the best sentence's worth; one worth less is quoted only
ENOUGH_WORDS = 60  # while fewer words than these are
REPETITION = -0.9  # what being one does to a sentence's worth
BRIEF = 10  # words of a sentence whose worth counts as it is; of a longer one it counts less
SAME_QUESTION = 0.8  # cosine from which a question is the one that a bare "Yes." replies to
MET = 0.55  # alignment from which a word of the question is spoken of
NAMED = 0.75  # and from which it is named
_BESIDE = re.compile(r"(?i)\b(vs|versus|and|or|compare\w*|differ\w*|than|against|from)\b")
_VERDICT = re.compile(r"(?i)(yes|no)\W*")


def choose(ranking: Ranking, generation: Generation) -> tuple[Ranked, ...]:
    """The sentences to quote, best first: each worth its place beside those already chosen.

    A sentence counts less when the same article has just said it, and, after the first, the more words
    it takes. Of two things named side by side each is spoken of before more is said of one. The neighbor
    that a sentence leans on comes with it.
    """
    if not ranking.ranked:
        return ()
    meant = (o for o in _quotable(ranking.ranked) if _is_meant(o.sentence, ranking, generation))
    pool = list(islice(meant, POOL))
    scores = np.array([one.score for one in pool])
    worth = np.exp(scores - ranking.ranked[0].score)
    costs = np.array([_cost(one, generation) for one in pool])
    repeated = np.zeros(len(pool))  # how many of those chosen have said the same
    groups: list[list[Ranked]] = []
    while True:
        gains = worth * (1 + REPETITION * repeated) / (costs if groups else 1)
        group = _next(pool, gains.tolist(), groups, ranking, generation)
        if not group:
            return _with_advice(groups, ranking, generation)
        groups.append(group)
        repeated += sum(_repeats(one, pool, generation) for one in group)


def _next(
    pool: Sequence[Ranked],
    gains: Sequence[float],
    groups: Sequence[Sequence[Ranked]],
    ranking: Ranking,
    generation: Generation,
) -> list[Ranked]:
    """The sentence of `pool` that is shown next, before those that it needs; [] where none is worth it,
    or fits beside those chosen already, in `groups`. `gains`: what each would add."""
    chosen = list(chain.from_iterable(groups))
    taken = {one.sentence.id for one in chosen}
    due = _unspoken_of(_sides(ranking), chosen, pool)
    # Who wrote it and when is said in a line; what else is in the article adds nothing to that.
    few = 0 if ranking.ranked[0].sentence.kind is Kind.BYLINE else ENOUGH_WORDS
    least = WORTH if length(chosen, generation) >= few else -math.inf
    by_gain = sorted(
        zip(pool, gains, strict=True), key=lambda each: (each[0].sentence.id not in due, -each[1])
    )
    for one, gain in by_gain:
        if one.sentence.id in taken or (gain < least and one.sentence.id not in due):
            continue
        needed = [o for o in _with_needed(one, ranking, generation) if o.sentence.id not in taken]
        if not chosen or _fit([*chosen, *needed], generation):
            return needed
    return []


def _with_needed(one: Ranked, ranking: Ranking, generation: Generation) -> list[Ranked]:
    """A sentence, then the neighbors it needs. It is first as it decides the quote's place and score."""
    by_id = {other.sentence.id: other for other in ranking.ranked}
    needed = (
        # A neighbor that was not found by itself comes as good as the one that needs it.
        by_id.get(sentence.id) or replace(one, sentence=sentence)
        for sentence in with_needed(one.sentence, generation)
        if _is_meant(sentence, ranking, generation)
    )
    return sorted(needed, key=lambda other: other.sentence.id != one.sentence.id)


def _fit(chosen: Sequence[Ranked], generation: Generation) -> bool:
    """Whether so much may be quoted."""
    few_words = length(chosen, generation) <= MOST_QUOTED_WORDS
    return few_words and len(runs(chosen, generation)) <= MOST_QUOTES


def _sides(ranking: Ranking) -> tuple[int, ...]:
    """Indices of the content words next to a word that sets two things side by side."""
    text = ranking.target.query.text
    sides = set()
    for found in _BESIDE.finditer(text, ranking.target.query.asked):
        before = [i for i, w in enumerate(ranking.target.words) if w.start < found.start()]
        after = [i for i, w in enumerate(ranking.target.words) if w.start >= found.end()]
        if (
            before
            and after
            and ranking.target.words[before[-1]].start >= ranking.target.query.asked
        ):
            sides |= {before[-1], after[0]}
    return tuple(sorted(sides))


def _unspoken_of(
    sides: Sequence[int], chosen: Sequence[Ranked], pool: Sequence[Ranked]
) -> set[str]:
    """Ids of the best sentences that name a side of which nothing `chosen` speaks; once something is."""
    left = [i for i in sides if chosen and all(one.alignment[i] < MET for one in chosen)]
    naming = (next((o for o in pool if o.alignment[i] >= NAMED), None) for i in left)
    return {one.sentence.id for one in naming if one}


def _quotable(ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """Without what a publisher says of its own service, unless that is the best of all."""
    if ranked[0].sentence.kind is Kind.PROMOTION:
        return ranked
    return [one for one in ranked if one.sentence.kind is not Kind.PROMOTION]


def _with_advice(
    groups: list[list[Ranked]], ranking: Ranking, generation: Generation
) -> tuple[Ranked, ...]:
    """What is chosen, in `groups` of those that need each other; where readers ask what they should do,
    with what the articles say of who decides that, in the place of the last if need be."""
    chosen = tuple(chain.from_iterable(groups))
    if DECISION in ranking.target.wanted:
        advice = [o for o in ranking.ranked if DECISION in spoken_of(generation.text(o.sentence))]
        if advice and not any(one in chosen for one in advice):
            words = MOST_QUOTED_WORDS - length(advice[:1], generation)
            for kept in range(len(groups), 0, -1):
                chosen = tuple(chain.from_iterable(groups[:kept]))
                fits = length(chosen, generation) <= words
                if fits and len(runs(chosen, generation)) < MOST_QUOTES:
                    break
            return (*chosen, advice[0])
    return chosen


def quotes(chosen: Sequence[Ranked], generation: Generation) -> tuple[Quote, ...]:
    """One quote for each run of neighboring sentences, in the order in which they were chosen."""
    found = []
    for run in sorted(
        runs(chosen, generation), key=lambda run: min(chosen.index(one) for one in run)
    ):
        first, last = run[0].sentence, run[-1].sentence
        article = generation.articles[first.article_id]
        best = max(run, key=lambda one: one.score)
        found.append(
            Quote(
                article=article,
                start=first.start,
                end=last.end,
                section=first.section,
                role=best.sentence.kind,
                references=cited(article, first.start, last.end),
                score=math.exp(best.score - chosen[0].score),
            )
        )
    return tuple(found)


def _cost(one: Ranked, generation: Generation) -> float:
    """What a sentence takes of the reader's patience; 1 for one of BRIEF words."""
    return (BRIEF + length([one], generation)) / (2 * BRIEF)


def _repeats(chosen: Ranked, pool: Sequence[Ranked], generation: Generation) -> NDArray[np.bool_]:
    """Which of `pool` say again what a sentence of the same article says."""
    vectors = generation.vectors.stack(generation.text(one.sentence) for one in pool)
    alike = vectors @ generation.vectors.vector(generation.text(chosen.sentence)) > REPEATS
    article = chosen.sentence.article_id
    same: NDArray[np.bool_] = alike & [one.sentence.article_id == article for one in pool]
    return same


def _is_meant(sentence: Sentence, ranking: Ranking, generation: Generation) -> bool:
    """Whether a sentence says the same to this reader as in its place: a bare "Yes." or "No." does so
    only to the question that stands over it."""
    if not _VERDICT.fullmatch(generation.text(sentence)):
        return True
    replied_to = sentence.section[-1] if sentence.section else ""
    if replied_to not in generation.questions:
        return False
    likeness = float(generation.vectors.vector(replied_to) @ ranking.target.vector)
    return likeness >= SAME_QUESTION
