"""How sure a figure is: 95 % intervals of a share, of a mean and of a difference between two runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Reduce = Literal["mean", "median"]

RESAMPLES = 2_000
LOW, HIGH = 2.5, 97.5  # percentiles
SEED = 20261121  # the same answers always give the same interval


def wilson(successes: float, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a share (E. B. Wilson, JASA 1927); (0, 1) without cases."""
    if not count:
        return 0.0, 1.0
    share = successes / count
    center = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, center - half), min(1.0, center + half)


def reduced(values: Sequence[float], reduce: Reduce = "mean") -> float:
    """Mean or median; 0 without values."""
    if not values:
        return 0.0
    return float(np.median(values) if reduce == "median" else np.mean(values))


def bootstrap(values: Sequence[float], reduce: Reduce = "mean") -> tuple[float, float]:
    """The percentile bootstrap (B. Efron, Annals of Statistics 1979) of a mean or median; (0, 0)
    without values."""
    if not values:
        return 0.0, 0.0
    drawn = _statistic(np.asarray(values, dtype=float)[_resamples(len(values))], reduce)
    return _bounds(drawn)


def paired(
    old: Sequence[float | None], new: Sequence[float | None], reduce: Reduce = "mean"
) -> tuple[float, float, float]:
    """What changed from `old` to `new`: the difference of the two figures, and its interval.

    Position i of both is the same question, so questions are drawn, not runs: what is hard in both
    cancels out. None: the question does not count for the figure in that run. A figure without any
    question is NaN, and so is its difference.
    """
    pairs = np.array([old, new], dtype=float)  # None becomes NaN
    if pairs.size == 0 or np.isnan(pairs).all(axis=1).any():
        return float("nan"), float("nan"), float("nan")
    whole = _statistic(pairs, reduce)
    drawn = pairs[:, _resamples(pairs.shape[1])]
    counted = ~np.isnan(drawn).all(axis=2).any(axis=0)
    low, high = _bounds(np.diff(_statistic(drawn[:, counted], reduce), axis=0)[0])
    return float(whole[1] - whole[0]), low, high


def _resamples(count: int) -> NDArray[np.intp]:
    """Indices, (RESAMPLES, count), drawn with replacement."""
    return np.random.default_rng(SEED).integers(count, size=(RESAMPLES, count))


def _statistic(values: NDArray[np.float64], reduce: Reduce) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (np.nanmedian if reduce == "median" else np.nanmean)(
        values, axis=-1
    )
    return found


def _bounds(drawn: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(drawn, [LOW, HIGH])
    return float(low), float(high)
