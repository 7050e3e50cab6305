"""Door-opener or door-closer: who goes on after which kind of reply, as it is and for like cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.curves import SurvivalCurve
from ..inference.intervals import newcombe
from ..inference.ratios import ratio_interval
from ..inference.results import REFUSE_BELOW, Interval
from ..inference.survival import clustered_kaplan_meier
from ..inference.weighted_differences import weighted_difference
from ..metrics.reentry_tables import TYPES
from ..talks import answering_flags, needs_text, reading_flags, talk_of, with_flags
from .covariates import independent_columns
from .reentry_rows import COVARIATES, reply_rows

__all__ = ["FLAGS", "Reentry", "reentry"]

FLAGS = {
    "not_adjusted": "no organization gives both kinds of reply often enough, or the covariates tell them apart",
    "organizations_left_out": "organizations that gave only one of the two kinds of reply are left out when adjusting",
}


@dataclass(frozen=True, eq=False)
class Reentry:
    """Who goes on after which kind of reply.

    Attributes
    ----------
    table
        One row a kind of reply: `type, n` (replies watched for 72 hours)`, n_persons, share` (the person posted in the
        conversation within 72 hours)`, low, high, median_minutes` (until the next post, by Kaplan-Meier)`, thanks,
        renewed` (of those who went on, the share that thanks or reports success, and that criticizes)`, flags`.
    differences
        One row a pair of kinds: `first, second, difference` (of the shares)`, low, high` (Newcombe's, on as many cases
        as replies to the same person are worth)`, n, adjusted, adjusted_low, adjusted_high` (weighted to like cases)`,
        n_adjusted` (replies of organizations that gave both kinds)`, flags`.
    curves
        Kaplan-Meier curves of the time to the person's next post, in seconds, by kind of reply.
    flags
        Whether missing parents cut conversations short, and whether the rules fit the language of the corpus.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    curves: dict[str, SurvivalCurve] = field(repr=False)
    flags: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        known = self.table[self.table["n"] > 0]
        parts = [f"{row.type.replace('_', ' ')} {row.share:.0%} of {row.n:,}" for row in known.itertuples()]
        return "Persons go on within 72 hours after: " + ", ".join(parts) + "." if parts else "No reply to look at."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False) + self.differences.round(3).to_html(index=False)


def reentry(talk: Any) -> Reentry:
    """Compare how often persons go on after each kind of reply.

    Parameters
    ----------
    talk
        From `annotate`.

    Returns
    -------
    Reentry
        Shares by kind of reply, differences between kinds as they are and adjusted by inverse-probability weights for
        criticism, praise, question and length of what was answered, the hour, and the organization, and the time to the
        next post. Adjusted differences need both kinds of reply by the same organizations.

    Raises
    ------
    NotEnoughEvidence
        If the source has no text.

    References
    ----------
    Backstrom et al. 2013; Newcombe 1998; Lunceford & Davidian 2004.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.reentry(tw.annotate(tw.load_corpus("twelve_posts")))
    >>> found.table[["type", "n"]].query("n > 0").values.tolist()
    [['open_answer', 1], ['deflect', 1]]
    """
    talk = talk_of(talk, "reentry")
    needs_text(talk, "reentry")
    level, rows = talk.definitions.level, reply_rows(talk)
    due = rows[rows["is_due"] == 1]
    table = pd.DataFrame([_of_type(name, due, level) for name in TYPES])
    of_type = {name: rows[rows["type"] == name] for name in TYPES}
    curves = {
        name: clustered_kaplan_meier(some["time_s"].to_numpy(), some["is_back"].to_numpy(), some["person"], level=level)
        for name, some in of_type.items()
        if len(some)
    }
    table["median_minutes"] = [
        curves[name].quantile(0.5).value / 60 if name in curves else np.nan for name in table["type"]
    ]
    pairs = [_pair(due, first, second, level) for first, second in combinations(TYPES, 2)]
    cut_short = tuple(flag for flag in answering_flags(talk) if flag == "orphan_share")
    flags = (*cut_short, *reading_flags(talk))
    return Reentry(with_flags(table, flags), with_flags(pd.DataFrame(pairs), flags), curves, flags)


def _of_type(name: str, due: pd.DataFrame, level: float) -> dict[str, Any]:
    rows = due[due["type"] == name]
    by_person = rows.groupby("person")["went_on"].agg(["sum", "count"])
    found = Interval(np.nan, np.nan, flags=("undefined",), value=np.nan)
    if len(rows):
        found = ratio_interval(by_person["sum"], by_person["count"], proportion=True, level=level)
    on = rows[rows["went_on"] == 1]
    return {
        "type": name,
        "n": len(rows),
        "n_persons": len(by_person),
        "share": found.value,
        "low": found.low,
        "high": found.high,
        "thanks": on["thanks"].mean() if len(on) else np.nan,
        "renewed": on["renewed"].mean() if len(on) else np.nan,
        "flags": ",".join(found.flags),
    }


def _pair(due: pd.DataFrame, first: str, second: str, level: float) -> dict[str, Any]:
    one, other = due[due["type"] == first], due[due["type"] == second]
    row: dict[str, Any] = {"first": first, "second": second, "difference": np.nan, "low": np.nan, "high": np.nan}
    row |= {"n": len(one) + len(other), "adjusted": np.nan, "adjusted_low": np.nan, "adjusted_high": np.nan}
    row["n_adjusted"] = 0
    if one.empty or other.empty:
        return {**row, "flags": "undefined"}
    raw = newcombe(*_worth(one), *_worth(other), level=level)
    row |= {"difference": raw.value, "low": raw.low, "high": raw.high}
    found, n, flags = _adjusted(pd.concat([one, other]), first, level)
    row |= {"adjusted": found.value, "adjusted_low": found.low, "adjusted_high": found.high, "n_adjusted": n}
    return {**row, "flags": ",".join(flags)}


def _worth(rows: pd.DataFrame) -> tuple[float, float]:
    """Give successes and cases, both divided by how much replies to the same persons inflate the variance."""
    n, k = len(rows), float(rows["went_on"].sum())
    share = k / n
    if share in (0.0, 1.0):
        return k, n
    residuals = (rows["went_on"] - share).groupby(rows["person"]).sum()
    inflation = max(1.0, float((residuals**2).sum()) / (n * share * (1 - share)))
    return k / inflation, n / inflation


def _adjusted(rows: pd.DataFrame, first: str, level: float) -> tuple[Interval, int, list[str]]:
    """Weigh both kinds of reply to stand for all cases of the organizations that gave both."""
    unknown = Interval(np.nan, np.nan, value=np.nan)
    is_first = (rows["type"] == first).astype(int)
    shares = is_first.groupby(rows["organization"]).transform("mean")
    kept = rows[(shares > 0) & (shares < 1)]
    flags = ["organizations_left_out"] if len(kept) < len(rows) else []
    if kept["person"].nunique() < REFUSE_BELOW:
        return unknown, 0, [*flags, "not_adjusted"]
    dummies = pd.get_dummies(kept["organization"], drop_first=True).astype(float)
    columns = pd.concat([kept[list(COVARIATES)].astype(float), dummies], axis=1)
    try:
        found = weighted_difference(
            kept["went_on"],
            is_first[kept.index],
            independent_columns(columns.to_numpy()),
            clusters=kept["person"],
            level=level,
        )
    except NotEnoughEvidence:
        return unknown, 0, [*flags, "not_adjusted"]
    return found, len(kept), [*flags, *found.flags]
