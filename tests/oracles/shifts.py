"""Who speaks after whom, and how deep it goes: C6, the highest order of C7, C8."""

from __future__ import annotations

from .answering import turn_unit
from .arithmetic import mean, share
from .structure import has_top, roots_of

UNKNOWN = "?"


def shifts(world, exchange, unit):
    roots = roots_of(world, exchange, unit)
    episodes = [e for e in exchange.episodes if turn_unit(world, e) == unit and e["own"]]
    levels = [levels_of(world, root) for root in roots if has_top(world, root)]
    return {
        "h_index_mean": mean([h_index(counts) for counts in levels]),
        "h_index_max_mean": mean([h_index_max(counts) for counts in levels]),
        "interactivity_max_order_mean": mean([m for m in (max_order(world, e) for e in episodes) if m is not None]),
        **participation(world, roots),
    }


def heads_of(world, root):
    return [p for p in world.threads[root] if world.is_head(p)]


# --- C6 ---


def children_of(world, root):
    """Return {unit: units directly below it}, in time order; the unit at the top is below None."""
    found = {}
    for post in heads_of(world, root):
        above = world.head(post["above"])["id"] if post["above"] is not None else None
        found.setdefault(above, []).append(post["id"])
    return found


def levels_of(world, root):
    """Count the replies at depth 1, 2, ..."""
    below = children_of(world, root)
    counts, level = [], below[None]
    while level := [child for node in level for child in below.get(node, [])]:
        counts.append(len(level))
    return counts


def h_index(counts):
    """Return the last level before the first one that holds fewer replies than its depth."""
    h = 0
    for depth, n in enumerate(counts, start=1):
        if n < depth:
            break
        h = depth
    return h


def h_index_max(counts):
    return max([depth for depth, n in enumerate(counts, start=1) if n >= depth], default=0)


# --- C7 ---


def max_order(world, episode):
    said = [e["post"] for e in episode["events"] if e["opens"] and not e["post"]["context"]]
    return max([order(world, world.head(post)) for post in said], default=None)


def order(world, head):
    """Count the steps up the tree in which two accounts take turns; one that a missing parent hides counts as taken.

    That of the post itself, that is: a reply is at least one step, and further up nothing is known.
    """
    steps, here, awaited = 0, head, None
    while True:
        if here["orphan"]:
            return max(steps, 1)
        above = here["parent"]
        if above is None or above["author"] == here["author"] or (awaited and above["author"] != awaited):
            return steps
        if above["plain_repost"]:
            return max(steps, 1)
        steps, here, awaited = steps + 1, world.head(above), here["author"]


# --- C8 ---


def participation(world, roots):
    flat, deep = [], []
    for root in roots:
        flat += classified([p for p in sorted(heads_of(world, root), key=moment) if world.public(p)])
        deep += classified([p for p in depth_first(world, root) if world.public(p)])
    names = ("receiving", "claiming", "continuing")
    values = {f"pshift_{name}_share": share(flat, lambda s, name=name: s[0] == name) for name in names}
    values["pshift_usurping_share"] = share(flat, lambda s: s[0] == "usurping" and world.is_person(s[2]))
    values["pshift_abba_share"] = share(flat, lambda s: s[1] == "AB-BA")
    values["pshift_abba_share_tree"] = share(deep, lambda s: s[1] == "AB-BA")
    return values


def moment(post):
    """Order posts in time; in the same second, a post comes after the one it answers."""
    above, top = 0, post
    while top["above"] is not None:
        above, top = above + 1, top["above"]
    return post["t"], above, post["row"]


def depth_first(world, root):
    below, found = children_of(world, root), []
    waiting = list(reversed(below[None]))
    while waiting:
        name = waiting.pop()
        found.append(world.posts[name])
        waiting += reversed(below.get(name, []))
    return found


def target(post):
    if post["orphan"]:
        return UNKNOWN
    above = post["parent"]
    return None if above is None or above["author"] == post["author"] else above["author"]


def classified(heads):
    """Return (family, type, new speaker) of every shift between successive units."""
    found = []
    for before, after in zip(heads, heads[1:], strict=False):
        a, b, x, y = before["author"], target(before), after["author"], target(after)
        if UNKNOWN not in (b, y) and (a, b) != (x, y):
            found.append((*shift(a, b, x, y), x))
    return found


def shift(a, b, x, y):
    """Name the shift from speaker a to b, to speaker x to y; None stands for nobody."""
    first = "AB" if b else "A0"
    speaker = "A" if x == a else "B" if x == b else "X"
    to = "0" if y is None else "A" if y == a else "B" if y == b else "Y"
    if speaker == "A":
        family = "continuing"
    elif speaker == "B":
        family = "receiving"
    else:
        family = "usurping" if b else "claiming"
    return family, f"{first}-{speaker}{to}"
