"""A column called "reply_to" may name the post that is answered or the account: its values tell which."""

from __future__ import annotations

import warnings

import polars as pl

from ..cleaning.ids import clean_ids
from ..errors import TwowayWarning
from ..text.patterns import MENTION
from .base import Ledger, Piece

__all__ = ["REPLY_TO", "resolve_reply_to"]

#: The column until it is known what it holds.
REPLY_TO = "reply_to"


def resolve_reply_to(piece: Piece, ledger: Ledger) -> Piece:
    """Take the column for the parent where it names posts of the source, for a mention where it names accounts.

    Where it names neither, numbers of the length of post ids are taken for posts that the source does not hold, and
    anything else for accounts.

    Parameters
    ----------
    piece
        Typed posts of all files.
    ledger
        Where the posts are counted.

    Warns
    -----
    TwowayWarning
        If accounts are named: then the source has no reply links.

    Examples
    --------
    >>> posts = pl.DataFrame({"post_id": ["1", "2"], "account_id": ["a", "b"], "reply_to": [None, "1"]})
    >>> found = resolve_reply_to(Piece(posts, pl.DataFrame({"account_id": ["a", "b"]})), Ledger())
    >>> found.posts["parent_id"].to_list()
    [None, '1']
    """
    if REPLY_TO not in piece.posts.columns:
        return piece
    given = clean_ids(piece.posts[REPLY_TO].cast(pl.String), lists=True).values
    posts = piece.posts.with_columns(given.alias(REPLY_TO))
    n_given = given.is_not_null().sum()
    if _names_posts(posts, piece.accounts):
        ledger.repair("parent_id_taken_from_reply_to", n_given)
        known = [pl.col("parent_id")] if "parent_id" in posts.columns else []
        posts = posts.with_columns(pl.coalesce(REPLY_TO, *known).alias("parent_id"))
    elif n_given:
        ledger.repair("reply_to_taken_as_mention", n_given)
        _warn(n_given)
        posts = _with_mention(posts)
    return Piece(posts.drop(REPLY_TO), piece.accounts)


def _names_posts(posts: pl.DataFrame, accounts: pl.DataFrame) -> bool:
    given = posts[REPLY_TO].drop_nulls().unique()
    n_posts = given.is_in(posts["post_id"].implode()).sum()
    n_accounts = _key(given).is_in(_names(accounts).implode()).sum()
    if n_posts or n_accounts:
        return bool(n_posts > n_accounts)
    return bool(len(given)) and _are_like(given, posts["post_id"]) and not _are_like(given, posts["account_id"])


def _key(values: pl.Series) -> pl.Series:
    return values.str.strip_chars(" @").str.to_lowercase()


def _names(accounts: pl.DataFrame) -> pl.Series:
    columns = [accounts[name] for name in ("account_id", "handle") if name in accounts.columns]
    return _key(pl.concat([column.cast(pl.String).rename("name") for column in columns]).drop_nulls()).unique()


def _are_like(values: pl.Series, ids: pl.Series) -> bool:
    """Tell whether values are numbers, as long as the ids are."""
    both = pl.concat([values.rename("id"), ids.rename("id")])
    widths = ids.str.len_chars()
    fits = values.str.len_chars().is_between(widths.min(), widths.max())
    return bool(both.str.contains(r"^\d+$").all() and fits.all())


def _with_mention(posts: pl.DataFrame) -> pl.DataFrame:
    """Put the account in front of the others that the post names."""
    inside = pl.col("text").str.extract_all(MENTION).list.eval(pl.element().str.extract(MENTION, 1)).list.join(" ")
    from_text = inside if "text" in posts.columns else pl.lit(None, dtype=pl.String)
    others = pl.coalesce("mentions", from_text) if "mentions" in posts.columns else from_text
    named = pl.concat_str(pl.col(REPLY_TO).str.strip_chars(" @"), others, separator=" ", ignore_nulls=True)
    kept = pl.col("mentions") if "mentions" in posts.columns else pl.lit(None, dtype=pl.String)
    return posts.with_columns(
        pl.when(pl.col(REPLY_TO).is_not_null()).then(named.str.strip_chars()).otherwise(kept).alias("mentions")
    )


def _warn(n_given: int) -> None:
    msg = (
        f"The column 'reply_to' names accounts, not posts of the source ({n_given:,} times): it is read as mentions, "
        "and who answered whom is inferred from them. "
        "If it does hold ids of posts, say columns={'parent_id': 'reply_to'}."
    )
    warnings.warn(msg, TwowayWarning, stacklevel=2)
