"""Real answers of interfaces against the counts of their data cards."""

from __future__ import annotations

import polars as pl
import pytest

from twoway.readers import load


def counts(posts: pl.DataFrame) -> tuple[int, int, int]:
    """Count posts of the sample, those with a parent, and those whose parent is there, each id once."""
    own = posts.filter(~pl.col("is_context")) if "is_context" in posts.columns else posts
    own = own.unique("post_id")
    parents = own["parent_id"].drop_nulls()
    return own.height, len(parents), int(parents.is_in(posts["post_id"].implode()).sum())


@pytest.mark.parametrize(
    ("name", "expected", "repairs"),
    [
        ("announcements_thread_responses.json.gz", (1 + 1_428, 1_428, 1_428),
         {"author_deleted_given_own_id": 172, "more_not_expanded": 108, "text_deleted_or_removed": 25}),
        ("funny_thread_responses.json.gz", (1 + 541, 541, 541),
         {"author_deleted_given_own_id": 16, "more_not_expanded": 2, "text_deleted_or_removed": 6}),
        ("thread_listing.json", (1 + 199, 199, 199),
         {"author_deleted_given_own_id": 22, "more_not_expanded": 1_085, "text_deleted_or_removed": 5}),
        ("subreddit_listing.json", (27, 0, 0), {}),
        ("", (27 + 3 + 2_168, 2_168, 2_168),
         {"author_deleted_given_own_id": 210, "more_not_expanded": 1_195, "text_deleted_or_removed": 36}),
    ],
)  # fmt: skip
def test_reddit(shared_data, name, expected, repairs):
    loaded = load(shared_data("reddit_api") / name)
    assert counts(loaded.posts) == expected
    assert loaded.repairs == repairs
    assert loaded.rejected.height == 0


def test_the_poster_of_the_announcement_answers_25_times(shared_data):
    loaded = load(shared_data("reddit_api/announcements_thread_responses.json.gz"))
    posts = loaded.posts.unique("post_id")
    poster = posts.filter(pl.col("parent_id").is_null())["account_id"].item()
    assert posts.filter((pl.col("account_id") == poster) & pl.col("parent_id").is_not_null()).height == 25
    named = posts.filter(pl.col("parent_id").is_not_null() & ~pl.col("account_id").str.starts_with("deleted:"))
    # The card counts "[deleted]" as one of its 935 users.
    assert named["account_id"].n_unique() + 1 == 935


def test_reddit_with_a_file_for_each_item(shared_data):
    loaded = load(shared_data("rumoureval2019_reddit"))
    assert counts(loaded.posts) == (194, 181, 181)
    assert loaded.posts["conversation_id"].n_unique() == 13
    assert loaded.rejected["file"].to_list() == ["stance_labels.json"]
    assert loaded.source.endswith("; left out: 13 structure.json")


def test_tweets_with_a_file_for_each(shared_data):
    loaded = load(shared_data("rumoureval2017_twitter_v1"))
    assert counts(loaded.posts) == (2_292, 2_158, 2_158)
    assert loaded.posts["parent_id"].null_count() == 134
    assert loaded.posts["n_followers"].null_count() == 0
    assert loaded.rejected["file"].to_list() == ["stance_labels.json"]
    assert "; left out: 134 structure.json, 134 urls.dat, 66 wikipedia" in loaded.source


@pytest.mark.parametrize(
    ("name", "n_tweets"), [("charliehebdo", 1_071), ("ferguson", 1_084), ("prince-toronto", 103), ("ebola-essien", 34)]
)
def test_each_event(shared_data, name, n_tweets):
    loaded = load(shared_data(f"rumoureval2017_twitter_v1/train_{name}.zip"))
    assert loaded.posts.height == n_tweets
    assert loaded.rejected.height == 0


def test_answers_recorded_by_client_libraries(shared_data):
    loaded = load(shared_data("twitter_v1_api"))
    context = loaded.posts.filter(pl.col("is_context"))
    # The card's 2,200 are the tweets asked for and the last tweets that profiles carry; tweets only retweeted or quoted
    # are context, too.
    assert counts(loaded.posts)[0] + loaded.repairs["post_known_from_profile_only"] == 1_018 + 1_197
    assert context["post_id"].n_unique() == context.height == 1_473
    assert loaded.rejected["file"].to_list() == ["pytwitter_models_status_no_user.json"]
    assert loaded.repairs["repost_text_completed"] == 170


def test_responses_of_one_library(shared_data):
    loaded = load(str(shared_data("twitter_v1_api") / "rtweet_*.json.gz"))
    assert counts(loaded.posts)[0] == 567
    assert loaded.rejected.height == 0


def test_the_same_tweets_in_two_forms(shared_data):
    folder = shared_data("twitter_payload_variants")
    native = load(str(folder / "original_*.json"))
    activities = load(str(folder / "activity_streams_*.json"))
    assert (native.rejected.height, activities.rejected.height) == (0, 0)
    assert counts(activities.posts) == (12, 2, 0)
    columns = ["post_id", "account_id", "parent_id", "repost_of_id", "quote_of_id", "mentions", "client"]
    both = native.posts.unique("post_id").join(activities.posts, on="post_id", suffix="_activity")
    assert both.height == activities.posts.height == 15
    for name in columns[1:]:
        assert both[name].equals(both[f"{name}_activity"], null_equal=True), name


def test_documents_that_follow_one_another(shared_data):
    folder = shared_data("twitter_payload_variants")
    two = load(folder / "original_classic_no_hidden_tweet.json")
    assert (two.posts.height, two.rejected.height) == (2, 0)
    mixed = load(folder / "initial_compatibility_classic_13995.json")
    assert mixed.posts.filter(~pl.col("is_context")).height == 2
    assert mixed.rejected.rows() == [
        ("initial_compatibility_classic_13995.json", 170, "not valid JSON: Expecting value")
    ]  # fmt: skip
