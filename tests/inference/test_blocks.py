"""The moving-block bootstrap: second computations from the definition, exact variances, edge cases."""

import json
from pathlib import Path

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.blocks import block_interval, block_starts
from twoway.inference.bootstrap import percentile_interval

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "blocks.json").read_text())


def mean(s):
    return s.mean(axis=-1)


def test_draws_laid_out_day_by_day():
    series = np.random.default_rng(1).gamma(2, size=100)
    for circular in (True, False):
        found = block_interval(series, mean, block=7, circular=circular, draws=50, seed=3)
        values = []
        for starts in block_starts(100, 7, draws=50, seed=3, circular=circular):
            days = [(int(start) + i) % 100 for start in starts for i in range(7)][:100]
            values.append(np.mean([series[day] for day in days]))
        ours = percentile_interval(values, n_clusters=14)[0]
        assert (found.low, found.high, found.se) == pytest.approx((ours.low, ours.high, ours.se))
        assert found.n_clusters == 14


def test_blocks_stay_inside_or_close_the_ring():
    inside, ring = (block_starts(30, 7, draws=5000, circular=c) for c in (False, True))
    assert set(np.unique(inside)) == set(range(24))
    assert set(np.unique(ring)) == set(range(30))
    assert np.bincount(ring.ravel()) / ring.size == pytest.approx(np.full(30, 1 / 30), abs=0.003)


def test_the_spread_of_a_mean_is_that_of_block_means():
    series = np.cumsum(np.random.default_rng(2).normal(size=140)) / 5
    for circular in (True, False):
        ends = 140 if circular else 134
        blocks = np.array([np.take(series, range(i, i + 7), mode="wrap").mean() for i in range(ends)])
        found = block_interval(series, mean, circular=circular, draws=20_000)
        assert found.se == pytest.approx(blocks.std() / np.sqrt(20), rel=0.02)


@pytest.mark.parametrize(("key", "circular"), [("ring", True), ("inside", False)])
@pytest.mark.parametrize(("name", "statistic"), [("mean", mean), ("median", lambda s: np.median(s, axis=-1))])
def test_spread_is_that_of_tsboot(key, circular, name, statistic):
    found = block_interval(GOLDEN["data"], statistic, block=7, circular=circular, draws=20_000)
    assert found.se == pytest.approx(GOLDEN[key][name], rel=0.03)  # both are simulated


def test_two_columns_are_drawn_together():
    rng = np.random.default_rng(4)
    den = rng.poisson(20, 200) + 1.0
    found = block_interval(np.c_[3 * den, den], lambda s: s[..., 0, :].sum(-1) / s[..., 1, :].sum(-1))
    assert found.value == 3
    assert found.flags == ("no_variation",)
    assert np.isnan([found.low, found.high]).all()


def test_blocks_of_a_week_keep_the_week():
    weekly = np.tile([0, 0, 0, 0, 0, 5, 5], 30)
    whole, single = (block_interval(weekly, mean, block=b) for b in (7, 1))
    assert whole.flags == ("no_variation",)
    assert single.high - single.low > 0.5


def test_the_same_seed_gives_the_same_limits():
    series = np.random.default_rng(5).normal(size=100)
    one, same, other = (block_interval(series, mean, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.low != other.low


def test_unknown_days():
    series = np.random.default_rng(6).normal(size=210)
    series[[3, 50]] = np.nan
    assert block_interval(series, mean).flags == ("undefined",)
    assert block_interval(series, lambda s: np.nanmean(s, axis=-1)).flags == ()


def test_draws_that_are_undefined_are_left_out():
    rare = np.zeros((100, 2))
    rare[::34] = [1, 1]
    rare[1] = [0, 1]
    found = block_interval(rare, lambda s: s[..., 0, :].sum(-1) / s[..., 1, :].sum(-1))
    assert 0 < found.nan_share < 0.1
    assert found.flags == ("few_clusters", "undefined_draws")


def test_short_and_empty_series():
    short = block_interval(np.arange(60.0), mean)
    assert (short.value, short.flags, short.n_clusters) == (29.5, ("few_clusters",), 8)
    assert np.isnan([short.low, short.high]).all()
    assert block_interval([], mean).flags == ("undefined",)
    assert block_interval(np.arange(100.0), mean).flags == ("few_clusters",)
    assert block_interval(np.arange(300.0), mean).flags == ()


@pytest.mark.parametrize("block", [0, 31, -1])
def test_blocks_that_do_not_fit(block):
    with pytest.raises(TwowayError, match=f"block={block} does not fit a series of 30. It was given to the block"):
        block_interval(np.arange(30.0), mean, block=block)
