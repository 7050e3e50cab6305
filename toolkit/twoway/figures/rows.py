"""The rows of a scorecard for figures and reports: one metric of one kind of unit, and how its values are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError, TwowayError, unknown_name
from ..metrics.registry import all_metrics
from .canvas import duration, number, percent

__all__ = ["Scale", "level_of", "rows_of", "scale_of", "split_flags"]


@dataclass(frozen=True)
class Scale:
    """How the values of a metric are drawn and written: its unit and the span it can take."""

    unit: str
    low: float
    high: float

    @property
    def is_share(self) -> bool:
        """Whether values are parts of a whole, written as percentages."""
        return self.unit == "share" and self.low >= 0 and self.high <= 1

    def text(self, value: float) -> str:
        """Write a value in this scale."""
        if self.is_share:
            return percent(value)
        return duration(value) if self.unit == "minutes" else number(value)


def scale_of(metric: str, values: Sequence[float] = ()) -> Scale:
    """Return the scale of a metric, as its declaration says; told from the values for one that is not declared.

    Parameters
    ----------
    metric
        Name of a metric.
    values
        Its values, for a metric of the user's own.

    Examples
    --------
    >>> scale_of("my_own_share", [0.2, 0.4]).text(0.2)
    '20 %'
    """
    declared = all_metrics().get(metric)
    if declared is not None:
        return Scale(declared.unit, *(float(end) for end in declared.span))
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    is_share = known.size > 0 and known.min() >= 0 and known.max() <= 1
    return Scale("share", 0.0, 1.0) if is_share else Scale("", -math.inf, math.inf)


def rows_of(card: Any, metric: str, by: str | None = None) -> pd.DataFrame:
    """Return the rows of one metric for one kind of unit, indexed by unit.

    Parameters
    ----------
    card
        A scorecard, or its long table.
    metric
        Name of the metric.
    by
        Kind of unit; needed only where the table holds several.

    Raises
    ------
    UnknownName
        If the metric, or that kind of unit, is not in the table.
    SchemaError
        If it is no such table.
    TwowayError
        If the table holds several kinds of units and `by` is left out.
    """
    table = getattr(card, "table", card)
    for column in ("unit", "unit_id", "metric", "value", "low", "high", "n"):
        if column not in getattr(table, "columns", ()):
            msg = f"The table has no column '{column}'. It was given to a plot of metrics. "
            msg += "Give what tw.measure returns, or its .table."
            raise SchemaError(msg)
    if metric not in set(table["metric"]):
        raise unknown_name(metric, table["metric"].unique(), "metric of this scorecard")
    kinds = list(table["unit"].unique())
    if by is not None and by not in kinds:
        raise unknown_name(by, kinds, "kind of unit in this scorecard")
    if by is None and len(kinds) > 1:
        msg = f"The table holds several kinds of units ({', '.join(kinds)}). It was given to a plot of metrics. "
        msg += f"Say which to draw, by='{kinds[0]}'."
        raise TwowayError(msg)
    chosen = table[(table["metric"] == metric) & (table["unit"] == (by or kinds[0]))].set_index("unit_id")
    if "flags" not in chosen:
        chosen = chosen.assign(flags="")
    return chosen.assign(flags=chosen["flags"].fillna(""))


def level_of(card: Any) -> str:
    """Write the level of a card's intervals; 95 % for a table, which does not say.

    Examples
    --------
    >>> level_of(None)
    '95 %'
    """
    settings = getattr(card, "definitions", None)
    return f"{100 * (settings.level if settings is not None else 0.95):g} %"


def split_flags(flags: Any) -> list[str]:
    """Split the flags of a cell into words.

    Examples
    --------
    >>> split_flags("few_clusters,small_n"), split_flags("")
    (['few_clusters', 'small_n'], [])
    """
    return [] if pd.isna(flags) else [flag for flag in str(flags).replace(" ", "").split(",") if flag]
