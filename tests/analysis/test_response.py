"""What goes with an answer: known effects come back, what cannot be shown is left out by name, and words say so."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import twoway as tw
from twoway.analysis import response
from twoway.analysis.response import COVARIATES, fit_response
from twoway.analysis.response_result import COLUMNS
from twoway.errors import NotEnoughEvidence, TwowayError, UnknownName
from twoway.inference.models import gee_logit

TRUTH = {"log10_followers": 0.5, "is_bystander": -0.8, "has_question": 0.4, "log_words": 0.0}


def turns(seed=1, n=4000, persons=900, organizations=4, **changes):
    """Draw turns with known effects, persons alike, and a level of its own for each organization."""
    rng = np.random.default_rng(seed)
    person = rng.integers(0, persons, n)
    unit = rng.integers(0, organizations, n)
    table = pd.DataFrame(
        {
            "unit_id": [f"org {u}" for u in unit],
            "account_id": [f"org {u} care" for u in unit],
            "person_id": [f"p{i}" for i in person],
            "is_due": (rng.random(n) < 0.95).astype(int),
            "log10_followers": np.log10(1 + np.floor(rng.lognormal(5, 1.5, persons)))[person],
            "is_bystander": (rng.random(n) < 0.15).astype(int),
            "has_question": (rng.random(n) < 0.5).astype(int),
            "log_words": rng.normal(2.5, 0.5, n),
            "is_weekend": (rng.random(n) < 2 / 7).astype(int),
            "hour_band": rng.choice(["night", "morning", "afternoon", "evening"], n, p=[0.1, 0.3, 0.4, 0.2]),
            "is_first_contact": (rng.random(n) < 0.6).astype(int),
            "month": rng.choice(["2024-01", "2024-02"], n),
        }
    )
    log_odds = (
        -1 + np.array([-0.5, 0, 0.5, 1.5])[unit % 4] + table[list(TRUTH)].to_numpy(dtype=float) @ [*TRUTH.values()]
    )
    own = 0.6 * rng.normal(size=persons)[person] + 0.8 * rng.normal(size=n)
    table["is_answered"] = (pd.Series(own).rank(pct=True) < expit(log_odds)).astype(int) * table["is_due"]
    return table.assign(**changes)


@pytest.fixture
def fit_to(monkeypatch):
    """Fit a made table in place of the one drawn from a talk."""

    def fit(table, covariates=None, **options):
        monkeypatch.setattr(response, "turn_covariates", lambda _: table)
        monkeypatch.setattr(response, "answering_flags", lambda _: ())
        return fit_response(SimpleNamespace(definitions=tw.Definitions(), corpus=None), covariates, **options)

    return fit


@pytest.fixture(scope="module")
def town(town_talk):
    return town_talk


# --- right numbers -----------------------------------------------------------------------------------------------


def test_known_effects_come_back(fit_to):
    fit = fit_to(turns(n=30_000, persons=6000))
    rows = fit.table.set_index("term")
    for term, truth in TRUTH.items():
        assert rows.loc[term, "coefficient"] == pytest.approx(truth, abs=3.5 * rows.loc[term, "se"])
        assert rows.loc[term, "ratio"] == pytest.approx(np.exp(truth), rel=0.15)
    for term in ("is_weekend", "is_first_contact", "hour_band[evening]"):
        assert rows.loc[term, "ratio"] == pytest.approx(1, abs=0.15)
    assert fit.fits["all"].details["correlation"] > 0.1
    assert fit.flags == ""


def test_the_table_is_that_of_the_model_with_levels_of_organizations(fit_to):
    table = turns()
    due = table[table["is_due"] == 1]
    columns = {name: due[name] for name in TRUTH}
    columns |= {f"org {u}": due["unit_id"] == f"org {u}" for u in (1, 2, 3)}
    other = gee_logit(due["is_answered"], columns, due["person_id"], 0.9).table.iloc[1:5]
    fit = fit_to(table, list(TRUTH), level=0.9)
    assert list(fit.table) == COLUMNS
    assert fit.table["term"].tolist() == list(TRUTH)
    ours = fit.table[["ratio", "low", "high", "coefficient", "se", "p"]].to_numpy()
    theirs = other[["ratio", "ratio_low", "ratio_high", "coefficient", "se", "p"]].to_numpy()
    assert ours == pytest.approx(theirs, rel=1e-7)
    assert (fit.table["n"] == len(due)).all()
    assert fit.level == 0.9


def test_levels_of_organizations_keep_them_apart(fit_to):
    """An organization that answers more and is asked more questions does not make questions look answered."""
    table = turns(n=20_000)
    rng = np.random.default_rng(2)
    often = table["unit_id"] == "org 3"
    asked = (rng.random(20_000) < np.where(often, 0.9, 0.2)).astype(int)
    answered = (rng.random(20_000) < np.where(often, 0.9, 0.3)).astype(int) * table["is_due"]
    row = fit_to(table.assign(has_question=asked, is_answered=answered), ["has_question"]).table.iloc[0]
    assert row["low"] < 1 < row["high"]
    assert row["high"] < 1.3


def test_each_organization_on_its_own(fit_to):
    table = turns()
    fit = fit_to(table, by="organization")
    assert list(fit.fits) == [f"org {u}" for u in range(4)]
    alone = fit_to(table[table["unit_id"] == "org 2"])
    ours = fit.table[fit.table["unit_id"] == "org 2"].set_index("term")
    columns = ["ratio", "low", "high", "n", "n_clusters"]
    theirs = alone.table.set_index("term").loc[ours.index, columns]
    assert np.allclose(ours[columns].astype(float), theirs.astype(float), rtol=1e-6)
    assert fit_to(table, by="account").table["ratio"].tolist() == pytest.approx(fit.table["ratio"].tolist())


def test_turns_that_are_not_due_do_not_count(fit_to):
    table = turns()
    undue = table["is_due"] == 0
    changed = table.assign(is_answered=table["is_answered"].mask(undue, 1))
    assert fit_to(table).table.equals(fit_to(changed).table)


# --- what is left out --------------------------------------------------------------------------------------------


def test_unknown_followers_leave_the_model_without_them(fit_to):
    fit = fit_to(turns(log10_followers=np.nan))
    assert "log10_followers" not in set(fit.table["term"])
    assert fit.left_out == {"log10_followers": "unknown"}
    assert fit.flags == "columns_unknown"
    assert "Left out: log10_followers (unknown)." in fit.sentences


def test_columns_without_variation(fit_to):
    fit = fit_to(turns(is_bystander=0, hour_band="night"))
    assert fit.left_out == {"is_bystander": "constant", "hour_band": "constant"}
    assert fit.flags == "columns_dropped"


def test_some_unknown_followers_leave_out_turns(fit_to):
    table = turns()
    table.loc[:99, "log10_followers"] = np.nan
    fit = fit_to(table)
    assert fit.flags == "rows_left_out"
    assert fit.fits["all"].n == table.loc[100:, "is_due"].sum()


def test_organizations_with_one_outcome(fit_to):
    table = turns()
    plain = fit_to(table)
    extra = turns(seed=2, n=300).assign(unit_id="silent", is_answered=0)
    fit = fit_to(pd.concat([table, extra], ignore_index=True))
    assert fit.units_left_out == {"silent": "none answered"}
    assert fit.flags == "units_left_out"
    assert fit.table["ratio"].tolist() == pytest.approx(plain.table["ratio"].tolist())
    assert "Left out: silent (none answered)." in fit.sentences


def test_organizations_of_which_too_little_is_known(fit_to):
    """What is left of an organization once turns with unknown followers are gone decides, not what there was."""
    table = turns()
    unknown, one_sided = turns(seed=2, n=200).assign(unit_id="dark", log10_followers=np.nan), turns(seed=3, n=200)
    seen = one_sided["log10_followers"].where(one_sided["is_answered"] == 1)
    one_sided = one_sided.assign(unit_id="gray", log10_followers=seen)
    fit = fit_to(pd.concat([table, unknown, one_sided], ignore_index=True))
    assert fit.units_left_out == {"dark": "covariates unknown", "gray": "all answered"}
    assert fit.table["ratio"].tolist() == pytest.approx(fit_to(table).table["ratio"].tolist())
    alone = fit_to(pd.concat([table, unknown], ignore_index=True), by="organization")
    assert "log10_followers" not in set(alone.table.loc[alone.table["unit_id"] == "dark", "term"])
    assert alone.units_left_out == {}
    assert alone.left_out == {"log10_followers": "unknown at 1 of 5"}


def test_a_covariate_that_only_tells_organizations_apart(fit_to):
    table = turns()
    fit = fit_to(table.assign(is_bystander=(table["unit_id"] == "org 1").astype(int)))
    assert fit.left_out == {"is_bystander": "collinear"}


def test_organizations_with_few_persons_cannot_stand_alone(fit_to):
    table = turns()
    few = turns(seed=3, n=60, persons=8).assign(unit_id="small")
    fit = fit_to(pd.concat([table, few], ignore_index=True), by="organization")
    assert fit.units_left_out == {"small": "fewer than 10 persons"}
    assert "small" not in fit.fits


def test_separation_is_said(fit_to):
    table = turns(n=600)
    fit = fit_to(table.assign(has_question=table["is_answered"]))
    row = fit.table.set_index("term").loc["has_question"]
    assert "separated" in row["flags"]
    assert np.isfinite([row["ratio"], row["low"], row["high"]]).all()
    assert "Beware: some terms tell answers without error" in " ".join(fit.sentences)
    assert "some terms tell answers without error" in str(fit)


@pytest.mark.parametrize("table", [turns(n=40, persons=5), turns(is_answered=1), turns(is_due=0), turns(n=40).iloc[:0]])
def test_too_little_evidence(fit_to, table):
    with pytest.raises(NotEnoughEvidence, match="persons are left whose turns could show what goes with an answer"):
        fit_to(table)


def test_unknown_names(fit_to):
    with pytest.raises(UnknownName, match="'log_followers' is not a known covariate. Did you mean 'log10_followers'"):
        fit_to(turns(), ["log_followers"])
    with pytest.raises(UnknownName, match="'role' is not a known level to fit by"):
        fit_to(turns(), by="role")
    with pytest.raises(TwowayError, match="level=95"):
        fit_to(turns(), level=95)


# --- words, tables, pictures -------------------------------------------------------------------------------------


def test_words_for_all_together(fit_to):
    fit = fit_to(turns(n=30_000, persons=6000))
    lines = fit.sentences
    assert "\n" not in str(fit)
    assert str(fit).startswith("Within 7 days, in 28,")
    assert lines[0].startswith("What goes with an answer within 7 days, in 28,")
    more, fewer = next(x for x in lines if x.startswith("More")), next(x for x in lines if x.startswith("Fewer"))
    assert "ten times as many followers (1." in more
    assert "a question in the turn (1." in more
    assert "several organizations addressed at once (0.4" in fewer
    assert lines[-1] == "This is what goes together, not what causes what."
    assert "rather than afternoon" in " ".join(lines)


def test_words_for_each_on_its_own(fit_to):
    fit = fit_to(turns(n=12_000, persons=3000), ["is_bystander"], by="organization")
    assert "several organizations addressed at once: more answers at 0 of 4 organizations, fewer at 4," in " ".join(
        fit.sentences
    )


def test_tables_are_escaped_and_copied(fit_to):
    table = turns()
    fit = fit_to(table.assign(unit_id=table["unit_id"].replace("org 1", "<i>org</i>")), by="organization")
    assert "<i>org" not in fit._repr_html_()
    copy = fit.to_frame()
    copy.loc[0, "ratio"] = 99.0
    assert fit.table.loc[0, "ratio"] != 99.0


def test_pictures(fit_to):
    fit = fit_to(turns(), by="organization")
    with pytest.raises(TwowayError, match="4 units were fitted, each on its own"):
        fit.plot()
    with pytest.raises(UnknownName, match="'org 9' is not a known unit"):
        fit.plot(unit_id="org 9")
    with pytest.raises(UnknownName, match="'question' is not a known term"):
        fit.plot(term="question")
    for ax in (fit.plot(term="has_question"), fit.plot(unit_id="org 1"), fit_to(turns()).plot()):
        assert ax.get_figure() is not None


def test_the_sample_corpora(town):
    fit = fit_response(town)
    names = {term.partition("[")[0] for term in fit.table["term"]}
    assert names == set(COVARIATES)
    assert fit.table[["ratio", "low", "high", "p"]].notna().all(axis=None)
    assert (fit.table["low"] < fit.table["ratio"]).all()
    with pytest.raises(NotEnoughEvidence, match="Only 0 persons|Only [1-9] persons"):
        fit_response(tw.annotate(tw.load_corpus("twelve_posts")))
