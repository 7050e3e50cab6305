"""ICC(1): the example worked on paper, analysis of variance as a loop, and how often its limits hold."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.intraclass import icc_oneway


def test_the_example_worked_on_paper():
    found = icc_oneway([1, 2, 3, 5, 6, 7], [0, 0, 0, 1, 1, 1])
    assert found.value == pytest.approx(0.884615, abs=5e-7)  # (24 - 1) / (24 + 2 * 1)
    # F = 24 on 1 and 4 degrees of freedom; its quantiles are 12.2179 and, turned round, 899.5833.
    low, high = 24 / 12.2179, 24 * 899.5833
    assert found.low == pytest.approx((low - 1) / (low + 2), rel=1e-4)
    assert found.high == pytest.approx((high - 1) / (high + 2), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_unequal_groups_are_those_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 5, 40)
    x = rng.normal(size=40) + 0.7 * group
    parts = [x[group == g] for g in set(group.tolist())]
    between = sum(len(part) * (part.mean() - x.mean()) ** 2 for part in parts) / (len(parts) - 1)
    within = sum(((part - part.mean()) ** 2).sum() for part in parts) / (40 - len(parts))
    n0 = (40 - sum(len(part) ** 2 for part in parts) / 40) / (len(parts) - 1)
    found = icc_oneway(x, group)
    assert found.value == pytest.approx((between - within) / (between + (n0 - 1) * within))
    assert found.low < found.value < found.high


def test_what_does_not_vary_is_undefined():
    found = icc_oneway([2, 2, 2, 2], [0, 0, 1, 1])
    assert np.isnan(found.value)
    assert found.flags == ("no_variation",)


def test_groups_that_agree_within_have_no_limits():
    found = icc_oneway([1, 1, 2, 2], [0, 0, 1, 1])
    assert found.value == 1.0
    assert np.isnan([found.low, found.high]).all()


def test_missing_values_are_left_out():
    assert icc_oneway([1, 2, np.nan, 5, 6], [0, 0, 0, 1, 1]).value == icc_oneway([1, 2, 5, 6], [0, 0, 1, 1]).value


@pytest.mark.parametrize("case", [([1, 2], [0, 0]), ([1, 2], [0, 1]), ([], [])])
def test_too_little_is_refused(case):
    with pytest.raises(NotEnoughEvidence, match="tell nothing of differences"):
        icc_oneway(*case)


def test_shapes_have_to_fit():
    with pytest.raises(TwowayError, match="do not fit"):
        icc_oneway([1, 2, 3], [0, 0])


@pytest.mark.slow
@pytest.mark.parametrize(("icc", "is_even"), [(0.0, True), (0.1, True), (0.4, True), (0.1, False)])
def test_limits_hold_as_often_as_they_say(icc, is_even):
    rng = np.random.default_rng(11)
    sizes = np.full(12, 20) if is_even else np.r_[np.full(6, 8), np.full(6, 32)]
    group = np.repeat(np.arange(12), sizes)
    held = 0
    for _ in range(1_000):
        x = icc**0.5 * rng.normal(size=12)[group] + (1 - icc) ** 0.5 * rng.normal(size=len(group))
        found = icc_oneway(x, group)
        held += found.low <= icc <= found.high
    # Three standard errors of 1,000 trials are .021; limits for groups of unequal size are approximate.
    assert held / 1_000 == pytest.approx(0.95, abs=0.021 if is_even else 0.03)
