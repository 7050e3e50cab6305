"""Tweets as version 1.1 of Twitter's API and its streams returned them: one or many to a file, whatever wraps them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ..cleaning.times import read_times
from ..errors import FormatError
from .base import Ledger, Piece
from .jsonio import documents
from .look import JSON, Head, require
from .payload import (
    NOT_A_POST,
    POST_ROW,
    complete_reposts,
    drop_unknown,
    file_names,
    id_of,
    number_of,
    of_kind,
    raw_piece,
    settle_raw,
    without_repeated_context,
)
from .sources import Source

__all__ = ["finish_v1", "load_twitter_v1", "sniff_twitter_v1"]

#: Kinds of raw rows beside tweets: one that a profile carried, a sign that there are profiles, a notice of deletion.
_CARRIED, _PROFILES, _DELETED = "carried", "profiles", "deleted"
_LISTS = ("statuses", "users", "list", "tweets", "results")
# What a stream says between tweets, and the last line of a file that was bought.
_NOTICES = {
    "limit",
    "scrub_geo",
    "status_withheld",
    "user_withheld",
    "disconnect",
    "warning",
    "friends",
    "event",
    "info",
}
# Keys that a tweet of this version has, and no flattened or later one.
_TELLING = (
    "in_reply_to_status_id", "in_reply_to_status_id_str", "in_reply_to_user_id", "entities.user_mentions",
    "retweeted_status.id", "favorite_count",
)  # fmt: skip
_ALWAYS = ("parent_id", "repost_of_id", "quote_of_id", "mentions", "is_context")


def sniff_twitter_v1(head: Head) -> bool:
    """Tell whether a JSON file comes from version 1.1 of Twitter's API: tweets, or profiles of accounts."""
    if head.kind != JSON:
        return False
    mapped = {match[0] for key in head.keys if (match := re.match(r"id\.\d+\.", key))}
    prefixes = ["", *(f"{name}." for name in _LISTS), *sorted(mapped)[:1]]
    return any(_has_tweet(head, prefix) or _has_profile(head, prefix) for prefix in prefixes) or head.has(
        "delete.status.id", "delete.status.user_id"
    )


def _has_tweet(head: Head, prefix: str) -> bool:
    has_text = head.has(f"{prefix}text") or head.has(f"{prefix}full_text")
    has_user = head.has(f"{prefix}user.id") or head.has(f"{prefix}user.screen_name")
    is_tweet = has_text and head.has(f"{prefix}id", f"{prefix}created_at")
    return is_tweet and has_user and any(head.has(prefix + key) for key in _TELLING)


def _has_profile(head: Head, prefix: str) -> bool:
    return head.has(f"{prefix}id", f"{prefix}screen_name", f"{prefix}followers_count", f"{prefix}statuses_count")


@dataclass
class _Found:
    """What one file holds: raw rows, accounts by id, and tweets that a look-up asked for and did not get."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    n_answers: int = 0
    n_missing: int = 0

    def know(self, account: dict[str, Any]) -> None:
        """Remember an account; what is said first stays, what was not said is filled in."""
        if account["account_id"] is not None:
            known = self.accounts.setdefault(account["account_id"], {})
            known.update({name: value for name, value in account.items() if known.get(name) is None})


def load_twitter_v1(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read one file of tweets.

    Tweets that are only there because another one retweets or quotes them become context posts, and so do the last
    tweets that profiles of accounts carry: nobody collected those. `n_followers` of a post are the followers of its
    author when the tweet was read: with streams, when it was posted. Roots of conversations are not named by this
    version; they are found by following the replies.

    Parameters
    ----------
    source
        A tweet, an array or JSON Lines of tweets, an answer to a search or look-up, a recorded stream, profiles.
    ledger
        Where repairs and records set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    FormatError
        If the file is not JSON.
    """
    require(source, JSON, "twitter_v1")
    found = _Found()
    for line, value in documents(source, ledger, encoding=encoding):
        n_before, n_rows = found.n_answers, len(found.rows)
        _take(value, found)
        for row in found.rows[n_rows:]:
            row["line"] = line
        if found.n_answers == n_before:
            ledger.reject(source.name, line, NOT_A_POST)
    ledger.repair("asked_for_but_not_there", found.n_missing)
    return raw_piece(source, found.rows, found.accounts.values())


def _take(value: Any, found: _Found) -> None:
    """Take tweets, profiles and notices out of whatever wraps them."""
    if isinstance(value, list):
        found.n_answers += not value
        for item in value:
            _take(item, found)
    elif not isinstance(value, dict):
        return
    elif _is_tweet(value):
        _take_tweet(value, value.get("user"), found)
    elif "screen_name" in value and "id" in value:
        found.n_answers += 1
        found.rows.append({"kind": _PROFILES})
        found.know(_account(value))
        status = value.get("status")
        if isinstance(status, dict) and _is_tweet(status):
            _take_tweet(status, value, found, is_context=True, kind=_CARRIED)
    elif isinstance(value.get("delete"), dict):
        _take_deletion(value["delete"], found)
    elif isinstance(value.get("id"), dict):
        # A look-up gives null for what is not there any more.
        found.n_missing += sum(tweet is None for tweet in value["id"].values())
        _take([tweet for tweet in value["id"].values() if tweet is not None], found)
    else:
        found.n_answers += bool(_NOTICES & value.keys())
        for name in _LISTS:
            if isinstance(value.get(name), list):
                _take(value[name], found)


def _is_tweet(value: Any) -> bool:
    return (
        isinstance(value, dict) and ("id" in value or "id_str" in value) and ("text" in value or "full_text" in value)
    )


