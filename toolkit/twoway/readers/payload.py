"""What interfaces return, one item or a thousand to a file: gathered raw file by file, typed once when all are there.

Typing a table costs the same for one row as for thousands, and collections with a file for each post have thousands of
files. A reader of payloads therefore hands on raw rows (`raw_piece`), and its `finish` types them (`settle_raw`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from ..schema import ACCOUNTS, POSTS
from .base import ROW, Ledger, Piece, Records
from .settle import settle
from .sources import Source

__all__ = [
    "KIND",
    "NOT_A_POST",
    "POST_ROW",
    "complete_reposts",
    "drop_unknown",
    "file_names",
    "id_of",
    "number_of",
    "of_kind",
    "raw_piece",
    "settle_raw",
    "without_repeated_context",
]

_FILE, _LINE, _RULES = "__file", "__line", "__rules"
#: Column that says what a raw row is: `POST_ROW`, or a notice about a post.
KIND = "__kind"
#: Rows with this kind hold a post.
POST_ROW = "post"
#: Why a record is set aside in which a reader finds nothing to use.
NOT_A_POST = "no post in it"

_TYPES = {"id": pl.String, "text": pl.String, "time": pl.String, "flag": pl.Boolean, "count": pl.Int64}
_RAW = {
    _FILE: pl.String,
    _LINE: pl.Int64,
    _RULES: pl.String,
    KIND: pl.String,
    **{column.name: _TYPES[column.kind] for column in POSTS},
    "is_quote": pl.Boolean,
}
_ACCOUNT = {column.name: _TYPES[column.kind] for column in ACCOUNTS}
_LOCAL = "posts"


def id_of(value: dict[str, Any], key: str) -> str | None:
    """Take an id as text, from `<key>_str` where that is given.

    Examples
    --------
    >>> id_of({"id": 988888888888888888}, "id"), id_of({"id": 9.9e17, "id_str": "988888888888888888"}, "id")
    ('988888888888888888', '988888888888888888')
    """
    found = value.get(f"{key}_str") or value.get(key)
    return None if found is None else str(found)


def number_of(value: Any) -> int | None:
    """Take a count; what is no number, or negative as where an interface does not tell, is unknown.

    Examples
    --------
    >>> number_of(3), number_of(-1), number_of(None), number_of(True)
    (3, None, None, None)
    """
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None


def raw_piece(source: Source, rows: Iterable[dict[str, Any]], accounts: Iterable[dict[str, Any]] = ()) -> Piece:
    """Put the raw rows of one file into a table.

    Parameters
    ----------
    source
        The file.
    rows
        Canonical names and values; besides, `line`, `kind` (a post unless said otherwise) and `rules` (names of the
        repairs made on the row).
    accounts
        Canonical names and values.
    """
    raw = [
        {
            **row,
            _FILE: source.name,
            _LINE: row.get("line"),
            KIND: row.get("kind", POST_ROW),
            _RULES: " ".join(row.get("rules", ())) or None,
        }
        for row in rows
    ]
    return Piece(
        pl.DataFrame(raw, schema=_RAW, strict=False), pl.DataFrame(list(accounts), schema=_ACCOUNT, strict=False)
    )


def of_kind(piece: Piece, *kinds: str) -> pl.DataFrame:
    """Take the raw rows of some kinds."""
    if KIND not in piece.posts.columns:
        return pl.DataFrame(schema=_RAW)
    return piece.posts.filter(pl.col(KIND).is_in(kinds))


def file_names(raw: pl.DataFrame) -> list[str]:
    """List the files that raw rows came from."""
    return raw[_FILE].unique(maintain_order=True).to_list()


def settle_raw(piece: Piece, ledger: Ledger, kinds: tuple[str, ...] = (POST_ROW,)) -> Piece:
    """Type all raw rows that hold posts, and count the repairs made on them, each post once.

    Parameters
    ----------
    piece
        Raw rows of all files.
    ledger
        Where repairs and rows set aside are written down, each under the file it came from.
    kinds
        Kinds of rows that hold posts.
    """
    raw = of_kind(piece, *kinds).with_row_index(ROW)
    local = Ledger()
    settled = settle(Records(raw.drop(_FILE, _LINE, _RULES, KIND), _LOCAL, lambda rows: rows), local)
    for rule, n_rows in local.repairs.items():
        ledger.repair(rule, n_rows)
    _reject_where_they_came_from(raw, local.rejected(), ledger)
    named = raw.select("post_id", pl.col(_RULES).str.split(" ").alias("rule")).explode("rule").drop_nulls("rule")
    for rule, n_posts in named.group_by("rule").agg(pl.col("post_id").n_unique()).sort("rule").iter_rows():
        ledger.repair(rule, n_posts)
    known = piece.accounts.filter(pl.col("account_id").is_not_null())
    accounts = pl.concat([known, settled.accounts], how="diagonal_relaxed")
    told = [name for name in accounts.columns if accounts[name].null_count() < accounts.height or name == "account_id"]
    return Piece(settled.posts, accounts.select(told))


def _reject_where_they_came_from(raw: pl.DataFrame, rejected: pl.DataFrame, ledger: Ledger) -> None:
    if not rejected.height:
        return
    places = raw.select(
        pl.col(ROW).cast(pl.Int64).alias("line"), _FILE, pl.col(_LINE).alias("at"),
        pl.int_range(1, pl.len() + 1).over(_FILE).alias("number"),
    )  # fmt: skip
    found = rejected.join(places, on="line", how="left", maintain_order="left")
    words = pl.when(pl.col("at").is_null()).then(pl.format("{} (record {})", "reason", "number")).otherwise("reason")
    for (file,), part in found.with_columns(words.alias("reason")).group_by(_FILE, maintain_order=True):
        ledger.reject_many(str(file), part["at"], part["reason"])


def drop_unknown(posts: pl.DataFrame, always: Iterable[str]) -> pl.DataFrame:
    """Drop the columns of which the source says nothing: they are unknown, where a null would mean "none".

    Parameters
    ----------
    posts
        Typed posts.
    always
        Columns that the source always has, so that null everywhere means that there was none.
    """
    kept = {"post_id", "account_id", "created_at", "text", *always}
    return posts.select([name for name in posts.columns if name in kept or posts[name].null_count() < posts.height])


def without_repeated_context(posts: pl.DataFrame) -> pl.DataFrame:
    """Keep each context post once, and only where the sample does not hold it itself."""
    own = posts.filter(~pl.col("is_context"))
    context = posts.filter(pl.col("is_context")).unique("post_id", keep="first", maintain_order=True)
    return pl.concat([own, context.join(own, on="post_id", how="anti", maintain_order="left")])


def complete_reposts(posts: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Replace the text of a retweet, which Twitter's interfaces cut at 140 characters, by the original's, where known.

    Parameters
    ----------
    posts
        Typed posts.
    ledger
        Where the texts completed are counted.
    """
    if "repost_of_id" not in posts.columns:
        return posts
    originals = posts.select(pl.col("post_id").alias("repost_of_id"), pl.col("text").alias("full")).unique(
        "repost_of_id", keep="first"
    )
    joined = posts.join(originals, on="repost_of_id", how="left", maintain_order="left")
    start = pl.col("text").str.extract(r"^(RT @\w+: )")
    is_cut = (pl.col("text").str.ends_with("…") & start.is_not_null() & pl.col("full").is_not_null()).fill_null(
        value=False
    )
    ledger.repair("repost_text_completed", joined.select(is_cut.sum()).item())
    return joined.with_columns(
        pl.when(is_cut).then(start + pl.col("full")).otherwise(pl.col("text")).alias("text")
    ).drop("full")
