"""What became of turns owed: against counting by hand, and the words and pictures of it."""

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.analysis.competing import CumulativeIncidence, GrayTest, cumulative_incidence
from twoway.errors import NotEnoughEvidence, SchemaError, UnknownName
from twoway.figures import alt_text, svg_text
from twoway.figures.incidence import plot_incidence

CAUSES = ["open_answer", "escalate", "deflect", "acknowledge"]


@pytest.fixture(scope="module")
def talk(town_talk):
    return town_talk


@pytest.fixture(scope="module")
def found(talk):
    return cumulative_incidence(talk)


def test_the_table_says_what_became_of_the_turns(found):
    columns = ["unit_id", "cause", "minutes", "incidence", "low", "high", "n_at_risk", "n_clusters", "method", "flags"]
    assert list(found.table.columns) == columns
    assert found.table["unit_id"].nunique() == 16
    assert list(found.table["cause"].unique()) == CAUSES
    rows = found.table
    assert ((rows["low"] <= rows["incidence"] + 1e-12) & (rows["incidence"] <= rows["high"] + 1e-12)).all()
    total = rows.groupby(["unit_id", "minutes"])["incidence"].sum()
    assert (total <= 1 + 1e-9).all()
    start = rows[rows["minutes"] == 0]
    assert (start["incidence"] == 0).all()
    assert len(start) == 16 * 4


def test_without_early_censoring_it_is_counting(found):
    for unit, rows in found.waits.groupby("unit_id"):
        early = rows[(rows["cause"] == 0) & (rows["time"] < 3600)]
        if early.empty:
            counted = ((rows["cause"] == 3) & (rows["time"] <= 3600)).mean()
            assert found.curves[unit].at("deflect", 3600).value == pytest.approx(counted)


def test_it_is_the_metric_of_the_same_name(talk, found):
    card = tw.measure(talk, by="organization", metrics=["cif_open_24h", "cif_deflect_24h", "open_answer_share"])
    day = found.at(1440)
    for metric, cause in (("cif_open_24h", "open_answer"), ("cif_deflect_24h", "deflect")):
        measured = card.table[card.table["metric"] == metric].set_index("unit_id")
        ours = day[day["cause"] == cause].set_index("unit_id").reindex(measured.index)
        assert ours["incidence"].to_numpy() == pytest.approx(measured["value"].to_numpy())
        assert ours["high"].to_numpy() == pytest.approx(measured["high"].to_numpy())
    measured = card.table[card.table["metric"] == "open_answer_share"].set_index("unit_id")
    ours = found.open_answer_share().set_index("unit_id").reindex(measured.index)
    assert ours["share"].to_numpy() == pytest.approx(measured["value"].to_numpy())


def test_gray_tells_units_apart_and_warns_of_repeated_askers(found):
    test = found.gray()
    assert isinstance(test, GrayTest)
    assert test.table["cause"].tolist() == CAUSES
    assert (test.table["df"] == 15).all()
    assert (test.table["p"] < 1e-4).all()
    assert (test.table["flags"] == "repeated_waits").all()
    assert "deflect p < 0.0001" in str(test)
    assert "its p is too small" in str(test)
    assert found.gray("deflect").table["statistic"].tolist() == [test.table["statistic"][2]]
    assert "<table" in test._repr_html_()
    with pytest.raises(UnknownName, match="'defect' is not a known cause. Did you mean 'deflect'"):
        found.gray("defect")


def test_words_and_frames(found):
    assert str(found).startswith("Of 6,284 turns owed to 16 units, 2,269 were seen unanswered; ended 1,208 by open")
    copy = found.to_frame()
    copy["incidence"] = 0
    assert found.table["incidence"].max() > 0
    assert "deflect within 24 h" in found._repr_html_()
    assert "repeated" not in repr(found)[:50]


@pytest.mark.parametrize("by", ["account", "role", "month", "corpus"])
def test_every_level(talk, by):
    some = cumulative_incidence(talk, by=by)
    assert sum(curve.n for curve in some.curves.values()) == pytest.approx(6284, abs=100)


def test_one_unit_cannot_be_compared(talk):
    whole = cumulative_incidence(talk, by="corpus")
    assert list(whole.curves) == ["all"]
    with pytest.raises(NotEnoughEvidence, match="There is 1 unit, and two are needed"):
        whole.gray()


def test_names_are_escaped(found):
    curves = {"<b>&": next(iter(found.curves.values()))}
    hostile = CumulativeIncidence(found.table.head(4).assign(unit_id="<b>&"), curves, "organization", found.waits)
    assert "<b>&" not in hostile._repr_html_()


def test_a_source_without_text_is_refused():
    posts = pd.DataFrame(
        {
            "post_id": ["1", "2"],
            "account_id": ["ann", "care"],
            "created_at": ["2024-01-01T10:00:00", "2024-01-01T11:00:00"],
            "mentions": ["care", "ann"],
        }
    )
    accounts = pd.DataFrame({"account_id": ["ann", "care"], "handle": ["ann", "care"], "role": ["public", "care"]})
    with pytest.raises(NotEnoughEvidence, match="The source has no text"):
        cumulative_incidence(tw.annotate(tw.Corpus(posts, accounts)))


def test_pictures(found):
    panels = found.plot()
    assert len(panels) == 12
    assert "Tarnfold Bank: 515 turns; after 7 d" in alt_text(panels)
    one = found.plot(units=["Halvolt Power"], kind="lines")
    assert one.get_title() == "Halvolt Power  (n = 399)"
    assert one.get_ylim()[1] < 0.5
    again = plot_incidence(found.table, ax=found.plot(units=["Halvolt Power"]))
    assert again.get_title().startswith("Tarnfold Bank")
    assert "<svg" in svg_text(one)
    areas = found.plot(units=["Halvolt Power"]).collections
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in areas]
    assert np.all(np.diff(tops) > 0)


def test_pictures_of_causes_of_the_users_own(found):
    renamed = found.table.replace({"cause": {"deflect": "handed <off>", "escalate": "other"}})
    axes = plot_incidence(renamed, units=["Halvolt Power"])
    assert [text.get_text() for text in axes.get_legend().get_texts()][-2:] == [
        "still waiting",
        "not watched any longer",
    ]


def test_pictures_refuse(found):
    with pytest.raises(UnknownName, match="'Nobody' is not a known unit of these curves"):
        found.plot(units=["Nobody"])
    with pytest.raises(UnknownName, match="'piled' is not a known kind of plot"):
        found.plot(kind="piled")
    with pytest.raises(SchemaError, match="The table has no column 'cause'"):
        plot_incidence(found.table.drop(columns="cause"))
    with pytest.raises(SchemaError, match="The table holds no unit"):
        plot_incidence(found.table.head(0))
