"""Values worked on paper for answering: whom a reply answers, who was ignored, and by which unit it is counted (B1, B10)."""

from __future__ import annotations

import math

import pytest
from handmade import post, tables

HOUR, DAY = 60, 24 * 60  # minutes
SISTERS = {"brand": "official", "help": "care", "ann": "public"}
CHAIN = {"brand": "Rail", "help": "Rail"}


def close(value, expected):
    return value == pytest.approx(expected, abs=1e-4, nan_ok=True)


# --- B10: ignored, and back or not ---


@pytest.mark.parametrize(("by", "unit"), [("account", "brand"), ("organization", "Rail"), ("corpus", "all")])
def test_who_asks_a_sister_account_has_not_given_up(measured, by, unit):
    # Ann asks one account of the railway, is ignored, and asks another one 20 days later: she came back.
    rows = [post("q", "ann", 20 * DAY, "@brand open?"), post("q2", "ann", 40 * DAY, "@help open?")]
    found = measured(*tables([*rows, post("z", "brand", 200 * DAY, "bye")], SISTERS, CHAIN), by=by)
    assert close(found[unit, "give_up_share"], 0.0)


def test_who_asks_another_organization_has_not_come_back(measured):
    rows = [post("q", "ann", 20 * DAY, "@brand open?"), post("q2", "ann", 40 * DAY, "@help open?")]
    found = measured(*tables([*rows, post("z", "brand", 200 * DAY, "bye")], SISTERS), by="corpus")
    assert close(found["all", "give_up_share"], 1.0)
    # One turn for each of the two: nobody was ignored twice by the same organization.
    assert close(found["all", "ignored_twice_share"], math.nan)


def test_a_person_answered_by_one_organization_may_be_ignored_by_another(measured):
    rows = [post("q", "ann", 0, "@brand open?"), post("r", "brand", 5, "yes", "q")]
    rows += [post(f"q{i}", "ann", i * 4 * DAY, "@help open?") for i in (5, 6)]
    found = measured(*tables([*rows, post("z", "brand", 90 * DAY, "bye")], SISTERS), by="corpus")
    assert close(found["all", "person_response_rate"], 0.5)
    assert close(found["all", "ignored_twice_share"], 1.0)


def test_a_return_in_a_later_month_is_a_return(measured_by_month):
    # Ann is ignored in January and comes back in March; nobody answers her then either.
    rows = [post("q", "ann", 20 * DAY, "@brand open?"), post("q2", "ann", 65 * DAY, "@brand open?")]
    found = measured_by_month(*tables([*rows, post("z", "brand", 250 * DAY, "bye")], SISTERS))
    assert close(found["1970-01", "give_up_share"], 0.0)
    assert close(found["1970-03", "give_up_share"], 1.0)


def test_chasing_within_a_turn_is_no_return(measured):
    # Asked again after ten hours, then silent: one turn owed, chased once, and given up.
    rows = [post("q", "ann", 0, "@brand open?"), post("q2", "ann", 10 * HOUR, "@brand hello?")]
    found = measured(*tables([*rows, post("z", "brand", 200 * DAY, "bye")], SISTERS))
    assert close(found["brand", "give_up_share"], 1.0)
    assert close(found["brand", "chase_rate"], 1.0)
