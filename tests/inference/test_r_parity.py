"""The numbers that R finds, read from stored JSON (tests/oracles_r)."""

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from twoway.inference import (
    bca_interval,
    bootstrap_sums,
    clustered_kaplan_meier,
    count_times,
    delta_interval,
    kaplan_meier,
    leave_one_out,
    logrank,
    percentile_interval,
    poisson_weights,
    ratio_draws,
    wilson,
)

GOLDEN = Path(__file__).parents[1] / "oracles_r"
EXACT = {"rel": 1e-9, "abs": 1e-12}  # both sides compute in double precision


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def numbers(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def curve_of(case):
    data = case["data"]
    return kaplan_meier(*count_times(data["time"], data["status"]))


def ratio(sums):
    return sums[..., 0] / sums[..., 1]


def test_versions_are_stored_with_the_numbers():
    assert set(golden("intervals")["versions"]) == {"R", "boot"}
    assert set(golden("survival")["versions"]) == {"R", "survival"}


def test_wilson_is_prop_test_without_correction():
    table = golden("intervals")["wilson"]
    for k, n, level, low, high in zip(*(table[c] for c in ("k", "n", "level", "low", "high")), strict=True):
        ours = wilson(k, n, level)
        assert (ours.low, ours.high) == pytest.approx((low, high), **EXACT)


def test_jackknife_of_a_ratio():
    case = golden("intervals")
    sums = np.c_[case["clusters"]["num"], case["clusters"]["den"]]
    ours = delta_interval(sums, ratio)
    assert (ours.value, ours.se) == pytest.approx((case["ratio"], case["jackknife_se"]), **EXACT)


def test_bootstrap_of_a_ratio_up_to_simulation_error():
    case = golden("intervals")
    sums = np.c_[case["clusters"]["num"], case["clusters"]["den"]]
    draws = ratio_draws(*bootstrap_sums(sums, poisson_weights(60, 50_000)).T)
    plain = percentile_interval(draws)[0]
    bca = bca_interval(case["ratio"], draws, leave_one_out(sums, ratio))[0]
    width = np.diff(case["percentile"])[0]
    assert plain.se == pytest.approx(case["se"], rel=0.03)
    assert (plain.low, plain.high) == pytest.approx(case["percentile"], abs=0.02 * width)
    assert (bca.low, bca.high) == pytest.approx(case["bca"], abs=0.03 * width)


@pytest.mark.parametrize("name", ["five", "own"])
def test_curve(name):
    case = golden("survival")[name]
    curve = curve_of(case)
    for ours, theirs in [
        ("times", "time"),
        ("n_at_risk", "n_risk"),
        ("n_events", "n_event"),
        ("survival", "survival"),
        ("se", "se"),
        ("low", "low"),
        ("high", "high"),
    ]:
        assert getattr(curve, ours) == pytest.approx(numbers(case[theirs]), **EXACT), ours


@pytest.mark.parametrize("name", ["five", "own"])
def test_quantiles(name):
    case = golden("survival")[name]
    ours = [curve_of(case).quantile(q) for q in (0.1, 0.25, 0.5, 0.75, 0.9)]
    assert [q.value for q in ours] == pytest.approx(numbers(case["quantile"]), nan_ok=True)
    # R leaves an open side NA; here it is infinite.
    assert [q.low for q in ours] == pytest.approx(np.nan_to_num(numbers(case["quantile_low"]), nan=np.inf))
    assert [q.high for q in ours] == pytest.approx(np.nan_to_num(numbers(case["quantile_high"]), nan=np.inf))


@pytest.mark.parametrize("name", ["five", "own"])
def test_restricted_mean(name):
    case = golden("survival")[name]
    ours = curve_of(case).rmst(case["tau"])
    assert (ours.value, ours.se) == pytest.approx((case["rmst"], case["rmst_se"]), **EXACT)


@pytest.mark.parametrize("name", ["five", "own"])
def test_errors_robust_to_clusters(name):
    case = golden("survival")[name]
    data = case["data"]
    curve = clustered_kaplan_meier(data["time"], data["status"], data["id"])
    assert curve.se == pytest.approx(numbers(case["robust_se"]), **EXACT)
    assert curve.at(case["time"][1]).se == pytest.approx(case["robust_se"][1], **EXACT)


@pytest.mark.parametrize(("key", "groups"), [("two_groups", (1, 2)), ("three_groups", (1, 2, 3))])
def test_logrank(key, groups):
    case = golden("survival")["own"]
    data = {column: np.array(values) for column, values in case["data"].items()}
    counts = [count_times(data["time"][data["group"] == g], data["status"][data["group"] == g]) for g in groups]
    ours = logrank(*counts)
    assert ours.statistic == pytest.approx(case[key]["chisq"], **EXACT)
    assert ours.df == case[key]["df"]
    assert ours.observed == pytest.approx(case[key]["observed"])
    assert ours.expected == pytest.approx(case[key]["expected"], **EXACT)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="the lung data are not ours to ship; R must hand them over")
def test_lung():
    script = "cat(capture.output(write.csv(survival::lung, row.names = FALSE)), sep = '\\n')"
    text = subprocess.run(["Rscript", "-e", script], check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    time, status = np.array([float(r["time"]) for r in rows]), np.array([r["status"] == "2" for r in rows])
    sex = np.array([r["sex"] for r in rows])
    case = golden("survival")["lung"]
    curve = kaplan_meier(*count_times(time, status))
    median, year, mean = curve.quantile(), curve.at(365), curve.rmst(500)
    test = logrank(*(count_times(time[sex == s], status[sex == s]) for s in ("1", "2")))
    assert (median.value, median.low, median.high) == (case["median"], case["median_low"], case["median_high"])
    assert (year.value, year.se, year.low, year.high) == pytest.approx(case["at_365"], **EXACT)
    assert (mean.value, mean.se) == pytest.approx((case["rmst_500"], case["rmst_500_se"]), **EXACT)
    assert test.statistic == pytest.approx(case["sex"]["chisq"], **EXACT)
