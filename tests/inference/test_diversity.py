"""Entropy, evenness, Hill's numbers and distances of mixes: worked numbers, plain loops, and the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twoway.errors import TwowayError
from twoway.inference import diversity, evenness, hill, miller_madow, mix_distance, shannon
from twoway.inference.diversity import FUNCTION_MIX
from twoway.inference.linearized import delta_interval, variety_interval


def test_the_catalogue():
    found = diversity([6, 3, 1])
    assert found.entropy == pytest.approx(0.89795, abs=1e-5)
    assert found.evenness == pytest.approx(0.81735, abs=1e-5)
    assert (found.d0, found.d1, found.d2) == pytest.approx((3, 2.4546, 2.1739), abs=1e-4)
    assert found.corrected == pytest.approx(0.99795, abs=1e-5)


def test_the_distance_to_the_published_mix():
    found = mix_distance([50, 35, 15], FUNCTION_MIX)
    assert (found.chi2, found.df, found.p) == pytest.approx((4.5658, 2, 0.1020), abs=1e-4)
    expected = stats.chisquare([50, 35, 15], np.array(FUNCTION_MIX) * 100)
    assert (found.chi2, found.p) == pytest.approx(tuple(expected))
    assert mix_distance([58.6, 25.8, 15.6], FUNCTION_MIX).aitchison == pytest.approx(0, abs=1e-12)
    with pytest.raises(TwowayError, match="does not fit counts"):
        mix_distance([1, 2], FUNCTION_MIX)


def test_plain_loops_say_the_same():
    rng = np.random.default_rng(5)
    for counts in rng.poisson(3, (50, 7)):
        if not counts.sum():
            continue
        p = [n / counts.sum() for n in counts if n]
        h = -sum(q * math.log(q) for q in p)
        assert float(shannon(counts)) == pytest.approx(h)
        assert float(evenness(counts)) == pytest.approx(h / math.log(7))
        assert float(miller_madow(counts)) == pytest.approx(h + (len(p) - 1) / (2 * counts.sum()))
        for order in (0, 0.5, 2, 3):
            assert float(hill(counts, order)) == pytest.approx(sum(q**order for q in p) ** (1 / (1 - order)))
        assert float(hill(counts, 1)) == pytest.approx(math.exp(h))


def test_hill_numbers_fall_with_the_order_and_lie_between_one_and_the_classes():
    counts = np.random.default_rng(6).poisson(2, (200, 10)) + np.eye(10)[0]
    numbers = np.stack([hill(counts, order) for order in (0, 1, 2)])
    assert (np.diff(numbers, axis=0) <= 1e-12).all()
    assert (numbers >= 1).all()
    assert (numbers <= 10).all()


def test_nothing_counted_has_no_value_and_one_class_no_evenness():
    assert all(math.isnan(float(f([0, 0, 0]))) for f in (shannon, evenness, miller_madow))
    assert all(math.isnan(float(hill([0, 0], order))) for order in (0, 1, 2))
    assert math.isnan(float(evenness([4])))
    assert math.isnan(mix_distance([0, 0, 0], FUNCTION_MIX).chi2)
    with pytest.raises(TwowayError, match="are no counts"):
        shannon([1, -1])
    with pytest.raises(TwowayError, match="More than 2 classes"):
        evenness([1, 1, 1], classes=2)


def test_the_correction_takes_away_most_of_the_bias():
    rng = np.random.default_rng(7)
    mix = np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    drawn = rng.multinomial(60, mix, 4_000)
    plain, corrected = (float(f(drawn).mean() - shannon(mix)) for f in (shannon, miller_madow))
    assert abs(corrected) < abs(plain) / 4


@pytest.mark.slow
def test_the_jackknife_interval_over_days_covers_the_entropy():
    """Days of ten units each whose mixes differ, sixty of them: 95 % limits cover in 92 to 97 of 100 cases."""
    rng = np.random.default_rng(8)
    mix = np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05])
    truth = float(shannon(mix))
    hits = 0
    for _ in range(1_000):
        days = np.array([rng.multinomial(10, day) for day in rng.dirichlet(20 * mix, 60)])
        found = delta_interval(days, shannon, bounds=(0, math.log(6)))
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / 1_000 <= 0.97


def test_limits_of_a_variety_make_up_for_what_few_clusters_do_not_show(rng):
    """Twenty persons in whom some classes run high; limits around the value itself are too low too often."""
    share = np.array([0.3, 0.2, 0.15, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02, 0.01])
    truth, held, plain = float(hill(share, 1)), 0, 0
    for _ in range(300):
        each = rng.dirichlet(4 * share, 20)
        counts = np.array([rng.multinomial(4, p) for p in each])
        ask = {"combine": lambda totals: hill(totals, 1), "bounds": (1.0, float(len(share)))}
        ours, theirs = variety_interval(counts, **ask), delta_interval(counts, **ask)
        assert ours.low <= ours.value <= ours.high
        held, plain = held + (ours.low <= truth <= ours.high), plain + (theirs.low <= truth <= theirs.high)
    assert plain / 300 < 0.91
    assert held / 300 >= 0.93


def test_without_any_class_a_variety_has_no_limits():
    found = variety_interval(np.zeros((12, 3)), lambda totals: hill(totals, 1), (1.0, 3.0))
    assert np.isnan([found.low, found.high]).all()
