"""Intervals of how many different persons are addressed: each day left out by hand, and sane limits for few days."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.inference.breadth import effective_interval, network_interval, new_rate_interval, per_hundred_interval


def drawn(n_days, rng, n_persons=500):
    """Return person, posts and day, one row a day and person; some persons are met far more often."""
    often = 1 / np.arange(1, n_persons + 1)
    day = np.repeat(np.arange(n_days), rng.poisson(rng.gamma(2, 4, n_days)) + 1)
    person = rng.choice(n_persons, size=len(day), p=often / often.sum())
    keys, n = np.unique(day * n_persons + person, return_counts=True)
    return keys % n_persons, n.astype(float), keys // n_persons


def spread(values):
    left = np.array(values)
    return np.sqrt(((left - left.mean()) ** 2).sum() * (len(left) - 1) / len(left))


def per_hundred(person, n):
    return 100 * len(set(person)) / n.sum()


def effective(person, n):
    share = np.bincount(person, n) / n.sum()
    share = share[share > 0]
    return np.exp(-(share * np.log(share)).sum())


def dominant_interval(person, n, day):
    return effective_interval(person, n, day, order=2)


def dominant(person, n):
    posts = {}
    for who, k in zip(person, n, strict=True):
        posts[who] = posts.get(who, 0) + k
    return 1 / sum((k / sum(posts.values())) ** 2 for k in posts.values())


@pytest.mark.parametrize(
    ("interval", "value"),
    [(per_hundred_interval, per_hundred), (effective_interval, effective), (dominant_interval, dominant)],
)
def test_each_day_is_left_out(interval, value):
    person, n, day = drawn(25, np.random.default_rng(3))
    found = interval(person, n, day)
    assert found.value == pytest.approx(value(person, n))
    assert found.se == pytest.approx(spread([value(person[day != d], n[day != d]) for d in range(25)]))
    assert found.n_clusters == 25


@pytest.mark.parametrize(("order", "value"), [(1, effective), (2, dominant)])
def test_rows_of_one_person_and_day_count_together(order, value):
    """Replies one by one, as wordings come: the first day holds most of them."""
    person, day = np.array([0, 0, 0, 0, 1, 1, 1, 2, 3, 4]), np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2])
    found = effective_interval(person, np.ones(10), day, order=order)
    assert found.value == pytest.approx(value(person, np.ones(10)))
    assert found.se == pytest.approx(spread([value(person[day != d], np.ones(10)[day != d]) for d in range(3)]))
    alone = effective_interval(person, np.ones(10), np.zeros(10), order=order)
    assert (alone.value, alone.method) == (found.value, "none")


def test_a_network_without_each_day():
    # No ties at all: the size is the number of persons.
    person, n, day = drawn(25, np.random.default_rng(3))
    size = len(set(person))
    found = network_interval(person, np.zeros(len(n)), np.full(len(n), size), np.zeros(len(n)), day)
    assert found.value == pytest.approx(size)
    assert found.se == pytest.approx(spread([len(set(person[day != d])) for d in range(25)]))


def test_new_persons_without_each_day_watched():
    person, n, day = drawn(25, np.random.default_rng(3))
    new = np.zeros(len(n))
    new[np.unique(person, return_index=True)[1]] = 1
    found = new_rate_interval(person, new, np.full(len(n), 5.0), day)
    lost = [len(set(person[day != d])) for d in range(25)] + [len(set(person))] * 10
    assert found.value == pytest.approx(len(set(person)) / 5)
    assert found.se == pytest.approx(spread(np.array(lost) / 5))


@pytest.mark.parametrize("interval", [per_hundred_interval, effective_interval])
def test_few_days_give_sane_limits(interval):
    found = interval(*drawn(20, np.random.default_rng(5)))
    assert found.value / 4 < found.low < found.value < found.high < 4 * found.value


def test_nothing_and_one_day_have_no_limits():
    assert per_hundred_interval([], [], []) is None
    assert effective_interval([], [], []) is None
    assert network_interval([], [], [], [], []) is None
    assert new_rate_interval([], [], [], []) is None
    assert new_rate_interval([1], [1], [0.0], [1]) is None
    found = per_hundred_interval([1, 2], [1, 1], [7, 7])
    assert (found.value, found.method) == (100.0, "none")
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.slow
@pytest.mark.parametrize("n_days", [100, 300])
def test_limits_hold_the_truth(n_days):
    # Days drawn from one population: the truth is the mean over samples of so many days.
    rng, both = np.random.default_rng(11), {}
    for _ in range(500):
        person, n, day = drawn(n_days, rng, n_persons=3_000)
        for interval in (per_hundred_interval, effective_interval):
            found = interval(person, n, day)
            both.setdefault(interval.__name__, []).append((found.value, found.low, found.high))
    for name, rows in both.items():
        value, low, high = np.array(rows).T
        covered = ((low <= value.mean()) & (value.mean() <= high)).mean()
        assert 0.93 <= covered <= 0.985, name  # three standard errors of a share over 500 samples are .03
