"""Answering by the clock of the organization: business time, after hours, cover (B5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..inference.restricted_means import rmst_difference
from ..inference.results import Interval
from .kinds import Ratio, Rows, Survival
from .registry import metric

MINUTE = 60.0

_HOURS: dict[str, Any] = {
    "table": "business",
    "catalog": "B5",
    "references": ("EinSte15",),
    "traits": ("response", "hours"),
    "min_n": 50,
}
_UNKNOWN = "the opening hours are neither stated nor shown by 50 posts to persons"
_MISLEADS = (
    "inferred hours follow what the account does, not what it promises; a time zone that is not known counts as UTC"
)


@metric(
    **_HOURS,
    direction="-",
    unit="minutes",
    span=(0.0, float("inf")),
    formula=r"\min\{t : \hat S_a(t) \le .5\},\ t\ \text{in opening time}",
    undefined=f"nobody addressed the account, fewer than half were answered, or {_UNKNOWN}",
    misleads=_MISLEADS,
)
def business_latency_median() -> Survival:
    """Minutes of opening time by which half of all turns owed were answered, the unanswered counted as waiting."""
    return Survival(lambda curve, _: _minutes(curve.quantile(0.5)), scale=1 / MINUTE)


@metric(
    **_HOURS,
    direction="-",
    unit="minutes",
    span=(-1_440.0, 1_440.0),
    scales_with="rmst_s",
    horizon="rmst_s",
    formula=r"\mathrm{RMST}_{24 h}(\text{asked outside hours}) - \mathrm{RMST}_{24 h}(\text{asked inside})",
    undefined=f"nobody asked inside, or nobody outside the opening hours, or {_UNKNOWN}",
    misleads="what is asked at night may differ from what is asked by day; " + _MISLEADS,
)
def after_hours_penalty() -> Rows:
    """Minutes longer that persons wait, within 24 hours, if they ask outside the opening hours.

    24 hours is the default of the setting `rmst_s`, which also says how far from 0 the penalty can be. A person who
    asks on both sides moves both means; the interval takes that into account.
    """
    return Rows(("calendar", "event", "inside"), _penalty)


@metric(
    **{**_HOURS, "traits": ("hours",)},
    direction="+",
    formula=r"\frac{|\{t : \text{begun while open}\}|}{|R_a|}",
    undefined=f"nobody addressed the account, or {_UNKNOWN}",
    misleads=_MISLEADS,
)
def cover_share() -> Ratio:
    """Share of turns owed that began while the organization was open."""
    return Ratio("inside", "one")


def _penalty(rows: dict[str, Any], d: Any) -> Interval | None:
    """Compare restricted means of those who asked outside and inside; both groups need to be watched for the time."""
    outside = rows["inside"] == 0
    if outside.all() or not outside.any():
        return None
    tau = float(d.rmst_s)
    found = rmst_difference(rows["calendar"], rows["event"], outside, rows["cluster"], tau, level=d.level)
    return _minutes(found)


def _minutes(interval: Interval) -> Interval:
    scaled = {name: getattr(interval, name) / MINUTE for name in ("value", "low", "high", "se")}
    return replace(interval, **scaled)
