"""Values worked on paper: the library and the loops must both return them.

Time is counted in minutes from the start of each corpus; a last post named `end` lets every horizon pass.
"""

from __future__ import annotations

import math

import pandas as pd
import pytest
from handmade import HOUR, SAYINGS, post, tables

from twoway.definitions import Definitions

TOLERANCE = 1e-4  # the paper values are rounded to four digits
MONTH = 30 * 24 * 60  # minutes, longer than every horizon


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- A1 ---


def ten_posts():
    """4 plain, 1 mention-only, 3 replies, 1 repost, 1 quote; 5 of them with a link."""
    link = "https://example.org/page"
    persons = [post(f"q{i}", "ann", i, "hello there") for i in range(3)]
    own = [post(f"p{i}", "brand", 100 + 60 * i, f"news {link}" if i < 3 else "news") for i in range(4)]
    own += [post("p4", "brand", 500, "with .@bob today")]
    own += [
        post(f"p{5 + i}", "brand", 600 + 60 * i, f"@ann sure {link}" if i < 2 else "@ann sure", f"q{i}")
        for i in range(3)
    ]
    own += [post("p8", "brand", 900, "RT @bob: what a day", repost_of_id="b0")]
    own += [post("p9", "brand", 960, "MT @bob what a day", quote_of_id="b0")]
    return tables([*persons, *own], {"brand": "official", "ann": "public", "bob": "public"})


def test_posting_shares_by_metadata(measured):
    found = measured(*ten_posts())
    expected = {"original": 0.4, "mention": 0.1, "reply": 0.3, "repost": 0.1, "quote": 0.1, "intra_brand": 0.0}
    for kind, value in expected.items():
        assert close(found["brand", f"{kind}_share"], value), kind
    assert close(found["brand", "url_share"], 0.5)


def test_posting_shares_by_text(measured):
    # Without metadata both the repost and the edited repost read as passed on, and the mention as a reply.
    found = measured(*ten_posts())
    assert close(found["brand", "legacy_original_share"], 0.4)
    assert close(found["brand", "legacy_reply_share"], 0.4)
    assert close(found["brand", "legacy_repost_share"], 0.2)


# --- A3 ---


def ten_directed(gap):
    """6 plain, 1 self-reply `gap` minutes after its parent, 2 replies to customers, 1 mention of a sister account."""
    rows = [post(f"q{i}", "ann", i, "is it open?") for i in range(2)]
    rows += [post(f"p{i}", "brand", 100 + 120 * i, "news") for i in range(6)]
    rows += [post("p6", "brand", 700 + gap, "and more", "p5")]
    rows += [post(f"p{7 + i}", "brand", 1000 + 120 * i, "yes it is", f"q{i}") for i in range(2)]
    rows += [post("p9", "brand", 1300, "our friends at @sister")]
    return tables(rows, {"brand": "official", "sister": "care", "ann": "public"}, {"brand": "acme", "sister": "acme"})


def test_broadcast_index_without_merging(measured):
    # 2 of 10 are directed; the sister is not the public.
    assert close(measured(*ten_directed(gap=31))["brand", "broadcast_index"], 0.80)


def test_broadcast_index_with_merging(measured):
    # The self-reply joins the post before it: 2 of 9.
    assert close(measured(*ten_directed(gap=10))["brand", "broadcast_index"], 7 / 9)


def test_broadcast_strategy_score(measured):
    # BI = 7/9 (nine units, two directed). Four persons ask on days of their own, one is answered: RR = 1/4.
    rows = [post(f"q{i}", f"person{i}", i, "@brand open?") for i in range(4)]
    rows += [post("p0", "brand", 10, "yes", "q0"), post("p1", "brand", 300, "hello", "x0")]
    rows += [post(f"p{2 + i}", "brand", 500 + 120 * i, "news") for i in range(7)]
    rows += [post("x0", "walker", 250, "nice weather"), post("end", "walker", MONTH, "good night")]
    roles = {"brand": "official", "walker": "public", **{f"person{i}": "public" for i in range(4)}}
    found = measured(*tables(rows, roles))
    assert close(found["brand", "broadcast_index"], 7 / 9)
    assert close(found["brand", "silence_rate"], 0.75)
    assert close(found["brand", "broadcast_strategy_score"], 0.5833)


# --- B1, B10 ---


