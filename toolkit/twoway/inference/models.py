"""Regressions of answers and counts whose standard errors hold where rows come in clusters.

Doors of one shape, those of `linear` included: each checks its input, leaves out columns that say nothing, and says so
in its `ModelFit`. None raises because of what the data happen to be: what cannot be estimated is NaN, with the reason
as a flag. statsmodels fits the counts; why it does not fit the answers is said in `logistic`.

Standard errors are those of R. Limits and p-values use the jackknife over clusters and Student's t, with as many
degrees of freedom as the clusters are worth, never more than clusters less one (`sandwich`). In simulations
(tests/inference/test_model_coverage.py) they hold the truth about as often as they claim from 20 clusters on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import SchemaError
from .counts import fit_counts
from .design import Design, make_design
from .logistic import Logistic, fit_exchangeable, fit_firth, fit_plain
from .modelfit import ModelFit, few, make_fit, undefined_fit
from .sandwich import Pulls, Robust, robust_estimates, sandwich_factor

__all__ = ["gee_logit", "logit_clustered", "negative_binomial"]


def logit_clustered(y: ArrayLike, x: Any, groups: ArrayLike | None = None, level: float = 0.95) -> ModelFit:
    """Fit a logistic regression with standard errors robust to clusters (CR1, as R's `vcovCL(type = "HC1")`).

    Parameters
    ----------
    y
        (n,): 0 or 1.
    x
        Columns that may explain it: data frame, mapping, table or single column. An intercept is added.
    groups
        (n,): cluster of each row. Default: each row is its own.
    level
        Confidence level.

    Returns
    -------
    ModelFit
        With odds ratios. Where the columns tell the outcome without error, Firth's penalty keeps the log odds finite
        (flag `separated`); its standard errors are the larger of the robust and the model's own.

    Raises
    ------
    SchemaError
        If lengths differ, a column holds no numbers, or the outcome is not 0 or 1.

    Examples
    --------
    >>> y = [1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1]
    >>> print(logit_clustered(y, {"after": [0, 1] * 6}, [i // 2 for i in range(12)]))
    Logistic regression of 12 rows in 6 clusters (logit_cr1, 95 % intervals).
    after: odds ratio 5 (0.273 to 91.6), p = 0.21.
    """
    design = make_design(y, x, groups, what="logit_clustered")
    return _logistic_fit(design, fit_plain, "logit_cr1", "Logistic regression", level)


def gee_logit(y: ArrayLike, x: Any, groups: ArrayLike, level: float = 0.95) -> ModelFit:
    """Fit logistic estimating equations with an exchangeable correlation within clusters (Liang and Zeger).

    Parameters
    ----------
    y
        (n,): 0 or 1.
    x
        Columns that may explain it: data frame, mapping, table or single column. An intercept is added.
    groups
        (n,): cluster of each row.
    level
        Confidence level.

    Returns
    -------
    ModelFit
        With odds ratios; `details["correlation"]` is the correlation within clusters. Standard errors are those of
        geepack; they fall short where clusters are few, limits and p-values do not (`sandwich`).

    Raises
    ------
    SchemaError
        If lengths differ, a column holds no numbers, or the outcome is not 0 or 1.

    Examples
    --------
    >>> y = [1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1]
    >>> fit = gee_logit(y, {"after": [0, 1] * 6}, [i // 2 for i in range(12)])
    >>> fit.table[["term", "coefficient", "se"]].round(4).values.tolist()
    [['intercept', 0.0, 0.8165], ['after', 1.6094, 1.0328]]
    """
    design = make_design(y, x, groups, what="gee_logit")
    title = "Logistic estimating equations"
    return _logistic_fit(design, fit_exchangeable, "gee_exchangeable", title, level)


def _logistic_fit(design: Design, fitter: Any, method: str, title: str, level: float) -> ModelFit:
    if not np.isin(design.y, (0.0, 1.0)).all():
        msg = f"Some outcomes are neither 0 nor 1. They were given to {method}. Pass truth values."
        raise SchemaError(msg)
    if design.n == 0 or design.y.min() == design.y.max():
        return undefined_fit(design, link="logit", title=title, level=level)
    fit: Logistic = fitter(design.y, design.z, design.groups)
    if fit.is_separated:
        fit, method = fit_firth(design.y, design.z, design.groups), "logit_firth"
    factor = sandwich_factor(design.n, design.z.shape[1], design.n_clusters)
    as_geepack = method == "gee_exchangeable"
    found = robust_estimates(design, fit.coefficients, fit.pulls, 1.0 if as_geepack else factor)
    found = _at_least_own(design, found, fit.pulls) if fit.is_separated else found
    notes = {"separated": fit.is_separated, "not_converged": not fit.is_settled, "correlation_limited": fit.is_limited}
    flags = (*few(design), *found.flags, *(flag for flag, is_so in notes.items() if is_so))
    details = {"correlation": fit.correlation} if as_geepack else {}
    return make_fit(design, found, link="logit", method=method, title=title, level=level, flags=flags, details=details)


def _at_least_own(design: Design, found: Robust, pulls: Pulls) -> Robust:
    """Raise robust standard errors to the model's own: where outcomes are told without error, residuals vanish."""
    own = np.sqrt(np.diag(design.back_covariance(np.asarray(np.linalg.pinv(pulls.information), dtype=float))))
    return replace(found, se=np.maximum(found.se, own), se_limits=np.maximum(found.se_limits, own))


def negative_binomial(
    y: ArrayLike, x: Any, exposure: ArrayLike | None = None, groups: ArrayLike | None = None, level: float = 0.95
) -> ModelFit:
    """Fit counts by a negative binomial regression with a log link (NB2), standard errors robust to clusters (CR1).

    Parameters
    ----------
    y
        (n,): counts, 0 or more.
    x
        Columns that may explain them: data frame, mapping, table or single column. An intercept is added.
    exposure
        (n,): followers, hours, ...: what the counts are proportional to. Default: 1.
    groups
        (n,): cluster of each row. Default: each row is its own.
    level
        Confidence level.

    Returns
    -------
    ModelFit
        With ratios of rates; `details["theta"]` is the one of MASS::glm.nb (variance = mean + mean**2 / theta),
        `details["alpha"]` its inverse. Counts that vary no more than Poisson's get Poisson's law and an infinite
        theta (flag `no_overdispersion`).

    Raises
    ------
    SchemaError
        If lengths differ, a column holds no numbers, or a count is negative or not whole.

    Examples
    --------
    >>> shares = [0, 1, 2, 3, 5, 8, 0, 1, 1, 2, 4, 12]
    >>> fit = negative_binomial(shares, {"late": [0] * 6 + [1] * 6})
    >>> fit.table["coefficient"].round(4).tolist(), round(fit.details["theta"], 4)
    ([1.1527, 0.0513], 1.2542)
    """
    design = make_design(y, x, groups, exposure, what="negative_binomial")
    title = "Negative binomial regression"
    if (design.y < 0).any() or (design.y != np.floor(design.y)).any():
        msg = "Some counts are negative or not whole. They were given to negative_binomial. Pass counts, not rates."
        raise SchemaError(msg)
    if design.n == 0 or design.y.max() == 0:
        return undefined_fit(design, link="log", title=title, level=level)
    fit = fit_counts(design.y, design.z, design.groups, np.log(design.exposure))
    factor = sandwich_factor(design.n, design.z.shape[1], design.n_clusters)
    found = robust_estimates(design, fit.coefficients, fit.pulls, factor)
    found = _at_least_own(design, found, fit.pulls) if fit.is_separated else found
    notes = {
        "separated": fit.is_separated, "not_converged": not fit.is_settled, "no_overdispersion": fit.alpha == 0,
    }  # fmt: skip
    flags = (*few(design), *found.flags, *(flag for flag, is_so in notes.items() if is_so))
    details = {"theta": 1 / fit.alpha if fit.alpha > 0 else np.inf, "alpha": fit.alpha}
    return make_fit(
        design, found, link="log", method=fit.method, title=title, level=level, flags=flags,
        details=details,
    )  # fmt: skip
