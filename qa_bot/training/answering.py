"""Learn the numbers of `model.json` from questions with evidence.

    python -m qa_bot.training.answering tests/data/questions_dev.jsonl tests/data/general_train

Three small linear models over named features: one ranks sentences (the conditional logit of McFadden,
1973: the evidence should come out above the other sentences of the same question), one tells
answerable questions from near misses, and one tells those about the articles from those about something
else (logistic regression). Questions of a file are asked of the published articles; a folder brings
questions and articles of its own, so that the numbers do not fit one subject alone. Writes a file a
person can read. Deterministic: the same questions and articles give the same numbers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from qa_bot.answering.answer import MODEL_FILE
from qa_bot.answering.choosing import choose
from qa_bot.answering.confidence import ANSWERABLE, FAMILIAR, examples_are_silent, judged
from qa_bot.articles.corpus import read_corpus
from qa_bot.articles.questions import Question, read_questions
from qa_bot.command import run
from qa_bot.embedding.encoder import Encoder, Vector
from qa_bot.index.folder_store import folder_passages
from qa_bot.index.generation import Generation
from qa_bot.index.opening import open_store
from qa_bot.index.publishing import open_current
from qa_bot.index.writing import write
from qa_bot.retrieval.features import FEATURES
from qa_bot.retrieval.query import understand
from qa_bot.retrieval.ranking import Ranking, rank
from qa_bot.settings import Settings

RIDGE = 0.02  # pulls the ranking weights, in units of each feature's spread, towards 0
INVERSE_RIDGE = 0.3  # the same for the abstention model, as scikit-learn counts it
STRANGE = 0.05  # weight of a question put to articles that it was not asked of
FALSE_ABSTENTIONS = 0.015  # the operating point: share of these answerable questions refused
STRANGERS = 0.001  # the same, of those refused as being about something else

Table = tuple[Vector, NDArray[np.bool_]]  # (sentences, FEATURES), and which of them are evidence


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Questions, and what they are asked of."""

    questions: tuple[Question, ...]
    generation: Generation


def fit(sets: Sequence[TrainingSet], encoder: Encoder) -> dict[str, object]:
    """The models and their operating points, ready for `model.json`."""
    untrained = dict.fromkeys(FEATURES, 1.0)
    tables = [table for one in sets for table in _tables(one, encoder, untrained)]
    weights = sentence_weights(tables)
    # What is asked of one set of articles has no answer in another.
    asked = [*sets, *_strange(sets)]
    rows = [
        judged(ranking, choose(ranking, one.generation), one.generation)
        for one in asked
        for ranking in _rankings(one, encoder, weights)
    ]
    own = np.arange(len(rows)) < sum(len(one.questions) for one in sets)
    labels = np.array([question.answerable for one in asked for question in one.questions])
    silent = np.array([examples_are_silent(row) for row in rows])
    return {
        "sentence": weights,
        "answerable": _logistic(
            rows, ANSWERABLE, labels, np.where(own, 1.0, STRANGE), FALSE_ABSTENTIONS
        ),
        # Near misses are about these articles too.
        "familiar": _logistic(
            rows, FAMILIAR, own, np.where(silent & (labels | ~own), 1.0, 0.0), STRANGERS
        ),
    }


def _logistic(
    rows: Sequence[Mapping[str, float]],
    names: Sequence[str],
    labels: NDArray[np.bool_],
    weights: Vector,
    refused: float,
) -> dict[str, object]:
    """The fields of a `Logistic` over the features `names`; rows of weight 0 do not count. `refused`:
    the share of those with the label that fall below its threshold."""
    table = np.array([[row[name] for name in names] for row in rows])
    if len(set(labels[weights > 0])) < 2:  # one set of articles: no question is strange to it
        return {"weights": dict.fromkeys(names, 0.0), "bias": 0.0, "threshold": 0.0}
    counted = weights == weights.max()
    spread = table[counted].std(axis=0) + 1e-9
    learned = LogisticRegression(C=INVERSE_RIDGE, max_iter=1000).fit(
        table / spread, labels, sample_weight=weights
    )
    chances = learned.predict_proba(table / spread)[labels & (weights > 0), 1]
    return {
        "weights": dict(zip(names, (learned.coef_[0] / spread).round(4).tolist(), strict=True)),
        "bias": round(float(learned.intercept_[0]), 4),
        "threshold": round(float(np.quantile(chances, refused)), 4),
    }


def _strange(sets: Sequence[TrainingSet]) -> Iterator[TrainingSet]:
    """The questions of each set, put to the articles of every other: none is answerable there."""
    for one, other in permutations(sets, 2):
        questions = (replace(q, answerable=False) for q in one.questions if not q.history)
        yield TrainingSet(tuple(questions), other.generation)


def sentence_weights(tables: Sequence[Table]) -> dict[str, float]:
    """Weights by feature name, with which the evidence comes out on top as often as possible."""
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


def _tables(data: TrainingSet, encoder: Encoder, weights: dict[str, float]) -> Iterator[Table]:
    """One table for each question whose evidence was found among the candidates."""
    rankings = _rankings(data, encoder, weights)
    for question, ranking in zip(data.questions, rankings, strict=True):
        snippets = [snippet for group in question.evidence for snippet in group]
        texts = [data.generation.text(one.sentence) for one in ranking.ranked]
        hits = np.array([any(snippet in text for snippet in snippets) for text in texts])
        if hits.any():
            yield np.stack([one.features for one in ranking.ranked]), hits


def _rankings(data: TrainingSet, encoder: Encoder, weights: dict[str, float]) -> Iterator[Ranking]:
    generation, lexicon = data.generation, data.generation.lexicon
    for question in data.questions:
        query = understand(
            question.question, question.history, lexicon, generation.glossary, encoder.is_common
        )
        yield rank(query, encoder.encode_query(query.text), generation, weights)


def _encoded(corpus: Path, folder: Path, encoder: Encoder) -> Generation:
    """The articles of `corpus`, encoded in the new `folder`."""
    folder.mkdir()
    return write(
        folder,
        folder_passages(folder),
        read_corpus(corpus),
        encoder,
        published="",
        published_by="",
        known=None,
    )


def main(arguments: Sequence[str]) -> int:
    """Fit on the question files, and on the folders with `questions.jsonl` and `corpus`, named in
    `arguments`; 0, or 1 with one sentence on stderr."""
    return run(lambda: _learn([Path(argument) for argument in arguments]))


def _learn(paths: Sequence[Path]) -> int:
    settings = Settings.from_environment()
    store = open_store(settings.index, settings.chroma_url)
    encoder = Encoder(settings.embedding_model, exports=store.encoders)
    with TemporaryDirectory() as scratch:
        sets = []
        for number, path in enumerate(paths):
            rows = path / "questions.jsonl" if path.is_dir() else path
            questions = tuple(read_questions(rows))
            if path.is_dir():
                folder = Path(scratch) / str(number)
                generation = _encoded(path / "corpus", folder, encoder)
            else:
                generation = open_current(store, encoder.fingerprint)
            sets.append(TrainingSet(questions, generation))
        learned = fit(sets, encoder)
    MODEL_FILE.write_text(json.dumps(learned, indent=2) + "\n", encoding="utf-8")
    count = sum(len(one.questions) for one in sets)
    print(f"{MODEL_FILE} is fitted to {count} questions.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
