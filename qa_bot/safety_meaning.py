"""Screening by meaning: an encoded message → Level, or None.

The second layer. It catches wordings that no rule foresaw, and can only raise what `safety` found. A
few small networks look at every word's vector (a word's vector knows its neighbors) and at the vector
of the whole, and give two chances: that the help lines are due, and that they lead. Their numbers are
in data/safety_meaning.npz, tied to the encoder they belong to; `safety_fitting` learns them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.records import Level
from qa_bot.safety_finding import RANK

if TYPE_CHECKING:
    from qa_bot.embedding import Encoded

Numbers = NDArray[np.float32]

CARD = Path(__file__).parent / "data" / "safety_meaning.json"
WEIGHTS = Path(__file__).parent / "data" / "safety_meaning.npz"
MOST_WORDS = 100  # of one text; of a longer one, stretches are screened
STRETCH, STEP = 60, 45  # words; they overlap, so that nothing is said between two
MOST_PARTS = 8  # stretches, and sentences, of one message that are screened; the longest of those
FEWEST = 2  # words of a message; what one word means alone, the rules know
SHORTEST_PART = 3  # words; less has no meaning of its own
REMEMBERED = 6  # earlier messages that are screened
JOINED_WORDS = 30  # so short a stretch of messages is also read as one

_BREAK = re.compile(r"[.!?;\n]+\s|\s[-–—]+\s|\.{2,}")


@dataclass(frozen=True, slots=True)
class Networks:
    """What was learned, for m networks with h hidden units over vectors of d numbers.

    `weights`: "hidden" (m, d, h), "hidden_bias" (m, h), "pooled" (m, 2h, 2), "whole" (m, d, 2) and
    "bias" (m, 2); the last axis of 2 is panel, crisis. `thresholds`: by level, in [0, 1].
    """

    encoder: str
    thresholds: Mapping[str, float]
    weights: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The texts to encode for one message: itself, its sentences, those of the messages before,
    and all of them as one where they are short (else ())."""

    now: tuple[str, ...]
    earlier: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys((*self.now, *self.earlier, *self.joined)))


def spoken(message: str, history: Sequence[str]) -> Spoken:
    """What is to be screened. `history`: the reader's earlier messages, oldest first."""
    before = [text for text in history[-REMEMBERED:] if text.strip()]
    whole = " ".join((*before, message))
    short = before and len(whole.split()) <= JOINED_WORDS
    earlier = tuple(part for text in before for part in _parts(text))
    return Spoken(_parts(message), earlier, (whole,) if short else ())


def _parts(message: str) -> tuple[str, ...]:
    parts = [part.strip() for part in _BREAK.split(message)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST_PART]
    longest = sorted(parts, key=len, reverse=True)[:MOST_PARTS] if len(parts) > 1 else []
    return (*_stretches(message), *longest)


def _stretches(message: str) -> list[str]:
    """The message, or stretches of it where it is long."""
    words = message.split()
    if len(words) <= MOST_WORDS:
        return [message]
    starts = range(0, len(words) - STRETCH + STEP, STEP)
    return [" ".join(words[start : start + STRETCH]) for start in starts][:MOST_PARTS]


def screen_spoken(
    said: Spoken, encoded: Mapping[str, Encoded], fingerprint: str
) -> tuple[Level | None, Level | None]:
    """What this message means, and what the earlier ones did; `encoded` holds each of the texts.

    :raises OSError, ValueError: the data files cannot be read, or the vectors have another length.
    """
    found = {
        text: screen_meaning(one.vector, one.word_vectors, fingerprint)
        if len(text.split()) >= FEWEST
        else None
        for text, one in encoded.items()
    }
    now = max((found[text] for text in said.now), key=RANK.__getitem__)
    earlier = max((found[text] for text in said.earlier), key=RANK.__getitem__, default=None)
    if now is None and earlier is None and said.joined:
        now = found[said.joined[0]]  # together they say what none says alone
    return now, earlier


def screen_meaning(
    vector: Numbers, word_vectors: Numbers, fingerprint: str | None = None
) -> Level | None:
    """What a message means, from its vector (d,) and its words' vectors (n, d), all of length 1.

    None: nothing found, or unsure. `fingerprint`: of the encoder that made the vectors; another one
    than the numbers were learned with gives None, because they would mean nothing.

    :raises OSError, ValueError: the data files cannot be read, or the vectors have another length.
    """
    learned = networks()
    if fingerprint is not None and fingerprint != learned.encoder:
        return None
    panel, leads = chances(vector, word_vectors, learned)
    if leads >= learned.thresholds[Level.CRISIS]:
        return Level.CRISIS
    return Level.CONCERN if panel >= learned.thresholds[Level.CONCERN] else None


def chances(vector: Numbers, word_vectors: Numbers, learned: Networks) -> tuple[float, float]:
    """The chance that help lines are due, and that they lead: means over the networks."""
    weights = learned.weights
    if vector.shape != (weights["hidden"].shape[1],):
        raise ValueError(f"vectors of {weights['hidden'].shape[1]} numbers are needed")
    words = word_vectors[:MOST_WORDS] if len(word_vectors) else vector[None, :]
    hidden = np.maximum(words @ weights["hidden"] + weights["hidden_bias"][:, None, :], 0)
    pooled = np.concatenate([hidden.max(axis=1), hidden.mean(axis=1)], axis=-1)
    scores = np.einsum("mp,mpo->mo", pooled, weights["pooled"])
    scores = scores + vector @ weights["whole"] + weights["bias"]
    panel, leads = (1 / (1 + np.exp(-scores))).mean(axis=0)
    return float(panel), float(leads)


@lru_cache(maxsize=1)
def networks() -> Networks:
    """The networks that come with the product. Raises OSError or ValueError if damaged."""
    card: Mapping[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
    with np.load(WEIGHTS, allow_pickle=False) as file:
        weights = {name: file[name].astype(np.float32) for name in file.files}
    return Networks(card["encoder"], card["thresholds"], weights)
