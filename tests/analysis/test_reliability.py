"""Whether differences between units would be found again."""

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.analysis.halves import UnitMonths, evidence_of
from twoway.analysis.reliability import Reliability, _fullest, reliability
from twoway.errors import NotEnoughEvidence, UnknownName
from twoway.inference.reliability import icc_agreement
from twoway.metrics.prepared import Grouping
from twoway.metrics.registry import get_metric

#: One of each kind of metric.
KINDS = [
    "response_rate", "persons_per_100_directed", "burstiness", "latency_median", "answered_within_24h", "cif_open_24h",
    "conversation_size_p90", "broadcast_strategy_score", "deflect_part", "strategy_z1", "persons_rarefied",
    "new_tie_rate",
]  # fmt: skip


@pytest.fixture(scope="module")
def talk(town_talk):
    return town_talk


@pytest.fixture(scope="module")
def card(talk):
    return tw.measure(talk, KINDS, by="organization").table.set_index(["unit_id", "metric"])


@pytest.mark.parametrize("metric", KINDS)
def test_all_clusters_together_give_the_value_of_the_scorecard(talk, card, metric):
    grouping = Grouping(talk, "organization")
    names = grouping.unit_names()
    found = {names[unit]: e for unit, e in evidence_of(talk, get_metric(metric), grouping).items() if unit in names}
    for unit, evidence in found.items():
        row = card.loc[unit, metric]
        assert evidence.value() == pytest.approx(row["value"], nan_ok=True), unit
        if not np.isnan(row["value"]):
            assert round(evidence.n) == row["n"], unit


def test_halves_share_no_person_and_leave_none_out(talk):
    found = evidence_of(talk, get_metric("response_rate"), Grouping(talk, "organization"))
    one = next(iter(found.values()))
    masks = np.eye(one.size, dtype=bool)
    values, rest = one.ask(masks), one.ask(~masks)
    assert np.isfinite(rest).all()
    first, second = one.halves(50, np.random.default_rng(1))
    assert np.nanmin(values) >= 0
    assert abs((first + second).mean() / 2 - one.value()) < 0.05


@pytest.mark.parametrize("metric", ["response_rate", "answered_within_24h"])
def test_the_spread_of_halves_is_the_standard_error(talk, card, metric):
    found = reliability(talk, metric, splits=400).table.set_index("unit_id")["half_se"]
    rows = card.xs(metric, level="metric")
    width = (rows["high"] - rows["low"]) / (2 * 1.96)
    assert (found / width).median() == pytest.approx(1, abs=0.1)


def test_the_numbers_fit_each_other(talk):
    found = reliability(talk, "mention_share", splits=200)
    assert isinstance(found, Reliability)
    assert found.reliability == pytest.approx(2 * found.r / (1 + found.r))
    assert found.needed_n == pytest.approx(found.n * 4 * (1 - found.reliability) / found.reliability)
    assert found.low <= found.reliability <= found.high
    assert found.splits == 200
    assert f"halves correlate {found.r:.2f}" in str(found)
    assert reliability(talk, "mention_share", splits=200).r == found.r


def test_months_agree_as_their_own_measurement_says(talk):
    """The agreement of months, from a scorecard of each month on its own."""
    found = reliability(talk, "broadcast_index", splits=10)
    cells, posted = {}, Grouping(talk, "organization")
    for key, e in evidence_of(talk, get_metric("broadcast_index"), UnitMonths(posted)).items():
        if e.n >= 3:
            cells[UnitMonths.parts(key)] = e.value()
    table = pd.Series(cells).unstack().dropna()
    assert found.icc.value == pytest.approx(icc_agreement(table).value)
    assert (found.n_month_units, found.n_months) == table.shape
    months = tw.measure(talk, ["broadcast_index"], by="month").table
    assert set(months["unit_id"].str.replace("-", "").astype(int)) >= set(table.columns)


def test_slow_metrics_are_split_less_often(talk):
    found = reliability(talk, "latency_median", splits=1000)
    assert found.splits == 100
    assert "fewer_splits" in found.flags
    assert found.scale == "log"


def test_small_units_can_be_left_out(talk):
    every, large = (reliability(talk, "deflection_rate", splits=20, min_n=n) for n in (None, 100))
    assert large.n_units < every.n_units
    assert "fewer than 100 observations" in set(large.table["reason"])


def test_too_few_units_have_no_reliability(talk):
    found = reliability(talk, "response_rate", by="corpus", splits=20)
    assert np.isnan(found.r)
    assert "few_units" in found.flags
    assert "cannot be told from 1 units" in str(found)
    assert "<p>" in found._repr_html_()


def test_unknown_and_unknowable_metrics_are_refused(talk):
    with pytest.raises(UnknownName):
        reliability(talk, "respons_rate")
    with pytest.raises(NotEnoughEvidence, match="no column 'is_restricted'"):
        reliability(talk, "host_gate_share")


def test_the_fullest_table_of_months():
    nan = np.nan
    table = pd.DataFrame({1: [1, 2, 3, 4.0], 2: [1, 2, 3, nan], 3: [nan, nan, nan, 1], 4: [1, 2, nan, nan]})
    assert _fullest(table).shape == (3, 2)
    assert _fullest(table.iloc[:2]).empty
