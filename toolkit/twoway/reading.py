"""From files to a corpus in one call."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pandas as pd
import polars as pl

from .corpus import Corpus
from .errors import SchemaError
from .readers.formats import load
from .schema import ACCOUNTS

__all__ = [
    "read",
    "read_activity_streams",
    "read_reddit",
    "read_table",
    "read_twcs",
    "read_twitter_v1",
    "read_twitter_v2",
]

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def read(
    paths: Paths,
    format: str | None = None,
    *,
    accounts: Any = None,
    focus: list[str] | None = None,
    window: tuple[Any, Any] | None = None,
    progress: bool | None = None,
    **options: Any,
) -> Corpus:
    """Read files into a corpus; the format is told from the content.

    Parameters
    ----------
    paths
        A file, a folder, a pattern, a zip archive, or several of them, compressed or not.
    format
        `"table"`, `"twcs"`, `"reply_pairs"`, `"twitter_v1"`, `"twitter_v2"`, `"activity_streams"` or `"reddit"`, where
        the content does not tell.
    accounts
        A frame or a file that says more about accounts: `account_id` or `handle`, and `organization`, `role`, ... It
        overrides what the
        source says, account by account.
    focus
        Handles or ids of the accounts to measure.
    window
        Start and end of the period in which both sides were collected.
    progress
        Show a progress bar; by itself from 50 MB on.
    **options
        Of the format, such as `columns={"account_id": "author"}`, `constants={"account_id": "{stem}"}`, `header`,
        `delimiter`, `encoding`.

    Raises
    ------
    CorpusNotFound, FormatError, SchemaError, UnknownName, NotEnoughEvidence
        Each names what was wrong, where, and what to do.
    """
    loaded = load(paths, format, progress=progress, **options)
    known = loaded.accounts if accounts is None else _described(loaded.accounts, accounts)
    told = {"source": loaded.source, "repairs": loaded.repairs, "rejected": loaded.rejected.to_pandas()}
    posts = [loaded.posts]
    del loaded
    # Popped, so that the raw table is freed as soon as it is typed.
    return Corpus(posts.pop(), known if known.height else None, focus=focus, window=window, **told)


def read_table(paths: Paths, **options: Any) -> Corpus:
    """Read a table of posts (CSV, TSV, other delimiters, Parquet, JSON Lines, JSON array) into a corpus; see `read`."""
    return read(paths, "table", **options)


def read_twcs(paths: Paths, **options: Any) -> Corpus:
    """Read files in the layout of "Customer Support on Twitter" into a corpus; see `read`."""
    return read(paths, "twcs", **options)


def read_twitter_v2(paths: Paths, **options: Any) -> Corpus:
    """Read what the second version of Twitter's API returned (twarc2, academictwitteR) into a corpus; see `read`."""
    return read(paths, "twitter_v2", **options)


def read_twitter_v1(paths: Paths, **options: Any) -> Corpus:
    """Read what version 1.1 of Twitter's API or its streams returned into a corpus; see `read`."""
    return read(paths, "twitter_v1", **options)


def read_activity_streams(paths: Paths, **options: Any) -> Corpus:
    """Read tweets in the Activity Streams form in which Gnip sold them into a corpus; see `read`."""
    return read(paths, "activity_streams", **options)


def read_reddit(paths: Paths, **options: Any) -> Corpus:
    """Read threads and listings of Reddit's interface, or bare items of an archive, into a corpus; see `read`."""
    return read(paths, "reddit", **options)


def _described(known: pl.DataFrame, accounts: Any) -> pl.DataFrame:
    """Lay the user's table of accounts over what the source says."""
    table = _accounts_table(accounts)
    base = known.select(
        [pl.col(c).cast(pl.String) if c in {"account_id", "handle"} else pl.col(c) for c in known.columns]
    )
    if "account_id" not in table.columns:
        table = _by_handle(table, base)
    both = base.join(table, on="account_id", how="full", coalesce=True, suffix="_given")
    for name in [c for c in table.columns if c != "account_id" and f"{c}_given" in both.columns]:
        given = pl.col(f"{name}_given").cast(both.schema[name], strict=False)
        both = both.with_columns(pl.coalesce(given, pl.col(name)).alias(name)).drop(f"{name}_given")
    return both


def _accounts_table(accounts: Any) -> pl.DataFrame:
    if isinstance(accounts, str | os.PathLike):
        path = os.fspath(accounts)
        table = pl.read_parquet(path) if path.endswith(".parquet") else pl.read_csv(path, infer_schema_length=0)
    else:
        table = pl.from_pandas(accounts) if isinstance(accounts, pd.DataFrame) else pl.DataFrame(accounts)
    kept = [c.name for c in ACCOUNTS if c.name in table.columns]
    if not {"account_id", "handle"} & set(kept):
        msg = (
            f"The table of accounts has neither 'account_id' nor 'handle'. Found: {', '.join(table.columns)}. "
            "It was given as accounts. Name one of its columns so."
        )
        raise SchemaError(msg)
    text = [pl.col(c).cast(pl.String) for c in kept if c not in {"n_followers"}]
    return table.select([*text, *[pl.col(c) for c in kept if c == "n_followers"]])


def _by_handle(table: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """Find the ids of accounts that are described by handle; an unknown handle is its own id."""
    key = pl.col("handle").str.to_lowercase().str.strip_chars().str.strip_chars_start("@")
    handle = pl.col("handle") if "handle" in base.columns else pl.lit(None, dtype=pl.String)
    ids = base.select(key=pl.coalesce(handle, "account_id").str.to_lowercase(), account_id="account_id").unique(
        subset="key"
    )
    found = table.with_columns(key=key).join(ids, on="key", how="left")
    return found.with_columns(account_id=pl.coalesce("account_id", "key")).drop("key")
