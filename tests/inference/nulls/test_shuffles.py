"""Shuffles within strata: what stays, what goes, and that all arrangements are as likely."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare, rankdata

from twoway.errors import TwowayError
from twoway.inference.nulls import (
    Strata,
    permute_answers,
    permute_labels,
    permute_order,
    strata_of,
    terciles,
    week_of,
)
from twoway.inference.nulls.shuffles import mid_ranks

SHUFFLES = [permute_answers, permute_labels, permute_order]


@pytest.mark.parametrize("shuffle", SHUFFLES)
def test_every_stratum_keeps_its_values(shuffle, rng):
    brand, week = rng.integers(0, 5, 2_000), rng.integers(0, 9, 2_000)
    values = rng.integers(0, 40, 2_000)
    strata = strata_of(brand, week)
    drawn = shuffle(values, strata, rng)
    for code in range(strata.codes.max() + 1):
        inside = strata.codes == code
        assert sorted(drawn[inside]) == sorted(values[inside])
    assert (drawn != values).mean() > 0.9


def test_all_arrangements_are_as_likely(rng):
    strata = strata_of([0, 0, 0, 0])
    seen = Counter(tuple(strata.shuffle(rng)) for _ in range(4_800))
    assert set(seen) == set(permutations(range(4)))
    assert chisquare(list(seen.values())).pvalue > 1e-3


def test_a_shuffle_forgets_which_turn_was_answered(rng):
    words = rng.normal(size=3_000)
    answered = (words + rng.normal(size=3_000) > 0).astype(float)
    strata = strata_of(rng.integers(0, 4, 3_000))
    drawn = [np.corrcoef(permute_answers(answered, strata, rng), words)[0, 1] for _ in range(50)]
    assert np.corrcoef(answered, words)[0, 1] > 0.4
    assert abs(np.mean(drawn)) < 0.01


def test_the_order_of_turns_is_forgotten_and_those_who_spoke_are_not(rng):
    conversation = np.repeat(np.arange(300), 6)
    speaker = np.tile([0, 1], 900)
    drawn = permute_order(speaker, strata_of(conversation), rng)
    same = conversation[1:] == conversation[:-1]
    assert (drawn.reshape(300, 6).sum(axis=1) == 3).all()
    assert ((speaker[1:] != speaker[:-1]) | ~same).all()
    assert abs((drawn[1:] != drawn[:-1])[same].mean() - 0.6) < 0.05


def test_single_positions_and_no_positions_stay(rng):
    assert Strata(np.arange(5)).shuffle(rng).tolist() == [0, 1, 2, 3, 4]
    assert len(strata_of(np.zeros(0)).shuffle(rng)) == 0


def test_strata_agree_in_all_labels():
    assert strata_of(["a", "b", "a", "a"], [1, 1, 1, 2], [0, 0, 0, 0]).codes.tolist() == [0, 2, 0, 1]


@pytest.mark.parametrize("labels", [(), ([1, 2], [1]), ([[1, 2]],)])
def test_labels_of_other_shapes_are_refused(labels):
    with pytest.raises(TwowayError, match="name no strata"):
        strata_of(*labels)


def test_weeks_run_from_monday_to_sunday():
    monday = 1_704_067_200  # 1 January 2024
    days = monday + 86_400 * np.arange(15)
    assert (week_of(days) - week_of(monday)).tolist() == [0] * 7 + [1] * 7 + [2]


def test_terciles_are_thirds_of_each_group(rng):
    groups = rng.integers(0, 3, 900)
    values = rng.permutation(900)
    found = terciles(values, groups)
    for group in range(3):
        inside = groups == group
        assert np.ptp(np.bincount(found[inside], minlength=3)) <= 1
        for third in (0, 1):
            lower, upper = inside & (found == third), inside & (found == third + 1)
            assert values[lower].max() < values[upper].min()


def test_values_that_are_alike_share_a_tercile_and_a_rank(rng):
    assert len(set(terciles(np.ones(7), np.zeros(7)))) == 1
    values, groups = rng.integers(0, 6, 200), rng.integers(0, 4, 200)
    ranks = mid_ranks(values, groups)
    for group in range(4):
        assert (ranks[groups == group] == rankdata(values[groups == group])).all()
    assert len(mid_ranks([], np.zeros(0, dtype=int))) == 0
