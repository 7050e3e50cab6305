"""Give each reply to the agent whose replies of all other weeks are nearest, and count by week how often that is right.

Weeks are also what varies. How many replies of a week are right hangs on that week, and on all others, whose wording
makes the agents known. A bootstrap cannot say how much: a week drawn twice would be left out and known at once. So
`without` counts anew for every week and every other one that is not known either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["LeaveWeekOut"]

IntArray = NDArray[np.int64]


class LeaveWeekOut:
    """Hold replies sorted by week, ready to be given to the agents under any labels.

    Parameters
    ----------
    x
        (n, features): wording of each reply, of length 1.
    week
        (n,): week of each.

    Examples
    --------
    >>> x = np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]
    >>> model = LeaveWeekOut(x, np.array([1, 1, 2, 2]))
    >>> right, judged = model.hits(np.array([0, 1, 0, 1]))
    >>> right.tolist(), judged.tolist()
    ([2, 2], [2, 2])
    """

    def __init__(self, x: NDArray[np.float32], week: NDArray[Any]) -> None:
        code = np.unique(week, return_inverse=True)[1].reshape(-1)
        self._order = np.argsort(code, kind="stable")
        self._x, self._week = x[self._order], code[self._order]
        self.n_weeks = int(code.max(initial=-1)) + 1
        ends = np.searchsorted(self._week, np.arange(self.n_weeks + 1))
        self._spans = list(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))

    def hits(self, labels: IntArray) -> tuple[IntArray, IntArray]:
        """Count by week the replies named right, and those whose agent signs in another week too."""
        named, sums, n = self._known(labels)
        counts = [self._judged(week, named, sums.sum(axis=0), n.sum(axis=0), sums, n) for week in range(self.n_weeks)]
        return np.array([c[0] for c in counts], dtype=np.int64), np.array([c[1] for c in counts], dtype=np.int64)

    def without(self, labels: IntArray) -> tuple[IntArray, IntArray]:
        """Count as `hits` does, for every week (rows) as it would be if another one (columns) were not known."""
        named, sums, n = self._known(labels)
        whole, n_whole = sums.sum(axis=0), n.sum(axis=0)
        counts = np.zeros((2, self.n_weeks, self.n_weeks), dtype=np.int64)
        for out in range(self.n_weeks):
            rest, n_rest = whole - sums[out], n_whole - n[out]
            for week in range(self.n_weeks):
                if week != out:
                    counts[:, week, out] = self._judged(week, named, rest, n_rest, sums, n)
        return counts[0], counts[1]

    def _known(self, labels: IntArray) -> tuple[IntArray, NDArray[np.float32], IntArray]:
        """Add up wording and number of replies by week and agent."""
        named = labels[self._order]
        n_agents = int(named.max(initial=-1)) + 1
        cell = self._week * n_agents + named
        shape = (self.n_weeks * n_agents, len(named))
        pick = csr_array((np.ones(len(named), dtype=np.float32), (cell, np.arange(len(named)))), shape=shape)
        sums = (pick @ self._x).reshape(self.n_weeks, n_agents, -1)
        return named, sums, np.bincount(cell, minlength=shape[0]).reshape(self.n_weeks, n_agents)

    def _judged(
        self,
        week: int,
        named: IntArray,
        whole: NDArray[np.float32],
        n_whole: IntArray,
        sums: NDArray[np.float32],
        n: IntArray,
    ) -> tuple[int, int]:
        start, end = self._spans[week]
        is_known = n_whole > n[week]
        centers = whole - sums[week]
        centers = centers / np.maximum(np.linalg.norm(centers, axis=1, keepdims=True), 1e-12)
        likeness = np.where(is_known, self._x[start:end] @ centers.T, -np.inf)
        fair = is_known[named[start:end]]
        return int((likeness.argmax(axis=1) == named[start:end])[fair].sum()), int(fair.sum())
