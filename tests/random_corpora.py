"""Random small corpora with everything that makes real ones hard: orphans, loops, ties, reposts, duplicates, gaps."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

SAYINGS = [
    "",
    "hello there",
    "is it open?",
    "read https://example.org/a?b=1",
    "news of the day #sale",
    "Please send us a DM.",
    "Please DM us or email help@example.org",
    "Please call 0800 123 456, or fill in our form https://example.org/contact-form",
    "We have passed this on to our engineers and will get back to you.",
    "So sorry to hear that!",
    "Could you tell us which model it is?",
    "Hold the reset button for ten seconds until the green light blinks, then enter the printed code.",
    "RT @Ann: what a day",
    "lovely, via @care0",
]
STEPS = [0, 0, 0, 1, 4, 6, 60, 900, 1_799, 1_801, 3_600, 40_000, 86_400, 86_401, 200_000, 260_000, 604_800]
ZONES = [None, "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
OPTIONAL = ["mentions", "conversation_id", "is_private", "is_context", "quote_of_id"]
OPTIONAL += ["is_restricted", "n_followers", "deleted_at"]
PUBLIC = ["Ann", "bob", "Cyd", "dee", "eve", "Fay"]


@st.composite
def crowds(draw):
    """Return the accounts: {account_id: (handle, role, organization)}."""
    found = {}
    for i in range(draw(st.integers(1, 3))):
        for name in ("brand", "care")[: draw(st.integers(1, 2))]:
            role = draw(st.sampled_from(["official", "care", "regional", "employee"]))
            organization = draw(st.sampled_from([f"org{i}", f"org{i}", None]))
            found[f"{name}{i}"] = (f"{name.title()}{i}", role, organization)
    for name in PUBLIC[: draw(st.integers(2, 6))]:
        found[f"id_{name}"] = (name, draw(st.sampled_from(["public", "unknown", None])), None)
    for name in ("partner", "bot"):
        if draw(st.booleans()):
            found[name] = (None, name, None)
    return found


@st.composite
def rows(draw, names, handles):
    """Return one row before the ids of other posts are known: links are numbers of rows."""
    link = st.one_of(st.none(), st.integers(-4, -1), st.integers(-4, -1), st.integers(0, 39), st.just("gone"))
    rarely = st.sampled_from([False] * 9 + [True])
    named = draw(st.lists(st.sampled_from([*handles, "Nobody"]), max_size=2))
    return {
        "account_id": draw(st.sampled_from(names)),
        "step": draw(st.sampled_from(STEPS)),
        "text": " ".join(
            [f"{draw(st.sampled_from(['@', '@', '.@']))}{h}" for h in named] + [draw(st.sampled_from(SAYINGS))]
        ),
        "has_text": not draw(rarely),
        "mentions": draw(st.one_of(st.none(), st.none(), st.lists(st.sampled_from([*handles, "nobody"]), max_size=2))),
        "parent_id": draw(link),
        "quote_of_id": draw(link) if draw(rarely) else None,
        "repost_of_id": draw(link) if draw(rarely) else None,
        "conversation_id": draw(st.sampled_from([None, None, "k1", "k2"])),
        "is_private": draw(rarely),
        "is_context": draw(rarely),
        "is_restricted": draw(rarely),
        "n_followers": draw(st.sampled_from([None, 0, 10, 10, 999, 100_000])),
        "deleted_at": draw(st.sampled_from([None] * 9 + STEPS)),
        "twice": draw(st.sampled_from([None] * 12 + ["later", "context"])),
    }


@st.composite
def corpora(draw):
    """Return (posts, accounts, focus) as tables."""
    crowd = draw(crowds())
    sides = draw(st.sampled_from(["roles", "roles", "roles", "focus", "mutual"]))
    handles = [handle or name for name, (handle, _, _) in crowd.items()]
    size = draw(st.sampled_from([1, 4, 10, 20, 30, 40]))
    drawn = draw(st.lists(rows(list(crowd), handles), min_size=size, max_size=size))
    drawn[0]["is_context"] = False
    keys = draw(st.permutations(range(len(drawn))))
    dropped = draw(st.sets(st.sampled_from(OPTIONAL)))
    table = pd.DataFrame(settle(drawn, [f"p{key:02}" for key in keys])).drop(columns=sorted(dropped))
    if "deleted_at" in table:
        table["deleted_at"] = table["deleted_at"].astype("float64")
    table = table.sample(frac=1, random_state=draw(st.integers(0, 9)))
    people = accounts_table(crowd, sides)
    people["time_zone"] = [draw(st.sampled_from(ZONES)) for _ in crowd]
    people["n_followers"] = [draw(st.sampled_from([None, 5, 50, 50, 5_000])) for _ in crowd]
    return (table.reset_index(drop=True), people, focus_of(crowd, sides))


def settle(drawn, ids):
    """Turn steps into times and numbers of rows into ids; write some rows a second time."""
    at, done = 1_700_000_000, []
    for i, row in enumerate(drawn):
        at += row["step"]
        row = {"post_id": ids[i], "created_at": at, **row}
        for name in ("parent_id", "quote_of_id", "repost_of_id"):
            row[name] = link_to(ids, i, row[name])
        row["text"] = row["text"] if row.pop("has_text") else None
        row["deleted_at"] = None if row["deleted_at"] is None else at + row["deleted_at"]
        row["mentions"] = None if row["mentions"] is None else " ".join(row["mentions"])
        twice = row.pop("twice")
        del row["step"]
        done.append(row)
        if twice == "later":
            done.append({**row, "created_at": at + 100, "text": "the same again"})
        if twice == "context" and not row["is_context"]:
            done.append({**row, "created_at": at - 100, "is_context": True, "parent_id": None})
    return done


def link_to(ids, own, link):
    """Return the id of a row counted from here (negative) or from the start; a missing id for `gone`."""
    if link == "gone":
        return f"gone{own % 3}"
    if link is None or (link < 0 and own + link < 0) or link >= len(ids):
        return None
    return ids[own + link] if link < 0 else ids[link]


def accounts_table(crowd, sides):
    """Return the accounts, without roles where everyone is measured against everyone else or a focus says who is."""
    table = pd.DataFrame(
        [{"account_id": name, "handle": h, "role": r, "organization": o} for name, (h, r, o) in crowd.items()]
    )
    return table[["account_id", "handle"]] if sides == "mutual" else table


def focus_of(crowd, sides):
    """Return the first and the last brand account, or nothing."""
    brands = [name for name in crowd if name.startswith(("brand", "care"))]
    return sorted({brands[0], brands[-1]}) if sides == "focus" else None


LINKS = ["post_id", "parent_id", "conversation_id", "quote_of_id", "repost_of_id"]


def renamed_posts(posts, rename):
    """Return the posts with every id of a post or a conversation passed through `rename`."""
    found = posts.copy()
    for name in LINKS:
        if name in found:
            found[name] = found[name].map(lambda value: value if pd.isna(value) else rename(value))
    return found


def twin_of(posts, accounts):
    """Return a corpus that holds the given one twice: the second time with other posts, accounts and organizations."""
    other = renamed_posts(posts, lambda name: f"{name}twin")
    other["account_id"] = other["account_id"] + "twin"
    other["text"] = other["text"].str.replace(r"(^|[\s.])@(\w+)", r"\1@\2twin", regex=True)
    if "mentions" in other:
        other["mentions"] = other["mentions"].str.replace(r"(\w+)", r"\1twin", regex=True)
    people = accounts.copy()
    for name in ("account_id", "handle", "organization"):
        if name in people:
            people[name] = people[name] + "twin"
    return pd.concat([posts, other], ignore_index=True), pd.concat([accounts, people], ignore_index=True)
