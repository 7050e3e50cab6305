"""Why a value or an answer is missing, in the words of a reader: the column, the time or the case it lacks."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ..figures.canvas import duration
from ..figures.rows import split_flags
from ..metrics.flags import FLAG_MEANINGS
from ..metrics.registry import get_metric
from ..schema import POSTS

__all__ = ["REASONS", "for_readers", "lacking", "too_short", "why_missing"]

#: Flags that say why a metric has no value, the most telling first.
REASONS = ("no_text", "no_reply_ids", "unknown_columns", "not_reached", "beyond_follow_up")

# The middle part of an error says where in a program it arose, which the reader of a page has no use for.
_WHERE = re.compile(
    r"(?:It was|They were|They stand|It stands|It was named) (?:given|asked|named|in|as)\b.*", re.DOTALL
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

# Horizons to propose where the one in use is longer than the collection.
_HORIZONS = ((604_800, "7d"), (259_200, "3d"), (86_400, "24h"), (21_600, "6h"), (3_600, "1h"), (900, "15min"))


def for_readers(message: str) -> str:
    """Leave out of an error's three parts the one that names a function.

    Examples
    --------
    >>> for_readers("None of 3 units has limits. They were given to rank_sets. Rank units with more evidence.")
    'None of 3 units has limits. Rank units with more evidence.'
    """
    return " ".join(part for part in _SENTENCE.split(message.strip()) if not _WHERE.fullmatch(part))


def lacking(metric: str, corpus: Any) -> list[str]:
    """List the columns that a metric needs and the source does not have; of those that can stand in, all are named."""
    declared = get_metric(metric)
    return declared.missing_columns(corpus.knows)


def too_short(talk: Any) -> str:
    """Say that the collection is shorter than the horizon, with one that would fit; empty where it is long enough."""
    start, end = talk.corpus.window
    watched, horizon = (end - start).total_seconds(), talk.definitions.horizon_s
    if watched >= horizon:
        return ""
    fits = next((word for seconds, word in _HORIZONS if seconds <= watched / 2), "5min")
    return (
        f"the horizon of {duration(horizon / 60)} is longer than the collection, which spans {duration(watched / 60)};"
        f" try --set horizon_s={fits}"
    )


def why_missing(metric: str, missing: pd.DataFrame, talk: Any) -> str:
    """Say why a metric has no value in some rows of a scorecard.

    Parameters
    ----------
    metric
        Its name.
    missing
        The rows without a value.
    talk
        The interactions they were measured from.
    """
    seen = {flag for cell in missing["flags"] for flag in split_flags(cell)}
    told = [FLAG_MEANINGS[flag] for flag in REASONS if flag in seen and flag != "unknown_columns"]
    # The two most frequent have sentences of their own.
    named = {"text": "no_text", "parent_id": "no_reply_ids"}
    columns = [name for name in lacking(metric, talk.corpus) if named.get(name) not in seen]
    if columns:
        told.append(f"the source does not have {', '.join(_column_words(name) for name in columns)}")
    # Where the corpus cannot show a metric at all, what its denominator would have been is beside the point.
    if columns or {"no_text", "no_reply_ids"} & seen:
        return "; ".join(told)
    if told and bool((missing["n"] > 0).all()):
        # There were cases, so that there were none is not the reason.
        return "; ".join(told)
    undefined = get_metric(metric).undefined
    short = too_short(talk) if "early enough" in undefined else ""
    return "; ".join(part for part in (*told, undefined, short) if part)


def _column_words(name: str) -> str:
    meaning = next((column.meaning for column in POSTS if column.name == name), "")
    return f"{name} ({meaning})" if meaning else name
