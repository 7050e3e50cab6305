"""Running sums over clusters whose waits leave one after another, for variances at all times in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray

__all__ = ["Leaving", "from_zero"]


class Leaving:
    """Sums over clusters of products of running totals, each known after every time at which a wait may leave."""

    def __init__(self, place: NDArray[np.intp], clusters: NDArray[np.intp], n_times: int) -> None:
        self.n_times = n_times
        self.order = np.argsort(clusters * (n_times + 1) + place, kind="stable")
        self.place = place[self.order]
        self.sizes = np.bincount(clusters)
        self.first = np.repeat(np.cumsum(self.sizes) - self.sizes, self.sizes)

    def running(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give each cluster's total before and after each wait leaves, waits in order of leaving."""
        total = from_zero(values[self.order])
        start = total[self.first]
        return total[:-1] - start, total[1:] - start

    def still_watched(self) -> tuple[FloatArray, FloatArray]:
        """Give how many of the cluster are watched before and after each wait leaves."""
        rank = np.arange(len(self.place)) - self.first
        left = (np.repeat(self.sizes, self.sizes) - rank).astype(float)
        return left, left - 1

    def product(self, one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]) -> FloatArray:
        """Sum the products of two running totals over clusters, just after each time."""
        start = float((one[0] * other[0])[self.first == np.arange(len(self.first))].sum())
        change = np.bincount(self.place, one[1] * other[1] - one[0] * other[0], minlength=self.n_times + 1)
        return np.asarray(start + np.cumsum(change)[1:])


def from_zero(values: FloatArray) -> FloatArray:
    """Give running totals with a 0 before the first."""
    return np.concatenate([[0.0], np.cumsum(values)])