def _take_tweet(
    tweet: dict[str, Any],
    user: dict[str, Any] | None,
    found: _Found,
    *,
    is_context: bool = False,
    kind: str = POST_ROW,
) -> None:
    """Take a tweet, the tweets inside it, and all accounts it names."""
    found.n_answers += 1
    author = user or {}
    found.rows.append(_post(tweet, author, is_context=is_context) | {"kind": kind})
    found.know(_account(author))
    for inner in (tweet.get("retweeted_status"), tweet.get("quoted_status")):
        # What a profile carries retweets without a name: too little for a post, and the reference stays.
        if isinstance(inner, dict) and _is_tweet(inner) and inner.get("user"):
            _take_tweet(inner, inner["user"], found, is_context=True, kind=kind)
    if tweet.get("in_reply_to_screen_name"):
        found.know({"account_id": id_of(tweet, "in_reply_to_user_id"), "handle": tweet["in_reply_to_screen_name"]})
    for named in _mentioned(tweet):
        found.know({"account_id": id_of(named, "id"), "handle": named["screen_name"], "name": named.get("name")})


def _account(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "account_id": id_of(user, "id"),
        "handle": user.get("screen_name"),
        "name": user.get("name"),
        "n_followers": number_of(user.get("followers_count")),
        "bio": user.get("description") or None,
        "website": _website(user),
    }


def _website(user: dict[str, Any]) -> str | None:
    """Give the address of a profile, spelled out where the platform tells what its short form stands for."""
    told = ((user.get("entities") or {}).get("url") or {}).get("urls") or [{}]
    return told[0].get("expanded_url") or user.get("url") or None


def _mentioned(tweet: dict[str, Any]) -> list[dict[str, Any]]:
    entities = (tweet.get("extended_tweet") or {}).get("entities") or tweet.get("entities") or {}
    return [item for item in entities.get("user_mentions") or [] if item.get("screen_name")]


def _post(tweet: dict[str, Any], user: dict[str, Any], *, is_context: bool) -> dict[str, Any]:
    full = (tweet.get("extended_tweet") or {}).get("full_text") or tweet.get("full_text")
    original = tweet.get("retweeted_status") or {}
    # The retweet of a tweet that quotes repeats the quotation, but says nothing of its own about it.
    quote = None if original else id_of(tweet, "quoted_status_id") or id_of(tweet.get("quoted_status") or {}, "id")
    return {
        "post_id": id_of(tweet, "id"),
        "account_id": id_of(user, "id"),
        "created_at": tweet.get("created_at"),
        "text": full or tweet.get("text"),
        "parent_id": id_of(tweet, "in_reply_to_status_id"),
        "repost_of_id": id_of(original, "id"),
        "quote_of_id": quote,
        "is_quote": bool(tweet.get("is_quote_status")) and not original,
        "mentions": " ".join(dict.fromkeys(item["screen_name"] for item in _mentioned(tweet))) or None,
        "lang": tweet.get("lang"),
        "client": tweet.get("source"),
        # Set for advertisements only: False keeps them from those who follow the account.
        "is_promoted": True if (tweet.get("scopes") or {}).get("followers") is False else None,
        "is_context": is_context,
        "n_shares": number_of(tweet.get("retweet_count")),
        "n_likes": number_of(tweet.get("favorite_count")),
        "n_replies": number_of(tweet.get("reply_count")),
        "n_followers": number_of(user.get("followers_count")),
        "rules": ["text_cut_off_by_source"] if tweet.get("truncated") and not full and not original else [],
    }


def _take_deletion(notice: dict[str, Any], found: _Found) -> None:
    found.n_answers += 1
    status = notice.get("status") or {}
    if status and notice.get("timestamp_ms"):
        found.rows.append({"kind": _DELETED, "post_id": id_of(status, "id"), "deleted_at": str(notice["timestamp_ms"])})


def finish_v1(piece: Piece, ledger: Ledger) -> Piece:
    """Type all tweets, keep each context post once, complete the text of retweets, and note which were deleted.

    Raises
    ------
    FormatError
        If there are profiles only.
    """
    settled = settle_raw(piece, ledger, (POST_ROW, _CARRIED))
    profiles = of_kind(piece, _PROFILES)
    if profiles.height and settled.posts["is_context"].all():
        raise FormatError(_profiles_only(file_names(profiles)))
    carried = of_kind(piece, _CARRIED).unique("post_id")
    collected = of_kind(piece, POST_ROW).select("post_id")
    ledger.repair("post_known_from_profile_only", carried.join(collected, on="post_id", how="anti").height)
    deletions = of_kind(piece, _DELETED)
    posts = _with_deletions(without_repeated_context(settled.posts), deletions, ledger)
    if posts["is_promoted"].any():
        posts = posts.with_columns(pl.col("is_promoted").fill_null(value=False))
    posts = drop_unknown(posts, (*_ALWAYS, *(["deleted_at"] if deletions.height else [])))
    return Piece(complete_reposts(posts, ledger), settled.accounts)


def _profiles_only(names: list[str]) -> str:
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more files"
    verb = "holds" if len(names) == 1 else "hold"
    return (
        f"{where} {verb} profiles of accounts, as Twitter's API gives them, and no tweets but the last one of each. "
        "Read them together with the files that hold the tweets, or give the accounts by accounts=."
    )


def _with_deletions(posts: pl.DataFrame, deletions: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    if not deletions.height:
        return posts
    times = deletions.select("post_id", read_times(deletions["deleted_at"]).values)
    known = times.group_by("post_id").agg(pl.col("deleted_at").min())
    ledger.repair("deletion_of_a_post_not_there", known.join(posts, on="post_id", how="anti").height)
    return posts.drop("deleted_at").join(known, on="post_id", how="left", maintain_order="left")
