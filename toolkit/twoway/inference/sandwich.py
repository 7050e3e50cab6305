"""Standard errors of regressions that hold when the rows of a cluster are alike: the sandwich and the jackknife.

Each cluster pulls at the estimates: its effect is the sum of its scores times the inverse information. Squared and
added up, the effects give the sandwich variance (Liang and Zeger; factors as in R's `sandwich::vcovCL`).

A cluster also pulls the fit towards itself, so its residuals, and with them the sandwich, are too small; the more so
where few, large or far-out clusters carry an estimate. Limits and p-values therefore use what leaving each cluster out
would do, its leverage taken into account: one Newton step of the jackknife, which for least squares is the jackknife
itself (CR3), for estimating equations the correction of Mancl and DeRouen. How evenly these effects come from the
clusters gives the degrees of freedom. In simulations of skewed covariates of 20 persons, 95 % limits from the sandwich
held the truth in 87 of 100 corpora (least squares and counts), these in 94 to 95; from some hundred clusters on both
agree.

statsmodels has the jackknife for least squares alone, cluster by cluster; here it is for all, and only clusters with
leverage are solved for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .design import Design
from .intervals import effective_clusters
from .resampling import jackknife_df
from .results import FloatArray

__all__ = ["Pulls", "Robust", "cluster_totals", "effects_df", "left_out", "robust_estimates", "sandwich_factor"]

# Below this leverage, leaving a cluster out changes its effect by less than a hundredth.
LEVERAGE = 0.01

# Clusters are solved for together, up to so many numbers at once.
MOST_CELLS = 2**22

# Share of the information that is left without a cluster, below which nothing is left.
NOTHING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Pulls:
    """Hold what a fit leaves behind for its standard errors, in the units of the design.

    Parameters
    ----------
    scores
        (m, k): sum of each cluster's scores.
    information
        (k, k): minus the slope of the scores.
    weighted
        (n, k): rows times the root of their weight; their squares add up to the information of independent rows.
    shared
        (m,): share of the squared total of its rows that each cluster's correlation takes off its information.
    scale
        What all information is multiplied by.
    """

    scores: FloatArray
    information: FloatArray
    weighted: FloatArray
    shared: FloatArray
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """Hold estimates in the units of the columns.

    Parameters
    ----------
    coefficients, se
        (k,): estimates and sandwich standard errors.
    se_limits, df
        (k,): jackknife standard errors, and degrees of freedom, for limits and p-values.
    flags
        ``one_cluster`` where some term rests on one cluster alone.
    """

    coefficients: FloatArray
    se: FloatArray
    se_limits: FloatArray
    df: FloatArray
    flags: tuple[str, ...] = ()


def cluster_totals(rows: FloatArray, groups: NDArray[np.intp], n_clusters: int) -> FloatArray:
    """Add up the rows (n,) or (n, k) of each cluster.

    Examples
    --------
    >>> import numpy as np
    >>> cluster_totals(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 0]), 2).tolist()
    [4.0, 2.0]
    """
    if rows.ndim == 1:
        return np.asarray(np.bincount(groups, rows, n_clusters), dtype=float)
    return np.column_stack([np.bincount(groups, column, n_clusters) for column in rows.T])


def sandwich_factor(n: int, k: int, n_clusters: int) -> float:
    """Give the small-sample factor G/(G-1) * (n-1)/(n-k) of the CR1 variance; NaN where it does not exist.

    Examples
    --------
    >>> round(sandwich_factor(12, 2, 6), 3)
    1.32
    """
    if n_clusters < 2 or n <= k:
        return float("nan")
    return n_clusters / (n_clusters - 1) * (n - 1) / (n - k)


def effects_df(effects: FloatArray, groups: NDArray[np.intp]) -> FloatArray:
    """Give the degrees of freedom of each estimate's variance, from what each cluster (m, k) does to it.

    At most the effective number of clusters less one; fewer where a few clusters make most of the variance, as a
    handful of famous persons do to a slope on followers (`jackknife_df`).

    Examples
    --------
    >>> import numpy as np
    >>> effects_df(np.array([[1.0, 0.0], [-1.0, 0.1], [1.0, 0.0], [-1.0, 3.0]]), np.arange(4)).round(1).tolist()
    [3.0, 2.7]
    """
    m = len(effects)
    return jackknife_df(effects, m, float(effective_clusters(np.bincount(groups, minlength=m))))


def robust_estimates(design: Design, coefficients: FloatArray, pulls: Pulls, factor: float) -> Robust:
    """Bring estimates home to the units of the columns, with standard errors robust to clusters.

    Parameters
    ----------
    design
        What was fitted to.
    coefficients
        (k,): in the units of the design.
    pulls
        What the fit left behind.
    factor
        What the variance of the sandwich is multiplied by.

    Returns
    -------
    Robust
        Standard errors are NaN if there are no more clusters than columns: effects then cancel by construction, and
        say nothing about uncertainty. Those for limits are NaN, too, for terms that rest on one cluster alone.
    """
    m, k = design.n_clusters, design.z.shape[1]
    home, effects = design.back(coefficients, pulls.scores @ np.linalg.pinv(pulls.information))
    if m <= k:
        nothing = np.full(k, np.nan)
        return Robust(home, nothing, nothing, np.ones(k))
    se = np.sqrt((effects**2).sum(axis=0) * factor)
    moved, rests = left_out(design, pulls, effects)
    se_limits = np.where(rests, np.nan, np.sqrt((moved**2).sum(axis=0) * (m - 1) / m))
    return Robust(home, se, se_limits, effects_df(moved, design.groups), ("one_cluster",) if rests.any() else ())


def left_out(design: Design, pulls: Pulls, effects: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Give what leaving out each cluster does to the estimates, and which estimates would not exist without one.

    Parameters
    ----------
    design
        What was fitted to.
    pulls
        What the fit left behind.
    effects
        (m, k): of each cluster, in the units of the columns, its leverage not yet taken into account.

    Returns
    -------
    moved
        (m, k): what each cluster adds to the estimates, in the units of the columns.
    rests
        (k,): whether an estimate rests on one cluster alone.

    Examples
    --------
    >>> import numpy as np
    >>> from twoway.inference.design import make_design
    >>> from twoway.inference.logistic import fit_plain
    >>> design = make_design([1, 0, 1, 1], None, what="example")
    >>> pulls = fit_plain(design.y, design.z, design.groups).pulls
    >>> moved, rests = left_out(design, pulls, pulls.scores @ np.linalg.pinv(pulls.information))
    >>> moved.round(3).ravel().tolist(), rests.tolist()
    ([0.444, -1.333, 0.444, 0.444], [False])
    """
    m, k = effects.shape
    inverse = np.linalg.pinv(pulls.information)
    sums = cluster_totals(pulls.weighted, design.groups, m)
    rows = np.einsum("ij,jk,ik->i", pulls.weighted, inverse, pulls.weighted, optimize=True)
    joint = np.einsum("ij,jk,ik->i", sums, inverse, sums, optimize=True)
    leverage = pulls.scale * (np.bincount(design.groups, rows, m) - pulls.shared * joint)
    own, moved, rests = np.linalg.eigvalsh(pulls.information), effects.copy(), np.zeros(k, dtype=bool)
    # Leverage is a trace, so without a cluster at least 1 - leverage of the information is left in every direction.
    is_safe = (1 - leverage) * own[0] > NOTHING * own[-1]
    for far in (np.flatnonzero((leverage > LEVERAGE) & chosen) for chosen in (is_safe, ~is_safe)):
        for some in np.array_split(far, -(-len(far) * k * k // MOST_CELLS) or 1):
            if not len(some):
                continue
            parts = _squares(pulls.weighted, design.groups, some)
            parts -= pulls.shared[some][:, None, None] * sums[some][:, :, None] * sums[some][:, None, :]
            left = pulls.information - pulls.scale * parts
            if is_safe[some[0]]:
                steps = np.asarray(np.linalg.solve(left, pulls.scores[some][:, :, None])[:, :, 0], dtype=float)
                lost = np.empty((0, k))
            else:
                steps, lost = _solve_what_is_left(left, pulls.scores[some])
            moved[some] = design.back(steps[0], steps)[1]
            if len(lost):
                span = np.abs(design.back(lost[0], lost)[1]) * np.sqrt((design.z**2).sum() / design.z.size)
                rests |= (span * design.scale > 1e-6).any(axis=0)
    return moved, rests


def _solve_what_is_left(left: FloatArray, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solve within the directions (g, k, k) about which something is left; give the others, too."""
    values, vectors = np.linalg.eigh(left)
    is_left = values > NOTHING * values[:, -1:]
    along = np.einsum("gij,gi->gj", vectors, scores) * is_left / np.where(is_left, values, 1.0)
    return np.einsum("gij,gj->gi", vectors, along), np.swapaxes(vectors, 1, 2)[~is_left]


def _squares(rows: FloatArray, groups: NDArray[np.intp], some: NDArray[np.intp]) -> FloatArray:
    """Add up the outer products of the rows (n, k) of some clusters: (clusters, k, k)."""
    number = np.full(int(groups.max()) + 1, -1, dtype=np.intp)
    number[some] = np.arange(len(some))
    mine = np.flatnonzero(number[groups] >= 0)
    mine = mine[np.argsort(number[groups[mine]], kind="stable")]
    starts = np.searchsorted(number[groups[mine]], np.arange(len(some)))
    own = rows[mine]
    return np.stack([np.add.reduceat(own * column[:, None], starts, axis=0) for column in own.T], axis=1)
