"""Values worked on paper for the floor: depth of debate, longest exchange, participation shifts (C6, C7, C8)."""

from __future__ import annotations

from itertools import product

import pytest
from handmade import post, tables
from oracles.shifts import shift

from twoway.interactions.shifts import FAMILIES, SHIFTS

TOLERANCE = 1e-4


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- C6 ---


def levels(*counts):
    """Return a conversation by `brand` with so many replies at each depth, each by a person of its own."""
    rows, above = [post("r", "brand", 0, "what do you think")], "r"
    for depth, n in enumerate(counts, start=1):
        names = [f"d{depth}n{i}" for i in range(n)]
        rows += [post(name, f"by_{name}", len(rows) + i, "well", above) for i, name in enumerate(names)]
        above = names[0]
    return tables(rows, {"brand": "official", **{row["account_id"]: "public" for row in rows[1:]}})


@pytest.mark.parametrize(
    ("counts", "first_failing", "largest"),
    [((3, 1, 1), 1, 1), ((4, 3, 3, 1), 3, 3), ((1, 1, 5), 1, 3), ((), 0, 0), ((7,), 1, 1), ((2, 2), 2, 2)],
)
def test_h_index(measured, counts, first_failing, largest):
    found = measured(*levels(*counts))
    assert close(found["brand", "h_index_mean"], first_failing)
    assert close(found["brand", "h_index_max_mean"], largest)


# --- C7 ---


def test_the_longest_exchange_of_an_episode(measured):
    # p1 by C starts; p2 B->p1, p3 C->p2, p4 B->p3 make orders 0, 1, 2, 3. With E there is one reply: the mean of 3, 1.
    rows = [
        post("p1", "C", 0, "hello B"),
        post("p2", "B", 40, "hello", "p1"),
        post("p3", "C", 80, "and?", "p2"),
        post("p4", "B", 120, "so", "p3"),
        post("p5", "D", 160, "me too", "p1"),
        post("p6", "B", 200, "news"),
        post("p7", "E", 240, "great", "p6"),
    ]
    found = measured(*tables(rows, {"B": "official", "C": "public", "D": "public", "E": "public"}))
    assert close(found["B", "interactivity_max_order_mean"], 2.0)


def test_an_exchange_begun_by_a_missing_post_is_given_as_the_least_it_can_be(measured):
    rows = [post("p2", "B", 40, "hello C", "gone"), post("p3", "C", 80, "and?", "p2"), post("p4", "B", 120, "so", "p3")]
    found = measured(*tables(rows, {"B": "official", "C": "public"}))
    # p4 continues B -> C -> B, and p2 may have continued it before: at least 2.
    assert close(found["B", "interactivity_max_order_mean"], 2.0)


# --- C8 ---

FAMILY_OF = {
    "receiving": ["AB-BA", "AB-B0", "AB-BY"],
    "claiming": ["A0-XA", "A0-X0", "A0-XY"],
    "usurping": ["AB-XA", "AB-XB", "AB-X0", "AB-XY"],
    "continuing": ["A0-AY", "AB-A0", "AB-AY"],
}


def test_there_are_thirteen_shifts():
    listed = {(family, name) for family, names in FAMILY_OF.items() for name in names}
    speakers, targets = "1234", (*"1234", None)
    found = {
        shift(a, b, x, y)
        for a, b, x, y in product(speakers, targets, speakers, targets)
        if a != b and x != y and (a, b) != (x, y)
    }
    assert found == listed
    assert set(zip(FAMILIES, SHIFTS, strict=True)) == listed
    assert len(SHIFTS) == 13


def eight_turns(**of_the_first):
    """B; then (C,B) (B,C) (C,B) (D,B) (B,0) (B,0) (C,B). Self-replies come hours later: units of their own."""
    rows = [
        post("0", "B", 0, "what do you think", **of_the_first),
        post("1", "C", 10, "this", "0"),
        post("2", "B", 20, "really?", "1"),
        post("3", "C", 30, "yes", "2"),
        post("4", "D", 40, "no", "0"),
        post("5", "B", 200, "interesting", "0"),
        post("6", "B", 400, "still here", "0"),
        post("7", "C", 500, "me too", "5"),
    ]
    return tables(rows, {"B": "official", "C": "public", "D": "public"})


def test_shifts_of_the_catalogue(measured):
    # Nobody sees the first post, so that the talk opens with (C,B): AB-BA twice, AB-XB, AB-B0, [a repeat], A0-XA.
    posts, accounts = eight_turns()
    posts["is_private"] = posts["post_id"] == "0"
    found = measured(posts, accounts)
    shares = {name: found["B", f"pshift_{name}_share"] for name in ("abba", *FAMILY_OF)}
    expected = {"abba": 2 / 5, "receiving": 3 / 5, "claiming": 1 / 5, "usurping": 1 / 5, "continuing": 0}
    assert shares == pytest.approx(expected)
    # Branch after branch: 1 2 3 | 4 | 5 7 | 6, that is AB-BA, AB-BA, AB-XB, AB-B0, A0-XA, AB-B0.
    assert close(found["B", "pshift_abba_share_tree"], 2 / 6)


def test_the_opening_post_counts_where_it_is_public(measured):
    # (B,0) (C,B) before them is one more A0-XA.
    found = measured(*eight_turns())
    assert close(found["B", "pshift_abba_share"], 2 / 6)
    assert close(found["B", "pshift_claiming_share"], 2 / 6)
    families = ("receiving", "claiming", "usurping", "continuing")
    assert sum(found["B", f"pshift_{name}_share"] for name in families) == pytest.approx(1)


def test_only_persons_usurp(measured):
    # The sister account joins in after (C,B): an AB-XB, but not by the public.
    posts, accounts = eight_turns()
    accounts["role"] = ["official", "public", "care"]
    found = measured(posts, accounts)
    assert close(found["B", "pshift_usurping_share"], 0.0)


def test_a_missing_parent_leaves_two_steps_unclassified(measured):
    # (B,0) (C,B) | (D,?) | (C,B) (B,C): A0-XA and AB-BA are left.
    rows = [
        post("0", "B", 0, "what do you think", conversation_id="k"),
        post("1", "C", 10, "this", "0", conversation_id="k"),
        post("2", "D", 20, "no", "gone", conversation_id="k"),
        post("3", "C", 60, "that", "0", conversation_id="k"),
        post("4", "B", 70, "really?", "3", conversation_id="k"),
    ]
    found = measured(*tables(rows, {"B": "official", "C": "public", "D": "public"}))
    assert close(found["B", "pshift_abba_share"], 1 / 2)
    assert close(found["B", "pshift_claiming_share"], 1 / 2)


def test_an_answer_in_the_same_second_comes_after_its_question(measured):
    # (C,0) (B,C) (C,B): A0-XA, AB-BA. By the letters of the ids the last two would change places.
    rows = [post("c", "C", 0, "hello"), post("z", "B", 9, "yes?", "c"), post("a", "C", 9, "open?", "z")]
    found = measured(*tables(rows, {"B": "official", "C": "public"}))
    assert close(found["B", "pshift_abba_share"], 1 / 2)
    assert close(found["B", "pshift_claiming_share"], 1 / 2)
