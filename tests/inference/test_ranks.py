"""Which places units can have, given how sure their values are."""

import itertools

import numpy as np
import pytest
from scipy.stats import norm, studentized_range

from twoway.errors import NotEnoughEvidence, TwowayError, UnknownName
from twoway.inference.maxima import max_t_quantile
from twoway.inference.ranks import distances, on_scale, rank_sets
from twoway.inference.ratios import ratio_intervals


def sets(found):
    return list(zip(found.low.tolist(), found.high.tolist(), strict=True))


@pytest.mark.parametrize("method", ["max_t", "holm"])
def test_the_catalogue_s_example(method):
    found = rank_sets([0.9, 0.6, 0.58], [0.02, 0.05, 0.05], method=method)
    assert sets(found) == [(1, 1), (2, 3), (2, 3)]
    assert (found.n_pairs, found.n_alike, found.n_settled) == (3, 1, 1)
    lowest_first = rank_sets([0.9, 0.6, 0.58], [0.02, 0.05, 0.05], method=method, best="low")
    assert sets(lowest_first) == [(3, 3), (1, 2), (1, 2)]


def naive_sets(ahead):
    n = len(ahead)
    return [
        (1 + sum(ahead[j][i] for j in range(n) if j != i), n - sum(ahead[i][j] for j in range(n) if j != i))
        for i in range(n)
    ]


def test_holm_is_statsmodels_holm_over_both_directions(rng):
    from statsmodels.stats.multitest import multipletests

    for _ in range(20):
        n = 8
        y, e = rng.normal(0, 2, n), rng.uniform(0.2, 1.0, n)
        pairs = list(itertools.permutations(range(n), 2))
        p = [norm.sf((y[i] - y[j]) / np.hypot(e[i], e[j])) for i, j in pairs]
        told = multipletests(p, 0.05, method="holm")[0]
        ahead = np.zeros((n, n), dtype=bool)
        for (i, j), yes in zip(pairs, told, strict=True):
            ahead[i, j] = yes
        assert sets(rank_sets(y, e, method="holm")) == naive_sets(ahead)


def test_max_t_is_tukey_for_equal_errors():
    for n in (2, 5, 20, 60):
        found = max_t_quantile(np.ones(n), np.ones(n), n_draws=40_000)
        assert found == pytest.approx(studentized_range.ppf(0.95, n, np.inf) / np.sqrt(2), abs=0.04)


def test_max_t_pair_by_pair(rng):
    n = 9
    y, down, up = rng.normal(0, 2, n), rng.uniform(0.2, 1, n), rng.uniform(0.2, 1, n)
    found = rank_sets(y, low=y - 1.96 * down, high=y + 1.96 * up, limits_level=0.95)
    ahead = [[y[i] - y[j] > found.critical * np.hypot(down[i], up[j]) for j in range(n)] for i in range(n)]
    assert sets(found) == naive_sets(ahead)


def test_the_short_way_to_the_largest_difference_finds_the_largest(rng):
    """Few candidates, or all pairs written out: the same draws give the same quantile."""
    from twoway.inference import maxima

    down, up = rng.uniform(0.1, 3, 80), rng.uniform(0.1, 3, 80)
    short = maxima._largest(down, up, 300, np.random.default_rng(5))
    draws = np.random.default_rng(5).standard_normal((300, 80))
    for row in range(300):
        move = draws[row] * np.where(draws[row] > 0, down, up)
        t = (move[:, None] - move[None, :]) / np.hypot(down[:, None], up[None, :])
        assert short[row] == pytest.approx(t.max())


def test_few_clusters_raise_the_bar_for_their_own_pairs_only():
    from scipy.stats import t as student

    y, e, df = np.array([4.3, 0.0, 0.2]), np.ones(3), np.array([100.0, 100.0, 2.0])
    many, few = rank_sets(y, e), rank_sets(y, e, df=df)
    assert few.critical == many.critical
    assert few.is_ahead[0, 1]
    assert not few.is_ahead[0, 2]
    joint = 4 / (1 / 100 + 1 / 2)
    bar = student.isf(norm.sf(few.critical), joint) * np.sqrt(2)
    just = np.array([bar * 1.001, -9.0, 0.0]), np.array([bar * 0.999, -9.0, 0.0])
    assert [bool(rank_sets(v, e, df=df).is_ahead[0, 2]) for v in just] == [True, False]


def test_draws_know_what_units_share(rng):
    shared = rng.normal(0, 1, (2000, 1))
    own = rng.normal(0, 0.05, (2000, 3))
    y = np.array([1.0, 0.5, 0.0])
    assert rank_sets(y, [1, 1, 1]).n_alike == 3
    assert sets(rank_sets(y, [1, 1, 1], draws=y + shared + own)) == [(1, 1), (2, 2), (3, 3)]


def test_independent_draws_agree_with_the_normal_way(rng):
    y, e = rng.normal(0, 1, 6), rng.uniform(0.1, 0.6, 6)
    drawn = rank_sets(y, e, draws=rng.normal(y, e, (4000, 6)))
    assert drawn.critical == pytest.approx(rank_sets(y, e).critical, abs=0.1)


