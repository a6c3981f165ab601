"""Screening by meaning: the embedding of a message → Level, or None.

The second layer. It catches wordings that no rule foresaw, and can only raise what `safety` found:
two small logistic regressions on the unit embedding, one for "show the help lines" and one for "the
lines lead". Their numbers are in data/safety_meaning.json, tied to the encoder they belong to.

    python -m qa_bot.safety_meaning     learns them anew, from our sentences and the dev split
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.records import Level

DATA = Path(__file__).parent / "data" / "safety_meaning.json"
PROTOTYPES = Path(__file__).parent / "data" / "safety_prototypes.toml"
DEV_SPLIT = Path("tests/data/crisis_dev.jsonl")
DEV_QUESTIONS = Path("tests/data/questions_dev.jsonl")

FOLDS = 10
SEED = 20261121


def screen_meaning(vector: NDArray[np.float32], fingerprint: str | None = None) -> Level | None:
    """What a message means, from its unit vector (shape (384,)); None: nothing found, or unsure.

    `fingerprint`: of the encoder that made the vector; another one than the numbers were learned
    with gives None, because they would mean nothing.

    :raises OSError, ValueError: the data file cannot be read, or the vector has another length.
    """
    data = _data()
    if fingerprint is not None and fingerprint != data["encoder"]:
        return None
    for level in (Level.CRISIS, Level.CONCERN):
        head = data["heads"][level]
        weights = np.asarray(head["weights"], dtype=np.float64)
        if vector.shape != weights.shape:
            raise ValueError(f"a vector of {weights.shape} is needed, not {vector.shape}")
        if _probability(float(vector @ weights) + head["bias"]) >= head["threshold"]:
            return level
    return None


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return data


def _probability(score: float) -> float:
    return float(1.0 / (1.0 + np.exp(-score)))


# Learning -----------------------------------------------------------------------------------------


def prototypes() -> Iterator[tuple[str, str, str]]:
    """Our own short messages as (text, level or "none", category)."""
    for level, categories in tomllib.loads(PROTOTYPES.read_text(encoding="utf-8")).items():
        for category, lines in categories.items():
            for line in lines.splitlines():
                if line.strip():
                    yield line.strip(), level, category


def _examples() -> list[tuple[str, str]]:
    found = {text: level for text, level, _ in prototypes()}
    for line in DEV_SPLIT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["text"]] = row["label"]
    from qa_bot.safety import screen

    for line in DEV_QUESTIONS.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["question"]
        if screen(question) is None:  # a few ask about help lines: those are not harmless to miss
            found.setdefault(question, "none")
    return sorted(found.items())


def learn() -> dict[str, Any]:
    """Both heads with their card, from the prototypes and the dev split, cross-validated."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from qa_bot.embedding import Encoder

    encoder = Encoder()
    examples = _examples()
    texts = [text for text, _ in examples]
    vectors = np.stack([encoded.vector for encoded in encoder.encode(texts, "query")])
    levels = np.array([level for _, level in examples])
    heads: dict[str, Any] = {}
    found: dict[str, NDArray[np.float64]] = {}
    for level, wanted in ((Level.CONCERN, ["concern", "crisis"]), (Level.CRISIS, ["crisis"])):
        target = np.isin(levels, wanted)
        model = LogisticRegression(C=3.0, max_iter=2000)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        chances = cross_val_predict(model, vectors, target, cv=folds, method="predict_proba")[:, 1]
        model.fit(vectors, target)
        found[level] = chances
        heads[level] = {
            "bias": round(float(model.intercept_[0]), 5),
            "threshold": _threshold(chances, levels, level),
            "weights": [round(float(weight), 4) for weight in model.coef_[0]],
        }
    return {
        "what": "Logistic regressions on the unit embedding of a message; see safety_meaning.py.",
        "encoder": encoder.fingerprint,
        "learned_from": {
            name: int((levels == name).sum()) for name in ("crisis", "concern", "none")
        },
        "cross_validated": _card(found, heads, levels),
        "heads": heads,
    }


def _threshold(chances: NDArray[np.float64], levels: NDArray[np.str_], level: Level) -> float:
    """What 98 in 100 harmless texts stay under; for crisis, 97 in 100 concerns too."""
    threshold = float(np.quantile(chances[levels == "none"], 0.98))
    if level is Level.CRISIS:
        threshold = max(threshold, float(np.quantile(chances[levels == "concern"], 0.97)))
    return round(threshold, 3)


def _card(
    found: Mapping[str, NDArray[np.float64]], heads: Mapping[str, Any], levels: NDArray[np.str_]
) -> dict[str, float]:
    panel = (found[Level.CONCERN] >= heads[Level.CONCERN]["threshold"]) | (
        found[Level.CRISIS] >= heads[Level.CRISIS]["threshold"]
    )
    leads = found[Level.CRISIS] >= heads[Level.CRISIS]["threshold"]
    return {
        "panel on crisis": _share(panel[levels == "crisis"]),
        "panel on concern": _share(panel[levels == "concern"]),
        "panel on harmless": _share(panel[levels == "none"]),
        "crisis level on crisis": _share(leads[levels == "crisis"]),
        "crisis level on concern": _share(leads[levels == "concern"]),
    }


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4)


def main() -> int:
    """Learn, write data/safety_meaning.json, print the card."""
    learned = learn()
    DATA.write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")
    card = {name: learned[name] for name in ("encoder", "learned_from", "cross_validated")}
    sys.stdout.write(json.dumps(card, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
