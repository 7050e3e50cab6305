"""Tweets in the Activity Streams form in which Gnip sold them: an activity with an actor, a verb and an object."""

from __future__ import annotations

import re
from typing import Any

from .base import Ledger, Piece
from .jsonio import documents
from .look import JSON, Head, require
from .payload import (
    NOT_A_POST,
    complete_reposts,
    drop_unknown,
    number_of,
    raw_piece,
    settle_raw,
    without_repeated_context,
)
from .sources import Source

__all__ = ["finish_activities", "load_activity_streams", "sniff_activity_streams"]

_LAST_NUMBER = re.compile(r"(\d+)/?$")
_ALWAYS = ("parent_id", "repost_of_id", "quote_of_id", "mentions", "is_context")


def sniff_activity_streams(head: Head) -> bool:
    """Tell whether a JSON file holds activities."""
    return head.kind == JSON and any(
        head.has(*(prefix + key for key in ("verb", "objectType", "postedTime", "actor.preferredUsername")))
        for prefix in ("", "results.")
    )


def load_activity_streams(source: Source, ledger: Ledger, *, encoding: str | None = None) -> Piece:
    """Read one file of activities.

    Tweets that are only there because another one shares or quotes them become context posts. `n_followers` of a post
    are the followers of its author when it was delivered.

    Parameters
    ----------
    source
        An activity, an array or JSON Lines of activities, or an answer to a search (`results`).
    ledger
        Where repairs and records set aside are written down.
    encoding
        Told from the content when not given.

    Raises
    ------
    FormatError
        If the file is not JSON.
    """
    require(source, JSON, "activity_streams")
    rows: list[dict[str, Any]] = []
    accounts: dict[str | None, dict[str, Any]] = {}
    for line, value in documents(source, ledger, encoding=encoding):
        found = _activities(value)
        for activity in found:
            _take(activity, line, rows, accounts)
        # The last line of a file says how many activities it has.
        if not found and not (isinstance(value, dict) and ("info" in value or "results" in value)):
            ledger.reject(source.name, line, NOT_A_POST)
    accounts.pop(None, None)
    return raw_piece(source, rows, accounts.values())


def _activities(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        return [item for item in value["results"] if _is_activity(item)]
    return [value] if _is_activity(value) else []


def _is_activity(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value and value.get("verb") in ("post", "share") and "actor" in value


def _take(
    activity: dict[str, Any],
    line: int | None,
    rows: list[dict[str, Any]],
    accounts: dict[str | None, dict[str, Any]],
    *,
    is_context: bool = False,
) -> None:
    rows.append(_post(activity, is_context=is_context) | {"line": line})
    actor = activity["actor"]
    who = {
        "account_id": _number(actor.get("id")),
        "handle": actor.get("preferredUsername"),
        "name": actor.get("displayName"),
        "n_followers": number_of(actor.get("followersCount")),
        "bio": actor.get("summary") or None,
        "website": _website(actor),
    }
    # A full account comes before one that was only mentioned.
    accounts[who["account_id"]] = who
    for item in _mentioned(activity):
        number = str(item["id_str"]) if item.get("id_str") else None
        named = {"account_id": number, "handle": item["screen_name"], "name": item.get("name")}
        accounts.setdefault(number, named)
    for inner in (activity.get("object"), activity.get("twitter_quoted_status")):
        if _is_activity(inner):
            _take(inner or {}, line, rows, accounts, is_context=True)


def _website(actor: dict[str, Any]) -> str | None:
    """Give the first address that a profile links to; `link`, beside `links`, is that of the profile itself.

    Examples
    --------
    >>> _website({"link": "http://www.twitter.com/ada", "links": [{"href": "http://ada.example", "rel": "me"}]})
    'http://ada.example'
    """
    links = [link.get("href") for link in actor.get("links") or [] if isinstance(link, dict)]
    return next((str(link) for link in links if link), None)


def _post(activity: dict[str, Any], *, is_context: bool) -> dict[str, Any]:
    actor, shared = activity["actor"], activity.get("object") or {}
    is_share = activity["verb"] == "share"
    quoted = activity.get("twitter_quoted_status") or {}
    return {
        "post_id": _number(activity["id"]),
        "account_id": _number(actor.get("id")),
        "created_at": activity.get("postedTime"),
        "text": (activity.get("long_object") or {}).get("body") or activity.get("body"),
        "parent_id": _number((activity.get("inReplyTo") or {}).get("link")),
        "repost_of_id": _number(shared.get("id")) if is_share else None,
        # A share of a tweet that quotes repeats the quotation, but says nothing of its own about it.
        "quote_of_id": None if is_share else _number(quoted.get("id")),
        "mentions": " ".join(dict.fromkeys(item["screen_name"] for item in _mentioned(activity))) or None,
        "lang": activity.get("twitter_lang"),
        "client": (activity.get("generator") or {}).get("displayName"),
        "is_context": is_context,
        "n_shares": number_of(activity.get("retweetCount")),
        "n_likes": number_of(activity.get("favoritesCount")),
        "n_followers": number_of(actor.get("followersCount")),
    }


def _number(address: Any) -> str | None:
    """Take the number at the end of "tag:search.twitter.com,2005:123" or ".../statuses/123".

    Examples
    --------
    >>> _number("tag:search.twitter.com,2005:123"), _number("http://twitter.com/ada/statuses/45"), _number(None)
    ('123', '45', None)
    """
    found = _LAST_NUMBER.search(address) if isinstance(address, str) else None
    return found[1] if found else None


def _mentioned(activity: dict[str, Any]) -> list[dict[str, Any]]:
    full = (activity.get("long_object") or {}).get("twitter_entities")
    entities = full or activity.get("twitter_entities") or {}
    return [item for item in entities.get("user_mentions") or [] if item.get("screen_name")]


def finish_activities(piece: Piece, ledger: Ledger) -> Piece:
    """Type all posts, keep each context post once, and complete the text of shares."""
    settled = settle_raw(piece, ledger)
    posts = drop_unknown(without_repeated_context(settled.posts), _ALWAYS)
    return Piece(complete_reposts(posts, ledger), settled.accounts)
