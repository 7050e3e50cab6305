"""The command line on real answers of interfaces: counts of their data cards, and every command to its end."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from twoway.cli import main
from twoway.readers import load

#: Stands for whoever started the thread.
POSTER = "poster"

REDDIT = {"rejected": 0, "orphans": 0, "context_posts": 0}

CORPORA = {
    "announcements": (
        "reddit_api/announcements_thread_responses.json.gz",
        ["--focus", POSTER],
        REDDIT | {"posts": 1_429, "replies": 1_428, "parents_present": 1_428, "conversations": 1, "turns_answered": 25},
    ),
    "funny": (
        "reddit_api/funny_thread_responses.json.gz",
        [],
        REDDIT | {"posts": 542, "replies": 541, "parents_present": 541, "conversations": 1},
    ),
    "thread listing": (
        "reddit_api/thread_listing.json",
        [],
        REDDIT | {"posts": 200, "replies": 199, "parents_present": 199, "conversations": 1},
    ),
    "subreddit listing": ("reddit_api/subreddit_listing.json", [], REDDIT | {"posts": 27, "replies": 0}),
    "rumoureval2019": (
        "rumoureval2019_reddit/reddit_threads.zip",
        [],
        REDDIT | {"posts": 194, "replies": 181, "parents_present": 181, "conversations": 13},
    ),
    "rumoureval2017": (
        "rumoureval2017_twitter_v1",
        [],
        {"posts": 2_292, "replies": 2_158, "parents_present": 2_158, "conversations": 134, "rejected": 1},
    ),
    "twitter_v1_api": (
        "twitter_v1_api",
        [],
        {"posts": 1_018, "context_posts": 1_473, "replies": 102, "reposts": 324, "rejected": 1},
    ),
}


def words(path: Path, options: list[str]) -> list[str]:
    """Say what to type, with the account that started the thread where it is asked for."""
    if POSTER not in options:
        return [str(path), *options]
    posts = load(path).posts
    started = posts.filter(posts["parent_id"].is_null())["account_id"][0]
    return [str(path), *(started if option == POSTER else option for option in options)]


@pytest.mark.parametrize("name", CORPORA)
def test_describe_counts_what_the_card_says(name, shared_data, capsys):
    path, options, expected = CORPORA[name]
    assert main(["describe", "--json", *words(shared_data(path), options)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {key: facts[key] for key in expected} == expected


def test_measure_and_report_an_organization_that_answers_in_a_thread(shared_data, tmp_path, capsys):
    path, options, _ = CORPORA["announcements"]
    typed = words(shared_data(path), options)
    assert main(["report", *typed, "-o", str(tmp_path)]) == 0
    assert (tmp_path / "index.html").is_file()
    table = pd.read_csv(tmp_path / "scorecard.csv").set_index("metric")
    # 25 answers to 588 turns that were due within a week.
    assert table.loc["response_rate", "value"] == pytest.approx(25 / 588)
    assert table.loc["response_rate_strict", "value"] == pytest.approx(25 / 588)
    capsys.readouterr()


def test_activities_and_tweets_of_the_same_kind_are_not_mixed(shared_data, capsys):
    assert main(["describe", str(shared_data("twitter_payload_variants"))]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Error: The files are of different formats (activity_streams: activity_streams_140_")
    assert "twitter_v1: initial_" in told
    assert "Read each format by itself" in told
