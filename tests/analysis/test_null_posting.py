"""Post-and-leave against replies that change places, and what is posted against what all post: known means, loops."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw
from twoway.analysis.nulls import null_test

D = DAY / MINUTE
PLAIN = "The north bridge is made of oak."
SALE = "20% off all lamps this weekend only!"


def row_of(talk, metric, unit, draws=400, by="account"):
    table = null_test(talk, metric, by, draws=draws, progress=False).table
    return table[table["unit_id"] == unit].iloc[0]


def of_originals(back=8_000):
    """Post 12 originals of which 5 draw a reply; the account comes back to one of these."""
    rows = [post(f"o{i:02d}", "shop", 100 * i, PLAIN) for i in range(12)]
    rows += [post(f"r{i}", "ann", 100 * i + 10, "nice", f"o{i:02d}") for i in range(5)]
    return [*rows, post("b", "shop", back, "Is it not?", "r0"), post("end", "ann", 30 * D, "hm")]


def test_replies_at_other_originals_meet_the_account_by_chance_alone():
    talk = annotated(*tables(of_originals(), {"shop": "official", "ann": "public"}))
    found = row_of(talk, "post_and_leave_rate", "shop", draws=2_000)
    assert found["observed"] == 0.8
    # One of five replied originals is come back to where that original is among the five of twelve: 1 - 5/12 * 1/5.
    assert found["null_mean"] == pytest.approx(1 - 1 / 12, abs=4 * 0.1 / np.sqrt(2_000))
    assert found["null"] == "permuted replies"


def test_who_comes_back_before_the_reply_has_left_also_by_chance():
    talk = annotated(*tables(of_originals(back=11), {"shop": "official", "ann": "public"}))
    rows = [r for r in of_originals() if r["post_id"] != "b"]
    rows.append(post("b", "shop", 5, "Is it not?", "o00"))
    early = annotated(*tables(rows, {"shop": "official", "ann": "public"}), definitions=tw.Definitions(thread_gap_s=1))
    assert row_of(talk, "post_and_leave_rate", "shop")["null_mean"] < 1
    assert row_of(early, "post_and_leave_rate", "shop")[["observed", "null_mean"]].tolist() == [1, 1]


def two_shops(n=60):
    """Let one shop sell only, and one inform and sell in turn."""
    rows = [post(f"a{i:02d}", "a", 500 * i, f"{SALE} Our shop, your lamp.") for i in range(n)]
    rows += [post(f"b{i:02d}", "b", 500 * i + 7, SALE if i % 2 else f"{PLAIN} You know.") for i in range(n)]
    return annotated(*tables(rows, {"a": "official", "b": "official"}, {"a": "A", "b": "B"}))


def test_a_diet_is_held_against_that_of_all():
    talk = two_shops()
    pooled = np.array([90, 30]) / 120
    rng = np.random.default_rng(7)
    loops = []
    for _ in range(2_000):
        n = np.bincount([rng.random() < pooled[1] for _ in range(60)], minlength=2)
        p = n[n > 0] / 60
        loops.append(-sum(p * np.log(p)))
    found = row_of(talk, "content_entropy", "a", draws=1_000)
    assert found["observed"] == 0
    assert found["null_mean"] == pytest.approx(np.mean(loops), abs=4 * np.std(loops) / np.sqrt(1_000))
    assert found["z"] < -3


def test_self_focus_is_held_against_that_of_all():
    found = row_of(two_shops(), "self_focus", "a", draws=1_000)
    assert found["observed"] == 0.5
    # 60 posts with one word for oneself and one for the reader, 30 with one for the reader.
    assert found["null_mean"] == pytest.approx(60 / 150, abs=0.01)


def test_one_account_alone_has_no_sector():
    rows = [post(f"a{i:02d}", "a", 500 * i, SALE if i % 2 else PLAIN) for i in range(20)]
    found = row_of(annotated(*tables(rows, {"a": "official"})), "content_entropy", "a", draws=5)
    assert np.isnan(found["p"])
    assert found["flags"] == "nothing_moves"
