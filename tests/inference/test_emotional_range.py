"""Emotional range: worked examples, second computations in plain loops, edge cases, coverage.

Coverage of 95 % limits in 400 corpora of persons with a geometric number of posts (mean 5), 30 % of them neutral and a
quarter of the variance between persons; in brackets where 70 % of it is:

==========  ===========  ===========  ===========  ===========  ===========
limits of            10           20           30          100          400
==========  ===========  ===========  ===========  ===========  ===========
sd          98.8 (92.8)  96.5 (93.5)  96.0 (95.5)  93.0 (95.2)  94.0 (93.0)
P90 - P10   96.8 (84.8)  98.5 (95.2)  97.2 (95.8)  94.5 (95.2)  97.8 (95.2)
entropy     96.2 (94.8)  97.2 (96.8)  97.8 (94.0)  95.8 (95.5)  95.8 (97.0)
==========  ===========  ===========  ===========  ===========  ===========

Percentiles of a bootstrap of the entropy, which few posts make too small, held it in 73, 84, 91, 93 and 97 of 100.
"""

import math
import statistics

import numpy as np
import pytest

from twoway.errors import SchemaError, TwowayError
from twoway.inference.emotional_range import (
    class_entropy_interval,
    decile_range_interval,
    emotional_range,
    spread_interval,
    unflat_share_interval,
)
from twoway.inference.intervals import quantile_interval
from twoway.inference.linearized import delta_interval
from twoway.inference.sentiment_classes import SENTIMENT_CLASSES, class_entropy, sentiment_classes, sentiment_spread

INTERVALS = (spread_interval, decile_range_interval, class_entropy_interval)


def voices(rng, m, alike=0.3, gap=0.2):
    """Draw scores of m persons with a geometric number of posts; those near 0 are neutral."""
    size = rng.geometric(0.2, m)
    person = np.repeat(np.arange(m), size)
    z = 0.1 + alike * rng.normal(size=m)[person] + np.sqrt(0.36 - alike**2) * rng.normal(size=len(person))
    return np.where(np.abs(z) < gap, 0, np.tanh(1.3 * z)).round(4), person


def naive_class(score):
    if score <= -0.5:
        return "strong_negative"
    if score <= -0.05:
        return "weak_negative"
    if score < 0.05:
        return "neutral"
    return "weak_positive" if score < 0.5 else "strong_positive"


def naive_entropy(scores):
    counts = {}
    for score in scores:
        counts[naive_class(score)] = counts.get(naive_class(score), 0) + 1
    return -sum(k / len(scores) * math.log(k / len(scores)) for k in counts.values()) / math.log(5)


def naive_quantile(scores, q):
    ordered, rank = sorted(scores), len(scores) * q
    if abs(rank - round(rank)) < 1e-9:
        return (ordered[round(rank) - 1] + ordered[round(rank)]) / 2
    return ordered[math.ceil(rank) - 1]


# --- worked examples and second computations ---------------------------------------------------------------------


def test_d11():
    assert spread_interval([-0.6, 0, 0.6]).value == pytest.approx(0.60)
    assert class_entropy_interval([-0.9, -0.3, 0, 0.3, 0.9]).value == 1.0


def test_cuts_belong_to_the_class_farther_from_zero():
    scores = [-1, -0.5, -0.4999, -0.05, -0.0499, 0, 0.0499, 0.05, 0.4999, 0.5, 1]
    found = [SENTIMENT_CLASSES[i] for i in sentiment_classes(scores).argmax(axis=1)]
    assert found == [naive_class(score) for score in scores]
    assert sentiment_classes([float("nan"), -0.0]).tolist() == [[0] * 5, [0, 0, 1, 0, 0]]


def test_plain_loops_find_the_same(rng):
    for _ in range(40):
        scores, person = voices(rng, int(rng.integers(1, 40)))
        found = [interval(scores, person).value for interval in INTERVALS]
        if len(scores) < 2:
            assert np.isnan(found[:2]).all()
            continue
        range_ = naive_quantile(scores, 0.9) - naive_quantile(scores, 0.1)
        assert found == pytest.approx([statistics.stdev(scores), range_, naive_entropy(scores)], abs=1e-12)


def test_share_of_answers_to_anger_that_are_not_flat(rng):
    reply, _ = voices(rng, 60)
    parent = rng.permutation(reply) - 0.2
    angry = [r for r, p in zip(reply, parent, strict=True) if p <= -0.5]
    wanted = sum(abs(r) >= 0.05 for r in angry) / len(angry)
    assert unflat_share_interval(reply, parent).value == pytest.approx(wanted)


def test_sums_are_all_that_spread_and_entropy_need(rng):
    scores, _ = voices(rng, 50)
    halves = np.array_split(scores, 2)
    sums = [sum(f(half) for half in halves) for f in (len, np.sum, lambda x: (x**2).sum())]
    assert float(sentiment_spread(*sums)) == pytest.approx(spread_interval(scores).value)
    counts = sum(sentiment_classes(half).sum(axis=0) for half in halves)
    assert float(class_entropy(*counts)) == pytest.approx(class_entropy_interval(scores).value)


