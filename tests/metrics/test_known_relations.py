"""Values worked on paper for relations: weights, evenness, return, breadth, hosting (C3, C4, C9, C11, C12, C13)."""

from __future__ import annotations

import math

import pytest
from handmade import post, tables

from twoway.definitions import Definitions

TOLERANCE = 1e-4
HOUR, DAY = 60, 24 * 60  # minutes


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- C3 ---


def test_weighted_reciprocity(measured):
    # b->1 three times, 1->b once, b->2 twice, 3->b four times: 2 x min(3, 1) of ten. Balances 1/2, 0, 0.
    said = [("b", "@one hi")] * 3 + [("one", "@b hi")] + [("b", "@two hi")] * 2 + [("three", "@b hi")] * 4
    rows = [post(f"p{i}", author, 60 * i, text) for i, (author, text) in enumerate(said)]
    found = measured(*tables(rows, {"b": "official", "one": "public", "two": "public", "three": "public"}))
    assert close(found["b", "weighted_reciprocity"], 0.20)
    assert close(found["b", "dyad_balance"], 1 / 6)


# --- C4, C9 ---


def crowd():
    """Ann asks, the brand answers twice, Ann thanks three times; Bob asks and is not answered."""
    rows = [
        post("1", "ann", 0, "@brand open?"),
        post("2", "brand", 60, "yes", "1"),
        post("3", "ann", 120, "when?", "2"),
        post("4", "brand", 180, "now", "3"),
        post("5", "ann", 240, "thanks", "4"),
        post("6", "bob", 300, "@brand open?"),
    ]
    return tables(rows, {"brand": "official", "ann": "public", "bob": "public"})


def test_turns_in_conversations(measured):
    # Turns 2 : 3 and 0 : 1: entropies .97095 and 0; one conversation has two participants, with Gini 1/10.
    found = measured(*crowd())
    assert close(found["brand", "conversation_brand_units_mean"], 1.0)
    assert close(found["brand", "conversation_turn_entropy"], 0.97095 / 2)
    assert close(found["brand", "participant_gini"], 0.10)


def test_uneven_participants(measured):
    # Three take part with 4, 1 and 1 units: mean difference (3 + 3 + 0) x 2 / 9 over twice the mean of 2.
    rows = [post("0", "brand", 0, "news"), post("1", "ann", 40, "good", "0"), post("2", "bob", 80, "bad", "0")]
    rows += [post(f"{i}", "brand", 100 * i, "well", "0") for i in (3, 4, 5)]
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "bob": "public"}))
    assert close(found["brand", "participant_gini"], 1 / 3)
    assert close(found["brand", "conversation_turn_entropy"], -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3)))


# --- C11 ---


def exchange(name, day, text="@brand open?"):
    """Return a question and its answer an hour later."""
    at = day * DAY
    return [
        post(f"{name}{day}q", name, at, text),
        post(f"{name}{day}p", "brand", at + HOUR, f"@{name} yes", f"{name}{day}q"),
    ]


def twenty_persons():
    """Return 20 new persons of whom 5 come back, 2 without a question; one was there early, one came late."""
    rows = [post("start", "brand", 0, "good morning"), post("end", "brand", 200 * DAY, "good night")]
    for i in range(20):
        rows += exchange(f"person{i:02}", 100 + i)
    for i in range(5):
        rows += exchange(f"person{i:02}", 115 + i, "@brand open?" if i < 3 else "@brand lovely place")
    rows += exchange("early", 10) + exchange("early", 30) + exchange("late", 180) + exchange("late", 190)
    names = [*[f"person{i:02}" for i in range(20)], "early", "late"]
    return tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})


def test_returning(measured):
    found = measured(*twenty_persons())
    assert close(found["brand", "returning_share"], 0.25)
    assert close(found["brand", "returning_without_question_share"], 0.40)
    # Answers to regulars: two each to five persons, to the early and to the late one, of 20 + 5 + 2 + 2.
    assert close(found["brand", "regulars_reply_share"], 14 / 29)


def test_coming_back_within_the_week_is_no_return(measured):
    rows = [post("start", "brand", 0, "good morning"), post("end", "brand", 200 * DAY, "good night")]
    rows += exchange("ann", 100) + exchange("ann", 106)
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "returning_share"], 0.0)
    assert close(found["brand", "regulars_reply_share"], 0.0)


