"""Mixes of topics, and who leads whom in them (A13)."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.divergence import jensen_shannon, mix_match, surplus
from twoway.inference.leading import _responses, lead_index, logit_shares, phase_randomized
from twoway.inference.linearized import delta_interval


def test_divergences_of_the_catalogue():
    assert jensen_shannon([0.5, 0.5, 0], [0, 0.5, 0.5]) == pytest.approx(0.5)
    assert mix_match([0.5, 0.5, 0, 0, 0.5, 0.5]) == pytest.approx(0.5)
    assert jensen_shannon([0.7, 0.2, 0.1], [0.1, 0.2, 0.7]) == pytest.approx(0.36515, abs=1e-5)


def test_divergence_is_the_mean_of_two_entropies_gained(rng):
    for p, q in rng.dirichlet(np.full(5, 0.4), size=(50, 2)):
        total = 0.0
        for a, b in zip(p, q, strict=True):
            m = (a + b) / 2
            total += (a * np.log2(a / m) if a > 0 else 0) / 2 + (b * np.log2(b / m) if b > 0 else 0) / 2
        assert jensen_shannon(p, q) == pytest.approx(total)
        assert jensen_shannon(p * 7, q) == pytest.approx(jensen_shannon(q, p))


def test_an_empty_side_has_no_match():
    assert np.isnan(mix_match([0, 0, 1, 2]))
    assert np.isnan(surplus([0, 0], [1, 2]))
    assert mix_match([1, 2, 1, 2]) == 1
    assert mix_match([1, 0, 0, 2]) == 0
    with pytest.raises(TwowayError, match="do not fit"):
        jensen_shannon([1, 2], [1, 2, 3])


def test_surplus_is_what_goes_beyond():
    assert surplus([6, 3, 1], [2, 2, 6]) == pytest.approx(0.4 + 0.1)
    assert surplus([1, 2], [2, 4]) == 0


def test_days_without_posts_have_the_mix_of_the_period():
    found = logit_shares([[2, 0, 0], [0, 0, 0], [4, 2, 0]])
    assert np.exp(found[1, 0]) / (1 + np.exp(found[1, 0])) == pytest.approx(0.75)
    assert np.isnan(found[:, 2]).all()
    assert np.isfinite(found[:, :2]).all()


def followed(rng, n=250, k=3, delay=1):
    """Counts of a public whose topics come and go, and of a brand that takes them up a day later."""
    mood = np.cumsum(rng.normal(size=(n, k)), axis=0) * 0.4
    mood = mood - mood.mean(axis=0) + rng.normal(size=(n, k))
    late = np.vstack([mood[:delay], mood[:-delay]])
    return rng.poisson(np.exp(2.5 + np.clip(late, -2, 2) * 0.5)), rng.poisson(np.exp(3 + np.clip(mood, -2, 2) * 0.5))


def test_who_follows_has_a_lead_above_zero_and_who_is_followed_below(rng):
    brand, public = followed(rng)
    found, turned = lead_index(brand, public, draws=40), lead_index(public, brand, draws=0)
    assert found.value > 0.3
    assert found.p < 0.1
    assert turned.value == pytest.approx(-found.value)
    assert (turned.follows, turned.leads) == pytest.approx((found.leads, found.follows))
    assert "follows" in str(found)


@pytest.mark.parametrize("lag", [1, 4, 7])
def test_responses_are_those_of_statsmodels(rng, lag):
    from statsmodels.tsa.api import VAR

    x, y = 0.3 * rng.normal(size=(2, 120, 3)).cumsum(axis=1)
    fits = [VAR(np.column_stack([x[:, k], y[:, k]])).fit(lag, trend="c") for k in range(3)]
    moves = [fit.ma_rep(7)[1:].sum(axis=0) for fit in fits]
    expected = np.mean([(m[0, 1], m[1, 0]) for m in moves], axis=0)
    assert _responses(x, y, lag) == pytest.approx(tuple(expected))


def test_short_or_still_series_lead_nobody(rng):
    brand, public = followed(rng, n=50)
    for one, other in ((brand, public), (np.ones((100, 2)), np.ones((100, 2))), (np.zeros((90, 2)), np.zeros((90, 2)))):
        found = lead_index(one, other, draws=0)
        assert np.isnan(found.value)
        assert found.flags == ("undefined",)


def test_drawn_phases_keep_the_spectrum(rng):
    for n in (64, 65):
        x = rng.normal(size=(n, 2)).cumsum(axis=0)
        drawn = phase_randomized(x, rng)
        np.testing.assert_allclose(np.abs(np.fft.rfft(drawn, axis=0)), np.abs(np.fft.rfft(x, axis=0)), atol=1e-9)
        assert not np.allclose(drawn, x)


@pytest.mark.slow
def test_of_unrelated_series_few_have_a_small_p(rng):
    small = 0
    for _ in range(60):
        brand, _ = followed(rng, n=120)
        _, public = followed(rng, n=120)
        small += lead_index(brand, public, draws=39).p <= 0.1
    assert small <= 14


@pytest.mark.slow
def test_intervals_of_the_match_hold_the_truth(rng):
    """A year of weeks, some 600 posts a side, mixes that move from week to week."""
    p, q = np.array([0.5, 0.3, 0.1, 0.1]), np.array([0.2, 0.3, 0.3, 0.2])
    truth, hits = float(mix_match([*p, *q])), 0
    for _ in range(300):
        one, other = (rng.dirichlet(30 * side, size=52) for side in (p, q))
        counts = np.hstack([[rng.multinomial(rng.poisson(12), week) for week in side] for side in (one, other)])
        found = delta_interval(counts, mix_match, bounds=(0.0, 1.0))
        hits += found.low <= truth <= found.high
    assert hits / 300 > 0.88
