"""What lies outside the window is context: it is no case of its own, and nothing after the end is an outcome."""

from __future__ import annotations

import pandas as pd
import pytest
from handmade import DAY, HOUR, MINUTE, SAYINGS, post, tables

import twoway as tw

D, H = DAY / MINUTE, HOUR / MINUTE
COMPLAINT, THANKS = "@shop this is the worst service ever", "@shop thanks"
#: How many of the matters below lie in the window, all or in part, for each metric.
COUNTED = {
    "outcome_ignored_share": 5,
    "first_open_share": 4,
    "deflection_rate": 4,
    "destination_dm_share": 2,
    "open_resolution_rate": 5,
    "turn_imbalance": 5,
    "return_in_anger": 2,
    "follow_through": 2,
    "request_before_answer_share": 4,
    "continuation_deflect": 2,
    "affect_unknown_share": 5,
    "conversation_turn_entropy": 5,
}


def matters():
    """Twenty matters, one in five days: the shop hands on, or sends away, an hour later; two hours later thanks."""
    rows, roles = [], {"shop": "official"}
    for i in range(20):
        person, at, said = f"p{i:02}", i * 5 * D, SAYINGS["escalate" if i % 2 else "dm"][0]
        roles[person] = "public"
        rows.append(post(f"q{i:02}", person, at, COMPLAINT))
        rows.append(post(f"a{i:02}", "shop", at + H, f"@{person} {said}", f"q{i:02}"))
        rows.append(post(f"z{i:02}", person, at + 2 * H, THANKS, f"a{i:02}"))
    return tables(rows, roles)


@pytest.fixture(scope="module")
def card():
    """The window begins with the ninth matter and ends with the first post of the thirteenth."""
    window = tuple(pd.Timestamp(day * DAY, unit="s", tz="UTC") for day in (40, 60))
    corpus = tw.Corpus(*matters(), window=window)
    talk = tw.annotate(corpus, tw.Definitions(draws=1))
    return tw.measure(talk, list(COUNTED), by="corpus").table.set_index("metric")


@pytest.mark.parametrize("name", COUNTED)
def test_matters_outside_the_window_are_not_counted(card, name):
    assert card.loc[name, "n"] == COUNTED[name]


def test_what_came_after_the_window_is_not_known(card):
    """The thirteenth matter is answered an hour too late."""
    assert card.loc["outcome_ignored_share", "value"] == pytest.approx(1 / 5)
    assert card.loc["affect_unknown_share", "value"] == pytest.approx(1 / 5)


def test_a_question_known_from_its_answer_only_is_still_answered():
    rows = [
        post("q", "ann", 0, COMPLAINT, is_context=True),
        post("a", "shop", H, f"@ann {SAYINGS['open_answer'][0]}", "q", is_context=False),
        post("r", "bob", 2 * H, COMPLAINT, is_context=True),
        post("z", "shop", 9 * D, "Good night", is_context=False),
    ]
    talk = tw.annotate(tw.Corpus(*tables(rows, {"shop": "official", "ann": "public", "bob": "public"})))
    row = tw.measure(talk, "outcome_open_share", by="corpus").table.iloc[0]
    assert (row["value"], row["n"]) == (1, 1)
