"""Ties that weigh and last: C3, C9 of conversations, C11, and rarefied breadth of C12."""

from __future__ import annotations

import math
from fractions import Fraction

from .answering import turn_unit
from .arithmetic import NAN, entropy, mean, median_time, ratio, share
from .attention import asks
from .structure import arcs, has_top, node_of, roots_of


def relations(world, exchange, unit):
    return {
        **weights(world, unit),
        **crowds(world, exchange, unit),
        **lasting(world, exchange, unit),
        **regulars(world, exchange, unit),
    }


# --- C3, C12 ---


def weights(world, unit):
    into, out = arcs(world, unit)
    met = sorted({p for _, p in [*into, *out]})
    pairs = [(posts_with(out, p), posts_with(into, p)) for p in met]
    total = sum(a + b for a, b in pairs)
    return {
        "weighted_reciprocity": ratio(2 * sum(min(pair) for pair in pairs), total),
        "dyad_balance": mean([1 - abs(a - b) / (a + b) for a, b in pairs]),
        "persons_rarefied": (rarefied([a for a, _ in pairs if a], world.settings.rarefy_n), sum(a for a, _ in pairs)),
    }


def posts_with(arcs, pair):
    return len({post["row"] for post, p in arcs if p == pair})


def rarefied(counts, size):
    """Return how many persons a draw of so many posts is expected to hold (Hurlbert)."""
    n = sum(counts)
    if n < size:
        return NAN
    none_drawn = [Fraction(math.comb(n - count, size), math.comb(n, size)) for count in counts]
    return float(sum(1 - p for p in none_drawn))


# --- C9 over conversations ---


def crowds(world, exchange, unit):
    roots = [root for root in roots_of(world, exchange, unit) if has_top(world, root)]
    sides = [pair for root in roots for pair in sides_of(world, exchange, unit, root)]
    talks = [authors_of(world, root) for root in roots]
    several = [list(count(authors).values()) for authors in talks if len(set(authors)) >= 2]
    return {
        "conversation_brand_units_mean": mean([own for own, _ in sides]),
        "conversation_turn_entropy": mean([entropy(list(pair), 2) for pair in sides]),
        "participant_gini": mean([gini(counts) for counts in several]),
    }


def authors_of(world, root):
    """Return who posted the units of a conversation, private ones left out."""
    return [p["author"] for p in world.threads[root] if world.is_head(p) and world.public(p)]


def sides_of(world, exchange, unit, root):
    """Count for each organization of the unit in a conversation its units and those by persons outside it."""
    authors, pairs = authors_of(world, root), []
    for org in sorted(orgs_in(world, exchange, unit, root)):
        own = sum(1 for a in authors if world.account(a)["org"] == org)
        persons = sum(1 for a in authors if world.is_person(a) and world.account(a)["org"] != org)
        pairs.append((own, persons))
    return pairs


def orgs_in(world, exchange, unit, root):
    """Return the organizations of a unit that posted or were approached in a conversation."""
    members = [p["author"] for p in world.threads[root] if world.visible(p) and world.account(p["author"])["focal"]]
    for events in exchange.events.values():
        members += [e["account"] for e in events if e["side"] == "in" and e["post"]["root"] == root]
    return {world.account(a)["org"] for a in members if world.unit_of(a) == unit}


def count(names):
    found = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def gini(counts):
    n, total = len(counts), sum(counts)
    return sum(abs(a - b) for a in counts for b in counts) / (2 * n * total)


# --- C11 ---


def stories(world, exchange):
    """Return the mutual episodes of every pair in time order, over the whole corpus."""
    found = {}
    for e in sorted(exchange.episodes, key=lambda e: e["events"][0]["row"]):
        if {"in", "out"} <= set(e["sides"]):
            found.setdefault(pair_of(world, e), []).append(e)
    return found


def pair_of(world, episode):
    return (node_of(world, episode["account"]), episode["person"])


def begins(episode):
    return episode["events"][0]["t"]


def ends(episode):
    return max(e["t"] for e in episode["events"])


def returns(world, mutual):
    """Return the episodes that begin long enough after the first one began."""
    return [e for e in mutual if begins(e) - begins(mutual[0]) >= world.settings.return_gap_s]


def lasting(world, exchange, unit):
    first, last = world.start + world.settings.wash_in_s, world.end - world.settings.follow_up_s
    own = [m for m in stories(world, exchange).values() if turn_unit(world, m[0]) == unit]
    histories = [m for m in own if first <= begins(m[0]) <= last]
    returned = [returns(world, m) for m in histories if returns(world, m)]
    known = world.end - world.settings.silence_end_s
    watched = [m for m in own if first <= begins(m[0]) <= known]
    return {
        "returning_share": ratio(len(returned), len(histories)),
        "returning_without_question_share": share(returned, lambda again: not any(has_question(e) for e in again)),
        "relationship_days_median": median_days(world, watched, known),
        "relationship_days_median_question": median_days(world, [m for m in watched if has_question(m[0])], known),
        "relationship_days_median_no_question": median_days(
            world, [m for m in watched if not has_question(m[0])], known
        ),
    }


def median_days(world, watched, known):
    durations = [duration(world, m, known) for m in watched]
    return (median_time(durations) / 86_400 if durations else NAN, len(durations))


def duration(world, mutual, known):
    """Return (seconds, ended) until the first long silence; who was in touch one silence before the end is not judged.

    A silence is between two mutual episodes, or after the last one.
    """
    start, last = begins(mutual[0]), ends(mutual[0])
    for e in mutual[1:]:
        if begins(e) - last > world.settings.silence_end_s:
            break
        last = ends(e)
    return (last - start, True) if last <= known else (known - start, False)


def has_question(episode):
    return any(asks(e["post"]) for e in episode["events"] if e["side"] == "in")


def regulars(world, exchange, unit):
    """Follow the organization's units in episodes to persons who have two mutual ones far enough apart."""
    told = {pair: returns(world, own) for pair, own in stories(world, exchange).items()}
    regular = {pair for pair, again in told.items() if again}
    unasked = {pair for pair in regular if not any(has_question(e) for e in told[pair])}
    episodes = [e for e in exchange.episodes if turn_unit(world, e) == unit]
    to = [pair_of(world, e) for e in episodes for side in e["sides"] if side == "out"]
    mutual = [e for e in episodes if {"in", "out"} <= set(e["sides"]) and pair_of(world, e) in regular]
    return {
        "regulars_reply_share": share(to, lambda pair: pair in regular),
        "regulars_without_question_reply_share": share(to, lambda pair: pair in unasked),
        "repeat_episodes_without_question_share": share(mutual, lambda e: not has_question(e)),
    }
