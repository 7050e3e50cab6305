"""Rows as dicts, the two sides, reply trees and thread-merged units."""

from __future__ import annotations

import re

import pandas as pd

from twoway.definitions import Definitions

BRAND = {"official", "care", "regional", "employee", "executive"}
HANDLE = re.compile(r"(^|[^\w@/.]|(?<!\w)\.)@(\w{1,50})")  # ".@name" is a mention, "a.@name" is not
URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
HASHTAG = re.compile(r"(^|[^\w&/#])#\w*[^\W\d_]\w*")
PASSED_ON = re.compile(r"(^|[^\w])(RT|MT|via):?\s*@\w", re.IGNORECASE)


def missing(value):
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def text_or_none(value):
    return None if missing(value) or str(value) == "" else str(value)


def seconds(value):
    if isinstance(value, int | float):
        return int(value)
    stamp = pd.Timestamp(value)
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return int(stamp.timestamp() // 1)


def as_rows(frame):
    return [] if frame is None else frame.astype(object).to_dict("records")


class World:
    """Everything known of one corpus, as dicts."""

    def __init__(self, posts, accounts, *, by, focus, definitions, resolutions, window):
        self.by = by
        self.settings = definitions or Definitions()
        self.resolutions = resolutions or {}
        self.columns = set(posts.columns)
        self.posts = keep_one_of_each([self._post(row) for row in as_rows(posts)])
        self.order = sorted(self.posts.values(), key=lambda p: (p["t"], p["id"]))
        for row, post in enumerate(self.order):
            post["row"] = row
        own = [p["t"] for p in self.order if not p["context"]]
        self.start, self.end = window or (min(own), max(own))
        for post in self.order:
            post["context"] = post["context"] or not self.start <= post["t"] <= self.end
        self._settle_accounts(as_rows(accounts), focus)
        self._settle_parents()
        self._find_roots()
        self._find_units()

    def _post(self, row):
        def get(name):
            return text_or_none(row.get(name))

        text = get("text") or ""
        listed = row.get("mentions")
        handles = str(listed).split() if not missing(listed) else [m.group(2) for m in HANDLE.finditer(text)]
        post = {
            "id": str(row["post_id"]),
            "author": str(row["account_id"]),
            "t": seconds(row["created_at"]),
            "text": text,
            "has_text": not missing(row.get("text")),
            "handles": [h.lower() for h in handles],
            "parent_id": get("parent_id"),
            "conversation_id": get("conversation_id"),
            "quote_of": get("quote_of_id"),
            "private": flag(row.get("is_private")),
            "context": flag(row.get("is_context")),
            "restricted": flag(row.get("is_restricted")),
            "followers": None if missing(row.get("n_followers")) else float(row["n_followers"]),
            "deleted": None if missing(row.get("deleted_at")) else seconds(row["deleted_at"]),
            "repost_of": get("repost_of_id"),
        }
        post["plain_repost"] = post["repost_of"] is not None and post["quote_of"] is None
        return post

    def _settle_accounts(self, rows, focus):
        accounts = {str(r["account_id"]): {k: text_or_none(v) for k, v in r.items()} for r in rows}
        sampled = {p["author"] for p in self.order if not p["context"]}
        for author in {p["author"] for p in self.order}:
            accounts.setdefault(author, {"account_id": author})
        self.accounts = accounts
        self.by_handle = {(a.get("handle") or name).lower(): name for name, a in accounts.items()}
        wanted = {f.lower() for f in focus or []}
        self._add_strangers(sampled, wanted)
        for name, a in accounts.items():
            a["role"] = a.get("role") or "unknown"
            a["focal"] = name.lower() in wanted or (a.get("handle") or name).lower() in wanted
            a["brand"] = a["role"] in BRAND or a["focal"]
            a["person"] = not a["brand"] and a["role"] in ("public", "unknown")
            a["org"] = a.get("organization") or (name if a["brand"] else None)
        if focus:
            return
        if any(a["brand"] for a in accounts.values()):
            for a in accounts.values():
                a["focal"] = a["brand"]
            return
        for name, a in accounts.items():
            a["org"] = name
            a["focal"] = a["brand"] = name in sampled
            a["person"] = a["person"] or name in sampled

    def _add_strangers(self, sampled, wanted):
        """Take handles without an account for persons, unless they may be those of persons who posted."""
        persons = {n: (a.get("handle") or n).lower() for n, a in self.accounts.items() if n in sampled}
        persons = {n: h for n, h in persons.items() if self.accounts[n].get("role") in (None, "public", "unknown")}
        persons = {n: h for n, h in persons.items() if not {n.lower(), h} & wanted}
        named = {h for p in self.order for h in p["handles"] if h}
        if persons and all(h == n.lower() for n, h in persons.items()) and not named & set(persons.values()):
            return
        for handle in named - set(self.by_handle):
            self.accounts[f"@{handle}"] = {"account_id": f"@{handle}", "handle": handle}
            self.by_handle[handle] = f"@{handle}"

    def _settle_parents(self):
        for post in self.order:
            link = post["parent_id"]
            usable = link is not None and link != post["id"] and not post["plain_repost"]
            post["parent"] = self.posts.get(link) if usable else None
            post["orphan"] = usable and post["parent"] is None
        on_a_cycle = [p for p in self.order if returns_to_itself(p)]
        for post in on_a_cycle:
            post["parent"] = None

    def _find_roots(self):
        """Hang orphans below the earliest parentless or orphan post of their group, then climb to the top."""
        members = {}
        for post in self.order:
            stray = post["orphan"] or (post["parent"] is not None and post["parent"]["plain_repost"])
            post["stray"] = stray
            post["above"] = None if stray else post["parent"]
            group = post["conversation_id"] or (post["parent_id"] if stray else None)
            if post["above"] is None and group is not None and not post["plain_repost"]:
                members.setdefault(group, []).append(post)
        for group in members.values():
            for post in group[1:]:
                if post["stray"]:
                    post["above"] = group[0]
        for post in self.order:
            top = post
            while top["above"] is not None:
                top = top["above"]
            post["root"] = None if post["plain_repost"] else top["id"]

    def _find_units(self):
        """Merge runs of self-replies; a unit is the list of its posts, its head the first of them."""
        self.threads = {}
        for post in self.order:
            post["unit"] = [post]
            if post["root"] is not None:
                self.threads.setdefault(post["root"], []).append(post)
        for thread in self.threads.values():
            for place, post in enumerate(thread[1:], start=1):
                if self._continues(thread, place):
                    post["parent"]["unit"].append(post)
                    post["unit"] = post["parent"]["unit"]

    def _continues(self, thread, place):
        """Say whether a post is a self-reply with no other author since its parent and no long gap."""
        post = thread[place]
        parent = None if post["stray"] else post["parent"]
        if parent is None or parent["author"] != post["author"] or parent["row"] > post["row"]:
            return False
        since = [p for p in thread[:place] if p["row"] >= parent["row"]]
        alone = all(p["author"] == post["author"] for p in since)
        return alone and post["t"] - parent["t"] <= self.settings.thread_gap_s

    def head(self, post):
        return post["unit"][0]

    def is_head(self, post):
        return post["unit"][0] is post

    def visible(self, post):
        """Return the posts of a post's unit that are neither private nor known only as context."""
        return [p for p in post["unit"] if not p["private"] and not p["context"]]

    def public(self, post):
        """Say whether anything of a post's unit can be seen by everybody."""
        return any(not p["private"] for p in post["unit"])

    def account(self, name):
        return self.accounts[name]

    def is_person(self, name):
        return self.accounts[name]["person"]

    def same_org(self, a, b):
        return self.accounts[a]["org"] is not None and self.accounts[a]["org"] == self.accounts[b]["org"]

    def unit_of(self, account):
        """Say which of the units measured an account belongs to, if any."""
        a = self.accounts[account]
        if self.by == "account":
            return account if a["focal"] else None
        if a["org"] not in self.focal_orgs():
            return None
        return a["org"] if self.by == "organization" else "all"

    def focal_orgs(self):
        return {a["org"] for a in self.accounts.values() if a["focal"]}

    def unit_ids(self):
        return sorted({self.unit_of(name) for name, a in self.accounts.items() if a["focal"]})

    def addressed(self, post):
        """Return {account: set of ways} for the known other accounts that a post replies to, mentions or quotes."""
        if post["plain_repost"] or post["private"]:
            return {}
        ways = {}
        if post["parent"] is not None:
            ways.setdefault(post["parent"]["author"], set()).add("reply")
        for handle in post["handles"]:
            if handle in self.by_handle:
                ways.setdefault(self.by_handle[handle], set()).add("mention")
        if post["quote_of"] in self.posts:
            ways.setdefault(self.posts[post["quote_of"]]["author"], set()).add("quote")
        ways.pop(post["author"], None)
        return ways

    def names_a_stranger(self, post):
        return any(handle not in self.by_handle for handle in post["handles"])


def flag(value):
    return False if missing(value) else bool(value)


def keep_one_of_each(posts):
    """Keep one row of each id: not context before context, then the earliest."""
    kept = {}
    for post in posts:
        rival = kept.get(post["id"])
        if rival is None or (post["context"], post["t"]) < (rival["context"], rival["t"]):
            kept[post["id"]] = post
    return kept


def returns_to_itself(post):
    seen, step = set(), post["parent"]
    while step is not None and step["id"] not in seen:
        if step is post:
            return True
        seen.add(step["id"])
        step = step["parent"]
    return False
