"""Version 1.1 of the Twitter API: tweets in all their wrappings, profiles, streams."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import polars as pl
import pytest

from twoway.errors import FormatError
from twoway.readers import load

AT = "Tue Oct 31 22:10:47 +0000 2017"


def user(number: int, name: str, followers: int = 10, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "id_str": str(number), "screen_name": name, "name": name.title(), "followers_count": followers,
        "statuses_count": 1, **more,
    }  # fmt: skip


ADA, BOB = user(7, "ada", 99), user(8, "bob")


def tweet(number: int, by: dict[str, Any] | None = ADA, **more: Any) -> dict[str, Any]:
    plain = {
        "created_at": AT, "id": number, "id_str": str(number), "text": f"text {number}", "user": by,
        "in_reply_to_status_id": None, "in_reply_to_status_id_str": None, "retweet_count": 0, "favorite_count": 0,
    }  # fmt: skip
    return {key: value for key, value in (plain | more).items() if value is not None or key.startswith("in_")}


def answer(number: int, to: int, by: dict[str, Any] | None = BOB, **more: Any) -> dict[str, Any]:
    replied = {"in_reply_to_status_id": to, "in_reply_to_status_id_str": str(to)}
    return tweet(number, by, **replied, **more)


def test_all_fields_find_their_column(write):
    large = 988888888888888888
    mentioned = [{"screen_name": "Cy", "id_str": "9", "name": "Cy"}, {"screen_name": "Cy", "id_str": "9"}]
    rich = answer(
        large + 1, large, ADA, lang="en", source='<a href="http://x.org" rel="nofollow">Web</a>', retweet_count=3,
        favorite_count=5, reply_count=4, entities={"user_mentions": mentioned}, in_reply_to_screen_name="bob",
        in_reply_to_user_id_str="8",
    )  # fmt: skip
    loaded = load(write("a.json", json.dumps([rich, tweet(large, BOB)])))
    assert loaded.posts.row(0, named=True) | {"created_at": None} == {
        "post_id": "988888888888888889", "account_id": "7", "created_at": None, "text": "text 988888888888888889",
        "parent_id": "988888888888888888", "repost_of_id": None, "quote_of_id": None, "mentions": "Cy", "lang": "en",
        "client": "Web", "is_context": False, "n_shares": 3, "n_likes": 5, "n_replies": 4, "n_followers": 99,
    }  # fmt: skip
    assert loaded.accounts.sort("account_id").rows() == [
        ("7", "ada", "Ada", 99), ("8", "bob", "Bob", 10), ("9", "Cy", "Cy", None)
    ]  # fmt: skip
    assert loaded.posts["created_at"].dt.epoch("s").to_list() == [1_509_487_847] * 2


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([tweet(1), answer(2, 1)]),
        json.dumps([tweet(1), answer(2, 1)], indent=1),
        json.dumps({"statuses": [tweet(1), answer(2, 1)], "search_metadata": {"count": 2}}),
        json.dumps({"list": [tweet(1), answer(2, 1)]}),
        json.dumps({"id": {"1": tweet(1), "2": answer(2, 1)}}),
        "\n".join(json.dumps(value) for value in (tweet(1), answer(2, 1))),
        json.dumps(tweet(1)) + json.dumps(answer(2, 1)),
        "\n".join(json.dumps(value, indent=1) for value in (tweet(1), answer(2, 1))),
        "\n".join(json.dumps({"statuses": [value]}) for value in (tweet(1), answer(2, 1))),
    ],
)
def test_every_wrapping(write, content):
    loaded = load(write("a.json", content))
    assert loaded.source.startswith("twitter_v1: ")
    assert loaded.posts.select("post_id", "parent_id").rows() == [("1", None), ("2", "1")]
    assert loaded.rejected.height == 0


def test_one_tweet(write):
    assert load(write("a.json", json.dumps(tweet(1), indent=2))).posts["post_id"].to_list() == ["1"]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"full_text": "all of it", "text": None}, "all of it"),
        ({"text": "all o…", "truncated": True, "extended_tweet": {"full_text": "all of it", "entities": {}}},
         "all of it"),
        ({"text": "all o…", "truncated": True}, "all o…"),
    ],
)  # fmt: skip
def test_the_full_text_is_taken_where_there_is_one(write, more, text):
    loaded = load(write("a.json", json.dumps([tweet(1, **more)])))
    assert loaded.posts["text"].to_list() == [text]
    assert loaded.repairs == ({"text_cut_off_by_source": 1} if text == "all o…" else {})


def test_mentions_of_the_full_text(write):
    long = {"full_text": "x @ada @bob", "entities": {"user_mentions": [{"screen_name": n} for n in ("ada", "bob")]}}
    cut = tweet(1, BOB, text="x @ada…", entities={"user_mentions": [{"screen_name": "ada"}]}, extended_tweet=long)
    assert load(write("a.json", json.dumps([cut]))).posts["mentions"].to_list() == ["ada bob"]


def test_retweets_and_quotes_bring_context(write):
    quoted = tweet(1, BOB)
    quoting = tweet(2, user(9, "cy"), is_quote_status=True, quoted_status_id_str="1", quoted_status=quoted)
    passed_on = tweet(3, text="RT @cy: text…", retweeted_status=quoting, is_quote_status=True, quoted_status_id_str="1")
    lost = tweet(4, is_quote_status=True)
    loaded = load(write("a.json", json.dumps([passed_on, lost, quoted])))
    assert loaded.posts.select("post_id", "repost_of_id", "quote_of_id", "is_context", "text").rows() == [
        ("3", "2", None, False, "RT @cy: text 2"),
        ("4", None, "unknown:4", False, "text 4"),
        ("1", None, None, False, "text 1"),
        ("2", None, "1", True, "text 2"),
    ]
    assert loaded.repairs == {"quote_of_id_unknown_but_flagged": 1, "repost_text_completed": 1}


def test_an_advertisement(write):
    posts = load(write("a.json", json.dumps([tweet(1, scopes={"followers": False}), tweet(2)]))).posts
    assert posts["is_promoted"].to_list() == [True, False]
    assert "is_promoted" not in load(write("b.json", json.dumps([tweet(1)]))).posts.columns


def test_a_count_that_is_not_told_is_unknown(write):
    loaded = load(write("a.json", json.dumps([tweet(1, user(7, "ada", -1))])))
    assert "n_followers" not in loaded.posts.columns
    assert loaded.accounts.columns == ["account_id", "handle", "name"]


def test_look_ups_count_what_is_gone(write):
    loaded = load(write("a.json", json.dumps({"id": {"1": tweet(1), "2": None, "3": None}})))
    assert loaded.posts["post_id"].to_list() == ["1"]
    assert loaded.repairs == {"asked_for_but_not_there": 2}


def test_a_recorded_stream(write):
    lines = [
        tweet(1),
        {"delete": {"status": {"id": 1, "id_str": "1", "user_id": 7}, "timestamp_ms": "1509487907000"}},
        {"delete": {"status": {"id": 5, "id_str": "5", "user_id": 7}, "timestamp_ms": "1509487907000"}},
        {"limit": {"track": 12}},
        answer(2, 1),
        {"nothing": "known"},
        {"info": {"message": "Replay Request Completed", "activity_count": 2}},
    ]
    loaded = load(write("a.jsonl", "\n".join(json.dumps(line) for line in lines)))
    assert loaded.posts["post_id"].to_list() == ["1", "2"]
    assert loaded.posts["deleted_at"].dt.epoch("s").to_list() == [1_509_487_907, None]
    assert loaded.repairs == {"deletion_of_a_post_not_there": 1}
    assert loaded.rejected.rows() == [("a.jsonl", 6, "no post in it")]


def test_profiles_tell_of_themselves_and_link_to_a_site_spelled_out_where_that_is_told(write):
    spelled = {"url": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://ada.example"}]}}
    ada = user(7, "ada", description="Sums.", url="https://t.co/a", entities=spelled)
    bob = user(8, "bob", description="", url="https://t.co/b")
    loaded = load(write("a.json", json.dumps([tweet(1, ada), answer(2, 1, bob)])))
    assert loaded.accounts.sort("account_id").select("bio", "website").rows() == [
        ("Sums.", "https://ada.example"), (None, "https://t.co/b")
    ]  # fmt: skip


def test_profiles_describe_accounts_and_their_last_tweets_are_context(write):
    carried = tweet(5, None, retweeted_status={"id": 4, "text": "x", "created_at": AT})
    profiles = {
        "users": [user(7, "ada", 50, status=carried), user(9, "cy", 3, status=tweet(1, None))],
        "next_cursor": 0,
    }
    paths = [write("a.json", json.dumps([tweet(1, user(9, "cy", 2))])), write("b.json", json.dumps(profiles))]
    loaded = load(paths)
    assert loaded.posts.select("post_id", "account_id", "is_context", "repost_of_id").rows() == [
        ("1", "9", False, None), ("5", "7", True, "4")
    ]  # fmt: skip
    assert loaded.repairs == {"post_known_from_profile_only": 1}
    assert dict(loaded.accounts.select("handle", "n_followers").rows()) == {"ada": 50, "cy": 2}


@pytest.mark.parametrize("content", [[ADA, BOB], {"users": [ADA | {"status": tweet(1, None)}]}, ADA])
def test_profiles_alone_are_no_corpus(write, content):
    with pytest.raises(FormatError) as caught:
        load(write("a.json", json.dumps(content)))
    assert str(caught.value) == (
        "a.json holds profiles of accounts, as Twitter's API gives them, and no tweets but the last one of each. "
        "Read them together with the files that hold the tweets, or give the accounts by accounts=."
    )
    assert caught.type is FormatError


def test_profiles_in_several_files_alone(write):
    paths = [write(name, json.dumps([ADA])) for name in ("a.json", "b.json", "c.json")]
    with pytest.raises(FormatError, match=r"^a.json and 2 more files hold profiles of accounts"):
        load(paths)


def test_an_archive_with_a_file_for_each_tweet(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("t/1/source-tweet/1.json", json.dumps(tweet(1)))
        archive.writestr("t/1/replies/2.json", json.dumps(answer(2, 1)))
        archive.writestr("t/1/replies/3.json", json.dumps(answer(3, 2, {"screen_name": "nobody"})))
        archive.writestr("t/1/structure.json", json.dumps({"1": {"2": {"3": []}}}))
        archive.writestr("t/1/urls.dat", "abc\thttp://x.org\t\n")
    loaded = load(tmp_path / "all.zip")
    assert loaded.posts.select("post_id", "parent_id").sort("post_id").rows() == [("1", None), ("2", "1")]
    assert loaded.rejected.rows() == [("all.zip/3.json", 1, "account_id is missing")]
    assert loaded.source.endswith("(sha256 " + loaded.source.split("sha256 ")[1][:16] + "; 3 files in it); "
                                  "left out: structure.json, urls.dat")  # fmt: skip


def test_records_of_an_array_are_numbered(write):
    found = load(write("a.json", json.dumps([tweet(1), tweet(2, None), tweet(3, created_at="soon")]))).rejected
    assert found.rows() == [
        ("a.json", None, "account_id is missing (record 2)"),
        ("a.json", None, "created_at 'soon' is not a time in a form that is known (record 3)"),
    ]


def test_text_between_documents_is_set_aside_once(write):
    documents = [json.dumps(tweet(number), indent=1) for number in (1, 2)]
    loaded = load(write("a.json", documents[0] + "\nExample two\n" + documents[1] + "\n"))
    assert loaded.posts["post_id"].to_list() == ["1", "2"]
    assert loaded.rejected.rows() == [("a.json", documents[0].count("\n") + 2, "not valid JSON: Expecting value")]


def test_a_later_version_and_plain_tables_are_not_taken_for_this_one(write):
    later = {"id": "1", "author_id": "7", "created_at": "2022-01-01T00:00:00Z", "text": "x", "conversation_id": "1"}
    assert load(write("a.json", json.dumps([later]))).source.startswith("twitter_v2")
    plain = {"id": 1, "user": {"screen_name": "ada"}, "created_at": AT, "text": "x"}
    assert load(write("b.json", json.dumps([plain]))).source.startswith("table")


def test_a_folder_may_mix_tweets_with_other_things(write, tmp_path):
    write("a.json", json.dumps([tweet(1)]))
    write("labels.json", json.dumps({"1": "support"}))
    loaded = load(tmp_path)
    assert loaded.rejected.rows() == [
        ("labels.json", None, "not read: not recognized as 'twitter_v1', as the other files are")
    ]
    assert isinstance(loaded.posts, pl.DataFrame)
