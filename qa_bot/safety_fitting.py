"""Learn the numbers of `safety_meaning` from labeled messages of our own writing.

    python -m qa_bot.safety_fitting   reads tests/data, writes data/safety_meaning.onnx and its card

The encoder's own upper layers are taught anew: from what its lower layers make of a message, they
learn to give two chances, that help lines are due and that they lead. Some messages are read together
with harmless ones, so that one clause in a long message can decide. How well it does is told by
`evaluate --crisis` on messages that are not among these. Deterministic on one machine; needs torch and
about twenty minutes.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qa_bot.embedding import Encoder, Vector
from qa_bot.records import Level
from qa_bot.runtimes import TorchRuntime
from qa_bot.safety import screen
from qa_bot.safety_meaning import CARD, GRAPH, spoken
from qa_bot.settings import Settings
from qa_bot.stores import open_store

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

HIDDEN = 96
EPOCHS = 3
BATCH = 32
RATE, HEAD_RATE, WHOLE_RATE = 2e-4, 2e-3, 1e-2  # of AdamW: the layers, and what stands on them
DECAY = 0.01
DROPPED = 0.3  # share of the pooled numbers left out while learning
JOINED = 1500  # messages that are read once more, among harmless ones
LONG = 500  # harmless messages made of several others: few people write a long one about nothing
LONG_WORDS = (30, 90)
CERTAINTY = 0.98  # what a label is taken for: a few are wrong
SEED = 20261121
# The operating point, as chances. To miss someone is worse than to bring up help lines for a figure of
# speech, and these are low for that.
THRESHOLDS = {Level.CONCERN: 0.6, Level.CRISIS: 0.6}


@dataclass(frozen=True, slots=True)
class Example:
    """A labeled message. `level`: "crisis", "concern" or "none"."""

    text: str
    level: str


def examples() -> list[Example]:
    """Every message to learn from, each once, by their texts; then those made of several."""
    found: dict[str, Example] = {}
    for path in QUESTIONS:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = " ".join(json.loads(line)["question"].split())
            if screen(text) is None:  # a few ask about help lines: those are not harmless to miss
                found[text] = Example(text, "none")
    for path in CONVERSATIONS:
        for line in path.read_text(encoding="utf-8").splitlines():
            for text, level in _read_as(json.loads(line)):
                found[text] = Example(text, level)
    for path in MESSAGES:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = " ".join(row["text"].split())
            found[text] = Example(text, row["label"])
    rows = [found[text] for text in sorted(found)]
    return [*rows, *_made(rows)]


def _read_as(conversation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that screening makes of a conversation, with levels: all of them where nothing in it is
    of danger, the last messages together where they are a crisis."""
    turns, label = conversation["turns"], conversation["label"]
    for place, turn in enumerate(turns) if label == "none" else ():
        yield from ((text, label) for text in spoken(turn, turns[:place]).texts)
    if label == "crisis":
        yield from ((text, label) for text in spoken(turns[-1], turns[:-1]).joined)


def _made(rows: Sequence[Example]) -> list[Example]:
    """Long messages of a few others: harmless throughout, or with one that is not."""
    chance = np.random.default_rng(SEED)
    harmless = [row.text for row in rows if row.level == "none"]
    at_risk = [row for row in rows if row.level != "none"]
    known = {row.text for row in rows}
    made: dict[str, Example] = {}
    while len(made) < LONG + JOINED:
        one = at_risk[chance.integers(len(at_risk))] if len(made) >= LONG else None
        texts = [harmless[i] for i in chance.integers(len(harmless), size=3 if one else 12)]
        if one:
            texts.insert(int(chance.integers(4)), one.text)
        mark = str(chance.choice([". ", " ", "\n", ", and ", "! "]))
        text = mark.join(texts)
        if one is None:
            text = " ".join(text.split()[: chance.integers(*LONG_WORDS)])
            if screen(text) is not None:
                continue
        if text not in known and len(text.split()) <= LONG_WORDS[1]:
            made[text] = Example(text, one.level if one else "none")
    return list(made.values())


