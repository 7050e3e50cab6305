"""Language style matching: the published formula, its unit, and pairs of other persons."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.nulls import null_summary, strata_of
from twoway.inference.style_matching import StyleMatchingNull, matched_percents, pool_counts, style_matching


def test_the_example_worked_on_paper():
    assert matched_percents(5, 3) == pytest.approx(0.750003, abs=5e-7)
    assert style_matching([[5]], [100], [[3]], [100]).value[0] == pytest.approx(0.750003, abs=5e-7)


def test_fractions_are_another_number():
    assert matched_percents(0.05, 0.03) == pytest.approx(0.750312, abs=5e-7)


def test_counts_need_no_unit():
    few = style_matching([[5]], [100], [[3]], [100]).value
    many = style_matching([[500]], [10_000], [[30]], [1_000]).value
    assert few == pytest.approx(many, rel=1e-12)


def naive(first, n_first, second, n_second, min_words):
    """Value, value of used classes, share unused: one pair, from the formula."""
    if n_first < min_words or n_second < min_words:
        return np.nan, np.nan, np.nan
    every, used = [], []
    for a, b in zip(first, second, strict=True):
        p, q = 100 * a / n_first, 100 * b / n_second
        every.append(1 - abs(p - q) / (p + q + 0.0001))
        if a or b:
            used.append(every[-1])
    k = len(every)
    return sum(every) / k, sum(used) / len(used) if used else np.nan, (k - len(used)) / k


@pytest.mark.parametrize("seed", range(4))
def test_matching_is_the_formula(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 4, (30, 9)), rng.integers(0, 4, (30, 9))
    first[0] = second[0] = 0
    words = rng.integers(40, 90, (2, 30))
    found = style_matching(first, words[0], second, words[1])
    for i in range(30):
        expected = naive(first[i], words[0][i], second[i], words[1][i], 50)
        ours = (found.value[i], found.value_used[i], found.unused_share[i])
        assert ours == pytest.approx(expected, nan_ok=True, rel=1e-12)


def test_classes_that_neither_side_uses_count_as_matched_and_are_told():
    found = style_matching([[0, 5]], [100], [[0, 0]], [100])
    assert found.value[0] == pytest.approx(0.5, abs=1e-4)
    assert found.value_used[0] == pytest.approx(0.0, abs=1e-4)
    assert found.unused_share[0] == 0.5


def test_too_few_words_are_undefined():
    found = style_matching([[5], [5], [0]], [49, 50, 0], [[5]] * 3, [50] * 3)
    assert np.isnan(found.value).tolist() == [True, False, True]
    assert np.isnan(found.by_class[0]).all()


def test_both_sides_are_treated_alike(rng):
    first, second, words = rng.integers(0, 9, (5, 9)), rng.integers(0, 9, (5, 9)), np.full(5, 80)
    one, two = style_matching(first, words, second, words), style_matching(second, words, first, words)
    assert (one.value == two.value).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: style_matching([[5]], [100], [[3, 1]], [100]), "do not fit"),
        (lambda: style_matching([[5]], [1], [[3]], [100]), "no percents and no shares"),
        (lambda: StyleMatchingNull([[5]], [90], [[3]], [90], [0, 1], strata_of([0])), "a unit and a stratum"),
    ],
)
def test_what_cannot_be_counts_is_refused(call, message):
    with pytest.raises(TwowayError, match=message):
        call()


def test_pools_are_sums(rng):
    counts, pool = rng.integers(0, 5, (20, 3)), rng.integers(-1, 4, 20)
    found = pool_counts(counts, pool, 4)
    assert found.tolist() == [[sum(counts[pool == k][:, c]) for c in range(3)] for k in range(4)]


def pairs(rng, own_style, n=400):
    """Invent pairs in which both sides share a style of their own, or have none in common."""
    style = rng.uniform(0.02, 0.10, (2, n, 9))
    words = rng.integers(50, 120, (2, n))
    second = style[0] if own_style else style[1]
    return rng.binomial(words[0][:, None], style[0]), words[0], rng.binomial(words[1][:, None], second), words[1]


def against_null(rng, own_style):
    sides, unit = pairs(rng, own_style), np.arange(400) % 2
    null = StyleMatchingNull(*sides, unit, strata_of(np.zeros(400)))
    values = style_matching(*sides)
    for name, means in null.observed()._asdict().items():
        assert means == pytest.approx([getattr(values, name)[unit == k].mean() for k in (0, 1)], rel=1e-12)
    return null_summary(null.observed().value, [null.draw(rng).value for _ in range(99)])


def test_other_persons_match_less_where_pairs_share_a_style(rng):
    assert (against_null(rng, own_style=True).p == 0.02).all()


def test_strangers_match_as_well_where_pairs_share_nothing():
    p = np.concatenate([against_null(np.random.default_rng(seed), own_style=False).p for seed in range(20)])
    assert (p < 0.05).mean() <= 0.15  # 40 tests of level .05


def test_pairs_with_too_few_words_stay_out_of_the_exchange():
    null = StyleMatchingNull([[5]] * 3, [90, 90, 9], [[5], [5], [0]], [90, 90, 90], [0, 0, 1], strata_of([0, 0, 0]))
    assert null.draw(np.random.default_rng(1)).value == pytest.approx([1.0, np.nan], nan_ok=True)


def test_units_without_a_pair_have_no_mean():
    null = StyleMatchingNull([[5, 0]], [90], [[5, 0]], [90], [1], strata_of([0]), n_units=3)
    assert null.observed().value == pytest.approx([np.nan, 1.0, np.nan], nan_ok=True)
    assert null.observed().unused_share == pytest.approx([np.nan, 0.5, np.nan], nan_ok=True)
