"""Ranked sentences → quotes: which of them to show, in which order, and each with the neighbor without
which it could not be understood.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from qa_bot.answers import Quote
from qa_bot.articles import markers
from qa_bot.aspects import DECISION, spoken_of
from qa_bot.embedding import Vector
from qa_bot.records import Article, Kind, Sentence
from qa_bot.retrieval import Ranked, Ranking
from qa_bot.store import Generation

MOST_QUOTES = 5
MOST_WORDS = 125  # in all quotes together
REPEATS = 0.77  # cosine, without headings, from which two sentences of one article say the same
POOL = 25  # best sentences that may be quoted
WORTH = 0.005  # of the best sentence; one worth less is quoted only beside fewer words than these
FEW_WORDS = 60
REPETITION = -0.9  # what being one does to a sentence's worth
BRIEF = 10  # words of a sentence whose worth counts as it is; of a longer one it counts less
_LEANS = re.compile(r"(?i)(this|these|those|it|its|they|their)\b")
LONGEST_QUOTE = 60  # words, from which a neighbor that can stand alone begins another quote
MOST_LEANING = 2  # sentences in a quote for the sake of one that leans on the one before it
SHORT = 4  # words; a sentence this short only opens or closes what its neighbor says
SAME_QUESTION = 0.8  # cosine from which a question is the one that a bare "Yes." replies to
_VERDICT = re.compile(r"(?i)(yes|no)\W*")


def choose(ranking: Ranking, generation: Generation) -> tuple[Ranked, ...]:
    """The sentences to quote, best first: each worth its place beside those already chosen.

    A sentence counts less when the same article has just said it, and, after the first, the more words
    it takes. The neighbor that a sentence leans on comes with it.
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
    while True:
        chosen = list(chain.from_iterable(groups))
        gains = {
            id_: worth[id_] * (1 + standing.get(id_, 0.0)) / (cost[id_] if chosen else 1)
            for id_ in (one.sentence.id for one in pool)
            if id_ not in taken
        }
        for sentence_id in sorted(gains, key=lambda i: -gains[i]):
            if gains[sentence_id] < WORTH and _length(chosen, generation) >= few:
                continue
            one = by_id[sentence_id]
            # A neighbor that was not found by itself comes as good as the one that needs it.
            group = [
                by_id.get(s.id) or replace(one, sentence=s)
                for s in _group(one.sentence, generation)
                if _is_meant(s, ranking, generation)
            ]
            added = [one for one in group if one.sentence.id not in taken]
            draft = [*chosen, *added]
            if not chosen or (
                _length(draft, generation) <= MOST_WORDS
                and len(_runs(draft, generation)) <= MOST_QUOTES
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
            words = MOST_WORDS - _length(advice[:1], generation)
            for kept in range(len(groups), 0, -1):
                chosen = tuple(chain.from_iterable(groups[:kept]))
                fits = _length(chosen, generation) <= words
                if fits and len(_runs(chosen, generation)) < MOST_QUOTES:
                    break
            return (*chosen, advice[0])
    return chosen


def quotes(chosen: Sequence[Ranked], generation: Generation) -> tuple[Quote, ...]:
    """One quote for each run of neighboring sentences, in the order in which they were chosen."""
    found = []
    for run in sorted(
        _runs(chosen, generation), key=lambda run: min(chosen.index(one) for one in run)
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
    return (BRIEF + _length([one], generation)) / (2 * BRIEF)


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


def _group(sentence: Sentence, generation: Generation) -> tuple[Sentence, ...]:
    """The sentence with the neighbors it cannot be understood without, in the order of the text."""
    group = [sentence]
    while len(group) < MOST_LEANING and _leans(generation.text(group[0])):
        before = _neighbor(group[0], -1, generation)
        if before is None:
            break
        group.insert(0, before)
    opener = _neighbor(group[0], -1, generation)
    if opener is not None and _is_short(opener, generation):
        group.insert(0, opener)  # "Yes." belongs to what it affirms
    after = _neighbor(sentence, 1, generation)
    if after is not None and _is_short(sentence, generation) and sentence is group[-1]:
        group.append(after)
    return tuple(group)


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


def _neighbor(sentence: Sentence, step: int, generation: Generation) -> Sentence | None:
    """The sentence before (-1) or after (1) within the same block; None at its ends."""
    index = generation.sentence_index[sentence.id] + step
    if not 0 <= index < len(generation.sentences):
        return None
    other = generation.sentences[index]
    return other if _distance(sentence, other) == 1 else None


def _is_short(sentence: Sentence, generation: Generation) -> bool:
    return len(generation.text(sentence).split()) <= SHORT


def _leans(words: str) -> bool:
    return bool(_LEANS.match(words.lstrip("“\"'")))


def _distance(one: Sentence, other: Sentence) -> int:
    """Sentences between the two within one block, 1 for neighbors; 0 for other blocks or the same."""
    same = one.article_id == other.article_id and one.block == other.block
    return abs(one.position - other.position) if same else 0


def _runs(of: Sequence[Ranked], generation: Generation) -> list[list[Ranked]]:
    """Neighboring sentences together, each run in the order of its article. A long run is cut: what
    answers should not have to wait behind all that stands before it."""
    runs: list[list[Ranked]] = []
    for one in sorted(of, key=lambda one: (one.sentence.article_id, one.sentence.start)):
        if runs and _continues(runs[-1], one, generation):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _continues(run: Sequence[Ranked], one: Ranked, generation: Generation) -> bool:
    """Whether a sentence belongs into the quote of those before it."""
    last = run[-1].sentence
    if _distance(last, one.sentence) != 1:
        return False
    needs = _leans(generation.text(one.sentence)) or _is_short(last, generation)
    return needs or _length([*run, one], generation) <= LONGEST_QUOTE


def _length(of: Sequence[Ranked], generation: Generation) -> int:
    return sum(len(generation.text(one.sentence).split()) for one in of)


def _references(article: Article, words: str) -> tuple[str, ...]:
    cited = markers(words)
    return tuple(str(reference) for reference in article.references if reference.number in cited)
