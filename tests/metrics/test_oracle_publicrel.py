"""The tables of what organizations post against plain loops over the posts of a simulated town."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict

import pandas as pd
import pytest
from handmade import annotated

import twoway as tw

DAY, HORIZON = 86_400, 7 * 86_400
BOOKS = {
    "pr_model": ("solicits", "promotional"),
    "ica": ("action", "community", "information"),
    "content": (
        *("answer_care", "service_notice", "award_praise", "promotion", "how_to", "product_news", "behind_scenes"),
        *("community", "small_talk", "other"),
    ),
}
USEFUL = ("names_contact", "gives_facts", "customer_news")
RETURN = ("dated_event", "series", "follow_for")


@pytest.fixture(scope="module")
def corpus():
    return tw.load_corpus("town_square")


@pytest.fixture(scope="module")
def talk(corpus):
    return annotated(corpus.posts, corpus.accounts[["account_id", "handle", "organization", "role", "time_zone"]])


class Loops:
    """Everything a loop needs, by post id."""

    def __init__(self, talk, by):
        corpus = talk.corpus
        self.posts = {r["post_id"]: r for r in corpus.posts.astype(object).to_dict("records")}
        for row in self.posts.values():
            row["at"] = int(pd.Timestamp(row["created_at"]).timestamp())
            row["parent"] = row["parent_id"] if row["parent_id"] in self.posts else None
        self.accounts = {r["account_id"]: r for r in corpus.accounts.astype(object).to_dict("records")}
        self.end = max(row["at"] for row in self.posts.values())
        self.units = talk.units
        ids = dict(enumerate(sorted(self.posts, key=lambda p: (self.posts[p]["at"], p))))
        merged = talk.engine.collect(talk.merged_frame).to_pylist()
        self.unit_of = {ids[r["row"]]: ids[r["unit_row"]] for r in merged}
        codes = talk.engine.collect(talk.coding.codes(*BOOKS, "dialogic")).to_pylist()
        self.codes = defaultdict(list)
        for row in codes:
            self.codes[self.unit(ids[row["row"]])].append(row)
        self.answers = {self.unit(ids[r["row"]]) for r in talk.engine.collect(talk.answer_frame).to_pylist()}
        self.threads = defaultdict(list)
        for place, name in ids.items():
            if not isinstance(self.posts[name]["repost_of_id"], str):
                self.threads[self.root(name)].append((place, name))
        self.place = {name: place for place, name in ids.items()}
        self.texts = defaultdict(list)
        for name, row in self.posts.items():
            self.texts[self.unit(name)].append(row["text"] or "")
        self.by = by

    def unit(self, name):
        return self.unit_of.get(name, name)

    def root(self, name):
        while self.posts[name]["parent"]:
            name = self.posts[name]["parent"]
        return name

    def is_public(self, name):
        return self.accounts[self.posts[name]["account_id"]]["is_public"]

    def org(self, name):
        return self.accounts[self.posts[name]["account_id"]]["organization"]

    def said(self):
        """Give what each unit of the measured accounts is: (key, unit id, facts)."""
        for row in self.units.to_dict("records"):
            if not row["is_repost"]:
                key = row["account_id"] if self.by == "account" else row["organization"]
                replies = bool(row["is_directed_reply"]) or row["unit_id"] in self.answers
                yield key, row["unit_id"], {**row, "answers": replies, "at": self.posts[row["unit_id"]]["at"]}

    def has(self, unit, *labels):
        return any(row[label] for row in self.codes[unit] for label in labels)

    def first(self, unit, book):
        return next(label for label in BOOKS[book] if self.has(unit, f"{book}__{label}"))

    def later(self, unit):
        return [name for place, name in self.threads[self.root(unit)] if place > self.place[unit]]

    def taken_up(self, unit, at):
        for name in self.later(unit):
            parent = self.posts[name]["parent"]
            ours = self.org(name) == self.org(unit) and parent and self.is_public(parent)
            asked = parent and self.place[self.unit(parent)] > self.place[unit]
            if ours and asked and self.posts[name]["at"] <= at + HORIZON:
                return True
        return False

    def left(self, unit, at):
        """Say whether a person replied within a day (None if not), and nobody came back."""
        replies = [n for n in self.later(unit) if self.is_public(n) and self.posts[n]["at"] <= at + DAY]
        if not replies:
            return None
        after = [n for n in self.later(unit) if self.place[n] > self.place[replies[0]]]
        return not any(self.org(n) == self.org(unit) and self.posts[n]["at"] <= at + HORIZON for n in after)


def model_of(loops, unit, facts):
    if facts["answers"]:
        return "2S"
    if loops.has(unit, "pr_model__solicits"):
        if facts["at"] > loops.end - HORIZON:
            return None
        return "2S" if loops.taken_up(unit, facts["at"]) else "2A"
    paid = loops.posts[unit].get("is_promoted") is True or loops.posts[unit].get("is_promoted") == 1
    sells = loops.has(unit, "pr_model__promotional") or paid
    return "PA" if sells and not facts["is_directed"] else "PI"


def links_home(loops, unit):
    """Say whether a post of a unit links to a site whose name the organization bears."""
    keys = {re.sub("[^a-z0-9]", "", str(loops.org(unit)).lower())}
    keys |= {
        re.sub("[^a-z0-9]", "", str(a[column]).lower())
        for a in loops.accounts.values()
        if a["organization"] == loops.org(unit)
        for column in ("handle", "name")
        if isinstance(a[column], str)
    }
    hosts = {
        host.removeprefix("www.") for text in loops.texts[unit] for host in re.findall(r"https?://([^/\s]+)", text)
    }
    stems = {stem.replace("-", "") for host in hosts for stem in host.lower().split(".")[:-1]}
    return any(
        s == k or (min(len(s), len(k)) >= 4 and (s.startswith(k) or k.startswith(s))) for s in stems for k in keys if k
    )


def ratio(hits, n):
    return hits / n if n else math.nan


def by_loops(loops):
    counts = defaultdict(Counter)
    for key, unit, facts in loops.said():
        c = counts[key]
        c["units"] += 1
        c[model_of(loops, unit, facts)] += 1
        code = loops.first(unit, "ica")
        tied = code != "action" and (facts["answers"] or code == "community")
        c["action" if code == "action" else "tied" if tied else "informs"] += 1
        c["class", "answer_care" if facts["answers"] else loops.first(unit, "content")] += 1
        c["loop"] += facts["answers"] or loops.has(unit, "dialogic__asks_question", "dialogic__answers_question")
        c["useful"] += loops.has(unit, *[f"dialogic__{name}" for name in USEFUL])
        c["return"] += loops.has(unit, *[f"dialogic__{name}" for name in RETURN])
        opens = re.match(r"\s*@\w", loops.posts[unit]["text"] or "")
        if (facts["kind_original"] or facts["kind_mention"] or facts["kind_quote"]) and not opens:
            home = links_home(loops, unit)
            c["originals"] += 1
            c["home"] += home
            c["push"] += home and not facts["is_directed"] and not loops.has(unit, "pr_model__solicits")
            left = loops.left(unit, facts["at"]) if facts["at"] <= loops.end - HORIZON else None
            c["drawn"] += left is not None
            c["left"] += left is True
    return {(key, name): value for key, c in counts.items() for name, value in values_of(c).items()}


def values_of(c):
    models = c["PA"] + c["PI"] + c["2A"] + c["2S"]
    out = {
        "press_agentry_share": ratio(c["PA"], models),
        "public_information_share": ratio(c["PI"], models),
        "two_way_share": ratio(c["2A"] + c["2S"], models),
        "two_way_symmetrical_share": ratio(c["2S"], models),
        "pr_symmetry": ratio(c["2S"], c["2A"] + c["2S"]),
        "dialogic_loop_share": ratio(c["loop"], c["units"]),
        "dialogic_useful_share": ratio(c["useful"], c["units"]),
        "dialogic_return_share": ratio(c["return"], c["units"]),
        "information_share": ratio(c["informs"], c["units"]),
        "community_share": ratio(c["tied"], c["units"]),
        "action_share": ratio(c["action"], c["units"]),
        "self_link_share": ratio(c["home"], c["originals"]),
        "push_and_link_share": ratio(c["push"], c["originals"]),
        "post_and_leave_rate": ratio(c["left"], c["drawn"]),
        "content_notice_share": ratio(c["class", "service_notice"], c["units"]),
        "content_answer_share": ratio(c["class", "answer_care"], c["units"]),
    }
    p = [c["class", name] / c["units"] for name in BOOKS["content"] if c["class", name]]
    out["content_entropy"] = -sum(q * math.log(q) for q in p)
    out["content_classes_dominant"] = 1 / sum(q * q for q in p)
    return out


@pytest.mark.parametrize("by", ["account", "organization"])
def test_the_library_and_the_loops_agree(talk, by):
    expected = by_loops(Loops(talk, by))
    names = sorted({name for _, name in expected})
    card = tw.measure(talk, names, by=by).table
    got = {(r.unit_id, r.metric): r.value for r in card.itertuples() if (r.unit_id, r.metric) in expected}
    assert len(got) == len(expected) > 40
    assert got == pytest.approx(expected, nan_ok=True)
    # Nothing is compared that is nought throughout.
    assert all(any(expected[key] > 0 for key in expected if key[1] == name) for name in names)