class Network(nn.Module):
    """The upper layers, and what makes two scores of their words: at most, on the mean, and of all."""

    def __init__(self, layers: nn.ModuleList, dimensions: int) -> None:
        super().__init__()
        self.layers = copy.deepcopy(layers)
        self.hidden = nn.Linear(dimensions, HIDDEN)
        self.pooled = nn.Linear(2 * HIDDEN, 2)
        self.whole = nn.Linear(dimensions, 2, bias=False)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """`states`: (messages, tokens, dimensions); `there`: (messages, tokens), 1 for a token."""
        unseen = (1 - there)[:, None, None, :] * -1e9
        for layer in self.layers:
            states = layer(states, unseen)
        count = there.sum(dim=1, keepdim=True)
        hidden = torch.relu(self.hidden(4 * nn.functional.normalize(states, dim=-1)))
        hidden = hidden * there[..., None]
        mean = (states * there[..., None]).sum(dim=1) / count
        pooled = torch.cat([hidden.amax(dim=1), hidden.sum(dim=1) / count], dim=1)
        scores: Tensor = self.pooled(self.drop(pooled)) + self.whole(
            nn.functional.normalize(mean, dim=-1)
        )
        return scores


def learn(states: Sequence[Vector], levels: NDArray[np.str_], layers: nn.ModuleList) -> Network:
    """A network, from what the lower layers make of messages, and their levels."""
    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    lengths = np.array([len(one) for one in states])
    targets = torch.tensor(np.stack([levels != "none", levels == "crisis"], axis=1)).float()
    targets = targets * (2 * CERTAINTY - 1) + 1 - CERTAINTY
    network = Network(layers, states[0].shape[1]).train()
    parts = (network.layers, RATE), (network.hidden, HEAD_RATE), (network.pooled, HEAD_RATE)
    groups: list[dict[str, Any]] = [
        {"params": part.parameters(), "lr": rate} for part, rate in parts
    ]
    groups.append({"params": network.whole.parameters(), "lr": WHOLE_RATE})
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [group["lr"] for group in groups],
        total_steps=EPOCHS * -(-len(states) // BATCH),
        pct_start=0.1,
    )
    for _ in range(EPOCHS):
        for batch in _batches(lengths, chance):
            loss = nn.functional.binary_cross_entropy_with_logits(
                network(*_padded([states[i] for i in batch])), targets[batch]
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return network.eval()


def _batches(lengths: NDArray[np.int64], chance: np.random.Generator) -> list[NDArray[np.int64]]:
    """Every message once, by chance, those of about one length together: less to fill up."""
    order = np.argsort(lengths * chance.uniform(0.7, 1.3, len(lengths)))
    batches = np.split(order, range(BATCH, len(order), BATCH))
    return [batches[place] for place in chance.permutation(len(batches))]


def _padded(states: Sequence[Vector]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(one) for one in states])
    padded = nn.utils.rnn.pad_sequence(
        [torch.tensor(one, dtype=torch.float32) for one in states], batch_first=True
    )
    return padded, (torch.arange(padded.shape[1]) < lengths[:, None]).float()


def write(network: Network, path: Path) -> None:
    """Leave the network as a graph from "states" (1, tokens, dimensions) to "chances" (1, 2), its
    weights in whole numbers of 8 bits: a quarter of the size."""
    from onnxruntime.quantization import quantize_dynamic

    class Chances(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, states: Tensor) -> Tensor:
            return torch.sigmoid(self.network(states, torch.ones_like(states[..., 0])))

    dimensions = network.hidden.in_features
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            Chances().eval(),
            (torch.zeros(1, 7, dimensions),),
            str(whole),
            input_names=["states"],
            output_names=["chances"],
            dynamic_axes={"states": {1: "tokens"}},
            dynamo=False,
        )
        quantize_dynamic(whole, path)


def main() -> int:
    """Learn, write the data files, print the card."""
    torch.set_num_threads(2)
    settings = Settings.from_environment()
    rows = examples()
    levels = np.array([row.level for row in rows])
    encoder = Encoder(exports=open_store(settings.index, settings.chroma_url).encoders)
    states = [_halfway(one.halfway) for one in encoder.encode([r.text for r in rows], "query")]
    runtime = Encoder()._runtime
    assert isinstance(runtime, TorchRuntime)
    upper: Any = runtime.model[0].model
    layers: nn.ModuleList = upper.encoder.layer[runtime.half :]
    described = {
        "what": "The encoder's upper layers, taught to see risk; see safety_meaning.py.",
        "encoder": encoder.fingerprint,
        "dimensions": states[0].shape[1],
        "learned_from": {name: int((levels == name).sum()) for name in sorted(set(levels))},
        "thresholds": THRESHOLDS,
    }
    write(learn(states, levels, layers), GRAPH)
    CARD.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(described, indent=1) + "\n")
    return 0


def _halfway(states: Vector | None) -> Vector:
    assert states is not None
    return states.astype(np.float16)  # 200 MB for all of them


if __name__ == "__main__":
    raise SystemExit(main())
