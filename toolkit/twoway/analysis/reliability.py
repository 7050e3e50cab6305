"""Whether the differences between units in a metric would be found again: in other persons, in other months."""

from __future__ import annotations

import html
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, TwowayError
from ..inference.reliability import half_correlations, icc_agreement, needed_n, spearman_brown
from ..inference.results import FloatArray, Interval
from ..metrics.prepared import Grouping
from ..metrics.registry import Metric, get_metric
from ..talks import talk_of
from .halves import MOST_SPLITS, Evidence, UnitMonths, evidence_of
from .ranking_values import scale_for, to_scale

__all__ = ["FLAGS", "Reliability", "reliability"]

FLAGS = {
    "few_units": "fewer than ten units: a correlation over so few says little",
    "fewer_splits": f"the metric reads all rows of a half, so only {MOST_SPLITS} splits were made",
    "no_months": "fewer than two months in which enough units have values: no agreement of months",
    "not_reliable": "halves do not agree: no number of observations is known to be enough",
}

FEW_UNITS, LEAST_UNITS, TARGET = 10, 3, 0.80


@dataclass(frozen=True, eq=False)
class Reliability:
    """How much of the differences between units is more than chance.

    Attributes
    ----------
    table
        One row a unit: `unit_id, value, n, n_clusters, half_se, reason`. `half_se` is the spread of the differences
        between its halves, over 2: the standard error of its value that the splits show, on the scale of `scale`.
        `reason` says why a unit was left out, empty where it was not.
    metric, by
        What was measured, and the kind of unit.
    r
        Mean correlation of two random halves over units.
    reliability
        That of the whole, by Spearman-Brown: 2r/(1+r).
    low, high
        Range of it in the middle 95 % of the splits: luck of splitting, not uncertainty about units.
    n_units, n
        Units that were split, and their median number of observations.
    needed_n
        Observations a unit needs for a reliability of .80, by the Spearman-Brown prophecy.
    splits
        Random splits made.
    icc
        ICC(2,1) of months, with limits; NaN where there are not enough months.
    n_months, n_month_units
        Months and units it rests on.
    scale
        `identity`, or `log` or `root` for positive values with a long tail.
    flags
        Reasons for care.
    """

    table: pd.DataFrame
    metric: str
    by: str
    r: float
    reliability: float
    low: float
    high: float
    n_units: int
    n: float
    needed_n: float
    splits: int
    icc: Interval
    n_months: int
    n_month_units: int
    scale: str
    flags: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Say what can be relied on."""
        if np.isnan(self.r):
            return f"The reliability of {self.metric} cannot be told from {self.n_units} units."
        words = [
            f"{self.metric} over {self.n_units} units: halves correlate {self.r:.2f}, so the whole has a reliability of"
            f" {self.reliability:.2f} at a median of {self.n:,.0f} observations.",
            f"For .80 a unit needs {np.ceil(self.needed_n):,.0f}."
            if np.isfinite(self.needed_n)
            else "No number of observations is known to give .80.",
        ]
        if not np.isnan(self.icc.value):
            words.append(
                f"From month to month the agreement is {self.icc.value:.2f} ({self.icc.low:.2f} to {self.icc.high:.2f};"
                f" {self.n_month_units} units, {self.n_months} months)."
            )
        return " ".join(words)

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(str(self))}</p>" + self.table.round(4).to_html(index=False, na_rep="–")


def reliability(
    talk: Any, metric: str, by: str = "organization", splits: int = 1000, *, min_n: int | None = None
) -> Reliability:
    """Say how much of the differences between units in a metric would be found again.

    The clusters of each unit (persons, conversations, days, as the metric has it) are dealt to two halves at random,
    the metric is computed from each, and the halves are correlated over units. The same for months: how far one month
    tells what any other would (absolute agreement). Numbers that grow with the evidence (`effective_persons`,
    `effective_size`, `new_tie_rate`) agree over halves because large units have large halves: ask their months.

    Parameters
    ----------
    talk
        From `annotate`.
    metric
        Name of the metric. Positive values with a long tail, such as waits, are correlated on a logarithmic scale.
    by
        Level, as in `measure`.
    splits
        Random splits; metrics that need all rows of a half, such as medians of waits, are split 100 times at most.
    min_n
        Units (and units in a month) with fewer observations are left out. Default: no floor for units, a tenth of the
        metric's own for months.

    Returns
    -------
    Reliability
        NaN where fewer than three units can be split.

    Raises
    ------
    UnknownName
        If the metric or level does not exist.
    SchemaError
        If it is given no talk.
    TwowayError
        If `splits` is not a whole number above 0.
    NotEnoughEvidence
        If the source lacks a column the metric needs, or no unit has a value.

    Examples
    --------
    >>> import twoway as tw
    >>> found = reliability(tw.annotate(tw.load_corpus("town_square")), "response_rate", splits=50)
    >>> found.n_units, found.reliability > 0.95
    (16, True)
    """
    talk = talk_of(talk, "reliability")
    if not isinstance(splits, Integral) or splits < 1:
        msg = f"splits={splits!r} is no number of splits. It was given to reliability. Say, for instance, 1000."
        raise TwowayError(msg)
    declared, grouping = get_metric(metric), Grouping(talk, by)
    names = grouping.unit_names()
    found = {unit: e for unit, e in evidence_of(talk, declared, grouping).items() if unit in names}
    values = {unit: e.value() for unit, e in found.items()}
    if not np.isfinite(list(values.values())).any():
        msg = f"No unit has a value of {metric}. It was given to reliability. Take another metric or level."
        raise NotEnoughEvidence(msg)
    scale = _scale(declared, values)
    made = min(splits, MOST_SPLITS) if any(e.is_slow for e in found.values()) else splits
    reasons = {unit: _reason(found.get(unit), values.get(unit, np.nan), min_n or 0) for unit in names}
    used = sorted((u for u in names if not reasons[u]), key=lambda unit: names[unit])
    first, second = _halves(found, used, made, talk.definitions.seed, declared, scale)
    icc, shape = _months(talk, declared, grouping, by, scale, _month_floor(declared, min_n))
    rows = [
        _row(names[unit], found.get(unit), values.get(unit, np.nan), _spread(first, second, used, unit), reasons[unit])
        for unit in sorted(names, key=lambda unit: names[unit])
    ]
    n = float(np.median([found[unit].n for unit in used])) if used else np.nan
    flags = ("fewer_splits",) if made < splits else ()
    return _result(pd.DataFrame(rows), declared, by, half_correlations(first, second), n, icc, shape, scale, flags)


def _scale(metric: Metric, values: dict[int, float]) -> str:
    rows = pd.DataFrame({"value": [v for v in values.values() if np.isfinite(v)]})
    scale = scale_for(metric, rows)
    return scale if scale in {"log", "root"} else "identity"


def _reason(found: Evidence | None, value: float, least: int) -> str:
    if found is None or np.isnan(value):
        return "undefined"
    if found.n < least:
        return f"fewer than {least} observations"
    return "" if found.size > 1 else "one cluster cannot be split"


def _halves(
    found: dict[int, Evidence], used: list[int], splits: int, seed: int, metric: Metric, scale: str
) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    sides = [found[unit].halves(splits, rng) for unit in used]
    if not sides:
        return np.empty((splits, 0)), np.empty((splits, 0))
    with np.errstate(all="ignore"):
        first, second = (to_scale(np.column_stack(side), metric, scale) for side in zip(*sides, strict=True))
    return first, second


def _spread(first: FloatArray, second: FloatArray, used: list[int], unit: int) -> float:
    """Give the standard error that the splits of a unit show: half the spread of the differences of its halves."""
    if unit not in used:
        return np.nan
    gaps = first[:, used.index(unit)] - second[:, used.index(unit)]
    gaps = gaps[np.isfinite(gaps)]
    return float(np.sqrt((gaps**2).mean()) / 2) if gaps.size else np.nan


def _row(name: str, found: Evidence | None, value: float, half_se: float, reason: str) -> dict[str, Any]:
    n, n_clusters = (0, 0) if found is None else (int(round(found.n)), found.n_clusters)
    return {
        "unit_id": name, "value": value, "n": n, "n_clusters": n_clusters, "half_se": half_se, "reason": reason,
    }  # fmt: skip


def _month_floor(metric: Metric, min_n: int | None) -> int:
    return max(metric.min_n // 10, 2) if min_n is None else min_n


def _months(
    talk: Any, metric: Metric, grouping: Grouping, by: str, scale: str, least: int
) -> tuple[Interval, tuple[int, int]]:
    nothing = Interval(np.nan, np.nan, method="none"), (0, 0)
    if by in {"month", "corpus"}:
        return nothing
    cells = {}
    for key, found in evidence_of(talk, metric, UnitMonths(grouping)).items():
        if found.n >= least:
            cells[UnitMonths.parts(key)] = float(to_scale(found.value(), metric, scale))
    if not cells:
        return nothing
    keys = pd.MultiIndex.from_tuples(cells)
    table = _fullest(pd.Series(list(cells.values()), index=keys).unstack())  # noqa: PD010 - nothing to aggregate
    if min(table.shape) < 2 or len(table) < LEAST_UNITS:
        return nothing
    return icc_agreement(table.to_numpy(), talk.definitions.level), table.shape


def _fullest(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out months, emptiest first, until the complete rows and columns hold the most cells."""
    table = table.where(np.isfinite(table))
    order = table.notna().sum().sort_values(ascending=False, kind="stable").index
    best = table.iloc[:0]
    for size in range(2, len(order) + 1):
        whole = table[list(order[:size])].dropna()
        if whole.size > best.size and len(whole) >= LEAST_UNITS:
            best = whole
    return best


def _result(
    table: pd.DataFrame, metric: Metric, by: str, r: FloatArray, n: float, icc: Interval, shape: tuple[int, int],
    scale: str, flags: tuple[str, ...],
) -> Reliability:  # fmt: skip
    known = r[np.isfinite(r)]
    mean = float(known.mean()) if known.size else np.nan
    whole = spearman_brown(known)
    low, high = np.nanquantile(whole, [0.025, 0.975]) if np.isfinite(whole).any() else (np.nan, np.nan)
    both = float(spearman_brown(mean))
    n_units = int((table["reason"] == "").sum())
    flags += ("few_units",) if n_units < FEW_UNITS else ()
    flags += ("not_reliable",) if not both > 0 else ()
    flags += ("no_months",) if np.isnan(icc.value) else ()
    need = float(needed_n(both, n, TARGET))
    return Reliability(
        table, metric.name, by, mean, both, float(low), float(high), n_units, n, need, len(r), icc, shape[1], shape[0],
        scale, flags,
    )  # fmt: skip
