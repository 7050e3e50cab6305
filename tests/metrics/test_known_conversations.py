"""Values worked on paper where parents are missing, gates are kept, and who speaks in a brand's conversations."""

from __future__ import annotations

import math

import pytest
from handmade import annotated, post, tables

import twoway as tw

ROLES = {"B": "official", "C": "public", "D": "public", "E": "public"}


def value(found, metric):
    return found["B", metric]


# --- replies to missing posts ---


def answers_to_the_missing(**more):
    """Return ten answers of B to posts that were not collected, and one exchange of two units."""
    rows = [post(f"a{i}", "B", 100 * i, "hello", f"gone{i}", **dict.fromkeys(more, f"k{i}")) for i in range(10)]
    rows += [post("q", "C", 2_000, "@B open?"), post("r", "B", 2_040, "yes", "q")]
    return tables(rows, ROLES)


@pytest.mark.parametrize("more", [{}, {"conversation_id": True}], ids=["unnamed", "named"])
def test_an_answer_to_a_missing_post_is_no_post_that_nobody_answered(measured, more):
    found = measured(*answers_to_the_missing(**more))
    assert value(found, "single_post_share") == 0
    assert value(found, "conversation_size_mean") == 2
    assert value(found, "conversation_depth_mean") == 1
    assert value(found, "h_index_mean") == 1
    # One turn each, where all is known.
    assert value(found, "conversation_turn_entropy") == 1
    assert value(found, "conversation_brand_units_mean") == 1


def test_answers_to_the_missing_alone_make_no_trees(measured):
    posts, accounts = answers_to_the_missing()
    found = measured(posts[posts["account_id"] == "B"].iloc[:10], accounts)
    for name in ("single_post_share", "conversation_size_mean", "conversation_turn_entropy", "h_index_mean"):
        assert math.isnan(value(found, name)), name


def test_a_conversation_that_is_named_begins_with_the_earliest_post_known(measured):
    # The root is missing; of the rest of conversation k the earliest takes its place: a path of three.
    rows = [
        post("1", "C", 0, "and you?", "gone", conversation_id="k"),
        post("2", "B", 40, "fine", "1", conversation_id="k"),
        post("3", "C", 80, "good", "2", conversation_id="k"),
    ]
    assert value(measured(*tables(rows, ROLES)), "conversation_size_mean") == 3
    unnamed = [{**row, "conversation_id": None} for row in rows]
    assert math.isnan(value(measured(*tables(unnamed, ROLES)), "conversation_size_mean"))


def test_parents_are_missed_by_those_who_miss_them():
    posts, accounts = answers_to_the_missing()
    rows = [post("x", "D", 5_000, "@Z hi"), post("y", "Z", 5_040, "hi", "x"), post("z", "D", 5_080, "bye", "y")]
    more, others = tables(rows, {"Z": "official"})
    posts, accounts = (
        type(posts)(a.to_dict("records") + b.to_dict("records")) for a, b in ((posts, more), (accounts, others))
    )
    wanted = ["single_post_share", "turn_gini", "pshift_abba_share", "turn_taking_index", "response_rate"]
    table = tw.measure(annotated(posts, accounts), wanted).table.set_index(["unit_id", "metric"])["flags"]
    for name in wanted:
        assert "orphan_share" in table["B", name].split(","), name
        assert "orphan_share" not in table["Z", name].split(","), name


# --- orders that nobody knows ---


def bounds(rows, metric):
    table = tw.measure(annotated(*tables(rows, ROLES)), metric).table.set_index("unit_id")
    return tuple(table.loc["B", ["value", "lower_bound", "upper_bound"]])


