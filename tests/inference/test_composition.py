"""Three parts of a whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.errors import TwowayError
from twoway.inference import (
    LabelCuts,
    aitchison_distance,
    balance_interval,
    balances,
    clr,
    composition,
    dirichlet_draws,
    effective_counts,
    label_parts,
    label_probabilities,
    replace_zeros,
)

PRINTED = {"abs": 6e-6}
triples = st.tuples(*[st.integers(0, 500)] * 3)


def test_the_catalogue_example():
    assert clr([0.6, 0.3, 0.1]) == pytest.approx([0.82830, 0.13516, -0.96346], **PRINTED)
    assert balances([0.6, 0.3, 0.1]) == (pytest.approx(-1.17999, **PRINTED), pytest.approx(0.49013, **PRINTED))
    assert aitchison_distance([0.6, 0.3, 0.1], [0.2, 0.2, 0.6]) == pytest.approx(2.13405, **PRINTED)
    made = composition([8, 2, 0])
    assert made.shares == pytest.approx([0.76, 0.19, 0.05])
    assert made.parts == pytest.approx([0.8, 0.2, 0])


@given(triples)
def test_shares_add_up_and_keep_their_order(counts):
    shares = replace_zeros(counts)
    if sum(counts) == 0:
        assert np.isnan(shares).all()
        return
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).all()
    assert (np.argsort(shares, kind="stable") == np.argsort(counts, kind="stable")).all()


@given(triples, triples)
def test_balances_are_coordinates_of_the_distance(one, other):
    first, second = composition(np.array(one) + 1), composition(np.array(other) + 1)
    straight = np.hypot(first.z1 - second.z1, first.z2 - second.z2)
    assert aitchison_distance(first.shares, second.shares) == pytest.approx(straight, abs=1e-9)
    assert first.clr.sum() == pytest.approx(0, abs=1e-12)


def test_nothing_posted_is_undefined():
    nothing = composition([0, 0, 0])
    assert np.isnan([nothing.z1, nothing.z2, *nothing.parts, *nothing.clr]).all()
    draws = dirichlet_draws([0, 0, 0], 10)
    assert np.isnan(draws).all()
    assert np.isnan(list(label_probabilities(draws).values())).all()
    assert [z.flags for z in balance_interval(draws)] == [("undefined",)] * 2


def test_draws_follow_the_posterior():
    counts = np.array([8.0, 2, 0])
    alpha = counts + 0.5
    draws = dirichlet_draws(counts, 20_000)
    assert draws.mean(axis=0) == pytest.approx(alpha / alpha.sum(), abs=0.005)
    share = alpha / alpha.sum()
    assert draws.var(axis=0) == pytest.approx(share * (1 - share) / (alpha.sum() + 1), rel=0.05)
    assert (dirichlet_draws(counts, 50) == dirichlet_draws(counts, 50)).all()


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        ((0.6, 0.2, 0.2), "broadcast"),
        ((0.6, 0.4, 0.0), "broadcast"),
        ((0.2, 0.4, 0.39), "deflect"),
        ((0.2, 0.4, 0.4), "mixed"),
        ((0.3, 0.2, 0.5), "conversational"),
        ((0.5, 0.2, 0.3), "mixed"),
        ((np.nan, np.nan, np.nan), ""),
    ],
)
def test_labels_at_the_cuts(parts, label):
    assert label_parts(parts) == label


def test_cuts_are_settings():
    assert label_parts([0.5, 0.2, 0.3], LabelCuts(broadcast=0.5)) == "broadcast"


def test_label_probabilities_grow_sure_with_evidence():
    few, many = (label_probabilities(dirichlet_draws(np.array([7, 2, 1]) * n)) for n in (1, 50))
    assert list(few) == ["broadcast", "deflect", "conversational", "mixed"]
    assert sum(few.values()) == pytest.approx(1)
    assert 0.5 < few["broadcast"] < 0.95 < many["broadcast"]


def test_balance_intervals_narrow_with_evidence():
    few, many = (balance_interval(dirichlet_draws(np.array([6, 3, 1]) * n))[0] for n in (2, 200))
    assert few.low < many.low < -1.18 < many.high < few.high
    assert many.value == pytest.approx(-1.18, abs=0.05)


@pytest.mark.parametrize("counts", [[1, 2], [1, 2, -1], [1, 2, np.nan]])
def test_refusals(counts):
    with pytest.raises(TwowayError, match="is not a composition"):
        composition(counts)
    with pytest.raises(TwowayError, match="cannot be drawn from"):
        dirichlet_draws([counts] if len(counts) == 2 else counts)


def bursts(rng, days=60, evenness=1.0):
    """Posts of an organization that speaks as often every day, and is asked much on some days and little on others."""
    replies = rng.poisson(4 * rng.gamma(evenness, 1 / evenness, days))
    deflected = rng.binomial(replies, 0.3)
    return np.c_[rng.poisson(3, days), deflected, replies - deflected].astype(float)


def test_independent_units_keep_their_worth(rng):
    table = bursts(rng, days=2000, evenness=1e6)
    assert effective_counts(table) == pytest.approx(table.sum(axis=0), rel=0.1)


def test_units_that_come_together_are_worth_less_in_the_same_proportions(rng):
    table = bursts(rng)
    worth = effective_counts(table)
    assert worth.sum() < 0.6 * table.sum()
    assert worth / worth.sum() == pytest.approx(table.sum(axis=0) / table.sum())


def test_equal_days_are_not_worth_more_than_their_units():
    assert effective_counts(np.full((40, 3), 2.0)).tolist() == [80, 80, 80]
    assert effective_counts([[5, 0, 0]] * 40).tolist() == [200, 0, 0]


def test_few_days_count_as_days():
    assert effective_counts([[10, 5, 5], [0, 0, 0], [8, 6, 6]]).sum() == pytest.approx(2)
    assert effective_counts([[1, 0, 0], [0, 1, 0]]).tolist() == [1, 1, 0]
    assert effective_counts(np.zeros((5, 3))).tolist() == [0, 0, 0]
    assert effective_counts(np.zeros((0, 3))).tolist() == [0, 0, 0]


@pytest.mark.slow
def test_the_posterior_covers_parts_of_bursty_days():
    truth, hits = np.array([3, 4 * 0.3, 4 * 0.7]) / 7, {"counts": [], "worth": []}
    rng = np.random.default_rng(5)
    for _ in range(1000):
        table = bursts(rng)
        for name, counts in (("counts", table.sum(axis=0)), ("worth", effective_counts(table))):
            low, high = np.quantile(dirichlet_draws(counts), [0.025, 0.975], axis=0)
            hits[name].append((low <= truth) & (truth <= high))
    counts, worth = (np.mean(hits[name], axis=0) for name in ("counts", "worth"))
    assert counts[0] < 0.82
    assert (worth > 0.93).all()
