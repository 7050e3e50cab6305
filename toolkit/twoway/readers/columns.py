"""Which column of a table is what: told by the user, or recognized by the names that exports use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..errors import SchemaError, unknown_name
from ..schema import ACCOUNTS, POSTS

__all__ = ["CANONICAL", "HELPERS", "match_columns"]

#: Columns that are not kept, but tell something about the ones that are.
HELPERS = ("is_reply", "is_repost", "is_quote", "referenced_tweets", "reply_settings", "reply_to")

#: All names on the left side of `columns=`.
CANONICAL = tuple(dict.fromkeys([column.name for column in (*POSTS, *ACCOUNTS)])) + HELPERS

# Source names in lower case without punctuation other than dots, most telling first. `user`, `author` and `name` come
# late: they may be anything.
_KNOWN: dict[str, str] = {
    "post_id": "post_id tweet_id status_id id_str message_id comment_id utterance_id id uri",
    "account_id": "account_id author_id author.id user_id user_id_str user.id_str user.id from_user_id author_did"
    " speaker_id",
    "handle": "handle username screen_name author.username user_screen_name user.screen_name from_user author_handle"
    " user_username account author user speaker from name",
    "name": "display_name author.name user.name user_name name",
    "created_at": "created_at created created_utc posted_at published_at tweet_created created_date"
    " timestamp datetime date_time date time",
    "text": "full_text text body content raw_content message tweet tweet_text",
    "parent_id": "parent_id in_reply_to_status_id_str in_reply_to_status_id in_reply_to_tweet_id"
    " in_response_to_tweet_id referenced_tweets.replied_to.id reply_to_status_id reply_to_tweet_id reply_to_id"
    " in_reply_to_id reply_to_sid",
    "conversation_id": "conversation_id thread_id root_id",
    "repost_of_id": "repost_of_id retweeted_status_id retweet_status_id retweeted_tweet_id retweeted_status.id_str"
    " referenced_tweets.retweeted.id retweet_of_id retweet_id reblog_of_id",
    "quote_of_id": "quote_of_id quoted_status_id_str quoted_status_id quoted_tweet_id referenced_tweets.quoted.id"
    " quoted_id",
    "mentions": "mentions mentions_screen_name mentioned_users user_mentions entities.user_mentions",
    "lang": "lang language langs",
    "client": "client source status_source",
    "is_private": "is_private",
    "is_promoted": "is_promoted",
    "is_context": "is_context",
    "deleted_at": "deleted_at removed_at deletion_time",
    "is_restricted": "is_restricted",
    "n_shares": "n_shares retweet_count public_metrics.retweet_count repost_count retweets_count share_count"
    " retweets reposts shares",
    "n_likes": "n_likes like_count favorite_count public_metrics.like_count favourite_count likes_count favorites"
    " favourites likes",
    "n_replies": "n_replies reply_count public_metrics.reply_count replies_count comment_count replies",
    "n_followers": "n_followers followers_count user_followers_count user.followers_count"
    " author.public_metrics.followers_count",
    "organization": "organization",
    "role": "role",
    "time_zone": "time_zone",
    "bio": "bio user_description user.description author.description profile_description",
    "website": "website user_url user.url author.url profile_expanded_url profile_url",
    "is_reply": "is_reply",
    "is_repost": "is_repost is_retweet",
    "is_quote": "is_quote is_quote_status",
    "referenced_tweets": "referenced_tweets",
    "reply_settings": "reply_settings",
    "reply_to": "reply_to in_reply_to replying_to",
}

# Helpers that are not looked for where a column says the same better.
_SPARE = {"reply_to": "parent_id", "reply_settings": "is_restricted"}

# Flags that say, in the files that use them, that a row is there only because another one passes it on.
_CONTEXT = ("isretweetedtweet", "isquotedtweet")


def match_columns(found: Iterable[str], chosen: Mapping[str, str | None] | None = None) -> dict[str, list[str]]:
    """Map canonical names to source columns: those chosen by the user, then those recognized by name.

    Parameters
    ----------
    found
        Column names of the source.
    chosen
        Canonical name to source column; None for a column that must not be recognized.

    Returns
    -------
    dict of str to list of str
        One source column for each name, but all flags for `is_context`.

    Raises
    ------
    UnknownName
        If a left-hand name is not one of `CANONICAL`.
    SchemaError
        If a chosen source column is not in the table.

    Examples
    --------
    >>> match_columns(["tweet_id", "author", "created_at", "Body"])
    {'post_id': ['tweet_id'], 'handle': ['author'], 'created_at': ['created_at'], 'text': ['Body']}
    >>> match_columns(["id", "author", "when"], {"created_at": "when", "account_id": "author"})
    {'created_at': ['when'], 'account_id': ['author'], 'post_id': ['id']}
    """
    present = list(found)
    chosen = dict(chosen or {})
    _check_choice(present, chosen)
    matched = {name: [column] for name, column in chosen.items() if column is not None}
    free = {_plain(column): column for column in reversed(present) if [column] not in matched.values()}
    for name, candidates in _KNOWN.items():
        if (
            name in chosen
            or _SPARE.get(name) in matched
            or (name == "handle" and "account_id" in chosen and "account_id" not in matched)
        ):
            continue
        plain = next((_plain(word) for word in candidates.split() if _plain(word) in free), None)
        if plain is not None and not (name == "handle" and _is_spare_handle(plain, matched)):
            matched[name] = [free.pop(plain)]
    context = [free[flag] for flag in _CONTEXT if flag in free]
    if context and "is_context" not in matched and "is_context" not in chosen:
        matched["is_context"] = context
    return matched


def _plain(name: str) -> str:
    # Dots stay: "user.name" is the name inside the user, "user_name" may be the user's only name.
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def _is_spare_handle(plain: str, matched: Mapping[str, list[str]]) -> bool:
    # Beside an account id, a column called "name" is the name shown; alone, it is all that tells who posted.
    return plain in ("name", "author", "user", "speaker", "from", "account") and "account_id" in matched


def _check_choice(present: list[str], chosen: Mapping[str, str | None]) -> None:
    for name, column in chosen.items():
        if name not in CANONICAL:
            raise unknown_name(
                name, CANONICAL, "column of posts or accounts", do="Write columns={'post_id': 'their name for it'}."
            )
        if column is not None and column not in present:
            msg = f"columns= asks for '{column}' as {name}, but the table has no such column. "
            msg += f"Found: {', '.join(present)}. Check the spelling."
            raise SchemaError(msg)
