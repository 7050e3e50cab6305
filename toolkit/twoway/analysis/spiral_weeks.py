"""Selling and engagement by week: what the spiral is fitted to, and the same with posts dealt to weeks anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..inference.nulls.shuffles import week_of
from ..metrics.content_tables import selling
from ..metrics.prepared import Grouping

__all__ = ["WeeklyPosts", "mondays", "whole_weeks", "weekly_posts"]

DAY, WEEK = 86_400, 604_800

# Day 0 of Unix time was a Thursday: its week began three days before.
_MONDAY = -3 * DAY


def whole_weeks(window_s: tuple[int, int]) -> tuple[int, int]:
    """Give the first whole week from Monday within a window, and how many there are.

    Examples
    --------
    >>> monday = 4 * 86_400
    >>> whole_weeks((monday, monday + 14 * 86_400)), whole_weeks((monday + 1, monday + 14 * 86_400))
    ((1, 2), (2, 1))
    """
    start, end = window_s
    first = -(-(start - _MONDAY) // WEEK)
    return first, max(0, (end - _MONDAY) // WEEK - first)


def mondays(first: int, n_weeks: int) -> pd.DatetimeIndex:
    """Give the Mondays on which weeks begin (UTC)."""
    return pd.to_datetime([(first + i) * WEEK + _MONDAY for i in range(n_weeks)], unit="s", utc=True)


@dataclass(frozen=True, eq=False)
class WeeklyPosts:
    """The originals of one organization, one entry a unit.

    Attributes
    ----------
    week
        From 0.
    sells
        Whether it sells, or was paid for.
    rate
        Shares, per 1,000 followers where these are known; NaN where shares are not, or where it was, or may have
        been, paid for.
    n_weeks
        Weeks there are.
    """

    week: NDArray[np.int64]
    sells: NDArray[np.float64]
    rate: NDArray[np.float64]
    n_weeks: int

    def series(self, week: NDArray[np.int64] | None = None) -> pd.DataFrame:
        """Give `originals, selling, share, engagement` by week; the last two NaN where there is none."""
        week = self.week if week is None else week
        known = ~np.isnan(self.rate)
        n, x, n_known = (np.bincount(week, w, self.n_weeks) for w in (np.ones(len(week)), self.sells, known))
        total = np.bincount(week[known], self.rate[known], self.n_weeks)
        with np.errstate(all="ignore"):
            share, mean = x / np.where(n > 0, n, np.nan), total / np.where(n_known > 0, n_known, np.nan)
        return pd.DataFrame({"originals": n.astype(int), "selling": x, "share": share, "engagement": np.log1p(mean)})

    def dealt(self, rng: np.random.Generator) -> pd.DataFrame:
        """Give the series with every unit in a week at random (N3)."""
        return self.series(rng.integers(0, self.n_weeks, len(self.week)))


def weekly_posts(talk: Any) -> tuple[dict[int, WeeklyPosts], bool]:
    """Bring home the originals in whole weeks, by organization, and whether their followers are known.

    A unit's shares are those of its first post.
    """
    first, n_weeks = whole_weeks(talk.corpus.window_s)
    units = selling(talk, Grouping(talk, "organization")).select(
        "row", "unit", "account_ix", "at_s", "promotes", "paid", "open_paid"
    )
    read = talk.corpus.account_frame.select("account_ix", _read=nw.col("n_followers").cast(nw.Float64))
    counts = talk.corpus.post_frame.select("row", "n_shares", _then=nw.col("n_followers").cast(nw.Float64))
    units = units.join(counts, on="row", how="left").join(read, on="account_ix", how="left")
    table = talk.engine.collect(units.with_columns(followers=nw.coalesce("_then", "_read"))).to_pandas()
    table = table.sort_values("row", ignore_index=True)
    followers = table["followers"].astype(float).to_numpy()
    has_followers = bool(np.nan_to_num(followers).max(initial=0) > 0)
    shares = table["n_shares"].astype(float).to_numpy()
    base = np.where(followers > 0, followers / 1_000, np.nan) if has_followers else np.ones(len(table))
    rate = np.where((table["paid"] == 1) | (table["open_paid"] == 1), np.nan, shares / base)
    week = week_of(table["at_s"].to_numpy()) - first
    out = {}
    for unit in table["unit"].unique():
        mine = ((table["unit"] == unit) & (week >= 0) & (week < n_weeks)).to_numpy()
        sells = table["promotes"].to_numpy()[mine].astype(float)
        out[int(unit)] = WeeklyPosts(week[mine], sells, rate[mine], n_weeks)
    return out, has_followers
