"""Rewiring: strengths stay exactly, reciprocation goes, no account meets itself."""

from __future__ import annotations

import time
from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from twoway.errors import TwowayError
from twoway.inference.nulls import rewire_arcs


def arcs_of(rng, n=4_000, n_brands=6, n_persons=300):
    brands, persons = rng.integers(0, n_brands, n), rng.integers(0, n_persons, n)
    return brands, persons, rng.random(n) < 0.4


def returned(brands, persons, is_out):
    pairs = [set(zip(brands[side], persons[side], strict=True)) for side in (is_out, ~is_out)]
    return len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1])


def test_every_strength_stays(rng):
    brands, persons, is_out = arcs_of(rng)
    drawn = rewire_arcs(persons, is_out, rng)
    for side in (is_out, ~is_out):
        assert (np.bincount(drawn[side], minlength=300) == np.bincount(persons[side], minlength=300)).all()
    # Brands keep theirs because an arc keeps its brand.
    assert (drawn != persons).mean() > 0.9
    assert persons is not drawn


def test_reciprocation_goes(rng):
    brands, persons, _ = arcs_of(rng, n=2_000)
    both = np.repeat(brands, 2), np.repeat(persons, 2), np.tile([False, True], 2_000)
    assert returned(*both) == 1
    assert returned(both[0], rewire_arcs(both[1], both[2], rng), both[2]) < 0.6


def test_one_brand_keeps_all_its_pairs(rng):
    _, persons, is_out = arcs_of(rng, n=200, n_brands=1)
    brands = np.zeros(200, dtype=int)
    drawn = rewire_arcs(persons, is_out, rng)
    assert returned(brands, drawn, is_out) == returned(brands, persons, is_out)


def test_no_arc_joins_a_house_with_itself(rng):
    brands = rng.integers(0, 8, 3_000)
    persons = (brands + rng.integers(1, 8, 3_000)) % 8
    is_out = rng.random(3_000) < 0.5
    drawn = rewire_arcs(persons, is_out, rng, person_house=persons, brand_house=brands)
    assert (drawn != brands).all()
    assert (np.bincount(drawn[is_out]) == np.bincount(persons[is_out])).all()
    assert (drawn != persons).mean() > 0.7


@pytest.mark.parametrize("n", [2, 3, 4])
def test_all_allowed_arrangements_are_as_likely(n, rng):
    house = np.arange(n)
    start = np.roll(house, 1)
    allowed = {order for order in permutations(range(n)) if all(a != b for a, b in zip(order, house, strict=True))}
    draws = (rewire_arcs(start, np.zeros(n), rng, person_house=start, brand_house=house) for _ in range(1_800))
    seen = Counter(tuple(drawn.tolist()) for drawn in draws)
    assert set(seen) == allowed
    assert len(allowed) == 1 or chisquare([seen[order] for order in allowed]).pvalue > 1e-3


@pytest.mark.parametrize("n_houses", [2, 3, 30])
def test_many_arcs_join_no_house_with_itself_either(n_houses, rng):
    brands = rng.integers(0, n_houses, 12_000)
    persons = (brands + rng.integers(1, n_houses, 12_000)) % n_houses
    drawn = rewire_arcs(persons, np.zeros(12_000), rng, person_house=persons, brand_house=brands)
    assert (drawn != brands).all()
    assert (np.bincount(drawn) == np.bincount(persons)).all()
    # Two houses leave no choice of house, more leave one.
    assert (drawn != persons).any() == (n_houses > 2)


def test_a_house_with_most_arcs_keeps_to_what_is_allowed(rng):
    # All but a few persons are of one house, so hardly any other arrangement is allowed.
    brands = np.concatenate([np.ones(9_000), np.zeros(1_000)]).astype(int)
    persons = np.concatenate([np.zeros(9_000), np.ones(1_000)]).astype(int)
    drawn = rewire_arcs(persons, np.zeros(10_000), rng, person_house=persons, brand_house=brands)
    assert (drawn != brands).all()


def test_persons_with_houses_are_spread_as_evenly(rng):
    # Half of the arcs belong to house 0, which its own persons cannot reach: they share the other three evenly.
    brands = np.repeat([0, 0, 0, 1, 2, 3], 2_000)
    persons = np.concatenate([np.repeat([1, 2, 3], 2_000), np.repeat([0, 0, 0], 2_000)])
    drawn = rewire_arcs(persons, np.zeros(12_000), rng, person_house=persons, brand_house=brands)
    assert sorted(set(zip(brands.tolist(), drawn.tolist(), strict=True))) == [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 0),
        (2, 0),
        (3, 0),
    ]


def test_nothing_is_rewired_into_nothing(rng):
    assert rewire_arcs([], [], rng).tolist() == []
    assert rewire_arcs([], [], rng, person_house=[], brand_house=[]).tolist() == []
    assert rewire_arcs([7], [True], rng, person_house=[1], brand_house=[2]).tolist() == [7]


def test_lengths_that_differ_are_refused(rng):
    with pytest.raises(TwowayError, match="do not fit"):
        rewire_arcs([1, 2], [True], rng)


def test_a_million_arcs_take_less_than_a_second(rng):
    persons, is_out = rng.integers(0, 200_000, 1_000_000), rng.random(1_000_000) < 0.5
    start = time.process_time()
    rewire_arcs(persons, is_out, rng)
    assert time.process_time() - start < 1
