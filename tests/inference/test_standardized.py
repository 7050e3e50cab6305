"""Shares compared among rows alike: direct standardization by loops, statsmodels, edges, coverage."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit

from twoway.errors import SchemaError
from twoway.inference.parity_effects import share_difference
from twoway.inference.standardized import MIN_ALIKE, rows_alike, standardized_difference

# How likely a hit is, by group (second, first) and whether the row asks: what sets the groups apart is not the same.
CHANCES = np.array([[0.15, 0.75], [0.6, 0.8]])


def drawn(rng, n_persons, spread=0.8):
    """Draw turns of persons with a leaning of their own; the first group asks more often."""
    who = np.repeat(np.arange(n_persons), rng.integers(1, 4, n_persons))
    asks = (rng.random(len(who)) < 0.5).astype(int)
    first = (rng.random(len(who)) < np.where(asks == 1, 0.75, 0.35)).astype(int)
    words = rng.normal(2.3 + 0.3 * asks, 0.6)
    return hits(rng, first, asks, words, spread, who), first, asks, who, words


def hits(rng, first, asks, words, spread, who):
    chance = CHANCES[first, asks]
    lean = rng.normal(0, spread, who.max() + 1)[who]
    log_odds = np.log(chance / (1 - chance)) + 0.4 * (words - 2.5) + lean
    return (rng.random(len(who)) < 1 / (1 + np.exp(-log_odds))).astype(float)


@cache
def truth(spread=0.8, n=300_000):
    """Let the same turns be of the first group, then of the second."""
    rng = np.random.default_rng(3)
    asks = rng.integers(0, 2, n)
    words, who = rng.normal(2.3 + 0.3 * asks, 0.6), np.arange(n)
    means = [hits(rng, np.full(n, side), asks, words, spread, who).mean() for side in (1, 0)]
    return means[0] - means[1]


def by_strata(hit, first, kinds):
    """Weigh the difference in each stratum by its share of all rows."""
    total = 0.0
    for kind in set(kinds):
        shares = []
        for side in (1, 0):
            mine = [h for h, f, k in zip(hit, first, kinds, strict=True) if f == side and k == kind]
            shares.append(sum(mine) / len(mine))
        total += sum(k == kind for k in kinds) / len(kinds) * (shares[0] - shares[1])
    return total


def test_without_columns_it_is_direct_standardization(rng):
    hit, first, asks, who, words = drawn(rng, 150)
    kinds = 2 * asks + (words > 2.5)
    found = standardized_difference(hit, first, kinds, who)
    assert found.value == pytest.approx(by_strata(hit, first, kinds.tolist()), abs=1e-9)
    moved = [by_strata(hit[who != c], first[who != c], kinds[who != c].tolist()) for c in range(150)]
    jackknife = np.sqrt(((np.array(moved) - found.value) ** 2).sum() * 149 / 150)
    # One Newton step stands for the fit without a cluster.
    assert found.se == pytest.approx(jackknife, rel=0.02)


def test_with_columns_it_is_the_mean_of_what_statsmodels_predicts(rng):
    hit, first, asks, who, words = drawn(rng, 150)
    z = np.column_stack([np.ones(len(hit)), asks, words])
    one, other = (Logit(hit[first == s], z[first == s]).fit(disp=0).predict(z).mean() for s in (1, 0))
    assert standardized_difference(hit, first, asks, who, words).value == pytest.approx(one - other, abs=1e-7)


def test_where_all_rows_are_alike_it_is_the_raw_difference(rng):
    hit, first, _, who, _ = drawn(rng, 120)
    found, raw = (
        standardized_difference(hit, first, np.zeros(len(hit)), who),
        share_difference(hit, first, 1 - first, who),
    )
    assert found.value == pytest.approx(raw.value)
    assert (found.low, found.high) == pytest.approx((raw.low, raw.high), abs=0.01)


def test_exchanged_groups_change_the_sign(rng):
    hit, first, asks, who, words = drawn(rng, 80)
    one, other = (standardized_difference(hit, side, asks, who, words) for side in (first, 1 - first))
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def test_rows_that_are_like_none_of_the_other_group_change_nothing(rng):
    hit, first, asks, who, words = drawn(rng, 80)
    alone = standardized_difference(hit, first, asks, who, words)
    more = [np.r_[x, y] for x, y in ((hit, np.ones(40)), (first, np.ones(40)), (asks, np.full(40, 7)))]
    among = standardized_difference(*more, np.r_[who, np.arange(900, 940)], np.r_[words, np.zeros(40)])
    assert (alone.value, alone.low, alone.high) == pytest.approx((among.value, among.low, among.high))


@pytest.mark.parametrize("n", [MIN_ALIKE - 1, MIN_ALIKE])
def test_a_stratum_takes_enough_persons_of_both_groups(n):
    first = np.r_[np.ones(30), np.zeros(n), np.zeros(20)]
    # The twenty more are turns of the last person of the second group.
    who = np.r_[np.arange(30 + n), np.full(20, 30 + n - 1)]
    assert rows_alike(first, np.zeros(len(first)), who).all() == (n == MIN_ALIKE)
    found = standardized_difference(np.arange(len(first)) % 2, first, np.zeros(len(first)), who)
    assert np.isnan(found.value) == ("undefined" in found.flags) == (n < MIN_ALIKE)


def test_nothing_is_like_nothing():
    assert "undefined" in standardized_difference([], [], [], []).flags
    assert "undefined" in standardized_difference([], [], [], [], np.empty(0)).flags


def test_where_the_kind_tells_the_hits_shares_stay_off_the_ends():
    # Among the second group everyone who asks is answered, and nobody else.
    asks = np.r_[np.arange(40) % 2, np.arange(40) % 2]
    hit = np.r_[np.arange(40) % 4 < 2, asks[40:]].astype(float)
    found = standardized_difference(hit, np.r_[np.ones(40), np.zeros(40)], asks, np.arange(80))
    assert "separated" in found.flags
    assert found.value == pytest.approx(0, abs=1e-6)
    assert -0.25 < found.low < -0.05 < 0.05 < found.high < 0.25


def test_where_all_are_answered_only_their_number_says_how_sure_that_is():
    first = np.r_[np.ones(40), np.zeros(40)]
    found = standardized_difference(np.ones(80), first, np.zeros(80), np.arange(80))
    raw = share_difference(np.ones(80), first, 1 - first, np.arange(80))
    assert (found.value, found.low, found.high) == pytest.approx((0, raw.low, raw.high), abs=0.01)


def test_every_row_is_in_one_of_two_groups():
    with pytest.raises(SchemaError):
        standardized_difference([1, 0], [1, 2], [0, 0], [1, 2])
    with pytest.raises(SchemaError):
        standardized_difference([1, 0, 1], [1, 0], [0, 0], [1, 2])


def share_held(rng, n_persons, n, level):
    true, held = truth(), 0
    for _ in range(n):
        hit, first, asks, who, words = drawn(rng, n_persons)
        found = standardized_difference(hit, first, asks, who, words, level)
        held += found.low <= true <= found.high
    return held / n


def test_limits_hold_the_truth_that_raw_limits_miss(rng):
    assert share_held(rng, 100, 50, 0.95) >= 0.88
    hit, first, _, who, _ = drawn(rng, 400)
    assert share_difference(hit, first, 1 - first, who).low > truth()


@pytest.mark.slow
@pytest.mark.parametrize(("n_persons", "level", "most"), [(40, 0.95, 0.99), (120, 0.95, 0.975), (120, 0.9, 0.94)])
def test_limits_hold_the_truth_as_often_as_they_claim(rng, n_persons, level, most):
    assert level - 0.025 <= share_held(rng, n_persons, 500, level) <= most
