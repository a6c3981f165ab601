"""Learn the numbers of `safety_meaning` from labeled messages of our own writing.

    python -m qa_bot.safety_fitting     reads tests/data, writes data/safety_meaning.npz and its card

Each network sees a message as the vectors of its words, so that three words in a long message can
decide. To learn that, a message is now and then read together with harmless ones. The card tells how
networks do on messages that they did not see (3 folds). Deterministic on one machine; needs torch and
about ten minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qa_bot.embedding import Encoded, Encoder
from qa_bot.records import Level
from qa_bot.safety import screen
from qa_bot.safety_meaning import CARD, MOST_WORDS, WEIGHTS

MESSAGES = (Path("tests/data/crisis_train.jsonl"), Path("tests/data/crisis_dev.jsonl"))
CONVERSATIONS = Path("tests/data/conversations_dev.jsonl")
QUESTIONS = (
    Path("corpus/examples.jsonl"),
    Path("tests/data/questions_dev.jsonl"),
    Path("tests/data/general_train/questions.jsonl"),
)

NETWORKS = 3
HIDDEN = 96
EPOCHS = 22
BATCH = 128
RATE, DECAY = 2e-2, 0.05  # of AdamW
DROPPED = 0.3  # share of the pooled numbers left out while learning
QUESTIONS_COUNT = 3  # times a message made to look like danger: they are what is mostly asked
JOINED = 0.3  # share of the messages read together with harmless ones
JOINED_WITH = (
    1,
    1,
    1,
    2,
    4,
)  # so many of them, by chance: long messages are no danger by their length
LONG = 500  # harmless messages made of several others: few people write a long one about nothing
LONG_WORDS = (30, 110)
CERTAINTY = 0.98  # what a label is taken for: a few are wrong
FOLDS = 3
SEED = 20261121
# The operating point, as chances. To miss someone is worse than to bring up help lines for a figure of
# speech, and these are low for that; the card says what they cost on messages that were not seen.
THRESHOLDS = {Level.CONCERN: 0.55, Level.CRISIS: 0.55}


@dataclass(frozen=True, slots=True)
class Example:
    """A labeled message. `level`: "crisis", "concern" or "none"."""

    text: str
    level: str
    is_question: bool


def examples() -> list[Example]:
    """Every message to learn from, each once, in the order of their texts."""
    found: dict[str, Example] = {}
    for path in QUESTIONS:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = " ".join(json.loads(line)["question"].split())
            if screen(text) is None:  # a few ask about help lines: those are not harmless to miss
                found[text] = Example(text, "none", True)
    for line in CONVERSATIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for turn in row["turns"] if row["label"] == "none" else ():
            found[turn] = Example(turn, "none", False)
    for path in MESSAGES:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = " ".join(row["text"].split())
            found[text] = Example(text, row["label"], False)
    rows = [found[text] for text in sorted(found)]
    return [*rows, *_long([row for row in rows if row.level == "none"])]


def _long(harmless: Sequence[Example]) -> list[Example]:
    """Long messages without danger, each of a few harmless ones; some say one thing again and again."""
    chance = np.random.default_rng(SEED)
    made: dict[str, Example] = {}
    while len(made) < LONG:
        words = chance.integers(*LONG_WORDS)
        several = [harmless[i].text for i in chance.integers(len(harmless), size=12)]
        texts = several[:1] * len(several) if chance.random() < 0.1 else several
        mark = str(chance.choice([". ", " ", "\n", ", and ", "! "]))
        text = " ".join(mark.join(texts).split()[:words])
        if screen(text) is None:
            made[text] = Example(text, "none", False)
    return list(made.values())


class Network(nn.Module):
    """One network; its parameters are what `safety_meaning.Networks` describes."""

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(dimensions, HIDDEN)
        self.pooled = nn.Linear(2 * HIDDEN, 2)
        self.whole = nn.Linear(dimensions, 2, bias=False)
        self.drop = nn.Dropout(DROPPED)
        nn.init.normal_(self.hidden.weight, std=0.25)  # unit vectors: each number is small

    def forward(self, vectors: Tensor, words: Tensor, lengths: Tensor) -> Tensor:
        hidden = torch.relu(self.hidden(words))
        there = (torch.arange(words.shape[1]) < lengths[:, None]).unsqueeze(-1)
        hidden = hidden * there
        pooled = torch.cat([hidden.amax(dim=1), hidden.sum(dim=1) / lengths[:, None]], dim=1)
        scores: Tensor = self.pooled(self.drop(pooled)) + self.whole(vectors)
        return scores


def learn(encoded: Sequence[Encoded], levels: NDArray[np.str_], seed: int) -> Network:
    """One network, from messages and their levels."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    harmless = np.flatnonzero(levels == "none")
    lengths = np.array([len(one.words) or 1 for one in encoded])
    targets = torch.tensor(np.stack([levels != "none", levels == "crisis"], axis=1)).float()
    targets = targets * (2 * CERTAINTY - 1) + 1 - CERTAINTY
    network = Network(len(encoded[0].vector))
    groups: list[dict[str, Any]] = [
        {"params": network.hidden.parameters()},
        {"params": network.pooled.parameters()},
        {"params": network.whole.parameters(), "lr": RATE * 5},
    ]
    steps = EPOCHS * -(-len(encoded) // BATCH)
    optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, RATE, RATE * 5], total_steps=steps
    )
    for _ in range(EPOCHS):
        for batch in _batches(lengths, chance):
            counts = chance.choice(JOINED_WITH, len(batch)) * (chance.random(len(batch)) < JOINED)
            read = [
                _read([encoded[i] for i in (this, *chance.choice(harmless, count))])
                for this, count in zip(batch, counts, strict=True)
            ]
            loss = nn.functional.binary_cross_entropy_with_logits(
                network(*_padded(read)), targets[batch]
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return network.eval()


def _batches(lengths: NDArray[np.int64], chance: np.random.Generator) -> list[NDArray[np.int64]]:
    """Every message once, by chance, those of about one length together: less to fill up."""
    order = np.argsort(lengths * chance.uniform(0.7, 1.3, len(lengths)))
    batches = np.split(order, range(BATCH, len(order), BATCH))
    return [batches[place] for place in chance.permutation(len(batches))]


def _read(together: Sequence[Encoded]) -> tuple[Any, Any]:
    """Vector and words' vectors of a message, or of several read as one."""
    vector = sum(one.vector for one in together)
    words = np.concatenate([one.word_vectors for one in together])
    words = words if len(words) else together[0].vector[None, :]
    return vector / np.linalg.norm(vector), words[:MOST_WORDS]


def _padded(messages: Sequence[tuple[Any, Any]]) -> tuple[Tensor, Tensor, Tensor]:
    lengths = torch.tensor([len(words) for _, words in messages])
    words = nn.utils.rnn.pad_sequence([torch.tensor(w) for _, w in messages], batch_first=True)
    return torch.tensor(np.stack([vector for vector, _ in messages])), words, lengths


@torch.no_grad()
def judge(network: Network, encoded: Sequence[Encoded]) -> NDArray[np.float64]:
    """Chances, (messages, 2): that help lines are due, that they lead."""
    found = [torch.sigmoid(network(*_padded([_read([one])])))[0].numpy() for one in encoded]
    return np.stack(found).astype(np.float64)


def card(chances: NDArray[np.float64], rows: Sequence[Example]) -> dict[str, float]:
    """How the networks do on messages they did not see, as shares in [0, 1]."""
    levels = np.array([row.level for row in rows])
    question = np.array([row.is_question for row in rows])
    leads = chances[:, 1] >= THRESHOLDS[Level.CRISIS]
    panel = leads | (chances[:, 0] >= THRESHOLDS[Level.CONCERN])
    share = {
        "panel on crisis": panel[levels == "crisis"],
        "crisis level on crisis": leads[levels == "crisis"],
        "panel on concern": panel[levels == "concern"],
        "crisis level on concern": leads[levels == "concern"],
        "panel on harmless": panel[(levels == "none") & ~question],
        "panel on readers' questions": panel[question],
    }
    return {name: round(float(values.mean()), 4) for name, values in share.items()}


def main() -> int:
    """Learn, write the data files, print the card."""
    torch.set_num_threads(2)
    rows = examples()
    levels = np.array([row.level for row in rows])
    encoder = Encoder()
    encoded = list(encoder.encode([row.text for row in rows], "query"))
    times = np.array([QUESTIONS_COUNT if row.is_question else 1 for row in rows])
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(rows))
    chances = np.zeros((len(rows), 2))
    for held_out in range(FOLDS):
        seen = np.repeat(np.arange(len(rows)), times * (fold != held_out))
        unseen = np.flatnonzero(fold == held_out)
        network = learn([encoded[i] for i in seen], levels[seen], SEED)
        chances[unseen] = judge(network, [encoded[i] for i in unseen])
    everything = np.repeat(np.arange(len(rows)), times)
    learned = [
        learn([encoded[i] for i in everything], levels[everything], SEED + number)
        for number in range(NETWORKS)
    ]
    states = [network.state_dict() for network in learned]
    names = {
        "hidden": "hidden.weight",
        "hidden_bias": "hidden.bias",
        "pooled": "pooled.weight",
        "whole": "whole.weight",
        "bias": "pooled.bias",
    }
    weights: dict[str, Any] = {}
    for name, key in names.items():
        stacked = np.stack([state[key].numpy() for state in states]).astype(np.float16)
        weights[name] = stacked.swapaxes(-1, -2) if stacked.ndim == 3 else stacked
    np.savez_compressed(WEIGHTS, **weights)
    described = {
        "what": "Small networks over the vectors of a message's words; see safety_meaning.py.",
        "encoder": encoder.fingerprint,
        "learned_from": {name: int((levels == name).sum()) for name in sorted(set(levels))},
        "thresholds": THRESHOLDS,
        "on_unseen_folds": card(chances, rows),
    }
    CARD.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(described, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
