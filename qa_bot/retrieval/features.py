"""How a sentence compares with a question: the named features that ranking weighs.

Which sentences are compared is the business of `ranking`; what the features are worth, of `training`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_bot.articles.subjects import subject_stems
from qa_bot.embedding.encoder import Vector
from qa_bot.index.generation import Generation
from qa_bot.records import Kind, Sentence
from qa_bot.retrieval.answer_types import AnswerType, expected
from qa_bot.retrieval.target import Target
from qa_bot.retrieval.traits import Traits, traits
from qa_bot.words import Word

Counts = NDArray[np.int64]

AROUND = 2  # sentences to either side that help to understand one

FEATURES = (
    "dense",  # cosine of question and sentence, headings included
    "own",  # cosine of question and sentence, without them
    "passage",  # cosine of question and passage
    "align",  # mean best partner of the question's words, in the sentence, its headings or its title
    "align_own",  # the same, in the sentence alone
    "align_before",  # the same as "align", in the sentence or in the one before it
    "align_around",  # the same, in the sentence or in any of its paragraph as near as AROUND
    "lexical",  # share of the question's words that occur themselves
    "reverse",  # mean best partner of the sentence's words in the question: how much it is about it
    "length",  # log(1 + content words)
    "named",  # share of the things named in the question that the paragraph is about
    "example",  # how surely it answers the question, as the examples have it
    "says",  # of `named`, what also speaks of what is asked for (a cost, a time, a reason)
    "answer_type",  # whether it holds the kind of thing asked for: a number, a date, a new name
    "faq",
    "takeaway",
    "promotion",
)


def compare(
    target: Target, candidates: Sequence[tuple[Sentence, float]], generation: Generation
) -> tuple[Vector, Vector]:
    """Features, (candidates, FEATURES), and alignments, (candidates, words).

    `candidates`: sentences with the cosine similarity of their passage.
    """
    words, weights = target.words, target.weights
    known = [traits(sentence, generation) for sentence, _ in candidates]
    vectors = generation.vectors
    rows = [one.row for one in known]
    lengths = np.array([one.length for one in known])
    above = np.array([one.above for one in known])
    partners = vectors.partners(rows, target.word_vectors)
    starts = np.cumsum(lengths) - lengths
    best = np.maximum.reduceat(partners, starts)
    own, reverse = _own(partners, starts + above, starts + lengths)
    stems = [one.stems for one in known]
    same = np.array([[word.stem in held for word in words] for held in stems], dtype=np.float32)
    best = np.maximum(best, _titled(words, candidates, generation))
    alignments = np.maximum(best, same)
    before, around = _with_neighbors(alignments, [sentence for sentence, _ in candidates])
    names = generation.lexicon.topics & set(target.stems)
    named = np.array([_share(names, one.names) for one in known])
    says = np.array([_share(target.wanted, one.speaks_of) for one in known])
    kinds = [sentence.kind for sentence, _ in candidates]
    columns = {
        "dense": vectors.at(rows) @ target.vector,
        "own": vectors.at([one.own_row for one in known]) @ target.vector,
        "passage": [similarity for _, similarity in candidates],
        "align": best @ weights,
        "align_own": own @ weights,
        "align_before": before @ weights,
        "align_around": around @ weights,
        "lexical": same @ weights,
        "reverse": reverse,
        "length": np.log1p(lengths - above),
        "named": named,
        "example": [target.prediction.answers.get(sentence.id, 0.0) for sentence, _ in candidates],
        "says": named * says if target.wanted else 0 * named,
        "answer_type": _fits(target, known),
        "faq": [kind is Kind.FAQ for kind in kinds],
        "takeaway": [kind is Kind.TAKEAWAY for kind in kinds],
        "promotion": [kind is Kind.PROMOTION for kind in kinds],
    }
    found = np.column_stack([columns[name] for name in FEATURES])
    return found.astype(np.float32), alignments


def _titled(
    words: Sequence[Word], candidates: Sequence[tuple[Sentence, float]], generation: Generation
) -> Vector:
    """(candidates, words): 1 where the title of its article has the word, else 0. What the whole article
    is about, few of its sentences say again."""
    articles = {sentence.article_id for sentence, _ in candidates}
    said = {one: subject_stems(generation.articles[one]) for one in articles}
    met = {one: [float(word.stem in stems) for word in words] for one, stems in said.items()}
    return np.array([met[sentence.article_id] for sentence, _ in candidates], dtype=np.float32)


def _with_neighbors(alignments: Vector, sentences: Sequence[Sentence]) -> tuple[Vector, Vector]:
    """`alignments`, (sentences, words), where a word may also be met in the sentence before, and where
    it may be met up to AROUND sentences away. What leans on its neighbors says little by itself."""
    rows = {(s.article_id, s.block, s.position): row for row, s in enumerate(sentences)}

    def beside(step: int) -> Counts:
        near = ((s.article_id, s.block, s.position + step) for s in sentences)
        return np.array([rows.get(place, row) for row, place in enumerate(near)])

    before = np.maximum(alignments, alignments[beside(-1)])
    around = before
    for step in (*range(-AROUND, -1), *range(1, AROUND + 1)):
        around = np.maximum(around, alignments[beside(step)])
    return before, around


def _own(partners: Vector, starts: Counts, ends: Counts) -> tuple[Vector, Vector]:
    """The best partners in rows `starts:ends` of each text, and the mean of the rows' best."""
    bounds = np.column_stack([starts, ends]).ravel()
    padded = np.concatenate([partners, partners[-1:]])  # for the last end
    best = np.maximum.reduceat(padded, bounds)[::2]
    mean = np.add.reduceat(padded.max(axis=1), bounds)[::2] / (ends - starts)
    return best, mean


def _fits(target: Target, known: Sequence[Traits]) -> list[float]:
    """Of each sentence, the share of the kinds of things the question expects that it holds."""
    kinds = expected(target.query.text)
    if not kinds:
        return [0.0] * len(known)
    said = frozenset(target.stems)
    return [
        sum(
            kind in one.holds or (kind is AnswerType.NAME and not one.own_names <= said)
            for kind in kinds
        )
        / len(kinds)
        for one in known
    ]


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    """The share of what is wanted that is found; 1 when nothing is wanted."""
    return len(wanted & found) / len(wanted) if wanted else 1.0
