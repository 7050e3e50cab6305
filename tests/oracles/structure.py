"""The shape of the exchange: C1, C2, C4, C5, C7, C9, C12."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

from .answering import turn_unit
from .arithmetic import NAN, entropy, mean, not_exceeded_by, quantile, ratio, share, wiener

WEEK = 7 * 86_400


def structure(world, exchange, unit):
    episodes = [e for e in exchange.episodes if turn_unit(world, e) == unit and e["own"]]
    return {
        **reciprocity(world, unit),
        **conversations(world, exchange, unit),
        **interactivity(world, exchange, unit),
        **balance(episodes),
        **breadth(world, unit),
    }


def sample(world):
    """Leave out the posts known only because others refer to them: their choice is not chance."""
    return [post for post in world.order if not post["context"]]


def arcs(world, unit, posts=None):
    """Return the arcs into and out of a unit: (post, pair) by reply or mention, in the sample or in the posts given.

    A pair is the account where accounts are measured, else the organization, with the person.
    """
    into, out = [], []
    for post in sample(world) if posts is None else posts:
        author = world.account(post["author"])
        for account, ways in world.addressed(post).items():
            if not ways & {"reply", "mention"} or world.same_org(account, post["author"]):
                continue
            other = world.account(account)
            if author["person"] and other["focal"] and world.unit_of(account) == unit:
                into.append((post, (node_of(world, account), post["author"])))
            if author["brand"] and other["person"] and world.unit_of(post["author"]) == unit:
                out.append((post, (node_of(world, post["author"]), account)))
    return into, out


def node_of(world, account):
    return account if world.by == "account" else world.account(account)["org"]


def moment(post):
    """Return the second of a post and its depth: in the same second a post comes before the replies to it."""
    depth, step = 0, post
    while step["above"] is not None:
        depth, step = depth + 1, step["above"]
    return post["t"], depth


def came_after(arcs, others):
    """Return the pairs with one of the arcs after the first of the others."""
    first = {}
    for post, pair in others:
        first[pair] = min(moment(post), first.get(pair, moment(post)))
    return {pair for post, pair in arcs if pair in first and moment(post) > first[pair]}


def reciprocity(world, unit):
    into, out = arcs(world, unit)
    approached, reached = {p for _, p in into}, {p for _, p in out}
    mutual, everyone = len(approached & reached), len(approached | reached)
    one_way = everyone - mutual
    answered, returned = came_after(out, into), came_after(into, out)
    n_arcs = 2 * mutual + one_way
    r, _ = ratio(2 * mutual, n_arcs)
    rho = NAN
    if one_way:
        density = n_arcs / (2 * everyone)
        rho = (r - density) / (1 - density)
    return {
        "arc_reciprocity": ratio(2 * mutual, n_arcs),
        "dyadic_reciprocity": ratio(mutual, everyone),
        "inbound_reciprocity": ratio(mutual, len(approached)),
        "outbound_reciprocity": ratio(mutual, len(reached)),
        "inbound_reciprocity_ordered": ratio(len(answered), len(approached)),
        "outbound_reciprocity_ordered": ratio(len(returned), len(reached)),
        "arc_reciprocity_ordered": ratio(len(answered) + len(returned), n_arcs),
        "dyadic_reciprocity_ordered": ratio(len(answered & returned), everyone),
        "reciprocity_rho": (rho, everyone),
    }


def roots_of(world, exchange, unit, org=None):
    """Return the conversations in which a unit, or one organization of it, posted or was approached.

    Those that hold no post of the sample are left out.
    """

    def ours(name):
        return org is None or world.accounts[name]["org"] == org

    roots = set()
    for post in world.order:
        if world.account(post["author"])["focal"] and world.visible(post):
            ours_too = world.unit_of(post["author"]) == unit and ours(post["author"])
            roots |= {post["root"]} if ours_too else set()
    for events in exchange.events.values():
        asked = [e for e in events if e["side"] == "in" and world.unit_of(e["account"]) == unit]
        roots |= {e["post"]["root"] for e in asked if ours(e["account"])}
    return sorted(root for root in roots - {None} if any(world.visible(p) for p in world.threads[root]))


def has_top(world, root):
    """Say whether it is known where a conversation begins, or something known can stand for it.

    A reply to a missing post (or to a plain repost) is not where a conversation began. Where the platform names the
    conversation, and the corpus holds more of it, the earliest unit known takes that place.
    """
    first = world.posts[root]
    more = any(world.is_head(p) and p is not first for p in world.threads[root])
    return not first["stray"] or (first["conversation_id"] is not None and more)


def conversations(world, exchange, unit):
    roots = [root for root in roots_of(world, exchange, unit) if has_top(world, root)]
    trees = [measure_tree(world, root) for root in roots]
    sizes = [tree["size"] for tree in trees]
    return {
        "conversation_size_mean": mean(sizes),
        "conversation_size_median": quantile(sizes, 0.5),
        "conversation_size_p90": not_exceeded_by(sizes, Fraction(9, 10)),
        "single_post_share": share(sizes, lambda size: size == 1),
        "conversation_depth_mean": mean([tree["depth"] for tree in trees]),
        "conversation_width_mean": mean([tree["width"] for tree in trees]),
        "conversation_persons_mean": mean([tree["persons"] for tree in trees]),
        "conversation_duration_median": quantile([tree["minutes"] for tree in trees], 0.5),
        "structural_virality": mean([tree["virality"] for tree in trees]),
        "structural_virality_normalized": mean([tree["normalized"] for tree in trees]),
    }


def measure_tree(world, root):
    """Measure one reply tree of thread-merged units."""
    thread = world.threads[root]
    children = {}
    for post in thread:
        if world.is_head(post):
            above = world.head(post["above"])["id"] if post["above"] is not None else None
            children.setdefault(above, []).append(post["id"])
    levels, level = [], children[None]
    while level:
        levels.append(len(level))
        level = [child for node in level for child in children.get(node, [])]
    n = sum(levels)
    times = [p["t"] for p in thread if world.is_head(p)]
    virality = normalized = NAN
    if n >= 2:
        virality = 2 * wiener({k: v for k, v in children.items() if k is not None}, children[None][0]) / (n * (n - 1))
    if n >= 4:
        star, path = 2 * (n - 1) / n, (n + 1) / 3
        normalized = (virality - star) / (path - star)
    return {
        "size": n,
        "depth": len(levels) - 1,
        "width": max(levels),
        "persons": len({p["author"] for p in thread if world.is_person(p["author"])}),
        "minutes": (max(times) - min(times)) / 60,
        "virality": virality,
        "normalized": normalized,
    }


def interactivity_order(world, post):
    """Return 0, 1 or 2 (two and more) for a unit's head, None where an absent parent leaves it open."""
    if post["orphan"]:
        return None
    if post["parent"] is None or post["parent"]["author"] == post["author"]:
        return 0
    before = world.head(post["parent"])
    if before["orphan"]:
        return None
    further = before["parent"]
    # A plain repost stands in no tree, so that an exchange cannot go on through one.
    if further is None or further["plain_repost"] or further["author"] != post["author"]:
        return 1
    return 2


