"""What a picture of a report rests on: how many cases, which intervals, and by which codebooks posts were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from ..figures.rows import level_of
from .findings import Findings
from .methods import METHODS
from .reasons import why_missing
from .words import interval_words

__all__ = ["evidence", "known_rows", "level_words", "methods_words", "read_by", "with_interval"]


def level_words(found: Findings) -> str:
    """Write the level of all intervals of a report."""
    return level_of(found.card)


def known_rows(found: Findings, metric: str) -> pd.DataFrame:
    """Return the rows of a metric that have a value, by organization.

    Raises
    ------
    NotEnoughEvidence
        If none has, in the words of why.
    """
    rows = found.rows[metric]
    known = rows[rows["value"].notna()]
    if known.empty:
        reason = why_missing(metric, rows, found.talk)
        msg = f"{reason[:1].upper()}{reason[1:]}."
        raise NotEnoughEvidence(msg)
    return known


def methods_words(methods: Iterable[str], level: str) -> str:
    """Say by which methods intervals were made, the most frequent first; that there is none is said as well.

    Examples
    --------
    >>> methods_words(["wilson", "none"], "95 %")
    "95 % intervals: Wilson's score interval of a share, every case counted as independent."
    >>> methods_words(["none"], "95 %")
    'Too few cases for intervals.'
    """
    used = pd.Series([name for name in methods if name not in {"", "none"}], dtype=object).value_counts()
    told = [METHODS.get(name, name.replace("_", " ")) for name in sorted(used.index, key=lambda n: (-used[n], n))]
    return f"{level} intervals: {'; '.join(told)}." if told else "Too few cases for intervals."


def evidence(found: Findings, rows: pd.DataFrame, cases: str) -> str:
    """Say how many cases of how many organizations the rows of a metric rest on, and which intervals they have."""
    units = f"{len(rows):,} organization{'' if len(rows) == 1 else 's'}"
    return f"n = {rows['n'].sum():,.0f} {cases} of {units}. {methods_words(rows['method'], level_words(found))}"


def read_by(found: Findings, *books: str) -> str:
    """Say by which codebooks posts were read, and how many were coded by hand."""
    coding = found.talk.coding
    stamps = ", ".join(coding.book(name).stamp for name in books)
    said = f"Read by the rules of the codebook{'' if len(books) == 1 else 's'} {stamps}"
    given = coding.given
    n = 0 if given is None else given.loc[given["codebook"].isin(books), "post_id"].nunique()
    return f"{said}; codes given for {n:,} posts take their place." if n else f"{said}."


def with_interval(row: Any, written: Callable[[float], str]) -> str:
    """Write a value with its interval in brackets.

    Examples
    --------
    >>> from twoway.figures.canvas import percent
    >>> with_interval({"value": 0.4, "low": 0.25, "high": 0.5}, percent)
    '40 % (25–50 %)'
    >>> with_interval({"value": 0.4, "low": float("nan"), "high": float("nan")}, percent)
    '40 %'
    """
    limits = interval_words(row, _Written(written))
    return f"{written(row['value'])} ({limits})" if limits else written(row["value"])


class _Written:
    """A scale that knows only how its values are written."""

    def __init__(self, text: Callable[[float], str]) -> None:
        self.text = text
        self.is_share = text(0.5).endswith(" %")
