"""What makes answers come sooner: known effects come back, and where the model does not fit the words say so."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.analysis import latency
from twoway.analysis.latency import COVARIATES, FLAGS, fit_latency
from twoway.errors import NotEnoughEvidence, SchemaError, TwowayError, UnknownName
from twoway.figures import alt_text
from twoway.figures.coefficients import plot_ratios
from twoway.inference.hazards import cox

TRUTH = {"is_bystander": -0.7, "has_question": 0.5, "log_words": -0.2, "hour_band: night": -0.4}


def turns(n=3000, persons=600, seed=2, fading=False, **changes):
    """Draw turns with known hazard ratios, persons alike, and a pace of its own for each organization."""
    rng = np.random.default_rng(seed)
    person, unit = rng.integers(0, persons, n), rng.integers(0, 4, n)
    table = pd.DataFrame(
        {
            "turn_id": [str(i) for i in range(n)],
            "unit_id": [f"org {u}" for u in unit],
            "account_id": [f"org {u} care" for u in unit],
            "person_id": [f"p{i}" for i in person],
            "is_due": 1,
            "is_answered": 1,
            "log10_followers": rng.normal(2, 0.5, persons)[person],
            "is_bystander": (rng.random(n) < 0.2).astype(int),
            "hour_band": rng.choice(["night", "morning", "afternoon", "evening"], n),
            "is_weekend": (rng.random(n) < 2 / 7).astype(int),
            "log_words": rng.normal(2.5, 0.5, n),
            "has_question": (rng.random(n) < 0.5).astype(int),
            "is_first_contact": (rng.random(n) < 0.6).astype(int),
            "month": rng.choice(["2024-01", "2024-02"], n),
        }
    )
    risk = table["is_bystander"] * -0.7 + table["log_words"] * -0.2 + (table["hour_band"] == "night") * -0.4
    risk += 0.0 if fading else 0.5 * table["has_question"]
    pace = np.exp(risk) / np.array([600, 1800, 3600, 9000])[unit]
    wait = rng.exponential(1, n) / pace * np.where(fading & (table["has_question"] == 1), 0.1, 1.0)
    if fading:
        asked = (table["has_question"] == 1).to_numpy()
        wait = np.where(asked, 1800 * (wait / 180) ** 2.5, wait)
    watched = rng.uniform(3600, 20 * 86_400, n)
    table["time_s"] = np.ceil(np.minimum(wait, watched))
    table["event"] = (wait <= watched).astype(int)
    return table.assign(**changes)


@pytest.fixture
def fit_to(monkeypatch):
    """Fit a made table in place of the one drawn from a talk."""

    def fit(table, covariates=None, **options):
        monkeypatch.setattr(latency, "turn_covariates", lambda _: table)
        monkeypatch.setattr(latency, "answering_flags", lambda _: ())
        return fit_latency(SimpleNamespace(definitions=tw.Definitions(), corpus=None), covariates, **options)

    return fit


@pytest.fixture(scope="module")
def town(town_talk):
    return fit_latency(town_talk)


def test_known_effects_come_back(fit_to):
    fit = fit_to(turns())
    rows = fit.table.set_index("term")
    for term, effect in TRUTH.items():
        assert rows["low"][term] < np.exp(effect) < rows["high"][term], term
    for term in ("is_weekend", "log10_followers", "is_first_contact"):
        assert rows["low"][term] < 1 < rows["high"][term], term
    assert fit.flags == ()
    assert fit.baselines == {"hour_band": "morning"}
    assert fit.covariates == COVARIATES


def test_it_is_the_model_written_out(fit_to):
    table = turns(800)
    fit = fit_to(table, ["has_question", "hour_band"])
    x = pd.DataFrame({"q": table["has_question"], **{b: table["hour_band"] == b for b in ("afternoon", "evening")}})
    x["night"] = table["hour_band"] == "night"
    plain = cox(table["time_s"], table["event"], x.astype(float), strata=table["unit_id"], clusters=table["person_id"])
    assert fit.table["hazard_ratio"].to_numpy() == pytest.approx(plain.table["hazard_ratio"].to_numpy())
    assert fit.table["low"].to_numpy() == pytest.approx(plain.table["low"].to_numpy())
    assert fit.table["term"].tolist() == ["has_question", *(f"hour_band: {b}" for b in x.columns[1:])]
    assert fit.proportionality.table["term"].tolist() == ["has_question", "hour_band", "all"]
    assert fit.proportionality.is_robust


def test_a_ratio_that_fades_is_said_plainly_and_remedied(fit_to):
    fit = fit_to(turns(fading=True), ["has_question", "is_bystander"])
    assert fit.not_proportional[0] == "has_question"
    assert "not_proportional" in fit.flags
    assert "Hazards are not proportional for has_question" in str(fit)
    assert "Use .rmst_difference() or .split()" in str(fit)
    split = fit.split(30).set_index(["period", "term"])["hazard_ratio"]
    assert split["early", "has_question"] > 1.15 > 0.9 > split["late", "has_question"]
    gap = fit.rmst_difference("has_question").iloc[0]
    assert (gap["first"], gap["second"]) == ("yes", "no")
    assert gap["low"] < gap["difference"] < gap["high"]
    assert set(fit.rmst_difference()["covariate"]) == set(fit.not_proportional)


def test_where_all_is_well_nothing_is_said_of_it(fit_to):
    fit = fit_to(turns(), ["has_question", "log_words", "hour_band"])
    assert "not proportional" not in str(fit)
    sides = fit.rmst_difference()
    assert sides["covariate"].tolist() == ["has_question", "log_words", *["hour_band"] * 3]
    assert sides["first"].tolist()[2:] == ["afternoon", "evening", "night"]
    assert sides["first"][1].startswith("above 2.")
    assert sides["difference"][0] < 0  # questions wait less
    assert sides["high"][0] < 0


def test_strata_take_out_the_pace_of_organizations(fit_to):
    table = turns(fading=False)
    # Slow organizations get the questions: all with all, questions would seem to wait longer.
    slow = table["unit_id"].isin(["org 2", "org 3"])
    table = table[(table["has_question"] == slow) | (table.index % 3 == 0)].reset_index(drop=True)
    within, across = (
        fit_to(table, ["has_question"], strata=s).table["hazard_ratio"][0] for s in ("organization", None)
    )
    assert within > 1.3
    assert across < 1
    assert "within each organization" in str(fit_to(table, ["has_question"]))
    assert fit_to(table, ["has_question"], strata="account").model.n_strata == 4


def test_a_covariate_that_is_never_answered_is_held_back(fit_to):
    table = turns(600, seed=3)
    ignored = table["is_bystander"] == 1
    table = table.assign(event=np.where(ignored, 0, table["event"]), log10_followers=np.nan)
    fit = fit_to(table, ["is_bystander", "has_question"])
    assert fit.flags == ("separated",)
    assert fit.table["flags"].tolist() == ["separated", ""]
    # A ratio that is held back has no course over time that could be tested.
    assert fit.proportionality.table["p"].isna().tolist() == [True, False, False]
    assert fit.table["high"][0] < 1
    assert "held back by a penalty" in str(fit)
    assert any("separated: " in text.get_text() for text in fit.plot().texts)


def test_what_is_unknown_is_left_out_and_counted(fit_to):
    table = turns(900)
    some = table.assign(log10_followers=table["log10_followers"].where(table.index % 4 > 0))
    fit = fit_to(some)
    assert (fit.n_left_out, fit.model.n) == (225, 675)
    assert "unknown_covariates" in fit.flags
    mostly = table.assign(log10_followers=table["log10_followers"].where(table.index % 4 == 0), is_weekend=0)
    fit = fit_to(mostly)
    assert fit.n_left_out == 0
    assert fit.covariates == tuple(c for c in COVARIATES if c not in ("log10_followers", "is_weekend"))
    with pytest.raises(NotEnoughEvidence, match="Nothing is known of 'log10_followers'"):
        fit_to(table.assign(log10_followers=np.nan), ["log10_followers"])


def test_refusals(fit_to):
    table = turns(200)
    with pytest.raises(UnknownName, match="'has_questions' is not a known covariate. Did you mean 'has_question'"):
        fit_to(table, ["has_questions"])
    with pytest.raises(UnknownName, match="'organisation' is not a known strata. Did you mean 'organization'"):
        fit_to(table, strata="organisation")
    with pytest.raises(TwowayError, match="'is_answered' is not known before the answer"):
        fit_to(table, ["is_answered"])
    with pytest.raises(NotEnoughEvidence, match="No turn was answered while it was watched"):
        fit_to(table.assign(event=0))
    with pytest.raises(NotEnoughEvidence, match="No covariate varies"):
        fit_to(table.assign(is_weekend=0), ["is_weekend"])
    with pytest.raises(UnknownName, match="'month' is not a known covariate of this model"):
        fit_to(table, ["has_question"]).rmst_difference("month")
    with pytest.raises(NotEnoughEvidence, match="No wait ended in the event"):
        fit_to(table, ["has_question"]).split(60 * 24 * 365)


def test_a_real_talk(town):
    assert (town.model.n, town.model.n_events, town.model.n_strata) == (6284, 4015, 16)
    assert str(town).startswith("Of 6,284 turns owed, 4,015 were answered. Hazard ratios within each organization")
    assert set(town.flags) <= set(FLAGS)
    assert "<table" in town._repr_html_()
    copy = town.to_frame()
    copy["p"] = 0
    assert town.table["p"].max() > 0


def test_thin_evidence_is_flagged():
    fit = fit_latency(tw.annotate(tw.load_corpus("twelve_posts")))
    assert {"few_events", "few_clusters"} <= set(fit.flags)
    assert "Fewer than 10 events for each covariate" in str(fit)


def test_the_forest(town):
    axes = town.plot()
    assert "Forest plot of hazard ratios for 9 terms" in alt_text(axes)
    low, high = axes.get_xlim()
    assert low * high == pytest.approx(1)
    assert "answered sooner" in axes.get_xlabel()
    assert [tick.get_text() for tick in axes.get_yticklabels()][1] == "several organizations addressed at once"
    assert "afternoon rather than morning" in [tick.get_text() for tick in axes.get_yticklabels()]


def test_the_forest_of_any_ratios():
    table = pd.DataFrame(
        {
            "term": ["a$b", "far", "lost"],
            "odds_ratio": [1.4, 900.0, np.nan],
            "low": [0.9, 20, np.nan],
            "high": [2.2, 4e6, 1],
        }
    )
    axes = plot_ratios(table, labels={"far": "far away"}, less="fewer", more="more")
    assert "odds ratios for 2 terms" in alt_text(axes)
    assert "Away from 1: far" in alt_text(axes)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a$b", "far away"]
    assert axes.get_xlim()[1] == pytest.approx(50)
    assert "None could be estimated" in alt_text(plot_ratios(table.tail(1)))
    with pytest.raises(SchemaError, match="The table has no column 'low'"):
        plot_ratios(table.drop(columns="low"))
