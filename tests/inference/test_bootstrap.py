"""Weights, draws and the intervals taken from them."""

import numpy as np
import pytest

from twoway.errors import TwowayError, UnknownName
from twoway.inference import (
    bca_interval,
    bootstrap_sums,
    expanded_level,
    jackknife_df,
    leave_one_out,
    percentile_interval,
    poisson_weights,
    ratio_draws,
    smooth_interval,
)

WEIGHTS = [[2, 2, 1, 3], [1, 1, 0, 1], [2, 3, 1, 0], [1, 0, 2, 0], [1, 0, 1, 0]]


def share(sums):
    return sums[..., 0] / sums[..., 1]


@pytest.fixture
def sums(rng):
    den = rng.geometric(0.2, 80)
    return np.c_[rng.binomial(den, 0.3), den].astype(float)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_weights_are_poisson_with_mean_one():
    weights = poisson_weights(4096).astype(float)
    cells = weights.size
    assert weights.shape == (2000, 4096)
    assert weights.mean() == pytest.approx(1, abs=4 / np.sqrt(cells))
    assert weights.var() == pytest.approx(1, abs=4 * np.sqrt(3 / cells) + 4e-5)
    assert np.corrcoef(weights[:, 0], weights[:, 1])[0, 1] == pytest.approx(0, abs=0.1)


def test_the_lookup_table_is_off_by_less_than_it_says():
    from twoway.inference.resampling import _poisson_table

    table = _poisson_table().astype(float)
    assert table.mean() == 1
    assert table.var() == pytest.approx(1, abs=1e-4)
    assert ((table - 1) ** 3).mean() == pytest.approx(1, abs=2e-4)
    assert table.max() == 8


def test_the_same_bucket_always_has_the_same_weights():
    few, many = poisson_weights(10), poisson_weights(700)
    assert (few == many[:, :10]).all()
    assert (poisson_weights(10, seed=1) != few).any()
    assert not few.flags.writeable


def test_known_weights():
    # Raw generator output is the same on every machine; a change here would change published numbers.
    assert poisson_weights(4, 5, seed=1).astype(int).tolist() == WEIGHTS


def test_clusters_must_be_bucketed():
    with pytest.raises(TwowayError) as caught:
        poisson_weights(1_000_000)
    assert str(caught.value) == (
        "1000000 buckets times 2000 draws are more weights than memory should hold. "
        "They were asked of poisson_weights. Hash the clusters to 1024 buckets and pass the sums of each bucket."
    )
    with pytest.raises(TwowayError, match="n_buckets=-1, draws=5 cannot be drawn"):
        poisson_weights(-1, 5)


def test_sums_are_exact_for_counts_and_double_for_the_rest(rng):
    weights = poisson_weights(300, 700)
    small = rng.integers(0, 50, (300, 3))
    large = small * 1e7
    wanted = weights.astype(float)
    assert (bootstrap_sums(small, weights) == wanted @ small).all()
    assert bootstrap_sums(large, weights) == pytest.approx(wanted @ large, rel=1e-14)
    assert bootstrap_sums(small + 0.1, weights) == pytest.approx(wanted @ (small + 0.1), rel=1e-14)


def test_sums_must_fit_the_weights():
    with pytest.raises(TwowayError, match=r"Sums of shape \(3, 1\) do not fit weights of shape \(2000, 4\)"):
        bootstrap_sums(np.ones((3, 1)), poisson_weights(4))
    with pytest.raises(TwowayError, match="do not fit"):
        bootstrap_sums(np.ones(4), poisson_weights(4))


def test_draws_spread_as_the_jackknife_says(sums):
    draws = share(bootstrap_sums(sums, poisson_weights(80)))
    left_out = leave_one_out(sums, share)
    m = len(sums)
    jackknife = np.sqrt(((left_out - left_out.mean()) ** 2).sum() * (m - 1) / m)
    assert draws.std() == pytest.approx(jackknife, rel=0.08)


