"""Attention by followers: how often people of few and of many followers are answered."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from ..inference.ratios import ratio_interval
from ..talks import answering_flags, caution, talk_of
from .covariates import turn_covariates

__all__ = ["AttentionCurve", "attention_by_followers"]

_LEVELS = ("corpus", "organization")


@dataclass(frozen=True, eq=False)
class AttentionCurve:
    """Response rates of people by how many followers they have.

    Attributes
    ----------
    table
        `unit_id, bin, followers_low, followers_high, n, n_persons, rate, low, high, method, flags`: one row a unit and
        bin of followers; bins hold about equally many turns, and intervals count the `n_persons`.
    by
        `"corpus"` or `"organization"`.
    flags
        What the corpus cannot show of answers.
    """

    table: pd.DataFrame
    by: str
    flags: tuple[str, ...] = ()

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the rates over followers, on a logarithmic axis."""
        from ..figures.attention import plot_attention

        return plot_attention(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a unit."""
        return tuple(f"{_sentence(str(unit), rows)}." for unit, rows in self.table.groupby("unit_id"))

    def __str__(self) -> str:
        """Write one sentence; `sentences` has one a unit."""
        units = list(self.table.groupby("unit_id"))
        if not units:
            return "No unit has turns of people with few and of people with many followers."
        if len(units) == 1:
            return f"{_sentence(str(units[0][0]), units[0][1])}{caution(self.flags)}."
        ends = [(rows.iloc[0], rows.iloc[-1]) for _, rows in units]
        more = sum(many["low"] > few["high"] for few, many in ends)
        fewer = sum(many["high"] < few["low"] for few, many in ends)
        return (
            f"Of {len(units)} {self.by}s, {more} clearly answer the most followed more often than the least followed,"
            f" {fewer} less often, and {len(units) - more - fewer} cannot be told{caution(self.flags)}."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(unit: str, rows: pd.DataFrame) -> str:
    few, many = (f"{r['rate']:.0%} ({r['low']:.0%} to {r['high']:.0%})" for _, r in rows.iloc[[0, -1]].iterrows())
    return f"{unit}: {few} of turns by the least followed are answered, {many} of those by the most followed"


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
    SchemaError
        If it is given no talk.
    UnknownName
        If `by` is neither of the two.
    TwowayError
        If fewer than two bins are asked for.
    NotEnoughEvidence
        If no turn that is due comes from a person whose followers are known.

    Examples
    --------
    >>> import twoway as tw
    >>> curve = tw.attention_by_followers(tw.annotate(tw.load_corpus("town_square")))
    >>> bool(curve.table["n"].sum() > 1000), bool(curve.table["rate"].between(0, 1).all())
    (True, True)
    """
    talk = talk_of(talk, "attention_by_followers")
    if by not in _LEVELS:
        raise unknown_name(by, _LEVELS, "level of attention_by_followers")
    if not isinstance(bins, Integral) or bins < 2:
        msg = f"bins={bins!r} leaves nothing to compare. It was given to attention_by_followers. Ask for 2 or more."
        raise TwowayError(msg)
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
    flags = answering_flags(talk)
    table = pd.concat(pieces, ignore_index=True)
    table["flags"] = [",".join([*flags, *filter(None, [own])]) for own in table["flags"]]
    return AttentionCurve(table, by, flags)


def _curve(unit: str, turns: pd.DataFrame, bins: int, level: float) -> pd.DataFrame:
    followers = np.rint(10 ** turns["log10_followers"] - 1)
    cut = pd.qcut(followers, bins, duplicates="drop")
    rows = []
    for i, (_, here) in enumerate(turns.assign(followers=followers).groupby(cut, observed=True)):
        people = here.groupby("person_id")["is_answered"].agg(["sum", "size"])
        found = ratio_interval(people["sum"], people["size"], proportion=True, level=level)
        span = {"followers_low": int(here["followers"].min()), "followers_high": int(here["followers"].max())}
        limits: dict[str, Any] = {"rate": found.value, "low": found.low, "high": found.high}
        limits |= {"method": found.method, "flags": ",".join(found.flags)}
        rows.append({"unit_id": unit, "bin": i + 1, **span, "n": len(here), "n_persons": len(people), **limits})
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=list(rows[0]))
