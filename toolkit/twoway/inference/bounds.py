"""Bounds on a share of which a part could not be seen, and shares of which only a known part was kept.

A bound is no interval: it says what the missing part could hide, however large the corpus; an interval says what
chance could do. Both belong beside a headline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import NotEnoughEvidence, TwowayError
from .results import FloatArray, Interval, Intervals, check_level

__all__ = [
    "FLAGS",
    "Bounds",
    "bounded_selection",
    "difference_bounds",
    "kept_share",
    "unthinned",
    "unthinned_many",
    "worst_case",
]

FLAGS = {
    "above_one": "divided by the part that was kept, the share would pass 1: it is capped; that part is set too low",
}


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Hold the least and the greatest value that what is missing allows.

    Parameters
    ----------
    low, high
        The bounds, one each or arrays of one shape. NaN where nothing is known.
    how
        Which assumption they rest on: `worst_case`, `bounded_selection` or `difference`.

    Examples
    --------
    >>> print(Bounds(0.6, 1.0, "worst_case"))
    between 0.6 and 1, whatever is missing (worst_case)
    """

    low: FloatArray | float
    high: FloatArray | float
    how: str

    @property
    def width(self) -> FloatArray | float:
        """How much the missing part could change: 0 where nothing is missing."""
        return self.high - self.low

    def __str__(self) -> str:
        """Write one line; for many bounds, how many and the widest."""
        if np.ndim(self.low) == 0:
            return f"between {self.low:.4g} and {self.high:.4g}, whatever is missing ({self.how})"
        widths = np.asarray(self.width, dtype=float)
        known = widths[np.isfinite(widths)]
        widest = f", at most {known.max():.4g} apart" if known.size else ", none of them known"
        return f"{widths.size} pairs of bounds{widest} ({self.how})"


def worst_case(k: ArrayLike, n: ArrayLike, unseen: ArrayLike) -> Bounds:
    """Give the widest bounds of a share k/n: some cases without success may have had one that could not be seen.

    Parameters
    ----------
    k
        Successes that were seen, such as turns answered in the open.
    n
        Cases, such as turns owed. 0 gives NaN.
    unseen
        Cases among the n - k whose success could have happened out of sight: invited into private messages, deleted,
        protected, or outside the crawl.

    Returns
    -------
    Bounds
        [k/n, (k + unseen)/n] (Manski), of the common shape of the arguments.

    Raises
    ------
    TwowayError
        If a count is negative, or k and unseen together pass n.

    Examples
    --------
    >>> print(worst_case(6, 10, 4))
    between 0.6 and 1, whatever is missing (worst_case)
    """
    return _selected(k, n, unseen, 1.0, "worst_case")


def bounded_selection(k: ArrayLike, n: ArrayLike, unseen: ArrayLike, q: ArrayLike) -> Bounds:
    """Give the bounds of a share k/n when at most a part q of the unseen cases can have succeeded.

    Parameters
    ----------
    k, n, unseen
        As in `worst_case`.
    q
        Greatest share of successes among the unseen cases, between 0 and 1: an assumption, to be reported.

    Returns
    -------
    Bounds
        [k/n, (k + q * unseen)/n]; the worst case for q = 1, a single point for q = 0.

    Raises
    ------
    TwowayError
        If q is outside [0, 1], a count is negative, or k and unseen together pass n.

    Examples
    --------
    >>> print(bounded_selection(6, 10, 4, q=0.5))
    between 0.6 and 0.8, whatever is missing (bounded_selection)
    """
    return _selected(k, n, unseen, q, "bounded_selection")


def _selected(k: ArrayLike, n: ArrayLike, unseen: ArrayLike, q: ArrayLike, how: str) -> Bounds:
    seen, cases, hidden, part = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (k, n, unseen, q)))
    # A sum of floats may pass the whole by its rounding.
    is_wrong = (seen < 0) | (hidden < 0) | (seen + hidden > cases * (1 + 1e-12)) | (part < 0) | (part > 1)
    if is_wrong.any():
        msg = (
            f"Counts do not fit together, or q is not a share, in {int(is_wrong.sum())} of {is_wrong.size} cases. "
            f"They were given to {how}. "
            "Pass 0 <= k, 0 <= unseen, k + unseen <= n and 0 <= q <= 1."
        )
        raise TwowayError(msg)
    some = np.where(cases > 0, cases, np.nan)
    return _bounds(seen / some, np.minimum((seen + part * hidden) / some, 1.0), how)


def difference_bounds(first: Bounds, second: Bounds) -> Bounds:
    """Give the bounds of a difference of two bounded values: [L1 - U2, U1 - L2].

    Examples
    --------
    >>> both = difference_bounds(worst_case(6, 10, 2), worst_case(3, 10, 1))
    >>> round(both.low, 4), round(both.high, 4)
    (0.2, 0.5)
    """
    low = np.asarray(first.low, dtype=float) - second.high
    return _bounds(low, np.asarray(first.high, dtype=float) - second.low, "difference")


def _bounds(low: FloatArray, high: FloatArray, how: str) -> Bounds:
    return Bounds(float(low), float(high), how) if np.ndim(low) == 0 else Bounds(low, high, how)


