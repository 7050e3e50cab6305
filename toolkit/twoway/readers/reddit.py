"""Submissions and comments as Reddit's interface returns them: listings, nested threads, expanded "more" buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from .base import Ledger, Piece
from .jsonio import documents
from .look import JSON, Head, require
from .payload import NOT_A_POST, drop_unknown, number_of, of_kind, raw_piece, settle_raw
from .sources import Source

__all__ = ["finish_reddit", "load_reddit", "sniff_reddit"]

_COMMENT, _SUBMISSION, _MORE = "t1", "t3", "more"
_GONE = ("[deleted]", "[removed]", "[ Removed by Reddit ]", "[deleted by user]", "[removed by reddit]")
#: Starts the id of an account that Reddit no longer names.
_NOBODY = "deleted:"
# Markdown writes underscores as "\_"; a name inside an address is no mention.
_NAMED = re.compile(r"(?<![\w/.-])/?[uU]/([A-Za-z0-9_-]{3,20})(?![\w-])")


def sniff_reddit(head: Head) -> bool:
    """Tell whether a JSON file comes from Reddit's interface, or from an archive of its items."""
    if head.kind != JSON:
        return False
    is_listing = head.has("kind", "data.children") and any(
        head.has(f"data.{key}") for key in ("after", "before", "modhash", "children.data.created_utc")
    )
    is_item = head.has("kind", "data.created_utc", "data.author")
    is_expanded = head.has("json.data.things") or head.has("json.errors", "json.data")
    is_flat = head.has("author", "created_utc", "subreddit") and (
        head.has("link_id", "body") or head.has("title", "selftext")
    )
    return is_listing or is_item or is_expanded or is_flat


def load_reddit(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read one file of Reddit's interface.

    A submission's text is its title and what is written below it. `n_likes` is the score: votes for minus votes
    against, which Reddit blurs a little; it can be negative, and is null while Reddit hides it. `mentions` are names
    written `u/name`. Who posted something that was deleted is not known any more: such a post gets an account of its
    own, `deleted:<post_id>`, so that nobody is given what somebody else wrote.

    Parameters
    ----------
    source
        A thread (submission and nested comments), a listing, the answer to "load more comments", a single submission
        or comment, a list of any of these, or JSON Lines of bare items as archives keep them.
    ledger
        Where repairs and records set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    FormatError
        If the file is not JSON.
    """
    require(source, JSON, "reddit")
    rows: list[dict[str, Any]] = []
    for line, value in documents(source, ledger, encoding=encoding):
        found = [{"line": line, **row} for row in _rows(value)]
        rows += found
        if not found and not _is_empty(value):
            ledger.reject(source.name, line, _problem(value))
    authors = dict.fromkeys(row["account_id"] for row in rows if "account_id" in row)
    return raw_piece(source, rows, [{"account_id": author, "handle": author} for author in authors])


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    """Yield a row for each submission, comment and "more" button, however deep it lies."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            is_wrapped = isinstance(item.get("data"), dict)
            data = item["data"] if is_wrapped else item
            kind = item.get("kind") if is_wrapped else _bare_kind(item)
            if kind in (_COMMENT, _SUBMISSION) and "id" in data:
                yield _post(data, kind)
                waiting.append(data.get("replies"))
            elif kind == _MORE:
                yield from _hidden(data)
            else:
                waiting.append(data.get("children") or data.get("things") or data.get("json"))


def _bare_kind(item: dict[str, Any]) -> str | None:
    """Tell what an item without its wrapping is."""
    if "author" not in item or "id" not in item:
        return None
    return _COMMENT if "body" in item and "link_id" in item else _SUBMISSION if "title" in item else None


def _post(data: dict[str, Any], kind: str) -> dict[str, Any]:
    post_id = data.get("name") or f"{kind}_{data['id']}"
    author, rules = data.get("author"), []
    if author is None or author in _GONE:
        author = _NOBODY + post_id
        rules.append("author_deleted_given_own_id")
    body = data.get("body" if kind == _COMMENT else "selftext")
    if body in _GONE:
        body = None
        rules.append("text_deleted_or_removed")
    said = [data.get("title"), body] if kind == _SUBMISSION else [body]
    text = "\n\n".join(part for part in said if part and part not in _GONE) or None
    created = data.get("created_utc")
    return {
        "post_id": post_id,
        "account_id": author,
        "created_at": None if created is None else str(int(float(created))),
        "text": text,
        "parent_id": data.get("parent_id") if kind == _COMMENT else None,
        "conversation_id": data.get("link_id") if kind == _COMMENT else post_id,
        "mentions": _mentioned(text or ""),
        "n_likes": None if data.get("score_hidden") or not isinstance(data.get("score"), int) else data["score"],
        "n_replies": number_of(data.get("num_comments")),
        "rules": rules,
    }


def _mentioned(text: str) -> str:
    return " ".join(dict.fromkeys(name.lower() for name in _NAMED.findall(text.replace("\\_", "_"))))


def _hidden(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a "more" button hides: comments by id, or the unnamed rest of a deep thread below one comment."""
    for child in data.get("children") or [None]:
        yield {"kind": _MORE, "post_id": child and f"{_COMMENT}_{child}", "parent_id": data.get("parent_id")}


def _is_empty(value: Any) -> bool:
    # The last page of a listing has no children, and a button may have nothing behind it.
    if isinstance(value, list):
        return all(_is_empty(item) for item in value)
    if not isinstance(value, dict):
        return False
    answer = value.get("json", value)
    data = answer.get("data") if isinstance(answer, dict) else None
    return isinstance(data, dict) and not answer.get("errors") and [] in (data.get("children"), data.get("things"))


def _problem(value: Any) -> str:
    answer = value.get("json", value) if isinstance(value, dict) else {}
    errors = answer.get("errors") or answer.get("error") or answer.get("message") if isinstance(answer, dict) else None
    return f"Reddit answered with an error: {str(errors)[:80]}" if errors else NOT_A_POST


def finish_reddit(piece: Piece, ledger: Ledger) -> Piece:
    """Type all posts, and count the comments that Reddit kept behind "more" and that no file holds."""
    settled = settle_raw(piece, ledger)
    hidden = of_kind(piece, _MORE).select("post_id", "parent_id")
    named = hidden.drop_nulls("post_id").unique("post_id").join(settled.posts, on="post_id", how="anti")
    deeper = (
        hidden.filter(pl.col("post_id").is_null()).unique("parent_id").join(settled.posts, on="parent_id", how="anti")
    )
    ledger.repair("more_not_expanded", named.height + deeper.height)
    posts = drop_unknown(settled.posts, ("parent_id", "conversation_id", "mentions"))
    posts = _with_unread(posts, pl.concat([named.select("parent_id"), deeper.select("parent_id")]))
    # Reddit has no other sign of a mention than the one looked for: nothing is left to be taken from the text.
    return Piece(posts.with_columns(pl.col("mentions").fill_null("")), settled.accounts)


def _with_unread(posts: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """Count for comments with replies behind "more" how many replies they have; Reddit itself does not say."""
    if unread.is_empty():
        return posts
    below = pl.concat([posts.select("parent_id"), unread]).drop_nulls().group_by("parent_id").agg(pl.len().alias("_n"))
    below = below.join(unread, on="parent_id", how="semi").rename({"parent_id": "post_id"})
    posts = posts.join(below, on="post_id", how="left", maintain_order="left")
    known = pl.col("n_replies") if "n_replies" in posts.columns else pl.lit(None, pl.Int64)
    return posts.with_columns(pl.coalesce(known, "_n").cast(pl.Int64).alias("n_replies")).drop("_n")
