"""A question → the articles' sentences, most useful first.

Dense and lexical search propose passages; their sentences are then compared with the question word by
word, with the encoder's own word vectors: every content word of the question looks for its best
partner in the sentence and in the headings above it. A small linear model weighs what was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_bot.articles.subjects import article_stems
from qa_bot.embedding.encoder import Encoded, Vector
from qa_bot.index.generation import Generation
from qa_bot.records import Kind, Sentence
from qa_bot.retrieval.features import FEATURES, compare
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.target import Target, target_of
from qa_bot.retrieval.traits import traits

CANDIDATES = 30  # passages from each search; their sentences are compared word by word
FUSION = 60  # the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)
MOST_SENTENCES = 240  # sentences compared with one question

# Kinds that speak of the page, for one person, or to one in danger: quoted only where that was asked.
ON_REQUEST: dict[Kind, re.Pattern[str]] = {
    Kind.TESTIMONIAL: re.compile(
        r"(?i)\b(testimonials?|members?|stor(y|ies)|experiences?|customers?|reviews from|"
        r"(patients?|people) (say|said|report|feel about))\b"
    ),
    Kind.REFERENCE: re.compile(
        r"(?i)\b(sources?|references?|cit(e|es|ed|ation|ations)|stud(y|ies)|papers?|research|"
        r"journals?|evidence|publication|guidelines?|based on|NICE|NIMH)\b"
    ),
    Kind.BYLINE: re.compile(
        r"(?i)\b(who (is|wrote|reviewed|checked)|review\w*|updat\w*|author\w*|written|wrote|checked|"
        r"date[ds]?|current|recent|fresh|old|doctor|publish\w*|page|article)\b"
    ),
    Kind.CRISIS_NOTICE: re.compile(
        r"(?i)\b(988|911|crisis|crises|emergenc\w+|hotlines?|helplines?|lifelines?|danger\w*|suicid\w*|"
        r"self-harm|urgent\w*|immediate\w*|right (now|away)|unsafe|numbers?|phone|call|contact|text|"
        r"desperate)\b"
    ),
    Kind.NOTE: re.compile(
        r"(?i)\b(review\w*|checked|verified|reliable|trust\w*|page|article|sources?|sourced|editor)\b"
    ),
}
POINTED_TO = 0.5  # how surely the examples have to point at a sentence of another kind to admit it
SHARED_STEMS = 2  # words in common that also admit such a sentence ("Daniel Montville")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and why it stands where it does. `features`: as in FEATURES. `alignment`:
    (content words of the question,), each in [0, 1]: how well the word is met."""

    sentence: Sentence
    score: float
    features: Vector
    alignment: Vector


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sentences, best first, and what was looked for."""

    target: Target
    ranked: tuple[Ranked, ...]


def rank(
    query: Query,
    encoded: Encoded,
    generation: Generation,
    coefficients: dict[str, float],
) -> Ranking:
    """Rank the sentences of `generation` for `query`; `encoded` is its text."""
    target = target_of(query, encoded, generation)
    candidates = _candidates(target, generation)
    if not target.words or not candidates:
        return Ranking(target, ())
    features, alignments = compare(target, candidates, generation)
    scores = features @ np.array([coefficients[name] for name in FEATURES], dtype=np.float32)
    if target.prediction.exact:
        # What an editor names for this very question stands before all else.
        named = np.array([one.id in target.prediction.answers for one, _ in candidates])
        least = scores[named].min(initial=np.inf)
        scores[named] += max(0.0, scores[~named].max(initial=-np.inf) - least)
    order = np.argsort(-scores, kind="stable")
    ranked = (Ranked(candidates[i][0], float(scores[i]), features[i], alignments[i]) for i in order)
    return Ranking(target, tuple(ranked))


def _candidates(target: Target, generation: Generation) -> list[tuple[Sentence, float]]:
    """Sentences of the passages found, best passage first, with the passage's cosine similarity."""
    dense = generation.nearest(target.vector, CANDIDATES)
    stems = target.stems
    scores = target.prediction.answers
    answering = sorted(scores, key=lambda sentence_id: -scores[sentence_id])
    by_example = dict.fromkeys(generation.passage_of[sentence_id] for sentence_id in answering)
    fused: dict[int, float] = {}
    lexical = generation.lexicon.search(stems, CANDIDATES)
    for found in ([index for index, _ in dense], lexical, by_example):
        for place, index in enumerate(found):
            fused[index] = fused.get(index, 0.0) + 1 / (FUSION + place)
    similarity = dict(dense)
    # What another article says about another subject can also be near in words and meaning.
    meant = generation.lexicon.speaking_of(stems)
    if meant:
        meant |= {generation.sentence(one).article_id for one in scores}
    candidates: list[tuple[Sentence, float]] = []
    for index in sorted(fused, key=lambda index: -fused[index]):
        if meant and generation.passages[index].article_id not in meant:
            continue
        for sentence_id in generation.passages[index].sentence_ids:
            sentence = generation.sentence(sentence_id)
            if not traits(sentence, generation).length:
                continue  # nothing in it could meet a word
            pointed_to = scores.get(sentence_id, 0.0) >= POINTED_TO
            if pointed_to or _admitted(sentence, target.query.question, stems, generation):
                candidates.append((sentence, similarity.get(index, 0.0)))
    return candidates[:MOST_SENTENCES]


def _admitted(
    sentence: Sentence, question: str, stems: Sequence[str], generation: Generation
) -> bool:
    pattern = ON_REQUEST.get(sentence.kind)
    if pattern is None or pattern.search(question):
        return True
    if sentence.kind in (Kind.TESTIMONIAL, Kind.REFERENCE):
        return False
    shared = set(stems) & set(article_stems(generation.text(sentence)))
    return len(shared) >= SHARED_STEMS
