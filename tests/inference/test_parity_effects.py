"""Differences of two shares over clusters: worked examples, coverage, verdicts, shuffles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from twoway.errors import SchemaError, TwowayError
from twoway.inference.differences import tost_level
from twoway.inference.models import gee_logit
from twoway.inference.parity_effects import log_odds_difference, share_difference
from twoway.inference.parity_test import shuffled_p, verdict_of
from twoway.inference.results import Interval

HIT = np.r_[np.ones(60), np.zeros(40), np.ones(30), np.zeros(30)]
CRITICAL = np.r_[np.ones(100), np.zeros(60)]


def test_sixty_of_a_hundred_against_thirty_of_sixty():
    wide, narrow = (
        share_difference(HIT, CRITICAL, 1 - CRITICAL, np.arange(160), at) for at in (0.95, tost_level(0.95))
    )
    assert (wide.value, wide.low, wide.high) == pytest.approx((0.10, -0.0570, 0.2525), abs=1e-4)
    assert (narrow.low, narrow.high) == pytest.approx((-0.0324, 0.2292), abs=1e-4)
    assert verdict_of(wide, narrow, (-0.1, 0.1)) == "inconclusive"
    ratio = gee_logit(HIT, {"criticism": CRITICAL}, np.arange(160)).ratio("criticism")
    assert ratio.value == pytest.approx(1.5)
    # The worked example has the normal and no correction, 0.787 to 2.859. With one case a person the correction of
    # Mancl and DeRouen divides the squared pull of a case by (1 - 1/n)^2, and Student's t stands for the normal.
    corrected = np.sqrt(1 / (100 * 0.6 * 0.4) / 0.99**2 + 1 / (60 * 0.5 * 0.5) / (1 - 1 / 60) ** 2)
    assert (ratio.low, ratio.high) == pytest.approx((0.777, 2.894), abs=1e-3)
    assert 1.96 < np.log(ratio.high / 1.5) / corrected < 1.98


def test_twelve_of_two_hundred_against_one_of_a_hundred_and_fifty():
    shared = np.r_[np.ones(12), np.zeros(188), np.ones(1), np.zeros(149)]
    praising = np.r_[np.ones(200), np.zeros(150)]
    found = log_odds_difference(shared, praising, 1 - praising, np.arange(350))
    assert (found.value, found.se) == pytest.approx((1.8885, 0.8710), abs=1e-4)


def test_without_one_of_the_groups_there_is_no_difference():
    for measure in (share_difference, log_odds_difference):
        found = measure([1, 0, 1], [1, 1, 1], [0, 0, 0], [1, 2, 3])
        assert np.isnan([found.value, found.low, found.high]).all()
        assert "undefined" in found.flags
        empty = measure([], [], [], [])
        assert np.isnan(empty.value)


def test_no_row_is_in_both_groups():
    for measure in (share_difference, log_odds_difference):
        with pytest.raises(SchemaError):
            measure([1, 0], [1, 1], [1, 0], [1, 2])


def test_rows_of_neither_group_change_nothing(rng):
    neither = np.zeros(40)
    groups = rng.integers(0, 30, 160)
    for measure in (share_difference, log_odds_difference):
        alone = measure(HIT, CRITICAL, 1 - CRITICAL, groups)
        among = measure(
            np.r_[HIT, rng.integers(0, 2, 40)],
            np.r_[CRITICAL, neither],
            np.r_[1 - CRITICAL, neither],
            np.r_[groups, rng.integers(0, 60, 40)],
        )
        assert (alone.value, alone.low, alone.high) == pytest.approx((among.value, among.low, among.high))


def test_exchanged_groups_change_the_sign(rng):
    groups = rng.integers(0, 40, 160)
    for measure in (share_difference, log_odds_difference):
        one, other = measure(HIT, CRITICAL, 1 - CRITICAL, groups), measure(HIT, 1 - CRITICAL, CRITICAL, groups)
        assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def drawn(rng, n_persons, rates, spread):
    """Draw turns of persons who have a leaning of their own towards both groups."""
    sizes = rng.integers(1, 6, n_persons)
    who = np.repeat(np.arange(n_persons), sizes)
    lean = rng.normal(0, spread, n_persons)[who]
    critical = (rng.random(len(who)) < 0.6).astype(float)
    rate = np.where(critical == 1, rates[0], rates[1])
    logit = np.log(rate / (1 - rate)) + lean
    return (rng.random(len(who)) < 1 / (1 + np.exp(-logit))).astype(float), critical, who


def true_difference(rates, spread, *, is_log):
    lean = np.random.default_rng(5).normal(0, spread, 400_000)
    means = [float((1 / (1 + np.exp(-(np.log(p / (1 - p)) + lean)))).mean()) for p in rates]
    odds = [np.log(p / (1 - p)) for p in means]
    return odds[0] - odds[1] if is_log else means[0] - means[1]


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "is_log"), [(share_difference, False), (log_odds_difference, True)])
@pytest.mark.parametrize("spread", [0.0, 1.2])
def test_limits_hold_the_truth_as_often_as_they_claim(rng, measure, is_log, spread):
    rates, held, n = (0.6, 0.5), 0, 400
    truth = true_difference(rates, spread, is_log=is_log)
    for _ in range(n):
        hit, critical, who = drawn(rng, 90, rates, spread)
        found = measure(hit, critical, 1 - critical, who)
        held += found.low <= truth <= found.high
    assert 0.925 <= held / n <= 0.985


@pytest.mark.slow
def test_equivalence_is_claimed_wrongly_in_one_case_of_twenty(rng):
    # At the very edge of the margin a claim of equivalence is an error.
    claimed, n = 0, 400
    for _ in range(n):
        hit = np.r_[rng.random(700) < 0.6, rng.random(700) < 0.5].astype(float)
        critical = np.r_[np.ones(700), np.zeros(700)]
        both = [share_difference(hit, critical, 1 - critical, np.arange(1400), at) for at in (0.95, 0.9)]
        claimed += verdict_of(*both, (-0.1, 0.1)) == "equivalent"
    assert claimed / n <= 0.08


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ((-0.05, 0.08), (-0.04, 0.07), "equivalent"),
        ((0.01, 0.09), (0.02, 0.08), "equivalent"),
        ((0.02, 0.3), (0.05, 0.25), "different"),
        ((-0.3, -0.02), (-0.25, -0.05), "different"),
        ((-0.2, 0.2), (-0.15, 0.15), "inconclusive"),
        ((-0.12, 0.12), (-0.1, 0.1), "inconclusive"),
        ((np.nan, np.nan), (-0.1, 0.1), "undefined"),
    ],
)
def test_verdicts(wide, narrow, expected):
    assert verdict_of(Interval(*wide), Interval(*narrow), (-0.1, 0.1)) == expected


def test_a_margin_encloses_the_null():
    with pytest.raises(TwowayError):
        verdict_of(Interval(0, 1), Interval(0, 1), (0.1, 0.2))


def test_shuffles_agree_with_all_arrangements(rng):
    hit = np.array([1, 1, 0, 1, 0, 0, 1, 1])
    label = np.array([1, 1, 0, 0, 1, 0, 1, 0])
    strata = np.array([0, 0, 0, 0, 1, 1, 2, 3])  # strata 2 and 3 hold one label each
    sums = []
    for first in set(itertools.permutations(label[:4])):
        for second in set(itertools.permutations(label[4:6])):
            sums.append(float(hit[:6] @ np.r_[first, second]))
    found, middle = float(hit[:6] @ label[:6]), float(np.mean(sums))
    exact = np.mean([abs(s - middle) >= abs(found - middle) - 1e-9 for s in sums])
    p, n = shuffled_p(hit, label, strata, 4000, rng)
    assert n == 6
    assert p == pytest.approx(exact, abs=0.03)


def test_without_both_labels_in_a_stratum_nothing_can_be_shuffled(rng):
    p, n = shuffled_p([1, 0, 1], [1, 0, 1], [0, 1, 2], 99, rng)
    assert np.isnan(p)
    assert n == 0
    assert shuffled_p([], [], [], 99, rng)[1] == 0
