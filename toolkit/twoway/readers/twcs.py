"""Customer Support on Twitter, the layout of the Kaggle data set, and the table of request and answer made from it."""

from __future__ import annotations

import polars as pl

from ..cleaning.words import clean_flag
from ..errors import SchemaError
from .base import ROW, Ledger, Piece, Records
from .delimited import read_delimited
from .look import DELIMITED, Head, require
from .settle import settle
from .sources import Source

__all__ = ["finish_support", "load_reply_pairs", "load_twcs", "sniff_reply_pairs", "sniff_twcs"]

_TWCS = {
    "tweet_id": "post_id",
    "author_id": "account_id",
    "inbound": "inbound",
    "created_at": "created_at",
    "text": "text",
    "in_response_to_tweet_id": "parent_id",
}
_PAIRS = ("customer_tweet_id", "customer_id", "created_at_customer", "reply_tweet_id", "agent_id", "created_at_reply")


def sniff_twcs(head: Head) -> bool:
    """Tell whether a table has the columns of Customer Support on Twitter."""
    return head.kind == DELIMITED and head.has("tweet_id", "author_id", "inbound", "created_at")


def sniff_reply_pairs(head: Head) -> bool:
    """Tell whether a table pairs requests with answers."""
    return head.kind == DELIMITED and head.has(*_PAIRS)


def load_twcs(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read one file of Customer Support on Twitter, or of one side of it.

    An author of posts that are not inbound is a care account of an organization of its own name; all others are the
    public.

    Parameters
    ----------
    source
        Delimited text with the columns `tweet_id, author_id, inbound, created_at, text, response_tweet_id,
        in_response_to_tweet_id`; further ones are ignored, except `main_tweet_id`, which names the conversation.
    ledger
        Where repairs and rows set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    records = _table(source, ledger, ("tweet_id", "author_id", "inbound", "created_at", "text"), "twcs", encoding)
    frame = records.frame.rename(
        {"main_tweet_id": "conversation_id"} if "main_tweet_id" in records.frame.columns else {}
    )
    kept = [
        ROW,
        *(name for name in _TWCS if name in frame.columns),
        *(["conversation_id"] if "conversation_id" in frame.columns else []),
    ]
    frame = frame.select(kept).rename({name: new for name, new in _TWCS.items() if name in frame.columns})
    side = clean_flag("inbound", frame.schema["inbound"])
    frame = frame.with_columns(
        pl.when(~side).then(pl.lit("care")).when(side).then(pl.lit("public")).alias("role")
    ).drop("inbound")
    ledger.repair("inbound_unreadable", frame["role"].is_null().sum())
    return settle(Records(frame, records.file, records.line_of), ledger)


def _table(source: Source, ledger: Ledger, needed: tuple[str, ...], name: str, encoding: str | None) -> Records:
    require(source, DELIMITED, name)
    records = read_delimited(source, ledger, encoding=encoding)
    found = [column for column in records.frame.columns if column != ROW]
    missing = [column for column in needed if column not in found]
    if missing:
        msg = f"{source.name} has no column '{missing[0]}', which the format '{name}' needs. Found: {', '.join(found)}."
        msg += " Read it as format='table' with columns={...}."
        raise SchemaError(msg)
    return records


def load_reply_pairs(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read a table that holds a customer's post and the answer to it in each row.

    What the customer's post itself replies to is not known, and taken to be nothing.

    Parameters
    ----------
    source
        Delimited text with the columns `customer_tweet_id, customer_id, created_at_customer, reply_tweet_id,
        agent_id, created_at_reply`.
    ledger
        Where repairs and rows set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    records = _table(source, ledger, _PAIRS, "reply_pairs", encoding)
    sides = [_side(records, "customer_tweet_id", "customer_id", "created_at_customer", None, "public")]
    sides.append(_side(records, "reply_tweet_id", "agent_id", "created_at_reply", "customer_tweet_id", "care"))
    pieces = [settle(Records(side, records.file, records.line_of), ledger) for side in sides]
    posts = pl.concat([piece.posts for piece in pieces])
    once = posts.unique("post_id", keep="first", maintain_order=True)
    ledger.repair("post_of_several_pairs_kept_once", posts.height - once.height)
    return Piece(once, pl.concat([piece.accounts for piece in pieces]))


def _side(records: Records, post: str, account: str, time: str, parent: str | None, role: str) -> pl.DataFrame:
    return records.frame.select(
        ROW,
        pl.col(post).alias("post_id"),
        pl.col(account).alias("account_id"),
        pl.col(time).alias("created_at"),
        (pl.col(parent) if parent else pl.lit(None, dtype=pl.String)).alias("parent_id"),
        pl.lit(role).alias("role"),
    )


def finish_support(piece: Piece, ledger: Ledger) -> Piece:
    """Settle one role an account: whoever ever answered for an organization belongs to it."""
    is_care = (pl.col("role") == "care").any()
    accounts = piece.accounts.group_by("account_id", maintain_order=True).agg(is_care.alias("is_care"))
    both = piece.accounts.filter(pl.col("role").is_not_null()).group_by("account_id").agg(pl.col("role").n_unique() > 1)
    ledger.repair("account_on_both_sides_taken_as_care", both["role"].sum())
    accounts = accounts.select(
        "account_id",
        pl.col("account_id").alias("handle"),
        pl.when("is_care").then(pl.col("account_id")).alias("organization"),
        pl.when("is_care").then(pl.lit("care")).otherwise(pl.lit("public")).alias("role"),
    )
    return Piece(piece.posts, accounts)
