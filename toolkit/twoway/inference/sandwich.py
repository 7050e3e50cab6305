"""Standard errors of regressions that hold when the rows of a cluster are alike: the sandwich.

Each cluster pulls at the estimates: its effect is the sum of its scores times the inverse information. Squared and
added up, the effects give the variance (Liang and Zeger; factors as in `sandwich::vcovCL`). How evenly they
come from the clusters gives the degrees of freedom. statsmodels has the same variances, but keeps the effects to
itself; a test holds both together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .design import Design
from .intervals import effective_clusters
from .resampling import jackknife_df
from .results import FloatArray

__all__ = ["cluster_totals", "effects_df", "robust_estimates", "sandwich_factor"]


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


def robust_estimates(
    design: Design, coefficients: FloatArray, scores: FloatArray, information: FloatArray, factor: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bring estimates home to the units of the columns, with standard errors and degrees of freedom.

    Parameters
    ----------
    design
        What was fitted to.
    coefficients, scores, information
        (k,), (m, k) and (k, k), in the units of the design; one row of scores for each cluster.
    factor
        What the variance is multiplied by.

    Returns
    -------
    tuple of arrays (k,)
        Coefficients, standard errors, degrees of freedom. Standard errors are NaN if there are no more clusters than
        columns: their effects then cancel by construction, and say nothing about uncertainty.
    """
    coefficients, effects = design.back(coefficients, scores @ np.linalg.pinv(information))
    is_enough = design.n_clusters > design.z.shape[1]
    se = np.sqrt((effects**2).sum(axis=0) * factor) if is_enough else np.full(len(coefficients), np.nan)
    return coefficients, se, effects_df(effects, design.groups)
