"""Who is answered, how soon, and who is sent elsewhere: B1, B2, B7, B10."""

from __future__ import annotations

from fractions import Fraction

from .arithmetic import NAN, median_time, ratio, restricted_mean, share, survival_at

HOUR, DAY = 3_600, 86_400
PLACES = ["dm", "phone", "email", "form", "chat", "handle", "page", "store"]
HIDDEN = {"handle": Fraction(1, 4), "page": Fraction(1, 2), "dm": Fraction(9, 10)}


def answering(world, exchange, unit):
    turns = [t for t in exchange.turns if turn_unit(world, t) == unit and not t["context"]]
    episodes = [e for e in exchange.episodes if turn_unit(world, e) == unit and e["own"]]
    return {**rates(world, turns), **latencies(world, turns), **chasing(world, turns), **deflections(episodes)}


def turn_unit(world, row):
    """Say which unit a turn or an episode belongs to."""
    if world.by == "account":
        return row["account"]
    if row["org"] not in world.focal_orgs():
        return None
    return row["org"] if world.by == "organization" else "all"


def within(latency, limit):
    return latency is not None and latency <= limit


def rates(world, turns):
    horizon = world.settings.horizon_s

    def due(h):
        return [t for t in turns if t["t"] <= world.end - h]

    asked = [t for t in due(horizon) if t["asks"]]
    persons = {}
    for turn in due(horizon):
        persons.setdefault((turn["person"], turn["org"]), []).append(within(turn["latency"], horizon))
    return {
        "response_rate": share(due(horizon), lambda t: within(t["latency"], horizon)),
        "response_rate_24h": share(due(DAY), lambda t: within(t["latency"], DAY)),
        "response_rate_1h": share(due(HOUR), lambda t: within(t["latency"], HOUR)),
        "response_rate_strict": share(due(horizon), lambda t: within(t["strict_latency"], horizon)),
        "response_rate_questions": share(asked, lambda t: within(t["latency"], horizon)),
        "person_response_rate": share(persons.values(), any),
    }


def watched_until(world, turn):
    """Return when the watch over a turn ends: with the window, or when its first post disappears."""
    deleted = turn["approaches"][0]["post"]["deleted"]
    return world.end if deleted is None else max(turn["t"], min(world.end, deleted))


def waiting(world, turns):
    """Return (seconds, answered) for every turn begun in the window."""
    durations = []
    for turn in (t for t in turns if t["t"] <= world.end):
        until = watched_until(world, turn)
        answered = turn["latency"] is not None and turn["answered_at"] <= until
        durations.append((turn["latency"] if answered else until - turn["t"], answered))
    return durations


def latencies(world, turns):
    durations = waiting(world, turns)
    n = len(durations)
    names = ["latency_median", "answered_within_15min", "answered_within_1h", "answered_within_24h", "latency_rmst_24h"]
    if not n:
        return dict.fromkeys(names, (NAN, 0))
    values = [median_time(durations) / 60]
    values += [float(1 - survival_at(durations, limit)) for limit in (15 * 60, HOUR, DAY)]
    values.append(float(restricted_mean(durations, world.settings.rmst_s)) / 60)
    return {name: (value, n) for name, value in zip(names, values, strict=True)}


def chasing(world, turns):
    horizon = world.settings.horizon_s
    persons = {}
    for turn in turns:
        if turn["t"] <= world.end - horizon:
            persons.setdefault((turn["person"], turn["org"]), []).append(within(turn["latency"], horizon))
    repeated = [answers for answers in persons.values() if len(answers) >= 2]
    return {
        "chase_rate": share(turns, lambda t: t["n_units"] >= 2),
        "chases_per_turn": ratio(sum(t["n_units"] - 1 for t in turns), len(turns)),
        "ignored_twice_share": share(repeated, lambda answers: not any(answers)),
    }


def deflections(episodes):
    known = [e for e in episodes if e["read"] or not e["replied"]]
    named = {place: sum(1 for e in episodes if place in e["places"]) for place in PLACES}
    total = sum(named.values())
    values = {f"destination_{place}_share": ratio(named[place], total) for place in PLACES}
    values["deflection_rate"] = share([e for e in known if e["replied"]], lambda e: e["deflected"])
    values["deflection_rate_all"] = share(known, lambda e: e["deflected"])
    values["deflection_first_rate"] = share([e for e in episodes if e["first_read"]], lambda e: e["first_deflects"])
    values["accountability_loss"] = ratio(sum(n * HIDDEN.get(place, 1) for place, n in named.items()), total)
    return values