def test_percentiles_leave_out_undefined_draws(rng):
    draws = rng.normal(size=(1001, 2))
    draws[:100, 1] = np.nan
    many = percentile_interval(draws, 0.9, value=[0.0, 0.1])
    assert many.low == pytest.approx([np.quantile(draws[:, 0], 0.05), np.quantile(draws[100:, 1], 0.05)])
    assert many.high == pytest.approx([np.quantile(draws[:, 0], 0.95), np.quantile(draws[100:, 1], 0.95)])
    assert many.se == pytest.approx([draws[:, 0].std(ddof=1), draws[100:, 1].std(ddof=1)])
    assert many.flags == ((), ("undefined_draws",))
    assert many.nan_share == pytest.approx([0, 100 / 1001])
    assert many[1].value == 0.1


def test_percentiles_of_nothing_are_undefined():
    nothing = percentile_interval(np.full(5, np.nan))[0]
    assert np.isnan([nothing.low, nothing.high, nothing.se]).all()
    assert nothing.nan_share == 1


def test_few_clusters_widen_percentiles(rng):
    draws = rng.normal(size=5000)
    plain, widened = percentile_interval(draws)[0], percentile_interval(draws, n_clusters=10)[0]
    assert widened.low < plain.low < plain.high < widened.high
    assert widened.flags == ("few_clusters",)
    assert expanded_level(0.95, 1e9) == pytest.approx(0.95)


def test_bca_of_a_symmetric_case_is_the_percentile_interval():
    values = np.r_[-np.arange(1.0, 30), np.arange(1.0, 30)]
    draws = np.linspace(-3, 3, 2001)
    bca = bca_interval(0.0, draws, -values / 57)[0]
    plain = percentile_interval(draws)[0]
    assert (bca.low, bca.high) == pytest.approx((plain.low, plain.high), abs=0.01)


def test_bca_survives_an_estimate_outside_all_draws():
    bca = bca_interval(9.0, np.linspace(0, 1, 100), [1.0, 2.0, 3.0])[0]
    assert 0 <= bca.low <= bca.high <= 1


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_smooth_interval_holds_the_value(sums, method):
    ours = smooth_interval(sums, share, method=method)
    assert ours.low < ours.value < ours.high
    assert ours.value == pytest.approx(sums[:, 0].sum() / sums[:, 1].sum())
    assert (ours.n_clusters, ours.flags) == (80, ())
    assert ours.method == f"bootstrap_{method}"


def test_smooth_interval_does_not_see_scale_or_empty_buckets(sums):
    plain = smooth_interval(sums, share)
    wide = smooth_interval(np.vstack([sums * 1024, np.zeros((900, 2))]), share)
    assert (wide.low, wide.high, wide.n_clusters) == (plain.low, plain.high, 80)


def test_smooth_interval_refuses_what_data_cannot_show(sums):
    assert smooth_interval(sums[:9], share).flags == ("few_clusters",)
    assert np.isnan(smooth_interval(sums[:9], share).low)
    assert smooth_interval(sums * 0, share).flags == ("undefined",)
    assert smooth_interval(np.ones((40, 2)), share).flags == ("no_variation",)
    assert smooth_interval(sums[:20], share).flags == ("few_clusters",)


def test_smooth_interval_names_its_methods(sums):
    with pytest.raises(UnknownName, match="'bcn' is not a known bootstrap method. Did you mean 'bca'?"):
        smooth_interval(sums, share, method="bcn")


def test_ratio_draws_divide_without_warning():
    assert np.isnan(ratio_draws([[0.0, 1.0]], [[0.0, 2.0]])).tolist() == [[True, False]]


def test_degrees_of_freedom_are_those_of_the_evidence(rng):
    normal = jackknife_df(rng.normal(size=(5000, 4)), 5000, 4000)
    assert normal == pytest.approx(3999)
    assert jackknife_df(rng.normal(size=(5000, 40)), 5000, 1e9).mean() == pytest.approx(5000, rel=0.02)
    assert jackknife_df([0, 0, 0], 3, np.nan).tolist() == 1
    assert jackknife_df([0.0, 5, 0, 0, 0, 0, 0, 0, 0, 0], 10, 10) == pytest.approx(2 / 0.9)
