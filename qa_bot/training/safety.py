"""Learn the numbers of `meaning` from labeled messages of our own writing.

    python -m qa_bot.training.safety   reads tests/data, writes the graphs of `meaning` and their card

Two copies of the encoder learn to give two chances of a message, that help lines are due and that they
lead; each goes through the messages in an order of its own. Some messages are read together with
harmless ones, so that one clause in a long message can decide, and so can one beside a question; some
are read once more with slips of the fingers. How well it does is told by `evaluate --crisis` on messages
that are not among these. Deterministic on one machine; needs torch and an hour and a half.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.answers import Level
from qa_bot.embedding.bundled import Tokens, checked_folder
from qa_bot.safety.escalating import screen_by_rules
from qa_bot.safety.meaning import CARD, GRAPHS, JOINED_WITH, spoken
from qa_bot.training.network import SEED, learn, transformer, write

MESSAGES = (Path("tests/data/crisis_train.jsonl"), Path("tests/data/crisis_dev.jsonl"))
CONVERSATIONS = (
    Path("tests/data/conversations_train.jsonl"),
    Path("tests/data/conversations_dev.jsonl"),
)
QUESTIONS = (
    Path("corpus/examples.jsonl"),
    Path("tests/data/questions_dev.jsonl"),
    Path("tests/data/general_train/questions.jsonl"),
)

JOINED = 1500  # messages that are read once more, among harmless ones
HARMLESS_LONG = 500  # messages made of several harmless ones: few write a long one about nothing
LONG_WORDS = (30, 90)
MIXED = 5000  # short messages that are read once more, before or after a question
MIXED_WORDS = 20
MISTYPED = 6000  # messages that are read once more, typed in haste
SLIPS = 0.2  # of the words of such a message
_KEYS = "qwertyuiop asdfghjkl zxcvbnm"  # as they lie side by side
# The operating point, as chances.
THRESHOLDS = {Level.CONCERN: 0.5, Level.CRISIS: 0.5}


@dataclass(frozen=True, slots=True)
class LabeledMessage:
    """A labeled message. `level`: "crisis", "concern" or "none"."""

    text: str
    level: str


def examples() -> list[LabeledMessage]:
    """Every message to learn from, each once, by their texts; then those made of several."""
    found: dict[str, LabeledMessage] = {}
    for path in QUESTIONS:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = " ".join(json.loads(line)["question"].split())
            # A few ask about help lines, and are not harmless to miss.
            if screen_by_rules(text) is None:
                found[text] = LabeledMessage(text, "none")
    for path in CONVERSATIONS:
        for line in path.read_text(encoding="utf-8").splitlines():
            for text, level in _read_as(json.loads(line)):
                found[text] = LabeledMessage(text, level)
    for path in MESSAGES:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = " ".join(row["text"].split())
            found[text] = LabeledMessage(text, row["label"])
    rows = [found[text] for text in sorted(found)]
    return [*rows, *_made(rows), *_mixed(rows), *_mistyped(rows)]


def _read_as(conversation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that screening makes of a conversation, with levels. "label" is the level at its end;
    "alone" and "after", where they are given, are the levels of each message by itself and of all up to
    it. Without them only what is certain is read: every message of a harmless one, else all together."""
    turns, label = conversation["turns"], conversation["label"]
    unknown = [label if label == "none" else None] * len(turns)
    alone = conversation.get("alone", unknown)
    after = conversation.get("after", [*unknown[:-1], label])
    for place, turn in enumerate(turns):
        *_, said = spoken(turn, turns[:place])
        if alone[place] == "none":  # and so is every part
            yield from ((text, "none") for text in (*said.whole, *said.sentences))
        elif alone[place]:
            yield turn, alone[place]
        # The end alone of what is remembered may be harmless where the whole is not.
        whole = " ".join(turns[max(0, place - JOINED_WITH) : place + 1])
        if said.joined and after[place] and (said.joined == whole or label == "none"):
            yield said.joined, after[place]


