"""Ranked sentences → quotes: which of them to show, in which order, and each with the neighbor without
which it could not be understood.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from qa_bot.answering.neighbors import length, runs, with_needed
from qa_bot.answers import Quote
from qa_bot.articles.article import markers
from qa_bot.embedding.encoder import Vector
from qa_bot.index.generation import Generation
from qa_bot.records import Article, Kind, Sentence
from qa_bot.retrieval.aspects import DECISION, spoken_of
from qa_bot.retrieval.ranking import Ranked, Ranking

MOST_QUOTES = 5
MOST_WORDS = 125  # in all quotes together
REPEATS = 0.77  # cosine, without headings, from which two sentences of one article say the same
POOL = 25  # best sentences that may be quoted
WORTH = 0.005  # share of the best sentence's worth; one worth less is quoted only
FEW_WORDS = 60  # while fewer words than these are
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
    by_id = {one.sentence.id: one for one in ranking.ranked}
    best = ranking.ranked[0]
    # Who wrote it and when is said in a line; what else is in the article adds nothing to that.
    few = 0 if best.sentence.kind is Kind.BYLINE else FEW_WORDS
    worth = {one.sentence.id: math.exp(one.score - best.score) for one in ranking.ranked}
    meant = (o for o in _quotable(ranking.ranked) if _is_meant(o.sentence, ranking, generation))
    pool = list(islice(meant, POOL))
    vectors = generation.vectors.stack(generation.text(one.sentence) for one in pool)
    cost = {one.sentence.id: _cost(one, generation) for one in pool}
    # What those already chosen do to the worth of each, as factors to be added to 1.
    standing: dict[str, float] = {}
    groups: list[list[Ranked]] = []
    taken: set[str] = set()
    sides = _sides(ranking)
    while True:
        chosen = list(chain.from_iterable(groups))
        due = _unspoken_of(sides, chosen, pool)
        gains = {
            id_: worth[id_] * (1 + standing.get(id_, 0.0)) / (cost[id_] if chosen else 1)
            for id_ in (one.sentence.id for one in pool)
            if id_ not in taken
        }
        for sentence_id in sorted(gains, key=lambda i: (i not in due, -gains[i])):
            if (
                sentence_id not in due
                and gains[sentence_id] < WORTH
                and length(chosen, generation) >= few
            ):
                continue
            one = by_id[sentence_id]
            # A neighbor that was not found by itself comes as good as the one that needs it.
            group = [
                by_id.get(s.id) or replace(one, sentence=s)
                for s in with_needed(one.sentence, generation)
                if _is_meant(s, ranking, generation)
            ]
            added = [one for one in group if one.sentence.id not in taken]
            draft = [*chosen, *added]
            if not chosen or (
                length(draft, generation) <= MOST_WORDS
                and len(runs(draft, generation)) <= MOST_QUOTES
            ):
                # The sentence that was ranked comes first: it decides the quote's place and score.
                added.sort(key=lambda one: one.sentence.id != sentence_id)
                groups.append(added)
                taken |= {one.sentence.id for one in added}
                for other in added:
                    _penalize_repetition(other, pool, vectors, standing, generation)
                break
        else:
            return _with_advice(groups, ranking, generation)


def _sides(ranking: Ranking) -> tuple[int, ...]:
    """Indices of the content words next to a word that sets two things side by side."""
    text = ranking.query.text
    sides = set()
    for found in _BESIDE.finditer(text, ranking.query.asked):
        before = [i for i, w in enumerate(ranking.words) if w.start < found.start()]
        after = [i for i, w in enumerate(ranking.words) if w.start >= found.end()]
        if before and after and ranking.words[before[-1]].start >= ranking.query.asked:
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
    if DECISION in ranking.wanted:
        advice = [o for o in ranking.ranked if DECISION in spoken_of(generation.text(o.sentence))]
        if advice and not any(one in chosen for one in advice):
            words = MOST_WORDS - length(advice[:1], generation)
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
                references=_references(article, article.text[first.start : last.end]),
                score=math.exp(best.score - chosen[0].score),
            )
        )
    return tuple(found)


def _cost(one: Ranked, generation: Generation) -> float:
    """What a sentence takes of the reader's patience; 1 for one of BRIEF words."""
    return (BRIEF + length([one], generation)) / (2 * BRIEF)


def _penalize_repetition(
    chosen: Ranked,
    pool: Sequence[Ranked],
    vectors: Vector,
    standing: dict[str, float],
    generation: Generation,
) -> None:
    """Add to `standing` what a sentence now chosen does to the others of its article in `pool`."""
    said = vectors @ generation.vectors.vector(generation.text(chosen.sentence))
    for one, likeness in zip(pool, said.tolist(), strict=True):
        if one.sentence.article_id != chosen.sentence.article_id:
            continue
        before = standing.get(one.sentence.id, 0.0)
        standing[one.sentence.id] = before + (REPETITION if likeness > REPEATS else 0.0)


def _is_meant(sentence: Sentence, ranking: Ranking, generation: Generation) -> bool:
    """Whether a sentence says the same to this reader as in its place: a bare "Yes." or "No." does so
    only to the question that stands over it."""
    if not _VERDICT.fullmatch(generation.text(sentence)):
        return True
    replied_to = sentence.section[-1] if sentence.section else ""
    if replied_to not in generation.questions:
        return False
    likeness = float(generation.vectors.vector(replied_to) @ ranking.vector)
    return likeness >= SAME_QUESTION


def _references(article: Article, words: str) -> tuple[str, ...]:
    cited = markers(words)
    return tuple(str(reference) for reference in article.references if reference.number in cited)
