"""How sure a composition is: draws from its posterior, labels, and the probability of each label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .composition import balances
from .intervals import effective_clusters
from .results import REFUSE_BELOW, FloatArray, Interval, check_level, normal_quantile, t_quantile

__all__ = [
    "LABELS",
    "LabelCuts",
    "balance_interval",
    "dirichlet_draws",
    "effective_counts",
    "label_parts",
    "label_probabilities",
]

LABELS = ("broadcast", "deflect", "conversational", "mixed")
PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class LabelCuts:
    """Hold the shares from which a composition gets its label. They are settings, not norms.

    Parameters
    ----------
    broadcast
        Broadcast if the first part is at least this.
    deflect
        Else deflect if the second part is at least this and larger than the third.
    conversational
        Else conversational if the third part is at least this. Else mixed.
    """

    broadcast: float = 0.6
    deflect: float = 0.4
    conversational: float = 0.5


def effective_counts(sums: ArrayLike, level: float = 0.95) -> FloatArray:
    """Shrink the counts of a composition to what they are worth when the units of one cluster go together.

    A posterior takes units to be independent, but a busy day brings many replies at once. The counts keep their
    proportions and shrink to the number of independent units that would be as unsure as the jackknife over clusters
    finds the least sure part, with Student's t in the place of the normal; below 10 clusters, where that cannot be
    told, to the effective number of clusters.

    Parameters
    ----------
    sums
        (m, parts): units in each part by cluster, such as the day.
    level
        Confidence level at which the widths shall agree.

    Returns
    -------
    array
        (parts,), at most the totals.

    Examples
    --------
    >>> steady, bursts = [[3, 2, 1]] * 20, [[6, 0, 0], [0, 4, 2]] * 10
    >>> effective_counts(steady).tolist(), effective_counts(bursts).round(1).tolist()
    ([60.0, 40.0, 20.0], [8.3, 5.6, 2.8])
    """
    table = np.asarray(sums, dtype=float)
    table = table[table.sum(axis=1) > 0]
    counts, m, sizes = table.sum(axis=0), len(table), table.sum(axis=1)
    n = float(counts.sum())
    if m < REFUSE_BELOW:
        worth = float(effective_clusters(sizes)) if m else n
        return np.asarray(counts * min(1.0, worth / n) if n > 0 else counts)
    share = counts / n
    rest = np.where(n > sizes, n - sizes, np.inf)[:, None]
    variance = (((table - share * sizes[:, None]) / rest) ** 2).sum(axis=0) * (m - 1) / m
    simple = share * (1 - share) / n
    worst = float(np.max(variance / np.where(simple > 0, simple, np.inf)))
    effect = worst * float(t_quantile(m - 1, level) / normal_quantile(level)) ** 2
    return np.asarray(counts / max(1.0, effect))


def dirichlet_draws(counts: ArrayLike, draws: int = 2000, seed: int = 20_260_101) -> FloatArray:
    """Draw compositions from the posterior: a Dirichlet with half a unit added to each part.

    Parameters
    ----------
    counts
        (parts,).
    draws
        Number of draws.
    seed
        Same seed, same draws, whatever else is computed.

    Returns
    -------
    array, (draws, parts)
        NaN throughout if all counts are 0: a prior alone is no evidence.

    Raises
    ------
    TwowayError
        If a count is negative or NaN.

    Examples
    --------
    >>> dirichlet_draws([80, 15, 5]).mean(axis=0).round(1).tolist()
    [0.8, 0.2, 0.1]
    """
    seen = np.asarray(counts, dtype=float)
    if seen.ndim != 1 or not (seen >= 0).all():
        msg = (
            f"{seen.tolist()} cannot be drawn from. "
            "It was given to dirichlet_draws. "
            "Pass one list of counts of at least 0."
        )
        raise TwowayError(msg)
    if seen.sum() == 0:
        return np.full((draws, len(seen)), np.nan)
    return np.random.default_rng(seed).dirichlet(seen + PRIOR, size=draws)


def label_parts(parts: ArrayLike, cuts: LabelCuts | None = None) -> NDArray[np.str_]:
    """Label compositions by their shares: broadcast, deflect, conversational or mixed.

    Parameters
    ----------
    parts
        (..., 3): shares of broadcast, deflect, conversation, as seen or as drawn.
    cuts
        Where the labels begin.

    Returns
    -------
    array of str
        Of shape (...); empty where a share is NaN.

    Examples
    --------
    >>> label_parts([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6], [0.4, 0.2, 0.4]]).tolist()
    ['broadcast', 'deflect', 'conversational', 'mixed']
    """
    cuts = cuts or LabelCuts()
    shares = np.asarray(parts, dtype=float)
    b, d, c = np.moveaxis(shares, -1, 0)
    tests = [
        np.isnan(shares).any(axis=-1),
        b >= cuts.broadcast,
        (d >= cuts.deflect) & (d > c),
        c >= cuts.conversational,
    ]
    return np.select(tests, ["", *LABELS[:3]], default=LABELS[3])


def label_probabilities(draws: ArrayLike, cuts: LabelCuts | None = None) -> Mapping[str, float]:
    """Give the posterior probability of each label: the share of draws that get it.

    Parameters
    ----------
    draws
        (draws, 3), from `dirichlet_draws`.
    cuts
        Where the labels begin.

    Returns
    -------
    dict
        Label to probability; NaN for all if the draws are.

    Examples
    --------
    >>> chances = label_probabilities(dirichlet_draws([14, 4, 2]))
    >>> chances["broadcast"] > 0.7, round(sum(chances.values()), 6)
    (True, 1.0)
    """
    labels = label_parts(draws, cuts)
    known = labels != ""
    return {name: float((labels[known] == name).mean()) if known.any() else float("nan") for name in LABELS}


def balance_interval(draws: ArrayLike, level: float = 0.95) -> tuple[Interval, Interval]:
    """Give the posterior intervals of the two balances.

    Parameters
    ----------
    draws
        (draws, 3), from `dirichlet_draws`.
    level
        Probability inside.

    Returns
    -------
    z1, z2
        Intervals with the posterior median as value and the posterior standard deviation as `se`.

    Examples
    --------
    >>> z1, z2 = balance_interval(dirichlet_draws([80, 15, 5]))
    >>> z1.high < 0 < z2.low
    True
    """
    tails = [(1 - check_level(level)) / 2, 0.5, (1 + level) / 2]
    return tuple(_posterior(z, tails, level) for z in balances(draws))  # type: ignore[return-value]


def _posterior(z: FloatArray, tails: list[float], level: float) -> Interval:
    if np.isnan(z).any():
        return Interval(np.nan, np.nan, method="dirichlet", flags=("undefined",), level=level)
    low, middle, high = (float(q) for q in np.quantile(z, tails))
    return Interval(low, high, float(z.std(ddof=1)) if len(z) > 1 else np.nan, "dirichlet", value=middle, level=level)
