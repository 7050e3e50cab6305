"""The downward spiral of selling: whether falling engagement brings more selling, and selling less engagement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ..errors import FormatError, NotEnoughEvidence
from ..inference.linear import ols_clustered
from ..inference.loops import LoopGain, gain_of, loop_gain
from ..inference.nulls.summary import null_summary
from ..metrics.prepared import Grouping
from ..metrics.unit_marks import is_payment_unknown
from ..talks import talk_of
from .spiral_weeks import WeeklyPosts, mondays, weekly_posts, whole_weeks

__all__ = ["FLAGS", "Spiral", "spiral"]

FLAGS = {
    "too_few_weeks": "fewer than 26 weeks with their week before are known: no test",
    "weeks_without_originals": "weeks without unpaid originals whose shares are known were left out",
    "followers_unknown": "followers are not known: engagement is shares a post, not a post and 1,000 followers",
    "followers_when_read": "followers are those of the day the account was read, not of the day of the post",
    "promoted_unknown": "of some posts it is not known whether they were paid for: they are no part of engagement, but"
    " count as unpaid where it is known of no post of the organization",
    "few_units": "fewer than 30 organizations: read the panel's intervals with care",
}

#: Weeks below which nothing is tested, and organizations from which a panel is fitted.
MIN_WEEKS, MIN_PANEL, _FEW_UNITS = 26, 10, 30

#: Name of the row that fits all organizations at once.
PANEL = "all organizations (panel)"

_EFFECTS = ("beta", "beta_low", "beta_high", "gamma", "gamma_low", "gamma_high", "gain")
_WEEKLY = ["unit_id", "week", "originals", "selling", "share", "engagement"]
_COLUMNS = ["unit_id", "n_weeks", *_EFFECTS, "is_spiral", "null_mean", "z", "p", "flags"]


@dataclass(frozen=True, eq=False)
class Spiral:
    """Whether selling and falling engagement push each other on, by organization.

    Attributes
    ----------
    table
        One row an organization: `unit_id, n_weeks, beta` (effect of last week's engagement on selling)`, beta_low,
        beta_high, gamma` (effect of last week's selling on engagement)`, gamma_low, gamma_high, gain` (beta times
        gamma)`, is_spiral` (both effects below 0 with intervals that leave 0 out)`, null_mean, z, p` (against posts
        dealt to weeks at random, N3)`, flags`; from ten organizations on one row more fits all of them, each with a
        level of its own.
    weeks
        One row an organization and week: `unit_id, week` (its Monday)`, originals, selling, share, engagement`
        (ln(1 + shares per original and 1,000 followers), of originals known to be unpaid).
    draws
        Of the null model.
    """

    table: pd.DataFrame
    weeks: pd.DataFrame
    draws: int

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        rows = self.table[self.table["unit_id"] != PANEL]
        tested = rows[rows["gain"].notna()]
        caught = tested[tested["is_spiral"]]["unit_id"].tolist()
        named = f": {', '.join(caught[:3])}{', ...' if len(caught) > 3 else ''}" if caught else ""
        return (
            f"Of {len(tested)} organizations with enough weeks for a test, {len(caught)} are in a downward spiral of"
            f" selling and falling engagement{named}; {len(rows) - len(tested)} have too few."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.table.round(4).to_html(index=False, na_rep='–')}"


def spiral(talk: Any, breaks: Iterable[Any] = (), draws: int = 200, seed: int | None = None) -> Spiral:
    """Test whether an organization sells more after engagement falls, and loses engagement after it sells more.

    Weekly, of whole weeks from Monday (UTC): y = ln(1 + mean shares per original and 1,000 followers), x = originals
    that sell. x on last week's y and x, y on last week's x and y, each with a trend.

    Parameters
    ----------
    talk
        From `annotate`.
    breaks
        Dates from which the platform counted or showed posts otherwise: each becomes a step of its own.
    draws
        Draws of the null model, in which every original may fall in any week of its account.
    seed
        Of the draws; that of the definitions if left out.

    Returns
    -------
    Spiral
        Engagement is that of originals that were not paid for, where the source says which were.

    Raises
    ------
    SchemaError
        If it is given no talk.
    NotEnoughEvidence
        If shares are not known, or the window has fewer than 26 whole weeks.
    FormatError
        If a break is no date.

    Examples
    --------
    >>> import twoway as tw
    >>> made, _ = tw.simulate_corpus(3, n_organizations=2, n_people=30, days=200, posts=600)
    >>> spiral(tw.annotate(made), draws=20).table["n_weeks"].tolist()
    [13, 9]
    """
    talk = talk_of(talk, "spiral")
    if not talk.corpus.knows("n_shares"):
        msg = (
            "The source does not say how often posts were shared (n_shares). It was asked for by spiral. Give that"
            " column."
        )
        raise NotEnoughEvidence(msg)
    first, n_weeks = whole_weeks(talk.corpus.window_s)
    if n_weeks < MIN_WEEKS:
        msg = (
            f"The window holds {n_weeks} whole weeks. They were counted by spiral. A loop over weeks needs at least"
            f" {MIN_WEEKS}."
        )
        raise NotEnoughEvidence(msg)
    posts, has_followers = weekly_posts(talk)
    days = mondays(first, n_weeks)
    steps = np.array([[float(day >= at) for at in _times(breaks)] for day in days]).reshape(n_weeks, -1)
    fitter = _Fitter(steps, talk.definitions.level, draws, _notes(talk, has_followers=has_followers))
    rng = np.random.default_rng(talk.definitions.seed if seed is None else seed)
    names = sorted(Grouping(talk, "organization").unit_names().items(), key=lambda item: item[1])
    rows, weeks = [], []
    for unit, name in names:
        own = posts.get(unit) or _no_posts(n_weeks)
        series = own.series()
        rows.append(fitter.row(name, own, series, rng))
        weeks.append(series.assign(unit_id=name, week=days))
    series = pd.concat(weeks, ignore_index=True)[_WEEKLY]
    rows += fitter.panel(weeks)
    return Spiral(pd.DataFrame(rows, columns=_COLUMNS), series, draws)


def _times(breaks: Iterable[Any]) -> list[pd.Timestamp]:
    try:
        return [pd.to_datetime(at, utc=True) for at in breaks]
    except (ValueError, TypeError) as error:
        msg = f"A break cannot be read: {error}. It was given to spiral. Write for instance 2023-04-01."
        raise FormatError(msg) from None


def _no_posts(n_weeks: int) -> WeeklyPosts:
    return WeeklyPosts(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), n_weeks)


def _notes(talk: Any, *, has_followers: bool) -> tuple[str, ...]:
    """List what the source does not know."""
    lacks = {
        "followers_unknown": not has_followers,
        "followers_when_read": has_followers and not talk.corpus.knows("n_followers"),
        "promoted_unknown": is_payment_unknown(talk),
    }
    return tuple(flag for flag, holds in lacks.items() if holds)


@dataclass(frozen=True)
class _Fitter:
    """Fits the loop of one organization after the other, in the same way."""

    steps: Any
    level: float
    draws: int
    notes: tuple[str, ...]

    def row(self, name: str, posts: WeeklyPosts, series: pd.DataFrame, rng: np.random.Generator) -> list[Any]:
        """Give the row of one organization."""
        x, y = series["selling"].to_numpy(), series["engagement"].to_numpy()
        found = loop_gain(x, y, self.steps, self.level)
        gaps = ("weeks_without_originals",) if np.isnan(y).any() else ()
        if found.n + 1 < MIN_WEEKS:
            flags = ",".join((*self.notes, *gaps, "too_few_weeks"))
            return [name, found.n, *[np.nan] * len(_EFFECTS), False, *[np.nan] * 3, flags]
        sample = []
        for _ in range(self.draws):
            dealt = posts.dealt(rng)
            sample.append([gain_of(dealt["selling"].to_numpy(), dealt["engagement"].to_numpy(), self.steps)])
        null = null_summary([found.gain], np.array(sample).reshape(-1, 1), "greater")
        flags = ",".join(dict.fromkeys((*self.notes, *gaps, *found.flags)))
        sides = [end for side in (found.beta, found.gamma) for end in (side.value, side.low, side.high)]
        tested = [float(column[0]) for column in (null.mean, null.z, null.p)]
        return [name, found.n, *sides, found.gain, found.is_spiral, *tested, flags]

    def panel(self, weeks: list[pd.DataFrame]) -> list[list[Any]]:
        """Fit all organizations at once, each with a level of its own; errors count organizations."""
        parts = [table for table in map(self._lagged, weeks) if len(table) + 1 >= MIN_WEEKS]
        if len(parts) < MIN_PANEL:
            return []
        table = pd.concat([part.assign(unit=i) for i, part in enumerate(parts)], ignore_index=True)
        # A level for every organization is the same as taking off its means.
        own = table.groupby("unit").transform("mean")
        inside = table.drop(columns="unit") - own
        z = inside.drop(columns=["x", "y"])
        of_x, of_y = (ols_clustered(inside[side], z, table["unit"], self.level) for side in ("x", "y"))
        beta, gamma = of_x.interval("y_before"), of_y.interval("x_before")
        found = LoopGain(beta, gamma, beta.value * gamma.value, len(table), (), of_x, of_y)
        flags = (*self.notes, *(("few_units",) if len(parts) < _FEW_UNITS else ()))
        sides = [end for side in (beta, gamma) for end in (side.value, side.low, side.high)]
        return [[PANEL, len(table), *sides, found.gain, found.is_spiral, *[np.nan] * 3, ",".join(flags)]]

    def _lagged(self, series: pd.DataFrame) -> pd.DataFrame:
        x, y = series["selling"].to_numpy(), series["engagement"].to_numpy()
        columns = {"x": x[1:], "y": y[1:], "x_before": x[:-1], "y_before": y[:-1], "trend": np.arange(1.0, len(x))}
        columns |= {f"step_{j + 1}": self.steps[1:, j] for j in range(self.steps.shape[1])}
        return pd.DataFrame(columns).dropna(ignore_index=True)
