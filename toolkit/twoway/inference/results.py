"""What an interval is here: two limits, how they were found, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .shown import Shown

__all__ = [
    "FLAGS",
    "REFUSE_BELOW",
    "WARN_BELOW",
    "FloatArray",
    "Interval",
    "Intervals",
    "check_level",
    "normal_quantile",
    "t_quantile",
]

FloatArray = NDArray[np.float64]

REFUSE_BELOW = 10
WARN_BELOW = 30

FLAGS = {
    "undefined": "nothing to divide by: the value itself does not exist",
    "few_clusters": "fewer than 30 clusters: read the interval with care",
    "uneven_clusters": "a few large clusters dominate: their effective number is below 10",
    "at_boundary": "the value is exactly 0 or 1: the interval rests on a number of cases alone",
    "no_variation": "all clusters agree exactly, so the data cannot show how uncertain the value is",
    "undefined_draws": "some bootstrap draws were 0/0 and were left out; nan_share says how many",
    "not_reached": "the curve never falls this far: the quantile lies beyond what was observed",
    "open_ended": "one side of the interval could not be closed; it is written as infinite",
    "beyond_follow_up": "nobody was watched for so long: the curve says nothing there",
}


@dataclass(frozen=True, slots=True)
class Interval(Shown):
    """Hold the two limits of one value, and say how they were found.

    Parameters
    ----------
    low, high
        Limits, in the unit of the value. NaN where none can be given, infinite where one side stays open.
    se
        Standard error, in the unit of the value; NaN where the method has none.
    method
        Name of the method, fit for a table.
    flags
        Names out of `FLAGS`, each a reason for care.
    value
        The value the limits belong to.
    n_clusters
        Clusters with any evidence; 0 if the method knows of none.
    nan_share
        Share of bootstrap draws that were undefined and left out.
    level
        Confidence level.

    Examples
    --------
    >>> print(Interval(0.168, 0.687, value=0.4, method="wilson"))
    0.4 (95 % interval 0.168 to 0.687, wilson)
    """

    SHOWN = ("value", "low", "high", "se", "method", "flags", "n_clusters", "nan_share", "level")

    low: float
    high: float
    se: float = float("nan")
    method: str = ""
    flags: tuple[str, ...] = ()
    value: float = float("nan")
    n_clusters: int = 0
    nan_share: float = 0.0
    level: float = 0.95

    def __str__(self) -> str:
        """Say the interval in one line."""
        notes = f"; {', '.join(self.flags)}" if self.flags else ""
        limits = f"{100 * self.level:g} % interval {self.low:.4g} to {self.high:.4g}"
        return f"{self.value:.4g} ({limits}, {self.method}{notes})"


@dataclass(frozen=True, slots=True, eq=False)
class Intervals(Shown):
    """Hold many intervals as columns: the same fields as `Interval`, one entry for each value.

    Examples
    --------
    >>> import numpy as np
    >>> many = Intervals(low=np.array([0.1, 0.2]), high=np.array([0.3, 0.5]), value=np.array([0.2, 0.3]))
    >>> len(many), many[1].high
    (2, 0.5)
    """

    SHOWN = ("value", "low", "high", "se", "method", "flags", "n_clusters", "nan_share", "level")

    low: FloatArray
    high: FloatArray
    value: FloatArray
    se: FloatArray = field(default_factory=lambda: np.empty(0))
    method: tuple[str, ...] = ()
    flags: tuple[tuple[str, ...], ...] = ()
    n_clusters: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    nan_share: FloatArray = field(default_factory=lambda: np.empty(0))
    level: float = 0.95

    def __post_init__(self) -> None:
        """Give every column one entry for each value, so that no reader has to ask which are there."""
        k = len(self.value)
        blanks = {
            "se": np.full(k, np.nan),
            "method": ("",) * k,
            "flags": ((),) * k,
            "n_clusters": np.zeros(k, dtype=np.int64),
            "nan_share": np.zeros(k),
        }
        for name, blank in blanks.items():
            if len(getattr(self, name)) != k:
                object.__setattr__(self, name, blank)

    def __len__(self) -> int:
        """Count the intervals."""
        return len(self.value)

    def __getitem__(self, i: int) -> Interval:
        """Take out one interval."""
        return Interval(
            low=float(self.low[i]),
            high=float(self.high[i]),
            se=float(self.se[i]),
            method=self.method[i],
            flags=self.flags[i],
            value=float(self.value[i]),
            n_clusters=int(self.n_clusters[i]),
            nan_share=float(self.nan_share[i]),
            level=self.level,
        )

    def __str__(self) -> str:
        """Write one sentence."""
        flagged = sum(1 for flags in self.flags if flags)
        return f"{len(self):,} intervals at {100 * self.level:g} %, {flagged:,} of them with a reason for care."


def check_level(level: float) -> float:
    """Refuse a confidence level that is not between 0 and 1.

    Raises
    ------
    TwowayError
        If the level is outside (0, 1); 95 is the usual slip.

    Examples
    --------
    >>> check_level(0.9)
    0.9
    """
    if not 0 < level < 1:
        msg = (
            f"level={level} is not a confidence level. "
            "It was given to an interval. "
            "Use a share between 0 and 1, such as 0.95."
        )
        raise TwowayError(msg)
    return float(level)


def normal_quantile(level: float) -> float:
    """Give the two-sided normal quantile of a confidence level.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    return NormalDist().inv_cdf(0.5 + check_level(level) / 2)


def t_quantile(df: ArrayLike, level: float) -> FloatArray:
    """Give the two-sided quantiles of Student's t; degrees of freedom below 1 count as 1.

    Examples
    --------
    >>> t_quantile([9, 29], 0.95).round(3).tolist()
    [2.262, 2.045]
    """
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(np.asarray(df, dtype=float), 1.0), 0.5 + check_level(level) / 2), dtype=float)
