"""Differences and ratios of two values from their own intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.errors import TwowayError, UnknownName
from twoway.inference.differences import adjust_p, is_equivalent, paired_difference, ratio_of_two, tost_level
from twoway.inference.effect_sizes import cohens_h, log_ratio, standardized_difference
from twoway.inference.intervals import newcombe, wilson
from twoway.inference.ratios import ratio_interval
from twoway.inference.results import Interval


@pytest.mark.parametrize(("level", "low", "high"), [(0.95, -0.0570, 0.2525), (0.90, -0.0324, 0.2292)])
def test_the_catalogues_example(level, low, high):
    found = paired_difference(wilson(60, 100, level), wilson(30, 60, level))
    assert found.value == pytest.approx(0.10)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


counts = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_without_correlation_it_is_newcombes_method(first, second):
    found, known = paired_difference(wilson(*first), wilson(*second)), newcombe(*first, *second)
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)


@given(counts, counts)
def test_swapping_the_groups_swaps_the_limits(first, second):
    one, other = wilson(*first), wilson(*second)
    there, back = (paired_difference(*pair, correlation=0.3) for pair in ((one, other), (other, one)))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    ratio, inverse = ratio_of_two(one, other), ratio_of_two(other, one)
    if first[0] and second[0]:
        assert (ratio.low, ratio.high) == pytest.approx((1 / inverse.high, 1 / inverse.low), rel=1e-9)


@given(counts, counts)
def test_a_ratio_excludes_one_exactly_when_the_difference_excludes_zero(first, second):
    one, other = wilson(*first), wilson(*second)
    gap, ratio = paired_difference(one, other), ratio_of_two(one, other)
    if second[0] and min(abs(gap.low), abs(gap.high)) > 1e-9:
        assert (gap.low > 0) == (ratio.low > 1)
        assert (gap.high < 0) == (ratio.high < 1)


def by_solving(one, other, correlation):
    """Find the ratio at which an end of the interval of `first - ratio * second` is 0, by halving."""

    def end(r, *, upper):
        a = one.high - one.value if upper else one.value - one.low
        b = r * (other.value - other.low if upper else other.high - other.value)
        side = np.sqrt(a * a + b * b - 2 * correlation * a * b)
        return one.value - r * other.value + (side if upper else -side)

    out = []
    for upper in (False, True):
        low, high = 1e-9, 1e6
        for _ in range(200):
            middle = np.sqrt(low * high)
            low, high = (middle, high) if end(middle, upper=upper) > 0 else (low, middle)
        out.append(low)
    return out


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.4])
@pytest.mark.parametrize(
    ("one", "other"), [((60, 100), (30, 60)), ((3, 10), (8, 11)), ((1, 90), (40, 50)), ((50, 50), (5, 8))]
)
def test_limits_of_a_ratio_solve_those_of_a_difference(one, other, correlation):
    pair = wilson(*one), wilson(*other)
    found = ratio_of_two(*pair, correlation)
    assert [found.low, found.high] == pytest.approx(by_solving(*pair, correlation), rel=1e-6)


def test_edges_of_a_ratio():
    half, never, always = wilson(5, 10), wilson(0, 10), wilson(10, 10)
    assert np.isnan(ratio_of_two(half, never).value)
    assert "undefined" in ratio_of_two(half, never).flags
    zero = ratio_of_two(never, half)
    assert (zero.value, zero.low) == (0, 0)
    assert 0 < zero.high < np.inf
    assert ratio_of_two(always, half).low > 1
    open_ended = ratio_of_two(half, Interval(0.0, 1.0, value=0.2))
    assert open_ended.high == np.inf
    assert "open_ended" in open_ended.flags
    assert ratio_of_two(half, Interval(0.1, np.inf, value=0.2)).low == 0
    assert np.isnan(ratio_of_two(half, Interval(np.nan, np.nan, value=0.2)).low)
    assert ratio_of_two(half, Interval(np.nan, np.nan, value=0.2)).value == 2.5


def test_a_missing_limit_makes_no_difference_sure():
    found = paired_difference(Interval(np.nan, np.inf, value=10.0), Interval(1.0, np.inf, value=3.0))
    assert found.value == 7
    assert np.isnan(found.low)
    assert found.high == np.inf


def test_correlation_narrows_or_widens():
    pair = wilson(60, 100), wilson(30, 60)
    lengths = [paired_difference(*pair, r).high - paired_difference(*pair, r).low for r in (-0.5, 0, 0.5)]
    assert lengths == sorted(lengths, reverse=True)
    same = wilson(30, 60)
    gone = paired_difference(same, same, 1.0)
    assert (gone.low, gone.high) == pytest.approx((0, 0), abs=1e-7)


def test_equivalence_needs_the_narrow_interval_inside_the_margin():
    assert tost_level(0.95) == pytest.approx(0.9)
    narrow = newcombe(60, 100, 30, 60, level=0.90)
    assert is_equivalent(narrow, 0.25) is True
    assert is_equivalent(narrow, 0.2292) is False
    assert is_equivalent(newcombe(60, 100, 30, 60), 0.25) is False
    assert is_equivalent(Interval(np.nan, np.nan), 0.25) is None


def test_effect_sizes():
    assert cohens_h(0.5, 0.5) == 0
    assert cohens_h(1, 0) == pytest.approx(np.pi)
    assert log_ratio(30, 60) == pytest.approx(-np.log(2))
    assert log_ratio(0, 60) == -np.inf
    assert np.isnan(log_ratio(0, 0))
    flat = Interval(1.0, 1.0, value=1.0, n_clusters=40)
    assert np.isnan(standardized_difference(flat, flat))


def test_corrections_by_hand():
    p = np.array([0.04, 0.001, np.nan, 0.03, 0.5])
    order = [0.001, 0.03, 0.04, 0.5]
    bh = {v: min(order[j] * 4 / (j + 1) for j in range(i, 4)) for i, v in enumerate(order)}
    holm = {v: max(min(1, order[j] * (4 - j)) for j in range(i + 1)) for i, v in enumerate(order)}
    for name, known in (("bh", bh), ("holm", holm)):
        assert adjust_p(p, name)[[0, 1, 3, 4]] == pytest.approx([known[v] for v in p[[0, 1, 3, 4]]])
        assert np.isnan(adjust_p(p, name)[2])
    assert adjust_p(p, "none")[[0, 1, 3, 4]].tolist() == p[[0, 1, 3, 4]].tolist()
    assert adjust_p([], "bh").tolist() == []
    assert np.isnan(adjust_p([np.nan], "bh")).all()


def test_what_is_refused():
    one = wilson(5, 10)
    with pytest.raises(TwowayError, match="correlation=2 is no correlation. It was given to a comparison of two"):
        paired_difference(one, one, 2)
    with pytest.raises(TwowayError, match="a value or a limit is below 0. They were given to ratio_of_two. Compare"):
        ratio_of_two(one, Interval(-1.0, 2.0, value=0.5))
    with pytest.raises(TwowayError, match="margin=0 is not positive. It was given to a test of equivalence."):
        is_equivalent(one, 0)
    with pytest.raises(TwowayError, match="level=0.5 leaves no interval for a test of equivalence."):
        tost_level(0.5)
    with pytest.raises(UnknownName, match="'bonferoni' is not a known correction for many comparisons."):
        adjust_p([0.1], "bonferoni")


def clustered_shares(rng, m, p):
    """Draw the answered and the owed of m persons who are answered with chances of their own."""
    owed = 1 + rng.poisson(1.0, m)
    return rng.binomial(owed, rng.beta(4 * p, 4 * (1 - p), m)), owed


@pytest.mark.slow
@pytest.mark.parametrize("m", [20, 100, 1000])
@pytest.mark.parametrize(("p", "q"), [(0.3, 0.5), (0.85, 0.6), (0.5, 0.5)])
def test_intervals_of_differences_and_ratios_hold_the_truth(m, p, q):
    rng, runs = np.random.default_rng(m), 1200
    held = np.zeros(2)
    for _ in range(runs):
        pair = [ratio_interval(*clustered_shares(rng, m, one), proportion=True) for one in (p, q)]
        gap, ratio = paired_difference(*pair), ratio_of_two(*pair)
        held += [gap.low <= p - q <= gap.high, ratio.low <= p / q <= ratio.high]
    # Three standard errors of 1200 runs are 0.019.
    assert (held / runs > 0.93).all()
    assert (held / runs < 0.985).all()
