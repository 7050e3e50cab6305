"""Redrawn times: the rhythm of the week stays exactly, bursts go, and accounts without bursts stay in the middle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from twoway.errors import TwowayError
from twoway.inference.nulls import WeeklyClock, null_summary, redraw_times

HOUR, WEEK = 3_600, 604_800


def rhythm_of(times):
    return np.bincount(times // HOUR % 168, minlength=168)


def rhythmic(rng, n, weeks=8):
    """Draw times from a rate that follows the week: working days, daytime."""
    slots = np.array([24 * day + hour for day in range(5) for hour in range(8, 20)])
    return slots[rng.integers(0, len(slots), n)] * HOUR + rng.integers(0, weeks, n) * WEEK + rng.integers(0, HOUR, n)


def spread_of_gaps(times):
    gaps = np.diff(np.sort(times))
    return gaps.std() / gaps.mean()


def test_number_rhythm_and_ends_of_each_account_stay(rng):
    accounts = rng.integers(0, 12, 1_500)
    times = rhythmic(rng, 1_500)
    drawn = redraw_times(times, accounts, rng)
    for account in range(12):
        old, new = times[accounts == account], drawn[accounts == account]
        assert (rhythm_of(new) == rhythm_of(old)).all()
        assert (new.min(), new.max()) == (old.min(), old.max())
    assert (drawn != times).mean() > 0.95


def test_bursts_go(rng):
    starts = rhythmic(rng, 12, weeks=20)
    times = (starts[:, None] + np.arange(25) * 40).ravel()
    clock = WeeklyClock(times, np.zeros(len(times), dtype=int))
    draws = [[spread_of_gaps(clock.redraw(rng))] for _ in range(99)]
    assert null_summary([spread_of_gaps(times)], draws, "greater").p[0] == 0.01


def test_seconds_of_an_hour_within_the_span_are_as_likely(rng):
    # The first and the last week hold half of the hour of the post between: 5,400 + 3,600 seconds in all.
    times = np.array([1_800, 2_000, 2 * WEEK + 1_799])
    clock = WeeklyClock(times, np.zeros(3, dtype=int))
    drawn = np.array([clock.redraw(rng)[1] for _ in range(4_000)])
    place = np.where(
        drawn < HOUR, drawn - 1_800, np.where(drawn < 2 * WEEK, drawn - WEEK + 1_800, drawn - 2 * WEEK + 5_400)
    )
    assert place.min() >= 0
    assert place.max() < 7_200
    assert kstest(place / 7_200, "uniform").pvalue > 1e-3


def test_accounts_that_only_follow_the_week_are_not_found_bursty():
    z, p = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        times = rhythmic(rng, 60)
        clock = WeeklyClock(times, np.zeros(60, dtype=int))
        draws = [[spread_of_gaps(clock.redraw(rng))] for _ in range(99)]
        found = null_summary([spread_of_gaps(times)], draws)
        z.append(found.z[0])
        p.append(found.p_greater[0])
    assert abs(np.mean(z)) < 0.4
    assert kstest(p, "uniform").pvalue > 0.01


def test_few_posts_and_one_moment_stay(rng):
    assert redraw_times([], [], rng).tolist() == []
    assert redraw_times([9, 5, 7], [0, 0, 1], rng).tolist() == [9, 5, 7]
    assert redraw_times([5, 5, 5, 5], [0, 0, 0, 0], rng).tolist() == [5, 5, 5, 5]


def test_lengths_that_differ_are_refused(rng):
    with pytest.raises(TwowayError, match="do not fit"):
        redraw_times([1, 2], [0], rng)
