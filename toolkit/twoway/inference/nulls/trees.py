"""Random recursive trees of given sizes, and the shape of trees: the null of conversation measures (C4 to C6).

In a random recursive tree every new node hangs below one of those before it, each with the same chance: what replies
would look like if people answered any earlier post alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError

__all__ = ["RecursiveTrees", "TreeShapes", "depth_first", "tree_shapes"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TreeShapes:
    """The shapes of many trees, one entry a tree.

    Attributes
    ----------
    size
        Nodes.
    depth
        Steps from the root to the farthest node.
    width
        Most nodes on one level.
    h_index
        The level above the first one (below the root) that holds fewer nodes than its depth.
    h_index_max
        The deepest level that holds as many nodes as its depth.
    virality
        Mean distance of two nodes; NaN for a single one.
    virality_norm
        Its place between a star (0) and a path (1) of that size; NaN below four nodes.
    """

    size: IntArray
    depth: IntArray
    width: IntArray
    h_index: IntArray
    h_index_max: IntArray
    virality: FloatArray
    virality_norm: FloatArray


@dataclass(frozen=True, eq=False)
class RecursiveTrees:
    """A forest of random recursive trees of given sizes.

    Parameters
    ----------
    sizes
        Nodes of each tree, at least 1.

    Examples
    --------
    >>> trees = RecursiveTrees([1, 2, 4])
    >>> trees.draw(np.random.default_rng(1)).tolist()[:5]
    [0, 1, 1, 3, 3]
    """

    sizes: ArrayLike
    starts: IntArray = field(init=False, repr=False)
    _offset: IntArray = field(init=False, repr=False)
    _place: IntArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the nodes of all trees one after another."""
        sizes = np.asarray(self.sizes, dtype=np.int64)
        if (sizes < 1).any():
            msg = f"A tree of {sizes.min()} nodes cannot be drawn. It was given to RecursiveTrees. Give sizes from 1."
            raise TwowayError(msg)
        starts = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)
        offset = np.repeat(starts, sizes)
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "_offset", offset)
        object.__setattr__(self, "_place", np.arange(len(offset)) - offset)

    def draw(self, rng: np.random.Generator) -> IntArray:
        """Draw the parent of every node; a root is its own."""
        return self._offset + (rng.random(len(self._place)) * self._place).astype(np.int64)

    def shapes(self, rng: np.random.Generator) -> TreeShapes:
        """Draw the trees and measure them."""
        return tree_shapes(self.draw(rng), self.starts)


def tree_shapes(parents: ArrayLike, starts: ArrayLike) -> TreeShapes:
    """Measure the shape of trees.

    Parameters
    ----------
    parents
        Number of the parent of each node; a root is its own. Nodes of a tree stand together, in any order.
    starts
        Number of the first node of each tree.

    Returns
    -------
    TreeShapes
        One entry a tree.

    Examples
    --------
    The tree r-a, r-b, r-c, a-d, d-e has the levels 1, 3, 1, 1.

    >>> shape = tree_shapes([0, 0, 0, 0, 1, 4], [0])
    >>> shape.depth.tolist(), shape.width.tolist(), shape.h_index.tolist(), shape.virality.round(4).tolist()
    ([3], [3], [1], [2.1333])
    """
    up, first = np.asarray(parents, dtype=np.int64), np.asarray(starts, dtype=np.int64)
    size = np.diff(np.append(first, len(up)))
    tree = np.repeat(np.arange(len(size)), size)
    depth = _depths(up)
    below = _below(up, depth)
    wiener = np.add.reduceat(below * (size[tree] - below), first) if len(up) else np.zeros(0)
    return TreeShapes(size, *_levels(tree, depth), *_viralities(size, wiener.astype(float)))


def _depths(up: IntArray) -> IntArray:
    """Count the steps to the root."""
    return _added_to_the_root((up != np.arange(len(up))).astype(np.int64), up)


