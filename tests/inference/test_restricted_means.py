"""Differences of restricted means: against the means themselves, the jackknife, and shared persons."""

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference import clustered_kaplan_meier
from twoway.inference.restricted_means import rmst_difference


def waits(n=300, persons=60, seed=5):
    rng = np.random.default_rng(seed)
    person = rng.integers(0, persons, n)
    time = np.ceil(rng.exponential(rng.gamma(2, 15, persons)[person]))
    watched = rng.uniform(40, 200, n)
    return np.minimum(time, watched), time <= watched, rng.random(n) < 0.4, person, rng.integers(0, 3, n)


def plain(time, ended, first, tau):
    means = [clustered_kaplan_meier(time[g], ended[g], np.arange(g.sum())).rmst(tau).value for g in (first, ~first)]
    return means[0] - means[1]


def test_the_value_is_the_difference_of_the_means_and_the_error_that_of_the_jackknife():
    time, ended, first, person, _ = waits()
    found = rmst_difference(time, ended, first, person, 40)
    assert found.value == pytest.approx(plain(time, ended, first, 40))
    left = [plain(*(column[person != p] for column in (time, ended, first)), 40) for p in np.unique(person)]
    m = len(left)
    assert found.se == pytest.approx(np.sqrt((m - 1) / m * ((np.array(left) - np.mean(left)) ** 2).sum()), rel=0.05)


def test_groups_of_different_persons_add_their_variances():
    time, ended, _, person, _ = waits()
    first = person % 2 == 0
    found = rmst_difference(time, ended, first, person, 40)
    parts = [clustered_kaplan_meier(time[g], ended[g], person[g]).rmst(40).se for g in (first, ~first)]
    assert found.se == pytest.approx(np.hypot(*parts))


def test_the_two_sides_mirror_each_other():
    time, ended, first, person, strata = waits()
    one = rmst_difference(time, ended, first, person, 40, strata=strata)
    other = rmst_difference(time, ended, ~first, person, 40, strata=strata)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def test_strata_are_compared_within_and_weighed():
    time, ended, first, person, strata = waits()
    found = rmst_difference(time, ended, first, person, 40, strata=strata)
    gaps, weights = [], []
    for s in range(3):
        here = strata == s
        gaps.append(plain(time[here], ended[here], first[here], 40))
        a, b = (here & first).sum(), (here & ~first).sum()
        weights.append(a * b / (a + b))
    assert found.value == pytest.approx(np.average(gaps, weights=weights))
    # A slow organization that only the first group asks would make that group look slow.
    slow = strata == 0
    lopsided = rmst_difference(np.where(slow, 2, 1) * time, ended, first | slow, person, 40, strata=strata)
    assert lopsided.flags == ("strata_left_out",)


def test_nothing_is_said_beyond_what_was_watched():
    never = rmst_difference([1, 2, 3, 4], [1, 0, 1, 0], [True, True, False, False], range(4), 60)
    assert np.isnan([never.value, never.low, never.high]).all()
    assert never.flags == ("few_clusters", "beyond_follow_up")
    alone = rmst_difference([1, 2], [1, 1], [True, True], range(2), 60)
    assert alone.flags == ("few_clusters", "beyond_follow_up")
    assert np.isnan(rmst_difference([], [], [], [], 5).value)


def test_all_alike_shows_no_variation():
    same = rmst_difference([5] * 40, [1] * 40, [True, False] * 20, range(40), 10)
    assert (same.value, same.flags) == (0, ("no_variation",))
    assert np.isnan([same.low, same.high, same.se]).all()


def test_refusals():
    with pytest.raises(TwowayError, match=r"\(2,\) durations, \(1,\) endings"):
        rmst_difference([1, 2], [1], [True, False], [1, 2], 5)
    with pytest.raises(TwowayError, match="tau=0 is no horizon"):
        rmst_difference([1, 2], [1, 1], [True, False], [1, 2], 0)


@pytest.mark.parametrize("repeats", [1, 2])
def test_one_person_or_persons_all_alike_say_nothing_of_uncertainty(repeats):
    persons = np.repeat(range(repeats), 2)
    gap = rmst_difference([1, 2] * repeats, [1, 1] * repeats, [1, 0] * repeats, persons, 10)
    assert gap.value == -1
    assert np.isnan([gap.low, gap.high, gap.se]).all()
    assert (gap.method, gap.flags) == ("none", ("few_clusters", "no_variation"))
