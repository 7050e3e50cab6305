"""Tweets as activities with an actor, a verb and an object."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twoway.readers import load

AT = "2016-07-29T01:09:07.000Z"


def actor(number: int, name: str, followers: int = 10) -> dict[str, Any]:
    return {
        "id": f"id:twitter.com:{number}", "preferredUsername": name, "displayName": name.title(),
        "followersCount": followers, "objectType": "person",
    }  # fmt: skip


def activity(number: int, by: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    note = {"id": f"object:search.twitter.com,2005:{number}", "objectType": "note", "summary": "x"}
    return {
        "id": f"tag:search.twitter.com,2005:{number}", "actor": by or actor(7, "ada", 99), "verb": "post",
        "objectType": "activity", "postedTime": AT, "body": f"text {number}", "object": note,
    } | more  # fmt: skip


def test_all_fields_find_their_column(write):
    long = {
        "body": "more than 140 characters",
        "twitter_entities": {"user_mentions": [{"screen_name": "Cy", "id_str": "9", "name": "Cy"}]},
    }
    rich = activity(
        988888888888888888, inReplyTo={"link": "http://twitter.com/bob/statuses/45"}, long_object=long,
        generator={"displayName": "Web"}, favoritesCount=5, retweetCount=3, twitter_lang="en",
        twitter_entities={"user_mentions": []},
    )  # fmt: skip
    loaded = load(write("a.json", json.dumps(rich, indent=1)))
    assert loaded.posts.drop("created_at").rows(named=True) == [
        {"post_id": "988888888888888888", "account_id": "7", "text": "more than 140 characters", "parent_id": "45",
         "repost_of_id": None, "quote_of_id": None, "mentions": "Cy", "lang": "en", "client": "Web",
         "is_context": False, "n_shares": 3, "n_likes": 5, "n_followers": 99}
    ]  # fmt: skip
    assert loaded.posts["created_at"].dt.to_string("iso:strict").to_list() == ["2016-07-29T01:09:07.000000+00:00"]
    assert loaded.accounts.rows() == [("7", "ada", "Ada", 99), ("9", "Cy", "Cy", None)]


def test_profiles_tell_a_bio_and_a_website(write):
    told = actor(7, "ada") | {"summary": "Bread since 1908", "link": "http://www.twitter.com/ada"}
    told |= {"links": [{"href": "https://bread.example", "rel": "me"}]}
    bare = actor(8, "bob") | {"summary": None, "links": [{"href": None, "rel": "me"}]}
    loaded = load(write("a.json", json.dumps([activity(1, told), activity(2, bare), activity(3, actor(9, "cy"))])))
    assert loaded.accounts.sort("account_id").select("handle", "bio", "website").rows() == [
        ("ada", "Bread since 1908", "https://bread.example"), ("bob", None, None), ("cy", None, None)
    ]  # fmt: skip


def test_shares_and_quotes_bring_context(write):
    quoting = activity(2, actor(8, "bob"), twitter_quoted_status=activity(1, actor(9, "cy")))
    share = activity(3, verb="share", object=quoting, body="RT @bob: te…", twitter_quoted_status=activity(1))
    lines = [json.dumps(share), json.dumps(quoting), '{"info": {"activity_count": 2}}', '{"verb": "post"}', "[]"]
    loaded = load(write("a.jsonl", "\n".join(lines)))
    assert loaded.posts.select("post_id", "repost_of_id", "quote_of_id", "is_context", "text").rows() == [
        ("3", "2", None, False, "RT @bob: text 2"), ("2", None, "1", False, "text 2"), ("1", None, None, True, "text 1")
    ]  # fmt: skip
    assert loaded.repairs == {"repost_text_completed": 1}
    assert loaded.rejected.rows() == [("a.jsonl", 4, "no post in it"), ("a.jsonl", 5, "no post in it")]


@pytest.mark.parametrize(
    "content",
    [json.dumps([activity(1), activity(2)]), json.dumps({"results": [activity(1), activity(2)], "next": "x"})],
)
def test_arrays_and_answers_to_a_search(write, content):
    loaded = load(write("a.json", content))
    assert loaded.source.startswith("activity_streams: a.json")
    assert loaded.posts["post_id"].to_list() == ["1", "2"]


def test_an_actor_who_is_not_named_and_a_count_that_is_not_told(write):
    loaded = load(write("a.json", json.dumps([activity(1, {"displayName": "?"}), activity(2, actor(7, "ada", -1))])))
    assert loaded.rejected.rows() == [("a.json", None, "account_id is missing (record 1)")]
    assert "n_followers" not in loaded.posts.columns
