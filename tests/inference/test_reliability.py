"""How much of the differences between units would be found again."""

import json
from pathlib import Path

import numpy as np
import pytest

from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.reliability import (
    _alpha,
    _omega,
    cronbach_alpha,
    half_correlations,
    icc_agreement,
    mcdonald_omega,
    needed_n,
    spearman_brown,
    split_masks,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "reliability.json").read_text())
EXACT = {"rel": 1e-9, "abs": 1e-12}


def items_of(case):
    return np.column_stack(list(GOLDEN[case]["items"].values()))


@pytest.mark.parametrize("case", ["judges", "own"])
def test_icc_is_psych_s(case):
    told = GOLDEN[case]
    found = icc_agreement(told["table"])
    assert (found.value, found.low, found.high) == pytest.approx((told["icc"], told["low"], told["high"]), **EXACT)


@pytest.mark.parametrize("case", ["three", "factor"])
def test_alpha_and_its_limits_are_psych_s(case):
    found = cronbach_alpha(items_of(case))
    assert found.value == pytest.approx(GOLDEN[case]["alpha"], **EXACT)
    assert (found.low, found.high) == pytest.approx(tuple(GOLDEN[case]["feldt"]), **EXACT)


def test_published_alphas():
    assert cronbach_alpha(items_of("three")).value == pytest.approx(0.953757, abs=5e-7)
    assert _alpha(np.array(GOLDEN["attitude"]["covariance"])) == pytest.approx(GOLDEN["attitude"]["alpha"], **EXACT)
    assert GOLDEN["attitude"]["alpha"] == pytest.approx(0.843, abs=5e-4)


def test_omega_is_factanal_s():
    assert mcdonald_omega(items_of("factor")) == pytest.approx(GOLDEN["factor"]["omega"], abs=1e-6)
    attitude = GOLDEN["attitude"]
    assert _omega(np.array(attitude["covariance"]), attitude["n"]) == pytest.approx(attitude["omega"], abs=1e-6)


def test_halves_of_point_six_make_a_whole_of_three_quarters():
    assert spearman_brown(0.6) == pytest.approx(0.75)
    assert spearman_brown([0.0, 1.0, -0.5], 2).tolist() == [0.0, 1.0, -2.0]
    assert np.isnan(spearman_brown(-1.0))
    assert spearman_brown(0.5, 3) == pytest.approx(0.75)


def test_the_prophecy_undoes_spearman_brown():
    for r, n in ((0.3, 12), (0.75, 40), (0.95, 200)):
        n_needed = float(needed_n(r, n))
        assert spearman_brown(r, n_needed / n) == pytest.approx(0.8)
    assert needed_n([0.75, 0.0, -0.2, 1.0], 40).tolist()[1:] == pytest.approx([np.nan, np.nan, 0.0], nan_ok=True)
    with pytest.raises(TwowayError, match="A reliability of 80"):
        needed_n(0.5, 10, target=80)


def test_halves_are_fair(rng):
    for m in (1, 2, 7, 100):
        masks = split_masks(m, 3000, rng)
        sizes = masks.sum(axis=1)
        assert set(sizes) <= {m // 2, (m + 1) // 2}
        assert masks.mean(axis=0) == pytest.approx(np.full(m, 0.5), abs=0.05)


def test_correlations_are_numpy_s_where_both_halves_exist(rng):
    a, b = rng.normal(size=(30, 9)), rng.normal(size=(30, 9))
    a[rng.random(a.shape) < 0.2] = np.nan
    b[rng.random(b.shape) < 0.2] = np.nan
    found = half_correlations(a, b)
    for i in range(30):
        both = ~np.isnan(a[i]) & ~np.isnan(b[i])
        want = np.corrcoef(a[i, both], b[i, both])[0, 1] if both.sum() >= 3 else np.nan
        assert found[i] == pytest.approx(want, nan_ok=True)
    assert np.isnan(half_correlations([[1.0, 1.0, 1.0]], [[1.0, 2.0, 3.0]])[0])
    assert np.isnan(half_correlations([[1.0, 2.0]], [[1.0, 2.0]])[0])
    with pytest.raises(TwowayError, match="do not match"):
        half_correlations([[1.0]], [[1.0, 2.0]])


def test_icc_from_mean_squares_written_out(rng):
    x = rng.normal(size=(12, 4)) + rng.normal(size=(12, 1))
    n, k = x.shape
    rows = sum(k * (x[i].mean() - x.mean()) ** 2 for i in range(n)) / (n - 1)
    columns = sum(n * (x[:, j].mean() - x.mean()) ** 2 for j in range(k)) / (k - 1)
    rest = sum((x[i, j] - x[i].mean() - x[:, j].mean() + x.mean()) ** 2 for i in range(n) for j in range(k))
    rest /= (n - 1) * (k - 1)
    want = (rows - rest) / (rows + (k - 1) * rest + k * (columns - rest) / n)
    assert icc_agreement(x).value == pytest.approx(want)


def test_edges():
    same = np.tile(np.arange(5.0)[:, None], 3)
    assert icc_agreement(same).value == pytest.approx(1)
    assert cronbach_alpha(same).value == pytest.approx(1)
    assert icc_agreement(np.ones((4, 3))).flags == ("no_variation",)
    assert cronbach_alpha(np.ones((4, 3))).flags == ("no_variation",)
    gap = np.vstack([same, [np.nan, 1, 2]])
    assert icc_agreement(gap).n_clusters == 5
    for ask in (icc_agreement, cronbach_alpha, mcdonald_omega):
        with pytest.raises(NotEnoughEvidence, match=r"complete rows of \d columns"):
            ask([[1.0, np.nan], [2.0, 3.0]])
    with pytest.raises(NotEnoughEvidence, match="do not vary"):
        mcdonald_omega(np.column_stack([np.arange(5.0), np.ones(5), np.arange(5.0) ** 2]))


@pytest.mark.slow
def test_icc_limits_hold_the_truth():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(800):
        x = rng.normal(size=(25, 1)) + rng.normal(0, 0.4, (1, 5)) + rng.normal(0, 0.8, (25, 5))
        found = icc_agreement(x)
        hits += found.low <= 1 / (1 + 0.16 + 0.64) <= found.high
    assert 0.92 < hits / 800 < 0.98
