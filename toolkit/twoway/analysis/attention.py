"""Attention by followers: how often people of few and of many followers are answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.ratios import ratio_interval
from .covariates import turn_covariates

__all__ = ["AttentionCurve", "attention_by_followers"]


@dataclass(frozen=True)
class AttentionCurve:
    """Response rates of people by how many followers they have.

    Attributes
    ----------
    table
        `unit_id, bin, followers_low, followers_high, n, n_persons, rate, low, high`: one row a unit and bin of
        followers; bins hold about equally many turns.
    """

    table: pd.DataFrame
    by: str

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the rates over followers, on a logarithmic axis."""
        from ..figures.attention import plot_attention

        return plot_attention(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write a sentence a unit."""
        return "\n".join(_sentence(str(unit), rows) for unit, rows in self.table.groupby("unit_id"))

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(unit: str, rows: pd.DataFrame) -> str:
    few, many = (f"{r['rate']:.0%} ({r['low']:.0%} to {r['high']:.0%})" for _, r in rows.iloc[[0, -1]].iterrows())
    return f"{unit}: {few} of turns by the least followed are answered, {many} of those by the most followed."


def attention_by_followers(talk: Any, by: str = "corpus", bins: int = 5) -> AttentionCurve:
    """Compare how often people are answered by how many follow them.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"corpus"` (all together) or `"organization"`.
    bins
        Into how many groups of about equally many turns the followers are cut.

    Returns
    -------
    AttentionCurve
        Intervals count persons. Units with fewer than two bins are left out.

    Raises
    ------
    NotEnoughEvidence
        If no turn that is due comes from a person whose followers are known.

    Examples
    --------
    >>> import twoway as tw
    >>> curve = tw.attention_by_followers(tw.annotate(tw.load_corpus("town_square")))
    >>> bool(curve.table["n"].sum() > 1000), bool(curve.table["rate"].between(0, 1).all())
    (True, True)
    """
    turns = turn_covariates(talk)
    turns = turns[(turns["is_due"] == 1) & turns["log10_followers"].notna()]
    if turns.empty:
        msg = (
            "No turn that is due comes from a person whose followers are known. They were asked for by"
            " attention_by_followers. Give n_followers in the accounts or posts table."
        )
        raise NotEnoughEvidence(msg)
    if by != "organization":
        turns = turns.assign(unit_id="all")
    pieces = [_curve(str(unit), rows, bins, talk.definitions.level) for unit, rows in turns.groupby("unit_id")]
    return AttentionCurve(pd.concat(pieces, ignore_index=True), by)


def _curve(unit: str, turns: pd.DataFrame, bins: int, level: float) -> pd.DataFrame:
    followers = np.rint(10 ** turns["log10_followers"] - 1)
    cut = pd.qcut(followers, bins, duplicates="drop")
    rows = []
    for i, (_, here) in enumerate(turns.assign(followers=followers).groupby(cut, observed=True)):
        people = here.groupby("person_id")["is_answered"].agg(["sum", "size"])
        found = ratio_interval(people["sum"], people["size"], proportion=True, level=level)
        span = {"followers_low": int(here["followers"].min()), "followers_high": int(here["followers"].max())}
        limits = {"rate": found.value, "low": found.low, "high": found.high}
        rows.append({"unit_id": unit, "bin": i + 1, **span, "n": len(here), "n_persons": len(people), **limits})
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=list(rows[0]))
