"""Tell whether groups are cut from ordered values, or copied from labels, and how likely chance groups so.

The scores depend on the order of the units and the sizes of the groups alone, so chance is drawn once for given sizes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ENOUGH_UNITS", "chance_of_agreement", "is_cut"]

#: Draws of chance, fewer where there are very many units.
DRAWS, CELLS = 9_999, 4_000_000

#: The least number of units that can show anything.
ENOUGH_UNITS = 6

#: Share of units in place, and of the greatest spread of mean ranks (for two groups, an area of .95 under the curve),
#: from which groups are nearly in order.
IN_PLACE, APART = 0.9, 0.81

#: Groups whose mean ranks chance sets so far apart more often than this lie together.
TOGETHER = 0.05

IntArray = NDArray[np.int64]


def is_cut(values: ArrayLike, groups: ArrayLike, below: float, perfect_below: float) -> bool:
    """Say whether groups look as if they were cut from values, nearly or wholly in order.

    Looked at are the number of runs along the ordered values, the fewest units that would have to move for every group
    to be one run, and how far apart the mean ranks lie; each is held against groups of the same sizes dealt at random.

    Parameters
    ----------
    values, groups
        Of each unit: its value, and the number of its group from 0.
    below
        Nearly ordered groups are taken for a cut where chance gives as much order less often than this.
    perfect_below
        The same for groups in perfect order.

    Examples
    --------
    >>> is_cut(range(12), [0] * 6 + [1] * 6, below=0.01, perfect_below=0.2)
    True
    >>> is_cut(range(12), [0, 1] * 6, below=0.01, perfect_below=0.2)
    False
    """
    x, kind = np.asarray(values, dtype=float), np.asarray(groups, dtype=np.int64)
    kind = np.unique(kind, return_inverse=True)[1]
    sizes = np.bincount(kind)
    if len(x) < ENOUGH_UNITS or len(sizes) < 2 or len(np.unique(x)) <= len(x) / 2:
        return False
    # Ties must not fall in the order of the groups.
    shuffled = np.random.default_rng(len(x)).permutation(len(x))
    order = shuffled[np.argsort(x[shuffled], kind="stable")]
    found = _scores(kind[order][None, :], len(sizes))[:, 0]
    chance = (_by_chance(tuple(sorted(sizes))) <= found[:, None] + 1e-9).mean(axis=1)
    in_order = np.argsort([np.flatnonzero(kind[order] == group).mean() for group in range(len(sizes))])
    farthest = _scores(np.repeat(in_order, sizes[in_order])[None, :], len(sizes))[2, 0]
    # A true difference makes for few runs as well: they tell only where the mean ranks lie together.
    is_near = np.array([chance[2] > TOGETHER, found[1] <= (1 - IN_PLACE) * len(x), found[2] <= APART * farthest])
    is_perfect = found[0] == len(sizes)
    return bool((is_near & (chance <= below)).any() or (is_perfect and chance[0] <= perfect_below))


@lru_cache(maxsize=64)
def _by_chance(sizes: tuple[int, ...]) -> NDArray[np.float64]:
    rng = np.random.default_rng(sum(sizes))
    dealt = np.repeat(np.arange(len(sizes)), sizes)
    return _scores(_shuffled(dealt, rng), len(sizes))


def _shuffled(kinds: IntArray, rng: np.random.Generator) -> IntArray:
    draws = max(min(DRAWS, CELLS // len(kinds)), 999)
    return rng.permuted(np.broadcast_to(kinds, (draws, len(kinds))), axis=1)


def _scores(kinds: IntArray, n_groups: int) -> NDArray[np.float64]:
    """Give runs, units out of place and closeness of mean ranks, the less the more ordered: (3, draws)."""
    runs = 1 + (kinds[:, 1:] != kinds[:, :-1]).sum(axis=1)
    ranks = np.arange(kinds.shape[1]) - (kinds.shape[1] - 1) / 2
    of_group = kinds[:, :, None] == np.arange(n_groups)
    means = (of_group * ranks[:, None]).sum(axis=1) / of_group.sum(axis=1)
    apart = (of_group.sum(axis=1) * means**2).sum(axis=1)
    return np.array([runs, _out_of_place(of_group, means), -apart], dtype=float)


def _out_of_place(of_group: NDArray[np.bool_], means: NDArray[np.float64]) -> IntArray:
    """Count the fewest units that have to leave for the groups, in order of their mean ranks, to be single runs."""
    ordered = np.take_along_axis(of_group, np.argsort(means, axis=1)[:, None, :], axis=2).astype(np.int64)
    best = np.zeros((ordered.shape[0], ordered.shape[2]), dtype=np.int64)
    for i in range(ordered.shape[1]):
        best = np.maximum.accumulate(best + ordered[:, i, :], axis=1)
    return np.asarray(ordered.shape[1] - best[:, -1])


def chance_of_agreement(groups: ArrayLike, labels: ArrayLike) -> tuple[float, float]:
    """Say which share of units the labels place in their groups, names aside, and how often chance does as well.

    Several labels may make up one group.

    Examples
    --------
    >>> share, chance = chance_of_agreement(list("xxxxyyyyzzzz"), list("aaaabbbbcccc"))
    >>> share, chance < 0.001
    (1.0, True)
    """
    kind, label = (np.unique(np.asarray(one), return_inverse=True)[1] for one in (groups, labels))
    if len(kind) < 2 or min(kind.max(), label.max()) < 1:
        return 0.0, 1.0
    rng = np.random.default_rng(len(kind))
    dealt = np.vstack([kind, _shuffled(kind, rng)])
    of_label = np.eye(label.max() + 1)[label]
    counts = np.stack([(dealt == g) @ of_label for g in range(kind.max() + 1)], axis=-1)
    placed = counts.max(axis=-1).sum(axis=1)
    return float(placed[0] / len(kind)), float((placed[1:] >= placed[0]).mean())
