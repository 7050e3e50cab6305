"""How many different persons are addressed: intervals by a jackknife over days.

What counts persons does not add up over days: a day takes with it only those who are met on no other. So the value is
computed anew without each day, from one row a day and person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .resampling import jackknife_df
from .results import FloatArray, Interval, t_quantile

__all__ = ["effective_interval", "network_interval", "new_rate_interval", "per_hundred_interval"]


@dataclass(frozen=True, eq=False)
class _Days:
    """One row a day and person: `person` and `day` as numbers from 0, and whether the person is met on no other day."""

    person: NDArray[np.intp]
    day: NDArray[np.intp]
    is_only: NDArray[np.bool_]
    n_days: int
    n_persons: int

    @classmethod
    def of(cls, person: ArrayLike, cluster: ArrayLike) -> _Days:
        people, days = _numbered(person), _numbered(cluster)
        met = np.bincount(people)
        return cls(people, days, met[people] == 1, int(days.max(initial=-1)) + 1, len(met))

    def by_day(self, values: ArrayLike) -> FloatArray:
        each = np.broadcast_to(np.asarray(values, dtype=float), self.day.shape)
        return np.bincount(self.day, each, self.n_days).astype(float)


def _numbered(names: ArrayLike) -> NDArray[np.intp]:
    return np.asarray(np.unique(np.asarray(names), return_inverse=True)[1].ravel())


def per_hundred_interval(
    person: ArrayLike, w: ArrayLike, cluster: ArrayLike, *, level: float = 0.95
) -> Interval | None:
    """Give the distinct persons per hundred posts.

    Parameters
    ----------
    person, w, cluster
        (k,): posts (in parts, where a post goes to several) to which person on which day, one row each.
    level
        Confidence level.

    Returns
    -------
    Interval
        Student's t on the logarithm; None if there are no posts.

    Examples
    --------
    >>> days = [d for d in range(30) for _ in range(3)]
    >>> found = per_hundred_interval(list(range(60)) + list(range(30)), [1] * 90, days)
    >>> round(found.value, 2), bool(found.low < found.value < found.high), found.n_clusters
    (66.67, True, 30)
    """
    posts = np.asarray(w, dtype=float)
    if not len(posts):
        return None
    days = _Days.of(person, cluster)
    rest = posts.sum() - days.by_day(posts)
    lost = days.by_day(days.is_only)
    with np.errstate(all="ignore"):
        left = 100 * (days.n_persons - lost) / rest
    return _jackknifed(100 * days.n_persons / posts.sum(), left, level)


def effective_interval(
    person: ArrayLike, n: ArrayLike, cluster: ArrayLike, *, order: int = 1, level: float = 0.95
) -> Interval | None:
    """Give the effective number of persons that posts are spread over (a Hill number).

    Parameters
    ----------
    person, n, cluster
        (k,): how many posts went to which person on which day, in one row or several.
    order
        1: the exponential of the entropy of posts over persons. 2: one over their concentration, the sum of squared
        shares, which the persons with most posts decide.
    level
        Confidence level.

    Examples
    --------
    >>> [round(effective_interval(["x", "y", "z"], [5, 3, 2], [0, 1, 2], order=q).value, 4) for q in (1, 2)]
    [2.8001, 2.6316]
    """
    if not len(np.asarray(n)):
        return None
    pairs, row = np.unique(np.column_stack([_numbered(person), _numbered(cluster)]), axis=0, return_inverse=True)
    posts = np.bincount(row.ravel(), np.asarray(n, dtype=float))
    days = _Days.of(*pairs.T)
    totals = np.bincount(days.person, posts).astype(float)
    each = totals[days.person]
    part, effective = (_n_log_n, _effective) if order == 1 else (np.square, _dominant)
    whole = float(part(totals).sum())
    value = effective(posts.sum(), whole)
    moved = days.by_day(part(each) - part(each - posts))
    left = effective(posts.sum() - days.by_day(posts), whole - moved)
    return _jackknifed(float(value), left, level, at_least=1.0)


def _n_log_n(n: FloatArray) -> FloatArray:
    return np.asarray(n * np.log(np.where(n > 0, n, 1.0)))


def _effective(n: FloatArray | float, n_log_n: FloatArray | float) -> FloatArray:
    with np.errstate(all="ignore"):
        return np.asarray(np.maximum(np.exp(np.log(n) - n_log_n / n), 1.0))


def _dominant(n: FloatArray | float, n_squared: FloatArray | float) -> FloatArray:
    # Without any post the sum of squares may be a hair off 0, and its ratio endless.
    with np.errstate(all="ignore"):
        return np.asarray(np.where(np.asarray(n) > 0, np.maximum(np.square(n) / n_squared, 1.0), np.nan))


def network_interval(
    person: ArrayLike,
    ties: ArrayLike,
    n_alters: ArrayLike,
    n_ties: ArrayLike,
    cluster: ArrayLike,
    *,
    level: float = 0.95,
) -> Interval | None:
    """Give the effective size of a network, n - 2t/n, summed over those who have one.

    Without a day, the persons met on no other day are missing with their ties. (A tie between two of them is taken
    out twice, and n - 2t/n follows to first order: both are small beside the persons themselves.)

    Parameters
    ----------
    person, ties, n_alters, n_ties, cluster
        (k,): who was addressed on which day, one row each; half of their ties to others addressed; and of the
        organization that addressed them the number of persons and of ties.
    level
        Confidence level.

    Examples
    --------
    >>> round(network_interval([1, 2, 3], [0.5, 0.5, 0], [3] * 3, [1] * 3, [0, 1, 2]).value, 4)
    2.3333
    """
    half, n, t = (np.asarray(values, dtype=float) for values in (ties, n_alters, n_ties))
    if not len(n):
        return None
    days = _Days.of(person, cluster)
    met = np.bincount(days.person)[days.person]
    value = float(((1 - 2 * half / n) / met).sum())
    lost = days.by_day(np.where(days.is_only, 1 + 2 * t / n**2 - 4 * half / n, 0.0))
    return _jackknifed(value, value - lost, level)


def new_rate_interval(
    person: ArrayLike, is_new: ArrayLike, weeks: ArrayLike, cluster: ArrayLike, *, level: float = 0.95
) -> Interval | None:
    """Give the new persons a week; days without a post count as clusters too.

    Without the day of the first post, a person is new on the next one: only who is met on no other day is missing.

    Parameters
    ----------
    person, is_new, weeks, cluster
        (k,): who was addressed on which day, one row each; 1 on the day of the first time; the weeks that were watched.
    level
        Confidence level.

    Examples
    --------
    >>> found = new_rate_interval([1, 2, 1, 3], [1, 1, 0, 1], [2.0] * 4, [0, 1, 1, 9])
    >>> round(found.value, 2), found.n_clusters
    (1.5, 3)
    """
    new, span = np.asarray(is_new, dtype=float), float(np.max(weeks, initial=0.0))
    if not len(new) or not span > 0:
        return None
    days = _Days.of(person, cluster)
    n_watched = max(int(np.ceil(7 * span)), days.n_days)
    lost = np.concatenate([days.by_day(new * days.is_only), np.zeros(n_watched - days.n_days)])
    found = _jackknifed(new.sum() / span, (new.sum() - lost) / span, level)
    return replace(found, n_clusters=days.n_days)


def _jackknifed(value: float, left: FloatArray, level: float, *, at_least: float = 0.0) -> Interval:
    """Build the interval from the values without each day: Student's t on the logarithm of what is above the least."""
    m, value = len(left), float(value)
    moved = left - left.mean()
    se = float(np.sqrt((moved**2).sum() * (m - 1) / m)) if m > 1 else np.nan
    above = value - at_least
    if not (np.isfinite(se) and se > 1e-12 * abs(value) and above > 0):
        return Interval(np.nan, np.nan, se, "none", (), value, m, level=level)
    half = float(t_quantile(jackknife_df(moved, m, m), level)) * se
    width = float(np.exp(min(half / above, 50.0)))
    return Interval(
        at_least + above / width, at_least + above * width, se, "log_jackknife_t", (), value, m, level=level
    )