def _added_to_the_root(own: IntArray, up: IntArray) -> IntArray:
    """Add up what every node on the way to the root has of its own: each round doubles how far a node sees."""
    while True:
        gain = own[up]
        if not gain.any():
            return own
        own = own + gain
        up = up[up]


def _below(up: IntArray, depth: IntArray) -> IntArray:
    """Count the nodes of each subtree, level by level from the leaves."""
    below = np.ones(len(up), dtype=np.int64)
    order = np.argsort(-depth, kind="stable")
    edges = np.append(np.flatnonzero(np.diff(depth[order])) + 1, len(up))
    start = 0
    for stop in edges[:-1]:
        nodes = order[start:stop]
        np.add.at(below, up[nodes], below[nodes])
        start = stop
    return below


def _levels(tree: IntArray, depth: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Measure depth, width and both h-indices from the number of nodes on each level."""
    if not len(tree):
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, empty
    span = int(depth.max()) + 1
    keys, count = np.unique(tree * span + depth, return_counts=True)
    level, starts = keys % span, np.flatnonzero(keys % span == 0)
    enough = count >= level
    deepest = np.maximum.reduceat(level, starts)
    fails = np.minimum.reduceat(np.where(enough, span, level), starts)
    return (
        deepest,
        np.maximum.reduceat(count, starts),
        np.minimum(fails, deepest + 1) - 1,
        np.maximum.reduceat(np.where(enough, level, 0), starts),
    )


def _viralities(size: IntArray, wiener: FloatArray) -> tuple[FloatArray, FloatArray]:
    n = size.astype(float)
    with np.errstate(all="ignore"):
        nu = 2.0 * wiener / (n * (n - 1.0))
        star, path = 2.0 * (n - 1.0) / n, (n + 1.0) / 3.0
        place = np.clip((nu - star) / (path - star), 0.0, 1.0)
    return np.where(size > 1, nu, np.nan), np.where(size > 3, place, np.nan)


def depth_first(parents: ArrayLike) -> IntArray:
    """Give every node its place in depth-first order of its tree, from 0, siblings by their number.

    Parameters
    ----------
    parents
        Number of the parent of each node; a root is its own.

    Examples
    --------
    >>> depth_first([0, 0, 0, 1, 4]).tolist()
    [0, 1, 3, 2, 0]
    """
    up = np.asarray(parents, dtype=np.int64)
    below = np.flatnonzero(up != np.arange(len(up)))
    size = _subtrees(up, below)
    siblings = below[np.argsort(up[below], kind="stable")]
    through = np.cumsum(size[siblings])
    starts = _firsts(up[siblings])
    # A node comes one place after its parent, or after the whole subtree of the sibling before it.
    earlier = through - size[siblings]
    place = np.zeros(len(up), dtype=np.int64)
    place[siblings] = earlier - earlier[starts] + 1
    return _added_to_the_root(place, up)


def _subtrees(up: IntArray, below: IntArray) -> IntArray:
    """Count the nodes of each subtree below a root; each round doubles how far below a node sees.

    Roots themselves, which nodes reach in many ways, come out too large.
    """
    size, jump, live = np.ones(len(up), dtype=np.int64), up.copy(), below
    is_root = up == np.arange(len(up))
    while len(live):
        gain = np.bincount(jump[live], weights=size[live], minlength=len(up)).astype(np.int64)
        # Whoever stands at the root has nothing further above.
        further = live[~is_root[jump[live]]]
        ahead = jump[jump[further]]
        size, live = size + gain, further
        jump[live] = ahead
    return size


def _firsts(column: IntArray) -> IntArray:
    """Give for each entry of a sorted column the position of the first one alike."""
    places = np.arange(len(column))
    new = np.concatenate([np.ones(min(1, len(column)), dtype=bool), column[1:] != column[:-1]])
    return np.asarray(np.maximum.accumulate(np.where(new, places, 0)) if len(column) else places)
