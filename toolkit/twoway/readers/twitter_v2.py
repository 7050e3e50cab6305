"""Posts of the Twitter API, version 2: pages and flattened lines of twarc2, and the folders of academictwitteR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from ..errors import FormatError
from .base import ROW, Ledger, Piece, Records
from .jsonio import documents
from .look import JSON, Head, require
from .payload import complete_reposts, without_repeated_context
from .settle import settle
from .sources import Source

__all__ = ["finish_v2", "load_twitter_v2", "sniff_twitter_v2"]

_REFERENCES = {"replied_to": "parent_id", "quoted": "quote_of_id", "retweeted": "repost_of_id"}
_METRICS = {"retweet_count": "n_shares", "like_count": "n_likes", "reply_count": "n_replies"}
_POST = dict.fromkeys(
    (
        "post_id",
        "account_id",
        "created_at",
        "text",
        *_REFERENCES.values(),
        "conversation_id",
        "mentions",
        "lang",
        "client",
    ),
    pl.String,
)
_SCHEMA = {
    "line": pl.Int64,
    **_POST,
    **dict.fromkeys(_METRICS.values(), pl.Int64),
    "n_followers": pl.Int64,
    "is_restricted": pl.Boolean,
    "is_context": pl.Boolean,
    "has_references": pl.Boolean,
}
_ACCOUNT = {
    **dict.fromkeys(("account_id", "handle", "name", "bio", "website"), pl.String),
    "n_followers": pl.Int64,
}
_INCLUDED = {"users", "tweets", "media", "places", "polls", "topics"}
# Keys of a flat tweet that no other source has together with `id`, `text` and `author_id`.
_TELLING = (
    "conversation_id",
    "edit_history_tweet_ids",
    "public_metrics.like_count",
    "referenced_tweets.type",
    "author.username",
    "reply_settings",
)


def sniff_twitter_v2(head: Head) -> bool:
    """Tell whether a JSON file comes from version 2 of the Twitter API.

    Raises
    ------
    FormatError
        If it does, but holds users or counts instead of posts.
    """
    if head.kind != JSON:
        return False
    _refuse_other_answers(head)
    is_page = head.has("data.id", "data.text")
    is_flat = head.has("id", "text", "author_id") and any(head.has(key) for key in _TELLING)
    top = {key for key in head.keys if "." not in key}
    is_includes = top <= _INCLUDED and (head.has("users.username") or head.has("tweets.author_id"))
    return (
        is_page
        or is_flat
        or is_includes
        or head.has("includes.users.username")
        or head.has("includes.tweets.author_id")
    )


def _refuse_other_answers(head: Head) -> None:
    has_posts = head.has("data.text") or head.has("text")
    what = None
    if head.has("data.tweet_count"):
        what = "counts of tweets"
    elif not has_posts and (head.has("data.username") or head.has("username", "public_metrics.followers_count")):
        what = "a list of users"
    if what:
        msg = f"{head.source.name} holds {what}, as the Twitter API gives them, and no posts. "
        msg += "Leave it out, and read the file with the tweets."
        raise FormatError(msg)


def load_twitter_v2(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read one file of tweets.

    Tweets that a page only includes, because another one refers to them, become context posts. The authors are the
    accounts. `n_followers` of a post are the followers of its author when the page was fetched; `is_restricted` says
    that not everyone may reply to it.

    Parameters
    ----------
    source
        JSON Lines of response pages (`data`, `includes`, `meta`) or of flattened tweets, an array of tweets, or an
        object with the included `users` and `tweets`.
    ledger
        Where repairs and records set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    FormatError
        If the file is not JSON, or holds users or counts only.
    """
    require(source, JSON, "twitter_v2")
    posts: list[dict[str, Any]] = []
    users: dict[str, dict[str, Any]] = {}
    for line, value in documents(source, ledger, encoding=encoding):
        found = _tweets(value)
        n_before = len(posts)
        for tweet, is_context in found:
            posts.append({"line": line, **_post(tweet, is_context=is_context)})
            _add_users(users, [tweet.get("author"), tweet.get("in_reply_to_user")])
        _add_users(users, _users(value))
        if len(posts) == n_before and not _users(value) and not _is_empty_page(value):
            ledger.reject(source.name, line, "no tweet in it")
    for post in posts:
        post["n_followers"] = users.get(post["account_id"], {}).get("n_followers")
    return _piece(posts, users, source, ledger)


