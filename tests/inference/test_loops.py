"""The loop of two series (A10): against plain least squares, and how often its intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.loops import gain_of, loop_gain


def series(rng, n, beta=-0.2, gamma=-0.5, own=0.3):
    x, y = [0.0], [0.0]
    for e, u in rng.normal(size=(n - 1, 2)):
        before = x[-1], y[-1]
        x.append(beta * before[1] + own * before[0] + e)
        y.append(gamma * before[0] + own * before[1] + u)
    return np.array(x), np.array(y)


def by_hand(x, y):
    """Fit both regressions with plain loops over weeks."""
    kept = [t for t in range(1, len(x)) if not np.isnan([x[t], y[t], x[t - 1], y[t - 1]]).any()]
    z = np.array([[1.0, x[t - 1], y[t - 1], t] for t in kept])
    return (np.linalg.inv(z.T @ z) @ z.T @ side[kept] for side in (x, y))


def test_effects_without_noise_are_found_exactly(rng):
    """x and y that obey the catalogue's law to the digit: beta -.2, gamma -.5, gain .10."""
    x, y = rng.normal(size=(2, 41))
    for t in range(1, 41):
        x[t], y[t] = -0.2 * y[t - 1] + 0.9 * x[t - 1], -0.5 * x[t - 1] + 0.9 * y[t - 1]
    found = loop_gain(x, y)
    assert (found.beta.value, found.gamma.value) == pytest.approx((-0.2, -0.5))
    assert found.gain == pytest.approx(0.10)
    assert found.is_spiral


def test_gaps_are_left_out_and_the_rest_is_plain_least_squares(rng):
    x, y = series(rng, 60)
    y[[10, 30]] = np.nan
    found, (of_x, of_y) = loop_gain(x, y), by_hand(x, y)
    assert (found.beta.value, found.gamma.value) == pytest.approx((of_x[2], of_y[1]))
    assert found.n == 55
    assert gain_of(x, y, np.empty((60, 0))) == pytest.approx(found.gain)


def test_a_break_has_a_step_of_its_own(rng):
    x, y = series(rng, 120)
    late = (np.arange(120) >= 60).astype(float)
    with_step = loop_gain(x, y + 50 * late, late)
    assert with_step.gamma.value == pytest.approx(-0.5, abs=0.25)
    assert "step_1" in with_step.of_y.table["term"].tolist()
    assert gain_of(x, y + 50 * late, late[:, None]) == pytest.approx(with_step.gain)


def test_no_spiral_where_one_side_rises_or_nothing_moves(rng):
    x, y = series(rng, 300, beta=0.3)
    assert not loop_gain(x, y).is_spiral
    still = loop_gain(np.zeros(40), np.zeros(40))
    assert np.isnan(still.gain)
    assert not still.is_spiral
    assert np.isnan(gain_of(np.zeros(40), np.zeros(40), np.empty((40, 0))))


def test_series_have_to_fit():
    with pytest.raises(TwowayError, match="do not fit"):
        loop_gain([1, 2], [1, 2, 3])


@pytest.mark.slow
def test_intervals_hold_the_truth(rng):
    """Over three years of weeks; Newey-West errors are too sure in short series."""
    hits = np.zeros(2)
    for _ in range(300):
        found = loop_gain(*series(rng, 156))
        hits += [found.beta.low <= -0.2 <= found.beta.high, found.gamma.low <= -0.5 <= found.gamma.high]
    assert (hits / 300 > 0.89).all()
