"""Krippendorff's alpha of counts of values by post, with limits over posts; the package `krippendorff` computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..inference.bootstrap import percentile_interval
from ..inference.results import REFUSE_BELOW, WARN_BELOW

__all__ = [
    "FIRM", "TENTATIVE", "Draws", "agreement_share", "alpha_limits", "alpha_of", "label_sets", "reading_of",
    "value_counts",
]  # fmt: skip

#: Krippendorff's conventions for drawing conclusions from coded data.
FIRM, TENTATIVE = 0.80, 0.667

#: How each flag of the bootstrap is called here, where posts are the units.
_RENAMED = {"few_clusters": "few_units"}


@dataclass(frozen=True)
class Draws:
    """How posts are drawn anew: how often, from which seed, and the confidence level of the limits."""

    n: int = 1000
    seed: int = 20_260_101
    level: float = 0.95


def label_sets(book: pd.DataFrame) -> pd.DataFrame:
    """Give the set of labels of each post and coder as one number, the same for the same set.

    A post of which a coder left some label open has no set.

    Parameters
    ----------
    book
        Codes of one codebook, 0 or 1.

    Returns
    -------
    DataFrame
        `post_id, coder, value, size`: the number of labels in the set as well.

    Examples
    --------
    >>> book = pd.DataFrame({"post_id": ["7"] * 2, "coder": ["a"] * 2, "label": ["x", "y"], "value": [1.0, 0.0]})
    >>> label_sets(book).values.tolist()
    [['7', 'a', 0, 1]]
    """
    sets = book.pivot_table(index=["post_id", "coder"], columns="label", values="value").dropna()
    number = pd.factorize(pd.Series(map(tuple, sets.to_numpy()), dtype=object))[0]
    return sets.index.to_frame(index=False).assign(value=number, size=sets.sum(axis=1).to_numpy().astype(int))


def value_counts(part: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Count how many coders gave each value to each post, posts in the order of their first code.

    Examples
    --------
    >>> domain, counts = value_counts(pd.DataFrame({"post_id": ["7", "7", "8"], "value": [1.0, 0.0, 1.0]}))
    >>> domain.tolist(), counts.tolist()
    ([0.0, 1.0], [[1, 1], [0, 1]])
    """
    units = pd.factorize(part["post_id"])[0]
    domain, index = np.unique(part["value"].to_numpy(dtype=float), return_inverse=True)
    counts = np.zeros((units.max(initial=-1) + 1, len(domain)), dtype=np.int64)
    np.add.at(counts, (units, index), 1)
    return domain, counts


def alpha_of(counts: NDArray[np.int64], domain: NDArray[np.float64], level: str) -> float:
    """Give alpha of counts of values by post; NaN where no post has two codes or all codes are the same.

    Examples
    --------
    >>> round(alpha_of(np.array([[2, 0], [1, 1], [0, 2], [0, 2]]), np.array([0.0, 1.0]), "nominal"), 4)
    0.5333
    """
    used = counts[counts.sum(axis=1) > 1]
    if (used.sum(axis=0) > 0).sum() < 2:
        return np.nan
    from krippendorff import alpha

    return float(alpha(value_counts=used, value_domain=domain, level_of_measurement=cast(Any, level)))


def reading_of(alpha: float) -> str:
    """Say what an alpha allows to conclude.

    Examples
    --------
    >>> [reading_of(x) for x in (0.8, 0.7, 0.2, float("nan"))]
    ['firm', 'tentative', 'not reliable', 'undefined']
    """
    if np.isnan(alpha):
        return "undefined"
    return "firm" if alpha >= FIRM else "tentative" if alpha >= TENTATIVE else "not reliable"


def alpha_limits(
    counts: NDArray[np.int64], domain: NDArray[np.float64], level: str, alpha: float, draws: Draws
) -> tuple[float, float, tuple[str, ...]]:
    """Give percentile limits of alpha over posts drawn anew, and reasons for care.

    Examples
    --------
    >>> counts = np.array([[2, 0], [1, 1], [0, 2], [0, 2]] * 10)
    >>> low, high, flags = alpha_limits(counts, np.array([0.0, 1.0]), "nominal", 0.5, Draws(200))
    >>> 0.1 < low < 0.4 < 0.6 < high < 0.9, flags
    (True, ())
    """
    n = len(counts)
    few = ("few_units",) if n < WARN_BELOW else ()
    if n == 0 or np.isnan(alpha):
        return np.nan, np.nan, ("undefined" if n else "no_pairs",)
    if alpha == 1:
        return np.nan, np.nan, ("no_variation", *few)
    if n < REFUSE_BELOW or draws.n == 0:
        return np.nan, np.nan, few
    rng = np.random.default_rng(draws.seed)
    drawn = [alpha_of(counts[rng.integers(0, n, n)], domain, level) for _ in range(draws.n)]
    found = percentile_interval(drawn, draws.level, value=alpha, n_clusters=n)[0]
    return found.low, found.high, tuple(_RENAMED.get(flag, flag) for flag in found.flags)


def agreement_share(counts: NDArray[np.int64]) -> float:
    """Give observed agreement as alpha sees it: 1 less the nominal disagreement within posts.

    Examples
    --------
    >>> agreement_share(np.array([[2, 0], [1, 1], [0, 2], [0, 2]]))
    0.75
    """
    if not len(counts):
        return np.nan
    sizes = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (sizes - 1)
    return float(agreeing.sum() / sizes.sum())
