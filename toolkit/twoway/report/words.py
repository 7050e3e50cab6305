"""Sentences of a report: what was found, what could not be computed and why, and where the rows went."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..figures.canvas import duration, number
from ..figures.rows import scale_of, split_flags
from ..schema import POSTS
from .findings import HIGHLIGHTS, Findings
from .reasons import why_missing

__all__ = [
    "bound_words",
    "gaps",
    "hidden_words",
    "highlights",
    "interval_words",
    "rejections",
    "setting_words",
    "summary",
    "unknown_columns",
]

_NAMES = {
    "response_rate": "of turns owed were answered in time",
    "latency_median": "until half of all turns owed were answered",
    "deflection_rate": "of answered exchanges ended in “please go elsewhere”",
    "broadcast_index": "of posts spoke to nobody in particular",
}


def highlights(found: Findings) -> list[dict[str, str]]:
    """Give the four numbers at the top of the page: value, words, interval, number of observations, why none.

    Parameters
    ----------
    found
        From `find`.
    """
    out = []
    for name in HIGHLIGHTS:
        row = found.whole.loc[name]
        scale = scale_of(name)
        interval = interval_words(row, scale)
        out.append(
            {
                "value": scale.text(row["value"]),
                "words": _NAMES[name],
                "detail": ", ".join(
                    part for part in (interval, f"n = {row['n']:,.0f}", bound_words(row, scale)) if part
                ),
                "flags": ", ".join(f.replace("_", " ") for f in split_flags(row["flags"]) if f != "undefined"),
                "reason": why_missing(name, found.whole.loc[[name]], found.talk) if pd.isna(row["value"]) else "",
                "hidden": "" if bound_words(row, scale) else hidden_words(row, scale),
                "metric": name,
            }
        )
    return out


def bound_words(row: Any, scale: Any) -> str:
    """Write what the collection could hide, empty where it hides nothing or where that is not known.

    Examples
    --------
    >>> from twoway.figures.rows import Scale
    >>> bound_words({"value": 0.25, "lower_bound": 0.25, "upper_bound": 0.5}, Scale("share", 0, 1))
    'could be 25–50 %'
    >>> bound_words({"value": 0.25, "lower_bound": 0.25, "upper_bound": 0.25}, Scale("share", 0, 1))
    ''
    """
    low, high = row["lower_bound"], row["upper_bound"]
    if pd.isna(low) or pd.isna(high) or low == high:
        return ""
    written = interval_words({"low": low, "high": high}, scale)
    return f"could be {written}" if scale.text(low) != scale.text(high) else ""


def hidden_words(row: Any, scale: Any) -> str:
    """Write what the collection could hide, also where that is nothing or is not known.

    Examples
    --------
    >>> from twoway.figures.rows import Scale
    >>> share = Scale("share", 0, 1)
    >>> hidden_words({"value": 0.25, "lower_bound": 0.25, "upper_bound": 0.5}, share)
    'could be 25–50 %'
    >>> hidden_words({"value": 0.25, "lower_bound": 0.25, "upper_bound": 0.25}, share)
    'nothing that could change it'
    >>> hidden_words({"value": 0.25, "lower_bound": float("nan"), "upper_bound": float("nan")}, share)
    'not known'
    """
    if pd.isna(row["value"]) and (pd.isna(row["lower_bound"]) or pd.isna(row["upper_bound"])):
        return ""
    if pd.isna(row["lower_bound"]) or pd.isna(row["upper_bound"]):
        return "not known"
    return bound_words(row, scale) or (
        "" if row["lower_bound"] != row["upper_bound"] else "nothing that could change it"
    )


def interval_words(row: Any, scale: Any) -> str:
    """Write an interval with its unit once, empty where there is none.

    Examples
    --------
    >>> from twoway.figures.rows import Scale
    >>> interval_words({"low": 0.25, "high": 0.5}, Scale("share", 0, 1))
    '25–50 %'
    >>> interval_words({"low": 5.0, "high": float("inf")}, Scale("minutes", 0, 1e9))
    '5 min to ∞'
    """
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return ""
    low, high = scale.text(row["low"]), scale.text(row["high"])
    if scale.is_share:
        return f"{low.removesuffix(' %')}–{high}"
    return f"{low} to {high}"


def summary(found: Findings) -> list[str]:
    """Say in a few sentences what the corpus shows, and the first thing to beware of."""
    corpus, counts = found.talk.corpus, found.talk.corpus.coverage()
    measured = f"{_many(found.n_units, 'organization')} with {_many(counts.measured_accounts, 'account')}"
    if corpus.sides == "mutual":
        measured = f"{_many(found.n_units, 'account')}, each an organization of its own,"
    sentences = [
        f"{measured} {'was' if found.n_units == 1 else 'were'} measured in {_many(counts.posts, 'post')} by "
        f"{_many(counts.accounts, 'account')}. People were owed {_many(counts.turns_owed, 'turn')}."
    ]
    if found.strategy is not None:
        sentences.append(_strategies(found.strategy.table))
    flags = {flag for cell in found.card.table["flags"] for flag in split_flags(cell)}
    if "reply_selected" in flags:
        sentences.append(
            "Take care: this collection seems to be made of answered threads, so its shares of answers say little "
            "about how often people are answered."
        )
    if corpus.sides == "mutual":
        sentences.append("No account has a brand role, so every account was measured against all others.")
    return sentences


def _strategies(table: pd.DataFrame) -> str:
    counts = table["label"].value_counts()
    chances = table[["p_broadcast", "p_deflect", "p_conversational", "p_mixed"]].max(axis=1)
    names = {"broadcast": "broadcast", "deflect": "deflect", "conversational": "converse", "mixed": "mix"}
    listed = ", ".join(f"{counts.get(label, 0)} {word}" for label, word in names.items())
    return (
        f"By the make-up of their posts {listed}; for {int((chances >= 0.95).sum())} of {len(table)} the label has a "
        "probability of at least 95 %."
    )


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}" + ("" if n == 1 else "s")


def gaps(found: Findings) -> pd.DataFrame:
    """List the metrics that have no value for some or all organizations, each with the reasons.

    Parameters
    ----------
    found
        From `find`.

    Returns
    -------
    DataFrame
        `metric, n_undefined, n_units, reason`, in order of the scorecard.
    """
    rows = []
    for name, table in found.card.table.groupby("metric", sort=False):
        missing = table[table["value"].isna()]
        if len(missing):
            rows.append((name, len(missing), len(table), why_missing(str(name), missing, found.talk)))
    return pd.DataFrame(rows, columns=["metric", "n_undefined", "n_units", "reason"])


def rejections(rejected: pd.DataFrame, most: int = 12) -> tuple[list[dict[str, Any]], int]:
    """Count the rows set aside by file and reason, and say how many kinds are not listed.

    Parameters
    ----------
    rejected
        `corpus.rejected`: file, line, reason.
    most
        Most kinds to list, the most frequent first.

    Examples
    --------
    >>> table = pd.DataFrame({"file": ["a.csv"] * 2, "line": [3, 9], "reason": ["post_id is missing"] * 2})
    >>> rejections(table)
    ([{'file': 'a.csv', 'reason': 'post_id is missing', 'n': 2, 'lines': '3, 9'}], 0)
    """
    kinds: list[dict[str, Any]] = []
    for (file, reason), rows in rejected.groupby(["file", "reason"], sort=True):
        lines = [f"{line:.0f}" for line in rows["line"].dropna().head(5)]
        more = " …" if rows["line"].notna().sum() > 5 else ""
        kinds.append({"file": str(file), "reason": str(reason), "n": len(rows), "lines": ", ".join(lines) + more})
    kinds.sort(key=lambda kind: (-kind["n"], kind["file"], kind["reason"]))
    return kinds[:most], max(0, len(kinds) - most)


def unknown_columns(corpus: Any) -> list[tuple[str, str]]:
    """List the columns that the source does not have, with what they would say."""
    return [(column.name, column.meaning) for column in POSTS if not corpus.knows(column.name)]


def setting_words(name: str, value: Any) -> str:
    """Write a setting's value as a person would: seconds as a duration, beside the seconds.

    Examples
    --------
    >>> setting_words("horizon_s", 604_800), setting_words("level", 0.95), setting_words("draws", 2000)
    ('7 d (604,800 s)', '0.95', '2,000')
    >>> setting_words("seed", 20_260_101)
    '20260101'
    """
    if name.endswith("_s"):
        words = duration(value / 60)
        whole_days = f"{value // 86_400} d" if value % 86_400 == 0 else words
        return f"{whole_days} ({value:,} s)"
    if isinstance(value, int) and name != "seed":
        return f"{value:,}"
    return str(value) if not isinstance(value, float) else number(value).rstrip("0") if value > 1 else str(value)
