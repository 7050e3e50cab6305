"""Whose number it is: rows of accounts, organizations, roles, months, or the whole corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from ..engine import Frame
from ..errors import unknown_name
from .marks import DAY, WEEK

__all__ = ["LEVELS", "Grouping"]

#: What metrics can be computed for.
LEVELS = ("account", "organization", "role", "month", "corpus")


@dataclass(frozen=True)
class Grouping:
    """Puts a `unit` on tables that know their account, organization and time."""

    talk: Any
    level: str

    def __post_init__(self) -> None:
        """Refuse unknown levels."""
        if self.level not in LEVELS:
            raise unknown_name(self.level, LEVELS, "level to measure by")

    def put(self, frame: Frame) -> Frame:
        """Add the column `unit` (int64) to a table with `account_ix`, `org_ix`, `at_s`."""
        if self.level == "account":
            return frame.with_columns(unit=nw.col("account_ix"))
        if self.level == "organization":
            return frame.with_columns(unit=nw.col("org_ix"))
        if self.level == "role":
            return frame.join(self._roles(), on="account_ix", how="inner")
        if self.level == "month":
            return self._months(frame)
        return frame.with_columns(unit=nw.lit(0).cast(nw.Int64))

    def _roles(self) -> Frame:
        return self.talk.corpus.account_frame.select("account_ix", unit="role_ix")

    def _months(self, frame: Frame) -> Frame:
        days = self.month_of_days()
        table = self.talk.engine.from_arrow(pa.table({"_day": list(days), "unit": list(days.values())}))
        return frame.with_columns(_day=nw.col("at_s") // DAY).join(table, on="_day", how="inner").drop("_day")

    def with_weeks(self, frame: Frame) -> Frame:
        """Add the weeks of the window, in a month those of it that lie in the month: `weeks`."""
        start, end = self.talk.corpus.window_s
        if self.level != "month":
            return frame.with_columns(weeks=nw.lit((end - start) / WEEK))
        spans: dict[int, int] = {}
        for day, month in self.month_of_days().items():
            inside = min(end, (day + 1) * DAY) - max(start, day * DAY)
            spans[month] = spans.get(month, 0) + max(0, inside)
        table = pa.table({"unit": list(spans), "weeks": [s / WEEK for s in spans.values()]})
        return frame.join(self.talk.engine.from_arrow(table), on="unit", how="left")

    def month_of_days(self) -> dict[int, int]:
        """Map each day of the corpus (since 1970) to its month, written as the number 202401."""
        first, last = (int(s) // DAY for s in self.talk.corpus.span_s)
        dates = pd.to_datetime(pd.Series(range(first, last + 1)), unit="D")
        return dict(zip(range(first, last + 1), (dates.dt.year * 100 + dates.dt.month).tolist(), strict=True))

    def _window_months(self) -> list[int]:
        """List the months of the window; context may reach back much further."""
        start, end = (pd.Timestamp(second, unit="s").to_period("M") for second in self.talk.corpus.window_s)
        return [month.year * 100 + month.month for month in pd.period_range(start, end, freq="M")]

    def unit_names(self) -> dict[int, str]:
        """Name every unit that is measured, also those without evidence."""
        talk = self.talk
        accounts = talk.engine.collect(
            talk.corpus.account_frame.filter(nw.col("is_focal")).select(
                "account_ix", "account_id", "org_ix", "organization", "role", "role_ix"
            )
        ).to_pylist()
        if self.level == "account":
            return {a["account_ix"]: a["account_id"] for a in accounts}
        if self.level == "organization":
            return {a["org_ix"]: a["organization"] for a in accounts}
        if self.level == "role":
            return {a["role_ix"]: a["role"] for a in accounts}
        if self.level == "month":
            return {m: f"{m // 100:04d}-{m % 100:02d}" for m in self._window_months()}
        return {0: "all"}
