"""Values against draws: p after the formula, ties, undefined draws, draws that do not vary."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from twoway.errors import TwowayError, UnknownName
from twoway.inference.nulls import null_summary

NAN = float("nan")


def test_p_counts_the_observed_value_among_the_draws():
    draws = np.array([[1.0], [2.0], [3.0], [4.0]])
    for value, greater, less in ((5, 1 / 5, 1), (0, 1, 1 / 5), (3, 3 / 5, 4 / 5)):
        found = null_summary([value], draws)
        assert (found.p_greater[0], found.p_less[0]) == (greater, less)
        assert found.p[0] == min(1.0, 2 * min(greater, less))
        assert null_summary([value], draws, "greater").p[0] == greater
        assert null_summary([value], draws, "less").p[0] == less


def test_mean_sd_and_z_are_those_of_the_draws(rng):
    draws, value = rng.normal(3, 2, (400, 5)), np.arange(5.0)
    found = null_summary(value, draws)
    assert found.mean == pytest.approx(draws.mean(axis=0))
    assert found.sd == pytest.approx(draws.std(axis=0, ddof=1))
    assert found.z == pytest.approx((value - draws.mean(axis=0)) / draws.std(axis=0, ddof=1))
    assert ((draws >= found.low) & (draws <= found.high)).mean() == pytest.approx(0.95, abs=0.02)


def test_rounding_makes_no_difference():
    draws = np.array([[0.1 + 0.2], [0.3], [0.0], [1.0]])
    found = null_summary([0.3], draws)
    assert (found.p_greater[0], found.p_less[0]) == (4 / 5, 4 / 5)


def test_undefined_draws_are_left_out():
    found = null_summary([2.0, 2.0, NAN], [[NAN, NAN, 1.0], [1.0, NAN, 2.0], [3.0, NAN, 3.0]])
    assert found.n_draws.tolist() == [2, 0, 0]
    assert found.p_greater[0] == 2 / 3
    assert np.isnan(found.mean[1:]).all()
    assert np.isnan(found.p[1:]).all()
    assert np.isnan(found.z[1:]).all()


def test_draws_that_do_not_vary_say_nothing():
    found = null_summary([0.3], [[0.1 + 0.2], [0.3], [0.3]])
    assert found.mean[0] == pytest.approx(0.3)
    assert found.sd[0] == pytest.approx(0, abs=1e-12)
    assert np.isnan([found.z[0], found.p[0], found.p_greater[0]]).all()
    none = null_summary([1.0], np.zeros((0, 1)))
    assert np.isnan([none.mean[0], none.p[0], none.low[0]]).all()


def test_draws_that_differ_without_varying_give_a_p_but_no_z():
    found = null_summary([0.5, 0.0, np.nan], np.zeros((9, 3)), "greater", moves=[True, True, True])
    assert found.p.tolist() == pytest.approx([0.1, 1.0, np.nan], nan_ok=True)
    assert np.isnan(found.z).all()
    assert np.isnan(null_summary([0.5], np.full((9, 1), np.nan), moves=True).p).all()


def test_the_p_of_a_mean_over_samples_is_the_mean_of_theirs():
    draws = np.array([[0.0], [0.0], [0.0], [1.0]])
    samples = [[0.0], [0.0], [2.0], [0.0]]
    found = null_summary([0.5], draws, "greater", samples=samples)
    # Of the samples, three reach no higher than all four draws, and one is above them.
    assert found.p.item() == pytest.approx((1 + (4 + 4 + 0 + 4) / 4) / 5)
    assert found.p_less.item() == pytest.approx((1 + (3 + 3 + 4 + 3) / 4) / 5)
    assert found.z.item() == pytest.approx((0.5 - 0.25) / 0.5)
    alone = null_summary([0.5], draws, "greater", samples=[[np.nan]] * 4)
    assert alone.p.item() == null_summary([0.5], draws, "greater").p.item() == 0.4


def test_p_is_uniform_without_an_effect(rng):
    draws = rng.normal(size=(199, 2_000))
    found = null_summary(rng.normal(size=2_000), draws, "greater")
    assert kstest(found.p, "uniform").pvalue > 1e-3
    assert (null_summary(found.observed, draws).p <= 0.05).mean() == pytest.approx(0.05, abs=0.015)


def test_questions_that_make_no_sense_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'greater'"):
        null_summary([1.0], [[1.0]], "greatr")
    with pytest.raises(TwowayError, match="do not fit"):
        null_summary([1.0, 2.0], [[1.0]])