def interactivity(world, exchange, unit):
    heads = [p for p in world.order if world.is_head(p) and not p["plain_repost"] and world.visible(p)]
    own = [p for p in heads if world.account(p["author"])["focal"]]
    every = [interactivity_order(world, p) for p in own if world.unit_of(p["author"]) == unit]
    orders = [order for order in every if order is not None]
    public = [interactivity_order(world, p) for p in public_heads(world, exchange, unit, heads)]
    public = [order for order in public if order is not None]
    return {
        "interactive_share": share(orders, lambda order: order == 2),
        # What a missing parent hides is at least a reply.
        "interactivity_order_mean": mean([1 if order is None else order for order in every]),
        "public_interactive_share": share(public, lambda order: order == 2),
    }


def public_heads(world, exchange, unit, heads):
    """Return the units of persons in conversations of a unit, once for each of its organizations not their own."""
    found = []
    for org in orgs_of(world, unit):
        there = set(roots_of(world, exchange, unit, org))
        for head in heads:
            outside = world.accounts[head["author"]]["org"] != org
            if head["root"] in there and world.is_person(head["author"]) and outside:
                found.append(head)
    return found


def orgs_of(world, unit):
    return {a["org"] for name, a in world.accounts.items() if a["focal"] and world.unit_of(name) == unit}


