"""Values worked on paper for answering: whom a reply answers, who was ignored, and in which unit (B1, B10)."""

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


# --- whom a reply answers ---


def asked_in_two_halves(*more):
    """Ann asks in two posts a minute apart, the second a reply to the first that names nobody."""
    rows = [post("a1", "ann", 0, "@brand help 1/2"), post("a2", "ann", 1, "details 2/2", "a1")]
    return tables([*rows, *more, post("z", "brand", 30 * DAY, "bye")], {"brand": "official", "ann": "public"})


def test_a_reply_to_the_second_half_answers_the_first(measured):
    found = measured(*asked_in_two_halves(post("r", "brand", 30, "Here you go", "a2")))
    assert close(found["brand", "response_rate"], 1.0)
    assert close(found["brand", "response_rate_strict"], 1.0)
    assert close(found["brand", "latency_median"], 30)


def test_a_reply_to_what_came_later_is_no_reply_to_the_question(measured):
    # The third post comes an hour on: a unit of its own, which addresses nobody.
    more = [post("a3", "ann", 61, "nice day", "a2"), post("r", "brand", 70, "it is", "a3")]
    assert close(measured(*asked_in_two_halves(*more))["brand", "response_rate"], 0.0)


# --- clocks ---


def asked_and_chased(seconds, parent_id):
    """Ann asks at ten minutes, is answered some seconds after that, and asks again at fifteen."""
    rows = [post("a", "ann", 10, "@brand open?"), post("a2", "ann", 15, "@brand and tomorrow?")]
    rows += [post("r", "brand", 10 + seconds / 60, "@ann yes", parent_id), post("z", "brand", 30 * DAY, "bye")]
    return tables(rows, {"brand": "official", "ann": "public"})


@pytest.mark.parametrize("parent_id", ["a", None])
@pytest.mark.parametrize("seconds", [-5, -3, 5])
def test_an_answer_a_little_too_early_is_an_answer(measured, seconds, parent_id):
    found = measured(*asked_and_chased(seconds, parent_id))
    # Of two turns the first is answered, and nobody had to ask twice.
    assert close(found["brand", "response_rate"], 0.5)
    assert close(found["brand", "chase_rate"], 0.0)
    assert close(found["brand", "answered_within_15min"], 0.5)


@pytest.mark.parametrize("parent_id", ["a", None])
def test_an_answer_much_too_early_is_none(measured, parent_id):
    found = measured(*asked_and_chased(-6, parent_id))
    assert close(found["brand", "response_rate"], 0.0)
    assert close(found["brand", "chase_rate"], 1.0)


def test_a_mention_while_somebody_waits_answers_who_waits(measured):
    # The first question has waited for an hour when the brand speaks; three seconds later Ann asks again.
    rows = [post("a", "ann", 0, "@brand open?"), post("r", "brand", 60, "@ann yes")]
    rows += [post("a2", "ann", 60 + 3 / 60, "@brand hello?"), post("z", "brand", 30 * DAY, "bye")]
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "response_rate"], 0.5)
    assert close(found["brand", "latency_median"], 60)


# --- who else is addressed ---


def test_a_post_to_two_brands_has_bystanders_whoever_is_measured(measured):
    rows = [post("a", "ann", 0, "@brand @rival open?"), post("b", "bob", 1, "@brand open?")]
    rows += [post("r", "brand", 20, "yes", "a"), post("r2", "brand", 21, "yes", "b"), post("z", "brand", 30 * DAY, "x")]
    roles = {"brand": "official", "rival": "official", "ann": "public", "bob": "public"}
    found = measured(*tables(rows, roles), focus=["brand"])
    assert close(found["brand", "bystander_ratio"], 1.0)


def test_a_quoted_person_is_known(measured):
    rows = [post("v", "vic", 0, "nice bread", quote_of_id=None), post("q", "ann", 1, "@brand open?", quote_of_id=None)]
    rows += [post("r", "brand", 5, "yes", "q", quote_of_id=None), post("u", "brand", 500, "look", quote_of_id="v")]
    rows += [post("z", "brand", 30 * DAY, "bye", quote_of_id=None)]
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "vic": "public"}))
    # Two directed units, to people who are both in the corpus: the quote comes unasked.
    assert close(found["brand", "proactive_share"], 0.5)
