"""Screening by meaning: an encoded message → Level, or None.

The second layer. It catches wordings that no rule foresaw, and can raise what `safety` found; what a
doubtful rule found it can also take back (`is_harmless`). What the lower half of the encoder makes of a
message is read by a copy of its upper half that was taught another thing: to give two chances, that the
help lines are due and that they lead. Its numbers are in data/safety_meaning.onnx, tied to the encoder
they belong to; `safety_fitting` learns them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa_bot.normalizing import readings
from qa_bot.records import Level
from qa_bot.runtimes import open_graph
from qa_bot.safety_finding import RANK

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Numbers = NDArray[np.float32]

CARD = Path(__file__).parent / "data" / "safety_meaning.json"
GRAPH = Path(__file__).parent / "data" / "safety_meaning.onnx"
MOST_WORDS = 100  # of one text; of a longer one, stretches are screened
STRETCH, STEP = 60, 45  # words; they overlap, so that nothing is said between two
MOST_PARTS = 8  # stretches, and sentences, of one message that are screened; the longest of those
FEWEST = 2  # words of a message; what one word means alone, the rules know
LONG = 40  # words of a message from which its sentences are screened as well
SHORTEST_PART = 3  # words; less has no meaning of its own
REMEMBERED = 6  # earlier messages that are screened
JOINED_WORDS = 30  # so short a stretch of messages is also read as one
NO_TRACE = 0.03  # chance below which a doubtful rule is not heard
HINT = 0.1  # chance that one of several messages needs before all are read as one
SURE = 0.95  # chance that takes, and a sentence out of a message: nobody said it so

_BREAK = re.compile(r"[.!?;\n]+\s|\s[-–—]+\s|\.{2,}")


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, for the states (tokens, `dimensions`) of the encoder with the fingerprint
    `encoder`. `thresholds`: by level, in [0, 1]."""

    encoder: str
    dimensions: int
    thresholds: Mapping[str, float]
    graph: InferenceSession


@dataclass(frozen=True, slots=True)
class Spoken:
    """The texts to encode for one message: itself and its sentences, the messages before and theirs,
    and all messages as one where they are short (else ()). `whole`: those that somebody sent as they
    are, or stretches of one."""

    now: tuple[str, ...]
    earlier: tuple[str, ...]
    joined: tuple[str, ...]
    whole: frozenset[str]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys((*self.now, *self.earlier, *self.joined)))


def spoken(message: str, history: Sequence[str]) -> Spoken:
    """What is to be screened. `history`: the reader's earlier messages, oldest first."""
    before = [text for text in history[-REMEMBERED:] if text.strip()]
    together = " ".join((*before, message))
    short = before and len(together.split()) <= JOINED_WORDS
    return Spoken(
        now=(*_stretches(message), *_sentences(message)),
        earlier=tuple(part for text in before for part in (*_stretches(text), *_sentences(text))),
        joined=(together,) if short else (),
        whole=frozenset(part for text in (*before, message) for part in _stretches(text)),
    )


def _sentences(message: str) -> list[str]:
    """The longest of a long message: one of them may be lost in it."""
    return _parts(message) if len(message.split()) >= LONG else []


def _parts(message: str) -> list[str]:
    """The longest sentences of a message, where it has more than one."""
    parts = [part.strip() for part in _BREAK.split(message)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST_PART]
    return sorted(parts, key=len, reverse=True)[:MOST_PARTS] if len(parts) > 1 else []


def _stretches(message: str) -> list[str]:
    """The message, or stretches of it where it is long."""
    words = message.split()
    if len(words) <= MOST_WORDS:
        return [message]
    starts = range(0, len(words) - STRETCH + STEP, STEP)
    return [" ".join(words[start : start + STRETCH]) for start in starts][:MOST_PARTS]


def screen_spoken(
    said: Spoken, states: Mapping[str, Numbers | None]
) -> tuple[Level | None, Level | None]:
    """What this message means, and what the earlier ones did. `states`: of each of the texts, as for
    `screen_meaning`.

    :raises OSError, ValueError: the data files cannot be read, or there are no states of that size.
    """
    alone = {text: chances(states[text], learned()) for text in {*said.now, *said.earlier}}
    found = {
        text: _level(alone[text], 0.0 if text in said.whole else SURE)
        for text in alone
        if len(text.split()) >= FEWEST
    }
    now, earlier = (
        max((found.get(text) for text in texts), key=RANK.__getitem__, default=None)
        for texts in (said.now, said.earlier)
    )
    hinted = max(map(max, alone.values()), default=0.0) >= HINT
    if now is None and earlier is None and said.joined and hinted:
        # Together they say what none says alone.
        now = screen_meaning(states[said.joined[0]], SURE)
    return now, earlier


def ways_to_read(text: str) -> tuple[str, ...]:
    """A text in the parts in which it is screened, its sentences, and it with its disguises undone."""
    return tuple(dict.fromkeys((*spoken(text, ()).texts, *_parts(text), *readings(text))))


def reads(fingerprint: str) -> bool:
    """Whether this was learned for the encoder with that fingerprint: states of others mean nothing.

    :raises OSError, ValueError: the data files cannot be read.
    """
    return fingerprint == learned().encoder


def is_harmless(states: Iterable[Numbers | None]) -> bool:
    """Whether there is no trace of risk in a text. `states`: of its `ways_to_read`.

    :raises OSError, ValueError: as `screen_meaning`.
    """
    known = learned()
    return all(max(chances(own, known)) < NO_TRACE for own in states)


def screen_meaning(states: Numbers | None, least: float = 0.0) -> Level | None:
    """What a message means, from its `states` (tokens, dimensions) halfway through the encoder.

    `least`: a chance that has to be reached beside the threshold.

    None: nothing found, or unsure.

    :raises OSError, ValueError: the data files cannot be read, or there are no states of that size.
    """
    return _level(chances(states, learned()), least)


def _level(found: tuple[float, float], least: float) -> Level | None:
    panel, leads = found
    thresholds = learned().thresholds
    if leads >= max(least, thresholds[Level.CRISIS]):
        return Level.CRISIS
    return Level.CONCERN if panel >= max(least, thresholds[Level.CONCERN]) else None


def chances(states: Numbers | None, known: Learned) -> tuple[float, float]:
    """The chance that help lines are due, and that they lead."""
    if states is None or states.shape[1] != known.dimensions:
        raise ValueError(f"states of {known.dimensions} numbers are needed")
    (found,) = known.graph.run(["chances"], {"states": states[None]})
    panel, leads = found[0].tolist()
    return panel, leads


@lru_cache(maxsize=1)
def learned() -> Learned:
    """What comes with the product. Raises OSError or ValueError if damaged."""
    card: Mapping[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
    try:
        graph = open_graph(GRAPH, threads=1)
    except Exception as error:  # the library's own
        raise ValueError(f"{GRAPH.name} cannot be read ({error})") from None
    return Learned(card["encoder"], card["dimensions"], card["thresholds"], graph)