def balance(episodes):
    rows = [balance_of(e) for e in episodes]
    names = ["turn_balance_entropy", "turn_gini", "turn_imbalance", "word_balance_entropy", "turn_taking_index"]
    names += ["word_gini", "word_imbalance"]
    return {name: mean([row[i] for row in rows]) for i, name in enumerate(names)}


def balance_of(episode):
    sides = episode["sides"]
    a, b = sides.count("out"), sides.count("in")
    said = sorted(episode["words"].values())
    runs = 1 + sum(1 for x, y in zip(sides, sides[1:], strict=False) if x != y)
    return (
        entropy([a, b], 2),
        abs(a - b) / (2 * (a + b)),
        max(a, b) / (a + b),
        entropy(list(episode["words"].values()), 2),
        (runs - 1) / (a + b - 1) if a + b >= 2 else NAN,
        (said[1] - said[0]) / (2 * sum(said)) if sum(said) else NAN,
        said[1] / sum(said) if sum(said) else NAN,
    )


def breadth(world, unit):
    _, out = arcs(world, unit)
    posts_to = {}
    for post, pair in out:
        posts_to.setdefault(pair, {})[post["row"]] = post
    n = len(posts_to)
    weeks = (world.end - world.start) / WEEK
    # Whom the unit is known to have addressed before, be it in context, is no new tie.
    ever = {}
    for post, pair in arcs(world, unit, world.order)[1]:
        ever[pair] = min(post["row"], ever.get(pair, post["row"]))
    new = sum(1 for pair, posts in posts_to.items() if min(posts) == ever[pair])
    outside, inside = insiders(world, unit)
    directed = len({(post["row"], node) for post, (node, _) in out})
    spread = entropy([len(posts) for posts in posts_to.values()])
    return {
        "persons_per_100_directed": ratio(100 * n, directed),
        "effective_persons": (math.exp(spread) if n else NAN, sum(len(posts) for posts in posts_to.values())),
        "new_tie_rate": (new / weeks, new) if n and weeks else (NAN, 0),
        "effective_size": (sum(network_size(world, posts_to, node) for node in {p[0] for p in posts_to}), n)
        if n
        else (NAN, 0),
        "external_internal_index": ratio(outside - inside, outside + inside),
    }


def network_size(world, pairs, node):
    persons = sorted(person for own, person in pairs if own == node)
    tied = sum(1 for pair in combinations(persons, 2) if frozenset(pair) in ties(world))
    return len(persons) - 2 * tied / len(persons)


def ties(world):
    """Return the pairs of accounts with a reply or a mention between them."""
    if not hasattr(world, "tie_pairs"):
        world.tie_pairs = {
            frozenset((post["author"], account))
            for post in sample(world)
            for account, ways in world.addressed(post).items()
            if ways & {"reply", "mention"}
        }
    return world.tie_pairs


def insiders(world, unit):
    """Count the arcs of a unit to persons, and those to partners or its own organization."""
    outside = inside = 0
    for post in sample(world):
        if not world.account(post["author"])["brand"] or world.unit_of(post["author"]) != unit:
            continue
        to = [a for a, ways in world.addressed(post).items() if ways & {"reply", "mention"}]
        outside += sum(1 for a in to if world.is_person(a))
        inside += sum(1 for a in to if world.account(a)["role"] == "partner" or world.same_org(a, post["author"]))
    return outside, inside