def test_response_rate_eight_of_ten(measured):
    rows = [post(f"q{i}", f"person{i}", i, "@brand open?") for i in range(10)]
    rows += [post(f"p{i}", "brand", 100 + i, "yes", f"q{i}") for i in range(8)]
    rows += [post("end", "brand", MONTH, "good night")]
    found = measured(*tables(rows, {"brand": "official", **{f"person{i}": "public" for i in range(10)}}))
    assert close(found["brand", "response_rate"], 0.80)
    assert close(found["brand", "response_rate_strict"], 0.80)
    assert close(found["brand", "response_rate_questions"], 0.80)


def test_response_rate_by_person(measured):
    # A asks three times, days apart, and is never answered; B and C once each, and are: turns 2/5, persons 2/3.
    day = 24 * 60
    rows = [post(f"a{i}", "A", 2 * day * i, "@brand open?") for i in range(3)]
    rows += [post("b0", "B", 5, "@brand open?"), post("c0", "C", 6, "@brand open?")]
    rows += [post("p0", "brand", 20, "yes", "b0"), post("p1", "brand", 21, "yes", "c0")]
    rows += [post("end", "brand", MONTH, "good night")]
    found = measured(*tables(rows, {"brand": "official", "A": "public", "B": "public", "C": "public"}))
    assert close(found["brand", "response_rate"], 0.40)
    assert close(found["brand", "person_response_rate"], 0.6667)


def test_chasing(measured):
    # Ten turns by ten persons, three of whom ask again within the day before anything is said: 3/10.
    rows = [post(f"q{i}", f"person{i}", i, "@brand open?") for i in range(10)]
    rows += [post(f"r{i}", f"person{i}", 120 + i, "@brand hello?") for i in range(3)]
    rows += [post("end", "brand", MONTH, "good night")]
    found = measured(*tables(rows, {"brand": "official", **{f"person{i}": "public" for i in range(10)}}))
    assert close(found["brand", "chase_rate"], 0.30)
    assert close(found["brand", "chases_per_turn"], 0.30)


def test_ignored_twice(measured):
    # Five persons ask twice, two days apart; three are answered once, two never: 2/5. A sixth asks once: not counted.
    day = 24 * 60
    rows = [post(f"q{i}{n}", f"person{i}", 2 * day * n + i, "@brand open?") for i in range(5) for n in range(2)]
    rows += [post(f"p{i}", "brand", 60 + i, "yes", f"q{i}0") for i in range(3)]
    rows += [post("s0", "single", 9, "@brand open?"), post("end", "brand", MONTH, "good night")]
    roles = {"brand": "official", "single": "public", **{f"person{i}": "public" for i in range(5)}}
    assert close(measured(*tables(rows, roles))["brand", "ignored_twice_share"], 0.40)


# --- B2 ---


def test_latency_with_censoring(measured):
    # Minutes 5, 10+, 15, 30, 60+, the end at minute 60. S(5) = 4/5; at 15 three are at risk: 4/5 x 2/3 = .5333;
    # at 30 two: .2667. Median 30.
    rows = [post(f"q{i}", f"person{i}", at, "@brand open?") for i, at in enumerate([0, 50, 1, 2, 0])]
    rows += [post("p0", "brand", 5, "yes", "q0"), post("p2", "brand", 16, "yes", "q2")]
    rows += [post("p3", "brand", 32, "yes", "q3"), post("end", "brand", 60, "good night")]
    found = measured(*tables(rows, {"brand": "official", **{f"person{i}": "public" for i in range(5)}}))
    assert close(found["brand", "latency_median"], 30)
    assert close(found["brand", "answered_within_15min"], 1 - 0.5333)
    assert close(found["brand", "answered_within_1h"], 1 - 0.2667)


def test_restricted_mean_latency(measured):
    # The same, looking one hour ahead: 5 x 1 + 10 x .8 + 15 x .5333 + 30 x .2667 = 29 minutes.
    rows = [post(f"q{i}", f"person{i}", at, "@brand open?") for i, at in enumerate([0, 50, 1, 2, 0])]
    rows += [post("p0", "brand", 5, "yes", "q0"), post("p2", "brand", 16, "yes", "q2")]
    rows += [post("p3", "brand", 32, "yes", "q3"), post("end", "brand", 60, "good night")]
    roles = {"brand": "official", **{f"person{i}": "public" for i in range(5)}}
    found = measured(*tables(rows, roles), definitions=Definitions(rmst_s=HOUR, draws=1))
    assert close(found["brand", "latency_rmst_24h"], 29.0)