def test_a_reply_to_a_missing_post_is_at_least_reactive(measured):
    # B alone: 0. B to a missing post: 1 or 2. B to C, who answers nobody: 1.
    rows = [
        post("1", "B", 0, "news"),
        post("2", "B", 100, "sure", "gone"),
        post("3", "C", 200, "@B open?"),
        post("4", "B", 240, "yes", "3"),
    ]
    assert bounds(rows, "interactivity_order_mean") == pytest.approx((2 / 3, 2 / 3, 1.0))
    assert value(measured(*tables(rows, ROLES)), "interactivity_order_mean") == pytest.approx(2 / 3)


def test_the_longest_exchange_is_open_above_where_its_beginning_is_missing():
    # With C: 0, 1, 2, 3 steps. With D: B answers a missing post, D and B go on: at least two steps.
    rows = [
        post("1", "C", 0, "@B open?"),
        post("2", "B", 40, "yes", "1"),
        post("3", "C", 80, "when?", "2"),
        post("4", "B", 120, "now", "3"),
    ]
    assert bounds(rows, "interactivity_max_order_mean") == pytest.approx((3, 3, 3))
    rows += [post("5", "B", 200, "@D so", "gone"), post("6", "D", 240, "why?", "5"), post("7", "B", 280, "well", "6")]
    assert bounds(rows, "interactivity_max_order_mean") == pytest.approx((2.5, 2.5, math.inf))


# --- words of both sides ---


def test_balance_of_words(measured):
    # Two words of C against six of B: Gini (6 - 2) / (2 x 8), B has six of eight.
    rows = [post("1", "C", 0, "@B open"), post("2", "B", 40, "we are open until nine tonight", "1")]
    found = measured(*tables(rows, ROLES))
    assert value(found, "word_gini") == pytest.approx(0.25)
    assert value(found, "word_imbalance") == pytest.approx(0.75)


# --- the gate ---


def threads(**of_posts):
    """Return a thread of B that C answers, and one of C that B answers; `of_posts` gives marks by post."""
    rows = [
        post("b1", "B", 0, "news"),
        post("c1", "C", 40, "oh", "b1"),
        post("c2", "C", 100, "@B open?"),
        post("b2", "B", 140, "yes", "c2"),
    ]
    marks = {"is_restricted": False, "deleted_at": math.nan}
    return tables([{**row, **marks, **of_posts.get(row["post_id"], {})} for row in rows], ROLES)


@pytest.mark.parametrize(
    ("of_posts", "gate"),
    [
        ({}, 0),
        ({"b1": {"is_restricted": True}}, 0.5),
        ({"b1": {"deleted_at": 9_000}}, 0.5),
        ({"b1": {"deleted_at": 9_000}, "b2": {"is_restricted": True}}, 1),
        # What a person limits or deletes is not the brand's doing, nor is an answer of its own that is gone.
        ({"c2": {"is_restricted": True}}, 0),
        ({"c2": {"deleted_at": 9_000}}, 0),
        ({"b2": {"deleted_at": 9_000}}, 0),
    ],
)
def test_the_gate_is_kept_by_who_limits_or_deletes(measured, of_posts, gate):
    assert value(measured(*threads(**of_posts)), "host_gate_share") == gate


# --- host among persons ---


def test_a_collection_of_mentions_says_little_of_talk_among_persons():
    rows = [post("1", "C", 0, "@B open?"), post("2", "B", 40, "yes", "1"), post("3", "D", 80, "@B thanks", "2")]

    def flags(rows):
        table = tw.measure(annotated(*tables(rows, ROLES)), "host_c2c_share").table.set_index("unit_id")
        return table.loc["B", "flags"].split(",")

    assert "mentions_only" in flags(rows)
    assert "mentions_only" not in flags([*rows, post("4", "E", 120, "welcome", "3")])


def test_two_persons_are_brought_together_outside_replies_too(measured):
    rows = [post("1", "B", 0, "@C meet @D"), post("2", "B", 100, "@C hello"), post("3", "B", 200, "news")]
    assert value(measured(*tables(rows, ROLES)), "host_intro_share") == pytest.approx(1 / 3)
