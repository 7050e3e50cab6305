"""Shuffles within strata: answers among turns (N1), labels among posts (N4), the order of turns (N5).

All three are one operation, exchanging values between positions of the same stratum, and differ in what is shuffled.
Every arrangement within the strata is equally likely, and each value is used exactly once, so counts by stratum stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError

__all__ = ["Strata", "permute_answers", "permute_labels", "permute_order", "strata_of", "terciles", "week_of"]

IntArray = NDArray[np.int64]

DAY, WEEK_DAYS = 86_400, 7

# Day 0 of Unix time was a Thursday; weeks of people start on Monday.
_THURSDAY = 3


@dataclass(frozen=True, eq=False)
class Strata:
    """Positions grouped into strata, ready to be shuffled many times.

    Parameters
    ----------
    codes
        Stratum of each position, a whole number from 0.

    Examples
    --------
    >>> strata = Strata(np.array([0, 1, 0, 1, 2]))
    >>> take = strata.shuffle(np.random.default_rng(1))
    >>> sorted(take.tolist()), bool((strata.codes[take] == strata.codes).all())
    ([0, 1, 2, 3, 4], True)
    """

    codes: IntArray
    _order: IntArray = field(init=False, repr=False)
    _sorted: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the positions once."""
        order = np.argsort(self.codes, kind="stable")
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_sorted", self.codes[order].astype(float))

    def shuffle(self, rng: np.random.Generator) -> IntArray:
        """Draw which position each position takes its value from; all are of its own stratum."""
        take = np.empty(len(self._order), dtype=np.int64)
        # A stratum's number plus a random part below 1 sorts by stratum, and at random within.
        take[self._order] = self._order[np.argsort(self._sorted + rng.random(len(self._order)))]
        return take


def strata_of(*labels: ArrayLike) -> Strata:
    """Group positions that agree in all labels.

    Parameters
    ----------
    labels
        One array a label (brand, week, length tercile ...), all of one length.

    Raises
    ------
    TwowayError
        If there is no label, or the lengths differ.

    Examples
    --------
    >>> strata_of(["a", "a", "b"], [1, 2, 1]).codes.tolist()
    [0, 1, 2]
    """
    columns = [np.asarray(label) for label in labels]
    if not columns or len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
        shapes = ", ".join(str(column.shape) for column in columns) or "none"
        msg = f"Labels of shapes {shapes} name no strata. They were given to strata_of. "
        msg += "Give one or more arrays with one entry a position."
        raise TwowayError(msg)
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        each = np.unique(column, return_inverse=True)[1].astype(np.int64)
        codes = np.unique(codes * (each.max(initial=0) + 1) + each, return_inverse=True)[1].astype(np.int64)
    return Strata(codes)


def week_of(seconds: ArrayLike) -> IntArray:
    """Number the weeks, Monday to Sunday (UTC), of times in seconds since 1970.

    Examples
    --------
    >>> sunday = 1_704_671_999  # 7 January 2024, 23:59:59
    >>> (week_of([sunday, sunday + 1]) - week_of(sunday)).tolist()
    [0, 1]
    """
    days = np.asarray(seconds, dtype=np.int64) // DAY
    return np.asarray((days + _THURSDAY) // WEEK_DAYS)


def terciles(values: ArrayLike, groups: ArrayLike) -> IntArray:
    """Say for each value whether it is in the lower (0), middle (1) or upper (2) third of its group.

    Values that are alike stay together.

    Examples
    --------
    >>> terciles([1, 2, 3, 4, 5, 6, 9, 9, 9], [0, 0, 0, 0, 0, 0, 1, 1, 1]).tolist()
    [0, 0, 1, 1, 2, 2, 1, 1, 1]
    """
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    sizes = np.bincount(codes)
    below = mid_ranks(values, codes) - 0.5
    return np.minimum((3 * below / sizes[codes]).astype(np.int64), 2)


def mid_ranks(values: ArrayLike, codes: IntArray) -> NDArray[np.float64]:
    """Rank values within groups from 1; values that are alike share the middle of their ranks.

    Examples
    --------
    >>> mid_ranks([5, 5, 7, 1], np.array([0, 0, 0, 1])).tolist()
    [1.5, 1.5, 3.0, 1.0]
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    order = np.lexsort((x, codes))
    new_group = _changes(codes[order])
    new_value = new_group | _changes(x[order])
    run = np.cumsum(new_value) - 1
    starts = np.flatnonzero(new_value)
    middle = (starts + np.append(starts[1:], n) - 1) / 2
    first = np.flatnonzero(new_group)[np.cumsum(new_group) - 1]
    ranks = np.empty(n)
    ranks[order] = middle[run] - first + 1
    return ranks


def _changes(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark where a sorted column takes a new value, the first entry included."""
    return np.concatenate([np.ones(min(1, len(column)), dtype=bool), column[1:] != column[:-1]])


def permute_answers(answers: ArrayLike, strata: Strata, rng: np.random.Generator) -> NDArray[Any]:
    """Exchange answers among the turns of a stratum (N1).

    Keeps how many turns of each stratum were answered, and how; destroys which turn got which answer.

    Parameters
    ----------
    answers
        One a turn: 0 or 1, the number of the answering post, ...
    strata
        Of the turns, such as `strata_of(brand, week_of(time), terciles(words, brand))`.

    Examples
    --------
    >>> drawn = permute_answers([1, 0, 0, 1], strata_of([0, 0, 0, 1]), np.random.default_rng(1))
    >>> int(drawn[:3].sum()), int(drawn[3])
    (1, 1)
    """
    return np.asarray(np.asarray(answers)[strata.shuffle(rng)])


def permute_labels(labels: ArrayLike, strata: Strata, rng: np.random.Generator) -> NDArray[Any]:
    """Exchange labels, such as the agents who signed, among the posts of a stratum (N4).

    Keeps how often each label stands in a stratum (account and week); destroys which post bears it.

    Examples
    --------
    >>> strata = strata_of(["care", "care", "care"], [1, 1, 2])
    >>> drawn = permute_labels(["Ann", "Bob", "Cyd"], strata, np.random.default_rng(1)).tolist()
    >>> sorted(drawn[:2]), drawn[2]
    (['Ann', 'Bob'], 'Cyd')
    """
    return np.asarray(np.asarray(labels)[strata.shuffle(rng)])


def permute_order(turns: ArrayLike, strata: Strata, rng: np.random.Generator) -> NDArray[Any]:
    """Put the turns of each conversation into a random order (N5).

    Keeps who took part and how often; destroys who followed whom.

    Parameters
    ----------
    turns
        One entry (or row) a turn, in order.
    strata
        The conversations.

    Examples
    --------
    >>> strata = strata_of([0, 0, 0, 0])
    >>> sorted(permute_order(["A", "B", "A", "B"], strata, np.random.default_rng(1)).tolist())
    ['A', 'A', 'B', 'B']
    """
    return np.asarray(np.asarray(turns)[strata.shuffle(rng)])
