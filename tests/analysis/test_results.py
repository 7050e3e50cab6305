"""What all results share: a talk is asked for, one sentence is written, and what the corpus cannot show is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import annotated, post, tables

import twoway as tw
from twoway.analysis.attention import attention_by_followers
from twoway.analysis.census import dyad_census
from twoway.analysis.competing import cumulative_incidence
from twoway.analysis.hours import business_latency
from twoway.analysis.latency import fit_latency
from twoway.analysis.nulls import null_test
from twoway.analysis.ranking import rank
from twoway.analysis.reliability import reliability
from twoway.analysis.response import fit_response
from twoway.analysis.shifts import participation_shifts
from twoway.errors import SchemaError, TwowayError, UnknownName

ASKED = {
    "adverse_coverage": tw.adverse_coverage,
    "attention_by_followers": attention_by_followers,
    "audience_fit": lambda talk: tw.audience_fit(talk, draws=2),
    "business_latency": business_latency,
    "compare": lambda talk: tw.compare(talk, "response_rate"),
    "cumulative_incidence": cumulative_incidence,
    "dyad_census": dyad_census,
    "fit_latency": fit_latency,
    "fit_response": fit_response,
    "null_test": null_test,
    "participation_shifts": participation_shifts,
    "reliability": lambda talk: reliability(talk, "response_rate", splits=5),
    "silence_curve": tw.silence_curve,
}

SELECTED = "the collection seems to be chosen by its answers, so rates of answering say little"


@pytest.fixture(scope="module")
def town(town_talk):
    return town_talk


@pytest.fixture(scope="module")
def small():
    return tw.annotate(tw.load_corpus("twelve_posts"))


@pytest.fixture(scope="module")
def chosen():
    """Two brands of which only answered threads were collected."""
    rows = []
    for i in range(80):
        brand, at = ("shop", "bank")[i % 2], 300 * i
        rows.append(post(f"q{i}", f"p{i % 37}", at, f"@{brand} where is it{'?' if i % 3 else ''}"))
        # The last is answered late, so that not all turns have the same outcome.
        rows.append(post(f"a{i}", brand, at + 3 + i % 11, f"@p{i % 37} here it is", f"q{i}"))
    rows.append(post("q", "p1", 300 * 80, "@shop and now?"))
    rows.append(post("end", "p2", 300 * 200, "good night"))
    return annotated(*tables(rows, {"shop": "official", "bank": "official"}), focus=["shop", "bank"])


@pytest.mark.parametrize("name", ASKED)
def test_a_corpus_is_no_talk(small, name):
    with pytest.raises(SchemaError) as caught:
        ASKED[name](small.corpus)
    assert str(caught.value) == (
        f"This is a corpus, and nobody has said yet who answers whom. It was given to {name}. Pass tw.annotate(corpus)."
    )
    with pytest.raises(SchemaError, match=f"This is no talk. It was given to {name}."):
        ASKED[name](small.corpus.posts)


@pytest.mark.parametrize("name", sorted(set(ASKED) - {"participation_shifts", "dyad_census", "null_test"}))
def test_a_result_is_one_line_and_can_be_held_against_itself(town, name):
    found = ASKED[name](town)
    assert "\n" not in str(found)
    assert str(found).endswith(".")
    assert (found == found) is True  # noqa: PLR0124
    assert found != ASKED[name](town)


def test_a_collection_chosen_by_its_answers_is_said_to_be(chosen):
    ranking, curve = rank(chosen, "response_rate_24h"), tw.silence_curve(chosen)
    assert "reply_selected" in ranking.flags
    assert SELECTED[1:] in str(ranking)
    fates = cumulative_incidence(chosen)
    for found in (curve, fates):
        assert "reply_selected" in found.flags
        assert found.table["flags"].str.contains("reply_selected").all()
        assert str(found).endswith(f"; {SELECTED}.")
    model = fit_latency(chosen, "has_question")
    assert "reply_selected" in model.flags
    assert SELECTED[1:] in str(model)
    assert "reply_selected" in business_latency(chosen, hours="mon-fri 09:00-17:00").bands["flags"].iloc[0]


def test_odds_of_an_answer_carry_the_flags_of_the_corpus(town, monkeypatch):
    monkeypatch.setattr("twoway.analysis.response.answering_flags", lambda _: ("reply_selected",))
    fit = fit_response(town, "has_question")
    assert "reply_selected" in fit.flags.split(",")
    assert str(fit).endswith(f"; {SELECTED}.")
    assert fit.sentences[-1] == "This is what goes together, not what causes what."
    assert fit.table["term"].tolist() == ["has_question"]


def test_a_silence_curve_states_what_was_found(town):
    curve = tw.silence_curve(town, "corpus")
    whole = curve.curves["all"]
    assert str(curve) == (
        f"Of 6,284 turns owed to all, half were answered within {whole.quantile(0.5).value / 60:,.0f} minutes;"
        f" {whole.at(86_400.0).value:.0%} still wait after 24 hours."
    )
    assert str(curve) in curve._repr_html_()
    many = tw.silence_curve(town)
    assert "and in 4 units fewer than half ever; after 24 hours, between" in str(many)
    assert set(many.table["method"]) == {"log_log_clustered"}
    for name, rows in many.table.groupby("unit_id"):
        assert set(rows["n_clusters"]) == {many.curves[name].n_clusters}


def test_incidences_and_attention_say_how_they_were_found(small, town):
    fates = cumulative_incidence(small).table
    assert set(fates["n_clusters"]) == {4}
    assert set(fates["flags"]) == {"orphan_share,few_clusters"}
    people = attention_by_followers(town)
    assert set(people.table["method"]) == {"jackknife_wilson"} or people.table["method"].notna().all()
    assert people.table["flags"].eq("").all()
    assert str(people) == people.sentences[0]
    assert str(attention_by_followers(town, "organization")).startswith("Of 16 organizations, ")


@pytest.mark.parametrize("bins", [0, 1, 2.5])
def test_attention_needs_bins_and_a_level(town, bins):
    with pytest.raises(TwowayError, match=f"bins={bins} leaves nothing to compare. It was given to attention_by_foll"):
        attention_by_followers(town, bins=bins)
    with pytest.raises(UnknownName, match="'rolle' is not a known level of attention_by_followers"):
        attention_by_followers(town, "rolle")


@pytest.mark.parametrize("ask", [fit_response, fit_latency, null_test])
def test_an_empty_list_is_no_question(small, ask):
    with pytest.raises(TwowayError, match=f"is named. An empty list was given to {ask.__name__}"):
        ask(small, [])


def test_numbers_of_draws_and_splits_are_whole(small):
    with pytest.raises(TwowayError, match=r"draws=2.5 says nothing of chance. It was given to null_test."):
        null_test(small, "memory", draws=2.5)
    for splits in (-1, 0, 1.5):
        with pytest.raises(TwowayError, match=f"splits={splits} is no number of splits. It was given to reliability."):
            reliability(small, "response_rate", splits=splits)


def test_business_hours_by_any_level(town):
    roles = business_latency(town, "role", hours="mon-fri 09:00-18:00")
    assert (
        set(roles.bands["unit_id"])
        == set(roles.table["unit_id"])
        == {
            *("care", "employee", "executive", "official", "regional"),
        }
    )
    assert set(roles.table["hours"]) == {"mon-fri 09:00-18:00"}
    turns = roles.bands.groupby("unit_id")["n"].sum()
    assert turns.sum() == 6284
    known = roles.bands.dropna(subset=["rmst_low", "rmst_high"])
    assert len(known) > 10
    assert (known["rmst_low"] < known["rmst"]).all()
    assert (known["rmst"] < known["rmst_high"]).all()
    months = business_latency(town, "month")
    assert set(months.bands["unit_id"]) <= set(months.table["unit_id"])
    assert months.table["hours"].iloc[0] == "those of each of 12 organizations"
    each, accounts = business_latency(town), business_latency(town, "account")
    own = each.table.set_index("unit_id")["hours"]
    assert accounts.table.set_index("unit_id").loc["skerrow_care", "hours"] == own["Skerrow Air"]


def test_business_hours_that_are_unknown_have_a_reason_and_doubt_is_said(town):
    found = business_latency(town)
    unknown = found.table[found.table["hours"] == "unknown"]
    assert unknown["reason"].eq("no opening hours are stated, and too few of its posts to persons show any").all()
    assert len(unknown) == 4
    assert "4 have no known opening hours" in str(found)
    for row, sentence in zip(found.table.itertuples(), found.sentences, strict=True):
        if row.reason:
            assert sentence == f"{row.unit_id} cannot be judged by the clock: {row.reason}."
        elif row.penalty_low <= 0 <= row.penalty_high:
            assert "whether asking after hours means a longer wait cannot be told" in sentence
        else:
            assert f"asking after hours means {abs(row.penalty):,.0f} minutes longer" in sentence


def test_one_unit_is_no_ranking(town):
    assert str(rank(town, "response_rate", by="corpus")) == (
        "Nothing can be ranked by response_rate: only all has a value with an interval."
    )


def test_a_ranking_carries_what_the_collection_could_hide(town):
    card = tw.measure(town, "response_rate", by="organization")
    found = rank(card, "response_rate")
    rows, want = (table.set_index("unit_id").sort_index() for table in (found.table, card.table))
    columns = ["lower_bound", "upper_bound", "n_clusters"]
    pd.testing.assert_frame_equal(rows[columns], want[columns], check_dtype=False)
    wider = (rows["lower_bound"] < rows["low"]) | (rows["upper_bound"] > rows["high"])
    said = f"What the collection could hide reaches beyond the interval of {wider.sum()} of them."
    assert (said in str(found)) == bool(wider.any())
    hidden = card.to_frame().assign(lower_bound=0.0, upper_bound=1.0)
    open_ = rank(tw.Scorecard(hidden, talk=town, by="organization"), "response_rate")
    assert "What the collection could hide reaches beyond the interval of 16 of them." in str(open_)
    assert "upper_bound" in open_._repr_html_()


def test_answers_are_shuffled_for_bystanders_and_the_most_followed(town):
    names = ["bystander_ratio", "top_followed_share"]
    found = null_test(town, names, draws=60, progress=False).table
    card = tw.measure(town, names, by="organization").wide()
    for name in names:
        rows = found[found["metric"] == name].set_index("unit_id")
        assert set(rows["null"]) == {"N1 shuffled answers"}
        np.testing.assert_allclose(rows["observed"], card[name].reindex(rows.index))
        # Where the crowd is answered as everybody is, and prominence earns nothing, values lie within the null's range.
        assert rows["z"].abs().median() < 2
        assert (rows["null_mean"] - rows["observed"].mean()).abs().mean() < 0.2
