"""Values worked on paper for the shape of the exchange: the library and the loops must both return them."""

from __future__ import annotations

import math

import pytest
from handmade import post, tables

TOLERANCE = 1e-4  # the paper values are rounded to four digits


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- C1, C2 ---


def test_reciprocity_of_four_arcs(measured):
    # b->1, 1->b, b->2, 3->b: M = 1, A = 2. Arcs 2/4, dyads 1/3, in 1/2 (persons 1 and 3), out 1/2 (persons 1 and 2).
    rows = [
        post("1", "b", 0, "@one hello"),
        post("2", "one", 1, "@b hello"),
        post("3", "b", 2, "@two hello"),
        post("4", "three", 3, "@b hello"),
    ]
    found = measured(*tables(rows, {"b": "official", "one": "public", "two": "public", "three": "public"}))
    assert close(found["b", "arc_reciprocity"], 0.5)
    assert close(found["b", "dyadic_reciprocity"], 1 / 3)
    assert close(found["b", "inbound_reciprocity"], 0.5)
    assert close(found["b", "outbound_reciprocity"], 0.5)
    # The brand spoke first to person 1 and did not come back: no return arc after the first arc.
    assert close(found["b", "inbound_reciprocity_ordered"], 0.0)
    # In a star only the 2 x 3 arcs between brand and persons are possible: density 4/6, rho = (1/2 - 2/3) / (1/3).
    assert close(found["b", "reciprocity_rho"], -0.5)


# --- C4, C5 ---


def tree(edges, root="r"):
    """Return a conversation in which `brand` wrote the root and a person of its own every other post."""
    rows = [post(root, "brand", 0, "what do you think")]
    for i, (parent, child) in enumerate(edges, start=1):
        rows.append(post(child, f"by_{child}", i, "well", parent))
    return tables(rows, {"brand": "official", **{f"by_{child}": "public" for _, child in edges}})


def test_size_depth_width_of_a_tree(measured):
    # Levels r | a b c | d | e: six posts, depth 3, width 3, five persons, five minutes.
    found = measured(*tree(["ra", "rb", "rc", "ad", "de"]))
    expected = {"size_mean": 6, "size_median": 6, "size_p90": 6, "depth_mean": 3, "width_mean": 3}
    expected |= {"persons_mean": 5, "duration_median": 5}
    for name, value in expected.items():
        assert close(found["brand", f"conversation_{name}"], value), name
    assert close(found["brand", "single_post_share"], 0.0)


@pytest.mark.parametrize(
    ("edges", "virality", "normalized"),
    [
        # Distances of the tree above sum to 32 over 15 pairs: 2 x 32 / 30; (2.1333 - 1.6667) / (2.3333 - 1.6667) = .70
        (["ra", "rb", "rc", "ad", "de"], 2.1333, 0.70),
        # A star of six: five pairs at 1 and ten at 2 make 25, 2 x 25 / 30.
        (["ra", "rb", "rc", "rd", "re"], 1.6667, 0.0),
        # A path of six: 7/3.
        (["ra", "ab", "bc", "cd", "de"], 2.3333, 1.0),
        # Two posts: 1, and no room between star and path.
        (["ra"], 1.0, math.nan),
        ([], math.nan, math.nan),
    ],
)
def test_structural_virality(measured, edges, virality, normalized):
    found = measured(*tree(edges))
    assert close(found["brand", "structural_virality"], virality)
    assert close(found["brand", "structural_virality_normalized"], normalized)


# --- C7 ---


def test_interactivity_order(measured):
    # p1 by C starts; p2 B->p1, p3 C->p2, p4 B->p3, p5 D->p1, p6 B alone: orders 0, 1, 2, 3, 1, 0. B's are 1, 3, 0.
    rows = [
        post("p1", "C", 0, "hello B"),
        post("p2", "B", 40, "hello", "p1"),
        post("p3", "C", 80, "and?", "p2"),
        post("p4", "B", 120, "so", "p3"),
        post("p5", "D", 160, "me too", "p1"),
        post("p6", "B", 200, "news"),
    ]
    found = measured(*tables(rows, {"B": "official", "C": "public", "D": "public"}))
    assert close(found["B", "interactive_share"], 1 / 3)
    assert close(found["B", "interactivity_order_mean"], 1.0)
    # Of what persons say in conversations of B (p1, p3, p5), p3 goes on with an exchange.
    assert close(found["B", "public_interactive_share"], 1 / 3)


# --- C9 ---


def test_turn_balance(measured):
    # Person, brand, person, brand, person: turns 2 to 3. H2(.4, .6) = .97095, Gini 1/10, imbalance .6, runs 5 of 5.
    rows = [post("1", "ann", 0, "@brand one two")]
    for i, (author, text) in enumerate([("brand", "one"), ("ann", "one two"), ("brand", "one"), ("ann", "one two")], 2):
        rows.append(post(str(i), author, 10 * i, text, str(i - 1)))
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "turn_balance_entropy"], 0.97095)
    assert close(found["brand", "turn_gini"], 0.10)
    assert close(found["brand", "turn_imbalance"], 0.60)
    assert close(found["brand", "turn_taking_index"], 1.0)


def test_turn_taking_runs(measured):
    # A A B A: four units, three runs, (3 - 1) / (4 - 1). The second post comes an hour later: a unit of its own.
    rows = [
        post("1", "ann", 0, "@brand one"),
        post("2", "ann", 60, "@brand one"),
        post("3", "brand", 120, "one", "2"),
        post("4", "ann", 180, "one", "3"),
    ]
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "turn_taking_index"], 2 / 3)


# --- C12 ---


def test_effective_persons(measured):
    # Ten replies over three persons, 5, 3 and 2: exp(H) = 2.8001, three persons in ten posts, one week, no ties.
    rows = []
    for i, name in enumerate(["x"] * 5 + ["y"] * 3 + ["z"] * 2):
        rows += [post(f"q{i}", name, 100 * i, "hm"), post(f"p{i}", "brand", 100 * i + 50, "sure", f"q{i}")]
    rows += [post("end", "brand", 7 * 24 * 60, "good night")]
    found = measured(*tables(rows, {"brand": "official", "x": "public", "y": "public", "z": "public"}))
    assert close(found["brand", "effective_persons"], 2.8001)
    assert close(found["brand", "persons_per_100_directed"], 30.0)
    assert close(found["brand", "new_tie_rate"], 3.0)
    assert close(found["brand", "effective_size"], 3.0)


def test_external_internal_index(measured):
    # 30 posts to customers, 10 to insiders (6 to a partner, 4 to the sister account): (30 - 10) / 40.
    handles = ["ann"] * 30 + ["agency"] * 6 + ["sister"] * 4
    rows = [post(f"p{i:02}", "brand", 60 * i, f"@{handle} hello") for i, handle in enumerate(handles)]
    roles = {"brand": "official", "sister": "care", "agency": "partner", "ann": "public"}
    found = measured(*tables(rows, roles, {"brand": "acme", "sister": "acme"}))
    assert close(found["brand", "external_internal_index"], 0.50)
