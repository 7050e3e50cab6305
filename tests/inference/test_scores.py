"""Wilson's score where nothing is counted."""

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference import composite_interval, ratio_interval, score_limits, wilson


def product(one, other):
    return one * other


def days(rng, m=60, p=0.5):
    den = rng.poisson(4, m)
    return rng.binomial(den, p).astype(float), den.astype(float)


@pytest.mark.parametrize(("k", "n"), [(4, 10), (1, 80), (79, 80)])
def test_a_share_gets_back_its_own_limits(k, n):
    se = np.sqrt(k * (n - k) / n**3)
    assert score_limits(k / n, se, 1.959963984540054) == pytest.approx((wilson(k, n).low, wilson(k, n).high))


def test_one_share_alone_is_that_of_the_default(rng):
    one = days(rng)
    alone = composite_interval([one], [one], lambda share: share)
    default = ratio_interval(*one, proportion=True)
    assert (alone.value, alone.se) == pytest.approx((default.value, default.se))
    assert (alone.low, alone.high) == pytest.approx((default.low, default.high), rel=0.01)


def test_a_share_times_itself_is_as_unsure_as_its_square(rng):
    one = days(rng)
    both = composite_interval([one, one], [one, one], product)
    square = composite_interval([one], [one], lambda share: share**2)
    assert both.se == pytest.approx(square.se, rel=0.02)
    apart = composite_interval([one, one], [], product)
    assert apart.se == pytest.approx(both.se / np.sqrt(2), rel=1e-9)


def test_what_would_narrow_the_interval_is_not_counted(rng):
    num, den = days(rng)
    against = [(num, den), (den - num, den)]
    assert composite_interval(against, against, product).se == composite_interval(against, [], product).se


def test_a_share_without_spread_adds_what_its_clusters_leave_open(rng):
    one = days(rng)
    few, many = (np.ones(12), np.ones(12)), (np.ones(4000), np.ones(4000))
    alone = composite_interval([one], [], lambda share: share)
    beside_few, beside_many = (composite_interval([one, other], [], product) for other in (few, many))
    assert beside_many.low == pytest.approx(alone.low, rel=0.01)
    assert beside_few.low < alone.low - 0.01
    assert beside_few.flags == ("few_clusters",)


def test_ends_of_the_scale_and_few_clusters_count_clusters():
    silent = (np.zeros(40), np.ones(40))
    nothing = composite_interval([silent, silent], [silent, silent], product)
    assert (nothing.low, nothing.high) == pytest.approx((0, wilson(0, 40).high))
    assert (nothing.method, nothing.flags) == ("wilson_clusters", ("at_boundary",))
    half = (np.array([1.0, 0, 1, 0]), np.ones(4))
    assert composite_interval([half], [], lambda share: share).high == pytest.approx(wilson(2, 4).high)


def test_nothing_to_divide_by():
    none = composite_interval([(np.zeros(20), np.zeros(20))], [], lambda share: share)
    assert np.isnan([none.value, none.low, none.high]).all()
    assert none.flags == ("undefined",)


def test_sums_that_do_not_fit_are_refused():
    with pytest.raises(TwowayError, match="do not fit denominators"):
        composite_interval([(np.ones(3), np.ones(4))], [], lambda share: share)


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_product_of_shares_of_the_same_events_is_covered(p):
    # A day's answers lower the share of its posts that speak to nobody, and the share of its turns left unanswered.
    rng = np.random.default_rng(round(10 * p))
    truth, hits = 3 / (3 + 4 * (1 - p)) * p, []
    for _ in range(1000):
        own, turns = rng.poisson(3, 60), rng.poisson(4, 60)
        silent = rng.binomial(turns, p)
        shares = [(own, own + turns - silent), (silent, turns)]
        found = composite_interval(shares, shares, product)
        hits.append(found.low <= truth <= found.high)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)