def kept_share(k: float, n: float, level: float = 0.95) -> Interval:
    """Estimate which part of the posts a collection kept, from a second look at a sample.

    Parameters
    ----------
    k, n
        Of n posts known to have existed (a sample fetched again, or another source), k are in the corpus.
    level
        Confidence level.

    Returns
    -------
    Interval
        k/n with the limits of the Beta(k + 1/2, n - k + 1/2) posterior (Jeffreys); 0 or 1 where k is 0 or n.

    Raises
    ------
    TwowayError
        If k is negative or above n.
    NotEnoughEvidence
        If n is 0.

    Examples
    --------
    >>> print(kept_share(50, 100))
    0.5 (95 % interval 0.4032 to 0.5968, jeffreys)
    """
    from scipy.special import betaincinv

    if not n > 0:
        msg = f"n={n} posts were looked at again. It was given to kept_share. Fetch a sample of known posts again."
        raise NotEnoughEvidence(msg)
    if not 0 <= k <= n:
        msg = f"k={k} of n={n} posts cannot have been kept. They were given to kept_share. Pass 0 <= k <= n."
        raise TwowayError(msg)
    alpha = 1 - check_level(level)
    a, b = k + 0.5, n - k + 0.5
    low = 0.0 if k == 0 else float(betaincinv(a, b, alpha / 2))
    high = 1.0 if k == n else float(betaincinv(a, b, 1 - alpha / 2))
    se = float(np.sqrt(a * b / (a + b + 1)) / (a + b))
    return Interval(low, high, se, "jeffreys", (), float(k / n), level=level)


def unthinned(observed: Interval | float, kept: Interval | float, *, cap: float = 1.0) -> Interval:
    """Give the share that would have been observed, had the collection kept every answer.

    If each answer is kept with the same probability s, whatever it answers, a response rate k/n is seen as s times
    what it is, and so is a reciprocity; so both are divided by s.

    Parameters
    ----------
    observed
        The share as observed, with its interval, or a bare number (taken as certain).
    kept
        The part s that was kept, from `kept_share`, or a bare number (taken as certain).
    cap
        The greatest value possible.

    Returns
    -------
    Interval
        observed / kept, at most `cap` (flag `above_one` where that was needed). The uncertainty of both parts is
        carried through by the method of variance estimates recovery for ratios (Donner and Zou).

    Raises
    ------
    TwowayError
        If `kept` or one of its limits is 0 or above 1, or the levels differ.

    Examples
    --------
    >>> unthinned(0.30, 0.5).value
    0.6
    >>> print(unthinned(0.30, kept_share(50, 100)))
    0.6 (95 % interval 0.5027 to 0.7441, unthinned)
    """
    seen = observed if isinstance(observed, Interval) else _certain(observed)
    part = kept if isinstance(kept, Interval) else _certain(kept)
    if isinstance(observed, Interval) and isinstance(kept, Interval) and observed.level != kept.level:
        msg = f"The levels {observed.level} and {kept.level} differ. They were given to unthinned. Use one level."
        raise TwowayError(msg)
    level = seen.level if isinstance(observed, Interval) else part.level
    low, high, value = (np.array([x]) for x in (seen.low, seen.high, seen.value))
    many = unthinned_many(Intervals(low, high, value, level=level), part, cap)
    flags = tuple(dict.fromkeys((*seen.flags, *part.flags, *many.flags[0])))
    return Interval(
        float(many.low[0]), float(many.high[0]), float(many.se[0]), "unthinned", flags, float(many.value[0]),
        seen.n_clusters, level=level,
    )  # fmt: skip


def _certain(value: float) -> Interval:
    return Interval(float(value), float(value), 0.0, value=float(value))


def unthinned_many(observed: Intervals, kept: Interval | float, cap: float = 1.0) -> Intervals:
    """Divide many observed shares by one kept part at once; see `unthinned`.

    Raises
    ------
    TwowayError
        If `kept` or one of its limits is 0 or above 1.

    Examples
    --------
    >>> import numpy as np
    >>> rates = Intervals(np.array([0.2, 0.3]), np.array([0.4, 0.5]), np.array([0.3, 0.4]))
    >>> unthinned_many(rates, 0.5).value.tolist()
    [0.6, 0.8]
    """
    part = kept if isinstance(kept, Interval) else _certain(kept)
    s, s_low, s_high = part.value, part.low, part.high
    if not 0 < s_low <= s <= s_high <= 1:
        msg = (
            f"The kept part {s:.4g} ({s_low:.4g} to {s_high:.4g}) cannot be divided by. It was given to unthinned. "
            "Pass a share above 0 and at most 1, estimated from a larger sample if its lower limit is 0."
        )
        raise TwowayError(msg)
    p, low, high = (np.asarray(x, dtype=float) for x in (observed.value, observed.low, observed.high))
    # The root is moved to the denominator for the lower limit, so that a wide interval of s does no harm.
    down = p**2 - (p - low) ** 2
    deeper = s**2 - (s_high - s) ** 2
    bottom = down / _positive(p * s + np.sqrt(np.maximum((p * s) ** 2 - down * deeper, 0.0)))
    up = p**2 - (high - p) ** 2
    higher = s**2 - (s - s_low) ** 2
    top = (p * s + np.sqrt(np.maximum((p * s) ** 2 - up * higher, 0.0))) / higher
    # Without a lower limit of its own, 0 divided by anything is 0.
    bottom = np.where(p == 0, 0.0, bottom)
    value = np.minimum(p / s, cap)
    flags = tuple(
        (*old, "above_one") if over else tuple(old) for old, over in zip(observed.flags, p / s > cap, strict=True)
    )
    return Intervals(
        np.minimum(bottom, cap), np.minimum(top, cap), value, method=("unthinned",) * len(p), flags=flags,
        n_clusters=observed.n_clusters, level=observed.level,
    )  # fmt: skip


def _positive(x: FloatArray) -> FloatArray:
    return np.where(x > 0, x, np.nan)
