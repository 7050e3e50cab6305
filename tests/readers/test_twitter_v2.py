"""Version 2 of the Twitter API: pages, flattened lines, and folders of arrays."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest

from twoway.errors import FormatError
from twoway.readers import load

AT = "2022-09-25T23:59:59.000Z"


def tweet(number: int, by: int = 7, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "author_id": str(by), "created_at": AT, "text": f"text {number}", **more}


def reply(number: int, to: int, **more: Any) -> dict[str, Any]:
    return tweet(number, referenced_tweets=[{"type": "replied_to", "id": str(to)}], **more)


def user(number: int, name: str, followers: int | None = None) -> dict[str, Any]:
    metrics = {} if followers is None else {"public_metrics": {"followers_count": followers}}
    return {"id": str(number), "username": name, "name": name.title(), **metrics}


def page(data: Any, **includes: Any) -> str:
    return json.dumps({"data": data, "includes": includes, "meta": {"result_count": 1}})


def test_all_fields_find_their_column(write):
    rich = reply(
        2, 1, conversation_id="1", lang="en", source="Web",
        entities={"mentions": [{"username": "bob"}, {"username": "bob"}, {"username": "cy"}]},
        public_metrics={"retweet_count": 3, "reply_count": 4, "like_count": 5, "quote_count": 6},
    )  # fmt: skip
    loaded = load(
        write("a.jsonl", page([rich, tweet(3)], users=[{**user(7, "ada", 99), "description": "Sums.", "url": ""}]))
    )
    assert loaded.posts.row(0, named=True) | {"created_at": None} == {
        "post_id": "2", "account_id": "7", "created_at": None, "text": "text 2", "parent_id": "1",
        "conversation_id": "1", "repost_of_id": None, "quote_of_id": None, "mentions": "bob cy", "lang": "en",
        "client": "Web", "is_context": False, "n_shares": 3, "n_likes": 5, "n_replies": 4,
        "n_followers": 99,
    }  # fmt: skip
    known = {"account_id": "7", "handle": "ada", "name": "Ada", "n_followers": 99, "bio": "Sums.", "website": None}
    assert loaded.accounts.rows(named=True) == [known]


def test_kinds_of_reference(write):
    references = [{"type": "quoted", "id": "8"}, {"type": "replied_to", "id": "9"}, {"type": "unheard_of", "id": "1"}]
    data = [tweet(1, referenced_tweets=references), tweet(2, referenced_tweets=[{"type": "retweeted", "id": "8"}])]
    posts = load(write("a.jsonl", page(data))).posts
    assert posts.select("parent_id", "quote_of_id", "repost_of_id").rows() == [("9", "8", None), (None, None, "8")]


def test_included_tweets_are_context_once_and_never_twice(write):
    first = page([reply(2, 1)], tweets=[tweet(1, 8), tweet(3)], users=[user(7, "ada"), user(8, "bob")])
    second = page([tweet(3), reply(4, 1)], tweets=[tweet(1, 8)], users=[user(7, "ada")])
    posts = load(write("a.jsonl", f"{first}\n{second}\n")).posts
    assert posts.select("post_id", "is_context").rows() == [("2", False), ("3", False), ("4", False), ("1", True)]


def test_posts_found_twice_are_left_in(write):
    line = page([tweet(1)], users=[user(7, "ada")])
    assert load(write("a.jsonl", f"{line}\n{line}\n")).posts["post_id"].to_list() == ["1", "1"]


def test_flattened_lines_carry_what_they_refer_to(write):
    original = {"type": "replied_to", **tweet(1, 8), "author": user(8, "bob")}
    line = tweet(2, author=user(7, "ada", 5), referenced_tweets=[original], in_reply_to_user=user(8, "bob"))
    loaded = load(write("a.jsonl", json.dumps(line)))
    assert loaded.posts.select("post_id", "account_id", "parent_id", "is_context").rows() == [
        ("2", "7", "1", False), ("1", "8", None, True)
    ]  # fmt: skip
    assert loaded.accounts["handle"].to_list() == ["ada", "bob"]


def test_a_single_tweet_and_an_array_of_tweets(write):
    assert load(write("a.json", page(tweet(1), users=[user(7, "ada")]))).posts.height == 1
    array = json.dumps([tweet(1, conversation_id="1"), tweet(2, conversation_id="1")])
    assert load(write("b.json", array)).posts.height == 2


def test_an_archive_of_arrays_and_includes(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        # An empty list of R becomes an empty object.
        empty = {"entities": {"mentions": {}, "urls": {}}, "conversation_id": "1"}
        archive.writestr("x/data_1.json", json.dumps([reply(2, 1, **empty), reply(3, 2, **empty)]))
        archive.writestr("x/users_1.json", json.dumps({"users": [user(7, "ada")], "tweets": [tweet(1), tweet(2)]}))
    loaded = load(tmp_path / "all.zip")
    assert loaded.posts.select("post_id", "is_context").rows() == [("2", False), ("3", False), ("1", True)]
    assert loaded.accounts["handle"].to_list() == ["ada"]
    assert "2 files in it" in loaded.source


def test_the_full_text_is_taken_where_there_is_one(write):
    original = tweet(1, 8, text="a long text that goes on and on")
    data = [
        tweet(2, note_tweet={"text": "more than 280 characters"}),
        tweet(3, text="RT @bob: a long te…", referenced_tweets=[{"type": "retweeted", "id": "1"}]),
        tweet(4, text="RT @cy: a long te…", referenced_tweets=[{"type": "retweeted", "id": "99"}]),
    ]
    loaded = load(write("a.jsonl", page(data, tweets=[original])))
    assert loaded.posts["text"].to_list()[:3] == [
        "more than 280 characters", "RT @bob: a long text that goes on and on", "RT @cy: a long te…"
    ]  # fmt: skip
    assert loaded.repairs == {"repost_text_completed": 1}


def test_replies_may_be_limited(write):
    data = [tweet(1, reply_settings="everyone"), tweet(2, reply_settings="mentionedUsers"), tweet(3)]
    assert load(write("a.jsonl", page(data))).posts["is_restricted"].to_list() == [False, True, None]


def test_followers_are_those_of_the_page_or_else_of_another_file(write):
    pages = [page([tweet(1)], users=[user(7, "ada", 5)]), page([tweet(2)], users=[user(7, "ada", 6)])]
    paths = [write(f"{number}.jsonl", content) for number, content in enumerate(pages)]
    paths.append(write("data.json", json.dumps([tweet(3, conversation_id="3"), tweet(4, 8, conversation_id="4")])))
    paths.append(write("users.json", json.dumps({"users": [user(8, "bob", 7)], "tweets": []})))
    assert load(paths).posts.select("post_id", "n_followers").rows() == [("1", 5), ("2", 6), ("3", 5), ("4", 7)]


def test_what_was_not_collected_stays_unknown(write):
    loaded = load(write("a.jsonl", page([tweet(1), tweet(2)])))
    assert loaded.posts.columns == ["post_id", "account_id", "created_at", "text", "mentions", "is_context"]


def test_lines_end_at_newlines_only(write):
    line = json.dumps({"data": [tweet(1, text="a\u2028b")]}, ensure_ascii=False)
    assert load(write("a.jsonl", f"{line}\n")).posts["text"].to_list() == ["a\u2028b"]


def test_lines_that_are_no_tweets_are_set_aside(write):
    lines = [page([tweet(1), {"id": "2", "text": "nobody", "created_at": AT}]), "not JSON", '{"meta": {}}', "[]"]
    lines.append('{"meta": {"result_count": 0}}')
    loaded = load(write("a.jsonl", "\n".join(lines)))
    assert loaded.posts["post_id"].to_list() == ["1"]
    assert loaded.rejected.rows() == [
        ("a.jsonl", 2, "not valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ("a.jsonl", 3, "no tweet in it"),
        ("a.jsonl", 4, "no tweet in it"),
        ("a.jsonl", 1, "account_id is missing"),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"data": [{"id": "7", "username": "ada"}], "includes": {"tweets": []}}', "a list of users"),
        ('{"id": "7", "username": "ada", "public_metrics": {"followers_count": 1}}', "a list of users"),
        ('{"data": [{"start": "2021", "end": "2022", "tweet_count": 3}], "meta": {}}', "counts of tweets"),
    ],
)
def test_answers_without_posts_are_an_error_alone_and_left_out_of_a_folder(write, tmp_path, content, what):
    words = (
        f"b.jsonl holds {what}, as the Twitter API gives them, and no posts. "
        "Leave it out, and read the file with the tweets."
    )
    alone = write("b.jsonl", content)
    with pytest.raises(FormatError) as caught:
        load(alone)
    assert str(caught.value) == words
    write("a.jsonl", page([tweet(1)]))
    assert load(tmp_path).rejected.rows() == [("b.jsonl", None, f"not read: {words}")]