def _halves(rows: Sequence[LabeledMessage]) -> tuple[list[LabeledMessage], list[LabeledMessage]]:
    """Those at risk, and the harmless ones."""
    return (
        [row for row in rows if row.level != "none"],
        [row for row in rows if row.level == "none"],
    )


def _made(rows: Sequence[LabeledMessage]) -> list[LabeledMessage]:
    """Long messages of a few others: harmless throughout, or with one that is not."""
    rng = np.random.default_rng(SEED)
    at_risk, harmless = _halves(rows)
    known = {row.text for row in rows}
    made: dict[str, LabeledMessage] = {}
    while len(made) < HARMLESS_LONG + JOINED:
        one = at_risk[rng.integers(len(at_risk))] if len(made) >= HARMLESS_LONG else None
        texts = [harmless[i].text for i in rng.integers(len(harmless), size=3 if one else 12)]
        if one:
            texts.insert(int(rng.integers(4)), one.text)
        mark = str(rng.choice([". ", " ", "\n", ", and ", "! "]))
        text = mark.join(texts)
        if one is None:
            text = " ".join(text.split()[: rng.integers(*LONG_WORDS)])
            if screen_by_rules(text) is not None:
                continue
        if text not in known and len(text.split()) <= LONG_WORDS[1]:
            made[text] = LabeledMessage(text, one.level if one else "none")
    return list(made.values())


def _mixed(rows: Sequence[LabeledMessage]) -> list[LabeledMessage]:
    """Short messages with a question before or after: who is in danger may ask something as well."""
    rng = np.random.default_rng(SEED)
    asked = [row.text for row in rows if row.level == "none" and row.text.endswith("?")]
    halves = _halves([row for row in rows if len(row.text.split()) <= MIXED_WORDS])
    made: dict[str, LabeledMessage] = {}
    while len(made) < MIXED:
        part = halves[len(made) % 2]
        one = part[rng.integers(len(part))]
        texts = [one.text.rstrip("."), asked[rng.integers(len(asked))]]
        mark = str(rng.choice([". ", " ", ", ", " and ", "\n"]))
        text = mark.join(texts[:: int(rng.choice([1, -1]))])
        made[text] = LabeledMessage(text, one.level)
    return list(made.values())


def _mistyped(rows: Sequence[LabeledMessage]) -> list[LabeledMessage]:
    """Messages with letters swapped, left out, doubled or taken for the next, and spaces missed."""
    rng = np.random.default_rng(SEED)
    halves = _halves(rows)
    known = {row.text for row in rows}
    made: dict[str, LabeledMessage] = {}
    while len(made) < MISTYPED:
        part = halves[len(made) % 2]
        one = part[rng.integers(len(part))]
        text = "".join(slipped(word, rng) for word in one.text.split()).strip()
        if text and text not in known:
            made[text] = LabeledMessage(text, one.level)
    return list(made.values())


def slipped(word: str, rng: np.random.Generator) -> str:
    """A word as it may be typed, with the space after it."""
    if rng.random() > SLIPS:
        return f"{word} "
    place = int(rng.integers(len(word)))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slips = [word, f"{before}{after} ", f"{before}{letter}{letter}{after} "]
    if after:
        slips.append(f"{before}{after[0]}{letter}{after[1:]} ")
    near = _KEYS.find(letter.lower())
    if near > 0:
        slips.append(f"{before}{_KEYS[near - 1]}{after} ")
    return str(rng.choice(slips))


def main() -> int:
    """Learn, write the data files, print the card."""
    rows = examples()
    levels = np.array([row.level for row in rows])
    tokens = Tokens(checked_folder())
    labels = np.stack([levels != "none", levels == "crisis"], axis=1)
    ids = [tokens.ids(row.text) for row in rows]
    for place, path in enumerate(GRAPHS):
        write(learn(ids, labels, transformer(), SEED + place), path)
    described = {
        "what": "Copies of the bundled encoder, taught to see risk; see meaning.py.",
        "learned_from": {name: int((levels == name).sum()) for name in sorted(set(levels))},
        "thresholds": THRESHOLDS,
    }
    CARD.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(described, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
