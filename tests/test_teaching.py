"""A copy of the encoder's upper layers learns what it is taught, and says the same as a graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qa_bot.embedding import Encoder
from qa_bot.runtimes import open_graph
from qa_bot.teaching import Network, learn, states, upper_layers, write

pytestmark = pytest.mark.slow

COOKING = ("stir the soup", "bake the bread for an hour", "peel two onions", "the rice is burnt")
SAILING = ("hoist the sail", "the wind turns north", "we anchored in the bay", "row to the shore")
UNSEEN = ("fry the fish in butter", "the boat leaves the harbor")


@pytest.fixture(scope="module")
def taught(encoder: Encoder) -> Network:
    return _taught(encoder)


def _taught(encoder: Encoder) -> Network:
    texts = (COOKING + SAILING) * 16
    labels = np.array([[text in COOKING] for text in texts])
    return learn(states(encoder, texts), labels, upper_layers(encoder))


def _chances(network: Network, encoder: Encoder) -> list[float]:
    network.eval()
    found = []
    for one in states(encoder, UNSEEN):
        whole = torch.tensor(one, dtype=torch.float32)[None]
        with torch.no_grad():
            found.append(float(torch.sigmoid(network(whole, torch.ones(whole.shape[:2])))[0, 0]))
    return found


def test_it_tells_apart_what_it_never_saw(taught: Network, encoder: Encoder) -> None:
    cooking, sailing = _chances(taught, encoder)
    assert cooking > 0.6
    assert sailing < 0.4


def test_taught_again_it_is_the_same(taught: Network, encoder: Encoder) -> None:
    again = _taught(encoder).state_dict()
    assert all(torch.equal(again[name], own) for name, own in taught.state_dict().items())


def test_its_graph_says_nearly_the_same(taught: Network, encoder: Encoder, tmp_path: Path) -> None:
    write(taught, tmp_path / "graph.onnx")
    graph = open_graph(tmp_path / "graph.onnx", threads=1)
    read = [one.astype(np.float32)[None] for one in states(encoder, UNSEEN)]
    found = [float(graph.run(["chances"], {"states": one})[0][0, 0]) for one in read]
    assert found == pytest.approx(_chances(taught, encoder), abs=0.05)
