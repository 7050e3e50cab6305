"""The kinds of metric: a ratio of sums, a smooth function of sums, an answer read off a curve, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Competing", "Composite", "Distribution", "Posterior", "Ratio", "Rows", "Smooth", "Statistic", "Survival"]

Combine = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two sums over a table.

    Attributes
    ----------
    num, den
        Columns that are summed; `"one"` counts rows.
    share
        Whether the numerator counts some of the denominator's units.
    scale
        The ratio is multiplied by this (100 for "per hundred").
    low_num, high_num
        Columns whose sums bound the value when what the corpus cannot show goes one way or the other; where only one
        is given the value itself is the other bound.
    bound_den
        What these sums are divided by; the denominator itself if left out.
    """

    num: str
    den: str
    share: bool = True
    scale: float = 1.0
    low_num: str | None = None
    high_num: str | None = None
    bound_den: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that have to be summed."""
        columns = (self.num, self.den, self.low_num, self.high_num, self.bound_den)
        return tuple(dict.fromkeys(c for c in columns if c))


@dataclass(frozen=True, slots=True)
class Smooth:
    """A smooth function of several sums over a table, whose interval is bootstrapped over clusters.

    Attributes
    ----------
    columns
        Columns that are summed.
    combine
        Takes one array of totals a column, gives the values; NaN where undefined.
    count
        The column whose sum is the number of units.
    low, high
        Columns that give the least and the greatest value when what the corpus cannot show goes one way or the other.
    limits
        Takes the sums by cluster, one row each, and the level, and gives the interval where the jackknife would not do.
    flags
        Takes the totals as `combine` does, gives what a reader has to know of the value.
    """

    columns: tuple[str, ...]
    combine: Combine
    count: str
    low: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    limits: Callable[..., Any] | None = None
    flags: Callable[..., tuple[str, ...]] = lambda *_: ()


@dataclass(frozen=True, slots=True)
class Survival:
    """An answer read off the Kaplan-Meier curve of one unit's waiting times.

    Attributes
    ----------
    ask
        Takes the curve and the definitions, gives an interval.
    scale
        Of a value that is a time: how much of its unit a second is.
    """

    ask: Callable[[Any, Any], Any]
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Competing:
    """An answer read off the cumulative incidence curves of what ended one unit's waits.

    Attributes
    ----------
    ask
        Takes the curves and the definitions, gives an interval.
    """

    ask: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer that needs all rows of one unit, not only their sums.

    Attributes
    ----------
    columns
        Columns of the table, beside `cluster`, that are brought home as arrays.
    ask
        Takes the arrays by name and the definitions, gives an interval with its `n_clusters`, or None.
    n
        The column that is summed to the number of units; default the number of rows.
    """

    columns: tuple[str, ...]
    ask: Callable[[dict[str, Any], Any], Any]
    n: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantile of a column over the rows of one unit."""

    column: str
    q: float
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Composite:
    """A function of other metrics of the same unit, whose interval follows from theirs and what days move both.

    Attributes
    ----------
    parts
        Names of ratios.
    combine
        Takes their values, gives the value.
    optional
        Parts that count as 0, under a flag, where the source does not know them.
    """

    parts: tuple[str, ...]
    combine: Combine
    optional: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posterior:
    """One answer of the Dirichlet posterior of (broadcast, deflect, conversation).

    A part's name, or a balance `z1`, `z2`.
    """

    ask: str


Statistic = Smooth | Survival | Competing | Rows | Distribution | Composite | Posterior
