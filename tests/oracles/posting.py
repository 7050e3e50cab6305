"""What accounts post, how much of it is directed, and when: A1, A3, E1, I1."""

from __future__ import annotations

import math

from .arithmetic import NAN, burstiness, composition, correlation, gaps, ratio, share
from .events import OUTCOMES
from .load import HANDLE, HASHTAG, PASSED_ON, URL

KINDS = ["repost", "reply", "intra_brand", "quote", "mention"]


def own_units(world, unit):
    """Return the units posted by the accounts of the unit measured, by what is public and of the sample in them."""
    heads = [p for p in world.order if world.is_head(p) and world.account(p["author"])["focal"]]
    units = [world.visible(p) for p in heads if world.unit_of(p["author"]) == unit]
    return [describe(world, posts) for posts in units if posts]


def describe(world, posts):
    features = [describe_post(world, post) for post in posts]
    merged = {name: any(f[name] for f in features) for name in features[0]}
    labels = [world.resolutions.get(p["id"], ("none", {}))[0] for p in posts]
    merged["resolution"] = next((label for label in OUTCOMES if label in labels), "none")
    merged["kind"] = next((kind for kind in KINDS if merged[kind]), "original")
    merged["head"] = posts[0]
    merged["legacy"] = "repost" if merged["passed_on"] else "reply" if merged["has_handle"] else "original"
    return merged


def describe_post(world, post):
    author = post["author"]
    parent = post["parent"]["author"] if post["parent"] is not None else author
    ways = world.addressed(post)
    to_persons = [w for a, w in ways.items() if world.is_person(a)]
    public = not post["plain_repost"] and not post["private"]
    quotes_absent = public and post["quote_of"] is not None and post["quote_of"] not in world.posts
    stranger = public and world.names_a_stranger(post)
    return {
        "repost": post["plain_repost"],
        "reply": post["orphan"] or (parent != author and not world.same_org(parent, author)),
        "intra_brand": parent != author and world.same_org(parent, author),
        "quote": post["quote_of"] is not None,
        "mention": stranger or any("mention" in w for w in ways.values()),
        "directed_reply": post["orphan"] or any("reply" in w for w in to_persons),
        "directed": post["orphan"] or stranger or quotes_absent or bool(to_persons),
        "has_text": post["has_text"],
        "url": URL.search(post["text"]) is not None,
        "hashtag": HASHTAG.search(URL.sub(" ", post["text"])) is not None,
        "passed_on": PASSED_ON.search(post["text"]) is not None,
        "has_handle": HANDLE.search(post["text"]) is not None,
    }


def posting(world, unit):
    units = own_units(world, unit)
    spoken = [u for u in units if u["kind"] != "repost"]
    values = {f"{kind}_share": share(units, lambda u, k=kind: u["kind"] == k) for kind in [*KINDS, "original"]}
    texts = [u for u in units if u["has_text"]]
    for kind in ("original", "reply", "repost"):
        values[f"legacy_{kind}_share"] = share(texts, lambda u, k=kind: u["legacy"] == k)
    values["url_share"] = share(texts, lambda u: u["url"])
    values["hashtag_share"] = share(texts, lambda u: u["hashtag"])
    values["broadcast_index"] = share(spoken, lambda u: not u["directed"])
    values["broadcast_index_reply"] = share(spoken, lambda u: not u["directed_reply"])
    return {**values, **timing(units, spoken), **strategy(spoken)}


def timing(units, spoken):
    """Pool the gaps within each account."""
    everything = per_account(units)
    pairs = [pair for taus in everything for pair in zip(taus, taus[1:], strict=False)]
    return {
        "burstiness": pooled_burstiness(everything),
        "burstiness_originals": pooled_burstiness(per_account([u for u in spoken if not u["directed"]])),
        "burstiness_replies": pooled_burstiness(per_account([u for u in spoken if u["directed"]])),
        "memory": (correlation(pairs), len(pairs)),
    }


def per_account(units):
    times = {}
    for u in units:
        times.setdefault(u["head"]["author"], []).append(u["head"]["t"])
    return [gaps(sorted(own)) for own in times.values()]


def pooled_burstiness(series):
    taus = [tau for own in series for tau in own]
    return (burstiness(taus), len(taus))


def strategy(spoken):
    open_talk = {"open_answer", "escalate", "acknowledge", "clarify"}
    b = sum(1 for u in spoken if not u["directed"])
    d = sum(1 for u in spoken if u["directed"] and u["resolution"] == "deflect")
    c = sum(1 for u in spoken if u["directed"] and u["resolution"] in open_talk)
    n = b + d + c
    values = {"broadcast_part": ratio(b, n), "deflect_part": ratio(d, n), "conversation_part": ratio(c, n)}
    z1 = z2 = NAN
    if n:
        x, y, z = composition([b, d, c])
        z1 = math.sqrt(2 / 3) * math.log(z / math.sqrt(x * y))
        z2 = math.sqrt(1 / 2) * math.log(x / y)
    return {**values, "strategy_z1": (z1, n), "strategy_z2": (z2, n)}
