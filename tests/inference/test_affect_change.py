"""Affect change: the worked example, least squares written out, regression to the mean, edges, coverage."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from twoway.errors import SchemaError, UnknownName
from twoway.inference.affect_change import FIRST, affect_contrasts, fit_affect_change, mean_change
from twoway.text.lexicon import THANKS_WORDS
from twoway.text.sentiment import vader

EFFECTS = {"answered": 0.3, "deflected": 0.1, "ignored": 0.0}


def episodes(rng, m=150):
    """Draw episodes of m persons; the angrier the first post, the likelier an answer: raw changes then flatter it."""
    person = np.repeat(np.arange(m), rng.geometric(0.5, m))
    mood = rng.normal(scale=0.2, size=m)[person]
    first = -0.3 + mood + rng.normal(scale=0.4, size=len(person))
    pull = np.column_stack([-3 * first, np.zeros(len(person)), 3 * first]) + rng.gumbel(size=(len(person), 3))
    outcome = np.array(list(EFFECTS))[pull.argmax(axis=1)]
    own = rng.normal(scale=0.2, size=m)[person]
    effect = np.array([EFFECTS[o] for o in outcome])
    last = -0.1 + 0.4 * first + effect + own + rng.normal(scale=0.3, size=len(person))
    return first, last, outcome, person


def test_b16():
    scores = vader(["Worst service ever.", "Thanks, that fixed it!"])["compound"]
    assert mean_change(scores[:1], scores[1:]).value == pytest.approx(1.1175)
    bare = vader(["Worst service ever.", "Thanks, that fixed it!"], without=THANKS_WORDS)["compound"]
    assert bare.tolist() == [-0.6249, 0.0]


def test_mean_change_by_a_plain_loop(rng):
    first, last, _, person = episodes(rng)
    last[::5] = np.nan
    total = count = 0.0
    for a, b in zip(first, last, strict=True):
        if not math.isnan(b):
            total, count = total + b - a, count + 1
    found = mean_change(first, last, person)
    assert found.value == pytest.approx(total / count)
    assert found.low < found.value < found.high
    assert found.n_clusters == len({p for p, b in zip(person, last, strict=True) if not math.isnan(b)})


def test_least_squares_and_their_errors_written_out(rng):
    first, last, outcome, person = episodes(rng, 40)
    fit = fit_affect_change(first, last, outcome, person, reference="ignored")
    assert fit.table["term"].tolist() == ["intercept", FIRST, "answered", "deflected"]
    rows = [[1.0, f, float(o == "answered"), float(o == "deflected")] for f, o in zip(first, outcome, strict=True)]
    z = np.array(rows)
    bread = np.linalg.inv(z.T @ z)
    beta = bread @ z.T @ last
    meat = np.zeros((4, 4))
    for one in range(40):
        pull = sum((z[i] * (last[i] - z[i] @ beta) for i in range(len(z)) if person[i] == one), np.zeros(4))
        meat += np.outer(pull, pull)
    n, m = len(z), 40
    factor = m / (m - 1) * (n - 1) / (n - 4)
    assert fit.table["coefficient"].to_numpy() == pytest.approx(beta)
    assert fit.table["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(bread @ meat @ bread) * factor))


def test_raw_changes_follow_the_first_post_and_adjusted_ones_do_not():
    first, last, outcome, person = episodes(np.random.default_rng(3), 20_000)
    raw = {name: mean_change(first[outcome == name], last[outcome == name]).value for name in EFFECTS}
    pairs = affect_contrasts(first, last, outcome, person).set_index(["outcome", "other"])
    assert raw["answered"] - raw["ignored"] > 0.45
    for one, other in pairs.index:
        assert pairs.loc[(one, other), "difference"] == pytest.approx(EFFECTS[one] - EFFECTS[other], abs=0.02)


def test_every_pair_is_compared_once_and_p_values_are_adjusted(rng):
    first, last, outcome, person = episodes(rng)
    table = affect_contrasts(first, last, outcome, person)
    assert table[["outcome", "other"]].agg("-".join, axis=1).tolist() == [
        "answered-deflected", "answered-ignored", "deflected-ignored",
    ]  # fmt: skip
    a, b, c = table["difference"]
    assert b == pytest.approx(a + c)
    assert (table["p_adjusted"] >= table["p"]).all()
    counts = pd.Series(outcome).value_counts()
    assert table["n_outcome"].tolist() == [counts[name] for name in table["outcome"]]
    one = fit_affect_change(first, last, outcome, person, reference="ignored").interval("answered")
    assert table.loc[1, ["difference", "low", "high"]].tolist() == pytest.approx([one.value, one.low, one.high])


def test_the_most_common_outcome_is_the_reference():
    outcome = ["b", "b", "b", "a", "a", "c"]
    fit = fit_affect_change([0.1, 0.2, 0.4, 0.3, 0.2, 0.1], [0.3, 0.1, 0.2, 0.5, 0.1, 0.4], outcome)
    assert fit.table["term"].tolist()[2:] == ["a", "c"]


def test_episodes_of_one_post_and_without_outcome_are_left_out(rng):
    first, last, outcome, person = episodes(rng)
    longer = [np.r_[first, 0.1, 0.2, np.nan], np.r_[last, np.nan, 0.3, 0.4]]
    labels = np.array([*outcome, "lost", None, "answered"], dtype=object)
    fit = fit_affect_change(*longer, labels, np.r_[person, 1, 2, 3], reference="ignored")
    wanted = fit_affect_change(first, last, outcome, person, reference="ignored")
    assert fit.table.equals(wanted.table)
    assert "rows_left_out" in fit.flags
    assert len(affect_contrasts(*longer, labels, np.r_[person, 1, 2, 3])) == 3


def test_nothing_is_undefined():
    assert np.isnan(mean_change([], []).value)
    assert "undefined" in mean_change([0.1], [float("nan")]).flags
    fit = fit_affect_change([0.1, 0.2], [float("nan")] * 2, ["a", "b"])
    assert fit.table["coefficient"].isna().all()
    assert affect_contrasts([], [], []).empty
    assert affect_contrasts([0.1, 0.2], [0.3, 0.1], ["a", "a"]).empty


def test_messages():
    with pytest.raises(UnknownName, match="'anwered' is not a known outcome. Did you mean 'answered'"):
        fit_affect_change([0.1, 0.3], [0.2, 0.2], ["answered", "ignored"], reference="anwered")
    with pytest.raises(SchemaError, match="There are 1 first scores, and 2 entries in last"):
        mean_change([0.1], [0.2, 0.3])
    with pytest.raises(SchemaError, match="There are 1 first scores, and 2 entries in outcome"):
        fit_affect_change([0.1], [0.2], ["a", "b"])
    with pytest.raises(SchemaError, match="There are 1 first scores, and 3 entries in groups"):
        mean_change([0.1], [0.2], ["a", "b", "c"])


@pytest.mark.slow
@pytest.mark.parametrize("m", [30, 150])
def test_limits_hold_the_truth(m):
    rng = np.random.default_rng(m)
    held = np.zeros(3)
    for _ in range(200):
        table = affect_contrasts(*episodes(rng, m))
        truth = [EFFECTS[a] - EFFECTS[b] for a, b in zip(table["outcome"], table["other"], strict=True)]
        held += ((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    # Three standard errors of a coverage of 95 % over 200 corpora are 4.6.
    assert (held / 2 >= 90.3).all(), held / 2
