"""Coverage of adverse events by an outside list (A9)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import DAY, HOUR, MINUTE, annotated, post, tables

import twoway as tw
from twoway.errors import FormatError, SchemaError, UnknownName

D, H = DAY / MINUTE, HOUR / MINUTE
JAM = "We are recalling all jars of plum jam from batch 17."
KETTLE = "Safety recall: our blue kettles can leak, stop using them and bring them back."
ROLES = {"shop": "official", "ann": "public"}


def at(day, hour=0):
    return pd.Timestamp(0, unit="s", tz="UTC") + pd.Timedelta(days=day, hours=hour)


@pytest.fixture(scope="module")
def talk():
    rows = [post("a", "shop", 10 * D + 5 * H, JAM), post("b", "shop", 20 * D + 23 * H, KETTLE)]
    rows += [post("c", "shop", 30 * D - 3 * H, JAM), post("q", "ann", 40 * D, "@shop is the jam safe")]
    # An answer to one person tells nobody else.
    rows += [post("r", "shop", 40 * D + H, f"@ann {JAM}", "q"), post("x", "shop", 0, "Hello"), post("z", "ann", 60 * D)]
    return annotated(*tables(rows, ROLES, {"shop": "Marrow"}))


def test_three_of_four_recalls_were_announced(talk):
    events = [{"at": at(day)} for day in (10, 20, 30, 40)]
    found = tw.adverse_coverage(talk, events)
    row = found.table.iloc[0]
    assert (row["organization"], row["n_events"], row["n_announced"], row["coverage"]) == ("Marrow", 4, 3, 0.75)
    assert (row["low"], row["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert found.events["post_id"].tolist()[:3] == ["a", "b", "c"]
    assert found.events["hours"].tolist()[:3] == [5, 23, -3]
    assert "no_terms" in row["flags"]
    assert str(found).startswith("Of 4 adverse events on the list, 3 (75%, 30% to 95%)")


def test_an_announcement_has_to_be_in_time_and_of_the_thing_itself(talk):
    events = pd.DataFrame({"at": [at(9, 23), at(10), at(20)], "terms": ["jam", "kettle*", "kettle*"]})
    found = tw.adverse_coverage(talk, events.assign(organization="Marrow"), within_h=5)
    assert found.events["is_announced"].tolist() == [False, False, False]
    found = tw.adverse_coverage(talk, events.assign(organization="Marrow"))
    assert found.events["is_announced"].tolist() == [True, False, True]
    assert tw.adverse_coverage(talk, [{"at": at(30)}], ahead_h=0).table["coverage"].tolist() == [0]


def test_a_thread_announces_what_any_of_its_posts_names():
    rows = [("a", "shop", 0, "Some bad news from us, in two parts", None)]
    rows += [("b", "shop", 60, "We are recalling all jars of plum jam from batch 17.", "a")]
    rows += [("z", "shop", 10 * 86_400, "bye", None)]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    talk = tw.annotate(tw.Corpus(posts, pd.DataFrame({"account_id": ["shop"], "role": ["official"]})))
    found = tw.adverse_coverage(talk, pd.DataFrame({"at": [pd.Timestamp(0, tz="UTC")], "terms": ["plum jam"]}))
    assert found.events[["is_announced", "post_id"]].values.tolist() == [[True, "a"]]


def test_without_a_list_or_outside_the_window_nothing_is_covered_or_missed(talk):
    for events, flag in ((None, "no_list"), ([{"at": at(59, 23)}, {"at": at(-1)}], "outside_window")):
        found = tw.adverse_coverage(talk, events)
        assert np.isnan(found.table["coverage"].item())
        assert {flag, "undefined"} <= set(found.table["flags"].item().split(","))
        assert "undefined" in str(found)


@pytest.mark.parametrize(
    ("events", "error", "words"),
    [
        ([{"organization": "Marrow"}], SchemaError, "no column 'at'"),
        ([{"at": "soon"}], FormatError, "cannot be read"),
        ([{"at": at(1), "organization": "Marow"}], UnknownName, "Marrow"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(talk, events, error, words):
    with pytest.raises(error, match=words):
        tw.adverse_coverage(talk, events)


def test_all_events_are_found_by_loops_over_posts(rng):
    """Events at random, against a loop over every post for every event."""
    minutes = sorted(rng.integers(0, 90 * D, 300).tolist())
    rows = [post(f"p{i:03d}", "shop", at, JAM if i % 3 else "Hello") for i, at in enumerate(minutes)]
    talk = annotated(*tables(rows, ROLES), definitions=tw.Definitions(thread_gap_s=1))
    events = [{"at": pd.Timestamp(m * MINUTE, unit="s", tz="UTC")} for m in rng.integers(0, 90 * D, 40).tolist()]
    found = tw.adverse_coverage(talk, events, within_h=3, ahead_h=1)
    for event in found.events.to_dict("records"):
        after = [(r["post_id"], r["created_at"] - event["at"].timestamp()) for r in rows if r["text"] == JAM]
        near = [name for name, gap in after if -HOUR <= gap <= 3 * HOUR]
        assert (event["post_id"] == near[0]) if near else pd.isna(event["post_id"])
    assert 0 < found.table["coverage"].item() < 1
