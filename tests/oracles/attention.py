"""Who is spoken to unasked, and who is heard: B12, B13."""

from __future__ import annotations

import math

from .answering import turn_unit, within
from .arithmetic import NAN, ratio, share
from .events import asked, words
from .load import BRAND


def attention(world, exchange, unit):
    turns = [t for t in exchange.turns if turn_unit(world, t) == unit and not t["context"]]
    due = [t for t in turns if t["t"] <= world.end - world.settings.horizon_s]
    cases = [case_of(world, turn) for turn in due]
    return {**proactivity(world, exchange, unit), **prominence(cases), **bystanders(cases)}


# --- B12 ---


def proactivity(world, exchange, unit):
    kinds = [approach_kind(world, exchange, posts) for posts in units_by(world, unit)]
    known = [kind for kind in kinds if kind is not None]
    return {
        "proactive_share": share(known, lambda kind: kind != "reactive"),
        "proactive_helpful_share": share(known, lambda kind: kind == "helpful"),
    }


def units_by(world, unit):
    """Return the visible posts of every unit that is not a plain repost."""
    heads = [p for p in world.order if world.is_head(p) and world.account(p["author"])["focal"]]
    units = [world.visible(p) for p in heads if world.unit_of(p["author"]) == unit]
    return [posts for posts in units if posts and not posts[0]["plain_repost"]]


def approach_kind(world, exchange, posts):
    """Say reactive, proactive or helpful; None where nobody known is addressed or the post answered is missing."""
    if any(p["orphan"] for p in posts):
        return None
    author = posts[0]["author"]
    org = world.account(author)["org"]
    persons = set()
    for p in posts:
        for account, ways in world.addressed(p).items():
            if ways and world.is_person(account) and not world.same_org(account, author):
                persons.add(account)
    if not persons:
        return None
    for person in persons:
        for event in exchange.events.get((person, org), []):
            recent = posts[0]["t"] - event["t"] <= world.settings.contact_memory_s
            if event["side"] == "in" and event["row"] < posts[0]["row"] and recent:
                return "reactive"
    return "helpful" if posts[0]["parent"] is not None and asks(posts[0]["parent"]) else "proactive"


def asks(post):
    return asked(post["text"])


# --- B13 ---


def case_of(world, turn):
    first = turn["approaches"][0]["post"]
    crowds = [addressed_orgs(world, event["post"]) for event in turn["approaches"]]
    followers, later = first["followers"], world.account(turn["person"]).get("n_followers")
    if followers is None and later is not None:
        followers = float(later)
    return {
        "person": turn["person"],
        "org": turn["org"],
        "followers": followers,
        "answered": within(turn["latency"], world.settings.horizon_s),
        "asks": turn["asks"],
        "bystander": any(len(orgs) >= 2 for orgs in crowds),
        "words": words(first),
    }


def addressed_orgs(world, post):
    named = [world.account(a) for a in world.addressed(post)]
    orgs = {a["org"] or a["account_id"] for a in named if a["focal"] or a["role"] in BRAND}
    return orgs - {world.account(post["author"])["org"]}


def prominence(cases):
    cases = [c for c in cases if c["followers"] is not None]
    n = len(cases)
    ys = [int(c["answered"]) for c in cases]
    names = ["follower_concentration", "follower_erreygers", "follower_odds_ratio"]
    if len({c["followers"] for c in cases}) < 2:
        return {**dict.fromkeys(names, (NAN, 0)), "top_followed_share": (NAN, 0)}
    between = covariance(ys, ranks([c["followers"] for c in cases]))
    return {
        "follower_concentration": (ratio(2 * between, sum(ys) / n)[0], n),
        "follower_erreygers": (8 * between if sum(ys) else NAN, n),
        "follower_odds_ratio": (odds_ratio(cases), n),
        "top_followed_share": (top_share(cases), n),
    }


def ranks(values):
    """Return fractional ranks; those who tie share the middle of their places."""
    n = len(values)
    return [(sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 - 0.5) / n for x in values]


def covariance(xs, ys):
    mx, my = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    return math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / len(xs)


def top_share(cases):
    """Return the share of answers that go to the persons with the most followers."""
    most = {}
    for c in cases:
        most[c["person"]] = max(most.get(c["person"], 0), c["followers"])
    ordered = sorted(most.values(), reverse=True)
    edge = ordered[math.ceil(len(ordered) / 10) - 1]
    answered = [c for c in cases if c["answered"]]
    return share(answered, lambda c: most[c["person"]] >= edge)[0]


def odds_ratio(cases):
    """Return exp(b) of the followers' logarithm in a logistic regression; columns that do not vary are left out.

    Every organization has a level of its own, which has no maximum where it answered all or none: these are left out.
    None, which is compared with nothing, where the regression has no maximum or cannot tell its columns apart.
    """
    seen = {(c["org"], c["answered"]) for c in cases}
    cases = [c for c in cases if (c["org"], not c["answered"]) in seen]
    ys = [int(c["answered"]) for c in cases]
    if not cases:
        return NAN
    orgs = sorted({c["org"] for c in cases})
    columns = [[math.log10(1 + c["followers"]) for c in cases]]
    if len(set(columns[0])) < 2 or len(set(ys)) < 2:
        return NAN
    columns += [[float(c[name]) for c in cases] for name in ("asks", "bystander")]
    columns.append([math.log1p(c["words"]) for c in cases])
    columns += [[float(c["org"] == org) for c in cases] for org in orgs[1:]]
    columns = [[1.0] * len(cases)] + [column for column in columns if len(set(column)) > 1]
    beta = logistic(columns, ys)
    return None if beta is None else math.exp(beta[1])


def logistic(columns, ys, steps=60):
    """Fit by Newton's steps; None where they do not settle."""
    beta = [0.0] * len(columns)
    rows = list(zip(*columns, strict=True))
    for _ in range(steps):
        eta = [math.fsum(b * x for b, x in zip(beta, row, strict=True)) for row in rows]
        if max(abs(e) for e in eta) > 30:
            return None
        p = [1 / (1 + math.exp(-e)) for e in eta]
        gradient = [math.fsum((y - q) * x for y, q, x in zip(ys, p, c, strict=True)) for c in columns]
        hessian = [
            [math.fsum(q * (1 - q) * a * b for q, a, b in zip(p, c, d, strict=True)) for d in columns] for c in columns
        ]
        step = solve(hessian, gradient)
        if step is None:
            return None
        beta = [b + s for b, s in zip(beta, step, strict=True)]
        if max(abs(s) for s in step) < 1e-12:
            return beta
    return None


def solve(matrix, vector):
    """Eliminate with the largest pivot; None for a singular matrix."""
    rows = [[*row, v] for row, v in zip(matrix, vector, strict=True)]
    n = len(rows)
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) < 1e-10:
            return None
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def bystanders(cases):
    alone, _ = share([c for c in cases if not c["bystander"]], lambda c: c["answered"])
    together, _ = share([c for c in cases if c["bystander"]], lambda c: c["answered"])
    crowd = sum(1 for c in cases if c["bystander"])
    return {"bystander_ratio": (together / alone if alone else NAN, crowd)}
