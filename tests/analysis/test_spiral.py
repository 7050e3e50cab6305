"""The spiral of selling and falling engagement, from posts to the loop (A10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw
from twoway.analysis.spiral import PANEL, spiral
from twoway.analysis.spiral_weeks import whole_weeks
from twoway.errors import FormatError, NotEnoughEvidence

D = DAY / MINUTE
SALE, PLAIN = "Our summer sale starts on Friday.", "The river walk is open from nine to six."
#: A Monday.
MONDAY = 4 * D


def weekly(rng, n_weeks, names=("shop",), beta=-3.0, gamma=-0.15, **columns):
    """Let accounts post by the law: more selling after low engagement, less engagement after selling."""
    rows, truth = [], []
    for name in names:
        x, y = 5, 2.0
        for week in range(n_weeks):
            x, y = (
                int(np.clip(round(5 + beta * (y - 2) + rng.normal(0, 1)), 0, 10)),
                float(max(0.1, 2 + gamma * (x - 5) + rng.normal(0, 0.2))),
            )
            truth.append((name, x, y))
            for i in range(12):
                at = MONDAY + week * 7 * D + i * D / 2 + 60
                rows.append(
                    post(f"{name}{week:03d}{i:02d}", name, at, SALE if i < x else PLAIN, n_shares=np.expm1(y) * 5)
                )
    for row in rows:
        row.update({key: value(row) for key, value in columns.items()})
    # Two Mondays around all weeks.
    ends = [post("start", "ann", MONDAY), post("end", "ann", MONDAY + n_weeks * 7 * D)]
    roles = {**dict.fromkeys(names, "official"), "ann": "public"}
    posts, accounts = tables([*rows, *ends], roles, {name: name for name in names})
    posts["n_shares"] = posts["n_shares"].round().astype("Int64")
    accounts["n_followers"] = [5_000 if name in names else 10 for name in accounts["account_id"]]
    return annotated(posts, accounts), pd.DataFrame(truth, columns=["name", "x", "y"])


def test_weeks_are_whole_and_begin_on_monday(rng):
    talk, truth = weekly(rng, 30)
    found = spiral(talk, draws=0)
    assert len(found.weeks) == 30
    assert (found.weeks["week"].dt.day_of_week == 0).all()
    assert found.weeks["selling"].tolist() == truth["x"].tolist()
    assert found.weeks["engagement"].to_numpy() == pytest.approx(truth["y"].to_numpy(), abs=0.05)
    assert found.weeks["share"].to_numpy() == pytest.approx(truth["x"].to_numpy() / 12)
    assert whole_weeks((4 * DAY - 1, 18 * DAY - 1)) == (1, 1)


def test_a_spiral_that_is_there_is_found_and_stands_out_of_chance(rng):
    talk, _ = weekly(rng, 150)
    found = spiral(talk, draws=60)
    row = found.table.iloc[0]
    assert row["is_spiral"]
    assert row["gain"] == pytest.approx(row["beta"] * row["gamma"])
    assert (row["beta"], row["gamma"]) == pytest.approx((-3.0, -0.15), rel=0.4)
    assert row["p"] < 0.05
    assert {"promoted_unknown", "followers_when_read"} <= set(row["flags"].split(","))
    assert "1 are in a downward spiral" in str(found)


def test_paid_posts_sell_and_do_not_count_as_engagement(rng):
    talk, truth = weekly(rng, 30, is_promoted=lambda row: row["post_id"].endswith("11"))
    found = spiral(talk, draws=0)
    assert found.weeks["selling"].tolist() == (truth["x"] + 1).tolist()
    assert "promoted_unknown" not in found.table["flags"].item()


def test_originals_that_may_be_paid_for_do_not_count_as_engagement():
    """The last two originals of each week: one paid for, and one of which nobody can say."""
    known, _ = weekly(np.random.default_rng(5), 30, is_promoted=lambda row: row["post_id"][-2:] in {"10", "11"})
    marks = {"11": True, "10": None}
    talk, _ = weekly(np.random.default_rng(5), 30, is_promoted=lambda row: marks.get(row["post_id"][-2:], False))
    found, both = spiral(talk, draws=0), spiral(known, draws=0)
    assert found.weeks["engagement"].tolist() == both.weeks["engagement"].tolist()
    assert found.weeks["selling"].tolist() == (both.weeks["selling"] - 1).tolist()
    assert "promoted_unknown" in found.table["flags"].item()


def test_fewer_than_26_weeks_are_no_test(rng):
    talk, _ = weekly(rng, 25)
    with pytest.raises(NotEnoughEvidence, match="25 whole weeks"):
        spiral(talk)


def test_an_organization_with_gaps_has_no_test_and_says_why(rng):
    talk, _ = weekly(rng, 30)
    posts = talk.corpus.posts
    at = (posts["created_at"] - pd.Timestamp(0, tz="UTC")).dt.days - 4
    few = posts[(posts["account_id"] == "ann") | (at // 7 % 2 == 0)]
    found = spiral(tw.annotate(tw.Corpus(few, talk.corpus.accounts, window=talk.corpus.window)), draws=0)
    assert np.isnan(found.table["gain"].item())
    assert {"weeks_without_originals", "too_few_weeks"} <= set(found.table["flags"].item().split(","))


def test_ten_organizations_make_a_panel(rng):
    names = tuple(f"shop{i}" for i in range(10))
    talk, _ = weekly(rng, 60, names)
    panel = spiral(talk, draws=0).table.set_index("unit_id").loc[PANEL]
    assert panel["is_spiral"]
    assert (panel["beta"], panel["gamma"]) == pytest.approx((-3.0, -0.15), rel=0.25)
    assert "few_units" in panel["flags"]


def test_breaks_are_dates_and_shares_have_to_be_known(rng):
    talk, _ = weekly(rng, 30)
    with pytest.raises(FormatError, match="break"):
        spiral(talk, breaks=["soon"], draws=0)
    assert spiral(talk, breaks=["1970-04-01"], draws=0).table["n_weeks"].item() == 29
    with pytest.raises(NotEnoughEvidence, match="n_shares"):
        spiral(tw.annotate(tw.load_corpus("twelve_posts")))
