"""Real files, read with the options a user would need, against the counts of their data cards."""

from __future__ import annotations

import polars as pl
import pytest

from twoway.readers import load

HEALTH = {"header": ["post_id", "created_at", "text"], "constants": {"account_id": "{stem}"}}
RATIO = {"columns": {"post_id": "url"}, "time_format": "%m/%d/%y %H:%M"}


def n_parents(posts: pl.DataFrame, own_only: bool = False) -> tuple[int, int]:
    """Count posts with a parent, and those whose parent is in the file too."""
    own = posts.filter(~pl.col("is_context")) if "is_context" in posts.columns else posts
    parents = own["parent_id"].drop_nulls()
    among = own if own_only else posts
    return len(parents), int(parents.is_in(among["post_id"].implode()).sum())


@pytest.mark.parametrize(
    ("name", "n_posts", "parents", "roles"),
    [
        ("head_threads.csv.gz", 2990, (2263, 2259), {"care": 41, "public": 831}),
        ("kaggle_sample.csv", 93, (68, 66), {"care": 13, "public": 29}),
        ("brand_SpotifyCares_*bound.csv.gz", 26_082, (26_065, 8_364), {"care": 1, "public": 8_723}),
        ("brand_McDonalds_outbound.csv.gz", 3_971, (3_942, 1), {"care": 1}),
        ("reply_pairs_100k.csv.gz", 49_644, (25_450, 25_450), {"care": 54, "public": 14_670}),
    ],
)
def test_customer_support(shared_data, name, n_posts, parents, roles):
    loaded = load(str(shared_data("twcs") / name))
    assert loaded.posts.height == n_posts
    assert n_parents(loaded.posts) == parents
    assert dict(loaded.accounts["role"].value_counts().rows()) == roles
    assert loaded.rejected.height == 0


def test_customer_support_makes_731_complete_threads(shared_data):
    posts = load(shared_data("twcs/head_threads.csv.gz")).posts
    assert (
        posts["parent_id"].null_count() + len(posts.filter(~pl.col("parent_id").is_in(posts["post_id"].implode())))
        == 731
    )


def test_a_brand_is_mentioned_under_its_handle(shared_data):
    loaded = load(shared_data("twcs/head_threads.csv.gz"))
    brands = loaded.accounts.filter(pl.col("role") == "care")["handle"]
    mentioned = loaded.posts["text"].str.extract_all(r"@\w+").explode().str.strip_prefix("@").unique()
    assert mentioned.is_in(brands.implode()).sum() > 30


def test_response_times_of_pairs_are_those_of_the_source(shared_data):
    path = shared_data("twcs/reply_pairs_100k.csv.gz")
    posts = load(path).posts
    replies = posts.filter(pl.col("parent_id").is_not_null())
    joined = replies.join(posts, left_on="parent_id", right_on="post_id", suffix="_asked")
    seconds = (joined["created_at"] - joined["created_at_asked"]).dt.total_seconds()
    assert seconds.median() == 774
    assert seconds.min() >= 0
    assert seconds.max() == pytest.approx(29.8 * 86_400, rel=0.002)


def test_all_damaged_rows_are_repaired_and_no_healthy_one_is_touched(shared_data):
    damaged = load(shared_data("twcs/raw_encoding_damaged_McDonalds.csv.gz"))
    healthy = load(shared_data("twcs/brand_McDonalds_outbound.csv.gz"))
    assert damaged.repairs == {"utf8_read_as_cp1252_undone": 810}
    assert healthy.repairs == {}
    assert damaged.posts.sort("post_id").equals(healthy.posts.sort("post_id"))


def test_two_formats_in_one_folder_are_refused(shared_data):
    with pytest.raises(
        ValueError, match=r"^The files are of different formats \(twcs: .*; reply_pairs: reply_pairs_100k"
    ):
        load(shared_data("twcs"))


def test_a_page_with_its_includes(shared_data):
    posts = load(shared_data("twarc_v2/entities_test.jsonl.gz")).posts
    own = posts.filter(~pl.col("is_context"))
    assert (own.height, posts.height) == (474, 650)
    assert n_parents(posts) == (84, 78)


def test_flattened_and_not_flattened_hold_the_same_posts(shared_data):
    flat = load(shared_data("twarc_v2/flat.jsonl.gz")).posts.sort("post_id")
    pages = load(shared_data("twarc_v2/noflat.jsonl.gz")).posts.sort("post_id")
    assert flat.height == 164
    assert flat.equals(pages)


