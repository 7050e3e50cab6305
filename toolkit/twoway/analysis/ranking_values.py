"""What a ranking makes of the rows of a scorecard: the scale of comparison, open ends, reasons to leave a unit out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..inference.ranks import on_scale
from ..inference.results import FloatArray
from ..metrics.kinds import Distribution, Rows, Survival
from ..metrics.registry import Metric

__all__ = ["back_from", "is_quantile", "reason_of", "scale_for", "to_scale", "too_few_for_quantiles", "with_open_ends"]


def with_open_ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a median that was never reached limits to be compared by.

    A scorecard writes no lower limit where even the band stays above one half for as long as anybody was watched: it
    lies beyond everything observed, which is infinite here. Without any interval it stays unknown.
    """
    never = rows["flags"].str.split(",").map(lambda flags: "not_reached" in flags).to_numpy(dtype=bool)
    beyond = never & rows["low"].isna() & np.isposinf(rows["high"].to_numpy(dtype=float))
    return rows.assign(low=rows["low"].where(~beyond, np.inf))


def is_quantile(metric: Metric) -> bool:
    """Say whether a metric is a quantile, read off a curve or off sorted values."""
    spec = metric.declare()
    is_time = metric.unit in {"minutes", "days"} and bool(np.isinf(metric.span[1]))
    return isinstance(spec, Distribution) or (isinstance(spec, Survival | Rows) and is_time)


def too_few_for_quantiles(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Open the limits of medians that rest on so few persons that all of them may lie on one side of the truth.

    The chance of that is one half to the power of their number; no band of a curve can be surer than it.
    """
    open_ = (0.5 ** rows["n_clusters"] > (1 - level) / 2) & ~(rows["low"].isna() & rows["high"].isna())
    return rows.assign(low=rows["low"].mask(open_, 0.0), high=rows["high"].mask(open_, np.inf))


def scale_for(metric: Metric, rows: pd.DataFrame) -> str:
    """Choose where limits lie about evenly around values: arcsine for parts of a span, logarithm or root above 0.

    The root is taken where some value is 0, which has no logarithm.
    """
    bottom, top = metric.span
    if np.isfinite(bottom) and np.isfinite(top) and metric.unit != "minutes":
        return "arcsine"
    if bottom < 0:
        return "identity"
    return "root" if (rows["value"] <= 0).any() else "log"


def to_scale(x: Any, metric: Metric, scale: str | None = None) -> FloatArray:
    """Bring values to their share of the metric's span where it has two ends, and to a scale if one is named."""
    y = np.asarray(x, dtype=float)
    bottom, top = metric.span
    if np.isfinite(bottom) and np.isfinite(top) and metric.unit != "minutes":
        y = (y - bottom) / (top - bottom)
    return y if scale is None else on_scale(y, scale)


def back_from(y: FloatArray, metric: Metric, scale: str) -> FloatArray:
    """Undo `to_scale`."""
    bottom, top = metric.span
    if scale == "arcsine":
        return np.asarray(bottom + (top - bottom) * np.sin(np.clip(y, 0, np.pi / 2)) ** 2)
    if scale == "log":
        return np.exp(y)
    return np.maximum(y, 0.0) ** 2 if scale == "root" else y


def reason_of(row: Any, metric: Metric, min_n: int | None) -> str:
    """Say why a unit has no place."""
    flags = row.flags.split(",")
    if min_n and row.n < min_n:
        return f"fewer than {min_n} observations"
    if "not_reached" in flags:
        return "half was never reached, and there is no interval"
    if pd.isna(row.value):
        unknown = [flag for flag in ("no_text", "no_reply_ids", "unknown_columns", "beyond_follow_up") if flag in flags]
        return (
            f"undefined: {unknown[0].replace('_', ' ')}" if unknown and row.n == 0 else f"undefined: {metric.undefined}"
        )
    return f"no interval: {int(row.n_clusters)} independent {'case' if row.n_clusters == 1 else 'cases'}"