def _tweets(value: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield each tweet of a page or line with whether it is only included."""
    if not isinstance(value, dict):
        return
    if "data" in value or "includes" in value or "tweets" in value or "users" in value:
        data = value.get("data") or []
        yield from ((tweet, False) for tweet in ([data] if isinstance(data, dict) else data) if _is_tweet(tweet))
        included = value.get("includes") or value
        yield from ((tweet, True) for tweet in included.get("tweets") or [] if _is_tweet(tweet))
    elif _is_tweet(value):
        yield value, False
        # Flattened lines carry the tweets they refer to inside the reference.
        yield from ((inner, True) for inner in _dicts(value.get("referenced_tweets")) if _is_tweet(inner))


def _is_empty_page(value: Any) -> bool:
    # The last page of a search often says only that there was nothing more.
    return isinstance(value, dict) and (value.get("meta") or {}).get("result_count") == 0


def _is_tweet(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value and "text" in value


def _dicts(value: Any) -> list[dict[str, Any]]:
    # academictwitteR writes an empty list as an empty object.
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _users(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    return (
        _dicts((value.get("includes") or value).get("users"))
        if isinstance(value.get("includes") or value, dict)
        else []
    )


def _add_users(users: dict[str, dict[str, Any]], found: list[Any]) -> None:
    for user in found:
        if isinstance(user, dict) and "id" in user:
            followers = (user.get("public_metrics") or {}).get("followers_count")
            users.setdefault(
                str(user["id"]),
                {
                    "account_id": str(user["id"]),
                    "handle": user.get("username"),
                    "name": user.get("name"),
                    "n_followers": followers,
                    "bio": user.get("description") or None,
                    "website": user.get("url") or None,
                },
            )


def _post(tweet: dict[str, Any], *, is_context: bool) -> dict[str, Any]:
    references = _dicts(tweet.get("referenced_tweets"))
    metrics = tweet.get("public_metrics") or {}
    author = tweet.get("author_id") or (tweet.get("author") or {}).get("id")
    mentioned = [
        item["username"] for item in _dicts((tweet.get("entities") or {}).get("mentions")) if item.get("username")
    ]
    row = {
        "post_id": str(tweet["id"]),
        "account_id": None if author is None else str(author),
        "created_at": tweet.get("created_at"),
        "text": (tweet.get("note_tweet") or {}).get("text") or tweet.get("text"),
        "conversation_id": tweet.get("conversation_id"),
        "mentions": " ".join(dict.fromkeys(mentioned)) or None,
        "lang": tweet.get("lang"),
        "client": tweet.get("source"),
        # Who may reply: everyone, or only those who are followed, mentioned, verified, ...
        "is_restricted": tweet["reply_settings"] != "everyone" if tweet.get("reply_settings") else None,
        "is_context": is_context,
        "has_references": "referenced_tweets" in tweet,
    }
    row |= {
        _REFERENCES[item["type"]]: str(item["id"])
        for item in references
        if item.get("type") in _REFERENCES and "id" in item
    }
    return row | {name: metrics[key] for key, name in _METRICS.items() if isinstance(metrics.get(key), int)}


def _piece(posts: list[dict[str, Any]], users: dict[str, dict[str, Any]], source: Source, ledger: Ledger) -> Piece:
    frame = pl.DataFrame(posts, schema=_SCHEMA, strict=False).with_row_index(ROW)
    lines, marks = frame["line"], frame.select("post_id", "has_references")
    piece = settle(Records(frame.drop("line", "has_references"), source.name, lines.gather), ledger)
    known = marks.group_by("post_id").agg(pl.col("has_references").any())
    accounts = pl.concat(
        [pl.DataFrame(list(users.values()), schema=_ACCOUNT, strict=False), piece.accounts], how="diagonal"
    )
    return Piece(piece.posts.join(known, on="post_id", how="left", maintain_order="left"), accounts)


def finish_v2(piece: Piece, ledger: Ledger) -> Piece:
    """Keep each context post once, complete the text of retweets, and drop what the collection did not ask for."""
    posts = _with_followers(without_repeated_context(piece.posts), piece.accounts)
    if not posts["has_references"].any():
        # Nothing in the file says whether a tweet refers to another: the fields were not collected, so replies are
        # unknown.
        posts = posts.drop(_REFERENCES.values())
    optional = [
        name
        for name in ("conversation_id", "lang", "client", "is_restricted", "n_followers", *_METRICS.values())
        if posts[name].null_count() == posts.height
    ]
    posts = complete_reposts(posts.drop("has_references", *optional), ledger)
    wanted = posts["account_id"].unique()
    return Piece(
        posts, piece.accounts.filter(pl.col("account_id").is_in(wanted.implode()) | pl.col("handle").is_not_null())
    )


def _with_followers(posts: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Fill in the followers of authors that another file of the collection describes."""
    told = accounts.drop_nulls("n_followers").unique("account_id", keep="first", maintain_order=True)
    joined = posts.join(
        told.select("account_id", pl.col("n_followers").alias("told")),
        on="account_id",
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(pl.coalesce("n_followers", "told").alias("n_followers")).drop("told")
