"""The concentration index: worked examples, second computations from the formula, limits, edge cases."""

import numpy as np
import pytest

from twoway.errors import SchemaError
from twoway.inference.concentration import concentration_index, erreygers_index, fractional_ranks


def example(seed=1, n=300, m=60):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, m, n)
    followers = np.floor(rng.lognormal(3, 1.5, m))[groups]
    y = (rng.random(n) < 0.2 + 0.1 * (followers > 20) + 0.3 * rng.random(m)[groups]).astype(float)
    return y, followers, groups, rng.integers(1, 4, n).astype(float)


def by_pairs(y, x, w):
    """Index and ranks from every pair of rows, one at a time."""
    total = w.sum()
    ranks = [sum(v * ((a < b) + (a == b) / 2) for a, v in zip(x, w, strict=True)) / total for b in x]
    mean = (w @ y) / total
    covariance = (w @ (y * ranks)) / total - mean * (w @ ranks) / total
    return 2 * covariance / mean, np.array(ranks)


# --- worked examples ---------------------------------------------------------------------------------------------


def test_b13():
    assert concentration_index([0, 0, 1, 1], [1, 2, 3, 4]).value == pytest.approx(0.5)
    assert erreygers_index([0, 0, 1, 1], [1, 2, 3, 4]).value == pytest.approx(1.0)
    assert concentration_index([1, 1, 0, 0], [1, 2, 3, 4]).value == pytest.approx(-0.5)
    assert erreygers_index([1, 1, 0, 0], [1, 2, 3, 4]).value == pytest.approx(-1.0)


def test_ties_share_the_middle_rank():
    assert fractional_ranks([5, 5, 5, 5]).tolist() == [0.5] * 4
    assert fractional_ranks([1, 2, 2, 9]).tolist() == [0.125, 0.5, 0.5, 0.875]
    # ranks 1/8, 1/2, 1/2, 7/8; y = 0, 1, 0, 1: covariance (1/2 + 7/8)/4 - 1/4 = 3/32, mean 1/2
    assert concentration_index([0, 1, 0, 1], [1, 2, 2, 9]).value == pytest.approx(0.375)


# --- second computations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_weighted", [False, True])
def test_every_pair_of_rows(is_weighted):
    y, x, _, w = example(n=120)
    w = w if is_weighted else np.ones(120)
    value, ranks = by_pairs(y, x, w)
    given = w if is_weighted else None
    assert fractional_ranks(x, given) == pytest.approx(ranks)
    assert concentration_index(y, x, weights=given).value == pytest.approx(value)
    assert erreygers_index(y, x, weights=given).value == pytest.approx(4 * value * (w @ y) / w.sum())
    if not is_weighted:
        assert value == pytest.approx(2 * np.cov(y, ranks, bias=True)[0, 1] / y.mean())


@pytest.mark.parametrize("index", [concentration_index, erreygers_index])
def test_standard_errors_are_those_of_the_slope_in_the_weights(index):
    """The influence of a cluster is what a little more weight on its rows does to the index."""
    y, x, groups, w = example()
    found = index(y, x, weights=w, groups=groups)
    effects = []
    for g in np.unique(groups):
        up, down = (w * (1 + step * (groups == g)) for step in (1e-6, -1e-6))
        effects.append((index(y, x, weights=up).value - index(y, x, weights=down).value) / 2e-6)
    m = len(effects)
    assert found.n_clusters == m
    assert sum(effects) == pytest.approx(0, abs=1e-7)
    assert found.se == pytest.approx(np.sqrt((np.array(effects) ** 2).sum() * m / (m - 1)), rel=1e-6)


def test_standard_errors_are_close_to_the_jackknife():
    y, x, groups, _ = example(n=2000, m=400)
    for index in (concentration_index, erreygers_index):
        found = index(y, x, groups=groups)
        left_out = np.array([index(y[groups != g], x[groups != g]).value for g in np.unique(groups)])
        m = len(left_out)
        jackknife = np.sqrt(((left_out - left_out.mean()) ** 2).sum() * (m - 1) / m)
        assert found.se == pytest.approx(jackknife, rel=0.03)


