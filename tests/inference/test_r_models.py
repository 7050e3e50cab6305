"""The numbers that R finds for the regressions, read from stored JSON (tests/oracles_r/models.R)."""

import json
from pathlib import Path

import pytest

from twoway.inference.linear import newey_west, ols_clustered
from twoway.inference.models import gee_logit, logit_clustered, negative_binomial

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "models.json").read_text())
CLOSE = {"rel": 1e-6, "abs": 1e-8}


def columns(case, names="x1 x2 x3"):
    return {name: case["data"][name] for name in names.split() if name in case["data"]}


def agree(fit, expected):
    assert fit.table["coefficient"].tolist() == pytest.approx(expected["coefficient"], **CLOSE)
    assert fit.table["se"].tolist() == pytest.approx(expected["se"], **CLOSE)
    assert "not_converged" not in fit.flags


def test_versions_are_stored_with_the_numbers():
    assert set(GOLDEN["versions"]) == {"R", "geepack", "MASS", "sandwich"}


@pytest.mark.parametrize(("key", "outcome"), [("six_pairs", "y"), ("own", "answered")])
def test_estimating_equations_are_those_of_geepack(key, outcome):
    case = GOLDEN[key]
    fit = gee_logit(case["data"][outcome], columns(case), case["data"]["id"])
    agree(fit, case["gee"])
    assert fit.details["correlation"] == pytest.approx(case["gee"]["correlation"], **CLOSE)


@pytest.mark.parametrize(("key", "outcome"), [("six_pairs", "y"), ("own", "answered")])
def test_clustered_logit_is_glm_with_vcovcl(key, outcome):
    case = GOLDEN[key]
    agree(logit_clustered(case["data"][outcome], columns(case), case["data"]["id"]), case["logit"])


def test_counts_are_those_of_glm_nb():
    small, own = GOLDEN["shares"], GOLDEN["own"]
    fits = [
        (negative_binomial(small["data"]["y"], columns(small)), small),
        (
            negative_binomial(own["data"]["shares"], columns(own), own["data"]["exposure"], own["data"]["id"]),
            own["counts"],
        ),
    ]
    for fit, expected in fits:
        agree(fit, expected)
        assert fit.details["theta"] == pytest.approx(expected["theta"], rel=1e-6)


def test_clustered_least_squares_are_lm_with_vcovcl():
    case = GOLDEN["own"]
    agree(ols_clustered(case["data"]["score"], columns(case), case["data"]["id"]), case["ols"])


@pytest.mark.parametrize("key", ["step", "series"])
def test_series_are_those_of_newey_west(key):
    case = GOLDEN[key]
    lag = 2 if key == "step" else None
    fit = newey_west(case["data"]["y"], columns(case), lag)
    agree(fit, case)
    assert fit.details["lag"] == case["lag"]
