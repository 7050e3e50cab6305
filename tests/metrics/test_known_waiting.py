"""Values worked on paper for waiting: automatic answers, competing ends, opening hours, giving up (B2, B4, B5, B10)."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from handmade import SAYINGS, post, tables

from twoway.definitions import Definitions

TOLERANCE = 1e-4
HOUR, DAY = 60, 24 * 60  # minutes
OFFICE = "mon-fri 09:00-18:00"


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


def people(*names, brand="care"):
    return {"brand": brand, **dict.fromkeys(names, "public")}


# --- B2 without automatic answers ---


def formula_then_answer(n):
    """N persons get a formula after ten seconds; after it two of them get an answer, at 30 and at 40 minutes."""
    names = ["ann", "bob", "cyd"][:n]
    rows = [post(f"q{i}", name, DAY * i, "@brand open?") for i, name in enumerate(names)]
    for i, name in enumerate(names):
        text = f"@{name} Thank you! Your number is {7 * i + 3}. https://example.org/{i} ^AB"
        rows.append(post(f"a{i}", "brand", DAY * i + 1 / 6, text, f"q{i}"))
    rows += [post(f"h{i}", "brand", DAY * i + 30 + 10 * i, f"@{names[i]} open till {i}", f"q{i}") for i in range(2)]
    rows += [post("end", "brand", 30 * DAY, "good night")]
    return tables(rows, people(*names))


def test_a_formula_is_no_answer(measured):
    # With the formula everybody has an answer after ten seconds. Without it: 30, 40, never; S = 2/3, 1/3: median 40.
    found = measured(*formula_then_answer(3))
    assert close(found["brand", "latency_median"], 1 / 6)
    assert close(found["brand", "latency_median_no_auto"], 40)
    assert close(found["brand", "answered_within_15min"], 1.0)
    assert close(found["brand", "answered_within_15min_no_auto"], 0.0)


def test_what_was_said_twice_is_no_formula(measured):
    found = measured(*formula_then_answer(2))
    assert close(found["brand", "latency_median_no_auto"], 1 / 6)


def test_a_formula_with_a_name_in_it_is_a_formula(measured):
    # The same words to Ann, Bob and Cyd within a minute; without them nobody was answered.
    names = ["ann", "bob", "cyd"]
    rows = [post(f"q{i}", name, DAY * i, "@brand open?") for i, name in enumerate(names)]
    for i, name in enumerate(["Ann", "Bob Jones", "Cyd-Lee"]):
        rows.append(post(f"a{i}", "brand", DAY * i + 0.5, f"@{names[i]} Hi {name}! We got your message.", f"q{i}"))
    found = measured(*tables([*rows, post("end", "brand", 30 * DAY, "good night")], people(*names)))
    assert close(found["brand", "latency_median"], 0.5)
    assert close(found["brand", "answered_within_15min_no_auto"], 0.0)


def test_a_slow_formula_is_an_answer(measured):
    posts, accounts = formula_then_answer(3)
    posts.loc[posts["post_id"].str.startswith("a"), "created_at"] += 50
    assert close(measured(posts, accounts)["brand", "latency_median_no_auto"], 1)


def test_an_answer_in_the_last_second_counts(measured):
    # Asked and answered within the second in which the window ends: an answer after 1 s, by the rule for clock skew.
    rows = [post("p", "brand", 0, "news"), post("q", "ann", 600, "@brand open?"), post("r", "brand", 600, "yes", "q")]
    found = measured(*tables(rows, people("ann")))
    assert close(found["brand", "answered_within_15min"], 1.0)
    assert close(found["brand", "latency_median"], 1 / 60)


# --- B4 ---


def five_ends():
    """Answered after 6 and 24 hours, sent away after 12 and 30, one still waiting after 18."""
    said = {0: (6, "open_answer"), 1: (12, "dm"), 3: (24, "open_answer"), 4: (30, "dm")}
    rows, labels = [], {}
    for i in range(5):
        rows.append(post(f"q{i}", f"person{i}", 22 * HOUR if i == 2 else 0, "@brand my router is broken"))
    for i, (hours, name) in said.items():
        text, places = SAYINGS[name]
        rows.append(post(f"p{i}", "brand", hours * HOUR, f"@person{i} {text}", f"q{i}"))
        labels[f"p{i}"] = ("deflect" if places else name, places)
    rows.append(post("end", "brand", 40 * HOUR, "good night"))
    return *tables(rows, people(*[f"person{i}" for i in range(5)])), labels


def test_competing_ends(measured):
    # In steps of six hours: answer, deflect, censored, answer, deflect. S before them: 1, .8, -, .6, .3.
    # Answers: .2, then .2 + .6 / 2 = .5 at 24 h. Deflections: .8 / 4 = .2 at 24 h, .2 + .3 = .5 at 30 h.
    posts, accounts, labels = five_ends()
    found = measured(posts, accounts, labels=labels)
    assert close(found["brand", "cif_open_24h"], 0.5)
    assert close(found["brand", "cif_deflect_24h"], 0.2)
    assert close(found["brand", "cif_escalate_24h"], 0.0)
    assert close(found["brand", "cif_acknowledge_24h"], 0.0)
    # At 30 hours, when the last one stopped waiting, .5 / (.5 + .5).
    assert close(found["brand", "open_answer_share"], 0.5)
    # All reactions together are one minus those still waiting.
    assert close(found["brand", "answered_within_24h"], 0.7)


def test_of_two_ends_in_one_second_the_lower_cause_counts(measured):
    rows, labels = [post("q", "ann", 0, "@brand my router is broken")], {}
    for key, name in {"p1": "dm", "p2": "escalate", "p3": "acknowledge"}.items():
        text, places = SAYINGS[name]
        rows.append(post(key, "brand", HOUR, f"@ann {text}", "q"))
        labels[key] = ("deflect" if places else name, places)
    rows.append(post("end", "brand", 30 * DAY, "good night"))
    found = measured(*tables(rows, people("ann")), labels=labels)
    assert close(found["brand", "cif_escalate_24h"], 1.0)
    assert close(found["brand", "cif_deflect_24h"], 0.0)
    assert close(found["brand", "open_answer_share"], math.nan), "neither an open answer nor a deflection"


@pytest.mark.parametrize(
    ("minutes", "handle", "opened", "first_open"),
    [
        pytest.param(1, "@ann ", 1.0, 1.0, id="at once, with a handle"),
        pytest.param(1, "", 1.0, 1.0, id="at once, without a handle"),
        pytest.param(31, "@ann ", 0.0, 0.0, id="more than half an hour later"),
        pytest.param(1, "@bob ", 0.0, 0.0, id="at once, but to somebody else"),
    ],
)
def test_two_posts_in_a_row_are_one_answer(measured, minutes, handle, opened, first_open):
    # "Sorry!" and, as a reply to that, the answer: the first reaction is what both of them do.
    rows = [
        post("q", "ann", 0, "@brand my router is broken"),
        post("a1", "brand", 10, "@ann " + SAYINGS["acknowledge"][0], "q"),
        post("a2", "brand", 10 + minutes, handle + SAYINGS["open_answer"][0], "a1"),
        post("end", "brand", 30 * DAY, "good night"),
    ]
    labels = {"a1": ("acknowledge", []), "a2": ("open_answer", [])}
    found = measured(*tables(rows, people("ann", "bob")), labels=labels)
    assert close(found["brand", "cif_open_24h"], opened)
    assert close(found["brand", "cif_acknowledge_24h"], 1 - opened)
    assert close(found["brand", "answered_within_15min"], 1.0)
    assert close(found["brand", "first_open_share"], first_open)
    # A later answer to the person is one all the same; what goes on and names nobody is part of what it goes on with.
    assert close(found["brand", "outcome_open_share"], float(handle != "@bob "))


# --- B5 ---


def minute(text, zone="Europe/Berlin"):
    """Return minutes since 1970 of a local time."""
    return pd.Timestamp(text, tz=zone).timestamp() / 60


def asked_and_answered(pairs, zone="Europe/Berlin"):
    """Return one question and its answer for each pair of local times."""
    rows = []
    for i, (asked, answered) in enumerate(pairs):
        rows.append(post(f"q{i}", f"person{i}", minute(asked, zone), "@brand open?"))
        rows.append(post(f"p{i}", "brand", minute(answered, zone), "yes", f"q{i}"))
    posts, accounts = tables(rows, people(*[f"person{i}" for i in range(len(pairs))]))
    return posts, accounts.assign(time_zone=[zone] + [None] * len(pairs))


def stated(hours):
    return Definitions(draws=1, business_hours=hours)


@pytest.mark.parametrize(
    ("asked", "answered", "calendar"),
    [
        ("2024-03-15 17:50", "2024-03-18 09:10", 3_800),
        ("2024-03-29 17:50", "2024-04-01 09:10", 3_740),  # an hour is skipped on Sunday
        ("2024-10-25 17:50", "2024-10-28 09:10", 3_860),  # an hour comes twice
    ],
)
def test_a_weekend_between_friday_evening_and_monday_morning(measured, asked, answered, calendar):
    # Ten minutes on Friday and ten on Monday, whatever the clocks did on Sunday.
    posts, accounts = asked_and_answered([(asked, answered)])
    found = measured(posts, accounts, definitions=stated(OFFICE))
    assert close(found["brand", "business_latency_median"], 20)
    assert close(found["brand", "latency_median"], calendar)
    assert close(found["brand", "cover_share"], 1.0)


@pytest.mark.parametrize(("day", "minutes"), [("2024-03-31", 60), ("2024-10-27", 180), ("2024-06-02", 120)])
def test_the_clock_change_inside_opening_hours(measured, day, minutes):
    # From half past one to half past three on Sunday morning: one, three, or two hours really pass.
    posts, accounts = asked_and_answered([(f"{day} 01:30", f"{day} 03:30")])
    found = measured(posts, accounts, definitions=stated("sun 00:00-06:00"))
    assert close(found["brand", "business_latency_median"], minutes)


def test_hours_that_end_as_an_hour_comes_twice_have_ended(measured):
    # Open until two on the night the clock goes from three back to two: asked at one, answered after both passes.
    posts, accounts = asked_and_answered([("2024-10-27 01:00", "2024-10-27 09:00")])
    found = measured(posts, accounts, definitions=stated("sun 00:00-02:00"))
    assert close(found["brand", "business_latency_median"], 60)


def test_the_penalty_of_asking_after_hours(measured):
    # Inside: 20 minutes. Outside, on Tuesday at 20:00: answered on Wednesday at 09:30: 13.5 hours, 30 open minutes.
    posts, accounts = asked_and_answered(
        [("2024-06-04 10:00", "2024-06-04 10:20"), ("2024-06-04 20:00", "2024-06-05 09:30")]
    )
    found = measured(posts, accounts, definitions=stated(OFFICE))
    assert close(found["brand", "cover_share"], 0.5)
    assert close(found["brand", "after_hours_penalty"], 13.5 * 60 - 20)
    assert close(found["brand", "business_latency_median"], (20 + 30) / 2)


def test_answers_outside_opening_hours_take_no_open_time(measured):
    posts, accounts = asked_and_answered([("2024-06-04 19:00", "2024-06-04 23:00")])
    found = measured(posts, accounts, definitions=stated(OFFICE))
    assert close(found["brand", "business_latency_median"], 0)
    assert close(found["brand", "latency_median"], 240)


def test_opening_hours_are_those_of_the_account(measured):
    # 13:00 in Berlin is 07:00 in New York.
    posts, accounts = asked_and_answered([("2024-06-04 13:00", "2024-06-04 13:20")])
    assert close(measured(posts, accounts, definitions=stated(OFFICE))["brand", "cover_share"], 1.0)
    accounts["time_zone"] = ["America/New_York", None]
    assert close(measured(posts, accounts, definitions=stated(OFFICE))["brand", "cover_share"], 0.0)


def test_inferred_hours(measured):
    # 60 posts to Ann on Monday from 10 to 11 local time, three from 11 to 12 (5 % of the fullest), two at night (3 %).
    monday = "2024-06-03"
    times = [f"{monday} 10:{i % 60:02}" for i in range(60)] + [f"{monday} 11:{i:02}" for i in range(3)]
    times += [f"{monday} 23:{i:02}" for i in range(2)]
    rows = [post(f"p{i:02}", "brand", minute(at), "@ann hello") for i, at in enumerate(times)]
    asked = ["2024-06-10 10:30", "2024-06-10 11:30", "2024-06-10 23:30", "2024-06-11 10:30"]
    rows += [post(f"q{i}", f"person{i}", minute(at), "@brand open?") for i, at in enumerate(asked)]
    rows += [post("end", "brand", minute("2024-07-01 10:00"), "good night")]
    posts, accounts = tables(rows, people("ann", *[f"person{i}" for i in range(4)]))
    accounts["time_zone"] = ["Europe/Berlin"] + [None] * 5
    assert close(measured(posts, accounts)["brand", "cover_share"], 0.5)


def test_hours_that_nothing_shows_are_unknown(measured):
    posts, accounts = asked_and_answered([("2024-06-04 10:00", "2024-06-04 10:20")])
    found = measured(posts, accounts)
    for name in ("business_latency_median", "after_hours_penalty", "cover_share"):
        assert close(found["brand", name], math.nan), name


# --- B10 ---


def test_giving_up(measured):
    # Days from the first ignored turn to the next one: 10; 60; watched 50 without one; watched 120 without one.
    # S(10) = 3/4; the one watched 50 days leaves; S(60) = 3/4 x 1/2. A fifth person was answered: not counted.
    asked = {"ann": [0, 10], "bob": [0, 60], "cyd": [70], "dee": [0], "eve": [0]}
    rows = [
        post(f"{name}{day}", name, day * DAY + i, "@brand open?") for i, name in enumerate(asked) for day in asked[name]
    ]
    rows += [post("p", "brand", 30, "yes", "eve0"), post("end", "brand", 120 * DAY, "good night")]
    assert close(measured(*tables(rows, people(*asked)))["brand", "give_up_share"], 0.375)


def test_giving_up_needs_people_watched_long_enough(measured):
    rows = [post("q", "ann", 0, "@brand open?"), post("end", "brand", 60 * DAY, "good night")]
    found = measured(*tables(rows, people("ann")))
    assert close(found["brand", "give_up_share"], math.nan)
    found = measured(*tables(rows, people("ann")), definitions=Definitions(draws=1, give_up_s=30 * 86_400))
    assert close(found["brand", "give_up_share"], 1.0)