# --- B7 ---


def twelve_episodes():
    """4 answered openly, 2 escalated, 3 deflected (2 to DM, 1 to a form), 1 acknowledged, 2 ignored."""
    said = ["open_answer"] * 4 + ["escalate"] * 2 + ["dm", "dm", "form"] + ["acknowledge"]
    rows, labels = [], {}
    for i in range(12):
        rows.append(post(f"q{i:02}", f"person{i}", i, "@brand my router is broken"))
    for i, name in enumerate(said):
        text, places = SAYINGS[name]
        rows.append(post(f"p{i:02}", "brand", 100 + i, f"@person{i} {text}", f"q{i:02}"))
        labels[f"p{i:02}"] = ("deflect" if places else name, places)
    roles = {"brand": "care", **{f"person{i}": "public" for i in range(12)}}
    return *tables(rows, roles), labels


def test_deflection_of_twelve_episodes(measured):
    # Replied: 10, deflected: 3. Destinations DM 2, form 1, so that (2 x .9 + 1 x 1) / 3 = .9333.
    posts, accounts, labels = twelve_episodes()
    found = measured(posts, accounts, labels=labels)
    assert close(found["brand", "deflection_rate"], 0.30)
    assert close(found["brand", "deflection_rate_all"], 0.25)
    assert close(found["brand", "deflection_first_rate"], 0.30)
    assert close(found["brand", "destination_dm_share"], 2 / 3)
    assert close(found["brand", "destination_form_share"], 1 / 3)
    assert close(found["brand", "accountability_loss"], 0.9333)


# --- E1 ---


@pytest.mark.parametrize(
    ("gaps", "expected", "memory"),
    [
        ((1, 1, 1, 1, 6), 0.18350, math.nan),  # sd = mean = 2, r = 1; the earlier four gaps are constant
        ((1, 2, 1, 2, 1, 2), -0.55242, -1.0),
        ((0, 0, 0, 10), 1.0, math.nan),  # all time in one gap
        ((1, 1, 2, 6, 5, 1), None, 0.22727),
        ((3,), math.nan, math.nan),
        ((0, 0), math.nan, math.nan),
    ],
)
def test_burstiness_and_memory(measured, gaps, expected, memory):
    times = pd.Series([0, *gaps]).cumsum() * 60
    rows = [post(f"p{i}", "brand", at, "news") for i, at in enumerate(times)]
    found = measured(*tables(rows, {"brand": "official"}))
    if expected is not None:
        assert close(found["brand", "burstiness"], expected)
        assert close(found["brand", "burstiness_originals"], expected)
    assert close(found["brand", "memory"], memory)


# --- I1 ---


def composed(n_broadcast, n_deflect, n_open):
    """Return that many posts of each part, an hour apart."""
    said = ["news"] * n_broadcast + ["dm"] * n_deflect + ["open_answer"] * n_open
    rows, labels = [], {}
    for i, name in enumerate(said):
        text, places = SAYINGS.get(name, (name, []))
        rows.append(post(f"p{i:02}", "brand", 60 * i, text if name == "news" else f"@ann {text}"))
        if name != "news":
            labels[f"p{i:02}"] = ("deflect" if places else name, places)
    return *tables(rows, {"brand": "official", "ann": "public"}), labels


def test_strategy_parts(measured):
    posts, accounts, labels = composed(6, 3, 1)
    found = measured(posts, accounts, labels=labels)
    parts = [found["brand", f"{name}_part"] for name in ("broadcast", "deflect", "conversation")]
    assert parts == pytest.approx([0.6, 0.3, 0.1])
    assert close(found["brand", "strategy_z1"], -1.17999)
    assert close(found["brand", "strategy_z2"], 0.49013)


def test_strategy_with_a_zero(measured):
    # (8, 2, 0) becomes (.76, .19, .05): z1 = sqrt(2/3) ln(.05 / sqrt(.76 x .19)), z2 = sqrt(1/2) ln 4.
    posts, accounts, labels = composed(8, 2, 0)
    found = measured(posts, accounts, labels=labels)
    assert close(found["brand", "strategy_z1"], math.sqrt(2 / 3) * math.log(0.05 / math.sqrt(0.76 * 0.19)))
    assert close(found["brand", "strategy_z2"], math.sqrt(1 / 2) * math.log(4))
