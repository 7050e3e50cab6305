"""A scorecard: every number with its interval, its evidence, its flags and the definitions in force."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd

from ..errors import unknown_name
from .registry import get_metric

__all__ = ["COLUMNS", "Scorecard"]

COLUMNS = [
    "unit",
    "unit_id",
    "metric",
    "value",
    "low",
    "high",
    "n",
    "n_clusters",
    "lower_bound",
    "upper_bound",
    "method",
    "flags",
    "horizon_s",
    "attribution",
    "bot_shift",
]


class Scorecard:
    """Measured values of metrics, one row a unit and metric.

    Attributes
    ----------
    table
        Long table: `unit, unit_id, metric, value, low, high, n, n_clusters, lower_bound, upper_bound, method,
        flags, horizon_s, attribution, bot_shift`; where people coded some posts also `corrected, corrected_low,
        corrected_high, correction` (the method)`, n_labeled`: shares corrected for the errors of the rules. `low` and
        `high` are the interval of sampling; the bounds are what the collection could hide; `flags` are comma-separated
        words (`twoway.flag_meanings()`); `horizon_s` is how long a case was waited for (NaN where nothing is),
        `attribution` how answers were found (empty where none are looked for), `bot_shift` the value with bots as
        persons less the value without, where that is flagged `bot_sensitive` and both exist.
    definitions
        The definitions in force.
    """

    def __init__(self, table: pd.DataFrame, *, talk: Any = None, by: str = "account", interval: str = "closed") -> None:
        self.table = table
        self.talk = talk
        self.by = by
        self.interval = interval
        self.definitions = talk.definitions if talk is not None else None

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics on the card."""
        return list(dict.fromkeys(self.table["metric"]))

    def wide(self, column: str = "value") -> pd.DataFrame:
        """Give one row a unit, one column a metric.

        Parameters
        ----------
        column
            Which column of the long table to spread: `value`, `low`, `high`, `n`, ...

        Raises
        ------
        UnknownName
            If there is no such column.
        """
        if column not in COLUMNS[3:]:
            raise unknown_name(column, COLUMNS[3:], "column of a scorecard")
        spread = self.table.set_index(["unit_id", "metric"])[column].unstack("metric")  # noqa: PD010 - nothing to aggregate
        return spread[self.metrics].rename_axis(index=self.by, columns=None)

    def select(self, *metrics: str) -> Scorecard:
        """Keep some metrics.

        Raises
        ------
        UnknownName
            If one is not on the card.
        """
        for name in metrics:
            if name not in self.metrics:
                raise unknown_name(name, self.metrics, "metric of this scorecard")
        kept = self.table[self.table["metric"].isin(metrics)].reset_index(drop=True)
        return Scorecard(kept, talk=self.talk, by=self.by, interval=self.interval)

    def plot(self, *metrics: str, ax: Any = None, **options: Any) -> Any:
        """Draw metrics as a forest plot with intervals; all of the card if none is named.

        Raises
        ------
        UnknownName
            If one is not on the card.
        """
        from ..figures.forest import plot_scorecard

        card = self.select(*metrics) if metrics else self
        return plot_scorecard(card, list(metrics) or card.metrics, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the long table."""
        return self.table.copy()

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.table)

    def __repr__(self) -> str:
        """Write one line."""
        n_units = self.table["unit_id"].nunique()
        defined = int(self.table["value"].notna().sum())
        return (
            f"<Scorecard of {len(self.metrics)} metrics by {self.by}: {n_units} units, {defined} of {len(self)}"
            " values defined>"
        )

    def _repr_html_(self) -> str:
        """Show one row a metric, one column a unit, with intervals; at most twelve units."""
        units = list(dict.fromkeys(self.table["unit_id"]))[:12]
        cells = {(r.unit_id, r.metric): _cell(r) for r in self.table.itertuples()}
        head = "".join(f"<th scope='col'>{html.escape(str(unit))}</th>" for unit in units)
        body = "".join(
            f"<tr><th scope='row' title='{html.escape(get_metric(name).title)}'>{name}</th>"
            + "".join(f"<td>{cells.get((unit, name), '')}</td>" for unit in units)
            + "</tr>"
            for name in self.metrics
        )
        more = self.table["unit_id"].nunique() - len(units)
        note = f"<p>{more} more units in <code>.table</code>.</p>" if more > 0 else ""
        caption = html.escape(repr(self)[1:-1])
        table = f"<thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody>"
        return f"<table><caption>{caption}</caption>{table}</table>{note}"


def _cell(row: Any) -> str:
    if row.value != row.value:
        return "<span title='undefined'>–</span>"
    span = f" <small>[{row.low:.3g}, {row.high:.3g}]</small>" if row.low == row.low else ""
    mark = f"<sup title='{html.escape(row.flags)}'>*</sup>" if row.flags else ""
    return f"{row.value:.3g}{span}{mark}"
