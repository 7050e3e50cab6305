"""Configuration models of directed graphs (N6): the degrees stay, who is joined with whom is left to chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError

__all__ = ["match_stubs", "swap_arcs"]

IntArray = NDArray[np.int64]


def match_stubs(sources: ArrayLike, targets: ArrayLike, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Join the out-ends of all arcs with the in-ends at random: a multigraph with the same degrees.

    Keeps every node's number of arcs sent and got; destroys structure. Loops and repeated arcs may arise and are
    kept: taking them out would change degrees. Use `swap_arcs` for a graph without them.

    Parameters
    ----------
    sources, targets
        Numbers of the nodes at the two ends of each arc.

    Returns
    -------
    tuple of arrays
        Sources (as given) and new targets.

    Raises
    ------
    TwowayError
        If the lengths differ.

    Examples
    --------
    >>> tails, heads = match_stubs([0, 0, 1], [1, 2, 2], np.random.default_rng(1))
    >>> tails.tolist(), sorted(heads.tolist())
    ([0, 0, 1], [1, 2, 2])
    """
    tails, heads = _ends(sources, targets, "match_stubs")
    return tails, rng.permutation(heads)


def swap_arcs(
    sources: ArrayLike, targets: ArrayLike, rng: np.random.Generator, *, rounds: int = 30
) -> tuple[IntArray, IntArray]:
    """Exchange the targets of arcs at random, allowing neither loops nor repeated arcs: a simple graph of its degrees.

    In each round the arcs are split into random threes and pairs, and each three may turn round, each pair swap.
    A move is refused if one of its arcs, old or new, is also an old or new arc of another move, so that a move back is
    as likely as the move: all simple graphs with these degrees are equally likely in the end. The threes are needed
    because no swap can turn round a ring of three arcs.

    Parameters
    ----------
    sources, targets
        Numbers of the nodes at the two ends of each arc, without loops and repeated arcs.
    rounds
        Each arc takes part in about this many tries, of which dense graphs refuse many.

    Returns
    -------
    tuple of arrays
        Sources (as given) and new targets.

    Raises
    ------
    TwowayError
        If the graph has loops or repeated arcs, or the lengths differ.

    Examples
    --------
    >>> tails, heads = swap_arcs([0, 1, 2, 3], [1, 2, 3, 0], np.random.default_rng(1))
    >>> sorted(heads.tolist()), bool((tails == heads).any())
    ([0, 1, 2, 3], False)
    """
    tails, heads = _ends(sources, targets, "swap_arcs")
    width = int(max(tails.max(initial=0), heads.max(initial=0))) + 1
    if (tails == heads).any() or len(np.unique(tails * width + heads)) < len(tails):
        msg = "The graph has loops or repeated arcs. It was given to swap_arcs. Remove them, or use match_stubs."
        raise TwowayError(msg)
    heads = heads.copy()
    for _ in range(rounds):
        for size in (3, 2):
            n_groups = len(tails) // size
            groups = rng.permutation(len(tails))[: n_groups * size].reshape(n_groups, size)
            # Moves get in each other's way: with half of them tried at a time, more are made.
            _move(tails, heads, groups[rng.random(n_groups) < 0.5], width)
    return tails, heads


def _move(tails: IntArray, heads: IntArray, groups: IntArray, width: int) -> None:
    """Pass the targets round within groups of arcs, where that leaves a simple graph."""
    moved = np.roll(heads[groups], 1, axis=1)
    new = tails[groups] * width + moved
    old = tails * width + heads
    # New arcs must be free, also of arcs that stand or are tried elsewhere; and old ones must not be tried elsewhere.
    keys, where, count = np.unique(np.concatenate([old, new.ravel()]), return_inverse=True, return_counts=True)
    single = count[where] == 1
    is_free = single[len(old) :].reshape(new.shape).all(axis=1)
    is_own = single[: len(old)][groups].all(axis=1)
    allowed = is_free & is_own & (tails[groups] != moved).all(axis=1)
    heads[groups[allowed]] = moved[allowed]


def _ends(sources: ArrayLike, targets: ArrayLike, where: str) -> tuple[IntArray, IntArray]:
    tails, heads = np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    if tails.shape != heads.shape or tails.ndim != 1:
        msg = f"{tails.shape} sources do not fit {heads.shape} targets. They were given to {where}. "
        msg += "Give one of each an arc."
        raise TwowayError(msg)
    return tails, heads
