"""The nearest of many vectors, as a Chroma server on loopback finds them, against comparing all."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.generated import SECTIONS, vectors
from benchmarks.measuring import Row, percentile, seconds
from qa_bot.index.chroma import Passages, server_client
from qa_bot.index.vectors import best_first
from tests.chroma import free_port, running

NEAREST, ASKED = 10, 100


def searching(count: int, folder: Path) -> list[Row]:
    """So many vectors put on a server of their own and asked for. Its `folder` is made, and removed."""
    made, asked = vectors(count), list(vectors(ASKED, seed=11))
    exact = [set(best_first(made @ one, NEAREST)) for one in asked]
    with _new(folder), running(folder, free_port()) as url:
        passages = Passages("made-up", lambda: server_client(url), url)
        start = time.perf_counter()
        passages.fill(
            [str(place) for place in range(count)],
            made,
            [f"passage {place}" for place in range(count)],
            [{"article": place // SECTIONS} for place in range(count)],
        )
        filled = time.perf_counter() - start
        found = [{int(id_) for id_, _ in passages.nearest(one, NEAREST)} for one in asked]
        times = seconds(lambda one: passages.nearest(one, NEAREST), asked)
    all_compared = seconds(lambda one: best_first(made @ one, NEAREST), asked[:20])
    shares = [len(some & right) / NEAREST for some, right in zip(found, exact, strict=True)]
    name = f"{count:,} vectors"
    return [
        Row("search", f"{name}: put on a Chroma server", filled, "s"),
        Row("search", f"{name}: asked of it, p50", 1000 * percentile(times, 50), "ms"),
        Row("search", f"{name}: all compared, p50", 1000 * percentile(all_compared, 50), "ms"),
        Row("search", f"{name}: missed of the {NEAREST} nearest", 1 - np.mean(shares), "", 0.02),
    ]


@contextmanager
def _new(folder: Path) -> Iterator[None]:
    """An empty folder, which goes whatever happens; a million vectors take some gigabytes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
