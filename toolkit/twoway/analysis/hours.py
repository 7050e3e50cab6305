"""Answering by the clock: business time, what asking after hours costs, and waits by time of day."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..inference.survival import clustered_kaplan_meier
from ..metrics.measure import measure
from ..metrics.prepared import Grouping
from ..metrics.waits import opening_hours
from .covariates import HOUR_BANDS, turn_covariates

__all__ = ["BusinessLatency", "business_latency"]

_METRICS = {
    "business_latency_median": "business_median",
    "latency_median": "calendar_median",
    "after_hours_penalty": "penalty",
    "cover_share": "cover",
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class BusinessLatency:
    """How long people wait in opening time, and at what time of day they wait longest.

    Attributes
    ----------
    table
        One row a unit: `unit_id, hours, n, business_median, business_low, business_high, calendar_median,
        calendar_low, calendar_high, penalty, penalty_low, penalty_high, cover, cover_low, cover_high, flags`; times in
        minutes.
    bands
        One row a unit and band of the local hour in which the turn began: `unit_id, band, n, median, low, high, rmst`
        (minutes of waiting within the restricted horizon).
    """

    table: pd.DataFrame
    bands: pd.DataFrame
    by: str

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the restricted mean wait by the time of day at which people asked."""
        from ..figures.bands import plot_hour_bands

        return plot_hour_bands(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write a sentence a unit."""
        return "\n".join(_sentence(row) for row in self.table.itertuples()) or "No organization has opening hours."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(row: Any) -> str:
    if row.business_median != row.business_median:
        middle = "has no median wait in opening time"
    else:
        middle = f"answers half of all turns within {row.business_median:,.0f} minutes of opening time"
    if row.penalty != row.penalty:
        return f"{row.unit_id} {middle}."
    more = "longer" if row.penalty >= 0 else "shorter"
    sure = f"{row.penalty_low:,.0f} to {row.penalty_high:,.0f}"
    return f"{row.unit_id} {middle}; asking after hours means {abs(row.penalty):,.0f} minutes {more} ({sure})."


def business_latency(talk: Any, by: str = "organization", hours: str | None = None) -> BusinessLatency:
    """Measure waits in opening time and by time of day, in the time zone of the account that was addressed.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"organization"`, `"account"`, ... as in `measure`.
    hours
        Opening hours such as `"mon-fri 09:00-18:00"`, or `"inferred"`; those of the definitions if left out.

    Returns
    -------
    BusinessLatency
        Units whose hours are neither stated nor shown by 50 posts to persons have NaN.

    Raises
    ------
    SchemaError
        If the hours cannot be read.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> found = tw.business_latency(talk, hours="mon-fri 09:00-18:00")
    >>> found.table.loc[0, ["unit_id", "hours"]].tolist()
    ['City of Quillmere', 'mon-fri 09:00-18:00']
    """
    if hours is not None:
        # Nothing that has been computed of the talk depends on the opening hours.
        talk = copy.copy(talk)
        talk.definitions = talk.definitions.replace(business_hours=hours)
    card = measure(talk, list(_METRICS), by=by)
    rows = card.table.set_index(["unit_id", "metric"])
    units = dict.fromkeys(card.table["unit_id"])
    told = _told_hours(talk) if by == "organization" else {}
    stated = talk.definitions.business_hours
    table = pd.DataFrame([_row(str(unit), rows, told.get(str(unit), stated)) for unit in units])
    return BusinessLatency(table, _bands(talk, by), by)


def _row(unit: str, rows: pd.DataFrame, hours: str) -> dict[str, Any]:
    out: dict[str, Any] = {"unit_id": unit, "hours": hours, "n": int(rows.loc[(unit, "cover_share"), "n"])}
    flags: dict[str, None] = {}
    for metric, name in _METRICS.items():
        found = rows.loc[(unit, metric)]
        stem = name.removesuffix("_median")
        out |= {name: found["value"], f"{stem}_low": found["low"], f"{stem}_high": found["high"]}
        flags |= dict.fromkeys(flag for flag in str(found["flags"]).split(",") if flag)
    return {**out, "flags": ",".join(flags)}


def _told_hours(talk: Any) -> dict[str, str]:
    """Write the opening hours of each organization: as stated, or as inferred."""
    stated = talk.definitions.business_hours
    names = Grouping(talk, "organization").unit_names()
    found = opening_hours(talk)
    if stated != "inferred":
        return dict.fromkeys(names.values(), stated)
    return {name: _written(found[org]) if org in found else "unknown" for org, name in names.items()}


def _written(hours: tuple[tuple[int, int, int], ...]) -> str:
    """Write weekly hours day by day, neighboring hours joined, days alike named once."""
    days: dict[int, list[list[int]]] = {}
    for day, start, end in hours:
        spans = days.setdefault(day, [])
        if spans and spans[-1][1] == start:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    texts = {day: ", ".join(f"{a // 60:02d}:00-{b // 60:02d}:00" for a, b in spans) for day, spans in days.items()}
    alike: dict[str, list[str]] = {}
    for day, text in sorted(texts.items()):
        alike.setdefault(text, []).append(_DAYS[day])
    return "; ".join(f"{' '.join(names)} {text}" for text, names in alike.items())


def _bands(talk: Any, by: str) -> pd.DataFrame:
    turns = turn_covariates(talk)
    if by == "account":
        turns["unit_id"] = turns["account_id"]
    elif by != "organization":
        turns["unit_id"] = "all"
    rows = []
    for unit, mine in turns.groupby("unit_id"):
        for band in HOUR_BANDS.values():
            here = mine[mine["hour_band"] == band]
            if len(here):
                curve = clustered_kaplan_meier(
                    here["time_s"], here["event"], here["person_id"], level=talk.definitions.level
                )
                median, mean = curve.quantile(0.5), curve.rmst(float(talk.definitions.rmst_s))
                limits = {"median": median.value / 60, "low": median.low / 60, "high": median.high / 60}
                rows.append({"unit_id": unit, "band": band, "n": len(here), **limits, "rmst": mean.value / 60})
    return pd.DataFrame(rows, columns=["unit_id", "band", "n", "median", "low", "high", "rmst"])
