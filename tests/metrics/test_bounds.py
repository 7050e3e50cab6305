"""What the collection could hide, beside the interval of sampling: the catalogue's example, and whole collections."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.metrics.bounding import Unseen, widened
from twoway.metrics.registry import get_metric

DAY = 86_400


def asked(n_answered=6, n_silent=4, **columns):
    """Return posts in which ten persons ask; to those left unanswered the platform counted a reply that is missing."""
    n = n_answered + n_silent
    blank = {"text": "@brand open?", "parent_id": None, "n_replies": 1}
    rows = [{"post_id": f"q{i}", "account_id": f"person{i}", "created_at": i * 60, **blank} for i in range(n)]
    for i, row in enumerate(rows):
        row |= {name: value(i) for name, value in columns.items()}
    rows += [
        {"post_id": f"a{i}", "account_id": "brand", "created_at": i * 60 + 600, "text": "yes", "parent_id": f"q{i}"}
        for i in range(n_answered)
    ]
    rows.append({"post_id": "end", "account_id": "brand", "created_at": 30 * DAY, "text": "bye", "parent_id": None})
    return pd.DataFrame(rows), pd.DataFrame({"account_id": ["brand"], "role": ["care"]})


def bounds(posts, accounts, metric="response_rate", **settings):
    card = tw.measure(tw.annotate(tw.Corpus(posts, accounts), tw.Definitions(**settings)), [metric])
    row = card.table.iloc[0]
    return row["value"], row["lower_bound"], row["upper_bound"]


def test_the_worked_example():
    assert bounds(*asked()) == pytest.approx((0.6, 0.6, 1.0))
    assert bounds(*asked(), unseen_share=0.5) == pytest.approx((0.6, 0.6, 0.8))
    assert bounds(*asked(3, 7), unseen_share=0.0, kept_share=0.5) == pytest.approx((0.3, 0.3, 0.6))


def test_a_share_of_replies_that_was_estimated_may_be_smaller():
    # Of 100 posts collected again half were kept: by Jeffreys' interval it may be 0.403 of all replies.
    value, _, upper = bounds(*asked(3, 7), unseen_share=0.0, kept_share=0.5, kept_n=100)
    assert (value, upper) == pytest.approx((0.3, 0.3 / 0.4034), rel=1e-3)
    with pytest.raises(tw.SchemaError, match="kept_n=-1 is below 0"):
        tw.Definitions(kept_n=-1)


def asked_twice():
    """Ann and Bob ask, and ask again the same day; Cyd asks twice, a week apart. Only Dee is answered, once."""
    rows = [("a1", "ann", 0), ("a2", "ann", 7_200), ("b1", "bob", 0), ("b2", "bob", 7_200)]
    rows += [("c1", "cyd", 0), ("c2", "cyd", 7 * DAY), ("d1", "dee", 0), ("d2", "dee", 9 * DAY)]
    table = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at"]).assign(text="@brand open?")
    answers = {"post_id": ["r", "end"], "account_id": "brand", "created_at": [60, 200 * DAY], "text": "yes"}
    posts = pd.concat([table, pd.DataFrame(answers)], ignore_index=True)
    posts["parent_id"] = [None] * 8 + ["d1", None]
    posts["n_replies"] = posts["post_id"].isin(["a1", "c1", "d1"]).astype(int)
    return posts, pd.DataFrame({"account_id": ["brand"], "role": ["care"]})


@pytest.mark.parametrize(
    ("metric", "value", "low", "high"),
    [
        # Six turns, two of them chased; a hidden answer to Ann would make seven of them, one chased.
        ("chase_rate", 2 / 6, 1 / 7, 2 / 6),
        # Of Cyd and Dee only Cyd was ignored twice, and may have been answered unseen.
        ("ignored_twice_share", 1 / 2, 0.0, 1 / 2),
        # Ann and Bob gave up, Cyd came back, Dee was last ignored for good: without Ann 2/3, without Cyd all.
        ("give_up_share", 3 / 4, 2 / 3, 1.0),
        ("broadcast_index", 1 / 2, 1 / 2, 1 / 2),
    ],
)
def test_being_ignored_has_bounds(metric, value, low, high):
    assert bounds(*asked_twice(), metric=metric) == pytest.approx((value, low, high))


def test_bystanders_have_bounds():
    # Alone: two of four answered, one may be; in a crowd: one of two answered, one may be.
    posts, accounts = asked(3, 3)
    both = posts["post_id"].isin(["q0", "q5"])
    posts.loc[both, "text"] = "@brand @rival open?"
    posts.loc[posts["post_id"] == "q4", "n_replies"] = 0
    accounts = pd.concat([accounts, pd.DataFrame({"account_id": ["rival"], "role": ["care"]})])
    card = tw.measure(tw.annotate(tw.Corpus(posts, accounts, focus=["brand"])), ["bystander_ratio"])
    row = card.table.iloc[0]
    assert row[["value", "lower_bound", "upper_bound"]].tolist() == pytest.approx([1.0, 0.5 / 0.75, 1.0 / 0.5])


def test_what_nobody_could_hide_has_bounds_at_the_value():
    posts, accounts = asked()
    posts["n_replies"] = posts["post_id"].isin(posts["parent_id"]).astype(int)
    assert bounds(posts, accounts) == pytest.approx((0.6, 0.6, 0.6))


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("response_rate", 6 / 10, 11 / 15),
        ("person_response_rate", 6 / 10, 11 / 15),
        ("silence_rate", 4 / 15, 4 / 10),
        ("answered_within_1h", 6 / 10, 11 / 15),
        ("cif_open_24h", 0, 5 / 15),
        # Six waited ten minutes, four all day; the five answered after a second at best.
        ("latency_rmst_24h", (6 * 10 + 4 * 1_440 + 5 / 60) / 15, (6 * 10 + 4 * 1_440) / 10),
        ("broadcast_index", 1 / 12, 1 / 12),
    ],
)
def test_answers_to_posts_that_were_not_collected_are_answers(metric, low, high):
    posts, accounts = asked()
    lost = [
        {"post_id": f"b{i}", "account_id": "brand", "created_at": i * 60, "text": "yes", "parent_id": f"gone{i}"}
        for i in range(5)
    ]
    posts = pd.concat([posts.drop(columns="n_replies"), pd.DataFrame(lost)], ignore_index=True)
    _, lower, upper = bounds(posts, accounts, metric)
    assert (lower, upper) == pytest.approx((low, high))


def test_answers_that_name_nobody_are_unseen_without_reply_links():
    posts, accounts = asked()
    posts = posts.drop(columns=["n_replies", "parent_id"])
    assert bounds(posts, accounts) == (0.0, 0.0, 1.0)
    assert bounds(posts, accounts, "latency_rmst_24h")[1:] == (0.0, 1_440.0)


def test_a_deleted_question_may_have_been_answered():
    posts, accounts = asked()
    posts = posts.drop(columns="n_replies")
    posts["deleted_at"] = np.where(posts["post_id"] == "q9", posts["created_at"] + 20 * DAY, np.nan)
    assert bounds(posts, accounts) == pytest.approx((0.6, 0.6, 0.7))


def test_an_invitation_to_write_in_private_hides_later_answers():
    posts, accounts = asked(1, 0)
    posts.loc[posts["post_id"] == "a0", "text"] = "Please DM us your order number"
    more = {"post_id": "q0b", "account_id": "person0", "created_at": 5 * DAY, "text": "@brand done", "parent_id": None}
    posts = pd.concat([posts.drop(columns="n_replies"), pd.DataFrame([more])], ignore_index=True)
    assert bounds(posts, accounts) == pytest.approx((0.5, 0.5, 1.0))


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("silence_rate", 0.0, 0.4),
        ("person_response_rate", 0.6, 1.0),
        ("answered_within_1h", 0.6, 1.0),
        ("inbound_reciprocity", 0.6, 1.0),
        ("arc_reciprocity", 0.75, 1.0),
        ("latency_rmst_24h", None, None),
    ],
)
def test_every_headline_has_bounds(metric, low, high):
    value, lower, upper = bounds(*asked(), metric=metric)
    assert lower - 1e-9 <= value <= upper + 1e-9
    if low is not None:
        assert (lower, upper) == pytest.approx((low, high))


def test_a_collection_of_answered_threads_may_hide_any_number_of_silent_ones():
    definitions = tw.Definitions()
    expected = {
        "response_rate": (0.0, 0.8),
        "cif_deflect_24h": (0.0, 0.8),
        "silence_rate": (0.7, 1.0),
        "latency_median": (0.7, np.inf),
        "open_answer_share": (0.7, 0.8),
        "inbound_reciprocity": (0.0, 0.8),
        "outbound_reciprocity": (0.7, 0.8),
        "broadcast_index": (0.7, 1.0),
    }
    selected = Unseen(is_selected=True)
    for name, limits in expected.items():
        assert widened(get_metric(name), (0.7, 0.8), definitions, selected) == limits, name
    assert np.isnan(widened(get_metric("response_rate"), (np.nan, np.nan), definitions, selected)).all()
