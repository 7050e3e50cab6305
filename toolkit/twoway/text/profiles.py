"""Whether the profile of an account says who writes there."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch

__all__ = ["PROFILED", "profiles_kernel"]

#: What the kernel gives for each account.
PROFILED = pa.schema([pa.field("row", pa.int64()), pa.field("names_author", pa.int64())])

_DONE = "tweets?|tweeted|tweeting|posts?|posted|posting|run|managed|maintained|curated|staffed|manned"
_STAFF = (
    "(?:social(?: media)?|community|digital|comms|communications|press|web|content) (?:manager|editor|team|officer)s?"
)
#: "Tweets by Ann", "run by our press team", "your hosts today: ...", "^AB", "Ann (^AB)".
_AUTHOR = (
    rf"(?i)\b(?:{_DONE})\b(?: \w+)? by\b|\b(?:tweets?|posts?|tweeting|here) (?:is|are|from|today)\b[^.!?]{{0,20}}"
    rf"\b(?:the|our|your) {_STAFF}|\b(?:your|our) {_STAFF}:|\byour hosts?\b|\b(?:tweets?|posts?)(?: are)? signed\b"
    r"|(?-i:(?:^|[\s(])[\^~]\s?[A-Z]{1,3}\b)"
)


def profiles_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Say of a batch of profiles whether they name who posts, as a person, a team or initials.

    Parameters
    ----------
    batch
        Columns `row`, `bio` (or null).

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `PROFILED`: `names_author` is 1 or 0.

    Examples
    --------
    >>> bios = ["Bread since 1908. Tweets by Ann.", "Run by our press team", "Ann ^AN, Bob ^BO", "Bread by hand"]
    >>> profiles_kernel(pa.record_batch({"row": range(4), "bio": bios}))["names_author"].to_pylist()
    [1, 1, 1, 0]
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    names = pl.col("bio").fill_null("").str.contains(_AUTHOR).cast(pl.Int64)
    return one_batch(frame.select("row", names.alias("names_author")))
