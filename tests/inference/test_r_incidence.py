"""Cumulative incidences and Gray's test are those of R, read from stored JSON (tests/oracles_r)."""

import json
from pathlib import Path

import numpy as np
import pytest

from twoway.inference.gray import gray
from twoway.inference.incidence import aalen_johansen

EXACT = {"rel": 1e-9, "abs": 1e-12}  # both sides compute in double precision
GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "incidence.json").read_text())


def data_of(case):
    return {column: np.array(values) for column, values in GOLDEN[case]["data"].items()}


def test_versions_are_stored_with_the_numbers():
    assert set(GOLDEN["versions"]) == {"R", "survival", "cmprsk"}


@pytest.mark.parametrize("name", ["five", "own"])
def test_curves(name):
    case, data = GOLDEN[name], data_of(name)
    ours = aalen_johansen(data["time"], data["cause"], data["id"])
    assert ours.times.tolist() == case["time"]
    assert ours.n_at_risk.tolist() == case["n_risk"]
    assert ours.survival == pytest.approx(np.array(case["waiting"]), **EXACT)
    assert ours.incidence == pytest.approx(np.array(case["incidence"]), **EXACT)
    assert ours.se == pytest.approx(np.array(case["se"]), **EXACT)


@pytest.mark.parametrize("name", ["five", "own"])
def test_errors_of_waits_that_stand_for_themselves(name):
    data = data_of(name)
    ours = aalen_johansen(data["time"], data["cause"])
    assert ours.se == pytest.approx(np.array(GOLDEN[name]["plain_se"]), **EXACT)


@pytest.mark.parametrize(("key", "groups"), [("two_groups", (2, 4)), ("four_groups", (1, 2, 3, 4))])
def test_gray(key, groups):
    case, data = GOLDEN["own"][key], data_of("own")
    chosen = np.isin(data["group"], groups)
    for cause, statistic, df, p in zip(case["cause"], case["statistic"], case["df"], case["p"], strict=True):
        ours = gray(data["time"][chosen], data["cause"][chosen], data["group"][chosen], cause)
        assert (ours.statistic, ours.df) == (pytest.approx(statistic, **EXACT), df)
        assert ours.p_value == pytest.approx(p, rel=1e-7)
