"""Values worked on paper for relations: weights, evenness, return, breadth, hosting (C3, C4, C9, C11, C12, C13)."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from handmade import annotated, by_library, by_loops, post, tables

import twoway as tw
from twoway.definitions import Definitions

TOLERANCE = 1e-4
HOUR, DAY = 60, 24 * 60  # minutes


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- C1, C2 ---

RECIPROCITIES = ("arc_reciprocity", "dyadic_reciprocity", "inbound_reciprocity", "outbound_reciprocity")


def worked():
    """b->1, 1->b, b->2, 3->b, where 2 never posts."""
    said = [("b", "@one hi"), ("one", "@b hi"), ("b", "@two hi"), ("three", "@b hi")]
    return tables([post(f"p{i}", author, 60 * i, text) for i, (author, text) in enumerate(said)], {"b": "official"})


def test_reciprocity_needs_no_account_of_whom_is_addressed(measured):
    posts, _ = worked()
    found = measured(posts, focus=["b"])
    assert [found["b", name] for name in RECIPROCITIES] == pytest.approx([0.5, 1 / 3, 0.5, 0.5])
    assert close(found["b", "persons_per_100_directed"], 100.0)
    assert close(found["b", "effective_persons"], 2.0)


def test_who_is_only_named_is_a_person_of_the_pairs_and_not_of_the_corpus():
    talk = annotated(worked()[0], focus=["b"])
    assert talk.dyads["person_id"].tolist() == ["one", "three", "@two"]
    coverage = talk.corpus.coverage().to_frame()["value"]
    assert (coverage["accounts"], coverage["persons"], coverage["turns_owed"]) == (3, 2, 2)
    census = tw.dyad_census(talk).table.iloc[0]
    assert census[["n_accounts", "mutual", "asymmetric"]].tolist() == [4, 1, 2]
    assert close(census["rho"], 0.25)


def test_handles_that_may_be_those_of_the_persons_who_posted_are_no_further_persons(measured):
    # Nobody who posted is known by a handle, and the one named may be 111 or 222.
    rows = [post("1", "111", 0, "open?", None), post("2", "brand", 60, "@ann yes", "1"), post("3", "222", 90, "hm")]
    found = measured(*tables(rows, {"brand": "official", "111": "public", "222": "public"}))
    assert close(found["brand", "persons_per_100_directed"], 100.0)


@pytest.mark.parametrize("by", ["corpus", "role", "month"])
def test_what_one_firm_is_told_another_does_not_return(by):
    rows = [post("1", "x", 0, "@b1 hi"), post("2", "b2", 60, "@x hi")]
    posts, accounts = tables(rows, {"b1": "official", "b2": "official", "x": "public"})
    unit = {"corpus": "all", "role": "official", "month": "1970-01"}[by]
    found = by_library(posts, accounts, by=by)
    for name in (*RECIPROCITIES, "weighted_reciprocity", "dyad_balance"):
        assert close(found[unit, name], 0.0), name


def test_order_in_time(measured):
    # One asks, is answered, and thanks; two is greeted, and never writes; three writes, after it was greeted.
    rows = [post("1", "one", 0, "@b hi"), post("2", "b", 60, "@one hi", "1"), post("3", "one", 70, "@b thanks")]
    rows += [post("4", "b", 80, "@two hi"), post("5", "b", 90, "@three hi"), post("6", "three", 99, "@b hi")]
    found = measured(*tables(rows, {"b": "official", "one": "public", "two": "public", "three": "public"}))
    assert close(found["b", "inbound_reciprocity_ordered"], 1 / 2)
    assert close(found["b", "outbound_reciprocity_ordered"], 2 / 3)
    assert close(found["b", "arc_reciprocity_ordered"], 3 / 5)
    assert close(found["b", "dyadic_reciprocity_ordered"], 1 / 3)


def test_a_reply_in_the_same_second_comes_after_its_parent(measured):
    rows = [post("2", "ann", 0, "@b hi"), post("1", "b", 0, "@ann hi", "2")]
    found = measured(*tables(rows, {"b": "official", "ann": "public"}))
    assert close(found["b", "inbound_reciprocity_ordered"], 1.0)
    assert close(found["b", "outbound_reciprocity_ordered"], 0.0)


def test_pairs_known_from_context_alone_are_left_out():
    rows = [post("1", "ann", 0, "@b hi", is_context=True), post("2", "b", 60, "@bob hi", is_context=False)]
    talk = annotated(*tables(rows, {"b": "official", "ann": "public", "bob": "public"}))
    assert talk.dyads["person_id"].tolist() == ["bob"]
    census = tw.dyad_census(talk)
    assert census.matrix.to_numpy().sum() == census.table.loc[0, "weight"] == 1


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
    # Two of them came back without a question; of 14 exchanges with regulars these two held none.
    assert close(found["brand", "regulars_without_question_reply_share"], 4 / 29)
    assert close(found["brand", "repeat_episodes_without_question_share"], 2 / 14)


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
    rows += exchange("cyd", 120) + exchange("cyd", 200) + exchange("cyd", 280) + exchange("cyd", 320)
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "bob": "public", "cyd": "public"}))
    assert close(found["brand", "relationship_days_median"], 50 + 1 / 24)
    assert close(found["brand", "relationship_days_median_question"], 50 + 1 / 24)
    assert close(found["brand", "relationship_days_median_no_question"], math.nan)


def test_a_long_silence_ends_a_relationship(measured):
    # Ann comes again after 199 days and 23 hours of silence: her first relationship lasted an hour, as did Bob's.
    rows = [post("start", "brand", 0, "good morning"), post("end", "brand", 400 * DAY, "good night")]
    rows += exchange("ann", 100) + exchange("ann", 300) + exchange("bob", 100) + exchange("cyd", 100)
    rows += exchange("cyd", 180)
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "bob": "public", "cyd": "public"}))
    assert close(found["brand", "relationship_days_median"], 1 / 24)


def test_a_relationship_that_crosses_a_month_is_whole():
    # Days 100 and 115 of 1970 lie in April, days 105 and 125 in April and May: both persons came back.
    rows = [post("start", "brand", 0, "good morning"), post("end", "brand", 200 * DAY, "good night")]
    rows += exchange("ann", 100) + exchange("ann", 115) + exchange("bob", 105) + exchange("bob", 125)
    posts, accounts = tables(rows, {"brand": "official", "ann": "public", "bob": "public"})
    found = by_library(posts, accounts, by="month")
    assert close(found["1970-04", "returning_share"], 1.0)
    assert close(found["1970-05", "returning_share"], math.nan), "Bob was new in April"
    assert close(found["1970-05", "regulars_reply_share"], 1.0)


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


def two_months():
    """The brand greets x, y in January and x, z in February (x and z tied in February only), within 59 days."""
    said = [(0, "brand", "@x hi @y"), (35, "brand", "@x hi @z"), (36, "z", "@x hello"), (59, "brand", "good night")]
    rows = [post(f"p{day}", author, day * DAY, text) for day, author, text in said]
    return tables(rows, {"brand": "official", "x": "public", "y": "public", "z": "public"})


def test_breadth_of_a_month():
    found = by_library(*two_months(), by="month")
    assert close(found["1970-01", "new_tie_rate"], 2 / (31 / 7))
    assert close(found["1970-02", "new_tie_rate"], 1 / (28 / 7)), "x is known since January"
    assert close(found["1970-01", "effective_size"], 2.0)
    assert close(found["1970-02", "effective_size"], 1.0)
    assert close(found["1970-02", "persons_per_100_directed"], 200.0)


def test_only_ties_that_begin_in_the_window_are_new():
    window = (pd.Timestamp(30 * 86_400, unit="s", tz="UTC"), pd.Timestamp(58 * 86_400, unit="s", tz="UTC"))
    for measured_by in (by_library, by_loops):
        assert close(measured_by(*two_months(), window=window)["brand", "new_tie_rate"], 1 / 4)


def test_a_person_addressed_by_two_firms_counts_for_each():
    rows = [post("1", "b1", 0, "@x hi"), post("2", "b2", 60, "@x hi"), post("3", "b2", 61, "@y hi")]
    posts, accounts = tables(rows, {"b1": "official", "b2": "official", "x": "public", "y": "public"})
    found = by_library(posts, accounts, by="corpus")
    assert close(found["all", "persons_per_100_directed"], 100.0)
    assert close(found["all", "effective_persons"], 3.0)


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