def test_a_folder_of_pages(shared_data):
    # The card's 874 are all ids in the folder, with 52 pinned tweets that only the list of users includes: nobody
    # refers to those, and the list is set aside.
    loaded = load(shared_data("twarc_v2"))
    assert loaded.posts["post_id"].n_unique() == 874 - 52
    assert loaded.posts.filter(~pl.col("is_context"))["post_id"].n_unique() == 580
    assert loaded.rejected["file"].to_list() == ["counts.jsonl", "users.jsonl.gz"]


def test_an_archive_of_academictwitter(shared_data):
    posts = load(shared_data("twitter_v2_academictwitter/hk3.zip")).posts
    own = posts.filter(~pl.col("is_context"))
    assert (own.height, own["account_id"].n_unique(), own["conversation_id"].n_unique()) == (3_499, 251, 991)
    assert n_parents(posts) == (3_386, 3_384)
    assert n_parents(posts, own_only=True) == (3_386, 5)
    assert posts.height == 3_499 + 896


@pytest.mark.parametrize(
    ("name", "options", "n_posts", "n_accounts", "n_with_parent", "repairs"),
    [
        ("yum_brands_timeline/yum_tweets_10_years.csv.gz", {}, 2_614, 298, 16,
         {"parent_id_taken_from_referenced_tweets": 16, "quote_of_id_taken_from_referenced_tweets": 104}),
        ("amazonhelp_timeline_2016/amzn_cs.csv", {}, 1_045, 1, 1_040,
         {"line_not_utf8_read_as_cp1252": 21, "time_without_zone_read_as_utc": 1_045}),
        ("realdonaldtrump_rtweet/tweets_2009-2013.csv.gz", {}, 12_647, 1, 1_890, {}),
        ("bluesky_news_network/archive.parquet", {}, 1_213, 14, 201,
         {"mention_by_id_given_its_handle": 351, "parent_id_unknown_but_flagged": 201}),
        ("airline_sentiment_2015/Tweets.csv.gz", {}, 9_659, 5_401, None, {}),
        ("twitter_ratio_538/BarackObama.csv.gz", RATIO, 3_207, 1, None,
         {"id_taken_from_address": 3_207, "line_not_utf8_read_as_cp1252": 1_378,
          "time_without_zone_read_as_utc": 3_207}),
        ("health_news_timelines", HEALTH, 45_430, 10, None,
         {"delimiter_kept_in_text": 183, "line_not_utf8_read_as_cp1252": 1_689, "utf8_read_as_cp1252_undone": 1}),
    ],
)  # fmt: skip
def test_tables_of_many_makers(shared_data, name, options, n_posts, n_accounts, n_with_parent, repairs):
    loaded = load(shared_data(name), **options)
    assert (loaded.posts.height, loaded.accounts.height) == (n_posts, n_accounts)
    assert loaded.repairs == repairs
    assert loaded.rejected.height == 0
    if n_with_parent is None:
        assert "parent_id" not in loaded.posts.columns
    else:
        assert loaded.posts["parent_id"].is_not_null().sum() == n_with_parent


def test_rows_that_a_brand_passed_on_are_context(shared_data):
    posts = load(shared_data("yum_brands_timeline/yum_tweets_10_years.csv.gz")).posts
    assert posts["is_context"].sum() == 714
    own = posts.filter(~pl.col("is_context"))
    assert own["account_id"].unique().to_list() == ["yumbrands"]
    assert own["text"].str.starts_with("@").sum() == 62


def test_reply_to_of_a_conversation_corpus_names_posts(shared_data):
    loaded = load(shared_data("convokit_subreddit_cornell/utterances.jsonl"))
    assert loaded.posts.height == 1_028
    assert loaded.posts["conversation_id"].n_unique() == 34
    assert n_parents(loaded.posts) == (994, 994)
    assert loaded.repairs == {"parent_id_taken_from_reply_to": 994}


def test_profiles_are_not_taken_for_posts(shared_data):
    with pytest.raises(ValueError, match="^sp_500_twitter_profile_info.csv holds accounts, not posts"):
        load(shared_data("yum_brands_timeline/sp_500_twitter_profile_info.csv"))
