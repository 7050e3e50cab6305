"""Shares, differences and quantiles of independent units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import quantile_test
from statsmodels.stats.proportion import confint_proportions_2indep

from twoway.errors import TwowayError
from twoway.inference import (
    Interval,
    Intervals,
    design_effect,
    difference_interval,
    effective_clusters,
    effective_n,
    newcombe,
    quantile_interval,
    wilson,
    wilson_limits,
)

PRINTED = {"abs": 6e-5}  # the catalogue prints four decimals


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(4, 10, 0.1682, 0.6873), (8, 10, 0.4902, 0.9433), (0, 10, 0, 0.2775)]
)
def test_wilson_as_printed(k, n, low, high):
    ours = wilson(k, n)
    assert (ours.low, ours.high) == pytest.approx((low, high), **PRINTED)


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0.5, 0.999))
def test_wilson_holds_the_share_and_stays_inside(n, share, level):
    k = round(n * share)
    ours = wilson(k, n, level)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1
    assert (ours.low == 0) == (k == 0)
    assert (ours.high == 1) == (k == n)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_wilson_of_failures_mirrors_that_of_successes(n, share):
    k = round(n * share)
    one, other = wilson(k, n), wilson(n - k, n)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


def test_wilson_takes_effective_numbers_and_arrays():
    n = float(effective_n(100, 5, 0.2))
    low, high = wilson_limits([[0.4 * n, 0]], [[n, 0], [n, 0]])
    assert low.shape == (2, 2)
    assert low[:, 0] == pytest.approx(wilson(0.4 * n, n).low)
    assert np.isnan([low[:, 1], high[:, 1]]).all()


def test_wilson_without_trials_is_undefined():
    nothing = wilson(0, 0)
    assert np.isnan([nothing.value, nothing.low, nothing.high, nothing.se]).all()
    assert nothing.flags == ("undefined",)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_wilson_refuses_impossible_counts(k, n):
    with pytest.raises(TwowayError) as caught:
        wilson(k, n)
    assert str(caught.value) == (
        "Some counts of successes are negative or above their trials. They were given to wilson. Pass 0 <= k <= n."
    )


@pytest.mark.parametrize(("level", "low", "high"), [(0.95, -0.0570, 0.2525), (0.90, -0.0324, 0.2292)])
def test_newcombe_as_printed(level, low, high):
    ours = newcombe(60, 100, 30, 60, level)
    assert (ours.value, ours.low, ours.high) == pytest.approx((0.1, low, high), **PRINTED)


@pytest.mark.parametrize("counts", [(60, 100, 30, 60), (0, 10, 3, 20), (7, 7, 1, 40)])
def test_newcombe_is_that_of_statsmodels(counts):
    ours = newcombe(*counts)
    theirs = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)


def test_a_difference_keeps_flags_and_clusters_and_refuses_two_levels():
    one = Interval(0.1, 0.4, 0.1, "wilson_clustered", ("few_clusters",), 0.2, 12)
    other = Interval(0.3, 0.6, 0.1, "wilson_clustered", ("few_clusters", "uneven_clusters"), 0.5, 40)
    both = difference_interval(one, other)
    assert (both.flags, both.n_clusters) == (("few_clusters", "uneven_clusters"), 52)
    assert both.se == pytest.approx(0.1 * np.sqrt(2))
    with pytest.raises(TwowayError, match=r"The two intervals have levels 0\.95 and 0\.9\."):
        difference_interval(one, wilson(1, 2, 0.9))


def test_effective_numbers():
    assert float(effective_n(100, 5, 0.2)) == pytest.approx(55.5556, abs=1e-4)
    assert float(design_effect(1, 0.9)) == 1
    assert float(effective_clusters([3, 3, 3])) == pytest.approx(3)
    assert np.isnan(effective_clusters([0, 0]))
    assert effective_clusters([[1, 4], [1, 0]]).tolist() == [2, 1]


@pytest.mark.parametrize("q", [0.1, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("n", [5, 10, 41, 200])
def test_quantile_interval_is_that_of_scipy(n, q):
    sample = np.random.default_rng(n).integers(0, 30, n).astype(float)
    values, counts = np.unique(sample, return_counts=True)
    ours = quantile_interval(values[::-1], counts[::-1], q)
    theirs = quantile_test(sample, p=q).confidence_interval(0.95)
    assert ours.low == (-np.inf if np.isnan(theirs.low) else theirs.low)
    assert ours.high == (np.inf if np.isnan(theirs.high) else theirs.high)
    assert ours.value == np.quantile(sample, q, method="averaged_inverted_cdf")
    assert ("open_ended" in ours.flags) == bool(np.isnan(theirs.low) or np.isnan(theirs.high))


def test_quantile_interval_never_expands_counts():
    ours = quantile_interval([1.0, 2.0, 3.0], [4e8, 3e8, 3e8])
    assert (ours.low, ours.value, ours.high) == (2, 2, 2)


def test_quantile_interval_of_nothing_is_undefined():
    assert quantile_interval([], []).flags == ("undefined",)
    assert quantile_interval([1], [0]).flags == ("undefined",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], [1], 1.0), "q=1.0 is not a quantile."),
        (([1, 2], [1], 0.5), "The counts do not fit the values."),
        (([1], [1.5], 0.5), "The counts do not fit the values."),
        (([np.nan], [1], 0.5), "The counts do not fit the values."),
    ],
)
def test_quantile_interval_refuses(arguments, message):
    with pytest.raises(TwowayError, match=message):
        quantile_interval(*arguments)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level):
    with pytest.raises(TwowayError, match="is not a confidence level"):
        wilson(1, 2, level)


def test_columns_without_notes_get_blank_ones():
    many = Intervals(low=np.zeros(2), high=np.ones(2), value=np.full(2, 0.5))
    assert len(many) == 2
    assert many[0].flags == ()
    assert np.isnan(many[0].se)


@pytest.mark.parametrize(("k", "n"), [(np.nan, 10), (3, np.nan), (0, 0)])
def test_a_share_of_unknown_counts_is_flagged_undefined(k, n):
    found = wilson(k, n)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert found.flags == ("undefined",)