def test_weights_are_repeated_rows():
    y, x, groups, w = example()
    times = w.astype(int)
    for index in (concentration_index, erreygers_index):
        weighted = index(y, x, weights=w, groups=groups)
        repeated = index(np.repeat(y, times), np.repeat(x, times), groups=np.repeat(groups, times))
        assert (weighted.value, weighted.se) == pytest.approx((repeated.value, repeated.se))


def test_only_ranks_matter():
    y, x, groups, _ = example()
    plain, logged = concentration_index(y, x, groups=groups), concentration_index(y, np.log(x + 1), groups=groups)
    assert plain == logged
    turned = concentration_index(y, -x, groups=groups)
    assert (turned.value, turned.low) == pytest.approx((-plain.value, -plain.high))
    assert concentration_index(3 * y, x).value == pytest.approx(concentration_index(y, x).value)
    named = concentration_index(y, x, groups=[f"person {g}" for g in groups])
    assert (named.se, named.low) == pytest.approx((plain.se, plain.low))


def test_limits_stay_inside():
    y, x = np.array([0] * 12 + [1, 0, 1] + [1] * 9, dtype=float), np.arange(24)
    found = erreygers_index(y, x)
    assert 0.9 < found.value < found.high < 1
    assert 0.2 < found.low < 0.9
    assert found.flags == ("few_clusters",)
    assert found.method == "influence_t"


def test_the_other_definition_of_no_concentration():
    rng = np.random.default_rng(3)
    y, x = rng.random(4000) < 0.4, rng.lognormal(size=4000)
    found = concentration_index(y, x)
    assert abs(found.value) < 4 * found.se
    # Ranks without ties: the variance of 2 cov / mean is 4 var(y) var(r) / (n mean squared), with var(r) = 1/12.
    assert found.se == pytest.approx(np.sqrt(4 * y.var() / 12 / 4000) / y.mean(), rel=0.03)


# --- edges -------------------------------------------------------------------------------------------------------


def test_everybody_alike():
    for y, x in [([1, 1, 1, 1], [1, 2, 3, 4]), ([0.3] * 4, [1, 2, 3, 4]), ([0, 1, 1, 0], [7, 7, 7, 7])]:
        found = concentration_index(y, x)
        assert (found.value, found.flags) == (0.0, ("no_variation",))
        assert np.isnan([found.low, found.high, found.se]).all()


@pytest.mark.parametrize("index", [concentration_index, erreygers_index])
def test_nobody_answered_and_nobody_there(index):
    for y, x in [([0, 0, 0], [1, 2, 3]), ([], []), ([np.nan, 1], [1, np.nan])]:
        found = index(y, x)
        assert np.isnan([found.value, found.low, found.high]).all()
        assert found.flags[0] == "undefined"


def test_one_cluster_and_the_ends_of_the_range():
    found = concentration_index([0, 1, 0, 1], [1, 2, 3, 4], groups=["a"] * 4)
    assert (found.value, found.flags, found.n_clusters) == (0.25, ("few_clusters",), 1)
    assert np.isnan(found.low)
    top = erreygers_index([0, 0, 1, 1], [1, 2, 3, 4])
    assert top.flags == ("no_variation",)
    assert np.isnan(top.low)


def test_unknown_rows_are_left_out_and_those_without_weight_are_not_there():
    y, x, groups, _ = example()
    x[4], y[9] = np.nan, np.nan
    known = np.setdiff1d(np.arange(300), [4, 9])
    found = concentration_index(y, x, groups=groups)
    plain = concentration_index(y[known], x[known], groups=groups[known])
    assert (found.value, found.se) == (plain.value, plain.se)
    assert found.flags == ("rows_left_out",)
    assert concentration_index([0, 1, 0, 1, 1], [1, 2, 3, 4, 9], weights=[1, 1, 1, 1, 0]).value == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: concentration_index([1, -1], [1, 2]), "Some outcomes or weights are outside their range."),
        (lambda: erreygers_index([1, 2], [1, 2]), "Some outcomes or weights are outside their range."),
        (lambda: erreygers_index([1, 0], [1, 2], weights=[1, -1]), "Some outcomes or weights are outside their range."),
        (
            lambda: concentration_index([1, 0], [1, 2, 3]),
            "Columns of 2, 3, 2 and 2 rows do not fit.",
        ),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises(SchemaError) as error:
        call()
    assert str(error.value).startswith(words)
