"""Whether persons sound better at the end of an exchange than at its start, and after which outcomes they do.

Who starts low rises by chance alone (regression to the mean), so outcomes are not compared by their raw changes: last
scores are regressed on first scores and outcomes together (analysis of covariance). Only those who post again are
seen; how many do not belongs beside every number here.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import SchemaError, unknown_name
from .differences import adjust_p
from .linear import ols_clustered
from .modelfit import ModelFit
from .ratios import ratio_interval
from .results import FloatArray, Interval

__all__ = ["affect_contrasts", "fit_affect_change", "mean_change"]

#: Term of the first score; no outcome should be called so.
FIRST = "first_score"


def mean_change(first: ArrayLike, last: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95) -> Interval:
    """Give the mean of last score less first score, with limits robust to clusters.

    Parameters
    ----------
    first, last
        (n,): scores of the person's first and last post of each episode, from -1 to 1; NaN where there is none.
        Episodes of one post have no last post.
    groups
        (n,): the person. Default: each episode is its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        From -2 to 2, above 0 where persons end better than they began. NaN with flag `undefined` where no episode has
        both scores.

    Raises
    ------
    SchemaError
        If lengths differ.

    Examples
    --------
    >>> round(mean_change([-0.6249], [0.4926]).value, 4)
    1.1175
    """
    change = _changes(first, last)
    labels = np.arange(len(change)) if groups is None else pd.Series(groups).to_numpy()
    _check_length(len(change), len(labels), "groups")
    kept = ~(np.isnan(change) | pd.isna(labels))
    person = pd.factorize(labels[kept])[0]
    sums = np.bincount(person, change[kept]), np.bincount(person).astype(float)
    return ratio_interval(*sums, proportion=False, level=level)


def fit_affect_change(
    first: ArrayLike,
    last: ArrayLike,
    outcome: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    reference: str | None = None,
    level: float = 0.95,
) -> ModelFit:
    """Regress last scores on first scores and outcomes, with standard errors robust to persons.

    Parameters
    ----------
    first, last
        (n,): scores of the person's first and last post of each episode; episodes without both are left out.
    outcome
        (n,): what became of each episode: answered, deflected, ignored, ...; missing ones are left out.
    groups
        (n,): the person. Default: each episode is its own.
    reference
        The outcome that the others are compared with. Default: the most common one.
    level
        Confidence level.

    Returns
    -------
    ModelFit
        Terms `first_score` and one named after each other outcome: by how much last scores are higher after it than
        after the reference, for persons who began alike.

    Raises
    ------
    SchemaError
        If lengths differ.
    UnknownName
        If no episode has the reference as its outcome.

    Examples
    --------
    >>> first = [-0.6, -0.2, 0.0, -0.4, -0.5, -0.1]
    >>> last = [0.4, 0.5, 0.7, -0.2, -0.2, 0.1]
    >>> fit = fit_affect_change(first, last, ["answered"] * 3 + ["ignored"] * 3, reference="ignored")
    >>> fit.table[["term", "coefficient"]].round(3).values.tolist()
    [['intercept', 0.091], ['first_score', 0.573], ['answered', 0.595]]
    """
    labels = _labels(first, last, outcome)
    found = _outcomes(labels)
    base = reference if reference is not None else (found[0] if found else "")
    if found and base not in found:
        raise unknown_name(base, found, "outcome")
    others = [name for name in sorted(found) if name != base]
    columns = {FIRST: first} | {name: np.where(labels.isna(), np.nan, labels == name) for name in others}
    return ols_clustered(last, columns, groups, level=level)


def affect_contrasts(
    first: ArrayLike,
    last: ArrayLike,
    outcome: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    correction: str = "holm",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare every two outcomes by the last scores of persons who began alike.

    Parameters
    ----------
    first, last, outcome, groups, level
        As in `fit_affect_change`.
    correction
        Of the p-values for the number of pairs: one of `differences.CORRECTIONS`.

    Returns
    -------
    pandas.DataFrame
        One row a pair: `outcome`, `other`, `difference` of adjusted last scores (outcome less other), `low`, `high`,
        `p`, `p_adjusted`, and `n_outcome`, `n_other`, the episodes behind them. No rows where there is but one outcome.

    Raises
    ------
    SchemaError
        If lengths differ.
    UnknownName
        If there is no such correction.

    Examples
    --------
    >>> first = [-0.6, -0.2, 0.0, -0.4, -0.5, -0.1]
    >>> last = [0.4, 0.5, 0.7, -0.2, -0.2, 0.1]
    >>> pairs = affect_contrasts(first, last, ["answered"] * 3 + ["ignored"] * 3)
    >>> pairs[["outcome", "other", "difference"]].round(3).values.tolist()
    [['answered', 'ignored', 0.595]]
    """
    counts = _labels(first, last, outcome).value_counts()
    names = sorted(counts.index)
    fits = {name: fit_affect_change(first, last, outcome, groups, reference=name, level=level) for name in names[1:]}
    rows = [_contrast(fits[other], one, other) for one, other in combinations(names, 2)]
    columns = ["outcome", "other", "difference", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    table["p_adjusted"] = adjust_p(table["p"], correction)
    sizes = {f"n_{side}": table[side].map(counts).astype("int64") for side in ("outcome", "other")}
    return table.assign(**sizes)


def _contrast(fit: ModelFit, one: str, other: str) -> tuple[str, str, float, float, float, float]:
    found = fit.interval(one)
    p = fit.table.set_index("term")["p"].get(one, np.nan)
    return one, other, found.value, found.low, found.high, float(p)


def _changes(first: ArrayLike, last: ArrayLike) -> FloatArray:
    """Give last less first, NaN where one is unknown."""
    start, end = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    _check_length(len(start), len(end), "last")
    return end - start


def _labels(first: ArrayLike, last: ArrayLike, outcome: ArrayLike) -> pd.Series:
    """Give the outcomes as text, missing where they are, or where a score is unknown."""
    change = _changes(first, last)
    labels = pd.Series(np.asarray(outcome, dtype=object))
    _check_length(len(change), len(labels), "outcome")
    return labels.where(~np.isnan(change)).map(str, na_action="ignore")


def _outcomes(labels: pd.Series) -> list[str]:
    """List the outcomes there are, the most common first, those equally common by name."""
    counts = labels.value_counts()
    return sorted(counts.index, key=lambda name: (-counts[name], name))


def _check_length(n: int, other: int, name: str) -> None:
    if n != other:
        msg = (
            f"There are {n} first scores, and {other} entries in {name}. They were given to a measure of affect change."
            " Pass columns of one table."
        )
        raise SchemaError(msg)
