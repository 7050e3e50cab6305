"""Closed-form intervals and the default for ratios over clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from twoway.errors import TwowayError
from twoway.inference import (
    cluster_moments,
    delta_interval,
    effective_clusters,
    linearized_ratio,
    poisson_weights,
    ratio_interval,
    ratio_intervals,
    ratio_intervals_from_moments,
    ratio_moments,
    smooth_interval,
    wilson,
)


def share(sums):
    return sums[..., 0] / sums[..., 1]


def draw(m, p=0.3, seed=3):
    rng = np.random.default_rng(seed)
    den = rng.geometric(0.2, m).astype(float)
    return rng.binomial(den.astype(int), rng.beta(4 * p, 4 * (1 - p), m)).astype(float), den


def test_linearized_by_hand():
    # value 2/5; residuals 0 - .4*3 = -1.2, .6, .6; squares 2.16, times 3/2 = 3.24, root 1.8, over 5 = .36
    ours = linearized_ratio([0, 1, 1], [3, 1, 1])
    assert (ours.value, ours.se, ours.n_clusters) == pytest.approx((0.4, 0.36, 3))


def test_linearized_se_is_that_of_a_mean_when_clusters_are_single():
    x = np.random.default_rng(1).normal(size=50)
    ours = linearized_ratio(x, np.ones(50))
    assert ours.se == pytest.approx(x.std(ddof=1) / np.sqrt(50))


def test_linearized_se_is_cr1_of_statsmodels():
    import statsmodels.api as sm

    num, den = draw(40)
    y = np.concatenate([np.r_[np.ones(int(k)), np.zeros(int(n - k))] for k, n in zip(num, den, strict=True)])
    groups = np.repeat(np.arange(40), den.astype(int))
    fit = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False, "df_correction": False}
    )
    assert linearized_ratio(num, den).se == pytest.approx(fit.bse[0] * np.sqrt(40 / 39))


def test_moments_are_all_a_ratio_needs():
    num, den = draw(40)
    one, other = linearized_ratio(num, den), ratio_moments(cluster_moments(num, den))
    assert (one.low, one.high, one.se) == (other.low, other.high, other.se)
    assert linearized_ratio([0, 0], [0, 0]).flags == ("undefined",)


def test_rounding_is_not_variation():
    den = np.full(50, 3.0)
    assert cluster_moments(0.1 * den, den).se.tolist() == [0.0]


def test_delta_interval_agrees_with_the_bootstrap():
    sums = np.c_[draw(200)]
    ours, drawn = delta_interval(sums, share, bounds=(0, 1)), smooth_interval(sums, share)
    assert ours.se == pytest.approx(drawn.se, rel=0.06)
    assert (ours.low, ours.high) == pytest.approx((drawn.low, drawn.high), abs=0.01)


@pytest.mark.parametrize(("bounds", "inside"), [((0, 1), True), ((0, None), True), ((None, None), False)])
def test_delta_interval_keeps_to_its_bounds(bounds, inside):
    sums = np.c_[[9.0, 0, 0, 0, 1], [9.0, 3, 3, 3, 3]]
    ours = delta_interval(sums, share, bounds=bounds)
    assert (ours.low > 0) == inside
    assert (ours.high < 1) == (bounds == (0, 1))


def test_delta_interval_of_other_scales():
    sums = np.c_[draw(100)]
    plain = delta_interval(sums, share, bounds=(0, 1))
    stretched = delta_interval(sums, lambda s: 2 * share(s) - 1, bounds=(-1, 1))
    assert (stretched.low, stretched.high) == pytest.approx((2 * plain.low - 1, 2 * plain.high - 1))
    heavy = delta_interval(sums, share, sizes=np.r_[1000, np.ones(99)])
    assert heavy.high - heavy.low > delta_interval(sums, share).high - delta_interval(sums, share).low


def test_delta_interval_says_when_it_cannot():
    assert delta_interval(np.zeros((3, 2)), share).flags == ("undefined",)
    assert delta_interval(np.ones((3, 2)), share).flags == ("no_variation",)
    edge = delta_interval(np.c_[[1.0, 2.0], [1.0, 1.0]], share, bounds=(1.5, None))
    assert np.isnan(edge.low)
    with pytest.raises(TwowayError, match=r"bounds=\(None, 1\) has no lower end"):
        delta_interval(np.c_[draw(20)], share, bounds=(None, 1))


def test_a_share_is_wilson_with_the_n_that_the_jackknife_says():
    num, den = draw(60)
    ours = ratio_interval(num, den, proportion=True)
    jackknife = delta_interval(np.c_[num, den], share)
    assert ours.se == pytest.approx(jackknife.se)
    from scipy.stats import norm, t

    n = ours.value * (1 - ours.value) / ours.se**2
    moved = (num - ours.value * den) / (den.sum() - den)
    df = 2 / ((moved**4).sum() / (moved**2).sum() ** 2 - 1 / 60)
    assert df < float(effective_clusters(den)) - 1
    n *= (norm.ppf(0.975) / t.ppf(0.975, df)) ** 2
    by_hand = wilson(ours.value * n, n)
    assert (ours.low, ours.high) == pytest.approx((by_hand.low, by_hand.high))
    assert (ours.method, ours.flags) == ("wilson_clustered", ())


def test_single_units_give_nearly_the_plain_wilson_interval():
    num = np.r_[np.ones(120), np.zeros(280)]
    ours, plain = ratio_interval(num, np.ones(400), proportion=True), wilson(120, 400)
    assert (ours.low, ours.high) == pytest.approx((plain.low, plain.high), abs=5e-4)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_at_0_and_1_clusters_count_not_posts(value):
    den = np.array([50.0, 1, 1] * 20)
    ours = ratio_interval(value * den, den, proportion=True)
    n = float(effective_clusters(den))
    plain = wilson(value * n, n)
    assert (ours.low, ours.high) == pytest.approx((plain.low, plain.high))
    assert (ours.method, ours.flags) == ("wilson_clusters", ("at_boundary",))
    assert np.isnan(ours.se)


def test_below_ten_clusters_a_share_is_as_uncertain_as_its_clusters():
    ours = ratio_interval([3, 0, 9], [10, 10, 10], proportion=True)
    plain = wilson(0.4 * 3, 3)
    assert (ours.low, ours.high) == pytest.approx((plain.low, plain.high))
    assert (ours.flags, ours.n_clusters) == (("few_clusters",), 3)


def test_below_ten_clusters_other_ratios_get_no_interval():
    ours = ratio_interval([3, 0, 9], [10, 10, 10], proportion=False)
    assert (ours.value, ours.method, ours.flags) == (0.4, "none", ("few_clusters",))
    assert np.isnan([ours.low, ours.high]).all()


def test_few_and_uneven_clusters_are_flagged():
    assert ratio_interval(*draw(29), proportion=True).flags == ("few_clusters",)
    assert ratio_interval(*draw(30), proportion=True).flags == ()
    num, den = draw(40)
    num[0], den[0] = 300, 1000
    assert ratio_interval(num, den, proportion=True).flags == ("uneven_clusters",)


def test_agreement_without_variation():
    halves = ratio_interval(np.ones(40), np.full(40, 2), proportion=True)
    plain = wilson(40, 80)
    assert halves.low == pytest.approx(plain.low, abs=0.01)
    means = ratio_interval(np.full(40, 6), np.full(40, 2), proportion=False)
    assert (means.value, means.flags, means.method) == (3, ("no_variation",), "none")


def test_ratios_above_one_and_signed_ones():
    rng = np.random.default_rng(5)
    den = rng.geometric(0.3, 80).astype(float)
    positive = ratio_interval(rng.poisson(2 * den), den, proportion=False)
    signed = ratio_interval(rng.normal(size=80) * den, den, proportion=False)
    assert positive.method == "log_jackknife_t"
    assert positive.low > 0
    assert positive.high - positive.value > positive.value - positive.low
    assert signed.method == "jackknife_t"
    assert signed.high - signed.value == pytest.approx(signed.value - signed.low)
    forced = ratio_intervals(den[:, None] * 2 + 1, den[:, None], proportion=False, signed=True)
    assert forced.method == ("jackknife_t",)


def test_weights_ask_for_the_bootstrap():
    num, den = draw(60)
    ours = ratio_interval(num, den, proportion=True, weights=poisson_weights(60))
    drawn = smooth_interval(np.c_[num, den], share)
    assert (ours.low, ours.high, ours.method) == (drawn.low, drawn.high, "bootstrap_percentile")
    empty = ratio_interval(num * 0, den, proportion=True, weights=poisson_weights(60))
    assert empty.method == "wilson_clusters"


def test_columns_do_not_see_one_another():
    columns = [draw(50, p, seed) for seed, p in enumerate((0.05, 0.3, 0.9))]
    num, den = (np.column_stack(part) for part in zip(*columns, strict=True))
    num, den = np.c_[num, np.zeros(50)], np.c_[den, np.zeros(50)]
    kinds = [True, True, False, True]
    many = ratio_intervals(num, den, proportion=kinds)
    assert many[3].flags == ("undefined",)
    for j in range(3):
        alone = ratio_interval(num[:, j], den[:, j], proportion=kinds[j])
        assert (many[j].low, many[j].high, many[j].method) == pytest.approx((alone.low, alone.high, alone.method))


def test_buckets_may_stand_for_more_clusters():
    ours = ratio_interval(*draw(25), proportion=True, n_clusters=5000)
    assert (ours.n_clusters, ours.flags) == (5000, ())


def test_moments_give_nearly_the_same_interval():
    num, den = draw(100)
    full, short = (
        ratio_interval(num, den, proportion=True),
        ratio_intervals_from_moments(cluster_moments(num, den), proportion=True)[0],
    )
    assert (short.low, short.high) == pytest.approx((full.low, full.high), abs=0.004)
    assert short.high - short.low < full.high - full.low


@pytest.mark.parametrize(
    ("num", "den", "message"),
    [
        ([1, 2], [1], r"Numerators of shape \(2, 1\) do not fit denominators of shape \(1, 1\)"),
        ([np.nan], [1], "Some cluster sums are NaN or some denominators negative"),
        ([0], [-1], "Some cluster sums are NaN or some denominators negative"),
        ([2], [1], "Some numerators of a share are negative or above their denominators"),
        ([-1], [1], "Some numerators of a share are negative or above their denominators"),
    ],
)
def test_impossible_sums_are_refused(num, den, message):
    with pytest.raises(TwowayError, match=message):
        ratio_interval(num, den, proportion=True)


sizes = npst.arrays(np.int64, st.integers(0, 40), elements=st.integers(0, 20))


@given(sizes, st.integers(0, 20), st.booleans(), st.booleans())
def test_any_share_lies_within_its_limits(den, cut, bootstrap, proportion):
    num = np.minimum(den, cut)
    weights = poisson_weights(len(den), 200) if bootstrap else None
    ours = ratio_interval(num, den, proportion=proportion, weights=weights)
    if den.sum() == 0:
        assert ours.flags == ("undefined",)
    elif proportion:
        assert 0 <= ours.low <= ours.high <= 1
    if not bootstrap and np.isfinite(ours.low):
        assert ours.low <= ours.value <= ours.high
