"""Shares corrected for the errors of the rules that found them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twoway.errors import NotEnoughEvidence, TwowayError, UnknownName
from twoway.inference.corrected import METHODS, corrected_prevalence
from twoway.inference.corrected_groups import corrected_by_group
from twoway.inference.powered import ppi
from twoway.inference.prevalence import rogan_gladen
from twoway.inference.results import normal_quantile

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_py" / "ppi.json").read_text())["cases"]
TRUTH, PREDICTED, OTHERS = [1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]
NAN = float("nan")
EXACT = {"rel": 1e-9, "abs": 1e-12}


def coded(rng, n, n_labeled, share=0.3, hit=0.85, alarm=0.05):
    """Draw codes of rules for n posts, and of people for the first few; return the codes nobody knows as well."""
    truth = (rng.random(n) < share).astype(float)
    rules = (rng.random(n) < np.where(truth == 1, hit, alarm)).astype(float)
    return rules, np.where(np.arange(n) < n_labeled, truth, np.nan), truth


def test_rogan_gladen_as_worked():
    found = rogan_gladen(0.30, 0.8, 0.9, n=200, n_positive=50, n_negative=100, limits="wald")
    assert found.corrected == pytest.approx(0.285714, abs=5e-7)
    assert found.se == pytest.approx(0.06011, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.1679, 0.4035), abs=5e-5)
    assert (found.n_labeled, found.n, found.flags) == (150, 200, ())


def test_ppi_as_worked():
    plain = ppi(TRUTH, PREDICTED, OTHERS, lam=1, limits="wald")
    assert plain.corrected == pytest.approx(0.75)
    assert plain.low == pytest.approx(0.2022, abs=5e-5)
    assert plain.corrected + normal_quantile(0.95) * plain.se == pytest.approx(1.2978, abs=5e-5)
    assert plain.high == 1.0, "limits are cut to the range of a share"
    tuned = ppi(TRUTH, PREDICTED, OTHERS)
    assert (tuned.lam, tuned.corrected) == pytest.approx((0.314286, 0.578571), abs=5e-7)
    assert (tuned.method, plain.method) == ("ppi++", "ppi")


@pytest.mark.parametrize("method", ["ppi", "ppi++"])
@pytest.mark.parametrize("case", GOLDEN)
def test_ppi_is_the_authors(case, method):
    told = GOLDEN[case]
    lam = 1.0 if method == "ppi" else None
    found = ppi(told["truth"], told["predicted"], told["others"], lam=lam, limits="wald")
    value, low, high = told[method]
    assert found.corrected == pytest.approx(np.clip(value, 0, 1), **EXACT)
    assert (found.low, found.high) == pytest.approx((max(low, 0), min(high, 1)), **EXACT)


def naive(rules, people, weights, cluster, method):
    """Difference estimators in plain loops: the value, and its variance from what each cluster moves."""
    labeled = [i for i, y in enumerate(people) if y == y]
    uneven = len({weights[i] for i in labeled}) > 1 or len(labeled) == len(rules)
    pool = list(range(len(rules))) if uneven else [i for i in range(len(rules)) if i not in labeled]
    total = sum(weights[i] for i in labeled)

    def mean(values):
        return sum(weights[i] * values[i] for i in labeled) / total

    lam = {"ppi": 1.0, "labeled": 0.0}.get(method)
    if lam is None:
        everyone = rules if uneven else [rules[i] for i in labeled] + [rules[i] for i in pool]
        m_all = sum(everyone) / len(everyone)
        var = sum((f - m_all) ** 2 for f in everyone) / (len(everyone) - 1)
        m_y, m_f = mean(people), mean(rules)
        cov = sum(weights[i] * (people[i] - m_y) * (rules[i] - m_f) for i in labeled) / total
        lam = min(max(cov / (var * (1 if uneven else 1 + len(labeled) / len(pool))), 0), 1)
    error = [y - lam * f for y, f in zip(people, rules, strict=True)]
    m_error, m_pool = mean(error), sum(rules[i] for i in pool) / len(pool)
    moved = dict.fromkeys(cluster, 0.0)
    for i in labeled:
        moved[cluster[i]] += weights[i] * (error[i] - m_error) / total
    for i in pool:
        moved[cluster[i]] += lam * (rules[i] - m_pool) / len(pool)
    return lam * m_pool + m_error, sum(x * x for x in moved.values())


@pytest.mark.parametrize("method", ["ppi", "ppi++", "labeled"])
@pytest.mark.parametrize("is_uneven", [False, True])
@pytest.mark.parametrize("is_clustered", [False, True])
def test_estimates_are_those_of_plain_loops(rng, method, is_uneven, is_clustered):
    for _ in range(5):
        rules, people, _ = coded(rng, 150, 50)
        weights = rng.choice([1.0, 2.5, 7.0], 150) if is_uneven else np.ones(150)
        cluster = rng.integers(0, 40, 150) if is_clustered else np.arange(150)
        found = corrected_prevalence(
            rules, people, method=method, weights=weights, clusters=cluster if is_clustered else None, limits="wald"
        )
        value, variance = naive(rules.tolist(), people.tolist(), weights.tolist(), cluster.tolist(), method)
        m = len(set(cluster[:50].tolist()))
        assert found.corrected == pytest.approx(value)
        assert found.se**2 == pytest.approx(variance * (m / (m - 1) if is_clustered else 1))


def test_error_rates_are_weighted_and_worth_their_effective_number():
    rules = np.array([1, 0, 1, 0, 1, 0, 0, 0, 1, 1.0])
    people = np.array([1, 1, 0, 0, 1, 0, NAN, NAN, NAN, NAN])
    weights = np.array([1, 3, 2, 4, 2, 2, 9, 9, 9, 9.0])
    found = corrected_prevalence(rules, people, method="rogan_gladen", weights=weights, limits="wald")
    sensitivity, specificity = 3 / 6, 6 / 8
    # Influences: weights times (hit - rate), over the sum of weights.
    var_se = sum((w * (hit - sensitivity) / 6) ** 2 for w, hit in ((1, 1), (3, 0), (2, 1)))
    var_sp = sum((w * (hit - specificity) / 8) ** 2 for w, hit in ((2, 0), (4, 1), (2, 1)))
    share = (0.5 + specificity - 1) / (sensitivity + specificity - 1)
    assert (found.sensitivity, found.specificity) == pytest.approx((sensitivity, specificity))
    assert (share, found.corrected, found.flags[0]) == (pytest.approx(1), pytest.approx(1), "few_labels")
    variance = (0.25 / 10 + share**2 * var_se + (1 - share) ** 2 * var_sp) / (sensitivity + specificity - 1) ** 2
    assert found.se**2 == pytest.approx(variance)


def test_equal_weights_change_nothing_and_lam_0_is_the_labels_alone(rng):
    rules, people, _ = coded(rng, 300, 80)
    plain = corrected_prevalence(rules, people)
    assert corrected_prevalence(rules, people, weights=np.full(300, 4.0)) == plain
    direct = ppi(people[:80], rules[:80], rules[80:])
    assert direct == plain
    assert corrected_prevalence(rules, people, method="labeled").corrected == pytest.approx(people[:80].mean())


def test_the_tuned_share_is_never_less_sure_than_the_labels_alone(rng):
    for _ in range(20):
        rules, people, _ = coded(rng, 400, 60, hit=rng.uniform(0.3, 1), alarm=rng.uniform(0, 0.5))
        tuned, alone = (corrected_prevalence(rules, people, method=m).se for m in ("ppi++", "labeled"))
        assert tuned <= alone + 1e-12


def test_all_posts_labeled_need_no_correction(rng):
    rules, people, _ = coded(rng, 60, 60)
    for method in ("ppi", "ppi++", "labeled"):
        assert corrected_prevalence(rules, people, method=method).corrected == pytest.approx(people.mean())


def test_rules_no_better_than_chance_are_refused():
    with pytest.raises(NotEnoughEvidence, match="add up to 1 or less"):
        rogan_gladen(0.3, 0.4, 0.6, n=10, n_positive=5, n_negative=5)
    with pytest.raises(NotEnoughEvidence, match="add up to 1 or less"):
        corrected_prevalence([1, 0, 0, 1], [0, 1, NAN, NAN], method="rogan_gladen")


def test_what_cannot_be_told_is_missing():
    found = corrected_prevalence([1, 0, 0, 1], [0, 0, NAN, NAN], method="rogan_gladen")
    assert np.isnan([found.corrected, found.low, found.high, found.se, found.sensitivity]).all()
    assert found.flags == ("undefined",)
    assert "cannot be told" in str(found)


def test_shares_outside_the_range_are_cut_and_said():
    found = rogan_gladen(0.08, 0.8, 0.9, n=500, n_positive=40, n_negative=160)
    assert (found.corrected, found.low, found.flags) == (0.0, 0.0, ("clipped",))
    assert 0 < found.high < 0.15


@pytest.mark.parametrize("limits", ["score", "wald"])
def test_shares_far_outside_the_range_have_no_limits(limits):
    found = rogan_gladen(0.01, 0.8, 0.85, n=500, n_positive=40, n_negative=160, limits=limits)
    assert np.isnan([found.low, found.high]).all()
    assert found.flags == ("inconsistent", "clipped")


def test_a_sample_without_errors_is_not_proof_of_none():
    rules = np.array(([1.0] * 3 + [0.0] * 7) * 500)
    people = np.where(np.arange(5000) < 50, rules, np.nan)
    found = corrected_prevalence(rules, people)
    assert found.flags == ("no_errors_seen",)
    assert found.high - found.low > 0.07
    wald = corrected_prevalence(rules, people, limits="wald")
    assert wald.high - wald.low < 0.04


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([1, 0], [1, 0, 1]), TwowayError, "do not pair"),
        (([1, NAN, 0], [1, NAN, NAN]), TwowayError, "missing or outside 0 to 1"),
        (([1, 0, 0], [0.5, NAN, NAN]), TwowayError, "neither 0 nor 1"),
        (([1, 0, 0], [NAN, NAN, NAN]), NotEnoughEvidence, "0 labeled"),
    ],
)
def test_codes_that_cannot_be_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        corrected_prevalence(*arguments)


def test_names_and_weights_are_checked():
    with pytest.raises(UnknownName, match="method of correction"):
        corrected_prevalence([1, 0], [1, NAN], method="pp")
    with pytest.raises(UnknownName, match="way to find limits"):
        corrected_prevalence([1, 0], [1, NAN], limits="walt")
    with pytest.raises(TwowayError, match="not above 0"):
        corrected_prevalence([1, 0], [1, NAN], weights=[0, NAN])
    with pytest.raises(TwowayError, match="cannot be"):
        rogan_gladen(0.3, 1.4, 0.9, n=10, n_positive=5, n_negative=5)
    with pytest.raises(TwowayError, match="Round them"):
        corrected_by_group([0.5, 0], [1, NAN], ["a", "a"])
    with pytest.raises(TwowayError, match="do not fit"):
        corrected_by_group([1, 0], [1, NAN], ["a"])


def test_a_result_shows_itself(rng):
    rules, people, _ = coded(rng, 200, 50)
    found = corrected_prevalence(rules, people)
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert found.to_frame()["n_labeled"].tolist() == [50]
    assert found._repr_html_().startswith("<p>Corrected share ")
    assert "\n" not in str(found)


def test_groups_are_corrected_by_their_own_labels_where_they_have_enough(rng):
    parts = [coded(rng, n, k) for n, k in ((400, 60), (300, 30), (100, 5), (50, 0))]
    rules, people = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    groups = np.repeat(["a", "b", "c", "d"], [400, 300, 100, 50])
    for method in METHODS:
        found = corrected_by_group(rules, people, groups, method=method)
        assert [("pooled_errors" in row.flags) for row in found.rows] == [False, False, True, True]
        assert [row.n_labeled for row in found.rows] == [60, 30, 5, 0]
        own = corrected_prevalence(*parts[0][:2], method=method)
        assert (found["a"].corrected, found["a"].low) == (own.corrected, own.low)
    seen = ~np.isnan(people)
    hit, left = rules[seen][people[seen] == 1].mean(), 1 - rules[seen][people[seen] == 0].mean()
    assert found["d"].corrected == pytest.approx(np.clip((parts[3][0].mean() + left - 1) / (hit + left - 1), 0, 1))
    assert str(found).startswith("Shares of 4 groups: 2 corrected by labels of their own, 2 by the error rates")
    assert found.to_frame()["group"].tolist() == ["a", "b", "c", "d"]
    assert "<table" in found._repr_html_()
    with pytest.raises(UnknownName, match="known group"):
        found["e"]


def test_a_group_in_which_the_rules_fail_has_no_share():
    rules, people = [1, 0] * 40, [0, 1] * 20 + [1, 0] * 20
    found = corrected_by_group(rules, people, ["bad"] * 40 + ["good"] * 40, method="rogan_gladen")
    assert np.isnan(found["bad"].corrected)
    assert found["bad"].flags == ("no_better_than_chance",)
    assert found["good"].corrected == 0.5
    neither = corrected_by_group(rules[:42], [*people[:40], NAN, NAN], ["bad"] * 42, min_labeled=41)
    assert neither["bad"].flags == ("no_better_than_chance", "pooled_errors")


def test_what_people_coded_in_a_small_group_stands():
    """One post of each kind of error in the group: the share of its coded posts is theirs, whatever the rules say."""
    others = [1, 0] * 40
    rules, people = [1, 0, 1, 0, 1, 0], [0, 0, 1, 1, NAN, NAN]
    groups = ["large"] * 80 + ["small"] * 6
    found = corrected_by_group([*others, *rules], [*others, *people], groups)["small"]
    hit, left = 41 / 42, 41 / 42
    rest = (0.5 + left - 1) / (hit + left - 1)
    assert found.corrected == pytest.approx((4 * 0.5 + 2 * rest) / 6)
    assert found.raw == 0.5
    assert (found.method, found.n_labeled, "pooled_errors" in found.flags) == ("rogan_gladen", 4, True)
    known = corrected_by_group([*others, 1], [*others, 0], ["large"] * 80 + ["small"])["small"]
    assert (known.corrected, known.raw, known.method) == (0.0, 1.0, "labeled")
    assert "pooled_errors" not in known.flags


def test_limits_of_a_small_group_hold_its_true_share(rng):
    """Twenty posts, eight of them coded; the rules err in one post of ten."""
    held, width = 0, 0.0
    for _ in range(400):
        truth = (rng.random(420) < np.repeat([0.5, 0.3], [400, 20])).astype(float)
        rules = np.where(rng.random(420) < 0.1, 1 - truth, truth)
        people = np.where(np.r_[rng.random(400) < 0.25, np.arange(20) < 8], truth, NAN)
        found = corrected_by_group(rules, people, ["large"] * 400 + ["small"] * 20)["small"]
        held, width = held + (found.low <= 0.3 <= found.high), width + found.high - found.low
    assert 0.93 <= held / 400 <= 0.995
    assert width / 400 < 0.6


def test_a_group_without_a_positive_label_borrows_error_rates():
    rules, people = [1, 0] * 40, [0] * 38 + [NAN] * 2 + [1, 0] * 20
    found = corrected_by_group(rules, people, ["none"] * 40 + ["some"] * 40, method="rogan_gladen")
    assert "pooled_errors" in found["none"].flags
    assert "pooled_errors" not in found["some"].flags
