"""What the missing part could hide, and what a thinned collection would have shown."""

import numpy as np
import pytest

from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.bounds import (
    Bounds,
    bounded_selection,
    difference_bounds,
    kept_share,
    unthinned,
    unthinned_many,
    worst_case,
)
from twoway.inference.intervals import wilson, wilson_limits
from twoway.inference.results import Intervals


def ends(bounds):
    return bounds.low, bounds.high


def test_the_catalogue_s_example():
    assert ends(worst_case(6, 10, 4)) == pytest.approx((0.60, 1.00))
    assert ends(bounded_selection(6, 10, 4, 0.5)) == pytest.approx((0.60, 0.80))
    assert unthinned(0.30, 0.5).value == pytest.approx(0.60)


def test_every_way_to_fill_the_missing_part_lies_inside_and_the_ends_are_reached(rng):
    for _ in range(40):
        n = int(rng.integers(1, 9))
        known = rng.integers(0, 2, n)
        is_seen = rng.random(n) < 0.6
        k, u = int((known * is_seen).sum()), int((~is_seen).sum())
        found = worst_case(k, n, u)
        fills = [(k + extra) / n for extra in range(u + 1)]
        assert ends(found) == pytest.approx((min(fills), max(fills)))


def test_with_nothing_missing_the_bounds_meet():
    assert ends(worst_case(3, 10, 0)) == (0.3, 0.3)
    assert ends(bounded_selection(3, 10, 7, 0)) == (0.3, 0.3)


def test_many_at_once_and_nothing_to_divide_by():
    found = worst_case([6, 0, 0], [10, 0, 5], [4, 0, 5])
    np.testing.assert_allclose(found.low, [0.6, np.nan, 0.0])
    np.testing.assert_allclose(found.high, [1.0, np.nan, 1.0])
    assert "3 pairs" in str(found)
    assert "at most 1 apart" in str(found)
    assert "none of them known" in str(worst_case([0], [0], [0]))


def test_a_difference_is_farthest_when_each_end_meets_the_other():
    first, second = worst_case(6, 10, 4), worst_case(2, 10, 3)
    assert ends(difference_bounds(first, second)) == pytest.approx((0.6 - 0.5, 1.0 - 0.2))
    assert difference_bounds(first, second).how == "difference"


@pytest.mark.parametrize(("k", "n", "u"), [(-1, 10, 2), (6, 10, 5), (6, 10, -1)])
def test_counts_that_do_not_fit_are_refused(k, n, u):
    with pytest.raises(TwowayError, match="Counts do not fit together, or q is not a share, in 1 of 1 cases"):
        worst_case(k, n, u)


def test_a_share_of_unseen_successes_above_one_is_refused():
    with pytest.raises(TwowayError, match="q is not a share"):
        bounded_selection(6, 10, 4, 1.5)


def test_the_kept_part_is_a_beta_posterior():
    from scipy.stats import beta

    found = kept_share(17, 40)
    assert (found.low, found.high) == pytest.approx(tuple(beta(17.5, 23.5).ppf([0.025, 0.975])))
    assert found.se == pytest.approx(beta(17.5, 23.5).std())
    assert kept_share(0, 10).low == 0
    assert kept_share(10, 10).high == 1
    with pytest.raises(NotEnoughEvidence, match="n=0 posts"):
        kept_share(0, 0)
    with pytest.raises(TwowayError, match="k=11 of n=10"):
        kept_share(11, 10)


def test_division_by_a_certain_part_stretches_the_interval():
    seen = wilson(30, 100)
    found = unthinned(seen, 0.5)
    assert (found.low, found.value, found.high) == pytest.approx((seen.low / 0.5, 0.6, seen.high / 0.5))


def test_the_ratio_s_limits_are_those_of_donner_and_zou(rng):
    for _ in range(30):
        p, s = wilson(rng.integers(5, 60), 200), kept_share(rng.integers(40, 90), 100)
        a, l1, u1, b, l2, u2 = p.value, p.low, p.high, s.value, s.low, s.high
        low = (a * b - np.sqrt((a * b) ** 2 - l1 * u2 * (2 * a - l1) * (2 * b - u2))) / (u2 * (2 * b - u2))
        high = (a * b + np.sqrt((a * b) ** 2 - u1 * l2 * (2 * a - u1) * (2 * b - l2))) / (l2 * (2 * b - l2))
        found = unthinned(p, s, cap=np.inf)
        assert (found.low, found.high) == pytest.approx((low, high))


def test_no_answer_seen_leaves_the_lower_limit_at_zero():
    found = unthinned(wilson(0, 50), kept_share(30, 60))
    assert found.low == 0
    assert found.value == 0
    assert found.high > wilson(0, 50).high / 0.5


def test_more_than_all_is_capped_and_said():
    found = unthinned(wilson(80, 100), 0.5)
    assert (found.value, found.high) == (1, 1)
    assert "above_one" in found.flags


def test_a_part_that_may_be_zero_cannot_be_divided_by():
    with pytest.raises(TwowayError, match="cannot be divided by"):
        unthinned(0.3, kept_share(0, 10))
    with pytest.raises(TwowayError, match="cannot be divided by"):
        unthinned(0.3, 1.2)
    with pytest.raises(TwowayError, match=r"levels 0\.9 and 0\.95 differ"):
        unthinned(wilson(3, 10, level=0.9), kept_share(5, 10))


def test_many_are_divided_as_one_is():
    k, n = np.array([3, 0, 9]), np.array([10, 8, 12])
    low, high = wilson_limits(k, n)
    many = unthinned_many(Intervals(low, high, k / n), kept_share(30, 40))
    for i in range(3):
        one = unthinned(wilson(k[i], n[i]), kept_share(30, 40))
        assert (many[i].low, many[i].value, many[i].high) == pytest.approx((one.low, one.value, one.high))


@pytest.mark.slow
def test_the_carried_interval_holds_the_truth_as_often_as_it_says(rng):
    truth, s, hits, rounds = 0.6, 0.5, 0, 4000
    answered = rng.binomial(150, truth * s, rounds)
    again = rng.binomial(60, s, rounds)
    for k, k_s in zip(answered, again, strict=True):
        found = unthinned(wilson(k, 150), kept_share(k_s, 60), cap=np.inf)
        hits += found.low <= truth <= found.high
    assert 0.935 < hits / rounds < 0.97


def test_bounds_are_frozen():
    with pytest.raises(AttributeError):
        Bounds(0.0, 1.0, "worst_case").low = 0.5
