"""Ratios that several labels make, corrected: plain loops, sums, a planted bias taken off, coverage."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from twoway.errors import SchemaError
from twoway.inference.corrected_composites import corrected_composites

NAN = float("nan")


def drawn(rng, n, n_labeled, days=60, found=0.7, left=0.9):
    """Draw posts that reply (a fact) or ask (a label), some too late to judge; rules miss and mistake what asks.

    Both sides of two ratios, by rules and by people: who takes up among those who reply or ask, and the mean of three
    principles, of which a reply serves the first whatever it says.
    """
    reply, up, late = rng.random(n) < 0.35, rng.random(n) < 0.4, rng.random(n) < 0.1
    day = rng.integers(0, days, n)
    parts = rng.random((n, 3)) < (0.27, 0.2, 0.15)
    ruled = rng.random((n, 3)) < np.where(parts, found, 1 - left)
    seen = np.zeros(n, dtype=bool)
    seen[rng.choice(n, n_labeled, replace=False)] = True

    def sides(says):
        asks = says[:, 0] & ~reply & ~late
        served = np.column_stack([says[:, 0] | reply, says[:, 1:]]).mean(axis=1)
        return (reply | (asks & up)).astype(float), (reply | asks).astype(float), served

    told = [np.where(seen, side, NAN) for side in sides(parts)]
    ones = np.where(seen, 1.0, NAN)
    up_, two_way, served = sides(ruled)
    return {"symmetry": (up_, two_way, *told[:2]), "served": (served, np.ones(n), told[2], ones)}, day


@cache
def truths():
    """Code very many posts by people alone."""
    made, _ = drawn(np.random.default_rng(1), 400_000, 400_000)
    return {name: float(sides[2].sum() / sides[3].sum()) for name, sides in made.items()}


def by_loops(num, den, true_num, true_den, clusters):
    """Add mean errors to means, and give the ratio with its standard error from what each cluster adds to it."""
    rows = list(zip(num, den, true_num, true_den, clusters, strict=True))
    coded = [row for row in rows if not math.isnan(row[2])]
    top = sum(r[0] for r in rows) / len(rows) + sum(r[2] - r[0] for r in coded) / len(coded)
    bottom = sum(r[1] for r in rows) / len(rows) + sum(r[3] - r[1] for r in coded) / len(coded)
    share = top / bottom
    errors = [(r[2] - r[0]) - share * (r[3] - r[1]) for r in coded]
    ruled = [r[0] - share * r[1] for r in rows]
    added = dict.fromkeys(clusters, 0.0)
    for row, error in zip(coded, errors, strict=True):
        added[row[4]] += (error - sum(errors) / len(errors)) / len(errors)
    for row, value in zip(rows, ruled, strict=True):
        added[row[4]] += (value - sum(ruled) / len(ruled)) / len(ruled)
    m = len({row[4] for row in coded})
    return share, math.sqrt(m / (m - 1) * sum(a * a for a in added.values())) / bottom


@pytest.mark.parametrize("name", ["symmetry", "served"])
def test_a_loop_over_the_formula_gives_the_same(rng, name):
    made, day = drawn(rng, 300, 120)
    found = corrected_composites(*made[name], np.zeros(300), day)[0]
    assert (found.corrected, found.se) == pytest.approx(by_loops(*map(list, made[name]), day.tolist()))
    assert found.raw == pytest.approx(made[name][0].sum() / made[name][1].sum())
    assert (found.n, found.method) == (int((made[name][1] > 0).sum()), "ppi")


def test_what_adds_up_still_does_after_the_correction(rng):
    # Four classes of units, some misread and some misread as not to be judged.
    true, ruled = rng.integers(0, 4, 400), rng.integers(0, 4, 400)
    seen, judged = rng.random(400) < 0.4, rng.random(400) < 0.9
    shares = [
        corrected_composites(
            (ruled == i) & judged, judged, *(np.where(seen, side, NAN) for side in (true == i, np.ones(400))),
            np.zeros(400), np.arange(400),
        )[0].corrected
        for i in range(4)
    ]  # fmt: skip
    assert sum(shares) == pytest.approx(1)


def test_a_mean_of_shares_is_the_mean_of_the_corrected_ones(rng):
    true, ruled = rng.random((200, 4)) < 0.5, rng.random((200, 4)) < 0.5
    seen, ones = rng.random(200) < 0.5, np.ones(200)

    def corrected(a, b):
        people = [np.where(seen, side, NAN) for side in (b, ones)]
        return corrected_composites(a, ones, *people, np.zeros(200), np.arange(200))[0].corrected

    parts = [corrected(ruled[:, i], true[:, i]) for i in range(4)]
    assert corrected(ruled.mean(axis=1), true.mean(axis=1)) == pytest.approx(np.mean(parts))


def test_people_who_agree_with_the_rules_change_nothing(rng):
    made, day = drawn(rng, 300, 100)
    num, den, told, _ = made["symmetry"]
    seen = ~np.isnan(told)
    people = [np.where(seen, side, NAN) for side in (num, den)]
    found = corrected_composites(num, den, *people, np.zeros(300), day)[0]
    assert found.corrected == pytest.approx(found.raw)
    assert "no_errors_seen" in found.flags
    assert found.low < found.raw < found.high


def test_each_group_is_corrected_by_its_own_labels_or_not_at_all(rng):
    made, day = drawn(rng, 300, 200)
    groups = np.where(np.arange(300) < 250, "large", "small")
    both = corrected_composites(*made["symmetry"], groups, day)
    alone = corrected_composites(*(side[:250] for side in made["symmetry"]), groups[:250], day[:250])
    assert both["large"].corrected == pytest.approx(alone["large"].corrected)
    assert (both["small"].flags, 0 < both["small"].n_labeled < 30) == (("too_few_labels",), True)
    assert np.isnan([both["small"].corrected, both["small"].low, both["small"].high]).all()
    assert both["small"].raw > 0


def test_without_a_denominator_there_is_no_ratio():
    # People find that none of what the rules take for two-way is, and rules find as much elsewhere.
    seen = np.arange(80) < 40
    people = np.where(seen, 0.0, NAN)
    found = corrected_composites(np.ones(80), np.ones(80), people, people, np.zeros(80), np.arange(80))[0]
    assert (found.flags, np.isnan(found.corrected)) == (("undefined",), True)


@pytest.mark.parametrize(
    "sides",
    [
        ([1], [1, 1], [1, 1], [1, 1]),
        ([1, NAN], [1, 1], [1, 1], [1, 1]),
        ([1, 1], [1, 0], [1, 1], [1, 1]),
        ([1, 1], [1, 1], [1, NAN], [1, 1]),
    ],
)
def test_sides_that_do_not_pair_are_refused(sides):
    with pytest.raises(SchemaError):
        corrected_composites(*sides, [0, 0], [0, 1])


def repeated(name, n, n_labeled, samples, **rules):
    """Give the mean of the raw and of the corrected values, and how often limits hold the truth."""
    rng, rows = np.random.default_rng([n_labeled, samples]), []
    for _ in range(samples):
        made, day = drawn(rng, n, n_labeled, **rules)
        found = corrected_composites(*made[name], np.zeros(n), day)[0]
        rows.append((found.raw, found.corrected, found.low <= truths()[name] <= found.high))
    return np.mean(rows, axis=0)


def test_a_planted_bias_is_taken_off():
    raw, corrected, held = repeated("served", 600, 150, 80, left=0.8)
    assert raw - truths()["served"] > 0.04
    assert corrected == pytest.approx(truths()["served"], abs=0.006)
    assert held >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["symmetry", "served"])
@pytest.mark.parametrize(("n", "n_labeled"), [(1500, 80), (1500, 200), (400, 100)])
def test_limits_hold_the_truth_as_often_as_they_claim(name, n, n_labeled):
    _, corrected, held = repeated(name, n, n_labeled, 600)
    assert corrected == pytest.approx(truths()[name], abs=0.01)
    assert 0.93 <= held <= 0.985
