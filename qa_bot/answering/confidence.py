"""How sure it is that the articles answer a question: two probabilities, from named features.

One tells an answerable question from a near miss. The other tells a question about these articles from
one about something else; it speaks where no example of the editors does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_bot.embedding.encoder import Vector
from qa_bot.index.example_model import HEARD
from qa_bot.index.generation import Generation
from qa_bot.retrieval.aspects import uncounted, unmet
from qa_bot.retrieval.features import FEATURES
from qa_bot.retrieval.ranking import Ranked, Ranking
from qa_bot.retrieval.traits import traits

MOST_PROBED = 60  # sentences searched for those about the question's subject
PROBED = 8  # best sentences asked whether they speak of what the question asks for
NEAR = 0.45  # alignment from which a word that no article has is no stranger to them
ABOUT = 3  # sentences quoted first, all of which should be about the question
NEAREST = 5  # sentences of which one at least should be near the question

FROM_BEST = ("dense", "passage", "align_own", "example")  # features of the first sentence quoted
ANSWERABLE = (*FROM_BEST, "reverse", "least_met", "foreign", "unmet", "uncounted", "unanswerable")
FROM_NEAREST = ("dense", "passage", "align_around")  # the most of the NEAREST sentences
FAMILIAR = (*(f"nearest_{name}" for name in FROM_NEAREST), "foreign", "strange_name")

_COMPARED = re.compile(
    r"(?i)\b(vs\.?|versus|than|compared? (to|with)) ((the|an?|using|taking|getting|having) )*"
)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A learned probability. `weights`: by feature; `threshold`: below it the bot abstains."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def chance(self, features: Mapping[str, float]) -> float:
        """In [0, 1]."""
        weighed = sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-(weighed + self.bias)))


def judged(ranking: Ranking, chosen: Sequence[Ranked], generation: Generation) -> dict[str, float]:
    """What tells whether the sentences `chosen` answer, by the names in ANSWERABLE and FAMILIAR."""
    asked = asked_words(ranking)
    if not chosen or not asked:
        return dict.fromkeys((*ANSWERABLE, *FAMILIAR), 0.0) | {"unmet": 1.0}
    top = _by_name(chosen[0].features)
    nearest = _by_name(np.max([one.features for one in ranking.ranked[:NEAREST]], axis=0))
    met = np.max([one.alignment for one in chosen], axis=0)[asked]
    weights = ranking.target.weights[asked] / max(ranking.target.weights[asked].sum(), 1e-9)
    words = [ranking.target.words[i] for i in asked]
    lexicon = generation.lexicon
    known = np.array([lexicon.knows(word.text) for word in words])
    named = any(word.stem in lexicon.topics for word in words)
    # The first word of a question is capitalized whatever it is.
    names = np.array([w.text[:1].isupper() and w.start > ranking.target.query.asked for w in words])
    probed = on_subject(ranking, generation)
    texts = [generation.text_in_context(one.sentence) for one in probed]
    return {
        **{name: top[name] for name in FROM_BEST},
        # A sentence of two words is soon all about a question: "reverse" is the least of several.
        "reverse": min(_by_name(one.features)["reverse"] for one in chosen[:ABOUT]),
        "least_met": float(met.min()),
        "foreign": 0.0 if named else float(weights[~known & (met < NEAR)].sum()),
        "unmet": float(bool(unmet(ranking.target.wanted, texts))),
        "unanswerable": ranking.target.prediction.unanswerable
        if known_to_examples(chosen, generation)
        else 0.0,
        "uncounted": float(uncounted(ranking.target.query.asking, texts) is not None),
        **{f"nearest_{name}": nearest[name] for name in FROM_NEAREST},
        "strange_name": float((names & ~known).any()),
    }


def examples_are_silent(features: Mapping[str, float]) -> bool:
    """Whether no example of the editors is like the question."""
    return max(features["example"], features["unanswerable"]) < HEARD


def _by_name(values: Vector) -> dict[str, float]:
    return dict(zip(FEATURES, values.tolist(), strict=True))


def compared_with_a_stranger(ranking: Ranking, generation: Generation) -> bool:
    """Whether the question sets something beside a thing that no article has a word for: of the one
    alone no comparison can be told."""
    query, words = ranking.target.query, ranking.target.words
    ends = {found.end() for found in _COMPARED.finditer(query.text, query.asked)}
    return any(
        not generation.lexicon.knows(word.text)
        and all(one.alignment[i] < NEAR for one in ranking.ranked[:MOST_PROBED])
        for i, word in enumerate(words)
        if word.start in ends
    )


def known_to_examples(chosen: Sequence[Ranked], generation: Generation) -> bool:
    """Whether the examples have seen the best sentences. What none of them points at may be new: of
    that they cannot say that nobody answers the question."""
    pointed_at = generation.example_model.answers
    return not pointed_at or all(one.sentence.id in pointed_at for one in chosen[:ABOUT])


def asked_words(ranking: Ranking) -> list[int]:
    """Indices of the question's own content words; of the carried ones where it has none ("Why?")."""
    content = [i for i, word in enumerate(ranking.target.words) if word.is_content]
    return [i for i in content if i >= ranking.target.carried] or content


def on_subject(ranking: Ranking, generation: Generation) -> list[Ranked]:
    """The best sentences about what the question names; where it names nothing, the best of all."""
    near = ranking.ranked[:MOST_PROBED]
    return (named_in(near, ranking, generation) or list(near))[:PROBED]


def named_in(of: Sequence[Ranked], ranking: Ranking, generation: Generation) -> list[Ranked]:
    """Those sentences that are about all that the question names."""
    names = generation.lexicon.topics & set(ranking.target.stems)
    return [one for one in of if names <= traits(one.sentence, generation).names]
