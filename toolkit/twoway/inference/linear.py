"""Least squares whose standard errors hold where rows come in clusters, or one after another in time.

statsmodels fits, and gives the variances of series; those of clusters are made as in `sandwich`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .design import make_design
from .modelfit import ModelFit, few, make_fit, undefined_fit
from .results import WARN_BELOW
from .sandwich import Pulls, Robust, cluster_totals, robust_estimates, sandwich_factor

__all__ = ["newey_west", "ols_clustered"]


def ols_clustered(y: ArrayLike, x: Any, groups: ArrayLike | None = None, level: float = 0.95) -> ModelFit:
    """Fit least squares with standard errors robust to clusters (CR1).

    Parameters
    ----------
    y
        (n,): any numbers.
    x
        Columns that may explain them: data frame, mapping, table or single column. An intercept is added.
    groups
        (n,): cluster of each row. Default: each row is its own.
    level
        Confidence level.

    Returns
    -------
    ModelFit
        With coefficients in units of the outcome. NaN with flag ``outcome_constant`` if it never varies.

    Raises
    ------
    SchemaError
        If lengths differ, or a column holds no numbers.

    Examples
    --------
    >>> fit = ols_clustered([1, 2, 3, 5], {"week": [0, 1, 2, 3]}, ["a", "a", "b", "c"])
    >>> fit.table["coefficient"].round(2).tolist(), fit.flags
    ([0.8, 1.3], 'few_clusters')
    """
    from statsmodels.regression.linear_model import OLS

    design = make_design(y, x, groups, what="ols_clustered")
    title = "Least squares"
    if design.n == 0 or (design.n > 1 and np.ptp(design.y) == 0):
        return undefined_fit(design, link="identity", title=title, level=level)
    fit, m = OLS(design.y, design.z).fit(), design.n_clusters
    scores = cluster_totals(design.z * fit.resid[:, None], design.groups, m)
    pulls = Pulls(scores, design.z.T @ design.z, design.z, np.zeros(m))
    found = robust_estimates(design, fit.params, pulls, sandwich_factor(design.n, design.z.shape[1], m))
    flags = (*few(design), *found.flags)
    return make_fit(design, found, link="identity", method="ols_cr1", title=title, level=level, flags=flags)


def newey_west(y: ArrayLike, x: Any, lag: int | None = None, level: float = 0.95) -> ModelFit:
    """Fit least squares to a series in time, with standard errors robust to its memory (Newey and West).

    Parameters
    ----------
    y
        (n,): one value a day, week or month, in order, without gaps.
    x
        Columns that may explain them. An intercept is added.
    lag
        Over how many steps errors may be alike. Default: floor(4 * (n / 100) ** (2 / 9)).
    level
        Confidence level.

    Returns
    -------
    ModelFit
        Bartlett's weights, no small-sample factor (R: `NeweyWest(prewhite = FALSE, adjust = FALSE)`); limits by
        Student's t with n - k degrees of freedom. `details["lag"]` is the lag used. NaN with flag ``outcome_constant``
        if the outcome never varies.

    Notes
    -----
    Like all such errors these are too sure where memory is long for the series: of a step in 365 days, 95 % limits held
    the truth in 92 of 100 simulated series where a day keeps 0.3 of the day before, in 89 where it keeps 0.6; in 120
    days in 89 and 83.

    Raises
    ------
    SchemaError
        If lengths differ, or a column holds no numbers.
    TwowayError
        If the lag is negative.

    Examples
    --------
    >>> week = list(range(1, 9))
    >>> after = [max(w - 5, 0) for w in week]
    >>> late = [int(w >= 5) for w in week]
    >>> fit = newey_west([1, 2.5, 2.8, 4.2, 10.1, 11, 11.8, 13.3], {"week": week, "late": late, "after": after}, lag=2)
    >>> fit.table["se"].round(4).tolist()
    [0.1256, 0.041, 0.1391, 0.0748]
    """
    from statsmodels.regression.linear_model import OLS

    design = make_design(y, x, what="newey_west")
    title = "Regression of a series"
    if lag is not None and lag < 0:
        msg = f"lag={lag} is negative. It was given to newey_west. Use 0 or more steps, or leave it out."
        raise TwowayError(msg)
    if design.n == 0 or (design.n > 1 and np.ptp(design.y) == 0):
        return undefined_fit(design, link="identity", title=title, level=level)
    steps = int(4 * (design.n / 100) ** (2 / 9)) if lag is None else int(lag)
    steps = min(steps, design.n - 1)
    fit = OLS(design.y, design.z).fit(cov_type="HAC", cov_kwds={"maxlags": steps, "use_correction": False})
    covariance, left = design.back_covariance(fit.cov_params()), design.n - design.z.shape[1]
    se = np.sqrt(np.maximum(np.diag(covariance), 0)) if left > 0 else np.full(len(fit.params), np.nan)
    coefficients = design.back(fit.params, np.empty((0, len(fit.params))))[0]
    found = Robust(coefficients, se, se, np.full(len(se), float(left)))
    flags = ("short_series",) if design.n < WARN_BELOW else ()
    return make_fit(
        design, found, link="identity", method="newey_west",
        title=title, level=level, flags=flags, details={"lag": float(steps)},
    )  # fmt: skip
