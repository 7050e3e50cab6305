"""Shares of episodes, corrected where people coded all replies of some."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import post, tables

import twoway as tw

NAMES = ["deflection_rate", "deflection_rate_all", "open_resolution_rate", "first_open_share"]
AWAY, ANSWER = "@p Please DM us your order number.", "@p Hold reset for ten seconds, then switch it on again."


def coded(ids, label):
    """All labels of the codebook for some posts, as one coder would give them."""
    names = tw.load_codebook("resolution").label_names
    rows = [(post_id, name, float(name == label)) for post_id in ids for name in names]
    return pd.DataFrame(rows, columns=["post_id", "label", "value"]).assign(
        codebook="resolution", version="1", coder="ann"
    )


def shop(replies):
    """One question each of many persons; what the shop replies to each of them."""
    rows = []
    for i, texts in enumerate(replies):
        rows.append(post(f"q{i:03}", f"p{i:03}", i, "@shop my box is empty, why?"))
        rows += [post(f"a{i:03}{j}", "shop", 10_000 + 60 * i + 3_600 * j, t, f"q{i:03}") for j, t in enumerate(texts)]
    sides = {"shop": "official", **{f"p{i:03}": "public" for i in range(len(replies))}}
    return tw.Corpus(*tables(rows, sides))


def measured(corpus, codes, *names):
    return tw.measure(tw.annotate(corpus, codes=codes), names, by="organization").table.set_index("metric")


@pytest.fixture(scope="module")
def town():
    """Codes of people on a third of the town's replies, who call one in five deflections an answer; and the truth."""
    corpus, rng = tw.load_corpus("town_square"), np.random.default_rng(1)
    codes = tw.code(corpus, "resolution").astype({"label": str, "codebook": str, "value": float})
    sent = codes.loc[(codes["label"] == "deflect") & (codes["value"] == 1), "post_id"].to_numpy()
    moved = codes["post_id"].isin(set(rng.choice(sent, len(sent) // 5, replace=False)))
    codes.loc[moved, "value"] = (codes.loc[moved, "label"] == "open_answer").astype(float)
    codes = codes.assign(coder="ann")
    posts = codes["post_id"].unique()
    some = codes[codes["post_id"].isin(set(rng.choice(posts, len(posts) // 3, replace=False)))]
    raw, true, found = (
        tw.measure(talk, NAMES, by="organization").table.set_index(["unit_id", "metric"])
        for talk in (tw.annotate(corpus), *(tw.annotate(corpus, codes=given) for given in (codes, some)))
    )
    return found.assign(true=true["value"], ruled=raw["value"])


def test_what_the_rules_get_wrong_in_replies_is_taken_off_in_episodes(town):
    own = town[(town["n_labeled"] >= 30) & (town["correction"] == "ppi++")]
    assert len(own) >= 30
    assert ((own["corrected_low"] <= own["true"]) & (own["true"] <= own["corrected_high"])).mean() > 0.9
    for name, away in (("deflection_rate", 0.05), ("open_resolution_rate", 0.03), ("first_open_share", 0.04)):
        rows = own.xs(name, level="metric")
        assert abs((rows["ruled"] - rows["true"]).mean()) > away
        assert abs((rows["corrected"] - rows["true"]).mean()) < abs((rows["ruled"] - rows["true"]).mean()) / 3
    assert "pooled_errors" in town.loc[town["n_labeled"] < 30, "flags"].str.cat(sep=",")


def test_episodes_coded_throughout_are_what_people_say():
    """Eight of forty got no reply; people call half of the thirty-two deflections answers."""
    corpus = shop([[AWAY]] * 32 + [[]] * 8)
    codes = pd.concat(
        [coded([f"a{i:03}0" for i in range(16)], "deflect"), coded([f"a{i:03}0" for i in range(16, 32)], "open_answer")]
    )
    found = measured(corpus, codes, *NAMES, "outcome_ignored_share")
    assert found.loc["deflection_rate", ["corrected", "n_labeled"]].tolist() == [0.5, 32]
    assert found.loc["deflection_rate_all", "corrected"] == pytest.approx(0.4)
    assert found.loc["open_resolution_rate", "corrected"] == pytest.approx(0.4)
    assert found.loc["outcome_ignored_share", "correction"] == "", "no rule reads who got no reply"
    row = found.loc["deflection_rate_all"]
    assert row["corrected_low"] < 0.3 < 0.5 < row["corrected_high"]


def test_half_coded_episodes_tell_nothing():
    corpus = shop([[AWAY, ANSWER]] * 40)
    first = coded([f"a{i:03}0" for i in range(40)], "deflect")
    found = measured(corpus, first, "deflection_rate")
    assert np.isnan(found.loc["deflection_rate", "corrected"])
    assert found.loc["deflection_rate", "n_labeled"] == 0


def test_long_episodes_that_were_seldom_coded_count_as_often_as_there_are():
    """The rules err in episodes of two replies only: forty of eighty, of which ten were coded in full."""
    corpus = shop([[AWAY]] * 40 + [[AWAY, AWAY]] * 40)
    one = [coded([f"a{i:03}0" for i in range(40)], "deflect")]
    two = [coded([f"a{i:03}0", f"a{i:03}1"], "open_answer") for i in range(40, 50)]
    found = measured(corpus, pd.concat(one + two), "deflection_rate").loc["deflection_rate"]
    assert found["n_labeled"] == 50
    assert found["corrected"] == pytest.approx(0.5, abs=0.05), "not the 0.8 of the coded ones"


def test_the_weights_of_a_sheet_are_kept():
    """Sixty of six hundred and sixty replies deflect unseen by the rules; both months gave sixty to the sample."""
    days = np.r_[np.arange(330) // 20, 60 + np.arange(33) // 20]
    rows = []
    for i, day in enumerate(days):
        text = "@p Thank you!" if day < 60 else "@p It is what the moon says."
        rows += [
            post(f"q{i:03}", f"p{i:03}", 1440 * day + i, "@shop hello there?"),
            post(f"a{i:03}", "shop", 1440 * day + i + 5, text, f"q{i:03}"),
        ]
    sides = {"shop": "official", **{f"p{i:03}": "public" for i in range(len(days))}}
    corpus = tw.Corpus(*tables(rows, sides))
    codes = pd.concat(
        [
            coded([f"a{i:03}" for i in range(33)], "acknowledge").assign(weight=10.0),
            coded([f"a{i:03}" for i in range(330, 363)], "deflect").assign(weight=1.0),
        ]
    )
    found = measured(corpus, codes, "reply_deflect_share", "deflection_rate")
    for name in found.index:
        assert found.loc[name, "corrected"] == pytest.approx(1 / 11, abs=0.01)
    wrong = codes.assign(weight=codes["weight"].where(codes["weight"] > 1, 0.0))
    with pytest.raises(tw.SchemaError, match="not above 0"):
        measured(corpus, wrong, "reply_deflect_share")
