"""Drawing posts at random within strata, each with a known chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError, unknown_name

__all__ = ["ALLOCATIONS", "Drawn", "draw_posts"]

ALLOCATIONS = {
    "proportional": "each stratum in proportion to its posts",
    "equal": "the same number from each stratum, or all it has",
}


@dataclass(frozen=True, eq=False)
class Drawn:
    """Hold drawn rows in random order, and the strata they came from.

    Parameters
    ----------
    rows
        Places of the drawn posts, from 0.
    probability
        Chance of each drawn post to be drawn.
    strata
        One row a stratum: `stratum, n_posts, n_drawn, probability`.
    """

    rows: NDArray[np.int64]
    probability: NDArray[np.float64]
    strata: pd.DataFrame


def draw_posts(
    strata: ArrayLike, n: int, *, allocation: str = "proportional", cap: int | None = None, seed: int
) -> Drawn:
    """Draw n posts: so many from each stratum, at random within it.

    How many a stratum gives is rounded up or down by chance, so that the chance of each post is exactly the
    share that the allocation asks of its stratum, and no small stratum is left out for good.

    Parameters
    ----------
    strata
        (N,): stratum of each post, such as its organization.
    n
        Posts to draw.
    allocation
        One of `ALLOCATIONS`.
    cap
        The most a stratum gives; what it may not give is asked of the others.
    seed
        Same seed, same posts.

    Returns
    -------
    Drawn
        In random order: its first rows are a random sample as well.

    Raises
    ------
    UnknownName
        If there is no such allocation.
    NotEnoughEvidence
        If there are not so many posts under the cap.
    TwowayError
        If n or the cap is no whole number above 0.

    Examples
    --------
    >>> drawn = draw_posts(["a"] * 90 + ["b"] * 10, 20, cap=14, seed=1)
    >>> drawn.strata.round(3).values.tolist()
    [['a', 90, 14, 0.156], ['b', 10, 6, 0.6]]
    """
    if allocation not in ALLOCATIONS:
        raise unknown_name(allocation, ALLOCATIONS, "allocation")
    if n != int(n) or n < 1 or (cap is not None and (cap != int(cap) or cap < 1)):
        msg = f"n={n}, cap={cap} cannot be drawn. They were given to a draw of posts. Pass whole numbers above 0."
        raise TwowayError(msg)
    names, index, sizes = np.unique(np.asarray(strata, dtype=str), return_inverse=True, return_counts=True)
    most = sizes if cap is None else np.minimum(sizes, cap)
    if most.sum() < n:
        under = "" if cap is None else f" under a cap of {cap} for each stratum"
        msg = f"{n} posts were asked for, but there are {most.sum():,}{under}. Draw fewer, or raise the cap."
        raise NotEnoughEvidence(msg)
    rng = np.random.default_rng(seed)
    asked = _filled(sizes if allocation == "proportional" else np.ones(len(sizes)), most, int(n))
    given = _rounded(asked, rng)
    rows = np.concatenate([rng.permutation(np.flatnonzero(index == i))[:k] for i, k in enumerate(given)])
    rows = rng.permutation(rows)
    chance = asked / sizes
    table = pd.DataFrame({"stratum": names, "n_posts": sizes, "n_drawn": given, "probability": chance})
    return Drawn(rows.astype(np.int64), chance[index[rows]], table)


def _filled(share: NDArray, most: NDArray, n: int) -> NDArray[np.float64]:
    """Pour n into vessels in proportion to their shares; what does not fit runs to the others."""
    is_full = np.zeros(len(most), dtype=bool)
    while True:
        rest = n - most[is_full].sum()
        depth = rest / share[~is_full].sum() if (~is_full).any() else 0.0
        over = ~is_full & (depth * share > most)
        if not over.any():
            return np.where(is_full, most, np.minimum(depth * share, most)).astype(float)
        is_full |= over


def _rounded(asked: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Round up or down by one random start, so that the sum stays and each mean over draws is what was asked."""
    order = rng.permutation(len(asked))
    ends = np.cumsum(asked[order])
    # The sum is a whole number but for rounding errors, which must not cost a post.
    ends = np.where(np.abs(ends - np.round(ends)) < 1e-9, np.round(ends), ends)
    steps = np.floor(np.concatenate([[0.0], ends]) + rng.random())
    given = np.empty(len(asked), dtype=np.int64)
    given[order] = np.diff(steps).astype(np.int64)
    return given