def test_limits_of_a_decile_range_of_independent_scores_are_near_those_of_order_statistics(rng):
    scores = rng.uniform(-1, 1, 4_000)
    found = decile_range_interval(scores)
    parts = [quantile_interval(scores, np.ones(4_000), q) for q in (0.1, 0.9)]
    # Errors of two deciles of the same rows are correlated by 1/9.
    ends = [part.high - part.low for part in parts]
    assert found.high - found.low == pytest.approx(
        math.sqrt(ends[0] ** 2 + ends[1] ** 2 - 2 * ends[0] * ends[1] / 9), rel=0.1
    )


# --- edges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", INTERVALS)
def test_nothing_is_undefined(interval):
    for scores in ([], [float("nan")] * 3):
        found = interval(scores)
        assert np.isnan([found.value, found.low, found.high]).all()
        assert "undefined" in found.flags


def test_one_score_has_a_class_and_no_spread():
    assert np.isnan(spread_interval([0.4]).value)
    assert np.isnan(decile_range_interval([0.4]).value)
    assert class_entropy_interval([0.4]).value == 0


@pytest.mark.parametrize("interval", INTERVALS)
def test_one_shade_only(interval):
    found = interval([0.3] * 50)
    assert found.value == 0
    assert np.isnan([found.low, found.high]).all()
    assert found.flags == ("no_variation",)


@pytest.mark.parametrize("interval", INTERVALS)
def test_few_clusters(interval, rng):
    for m, has_limits in ((9, False), (12, True), (40, True)):
        scores, person = voices(rng, m)
        found = interval(scores, person)
        assert np.isfinite([found.low, found.high]).all() == has_limits
        assert ("few_clusters" in found.flags) == (m < 30)
        assert found.n_clusters == m


@pytest.mark.parametrize("interval", INTERVALS)
def test_unknown_scores_and_persons_are_left_out_and_order_does_not_matter(interval, rng):
    scores, person = voices(rng, 40)
    names = np.array([f"p{i}" for i in person], dtype=object)
    mixed = rng.permutation(len(scores) + 2)
    padded, padded_names = np.r_[scores, np.nan, 0.9][mixed], np.array([*names, "p1", None], dtype=object)[mixed]
    one, other = interval(scores, person), interval(padded, padded_names)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_nobody_angry():
    assert unflat_share_interval([0.2], [0.3]).flags[0] == "undefined"
    assert np.isnan(unflat_share_interval([], []).value)
    assert np.isnan(unflat_share_interval([float("nan")], [-0.9]).value)


def test_a_table_of_all_three(rng):
    table = emotional_range(*voices(rng, 40))
    assert table["measure"].tolist() == ["sd", "p90_p10", "entropy"]
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()


def test_lengths_that_differ_are_refused():
    with pytest.raises(SchemaError, match="There are 2 scores, and 1 entries in groups"):
        spread_interval([0.1, 0.2], ["a"])
    with pytest.raises(SchemaError, match="There are 1 scores, and 2 entries in parents"):
        unflat_share_interval([0.1], [0.1, 0.2])


def test_less_bias_stays_half_way_to_the_ends():
    found = delta_interval([[1, 3], [2, 2], [3, 3]], lambda s: s[..., 0] / s[..., 1], bounds=(0, 1), is_biased=True)
    assert 0 <= found.low < found.high <= 1
    squares = np.c_[np.ones(6), [1, 2, 3, 4, 5, 7]]
    # The jackknife takes all the bias off the squared mean: what is left is the mean of products of different rows.
    found = delta_interval(squares, lambda s: (s[..., 1] / s[..., 0]) ** 2, is_biased=True)
    x = squares[:, 1]
    assert (found.low + found.high) / 2 == pytest.approx((x.sum() ** 2 - (x**2).sum()) / 30)
    with pytest.raises(TwowayError, match="no lower end"):
        delta_interval(squares, lambda s: s[..., 1], bounds=(None, 1), is_biased=True)


# --- coverage ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.3, 0.5])
@pytest.mark.parametrize("m", [20, 100])
def test_limits_hold_the_truth(m, alike):
    rng = np.random.default_rng([m, round(10 * alike)])
    all_scores, _ = voices(np.random.default_rng(0), 200_000, alike)
    counts = np.unique(all_scores, return_counts=True)
    deciles = [quantile_interval(*counts, q).value for q in (0.1, 0.9)]
    truth = [all_scores.std(), deciles[1] - deciles[0], naive_entropy_of(all_scores)]
    held = np.zeros(3)
    for _ in range(400):
        found = [interval(*voices(rng, m, alike)) for interval in INTERVALS]
        held += [one.low <= true <= one.high for one, true in zip(found, truth, strict=True)]
    # Three standard errors of a coverage of 95 % over 400 corpora are 3.3.
    assert (held / 4 >= 91.7).all(), held / 4


def naive_entropy_of(scores):
    return float(class_entropy(*sentiment_classes(scores).sum(axis=0)))
