"""Learn the numbers of `data/model.json` from questions with evidence.

    python -m qa_bot.fitting tests/data/questions_dev.jsonl

Two small linear models over named features: one ranks sentences (the conditional logit of McFadden,
1973: the evidence should come out above the other sentences of the same question), one tells
answerable questions from near misses (logistic regression). Needs a published index; writes a file a
person can read. Deterministic: the same questions and articles give the same numbers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from qa_bot.answering import ANSWERABLE, MODEL_FILE, answerable_features, choose
from qa_bot.embedding import Encoder, Vector
from qa_bot.errors import QABotError
from qa_bot.evaluation import Question, read_questions
from qa_bot.index import open_current
from qa_bot.lexical import Lexicon
from qa_bot.question import understand
from qa_bot.retrieval import FEATURES, Ranking, rank
from qa_bot.settings import Settings
from qa_bot.store import Generation
from qa_bot.stores import open_store

RIDGE = 0.02  # pulls the ranking weights, in units of each feature's spread, towards 0
INVERSE_RIDGE = 0.3  # the same for the abstention model, as scikit-learn counts it
FALSE_ABSTENTIONS = 0.03  # the operating point: share of answerable questions refused on these rows


def fit(
    questions: Sequence[Question], generation: Generation, lexicon: Lexicon, encoder: Encoder
) -> dict[str, object]:
    """Both models and the operating point, ready for `model.json`."""
    untrained = dict.fromkeys(FEATURES, 1.0)
    rankings = [_rank(q, generation, lexicon, encoder, untrained) for q in questions]
    weights = sentence_weights(questions, rankings, generation)
    rankings = [_rank(q, generation, lexicon, encoder, weights) for q in questions]
    rows = [answerable_features(r, choose(r, generation), generation, lexicon) for r in rankings]
    table = np.array([[row[name] for name in ANSWERABLE] for row in rows])
    spread = table.std(axis=0) + 1e-9
    labels = np.array([question.answerable for question in questions])
    learned = LogisticRegression(C=INVERSE_RIDGE, max_iter=1000).fit(table / spread, labels)
    probabilities = learned.predict_proba(table / spread)[labels, 1]
    return {
        "sentence": weights,
        "answerable": dict(zip(ANSWERABLE, (learned.coef_[0] / spread).round(4), strict=True)),
        "bias": round(float(learned.intercept_[0]), 4),
        "threshold": round(float(np.quantile(probabilities, FALSE_ABSTENTIONS)), 4),
    }


def sentence_weights(
    questions: Sequence[Question], rankings: Sequence[Ranking], generation: Generation
) -> dict[str, float]:
    """Weights by feature name, with which the evidence comes out on top as often as possible."""
    tables: list[tuple[Vector, Vector]] = []
    for question, ranking in zip(questions, rankings, strict=True):
        snippets = [snippet for group in question.evidence for snippet in group]
        hits = np.array(
            [any(s in generation.text(one.sentence) for s in snippets) for one in ranking.ranked]
        )
        if hits.any():
            tables.append((np.stack([one.features for one in ranking.ranked]), hits))
    spread = np.concatenate([table for table, _ in tables]).std(axis=0) + 1e-6

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, gradient = 0.0, np.zeros_like(weights)
        for table, hits in tables:
            scores = table / spread @ weights
            every, right = logsumexp(scores), logsumexp(scores[hits])
            total += every - right
            share = np.exp(scores - every)
            share[hits] -= np.exp(scores[hits] - right)
            gradient += (table / spread).T @ share
        count = len(tables)
        penalty = RIDGE * float(weights @ weights)
        return total / count + penalty, gradient / count + 2 * RIDGE * weights

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return dict(zip(FEATURES, (found / spread).round(4).tolist(), strict=True))


def _rank(
    question: Question,
    generation: Generation,
    lexicon: Lexicon,
    encoder: Encoder,
    weights: dict[str, float],
) -> Ranking:
    query = understand(
        question.question, question.history, lexicon, generation.glossary, encoder.is_common
    )
    return rank(query, encoder.encode_query(query.text), generation, lexicon, weights)


def main(arguments: Sequence[str]) -> int:
    """Fit on the question files named in `arguments`."""
    try:
        settings = Settings.from_environment()
        questions = [q for path in arguments for q in read_questions(Path(path))]
        store = open_store(settings.index, settings.chroma_url)
        encoder = Encoder(settings.embedding_model, exports=store.encoders)
        generation = open_current(store, encoder.fingerprint)
        learned = fit(questions, generation, Lexicon(generation), encoder)
    except QABotError as error:
        print(error, file=sys.stderr)
        return 1
    MODEL_FILE.write_text(json.dumps(learned, indent=2) + "\n", encoding="utf-8")
    print(f"{MODEL_FILE} is fitted to {len(questions)} questions.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
