"""Whether criticism is answered like praise: verdicts of equivalence in sentences, and their picture."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..analysis.parity import parity
from ..figures.canvas import percent
from .answer import Shown
from .captions import known_rows, level_words, methods_words, read_by
from .findings import LEVEL, Findings

__all__ = ["parity_shown"]

_VERDICTS = {
    "equivalent": "treated alike",
    "different": "treated differently",
    "inconclusive": "cannot be told",
    "undefined": "too little of either",
}


def parity_shown(found: Findings) -> Shown:
    """Compare by organization how often criticism and praise are answered.

    Raises
    ------
    NotEnoughEvidence
        If no organization got both.
    """
    known_rows(found, "parity_answered")
    result = parity(found.talk, "answered", by=LEVEL)
    table = result.table.sort_values("unit_id", kind="stable")
    known = table[table["value"].notna()]
    counts = table["verdict"].value_counts()
    told = ", ".join(f"{counts.get(name, 0)} {words}" for name, words in _VERDICTS.items())
    order = sorted(known.to_dict("records"), key=lambda row: (list(_VERDICTS).index(row["verdict"]), row["unit_id"]))
    n = known[["n_criticism", "n_praise"]].sum()
    caption = (
        f"n = {n['n_criticism']:,} turns of criticism and {n['n_praise']:,} of praise, by organization beside the"
        " lines. Turns are alike if both ask or neither does, and both address one organization or several, at equal"
        f" length. {methods_words(known['method'], level_words(found))} {read_by(found, 'tone')}"
    )
    lines = (f"Of {len(table):,} organizations: {told}.", *[_compared(row) for row in order])
    return Shown(lines, result.plot, caption)


def _compared(row: dict[Any, Any]) -> str:
    return (
        f"{row['unit_id']}: {percent(row['rate_criticism'])} of {row['n_criticism']:,} turns of criticism were"
        f" answered, {percent(row['rate_praise'])} of {row['n_praise']:,} of praise; {_apart(row)},"
        f" {_VERDICTS[row['verdict']]}; {_alike(row)}."
    )


def _alike(row: dict[Any, Any]) -> str:
    """Say the same of turns alike in whether they ask, how many they address, and length."""
    if row["adjusted_verdict"] == "undefined":
        return "too few of these turns are alike to compare them"
    verdict = _VERDICTS[row["adjusted_verdict"]]
    return f"among {row['n_alike']:,} turns alike {_apart(row, 'adjusted_')}, {verdict}"


def _apart(row: dict[Any, Any], which: str = "") -> str:
    points = [_points(100 * row[f"{which}{name}"]) for name in ("value", "low", "high")]
    return f"{points[0]} points" + (f" ({points[1]} to {points[2]})" if pd.notna(row[f"{which}low"]) else "")


def _points(value: float) -> str:
    """Write points with their sign, and with a digit where they would else look like nothing.

    Examples
    --------
    >>> _points(12.3), _points(-4.9), _points(0.31)
    ('+12', '−5', '+0.3')
    """
    return f"{value:+.{0 if abs(value) >= 1 else 1}f}".replace("-", "−")
