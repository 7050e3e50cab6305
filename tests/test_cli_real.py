"""The command line on real files: counts known from elsewhere, and every command to its end."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from twoway.cli import main
from twoway.metrics.registry import all_metrics

SPOTIFY = ["twcs/brand_SpotifyCares_inbound.csv.gz", "twcs/brand_SpotifyCares_outbound.csv.gz"]
HEALTH = ["--header", "post_id,created_at,text", "--delimiter", "|", "--set", "account_id={stem}"]

#: Files, options, and counts from the card of the data.
CORPORA = {
    "head_threads": (
        ["twcs/head_threads.csv.gz"],
        [],
        {"posts": 2_990, "accounts": 872, "measured_accounts": 41, "persons": 831, "conversations": 731}
        | {"replies": 2_263, "parents_present": 2_259, "orphans": 4, "rejected": 0, "duplicates": 0},
    ),
    "SpotifyCares": (
        SPOTIFY,
        [],
        {"posts": 26_082, "persons": 8_723, "measured_accounts": 1, "replies": 26_065, "parents_present": 8_364}
        | {"orphans": 17_701, "rejected": 0, "duplicates": 0},
    ),
    "kaggle_sample": (["twcs/kaggle_sample.csv"], [], {"posts": 93, "replies": 68, "parents_present": 66}),
    "twarc entities": (
        ["twarc_v2/entities_test.jsonl.gz"],
        [],
        {"posts": 474, "replies": 84, "parents_present": 78, "rejected": 0},
    ),
    "twarc flat": (["twarc_v2/flat.jsonl.gz"], [], {"posts": 100, "context_posts": 64, "replies": 31}),
    "hk3": (
        ["twitter_v2_academictwitter/hk3.zip"],
        [],
        {"posts": 3_499, "accounts": 251, "conversations": 991, "replies": 3_386}
        | {"parents_in_sample": 5, "parents_present": 3_384, "orphans": 2},
    ),
    "health news": (
        ["health_news_timelines/*.txt.gz"],
        HEALTH,
        {"accounts": 10, "replies": 0, "turns_answered": 0, "rejected": 0},
    ),
    "yum": (
        ["yum_brands_timeline/yum_tweets_10_years.csv.gz"],
        ["--focus", "yumbrands"],
        {"posts": 1_900, "context_posts": 714, "accounts": 1, "measured_accounts": 1},
    ),
}

#: Sums of floats may end a hair beyond what they can be.
ROUNDING = 1e-9

#: What every count of coverage promises to have.
KEYS = {
    "posts", "accounts", "replies", "parents_present", "orphans", "self_replies", "duplicates", "rejected",
    "window_from", "window_to",
}  # fmt: skip


@pytest.fixture
def words(request, shared_data):
    """What to type for a corpus."""
    files, options, _ = CORPORA[request.param]
    found = []
    for file in files:
        folder, _, name = file.rpartition("/")
        found.append(str(shared_data(folder) / name) if "*" in name else str(shared_data(file)))
    return [*found, *options]


#: One of each kind: threads of many brands, of one, a sample, posts without replies.
SOME = ["head_threads", "SpotifyCares", "kaggle_sample", "health news"]
some_corpora = pytest.mark.parametrize("words", SOME, indirect=True)
other_corpora = pytest.mark.parametrize("words", [name for name in CORPORA if name not in SOME], indirect=True)


@pytest.mark.parametrize(("words", "name"), [(name, name) for name in CORPORA], indirect=["words"])
def test_describe_counts_what_the_card_says(words, name, capsys):
    assert main(["describe", "--json", *words]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) >= KEYS
    expected = CORPORA[name][2]
    assert {key: facts[key] for key in expected} == expected
    assert facts["replies"] == facts["parents_present"] + facts["orphans"]


@some_corpora
def test_describe_in_words(words, capsys):
    assert main(["describe", *words]) == 0
    assert " posts  " in capsys.readouterr().out


def check_card(path):
    """Hold a written scorecard to a row for every unit and metric, each value in the range of its metric."""
    table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"unit_id": "str"})
    assert len(table) == table["unit_id"].nunique() * len(all_metrics())
    has_value = table["value"].notna()
    assert has_value.any()
    assert table.loc[~has_value, "flags"].str.contains("undefined|not_reached|beyond_follow_up").all()
    for name, metric in all_metrics().items():
        known = table.loc[(table["metric"] == name) & has_value, "value"]
        low, high = metric.span
        assert known.between(low - ROUNDING, high + ROUNDING).all(), name


@other_corpora
def test_measure_gives_a_row_for_every_unit_and_metric(words, tmp_path, capsys):
    assert main(["measure", *words, "--by", "organization", "-o", str(tmp_path / "card.csv")]) == 0
    told = capsys.readouterr().err
    assert told.startswith("twoway: ")
    check_card(tmp_path / "card.csv")


@some_corpora
def test_report_writes_a_page_and_a_scorecard_for_each(words, tmp_path, capsys):
    assert main(["report", *words, "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'index.html'}\n"
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.rstrip().endswith("</html>")
    assert (tmp_path / "methods.txt").read_text(encoding="utf-8").startswith("Data\n")
    check_card(tmp_path / "scorecard.csv")


def test_what_is_not_posts_is_refused_in_one_line(shared_data, capsys):
    for name in ("twarc_v2/users.jsonl.gz", "twarc_v2/counts.jsonl"):
        assert main(["describe", str(shared_data(name))]) == 2
        told = capsys.readouterr().err
        assert told.startswith("Error: ")
        assert told.count("\n") == 1
