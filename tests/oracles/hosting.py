"""Party organizer or gatekeeper: C13."""

from __future__ import annotations

from .arithmetic import NAN, ratio, share
from .attention import units_by


def hosting(world, exchange, unit):
    del exchange
    spoken = units_by(world, unit)
    every = all_units(world, unit)
    roots = sorted({posts[0]["root"] for posts in every} - {None})
    values = {
        "host_c2c_share": among_persons(world, roots),
        "host_intro_share": share(spoken, lambda posts: introduces(world, posts)),
        "host_spot_share": share(every, lambda posts: any(passes_on_a_person(world, p) for p in posts)),
        "host_gate_share": share(roots, lambda root: keeps_the_gate(world, unit, root)),
    }
    if not {"is_restricted", "deleted_at"} & world.columns:
        values["host_gate_share"] = (NAN, 0)
    parts = [values[f"host_{name}_share"][0] for name in ("c2c", "intro", "spot")]
    gate = values["host_gate_share"][0]
    counts = [values[f"host_{name}_share"][1] for name in ("c2c", "intro", "spot")]
    counts += [] if gate != gate else [values["host_gate_share"][1]]
    values["host_index"] = (sum(parts) / 3 - (gate if gate == gate else 0.0), min(counts))
    return values


def keeps_the_gate(world, unit, root):
    """Say whether an organization of the unit that posted there limited a post of its own, or its own root is gone."""
    wrote = [p for p in world.threads[root] if world.is_head(p) and world.visible(p)]
    orgs = {
        world.accounts[p["author"]]["org"]
        for p in wrote
        if world.accounts[p["author"]]["focal"] and world.unit_of(p["author"]) == unit
    }
    own = [p for p in world.threads[root] if world.accounts[p["author"]]["org"] in orgs]
    return any(p["restricted"] or (p["deleted"] is not None and p["id"] == root) for p in own)


def all_units(world, unit):
    heads = [p for p in world.order if world.is_head(p) and world.account(p["author"])["focal"]]
    units = [world.visible(p) for p in heads if world.unit_of(p["author"]) == unit]
    return [posts for posts in units if posts]


def among_persons(world, roots):
    """Return the share of persons' replies that go to another person."""
    replies = to_persons = 0
    for root in roots:
        for post in world.threads[root]:
            seen = world.is_head(post) and bool(world.visible(post))
            if seen and post["parent"] is not None and world.is_person(post["author"]):
                to = post["parent"]["author"]
                replies += to != post["author"]
                to_persons += to != post["author"] and world.is_person(to)
    return ratio(to_persons, replies)


def introduces(world, posts):
    """Say whether a post brings two persons or more together; a handle nobody is known by stands for a person."""
    return any(len(named(world, p)) >= 2 for p in posts)


def named(world, post):
    found = {h for h in post["handles"] if h not in world.by_handle}
    for account, ways in world.addressed(post).items():
        outside = world.is_person(account) and not world.same_org(account, post["author"])
        if outside and ways & {"reply", "mention"}:
            found.add(account)
    return found


def passes_on_a_person(world, post):
    """Say whether a post quotes or reposts a person; what is not in the corpus counts as a person's."""
    source = post["quote_of"] or post["repost_of"]
    if source is None or source not in world.posts:
        return source is not None
    to = world.posts[source]["author"]
    return to != post["author"] and world.is_person(to) and not world.same_org(to, post["author"])
