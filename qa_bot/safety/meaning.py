"""Screening by meaning: a message → Level, or None.

The second layer. It catches wordings that no rule foresaw, and can raise what `escalating` found; what a
doubtful rule found it can also lower or take back (`at_most`). A message is read by a copy of the
bundled encoder that was taught another thing: to give two chances, that the help lines are due and that
they lead. Where it finds a trace of either, a second copy, taught the same in another order, is asked as
well: they err in different places. Their numbers are in `meaning.onnx` and `meaning_2.onnx`; `training`
learns them. It needs no index, and does not mind which encoder finds the quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from qa_bot.answers import Level
from qa_bot.embedding.bundled import Tokens, folder
from qa_bot.embedding.runtimes import open_graph
from qa_bot.safety.assessing import LONG_MESSAGE, RANK
from qa_bot.safety.escalating import asks_about_means, ending
from qa_bot.safety.normalizing import readings
from qa_bot.safety.telling import told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

CARD = Path(__file__).with_name("meaning.json")
GRAPHS = tuple(Path(__file__).with_name(name) for name in ("meaning.onnx", "meaning_2.onnx"))
WORDS_AT_ONCE = 100  # of one text; of a longer one, stretches are screened
STRETCH, STEP = 60, 45  # words; they overlap, so that nothing is said between two
MOST_PARTS = 8  # stretches, and sentences, of one message that are screened; the longest of those
MOST_READ = STRETCH + (MOST_PARTS - 1) * STEP  # words of one message; what follows is not read
FEWEST = 2  # words of a message; what one word means alone, the rules know
LONG_FROM = 40  # words of a message from which its sentences are screened as well
SHORTEST_PART = 3  # words; less has no meaning of its own
JOINED_WITH = 6  # earlier messages that are read with one as one text
MOST_EARLIER = 50  # earlier messages that are screened at all
MOST_JOINED = 30  # so short a stretch of messages is also read as one text
ASKED_AGAIN = 0.05  # chance from which the other graphs are asked, and the mean of all counts
NO_TRACE = 0.08  # chance of a level below which what a doubtful rule found of it does not count
TOLD = 0.4  # chance of a crisis in what is told beside a question, from which help lines are due
SURE = 0.95  # chance that it takes for words nobody sent as they stand: a part of a message, or several

_TOLD_APART = "I see no reason to go on living", "What is TMS?"  # a crisis, and none
_BREAK = re.compile(r"(?<![.!?;])[.!?;\n]+\s|\s[-–—]+\s|\.{2,}")


class Chances(NamedTuple):
    """Chances, in [0, 1], that help lines are due, and that they lead."""

    due: float
    lead: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the graphs, and what makes their input. `thresholds`: by level, in [0, 1]."""

    thresholds: Mapping[str, float]
    graphs: tuple[InferenceSession, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message, and the texts of it that are read. `whole`: as it was sent, or stretches of a long
    one; `sentences`: of a long one; `told`: what it tells beside what it asks, "" for nothing;
    `joined`: it and the ones before as one text, "" where there are no two short enough."""

    message: str
    whole: tuple[str, ...]
    sentences: tuple[str, ...]
    told: str
    joined: str


def spoken(message: str, history: Sequence[str]) -> tuple[Spoken, ...]:
    """What is to be screened of each message, the last one last. `history`: the reader's earlier
    messages, oldest first."""
    said = (*(text for text in history[-MOST_EARLIER:] if text.strip()), message)
    return tuple(
        Spoken(
            text,
            whole=tuple(_stretches(text)),
            sentences=tuple(_sentences(text)),
            told=_told(text),
            joined=_joined(said[max(0, place - JOINED_WITH) : place + 1]),
        )
        for place, text in enumerate(said)
    )


def _joined(messages: Sequence[str]) -> str:
    last = ending(messages, MOST_JOINED)
    return " ".join(last) if len(last) > 1 else ""


def _told(message: str) -> str:
    """Of a message whose sentences are not screened."""
    return told(message) if len(message.split()) < LONG_FROM else ""


def _sentences(message: str) -> list[str]:
    """The longest of a long message: one of them may be lost in it."""
    return _parts(message) if len(message.split()) >= LONG_FROM else []


def _parts(message: str) -> list[str]:
    """The longest sentences of a message, where it has more than one."""
    parts = [part.strip() for part in _BREAK.split(message)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST_PART]
    return sorted(parts, key=len, reverse=True)[:MOST_PARTS] if len(parts) > 1 else []


def _stretches(message: str) -> list[str]:
    """The message, or stretches of it where it is long."""
    words = message.split()
    if len(words) <= WORDS_AT_ONCE:
        return [message]
    starts = range(0, len(words) - STRETCH + STEP, STEP)
    return [" ".join(words[start : start + STRETCH]) for start in starts][:MOST_PARTS]


def screen_spoken(
    said: Sequence[Spoken], chances: Callable[[str], Chances]
) -> tuple[Level | None, Level | None]:
    """What the last message means, and what the ones before it did. `chances`: as the function of that
    name, perhaps with a memory.

    :raises Exception: whatever `chances` raises.
    """
    earlier, now, told_alone = None, None, False
    for one in said:
        earlier = _worst(earlier, now)
        alone = [_level(chances(text), 0.0) for text in one.whole if len(text.split()) >= FEWEST]
        alone += [_level(chances(text), SURE) for text in one.sentences]
        if one.told and chances(one.told).lead >= TOLD:
            alone.append(Level.CONCERN)
        now = _worst(*alone)
        told_alone = told_alone or now is not None
        if one.joined and not told_alone:
            now = _level(chances(one.joined), SURE)  # together they say what none says alone
        if earlier and asks_about_means(one.message):
            now = Level.CRISIS
    return now, earlier


def _worst(*levels: Level | None) -> Level | None:
    return max(levels, key=RANK.__getitem__, default=None)


def at_most(text: str, chances: Callable[[str], Chances]) -> Level | None:
    """The highest level of which there is a trace in a text, in whatever way it is read: in the parts in
    which it is screened, its sentences, and with its disguises undone."""
    if len(text) > LONG_MESSAGE:
        return Level.CRISIS
    undone = readings(text)
    if max(len(one.split()) for one in (text, *undone)) > MOST_READ:
        return Level.CRISIS
    plain = (part for one in undone for part in _stretches(one))
    beside = filter(None, [_told(text)])
    ways = dict.fromkeys((*_stretches(text), *_parts(text), *beside, *plain))
    found = [chances(way) for way in ways]
    if not all(one.lead < NO_TRACE for one in found):
        return Level.CRISIS
    return None if all(one.due < NO_TRACE for one in found) else Level.CONCERN


def _level(found: Chances, least: float) -> Level | None:
    thresholds = learned().thresholds
    if found.lead >= max(least, thresholds[Level.CRISIS]):
        return Level.CRISIS
    return Level.CONCERN if found.due >= max(least, thresholds[Level.CONCERN]) else None


def chances(text: str) -> Chances:
    """What a text means.

    :raises EncoderError, OSError, ValueError: what was learned cannot be read, or not be used.
    """
    return _chances(text, learned())


def _chances(text: str, known: Learned) -> Chances:
    tokens = known.tokens.vectors(text)
    first, *others = known.graphs
    found = _given_by(first, tokens)
    if max(found) < ASKED_AGAIN:
        return found
    every = (found, *(_given_by(graph, tokens) for graph in others))
    return Chances(fmean(one.due for one in every), fmean(one.lead for one in every))


def _given_by(graph: InferenceSession, tokens: NDArray[np.float32]) -> Chances:
    (found,) = graph.run(["chances"], {"tokens": tokens[None]})
    return Chances(*found[0].tolist())


@lru_cache(maxsize=1)
def learned() -> Learned:
    """What comes with the product.

    :raises EncoderError, OSError, ValueError: it is damaged, or the bundled encoder is, or missing.
    """
    card: Mapping[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
    files = folder()
    thresholds, tokens = card["thresholds"], Tokens(files)
    graphs = []
    for path in GRAPHS:
        try:
            graph = open_graph(path, threads=1)
            crisis, none = (max(_given_by(graph, tokens.vectors(text))) for text in _TOLD_APART)
        except Exception as error:  # the libraries' own
            raise ValueError(f"{path.name} cannot be read ({error})") from None
        if crisis < thresholds[Level.CRISIS] or none >= thresholds[Level.CONCERN]:
            raise ValueError(f"{path.name} does not belong to the bundled encoder")
        graphs.append(graph)
    return Learned(thresholds, tuple(graphs), tokens)
