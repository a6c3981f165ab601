"""Ranked sentences → an Answer: which to quote, or that the articles do not say.

Quotes are whole sentences; one that leans on its neighbor ("This …", "Yes.") brings it along. Whether
they answer at all is a probability with a fixed operating point: below it the bot says what is not
covered, and offers the nearest sections and questions instead of a guess.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.articles import markers
from qa_bot.aspects import uncounted, unmet
from qa_bot.embedding import Vector
from qa_bot.lexical import Lexicon
from qa_bot.records import Answer, Article, Outcome, Quote, Sentence
from qa_bot.retrieval import FEATURES, Ranked, Ranking, names_over
from qa_bot.store import Generation

MODEL_FILE = Path(__file__).parent / "data" / "model.json"
MOST_QUOTES = 5
MOST_WORDS = 125  # in all quotes together
REPEATS = 0.77  # cosine, without headings, from which two sentences of one article say the same
POOL = 25  # best sentences that may be quoted
WORTH = 0.005  # of the best sentence; one worth less is quoted only beside fewer words than these
FEW_WORDS = 60
REPETITION, NEIGHBOR, OTHER_ARTICLE = -0.9, 0.1, 1.0  # what being one does to a sentence's worth
MOST_PROBED = 60  # sentences searched for those about the question's subject
PROBED = 8  # best sentences asked whether they speak of what the question asks for
NEAR = 0.45  # alignment from which a word that no article has is no stranger to them
COVERED = 0.55  # alignment from which a word of the question counts as met
MOST_MISSING = 4  # words named as not covered
RELATED = 3  # questions and sections offered

ANSWERABLE = (
    "dense",
    "passage",
    "align_own",
    "reverse",
    "least_met",
    "foreign",
    "unmet",
    "uncounted",
)
FROM_BEST = ANSWERABLE[:4]  # features of the first sentence quoted

_LEANS = re.compile(
    r"(?i)(this|that|these|those|it|its|they|their|he|she|such|both|neither|however|but|and|or|so|"
    r"therefore|instead|rather|also|because of (this|how)|second|third|for example|then)\b"
)
MOST_LEANING = 2  # sentences in a quote for the sake of one that leans on the one before it
SHORT = 4  # words; a sentence this short only opens or closes what its neighbor says


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


def answer(ranking: Ranking, generation: Generation, lexicon: Lexicon, learned: Model) -> Answer:
    """Answer with the sentences of `ranking`, or say that the articles do not."""
    query = ranking.query
    chosen = choose(ranking, generation)
    features = answerable_features(ranking, chosen, generation, lexicon)
    weighed = sum(learned.answerable[name] * features[name] for name in ANSWERABLE)
    confidence = 1 / (1 + math.exp(-(weighed + learned.bias)))
    common: dict[str, Any] = {
        "question": query.question,
        "understood": query.understood,
        "related": related(ranking, generation),
        "confidence": confidence,
    }
    if not chosen or confidence < learned.threshold:
        return Answer(
            outcome=Outcome.NOT_FOUND,
            missing=missing(ranking, generation, lexicon),
            nearest=nearest(ranking, generation),
            **common,
        )
    return Answer(outcome=Outcome.ANSWERED, quotes=quotes(chosen, generation), **common)


def choose(ranking: Ranking, generation: Generation) -> tuple[Ranked, ...]:
    """The sentences to quote, best first: each worth its place beside those already chosen.

    A sentence counts less when the same article has just said it, more when it goes on from one that
    is chosen, and more when it is the first from another article. The neighbor that a sentence leans
    on comes with it.
    """
    if not ranking.ranked:
        return ()
    by_id = {one.sentence.id: one for one in ranking.ranked}
    best = ranking.ranked[0].score
    worth = {one.sentence.id: math.exp(one.score - best) for one in ranking.ranked}
    pool = ranking.ranked[:POOL]
    vectors = generation.vectors.stack(generation.text(one.sentence) for one in pool)
    # What those already chosen do to the worth of each, as factors to be added to 1.
    standing: dict[str, float] = {}
    chosen: list[Ranked] = []
    taken: set[str] = set()
    while True:
        elsewhere = OTHER_ARTICLE if chosen else 0.0
        gains = {
            one.sentence.id: worth[one.sentence.id] * (1 + standing.get(one.sentence.id, elsewhere))
            for one in pool
            if one.sentence.id not in taken
        }
        for sentence_id in sorted(gains, key=lambda i: -gains[i]):
            if gains[sentence_id] < WORTH and _length(chosen, generation) >= FEW_WORDS:
                continue
            group = [by_id.get(s.id) for s in _group(by_id[sentence_id].sentence, generation)]
            added = [one for one in group if one is not None and one.sentence.id not in taken]
            draft = [*chosen, *added]
            if not chosen or (
                _length(draft, generation) <= MOST_WORDS and len(_runs(draft)) <= MOST_QUOTES
            ):
                # The sentence that was ranked comes first: it decides the quote's place and score.
                added.sort(key=lambda one: one.sentence.id != sentence_id)
                chosen += added
                taken |= {one.sentence.id for one in added}
                for other in added:
                    _count(other, pool, vectors, standing, generation)
                break
        else:
            return tuple(chosen)


def quotes(chosen: Sequence[Ranked], generation: Generation) -> tuple[Quote, ...]:
    """One quote for each run of neighboring sentences, in the order in which they were chosen."""
    found = []
    for run in sorted(_runs(chosen), key=lambda run: min(chosen.index(one) for one in run)):
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


def answerable_features(
    ranking: Ranking, chosen: Sequence[Ranked], generation: Generation, lexicon: Lexicon
) -> dict[str, float]:
    """What tells an answerable question from a near miss, by the names in ANSWERABLE."""
    asked = _asked(ranking)
    if not chosen or not asked:
        return dict.fromkeys(ANSWERABLE, 0.0) | {"unmet": 1.0}
    top = dict(zip(FEATURES, chosen[0].features.tolist(), strict=True))
    met = np.max([one.alignment for one in chosen], axis=0)[asked]
    weights = ranking.weights[asked] / max(ranking.weights[asked].sum(), 1e-9)
    known = np.array([lexicon.knows(ranking.words[i].text) for i in asked])
    named = any(ranking.words[i].stem in lexicon.topics for i in asked)
    probed = _on_subject(ranking, generation, lexicon)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    return {
        **{name: top[name] for name in FROM_BEST},
        "least_met": float(met.min()),
        "foreign": 0.0 if named else float(weights[~known & (met < NEAR)].sum()),
        "unmet": float(bool(unmet(ranking.query.text, texts))),
        "uncounted": float(uncounted(ranking.query.text, texts) is not None),
    }


def missing(ranking: Ranking, generation: Generation, lexicon: Lexicon) -> tuple[str, ...]:
    """What the question asks for and the articles do not cover, in the reader's words; () where the
    question names nothing."""
    query = ranking.query
    probed = _on_subject(ranking, generation, lexicon)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    number = uncounted(query.text, texts)
    matters = (*unmet(query.text, texts), *([number] if number else []))
    if matters:
        return matters
    asked = _asked(ranking)
    met = {i: max((float(one.alignment[i]) for one in probed), default=0.0) for i in asked}
    unsaid = [i for i in asked if met[i] < COVERED] or sorted(asked, key=lambda i: met[i])[:1]
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


def _on_subject(ranking: Ranking, generation: Generation, lexicon: Lexicon) -> list[Ranked]:
    """The best sentences about what the question names; where it names nothing, the best of all."""
    names = {word.stem for word in ranking.words if word.stem in lexicon.topics}
    near = ranking.ranked[:MOST_PROBED]
    named = [one for one in near if names <= names_over(one.sentence, generation)]
    return (named or list(near))[:PROBED]


def _count(
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
        if likeness > REPEATS:
            before += REPETITION
        elif _distance(one.sentence, chosen.sentence) == 1:
            before += NEIGHBOR
        standing[one.sentence.id] = before


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


def _runs(of: Sequence[Ranked]) -> list[list[Ranked]]:
    """Neighboring sentences together, each run in the order of its article."""
    runs: list[list[Ranked]] = []
    for one in sorted(of, key=lambda one: (one.sentence.article_id, one.sentence.start)):
        if runs and _distance(runs[-1][-1].sentence, one.sentence) == 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _length(of: Sequence[Ranked], generation: Generation) -> int:
    return sum(len(generation.text(one.sentence).split()) for one in of)


def _references(article: Article, words: str) -> tuple[str, ...]:
    cited = markers(words)
    return tuple(str(reference) for reference in article.references if reference.number in cited)
