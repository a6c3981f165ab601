"""A copy of the bundled encoder learns what it is taught, and says the same as a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from qa_bot.embedding.bundled import Tokens, folder
from qa_bot.embedding.runtimes import open_graph
from qa_bot.training.network import Network, learn, transformer, write

pytestmark = pytest.mark.slow

COOKING = ("stir the soup", "bake the bread for an hour", "peel two onions", "the rice is burnt")
SAILING = ("hoist the sail", "the wind turns north", "we anchored in the bay", "row to the shore")
UNSEEN = ("fry the fish in butter", "the boat leaves the harbor")


@pytest.fixture(scope="module")
def model() -> Any:
    return transformer()


@pytest.fixture(scope="module")
def taught(model: Any) -> Network:
    return _taught(model)


def _taught(model: Any) -> Network:
    texts, tokens = (COOKING + SAILING) * 16, Tokens(folder())
    labels = np.array([[text in COOKING] for text in texts])
    return learn([tokens.ids(text) for text in texts], labels, model)


def _chances(network: Network) -> list[float]:
    network.eval()
    found = []
    for text in UNSEEN:
        whole = torch.tensor(Tokens(folder()).vectors(text))[None]
        with torch.no_grad():
            found.append(float(torch.sigmoid(network(whole, torch.ones(whole.shape[:2])))[0, 0]))
    return found


def test_it_tells_apart_what_it_never_saw(taught: Network) -> None:
    cooking, sailing = _chances(taught)
    assert cooking > 0.6
    assert sailing < 0.4


def test_taught_again_it_is_the_same(taught: Network, model: Any) -> None:
    again = _taught(model).state_dict()
    assert all(torch.equal(again[name], own) for name, own in taught.state_dict().items())


def test_what_it_is_a_copy_of_stays_as_it_was(taught: Network, model: Any) -> None:
    assert not torch.equal(
        taught.layers[0].output.dense.weight, model.encoder.layer[0].output.dense.weight
    )
    assert torch.equal(
        taught.first.position_embeddings.weight, model.embeddings.position_embeddings.weight
    )


def test_its_graph_says_nearly_the_same(taught: Network, tmp_path: Path) -> None:
    write(taught, tmp_path / "graph.onnx")
    graph = open_graph(tmp_path / "graph.onnx", threads=1)
    tokens = Tokens(folder())
    found = [
        float(graph.run(["chances"], {"tokens": tokens.vectors(text)[None]})[0][0, 0])
        for text in UNSEEN
    ]
    assert found == pytest.approx(_chances(taught), abs=0.05)
