"""Answers by machine, opening hours, and giving up: B2 without automatic answers, B5, B10."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .answering import turn_unit, waiting, watched_until
from .arithmetic import NAN, median_time, restricted_mean, share, survival_at
from .load import URL
from .posting import own_units

QUARTER, ENOUGH_POSTS = 900, 50
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HANDLES_FIRST = re.compile(r"^(\s*\.?@\w+[,:]?)+\s*")
LETTERS = r"[^\W\d_](?:[^\W\d_]|['’-])*"
GREETED = re.compile(
    r"^(\W*(?:(?:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|hola|bonjour)[\s,]"
    rf"|(?:thanks|thank you),))[\s,]*{LETTERS}(?:\s{LETTERS})?\s*[,!.–—-]"
)
SIGNATURE = re.compile(r"\s[\^*~/–—-]{1,2}\s?[^\W\d_]{1,12}\s*$|\s\^\w{1,4}\s*$")


def rhythm(world, exchange, unit):
    turns = [t for t in exchange.turns if turn_unit(world, t) == unit and not t["context"]]
    turns = [t for t in turns if t["t"] <= world.end]
    every = [t for t in exchange.turns if not t["context"] and t["t"] <= world.end]
    return {**without_machines(world, turns), **by_the_clock(world, turns), **giving_up(world, turns, every)}


# --- answers given by a machine ---


def wording(post):
    """Return the letters of a text: without links, handles, signature, digits, punctuation, spaces, and whom it greets.

    The greeted name is one word or two between a greeting and the next mark.
    """
    text = SIGNATURE.sub("", URL.sub(" ", post["text"].lower()))
    text = GREETED.sub(r"\1", HANDLES_FIRST.sub("", text))
    return "".join(c for c in re.sub(r"@\w+", " ", text) if c.isalpha())


def repeated(world):
    """Count how often each account posted each wording."""
    if not hasattr(world, "wordings"):
        world.wordings = {}
        for post in world.order:
            key = (post["author"], wording(post))
            world.wordings[key] = world.wordings.get(key, 0) + (1 if key[1] else 0)
    return world.wordings


def is_automatic(world, answer):
    post = answer[4]["post"]
    return answer[1] < world.settings.auto_s and repeated(world)[post["author"], wording(post)] >= 3


def without_machines(world, turns):
    durations = []
    for turn in turns:
        human = [a for a in turn["used"] if not is_automatic(world, a)]
        until = watched_until(world, turn)
        answered = bool(human) and human[0][3] <= until
        durations.append((human[0][1] if answered else until - turn["t"], answered))
    if not durations:
        return {"latency_median_no_auto": (NAN, 0), "answered_within_15min_no_auto": (NAN, 0)}
    return {
        "latency_median_no_auto": (median_time(durations) / 60, len(durations)),
        "answered_within_15min_no_auto": (float(1 - survival_at(durations, 15 * 60)), len(durations)),
    }


# --- opening hours ---


def zone_of(world, account):
    return ZoneInfo(world.account(account).get("time_zone") or "UTC")


def local(t, zone):
    return datetime.fromtimestamp(t, UTC).astimezone(zone)


def stated_hours(text):
    """Read `mon-fri 09:00-18:00; sat 10:00-14:00` as [(weekday, first minute, last minute)]."""
    found = []
    for part in text.lower().split(";"):
        days, times = part.split()
        first, last = (DAYS.index(day) for day in (days.split("-") if "-" in days else [days, days]))
        start, end = (60 * int(clock[:2]) + int(clock[3:]) for clock in times.split("-"))
        found += [(day, start, end) for day in range(first, last + 1)]
    return found


def opening(world, org):
    """Return a test for local times: is the organization open? None where it hardly ever spoke to a person."""
    if world.settings.business_hours != "inferred":
        spans = stated_hours(world.settings.business_hours)
        return lambda at: any(d == at.weekday() and a <= 60 * at.hour + at.minute < b for d, a, b in spans)
    cells = {}
    for account in world.accounts:
        if world.account(account)["focal"] and world.account(account)["org"] == org:
            for unit in units_of_account(world, account):
                if unit["directed"] and unit["kind"] != "repost":
                    at = local(unit["head"]["t"], zone_of(world, account))
                    cells[at.weekday(), at.hour] = cells.get((at.weekday(), at.hour), 0) + 1
    if sum(cells.values()) < ENOUGH_POSTS:
        return None
    fullest = max(cells.values())
    return lambda at: 20 * cells.get((at.weekday(), at.hour), 0) >= fullest


def units_of_account(world, account):
    if not hasattr(world, "account_units"):
        world.account_units = {}
    if account not in world.account_units:
        units = own_units(world, world.unit_of(account))
        world.account_units[account] = [u for u in units if u["head"]["author"] == account]
    return world.account_units[account]


def open_seconds(world, org, account, start, end):
    """Count the seconds between two times at which the organization is open, quarter by quarter of an hour."""
    is_open, quarters = clock_of(world, org, account)
    zone, total, t = zone_of(world, account), 0, start
    while t < end:
        quarter = t // QUARTER
        if quarter not in quarters:
            quarters[quarter] = is_open(local(quarter * QUARTER, zone))
        stop = min(end, (quarter + 1) * QUARTER)
        total += (stop - t) * quarters[quarter]
        t = stop
    return total


def clock_of(world, org, account):
    if not hasattr(world, "clocks"):
        world.clocks = {}
    key = (org, world.account(account).get("time_zone"))
    if key not in world.clocks:
        world.clocks[key] = (opening(world, org), {})
    return world.clocks[key]


def by_the_clock(world, turns):
    turns = [t for t in turns if clock_of(world, t["org"], t["account"])[0] is not None]
    names = ["business_latency_median", "after_hours_penalty", "cover_share"]
    if not turns:
        return dict.fromkeys(names, (NAN, 0))
    durations, inside = [], []
    for turn, (wait, answered) in zip(turns, waiting(world, turns), strict=True):
        minutes = open_seconds(world, turn["org"], turn["account"], turn["t"], turn["t"] + wait)
        durations.append((minutes, answered))
        inside.append(
            clock_of(world, turn["org"], turn["account"])[0](local(turn["t"], zone_of(world, turn["account"])))
        )
    within = [d for d, is_in in zip(waiting(world, turns), inside, strict=True) if is_in]
    outside = [d for d, is_in in zip(waiting(world, turns), inside, strict=True) if not is_in]
    penalty = NAN
    if within and outside:
        tau = world.settings.rmst_s
        penalty = float(restricted_mean(outside, tau) - restricted_mean(within, tau)) / 60
    return {
        "business_latency_median": (median_time(durations) / 60, len(turns)),
        "after_hours_penalty": (penalty, len(turns)),
        "cover_share": share(inside, bool),
    }


# --- giving up ---


def giving_up(world, turns, every):
    """Follow each person from the first turn an organization left unanswered to the next one it was owed anywhere."""
    horizon, durations = world.settings.horizon_s, []
    for person, org in sorted({(t["person"], t["org"]) for t in turns}):
        own = sorted((t for t in turns if (t["person"], t["org"]) == (person, org)), key=lambda t: t["row"])
        ignored = [t for t in own if t["t"] <= world.end - horizon and not in_time(t, horizon)]
        if ignored:
            later = [t for t in every if (t["person"], t["org"]) == (person, org) and t["row"] > ignored[0]["row"]]
            end = min(t["t"] for t in later) if later else world.end
            durations.append((end - ignored[0]["t"], bool(later)))
    if not durations:
        return {"give_up_share": (NAN, 0)}
    return {"give_up_share": (float(survival_at(durations, world.settings.give_up_s)), len(durations))}


def in_time(turn, horizon):
    return turn["latency"] is not None and turn["latency"] <= horizon
