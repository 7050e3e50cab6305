"""Cox's model: against its formula, against statsmodels where that is right, and where it is not."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime, minimize
from statsmodels.duration.hazard_regression import PHReg

from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.hazards import cox
from twoway.inference.proportionality import proportionality


def waits(n=200, persons=50, ties=True, seed=4):
    rng = np.random.default_rng(seed)
    x = np.c_[rng.normal(size=n), rng.integers(0, 2, n)]
    person = rng.integers(0, persons, n)
    time = rng.exponential(np.exp(-0.5 * x[:, 0] + 0.3 * x[:, 1]) * rng.gamma(3, 10, persons)[person])
    watched = rng.uniform(10, 80, n)
    ended = time <= watched
    time = np.minimum(time, watched)
    return np.ceil(time / 5) if ties else time, ended, x, rng.integers(0, 3, n), person


def by_formula(beta, time, ended, x, strata):
    """Write Efron's log partial likelihood from its formula, one moment after the other."""
    out, risk = 0.0, np.exp(x @ beta)
    for s in np.unique(strata):
        for t in np.unique(time[ended & (strata == s)]):
            dead = ended & (time == t) & (strata == s)
            at_risk, d = (time >= t) & (strata == s), dead.sum()
            out += (x[dead] @ beta).sum()
            out -= sum(np.log(risk[at_risk].sum() - step / d * risk[dead].sum()) for step in range(d))
    return out


def test_the_fit_is_the_peak_of_the_formula():
    time, ended, x, strata, _ = waits(80)
    fit = cox(time, ended, x, strata=strata)
    best = minimize(lambda b: -by_formula(b, time, ended, x, strata), np.zeros(2), tol=1e-10)
    assert fit.table["coefficient"].to_numpy() == pytest.approx(best.x, abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-7)
    assert fit.log_likelihood_null == pytest.approx(by_formula(np.zeros(2), time, ended, x, strata))


def test_slope_and_curvature_are_those_of_the_formula():
    time, ended, x, strata, _ = waits(60)
    at = cox(time, ended, x, strata=strata).likelihood.sets.at([0.3, -0.2])

    def value(beta):
        return by_formula(beta, time, ended, x, strata)

    assert at.score() == pytest.approx(approx_fprime([0.3, -0.2], value, 1e-6), rel=1e-3, abs=1e-3)
    step, sets = 1e-5, at.sets
    for k in range(2):
        beside = np.array([0.3, -0.2]) + step * np.eye(2)[k]
        assert at.information()[k] == pytest.approx((at.score() - sets.at(beside).score()) / step, rel=1e-3, abs=1e-3)


def test_the_effects_of_waits_add_up_to_the_score():
    time, ended, x, strata, _ = waits()
    at = cox(time, ended, x, strata=strata).likelihood.sets.at([0.4, 0.1])
    assert at.effects().sum(axis=0) == pytest.approx(at.score())
    weights = np.linspace(0, 1, at.sets.n_events)[np.argsort(at.sets.times[at.sets.slot], kind="stable")]
    # Waits that end together must weigh alike.
    weights = at.sets.times[at.sets.slot] / 10
    assert at.effects(weights).sum(axis=0) == pytest.approx(at.score(weights))


@pytest.mark.parametrize("ties", [False, True])
def test_the_fit_is_that_of_statsmodels(ties):
    time, ended, x, strata, _ = waits(ties=ties)
    ours = cox(time, ended, x, strata=strata).table
    theirs = PHReg(time, x, ended.astype(int), strata=strata, ties="efron").fit()
    assert ours["coefficient"].to_numpy() == pytest.approx(theirs.params, abs=1e-6)
    assert ours["se"].to_numpy() == pytest.approx(theirs.bse, abs=1e-6)


def test_robust_errors_are_those_of_statsmodels_where_it_knows_them():
    time, ended, x, _, person = waits(ties=False)
    seen = time >= time[ended].min()
    ours = cox(time[seen], ended[seen], x[seen], clusters=person[seen]).table
    theirs = PHReg(time[seen], x[seen], ended[seen].astype(int), ties="efron").fit(groups=person[seen])
    assert ours["se"].to_numpy() == pytest.approx(theirs.bse, rel=1e-4)


def test_statsmodels_has_no_robust_errors_after_one_early_censoring_hence_own_code():
    time, ended, x, _, person = waits(ties=False)
    time, ended = np.append(time, time[ended].min() / 2), np.append(ended, False)
    x, person = np.vstack([x, [0.0, 1.0]]), np.append(person, 0)
    theirs = PHReg(time, x, ended.astype(int), ties="efron").fit(groups=person)
    assert np.isnan(theirs.bse).all()
    assert np.isfinite(cox(time, ended, x, clusters=person).table["se"]).all()


