"""What became of episodes, and of matters handed on, by loops."""

from __future__ import annotations

from .answering import turn_unit
from .arithmetic import ratio, share
from .events import OUTCOMES

ORDER = ["open", "escalate_closed", "escalate_open", "deflected", "stalled", "acknowledged", "ignored"]


def outcomes(world, exchange, unit):
    """Return the values of one unit."""
    episodes = [e for e in exchange.episodes if turn_unit(world, e) == unit and e["own"]]
    for episode in episodes:
        describe(world, episode)
    # Nobody knows what became of those whose replies nobody can read.
    known = [e for e in episodes if e["read"] or not e["replied"]]
    values = {f"outcome_{name}_share": share(known, lambda e, n=name: e["became"] == n) for name in ORDER}
    values["outcome_ignored_share"] = share(episodes, lambda e: e["became"] == "ignored")
    replied = [e for e in episodes if e["first_read"]]
    for name in ("open", "escalate", "clarify", "acknowledge"):
        values[f"first_{name}_share"] = share(replied, lambda e, n=name: e["first_label"].startswith(n))
    answered = [e for e in episodes if e["became"] == "open"]
    values["assisted_open_share"] = share(answered, lambda e: e["assisted"])
    settled = sum(e["became"] in {"open", "escalate_closed"} for e in known)
    values["open_resolution_rate"] = ratio(settled, len(known))
    return values


def describe(world, episode):
    units = our_units(world, episode["events"])
    labels = [unit["label"] for unit in units]
    passed = [i for i, label in enumerate(labels) if label == "escalate"]
    kept = [i for i in passed if i + 1 < len(units) and units[i + 1]["t"] - units[i]["t"] <= world.settings.handoff_s]
    best = next((label for label in OUTCOMES if label in labels), "none")
    if not episode["replied"]:
        became = "ignored"
    elif best == "open_answer":
        became = "open"
    elif passed:
        became = "escalate_closed" if kept else "escalate_open"
    elif best == "deflect":
        became = "deflected"
    elif best == "clarify" and labels[-1] == "clarify":
        became = "stalled"
    else:
        became = "acknowledged" if best != "none" else "nothing said"
    episode["became"] = became
    linked = [u for u in units if u["label"] == "open_answer" and u["places"] & {"page", "dm"}]
    episode["assisted"] = bool(linked)


def our_units(world, events):
    """Return the organization's units in an episode, the posts of each taken together."""
    approaches = [e["row"] for e in events if e["side"] == "in"]
    first = approaches[0] if approaches else float("inf")
    units = {}
    for event in events:
        if event["side"] == "out" and ("reply" in event["ways"] or event["row"] > first):
            units.setdefault(world.head(event["post"])["id"], []).append(event)
    return [
        {
            "t": min(e["t"] for e in posts),
            "label": next((label for label in OUTCOMES if label in [e["resolution"] for e in posts]), "none"),
            "places": set().union(*[e["places"] for e in posts]),
        }
        for posts in units.values()
    ]
