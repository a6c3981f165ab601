"""A copy of the bundled encoder, taught to give chances instead of vectors.

It learns one chance or more from the tokens of a text. Deterministic on one machine; needs torch, and
three quarters of an hour for eighty thousand texts.
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

from qa_bot.embedding.bundled import checked_folder
from qa_bot.embedding.runtimes import TorchRuntime

HIDDEN = 96
EPOCHS = 4
BATCH = 32
# Rates of AdamW: of the lower and the upper half of the layers, and of what stands on them.
LOWER_RATE, UPPER_RATE, HEAD_RATE, WHOLE_RATE = 1e-4, 2e-4, 2e-3, 1e-2
DECAY = 0.01
DROPPED = 0.3  # share of the pooled numbers left out while learning
CERTAINTY = 0.98  # what a label is taken for: a few are wrong
SEED = 20261121


class Network(nn.Module):
    """The encoder's layers, and a score from the highest and from the mean of its words' vectors."""

    def __init__(self, model: Any, chances: int) -> None:
        """:param model: the transformer, as the transformers library has it."""
        super().__init__()
        self.first = copy.deepcopy(model.embeddings).requires_grad_(False)
        self.layers: nn.ModuleList = copy.deepcopy(model.encoder.layer)
        dimensions = model.config.hidden_size
        self.hidden = nn.Linear(dimensions, HIDDEN)
        self.pooled = nn.Linear(2 * HIDDEN, chances)
        self.whole = nn.Linear(dimensions, chances, bias=False)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, tokens: Tensor, there: Tensor) -> Tensor:
        """`tokens`: their vectors, (texts, tokens, dimensions); `there`: (texts, tokens), 1 for a
        token."""
        places = self.first.position_embeddings.weight[: tokens.shape[1]]
        states = tokens + self.first.token_type_embeddings.weight[0] + places
        states = self.first.dropout(self.first.LayerNorm(states))
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


def transformer() -> Any:
    """The bundled encoder, as the transformers library has it."""
    return TorchRuntime(str(checked_folder()), None).model[0].model


def learn(
    texts: Sequence[Sequence[int]], labels: NDArray[np.bool_], model: Any, seed: int = SEED
) -> Network:
    """A network that gives the chance of each of `labels`, (texts, chances), from the ids of the tokens
    of `texts`; a copy of `model`. With another `seed` it begins, and goes through them, otherwise."""
    torch.manual_seed(seed)
    network = Network(model, labels.shape[1]).train()
    torch.manual_seed(seed)  # what is left out while learning starts again as well
    rng = np.random.default_rng(seed)
    lengths = np.array([len(one) for one in texts])
    targets = torch.tensor(labels).float() * (2 * CERTAINTY - 1) + 1 - CERTAINTY
    half = len(network.layers) // 2
    parts = (
        (network.layers[:half], LOWER_RATE),
        (network.layers[half:], UPPER_RATE),
        (network.hidden, HEAD_RATE),
        (network.pooled, HEAD_RATE),
        (network.whole, WHOLE_RATE),
    )
    groups: list[dict[str, Any]] = [
        {"params": list(part.parameters()), "lr": rate} for part, rate in parts
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [group["lr"] for group in groups],
        total_steps=EPOCHS * -(-len(texts) // BATCH),
        pct_start=0.1,
    )
    learned = [one for group in groups for one in group["params"]]
    for _ in range(EPOCHS):
        for batch in _batches(lengths, rng):
            ids, there = _padded([texts[i] for i in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):  # half the time
                scores = network(network.first.word_embeddings(ids), there)
            loss = nn.functional.binary_cross_entropy_with_logits(scores.float(), targets[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            schedule.step()
    return network.eval()


def _batches(lengths: NDArray[np.int64], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Every text once, at random, those of about one length together: less to fill up."""
    order = np.argsort(lengths * rng.uniform(0.7, 1.3, len(lengths)))
    batches = np.split(order, range(BATCH, len(order), BATCH))
    return [batches[place] for place in rng.permutation(len(batches))]


def _padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(one) for one in texts])
    padded = nn.utils.rnn.pad_sequence([torch.tensor(one) for one in texts], batch_first=True)
    return padded, (torch.arange(padded.shape[1]) < lengths[:, None]).float()


def write(network: Network, path: Path) -> None:
    """Leave the network as a graph from "tokens" (1, tokens, dimensions) to "chances" (1, …), its
    weights quantized to 8-bit integers: a quarter of the size and of the time."""
    from onnxruntime.quantization import quantize_dynamic

    class Chances(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, tokens: Tensor) -> Tensor:
            return torch.sigmoid(self.network(tokens, torch.ones_like(tokens[..., 0])))

    dimensions = network.hidden.in_features
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            Chances().eval(),
            (torch.zeros(1, 7, dimensions),),
            str(whole),
            input_names=["tokens"],
            output_names=["chances"],
            dynamic_axes={"tokens": {1: "tokens"}},
            dynamo=False,
        )
        quantize_dynamic(whole, path, per_channel=True)