def test_units_without_value_or_limits_are_left_out():
    found = rank_sets([0.9, np.nan, 0.1, 0.5], [0.02, 0.1, 0.02, np.nan])
    assert found.is_ranked.tolist() == [True, False, True, False]
    assert sets(found) == [(1, 1), (0, 0), (2, 2), (0, 0)]
    assert "2 not ranked" in str(found)
    with pytest.raises(NotEnoughEvidence, match="None of 2 units"):
        rank_sets([np.nan, 1.0], [0.1, np.nan])


def test_one_unit_is_first_and_last():
    assert sets(rank_sets([0.3], [0.1])) == [(1, 1)]
    assert sets(rank_sets([0.3], [0.1], method="holm")) == [(1, 1)]


def test_certain_values_are_ranked_as_they_are_and_equal_ones_tie():
    assert sets(rank_sets([3.0, 1.0, 2.0, 1.0], [0.0] * 4)) == [(1, 1), (3, 4), (2, 2), (3, 4)]
    assert rank_sets([1.0] * 5, [0.1] * 5).n_alike == 10


def test_a_median_never_reached_is_slower_than_those_it_does_not_overlap():
    value, low, high = [5.0, 60.0, np.nan, 50.0], [4.0, 40.0, 90.0, 30.0], [6.0, 80.0, np.inf, np.inf]
    found = rank_sets(value, low=low, high=high, scale="log", best="low")
    assert sets(found) == [(1, 1), (2, 3), (3, 4), (2, 4)]


def test_a_share_of_nothing_can_be_told_from_others():
    found = rank_sets([0.0, 0.5, 1.0], low=[0.0, 0.4, 0.93], high=[0.04, 0.6, 1.0], scale="arcsine")
    assert sets(found) == [(3, 3), (2, 2), (1, 1)]


def test_an_open_side_never_tells_a_unit_apart():
    found = rank_sets([10.0, 1.0], low=[-np.inf, 0.9], high=[11.0, 1.1])
    assert found.n_alike == 1


def test_distances_are_limits_over_quantiles():
    down, up = distances([0.5], [0.3], [0.8], level=0.9, df=[9])
    assert (down[0], up[0]) == pytest.approx((0.2 / 1.833113, 0.3 / 1.833113), rel=1e-6)
    assert on_scale([0.25], "arcsine")[0] == pytest.approx(np.pi / 6)


def test_wrong_requests_are_refused():
    with pytest.raises(UnknownName, match="method of ranking"):
        rank_sets([1.0], [1.0], method="bonferroni")
    with pytest.raises(UnknownName, match="best end"):
        rank_sets([1.0], [1.0], best="middle")
    with pytest.raises(UnknownName, match="scale of ranks"):
        rank_sets([1.0], [1.0], scale="cubic")
    with pytest.raises(TwowayError, match="without one standard error"):
        rank_sets([1.0, 2.0])
    with pytest.raises(TwowayError, match="without one standard error"):
        rank_sets([1.0, 2.0], [0.1, 0.2, 0.3])


def test_two_thousand_units_at_once(rng):
    e = rng.uniform(0.05, 1, 2000)
    truth = rng.normal(0, 2, 2000)
    found = rank_sets(rng.normal(truth, e), e, n_draws=1000)
    true_rank = (-truth).argsort().argsort() + 1
    assert ((found.low <= true_rank) & (true_rank <= found.high)).mean() > 0.999


@pytest.mark.slow
@pytest.mark.parametrize("method", ["max_t", "holm"])
def test_all_true_ranks_lie_in_their_sets_as_often_as_promised(method):
    rng = np.random.default_rng(11)
    truth = np.array([0.0, 0.0, 0.1, 0.5, 1.0, 1.0, 1.1, 2.0])
    true_low = 1 + (truth[:, None] < truth[None, :]).sum(axis=1)
    true_high = 8 - (truth[:, None] > truth[None, :]).sum(axis=1)
    e = np.linspace(0.1, 0.6, 8)
    hits = 0
    for _ in range(1000):
        found = rank_sets(rng.normal(truth, e), e, method=method, n_draws=1000)
        # Units that tie in truth may have any place of their tie: both ends must be inside.
        hits += bool((found.low <= true_low).all() and (true_high <= found.high).all())
    assert hits / 1000 >= 0.94


@pytest.mark.slow
@pytest.mark.parametrize("n_clusters", [20, 100])
def test_sets_from_clustered_shares_hold_all_true_ranks(n_clusters):
    rng = np.random.default_rng(n_clusters)
    truth = np.array([0.3, 0.45, 0.5, 0.5, 0.52, 0.7, 0.85, 0.97])
    true_low = 1 + (truth[:, None] < truth[None, :]).sum(axis=1)
    true_high = 8 - (truth[:, None] > truth[None, :]).sum(axis=1)
    hits = told = 0
    critical = max_t_quantile(np.ones(8), np.ones(8))
    wide = 2 * norm.cdf(critical) - 1
    for _ in range(500):
        n = 1 + rng.poisson(2, (n_clusters, 8))
        k = rng.binomial(n, rng.beta(4 * truth, 4 * (1 - truth), (n_clusters, 8)))
        limits = ratio_intervals(k, n, proportion=True, level=wide)
        found = rank_sets(limits.value, low=limits.low, high=limits.high, limits_level=wide, n_draws=500)
        hits += bool((found.low <= true_low).all() and (true_high <= found.high).all())
        told += found.n_pairs - found.n_alike
    assert hits / 500 >= 0.95
    assert told > 0
