"""A copy of the encoder's upper layers, taught to give chances.

From what the lower layers make of a text (`Encoder.halfway`), it learns one chance or more.
Deterministic on one machine; needs torch, and minutes for thousands of texts.
"""

from __future__ import annotations

import copy
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qa_bot.embedding import Encoder
from qa_bot.runtimes import TorchRuntime

HIDDEN = 96
EPOCHS = 3
BATCH = 32
RATE, HEAD_RATE, WHOLE_RATE = 2e-4, 2e-3, 1e-2  # of AdamW: the layers, and what stands on them
DECAY = 0.01
DROPPED = 0.3  # share of the pooled numbers left out while learning
CERTAINTY = 0.98  # what a label is taken for: a few are wrong
SEED = 20261121


class Network(nn.Module):
    """The upper layers, and what makes scores of their words: at most, on the mean, and of all."""

    def __init__(self, layers: nn.ModuleList, dimensions: int, chances: int) -> None:
        super().__init__()
        self.layers = copy.deepcopy(layers)
        self.hidden = nn.Linear(dimensions, HIDDEN)
        self.pooled = nn.Linear(2 * HIDDEN, chances)
        self.whole = nn.Linear(dimensions, chances, bias=False)
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


def upper_layers(encoder: Encoder) -> nn.ModuleList:
    """The layers above the middle, as sentence-transformers has them."""
    runtime = Encoder(encoder.name)._runtime
    assert isinstance(runtime, TorchRuntime)
    model: Any = runtime.model[0].model
    layers: nn.ModuleList = model.encoder.layer[runtime.half :]
    return layers


def states(encoder: Encoder, texts: Sequence[str]) -> list[NDArray[np.float16]]:
    """What the lower layers make of each text; of half precision, as they are many."""
    found = [one.astype(np.float16) for one in encoder.halfway(texts) if one is not None]
    assert len(found) == len(texts), "the encoder gives no states away"
    return found


def learn(
    states: Sequence[NDArray[np.float16]], labels: NDArray[np.bool_], layers: nn.ModuleList
) -> Network:
    """A network that gives the chance of each of `labels`, (texts, chances), from `states`."""
    torch.manual_seed(SEED)
    network = Network(layers, states[0].shape[1], labels.shape[1]).train()
    torch.manual_seed(SEED)  # what is left out while learning starts anew as well
    chance = np.random.default_rng(SEED)
    lengths = np.array([len(one) for one in states])
    targets = torch.tensor(labels).float() * (2 * CERTAINTY - 1) + 1 - CERTAINTY
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
            with torch.autocast("cpu", dtype=torch.bfloat16):  # half the time
                scores = network(*_padded([states[i] for i in batch]))
            loss = nn.functional.binary_cross_entropy_with_logits(scores.float(), targets[batch])
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


def _padded(states: Sequence[NDArray[np.float16]]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(one) for one in states])
    padded = nn.utils.rnn.pad_sequence(
        [torch.tensor(one, dtype=torch.float32) for one in states], batch_first=True
    )
    return padded, (torch.arange(padded.shape[1]) < lengths[:, None]).float()


def write(network: Network, path: Path) -> None:
    """Leave the network as a graph from "states" (1, tokens, dimensions) to "chances" (1, …), its
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