def test_one_wait_a_cluster_gives_the_sandwich_and_repeats_add_no_certainty():
    time, ended, x, _, _ = waits(ties=False)
    once = cox(time, ended, x, clusters=range(len(time))).table
    alone = cox(time, ended, x).table
    assert once["se"].to_numpy() == pytest.approx(alone["se"].to_numpy(), rel=0.2)
    twice = cox(np.tile(time, 2), np.tile(ended, 2), np.tile(x, (2, 1)), clusters=np.tile(range(len(time)), 2)).table
    assert twice["coefficient"].to_numpy() == pytest.approx(once["coefficient"].to_numpy(), rel=0.02)
    assert twice["se"].to_numpy() == pytest.approx(once["se"].to_numpy(), rel=0.02)


def test_units_of_time_and_order_do_not_matter():
    time, ended, x, strata, person = waits()
    plain = cox(time, ended, x, strata=strata, clusters=person).table
    other = cox(60 * time[::-1], ended[::-1], x[::-1] + 7, strata=strata[::-1], clusters=person[::-1]).table
    assert other["low"].to_numpy() == pytest.approx(plain["low"].to_numpy())


def test_a_group_that_is_never_answered_is_held_back_and_flagged():
    rng = np.random.default_rng(1)
    ignored = np.repeat([0.0, 1.0], [150, 50])
    words = rng.normal(size=200)
    time, ended = rng.exponential(10 * np.exp(0.4 * words)), ignored == 0
    fit = cox(time, ended, pd.DataFrame({"ignored": ignored, "words": words}), clusters=np.arange(200) // 2)
    row, words_row = fit.table.iloc[0], fit.table.iloc[1]
    assert fit.flags == ("separated",)
    assert fit.is_penalized
    assert (row["flags"], words_row["flags"]) == ("separated", "")
    assert row["hazard_ratio"] < 0.05
    assert row["low"] < row["hazard_ratio"] < row["high"] < 1
    assert words_row["coefficient"] == pytest.approx(-0.4, abs=0.15)


def test_complete_separation_still_gives_an_answer():
    fit = cox([1, 2, 3, 4], [1, 1, 0, 0], [[1.0], [1.0], [0.0], [0.0]])
    assert fit.flags == ("separated", "few_events")
    assert np.isfinite(fit.table[["coefficient", "low", "high", "se", "p"]].to_numpy()).all()


def test_columns_that_say_nothing_new_are_left_out():
    time, ended, x, strata, _ = waits()
    frame = pd.DataFrame({"a": x[:, 0], "twice": 2 * x[:, 0] + 1, "b": x[:, 1], "one": 1.0, "by_stratum": strata})
    fit = cox(time, ended, frame, strata=strata)
    plain = cox(time, ended, x, strata=strata)
    assert fit.table["flags"].tolist() == ["", "aliased", "", "aliased", "aliased"]
    assert fit.table["coefficient"][[0, 2]].to_numpy() == pytest.approx(plain.table["coefficient"].to_numpy())
    assert np.isnan(fit.table["se"][1])
    assert fit.columns == ("a", "b")


def test_flags_of_thin_evidence():
    time, ended, x, _, person = waits(30, persons=8)
    fit = cox(time, ended, np.c_[x, np.random.default_rng(0).normal(size=(30, 2))], clusters=person)
    assert fit.flags == ("few_events", "few_clusters")
    assert fit.n_clusters == 8
    assert "few_events, few_clusters" in str(fit)


def test_strata_without_events_change_nothing():
    time, ended, x, strata, _ = waits()
    plain = cox(time, ended, x, strata=strata).table
    more = cox(
        np.append(time, [3, 9]),
        np.append(ended, [False, False]),
        np.vstack([x, x[:2]]),
        strata=np.append(strata, [9, 9]),
    )
    assert more.table["coefficient"].to_numpy() == pytest.approx(plain["coefficient"].to_numpy())
    assert more.n_strata == 4


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: cox([1, 2], [1, 1], [[1.0]]),
            TwowayError,
            r"\(2,\) durations, \(2,\) endings and covariates of shape",
        ),
        (lambda: cox([1, 2], [1, 1], [[1.0], [np.nan]]), TwowayError, "some values NaN or infinite"),
        (lambda: cox([1, -2], [1, 1], [[1.0], [0.0]]), TwowayError, "Some durations are negative"),
        (lambda: cox([1, 2], [1, 1], [[1.0], [0.0]], strata=[1]), TwowayError, r"\(1,\) strata do not fit 2 durations"),
        (lambda: cox([1, 2], [1, 1], [[1.0], [0.0]], clusters=[1]), TwowayError, r"\(1,\) clusters do not fit"),
        (lambda: cox([1, 2], [0, 0], [[1.0], [0.0]]), NotEnoughEvidence, "No wait ended"),
        (lambda: cox([], [], np.zeros((0, 1))), NotEnoughEvidence, "No wait ended"),
        (lambda: cox([1, 2], [1, 1], [[1.0], [1.0]]), NotEnoughEvidence, "No covariate varies"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


def crossing(persons, rng, apart):
    """Draw waits of persons, three each, whose hazards for x = 1 rise or not while those for x = 0 stay."""
    person = np.repeat(np.arange(persons), 3)
    x = rng.integers(0, 2, persons)[person].astype(float)
    eager = rng.gamma(1.5, 1 / 1.5, persons)[person]
    time = rng.exponential(1, len(person)) / eager
    return np.where((x == 1) & apart, time**0.5, time), x[:, None], person


def test_crossing_hazards_are_noticed_and_named():
    time, x, person = crossing(150, np.random.default_rng(2), apart=True)
    test = proportionality(cox(time, np.ones(450), pd.DataFrame({"question": x[:, 0]}), clusters=person))
    assert test.violated() == ["question"]
    assert str(test).startswith("Hazards are not proportional for question")
    assert test.is_robust
    assert test.residuals.columns.tolist() == ["time", "question"]


def test_with_persons_who_wait_often_only_the_robust_test_keeps_its_level():
    rng, hits = np.random.default_rng(8), np.zeros(2)
    for _ in range(300):
        # Covariate and rate are independent, but both belong to the person: hazards are proportional on average only.
        person = np.repeat(np.arange(60), 6)
        x = rng.normal(size=60)[person][:, None]
        shape = rng.uniform(0.4, 2.0, 60)[person]
        time = rng.weibull(shape)
        fits = [cox(time, np.ones(360), x, clusters=c) for c in (None, person)]
        hits += [proportionality(fit).table["p"][0] < 0.05 for fit in fits]
    assert hits[0] / 300 > 0.11
    assert 0.02 <= hits[1] / 300 <= 0.10


def test_terms_of_several_columns_are_tested_together():
    time, ended, x, strata, _ = waits()
    frame = pd.DataFrame({"a": x[:, 0], "s1": (strata == 1) * 1.0, "s2": (strata == 2) * 1.0})
    test = proportionality(cox(time, ended, frame), ("a", "band", "band"))
    assert test.table["term"].tolist() == ["a", "band", "all"]
    assert test.table["df"].tolist() == [1, 2, 3]
    assert (test.table["p_holm"][:2] >= test.table["p"][:2]).all()


def test_too_few_clusters_cannot_carry_the_test():
    time, ended, x, _, person = waits(60, persons=9)
    test = proportionality(cox(time, ended, x, clusters=person), ("both", "both"))
    assert np.isnan(test.table["p"]).all()
    assert test.violated() == []


def test_a_hundred_thousand_waits_take_a_second():
    rng = np.random.default_rng(0)
    n = 100_000
    x = rng.normal(size=(n, 8))
    time = np.ceil(rng.exponential(20_000 * np.exp(-0.3 * x[:, 0])))
    fit = cox(time, rng.random(n) < 0.8, x, clusters=rng.integers(0, n // 3, n))
    assert fit.table["coefficient"][0] == pytest.approx(0.3, abs=0.02)


def test_as_many_covariates_as_clusters_leave_nothing_to_show_how_uncertain_the_ratio_is():
    # The scores of one person add up to 0 whatever the waits: that is no certainty.
    one = cox(range(1, 7), [1] * 6, [[1], [0], [1], [0], [1], [0]], clusters=["ann"] * 6)
    assert one.table["hazard_ratio"][0] == pytest.approx(1.881, abs=5e-4)
    assert one.table[["se", "low", "high", "p"]].isna().all(axis=None)
    assert one.flags == ("few_events", "few_clusters", "saturated")
    time, ended, x, _, person = waits(60, persons=3)
    assert cox(time, ended, x, clusters=np.minimum(person, 1)).table["se"].isna().all()
    three = cox(time, ended, x, clusters=person)
    assert three.table["se"].notna().all()
    assert "saturated" not in three.flags


@pytest.mark.parametrize("odd", [np.nan, 2.0])
def test_an_ending_that_is_unknown_is_no_event(odd):
    with pytest.raises(TwowayError, match="1 of 3 endings are NaN or neither 0 nor 1. They were given to cox"):
        cox([1, 2, 3], [1, odd, 0], [[1.0], [0.0], [1.0]])
