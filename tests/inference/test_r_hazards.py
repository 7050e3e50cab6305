"""Cox's model and the test of proportional hazards are those of R, read from stored JSON (tests/oracles_r)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from twoway.inference import count_times, kaplan_meier, logrank
from twoway.inference.hazards import cox
from twoway.inference.proportionality import proportionality

EXACT = {"rel": 1e-8, "abs": 1e-10}  # both sides climb to the same peak in double precision
GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "hazards.json").read_text())
CASES = ["four", "eight", "own", "own_unstratified"]
TERMS = ("question", "words", "band", "band")


def fit_of(name, *, clustered=True):
    data = pd.DataFrame(GOLDEN[name.removesuffix("_unstratified")]["data"])
    x = data.drop(columns=["time", "event", "id", "unit"], errors="ignore")
    strata = data["unit"] if name == "own" else None
    return cox(data["time"], data["event"], x, strata=strata, clusters=data["id"] if clustered else None)


def as_list(values):
    return values if isinstance(values, list) else [values]


def test_versions_are_stored_with_the_numbers():
    assert set(GOLDEN["versions"]) == {"R", "survival"}


@pytest.mark.parametrize("name", CASES)
def test_fit(name):
    case = GOLDEN[name]
    robust, plain = fit_of(name), fit_of(name, clustered=False)
    assert robust.table["coefficient"].tolist() == pytest.approx(as_list(case["coefficient"]), **EXACT)
    assert robust.table["se"].tolist() == pytest.approx(as_list(case["robust_se"]), **EXACT)
    assert plain.table["se"].tolist() == pytest.approx(as_list(case["se"]), **EXACT)
    assert (robust.n, robust.n_events) == (case["n"], case["n_events"])
    ours = robust.log_likelihood - robust.log_likelihood_null
    assert ours == pytest.approx(case["log_likelihood"] - case["log_likelihood_null"], **EXACT)
    assert robust.log_likelihood == pytest.approx(case["log_likelihood"], **EXACT)


@pytest.mark.parametrize("name", CASES)
def test_proportionality(name):
    case = GOLDEN[name]["proportionality"]
    fit = fit_of(name, clustered=False)
    terms = TERMS if name.startswith("own") else None
    for ours, theirs in [(proportionality(fit), case["columns"]), (proportionality(fit, terms), case["terms"])]:
        assert ours.table["statistic"].tolist() == pytest.approx(theirs["statistic"], rel=1e-7)
        assert ours.table["df"].tolist() == theirs["df"]
        assert ours.table["p"].tolist() == pytest.approx(theirs["p"], rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_scaled_residuals(name):
    case = GOLDEN[name]["proportionality"]
    ours = proportionality(fit_of(name, clustered=False)).residuals
    theirs = np.array(case["residuals"]).reshape(len(ours), -1)
    assert ours["time"].tolist() == case["residual_time"]
    # Waits that end together may be listed in any order.
    for column, name_of in enumerate(ours.columns[1:]):
        mine = ours.sort_values(["time", name_of])[name_of].to_numpy()
        order = np.lexsort((theirs[:, column].round(9), case["residual_time"]))
        assert mine == pytest.approx(theirs[order, column], rel=1e-6, abs=1e-8)


def test_the_catalogue_examples():
    assert fit_of("four").table["hazard_ratio"][0] == pytest.approx((1 + np.sqrt(17)) / 2)
    assert fit_of("four").table["coefficient"][0] == pytest.approx(0.940614, abs=5e-7)
    eight = fit_of("eight").table
    assert (eight["coefficient"][0], eight["se"][0]) == pytest.approx((1.42163, 0.94208), abs=5e-6)
    data = {column: np.array(values) for column, values in GOLDEN["eight"]["data"].items()}
    groups = [count_times(data["time"][data["x"] == x], data["event"][data["x"] == x]) for x in (0, 1)]
    assert logrank(*groups).statistic == pytest.approx(GOLDEN["eight"]["logrank"])
    assert logrank(*groups).statistic == pytest.approx(2.969, abs=5e-4)


def test_the_published_median_of_lung():
    lung = GOLDEN["lung"]
    assert (lung["n"], lung["n_events"], lung["median"], lung["low"], lung["high"]) == (228, 165, 310, 285, 363)
    curve = kaplan_meier(*count_times(lung["time"], lung["event"]))
    assert (curve.n, curve.n_events.sum(), curve.quantile().value) == (228, 165, 310)
    # The published limits are on the log scale, those here on the log-log scale, which stays inside [0, 1].
    assert (curve.quantile().low, curve.quantile().high) == pytest.approx((285, 363), abs=2)