def test_relationships_over_time(measured):
    # First to last exchange: an hour; 50 days and an hour; still there when the last silence began, 190 days later.
    # S = 2/3, 1/3: the median is the second.
    rows = [post("start", "brand", 0, "good morning"), post("end", "brand", 400 * DAY, "good night")]
    rows += exchange("ann", 100) + exchange("bob", 100) + exchange("bob", 150)
    rows += exchange("cyd", 120) + exchange("cyd", 320)
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "bob": "public", "cyd": "public"}))
    assert close(found["brand", "relationship_days_median"], 50 + 1 / 24)


# --- C12 ---


def test_rarefied_breadth(measured):
    # Of ten posts over three persons (5, 3, 2) two are drawn: 1 - 10/45 + 1 - 21/45 + 1 - 28/45 persons are expected.
    rows = [
        post(f"p{i}", "brand", 60 * i, f"@{name} hello") for i, name in enumerate(["x"] * 5 + ["y"] * 3 + ["z"] * 2)
    ]
    posts, accounts = tables(rows, {"brand": "official", "x": "public", "y": "public", "z": "public"})
    found = measured(posts, accounts, definitions=Definitions(draws=1, rarefy_n=2))
    assert close(found["brand", "persons_rarefied"], 76 / 45)
    found = measured(posts, accounts, definitions=Definitions(draws=1, rarefy_n=10))
    assert close(found["brand", "persons_rarefied"], 3.0)
    assert close(measured(posts, accounts)["brand", "persons_rarefied"], math.nan), "fewer than 50 posts"


# --- C13 ---


def party():
    """200 units by the brand, 4 of which introduce and 29 quote a person; 8 replies by persons, 3 to one another."""
    rows = [post("b0", "bob", 0, "what a day")]
    rows += [post(f"n{i:03}", "brand", 60 * (i + 1), "news") for i in range(167)]
    rows += [post(f"s{i:02}", "brand", 60 * (i + 200), "look at this", quote_of_id="b0") for i in range(29)]
    for i in range(4):
        rows.append(post(f"w{i}", "cyd", 60 * (i + 300), "who knows a baker"))
        rows.append(post(f"i{i}", "brand", 60 * (i + 300) + 5, "@bob can tell you", f"w{i}"))
    rows += [post(f"r{i}", f"guest{i}", 61 + i, "well", "n000") for i in range(5)]
    rows += [post(f"t{i}", f"guest{i}", 70 + i, "indeed", f"r{i + 1}") for i in range(3)]
    names = ["bob", "cyd", *[f"guest{i}" for i in range(5)]]
    return tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})


def test_host_index(measured):
    # 3/8 of the replies between persons, 4/200 introductions, 29/200 quotes: mean .18, nothing recorded of the gate.
    found = measured(*party())
    assert close(found["brand", "host_c2c_share"], 0.375)
    assert close(found["brand", "host_intro_share"], 0.02)
    assert close(found["brand", "host_spot_share"], 0.145)
    assert close(found["brand", "host_gate_share"], math.nan)
    assert close(found["brand", "host_index"], 0.18)


def test_a_kept_gate_lowers_the_index(measured):
    # The 200 units make 200 conversations; replies were limited in 20 of them.
    posts, accounts = party()
    posts["is_restricted"] = posts["post_id"].isin([f"n{i:03}" for i in range(20)])
    found = measured(posts, accounts)
    assert close(found["brand", "host_gate_share"], 0.10)
    assert close(found["brand", "host_index"], 0.08)


def test_a_gatekeeper_has_an_index_below_zero(measured):
    rows = [post("0", "brand", 0, "news", is_restricted=True), post("1", "ann", 60, "well", "0", is_restricted=False)]
    posts, accounts = tables(rows, {"brand": "official", "ann": "public"})
    found = measured(posts.assign(repost_of_id=None), accounts)
    assert close(found["brand", "host_index"], -1.0)


def test_a_source_that_holds_neither_quotes_nor_reposts_says_nothing_of_them(measured):
    rows = [post("0", "brand", 0, "news"), post("1", "ann", 60, "well", "0")]
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "host_spot_share"], math.nan)
    assert close(found["brand", "host_index"], math.nan)
