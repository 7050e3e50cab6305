"""What accounts say unasked, computed by plain loops over posts (A9, A10, A11, A12)."""

from __future__ import annotations

import math
from collections import defaultdict

import pandas as pd
import pyarrow as pa
import pytest

import twoway as tw
from twoway.metrics.content_tables import ADVERSE, FAVORABLE, SELLING
from twoway.text.masking import masked_kernel
from twoway.text.self_focus import self_focus_kernel

BOOKS = ["candour", "offers", "self_reference", "questions"]
NAMES = (
    *("candour_ratio", "candour_log_odds", "promotional_share", "paid_share", "self_focus", "self_focus_replies"),
    *(
        "repeated_share",
        "self_praise_share",
        "meformer_share",
        "question_share",
        "genuine_question_rate",
        "reply_question_share",
    ),
)


MONTH = pd.Timedelta(days=30)


def alike(one, other):
    """Say whether two masked texts are nearly the same, short ones word for word."""
    if min(one["tokens"], other["tokens"]) < 5:
        return one["tokens"] > 0 and one["wording"] == other["wording"]
    a, b = set(one["shingles"]), set(other["shingles"])
    return len(a & b) >= 0.8 * len(a | b)


class Loops:
    """All values by loops over posts, each of which is a unit of its own."""

    def __init__(self, corpus, codes, horizon_s):
        self.posts = corpus.posts.sort_values("created_at").to_dict("records")
        self.accounts = corpus.accounts.set_index("account_id").to_dict("index")
        self.by_id = {p["post_id"]: p for p in self.posts}
        self.ids = {a["handle"].lower(): name for name, a in self.accounts.items() if isinstance(a["handle"], str)}
        self.end, self.horizon = corpus.window[1], pd.Timedelta(seconds=horizon_s)
        self.labels = defaultdict(dict)
        for row in codes.itertuples():
            self.labels[row.post_id, row.codebook][row.label] = row.value == 1
        self.below = defaultdict(list)
        for p in self.posts:
            if isinstance(p["parent_id"], str) and not isinstance(p["repost_of_id"], str):
                self.below[self.root(p)["post_id"]].append(p)

        self.counted = self.count_words()
        self.masked = self.mask()
        self.said = defaultdict(list)

    def count_words(self):
        """Count with the kernel, which has tests of its own, all posts at once."""
        mine = [p for p in self.posts if self.accounts[p["account_id"]]["is_focal"]]
        who = [self.accounts[p["account_id"]] for p in mine]
        names = ["|".join(n for n in (a["name"], a["organization"]) if isinstance(n, str)) for a in who]
        texts = [p["text"] for p in mine]
        batch = pa.RecordBatch.from_pydict({"row": range(len(mine)), "text": texts, "own_names": names})
        counts = self_focus_kernel(batch).to_pylist()
        return {p["post_id"]: found for p, found in zip(mine, counts, strict=True)}

    def mask(self):
        """Cut the posts of measured accounts into shingles, by the kernel, which has tests of its own."""
        mine = [p for p in self.posts if self.accounts[p["account_id"]]["is_focal"]]
        batch = pa.RecordBatch.from_pydict({"row": range(len(mine)), "text": [p["text"] for p in mine]})
        return {p["post_id"]: found for p, found in zip(mine, masked_kernel(batch).to_pylist(), strict=True)}

    def repeats(self, p):
        """Say whether an original is nearly an earlier one of its account, and remember it."""
        earlier, now = self.said[p["account_id"]], self.masked[p["post_id"]]
        near = [self.masked[e["post_id"]] for e in earlier if p["created_at"] - e["created_at"] <= MONTH]
        earlier.append(p)
        return any(alike(now, other) for other in near)

    def root(self, p):
        while isinstance(p["parent_id"], str) and p["parent_id"] in self.by_id:
            p = self.by_id[p["parent_id"]]
        return p

    def is_original(self, p):
        """Say whether a post, or the one of the same author that it goes on with, answers nobody."""
        while isinstance(p["parent_id"], str):
            parent = self.by_id.get(p["parent_id"])
            if parent is None or parent["account_id"] != p["account_id"]:
                return False
            p = parent
        return not (p["text"] or "").lstrip().startswith("@")

    def organization(self, account):
        return self.accounts[account]["organization"]

    def words(self, p):
        """Count the words for oneself, for the other, and all of both."""
        found = self.counted[p["post_id"]]
        named = {w[1:].rstrip(".,:;!?)").lower() for w in p["text"].split() if w.startswith("@")}
        ids = {self.ids.get(h, h) for h in named} - {p["account_id"]}
        persons = {i for i in ids if i not in self.accounts or self.accounts[i]["is_public"]}
        parent = self.by_id.get(p["parent_id"])
        if parent is not None:
            persons.discard(parent["account_id"])
        elif isinstance(p["parent_id"], str) and p["text"].startswith("@"):
            # Whom it replies to is missing, but its handle stands in front.
            first = p["text"].split()[0][1:].rstrip(".,:;!?)").lower()
            persons.discard(self.ids.get(first, first))
        own = found["n_we"] + found["n_own_names"]
        return own, own + found["n_you"] + len(persons), found["n_self_praised"]

    def threaded(self, p):
        """Say whether a person replied to a post in time, and the organization to such a person."""
        after = [r for r in self.below[self.root(p)["post_id"]] if r["created_at"] > p["created_at"]]
        replies = [r for r in after if r["created_at"] <= p["created_at"] + self.horizon]
        people = {r["account_id"] for r in replies if self.accounts[r["account_id"]]["is_public"]}
        ours = [r for r in replies if self.organization(r["account_id"]) == self.organization(p["account_id"])]
        to = [self.by_id[r["parent_id"]]["account_id"] for r in ours if r["parent_id"] in self.by_id]
        return bool(people), any(account in people for account in to)

    def of_reply(self, p):
        own, both, _ = self.words(p)
        yield "self_focus_replies", own, both
        yield "reply_question_share", self.labels[p["post_id"], "questions"]["ends_in_question"], 1

    def of_original(self, p):
        told, sells, about, asking = (self.labels[p["post_id"], book] for book in BOOKS)
        adverse, favorable = any(told[k] for k in ADVERSE), any(told[k] for k in FAVORABLE)
        own, both, praised = self.words(p)
        yield "candour_ratio", adverse, adverse + favorable
        yield "promotional_share", any(sells[k] for k in SELLING) or p["is_promoted"] is True, 1
        yield "paid_share", p["is_promoted"] is True, 1
        yield "self_focus", own, both
        yield "self_praise_share", praised, own
        yield "meformer_share", about["about_itself"], 1
        yield "repeated_share", self.repeats(p), 1
        asks = asking["question"] or asking["invitation"] or asking["poll"]
        yield "question_share", asks, 1
        was_answered, came_back = self.threaded(p)
        if asks and was_answered and p["created_at"] + self.horizon <= self.end:
            yield "genuine_question_rate", came_back, 1

    def values(self, by):
        """Give all values: {(unit, metric): value}."""
        self.said.clear()
        totals = defaultdict(lambda: [0, 0])
        for p in self.posts:
            me = self.accounts[p["account_id"]]
            if not me["is_focal"] or isinstance(p["repost_of_id"], str):
                continue
            unit = p["account_id"] if by == "account" else me["organization"]
            parent = self.by_id.get(p["parent_id"])
            is_other = parent is None or self.organization(parent["account_id"]) != me["organization"]
            found = self.of_reply(p) if isinstance(p["parent_id"], str) and is_other else ()
            found = self.of_original(p) if self.is_original(p) else found
            for name, num, den in found:
                totals[unit, name][0] += num
                totals[unit, name][1] += den
        out = {key: num / den for key, (num, den) in totals.items() if den}
        for (unit, name), (adverse, n) in list(totals.items()):
            if name == "candour_ratio" and n:
                out[unit, "candour_log_odds"] = math.log((adverse + 0.5) / (n - adverse + 0.5))
        return out


@pytest.fixture(scope="module")
def town():
    corpus = tw.load_corpus("town_square")
    # With so short a gap no two posts are one unit.
    talk = tw.annotate(corpus, tw.Definitions(thread_gap_s=1))
    return talk, Loops(corpus, tw.code(talk, BOOKS), talk.definitions.horizon_s)


@pytest.mark.parametrize("by", ["account", "organization"])
def test_all_values_come_out_of_loops_over_posts(town, by):
    talk, loops = town
    expected = loops.values(by)
    table = tw.measure(talk, NAMES, by=by).table
    pairs = [(r.unit_id, r.metric, r.value, expected.get((r.unit_id, r.metric), math.nan)) for r in table.itertuples()]
    wrong = [pair for pair in pairs if pair[2] != pytest.approx(pair[3], nan_ok=True)]
    assert not wrong, wrong[:5]
    assert table["value"].notna().mean() > 0.5
