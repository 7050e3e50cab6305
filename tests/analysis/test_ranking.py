"""Rankings: sets of places in a metric's own direction, with reasons where there is no place."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import twoway as tw
from twoway.analysis.ranking import rank
from twoway.errors import NotEnoughEvidence, TwowayError, UnknownName
from twoway.inference.intervals import wilson
from twoway.metrics.scorecard import COLUMNS, Scorecard


@pytest.fixture(scope="module")
def talk(town_talk):
    return town_talk


@pytest.fixture(scope="module")
def card(talk):
    return tw.measure(talk, ["response_rate", "latency_median", "broadcast_index"], by="organization")


def card_of(metric, rows):
    """A scorecard from (unit, value, low, high, n, n_clusters, flags), without the talk it came from."""
    names = ["unit_id", "value", "low", "high", "n", "n_clusters", "flags"]
    table = pd.DataFrame(rows, columns=names).assign(unit="organization", metric=metric, method="by_hand")
    return Scorecard(table.reindex(columns=COLUMNS), by="organization")


def shares(counts, metric="response_rate", flags=""):
    found = [(u, wilson(k, n), n) for u, k, n in counts]
    return card_of(metric, [(u, i.value, i.low, i.high, n, n, flags) for u, i, n in found])


WAITS = card_of(
    "latency_median",
    [
        ("quick", 5.0, 4.0, 6.5, 200, 150, ""),
        ("slow", 300.0, 200.0, 450.0, 90, 80, ""),
        ("open", 250.0, 150.0, np.inf, 30, 28, "open_ended"),
        ("never", np.nan, np.nan, np.inf, 90, 60, "not_reached,open_ended,undefined"),
        ("lone", 40.0, np.nan, np.nan, 1, 1, "few_clusters,small_n"),
        ("quiet", np.nan, np.nan, np.nan, 0, 0, "undefined"),
    ],
)


def sets(found):
    rows = found.ranked
    return {row.unit_id: (int(row.rank_low), int(row.rank_high)) for row in rows.itertuples()}


def test_the_order_follows_the_metric_s_direction():
    counts = [("a", 180, 200), ("b", 100, 200), ("c", 20, 200)]
    assert sets(rank(shares(counts), "response_rate")) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}
    assert sets(rank(shares(counts, "deflection_rate"), "deflection_rate")) == {"c": (1, 1), "b": (2, 2), "a": (3, 3)}


def test_a_metric_without_a_better_end_says_so():
    rows = [(u, v, v - 0.02, v + 0.02, 300, 80, "") for u, v in (("a", 0.1), ("b", 0.5))]
    found = rank(card_of("burstiness", rows), "burstiness")
    assert sets(found) == {"b": (1, 1), "a": (2, 2)}
    assert "no_better_end" in found.flags
    assert "no end is better" in str(found)


def test_the_sentence_and_the_halves():
    found = rank(shares([("a", 195, 200), ("b", 102, 200), ("c", 100, 200), ("d", 5, 200)]), "response_rate")
    assert str(found) == (
        "4 units ranked by response_rate (highest first): 2 places are settled. a is surely first; d is surely last. "
        "1 of 6 pairs cannot be told apart with 95 % confidence in all places at once."
    )
    assert (found.ahead(), found.behind()) == (["a"], ["d"])
    assert list(found.table["rank"]) == ["1", "2–3", "2–3", "4"]
    pairs = found.pairs()
    assert len(pairs) == 5
    assert ("b", "d") in set(pairs.itertuples(index=False, name=None))


def test_nothing_can_be_said_of_like_units():
    found = rank(shares([("a", 11, 20), ("b", 10, 20), ("c", 9, 20)]), "response_rate")
    assert "no place is settled. Any of 3 may be first; any of 3 may be last. 3 of 3 pairs" in str(found)
    assert found.ahead() == found.behind() == []


def test_waits_are_ranked_on_what_is_known_of_them():
    found = rank(WAITS, "latency_median")
    assert sets(found) == {"quick": (1, 1), "slow": (2, 3), "open": (2, 4), "never": (3, 4)}
    reasons = found.table.set_index("unit_id")["reason"]
    assert reasons["lone"] == "no interval: 1 independent case"
    assert reasons["quiet"].startswith("undefined: nobody addressed")
    assert list(found.table["unit_id"])[-2:] == ["lone", "quiet"]
    assert "2 could not be ranked" in str(found)


def test_small_units_can_be_left_out():
    found = rank(WAITS, "latency_median", min_n=50)
    assert set(sets(found)) == {"quick", "slow", "never"}
    assert found.table.set_index("unit_id")["reason"]["open"] == "fewer than 50 observations"
    with pytest.raises(NotEnoughEvidence, match="enough observations"):
        rank(WAITS, "latency_median", min_n=10_000)


def test_shares_are_shrunken_at_what_their_intervals_are_worth():
    from twoway.inference.ebayes import shrink_shares

    counts = [("a", 8, 10), ("b", 45, 50), ("c", 1, 5), ("d", 30, 60), ("e", 12, 20)]
    found = rank(shares(counts), "response_rate").table.set_index("unit_id")["shrunken"].sort_index()
    want = shrink_shares([k for _, k, _ in counts], [n for *_, n in counts]).value
    np.testing.assert_allclose(found, want, rtol=1e-5)
    assert rank(shares(counts), "response_rate", shrink=False).table["shrunken"].isna().all()


def test_shrinking_changes_no_set(card):
    plain, drawn = (rank(card, "response_rate", shrink=s) for s in (False, True))
    assert sets(plain) == sets(drawn)


def test_a_talk_and_its_card_give_the_same_ranking(talk, card):
    left, right = rank(talk, "broadcast_index").to_frame(), rank(card, "broadcast_index").to_frame()
    pd.testing.assert_frame_equal(left, right)


@pytest.mark.parametrize(("metric", "sign"), [("response_rate", 1), ("latency_median", -1)])
def test_pairs_told_apart_are_so_in_truth(card, metric, sign):
    truth = tw.load_truth("town_square")
    truth = truth[truth["parameter"] == metric].set_index("organization")["value"]
    pairs = rank(card, metric).pairs()
    known = pairs[pairs["ahead"].isin(truth.index) & pairs["behind"].isin(truth.index)]
    assert len(known) > 20
    gaps = truth[known["ahead"]].to_numpy(dtype=float) - truth[known["behind"]].to_numpy(dtype=float)
    assert (sign * gaps > 0).all()


def test_both_methods_and_a_lower_level(card):
    strict, loose = rank(card, "response_rate"), rank(card, "response_rate", level=0.5)
    assert loose.sets.n_alike < strict.sets.n_alike
    assert (loose.level, strict.level) == (0.5, 0.95)
    holm = rank(card, "response_rate", method="holm")
    assert abs(holm.sets.n_alike - strict.sets.n_alike) <= 8
    assert np.isnan(holm.critical)


def test_medians_are_measured_anew_where_that_can_be_done(card):
    assert "stretched_limits" not in rank(card, "latency_median").flags
    assert "stretched_limits" in rank(WAITS, "latency_median").flags
    assert "stretched_limits" not in rank(card, "response_rate").flags
    bare = Scorecard(card.table, by="organization")
    assert sets(rank(bare, "response_rate")) == sets(rank(card, "response_rate"))


def test_medians_of_a_handful_have_open_limits():
    from twoway.analysis.ranking_values import too_few_for_quantiles

    rows = pd.DataFrame({"low": [9.0, 9.0, np.nan], "high": [11.0, 11.0, np.nan], "n_clusters": [3, 30, 1]})
    found = too_few_for_quantiles(rows, 0.999)
    assert found["low"].tolist()[:2] == [0.0, 9.0]
    assert found["high"].tolist()[:2] == [np.inf, 11.0]
    assert found.iloc[2, :2].isna().all()


def test_wrong_requests_are_refused(card):
    with pytest.raises(UnknownName, match="metric"):
        rank(card, "respons_rate")
    with pytest.raises(UnknownName, match="metric of this scorecard"):
        rank(card, "burstiness")
    with pytest.raises(UnknownName, match="method of ranking"):
        rank(card, "response_rate", method="guess")
    with pytest.raises(TwowayError, match="A dict cannot be ranked"):
        rank({}, "response_rate")


def test_html_takes_names_literally():
    found = rank(shares([("<b>a</b>", 8, 10), ("b", 4, 10)]), "response_rate")
    assert "<b>a" not in found._repr_html_()
    assert "&lt;b&gt;a" in found._repr_html_()


def test_the_picture_shows_every_ranked_unit():
    from twoway.figures import alt_text

    ax = rank(WAITS, "latency_median").plot()
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["quick", "slow", "open", "never"]
    words = [t.get_text() for t in ax.texts]
    assert any(w.startswith("5 min") for w in words)
    assert any("not reached" in w for w in words)
    assert "Rank sets as bars" in alt_text(ax)


def test_the_picture_of_many_units_keeps_those_with_most_evidence():
    found = rank(shares([(f"u{i:02d}", i, 60 + i) for i in range(45)]), "response_rate")
    ax = found.plot(n_max=10)
    assert len(ax.get_yticklabels()) == 10
    assert "35 more with fewer observations are not drawn" in " ".join(t.get_text() for t in ax.texts)


def test_places_that_rest_on_little_are_hollow():
    found = rank(shares([(f"u{i}", 10 * i, 60) for i in range(1, 5)]), "response_rate")
    firm = found.table.assign(flags="")
    firm.loc[firm.index[0], "flags"] = "small_n,reply_selected"
    drawn = dataclasses.replace(found, table=firm)
    ax = drawn.plot()
    faces = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert faces.count("#ffffff") == 1
    assert any("hollow: few cases" in text.get_text() for text in ax.texts)


def test_one_unit_is_no_ranking_to_draw():
    found = rank(shares([(f"u{i}", 10 * i, 60) for i in range(1, 5)]), "response_rate")
    alone = dataclasses.replace(found, table=found.table.head(1))
    with pytest.raises(NotEnoughEvidence, match="A ranking compares at least two"):
        alone.plot()
