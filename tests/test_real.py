"""Numbers of real collections, where they are at hand: counted by others, or worked out independently."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest

import twoway as tw

# Twitter's ids hold the milliseconds since its own year zero, from bit 22 up.
ID_BITS, ID_ZERO_MS = 22, 1_288_834_974_657


def test_response_times_by_agent_come_out_of_the_table_of_replies(shared_data):
    """The source's own table (pandas, `quantile(.9)`) of 25,450 question-answer pairs."""
    folder = shared_data("twcs")
    talk = tw.annotate(tw.read(folder / "reply_pairs_100k.csv.gz"))
    expected = pd.read_csv(folder / "reply_pairs_100k_expected_by_agent.csv").set_index("agent_id")
    gaps = talk.replies.groupby("account_id")["gap_s"]
    found = pd.DataFrame(
        {
            "n_responses": gaps.size(),
            "median_sec": gaps.median(),
            "mean_sec": gaps.mean(),
            "p90_sec": gaps.quantile(0.9),
        }
    )
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, check_names=False, check_dtype=False, rtol=1e-12)
    assert found["n_responses"].sum() == 25_450


def test_threads_of_customer_support_have_the_counts_of_their_card(shared_data):
    corpus = tw.read(shared_data("twcs") / "head_threads.csv.gz")
    found = corpus.coverage()
    counts = (
        found.posts,
        found.replies,
        found.parents_present,
        found.measured_accounts,
        found.persons,
        found.conversations,
    )
    assert counts == (2_990, 2_263, 2_259, 41, 831, 731)
    assert any("made of answered threads" in remark for remark in found.remarks)
    card = tw.measure(tw.annotate(corpus), by="corpus")
    assert "reply_selected" in card.select("response_rate").table["flags"].item()


def test_rules_find_deflections_that_people_coded(shared_data):
    """F1 against 350 replies coded by hand; the floors are a little under what the rules reach."""
    codes = pd.read_csv(shared_data("coded_replies") / "codes.csv", dtype=str)
    labels = tw.annotate(tw.read(shared_data("twcs") / "head_threads.csv.gz")).labels
    both = codes.merge(labels, left_on="reply_tweet_id", right_on="post_id", suffixes=("_code", "_rule"))
    agreed = both[both["resolution_code"].notna()]
    assert len(agreed) == 345
    assert f1(agreed["resolution_code"] == "deflect", agreed["resolution_rule"] == "deflect") > 0.94
    assert f1(agreed["resolution_code"] == "open_answer", agreed["resolution_rule"] == "open_answer") > 0.88
    assert f1(both["destination"].fillna("").str.contains("dm"), both["to_dm"]) > 0.98


def f1(truth, guess):
    hits = float(np.sum(truth & guess))
    return 2 * hits / float(np.sum(truth) + np.sum(guess))


def test_waits_of_published_dialogues_come_out_of_their_ids(shared_data):
    """525 dialogues with 24 brands; the first is printed with 01:26:55 from question to answer."""
    with gzip.open(shared_data("ibm_customer_care_2020") / "dev.json.gz", "rt", encoding="utf-8") as file:
        dialogues = json.load(file)
    posts = pd.DataFrame([row for number, one in enumerate(dialogues) for row in dialogue_rows(number, one)])
    spans = posts.groupby("dialogue")["at_ms"].agg(lambda at: (at.iloc[-1] - at.iloc[0]) / 1_000)
    printed = pd.Series([one["dialogHeader"]["duration"] for one in dialogues]).str.split(":", expand=True)
    printed = printed.astype(float) @ [3_600, 60, 1]
    assert ((spans - printed).abs() < 1.5).sum() == 418
    brands = sorted({one["dialogHeader"]["company"] for one in dialogues})
    table = posts.drop_duplicates("post_id").drop(columns=["dialogue", "at_ms"])
    talk = tw.annotate(tw.Corpus(table, pd.DataFrame({"account_id": brands, "role": "care"})))
    turns = talk.turns.set_index("turn_id")
    assert turns.loc[posts["post_id"].iloc[0], "latency_s"] / 60 == pytest.approx(86.9, abs=0.05)
    assert len(brands) == 24
    assert (turns["latency_s"].dropna() > 0).all()
    assert len(turns) - turns["latency_s"].notna().sum() < 0.05 * len(turns), "every dialogue ends in an answer"


def dialogue_rows(number, dialogue):
    """Give the posts of a dialogue, each an answer to the one before."""
    brand, before = dialogue["dialogHeader"]["company"], None
    for turn in [*dialogue["dialogContent"], {"agent": brand, **dialogue["agentURL"]}]:
        is_brand, post_id = "agent" in turn, turn["tweet_ID"]
        at_ms = (int(post_id) >> ID_BITS) + ID_ZERO_MS
        yield {
            "post_id": post_id,
            "account_id": brand if is_brand else f"person {number}{' b' if 'client1' in turn else ''}",
            "created_at": pd.Timestamp(at_ms // 1_000, unit="s", tz="UTC"),
            "text": "" if is_brand else f"@{brand}",
            "parent_id": before,
            "dialogue": number,
            "at_ms": at_ms,
        }
        before = post_id


@pytest.mark.parametrize("name", ["goodhealth.txt.gz", "nytimeshealth.txt.gz"])
def test_accounts_that_only_announce_are_called_broadcast(shared_data, name):
    path = shared_data("health_news_timelines") / name
    corpus = tw.read(path, header=["post_id", "created_at", "text"], constants={"account_id": "{stem}"})
    talk = tw.annotate(corpus)
    card = tw.measure(talk, ["broadcast_index", "reply_share", "legacy_reply_share"], by="corpus").table.set_index(
        "metric"
    )
    assert np.isnan(card.loc["reply_share", "value"]), "the source has no reply links"
    assert card.loc["broadcast_index", "value"] > 0.6
    assert any("no reply links" in remark for remark in corpus.coverage().remarks)
