"""Shares when posts vanish: weights by how likely each kind was to remain."""

import numpy as np
import pytest

from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.weighting import remaining_probability, weighted_share


def vanished(rng, n=2000, *, is_answered_by_kind=(0.8, 0.3), stays=(0.9, 0.4)):
    kind = rng.integers(0, 2, n)
    answered = rng.random(n) < np.take(is_answered_by_kind, kind)
    seen = rng.random(n) < np.take(stays, kind)
    return answered.astype(float), seen.astype(float), kind.astype(float)


def test_with_one_kind_of_mark_the_share_is_that_of_strata_weighted_by_their_size(rng):
    y, seen, kind = vanished(rng, 300)
    by_hand = sum((kind == g).mean() * y[(kind == g) & (seen == 1)].mean() for g in (0, 1))
    assert weighted_share(y, seen, kind).value == pytest.approx(by_hand, abs=1e-8)


def test_with_nothing_gone_it_is_the_plain_share_with_its_robust_error():
    y, people = np.array([1, 0, 1, 1, 0, 1.0]), [1, 1, 2, 3, 3, 4]
    found = weighted_share(y, np.ones(6), np.arange(6.0), clusters=people)
    residual = np.bincount([0, 0, 1, 2, 2, 3], y - y.mean())
    assert found.value == pytest.approx(4 / 6)
    assert found.se == pytest.approx(np.sqrt((residual**2).sum() * 4 / 3) / 6)
    assert found.n_clusters == 4


def test_the_error_is_the_numerical_sandwich_of_the_stacked_equations(rng):
    y, seen, kind = vanished(rng, 160)
    x = np.column_stack([np.ones(160), kind, rng.normal(size=160)])
    found = weighted_share(y, seen, x[:, 1:])

    def equations(theta):
        p = 1 / (1 + np.exp(-x @ theta[:3]))
        return np.column_stack([x * (seen - p)[:, None], seen / p * (y - theta[3])])

    chance = remaining_probability(seen, x[:, 1:])
    theta = np.append(np.linalg.lstsq(x, np.log(chance / (1 - chance)), rcond=None)[0], found.value)
    assert np.abs(equations(theta).sum(axis=0)).max() < 1e-6
    steps = np.eye(4) * 1e-5
    bread = np.column_stack([(equations(theta + h) - equations(theta - h)).sum(axis=0) / 2e-5 for h in steps])
    meat = equations(theta).T @ equations(theta) * 160 / 159
    sandwich = np.linalg.inv(bread) @ meat @ np.linalg.inv(bread).T
    assert found.se == pytest.approx(np.sqrt(sandwich[3, 3]), rel=1e-5)


def test_what_was_not_seen_may_be_nan(rng):
    y, seen, kind = vanished(rng, 200)
    told = weighted_share(y, seen, kind)
    hidden = weighted_share(np.where(seen == 1, y, np.nan), seen, kind)
    assert (told.value, told.se) == (hidden.value, hidden.se)


def test_shares_of_nothing_and_of_all_have_limits():
    found = weighted_share(np.zeros(8), [1, 1, 1, 0, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    assert found.value == 0
    assert found.low == 0
    assert 0.2 < found.high < 0.6


def test_rare_survivors_are_flagged(rng):
    y, seen, kind = vanished(rng, 3000, stays=(0.95, 0.02))
    assert "heavy_weights" in weighted_share(y, seen, kind).flags


@pytest.mark.parametrize("gone", [[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0, 0]])
def test_covariates_that_tell_all_are_refused(gone):
    with pytest.raises(NotEnoughEvidence, match="follows exactly from the covariates"):
        weighted_share(np.ones(8), gone, [0, 0, 0, 0, 1, 1, 1, 1])


def test_wrong_cases_are_refused():
    with pytest.raises(TwowayError, match="do not fit 3 cases"):
        weighted_share([1, 0, 1], [1, 1, 0], [0, 1])
    with pytest.raises(TwowayError, match="hold NaN"):
        weighted_share([1, 0, 1], [1, 1, 0], [0, 1, np.nan])
    with pytest.raises(TwowayError, match="outcome of some seen case"):
        weighted_share([1, np.nan, 1], [1, 1, 0], [0, 1, 1])
    with pytest.raises(NotEnoughEvidence, match="None of the cases"):
        weighted_share([1, 0, 1], [0, 0, 0], [0, 1, 1])


@pytest.mark.slow
def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    hits = naive = 0
    for _ in range(600):
        y, seen, kind = vanished(rng, 300)
        found = weighted_share(y, seen, kind)
        hits += found.low <= 0.55 <= found.high
        naive += abs(y[seen == 1].mean() - 0.55) < 1.96 * found.se
    assert 0.93 < hits / 600 < 0.97
    assert naive / 600 < 0.5
