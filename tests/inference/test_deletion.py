"""Weights for questions that are deleted while they wait."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.deletion import censoring_weights, share_ended_weighted
from twoway.inference.survival import count_times, kaplan_meier


def test_weights_worked_on_paper():
    # Four waits: answered at 1, deleted at 2, answered at 3 and 4. After 2 a third fewer are watched: 1 / (2/3).
    assert censoring_weights([1, 2, 3, 4], [1, 0, 1, 1]) == pytest.approx([1, 0, 1.5, 1.5])
    assert share_ended_weighted([1, 2, 3, 4], [1, 0, 1, 1], 3).value == pytest.approx((1 + 1.5) / 4)
    # Answered and deleted in the same second: the answer came while the question was there.
    assert censoring_weights([2, 2, 3], [1, 0, 1]) == pytest.approx([1, 0, 2])


def test_within_one_stratum_it_is_kaplan_and_meier(rng):
    spans, ended = rng.integers(1, 12, 80), rng.random(80) < 0.6
    curve = kaplan_meier(*count_times(spans, ended))
    for time in (2, 5, 8):
        found = share_ended_weighted(spans, ended, time)
        assert found.value == pytest.approx(1 - curve.survival[np.searchsorted(curve.times, time, side="right") - 1])


def complaints_and_praise(rng, n=4_000):
    """Complaints are answered late and deleted soon; praise is answered soon and kept."""
    complains = rng.random(n) < 0.5
    answered = rng.exponential(np.where(complains, 10.0, 2.0))
    deleted = rng.exponential(np.where(complains, 4.0, 400.0))
    return np.minimum(answered, deleted), answered <= deleted, complains, answered


def test_what_is_deleted_sooner_does_not_make_answers_look_quick(rng):
    spans, ended, complains, answered = complaints_and_praise(rng)
    truth = (answered <= 5).mean()
    curve = kaplan_meier(*count_times(spans, ended))
    plain = 1 - curve.survival[np.searchsorted(curve.times, 5, side="right") - 1]
    weighted = share_ended_weighted(spans, ended, 5, strata=complains)
    assert plain - truth > 0.04, "Kaplan and Meier take the deleted for like those still waiting"
    assert weighted.value == pytest.approx(truth, abs=0.02)
    assert weighted.low < truth < weighted.high


def test_limits_count_persons_and_hold_the_truth(rng):
    truth = 1 - 0.5 * (np.exp(-5 / 10) + np.exp(-5 / 2))
    hits = 0
    for _ in range(200):
        spans, ended, complains, _ = complaints_and_praise(rng, 300)
        found = share_ended_weighted(spans, ended, 5, strata=complains, clusters=np.arange(300) // 2)
        hits += found.low <= truth <= found.high
    assert found.method == "ipcw_clustered"
    assert found.n_clusters == 150
    assert 0.91 <= hits / 200 <= 1.0


def test_what_nobody_was_watched_for_is_unknown():
    found = share_ended_weighted([1, 2, 3], [1, 0, 0], 5)
    assert np.isnan(found.value)
    assert found.flags == ("beyond_follow_up",)
    assert share_ended_weighted([1, 2, 3], [1, 1, 1], 5).value == 1.0


def test_lengths_must_fit():
    with pytest.raises(TwowayError, match=r"2 durations, 1 endings and 2 strata do not fit\. They were given to"):
        censoring_weights([1, 2], [1])
