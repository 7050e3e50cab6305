"""Dialogue acts, and who goes on after which reply: values worked on paper (B11, C10)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from handmade import DAY, HOUR, MINUTE, SAYINGS, annotated, post, tables

import twoway as tw
from twoway.metrics.act_tables import ACTS
from twoway.metrics.acting import effective_acts

H = HOUR / MINUTE
ASK, SORRY = "Which version of it are you using?", "So sorry to hear that!"
#: What is read from each saying of the shop.
ANSWER = "Yes, the shop is closed because of the storm."


def talk_of(episodes, *more, end=20 * DAY / MINUTE):
    """Each person asks; the shop says one thing an hour; the person is back after so many hours, or never."""
    rows, roles = [], {"shop": "official"}
    for i, (sayings, back) in enumerate(episodes):
        person = f"person{i:02d}"
        roles[person] = "public"
        rows.append(post(f"q{i:02d}", person, i, "@shop why is it dark here?"))
        for j, text in enumerate(sayings):
            rows.append(post(f"a{i:02d}{j}", "shop", i + H * (j + 1), f"@{person} {text}", f"q{i:02d}"))
        if back is not None:
            at = i + H * (len(sayings) + back)
            rows.append(post(f"z{i:02d}", person, at, "@shop It is blue.", f"a{i:02d}{len(sayings) - 1}"))
    return annotated(*tables([*rows, *more, post("end", "shop", end, "Good night")], roles))


def values(talk, *names, by="organization"):
    table = tw.measure(talk, list(names), by=by).table
    return {row.metric: row for row in table.itertuples()}


@pytest.mark.parametrize("by", ["account", "organization", "corpus"])
def test_six_of_ten_go_on_after_a_question_and_two_after_a_deflection(by):
    asked = [([ASK], 1 if i < 6 else None) for i in range(10)]
    sent = [(["Please send us a DM."], 1 if i < 2 else None) for i in range(10)]
    found = values(talk_of(asked + sent), "continuation_clarify", "continuation_deflect", "continuation_open", by=by)
    assert (found["continuation_clarify"].value, found["continuation_clarify"].n) == (0.6, 10)
    assert (found["continuation_deflect"].value, found["continuation_deflect"].n) == (0.2, 10)
    assert math.isnan(found["continuation_open"].value)
    assert "undefined" in found["continuation_open"].flags


def test_who_comes_back_late_does_not_go_on_and_late_replies_are_not_judged():
    found = values(talk_of([([ASK], 72), ([ASK], 73)]), "continuation_clarify")["continuation_clarify"]
    assert (found.value, found.n) == (0.5, 2)
    late = values(talk_of([([ASK], 1)], end=70 * H), "continuation_clarify")["continuation_clarify"]
    assert math.isnan(late.value)


def test_a_post_in_another_conversation_is_no_reentry():
    elsewhere = post("x", "person00", 3 * H, "@shop is it Monday?")
    assert values(talk_of([([ASK], None)], elsewhere), "continuation_clarify")["continuation_clarify"].value == 0


def test_a_post_to_others_in_the_conversation_is_one():
    aside = [post("f", "person01", 0, "Nice day"), post("x", "person00", 3 * H, "@person01 no idea", "a000")]
    talk = talk_of([([ASK], None), ([], None)], *aside)
    assert values(talk, "continuation_clarify")["continuation_clarify"].value == 1


def test_acts_are_shares_of_units_to_persons():
    """Four units: an answer, an apology with a question, thanks, an offer. A post to all counts nowhere."""
    said = [[ANSWER], [SORRY + " " + ASK], ["Thank you!"], ["How can we help?"]]
    found = values(
        talk_of([(one, None) for one in said]),
        *[f"act_{name}_share" for name in ("answer", "apology", "thanks", "offer_help", "question", "request_info")],
        "act_diversity",
    )
    assert {name: row.n for name, row in found.items()} == dict.fromkeys(found, 4)
    shares = {name: row.value for name, row in found.items() if name != "act_diversity"}
    assert shares == {
        "act_answer_share": 0.25,
        "act_apology_share": 0.25,
        "act_thanks_share": 0.25,
        "act_offer_help_share": 0.25,
        "act_question_share": 0.5,
        "act_request_info_share": 0.25,
    }


def test_the_diversity_of_acts_is_a_hill_number():
    assert effective_acts(3, 3, 3, 0) == pytest.approx(3)
    assert effective_acts(9, 1) == pytest.approx(math.exp(-(0.9 * math.log(0.9) + 0.1 * math.log(0.1))))
    assert math.isnan(effective_acts(0, 0))


def test_asking_after_an_answer_is_not_asking_first():
    episodes = [([ASK, SAYINGS["open_answer"][0]], None), ([SAYINGS["open_answer"][0], ASK], None)]
    found = values(talk_of(episodes), "request_before_answer_share")["request_before_answer_share"]
    assert (found.value, found.n) == (0.25, 4)
    assert math.isnan(values(talk_of([([], None)]), "request_before_answer_share")["request_before_answer_share"].value)


def test_limits_of_the_diversity_of_acts_lie_around_more_than_was_seen(town):
    """What few units show is too little by itself, so the limits lean upwards."""
    table = tw.measure(town, ["act_diversity", "emotional_entropy_public"], by="organization").table
    known = table[table["low"].notna()]
    assert set(known["metric"]) == {"act_diversity", "emotional_entropy_public"}
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    plain = tw.measure(town, ["content_classes_effective"], by="organization").table
    assert _lean(known[known["metric"] == "act_diversity"], len(ACTS)) > _lean(plain, 10) + 0.02


def _lean(rows, top):
    """Say how far the middle of the limits lies above the value, on the scale they are built on."""
    low, value, high = (np.log((rows[name] - 1) / (top - rows[name])) for name in ("low", "value", "high"))
    return float(((low + high) / 2 - value).mean())


@pytest.fixture(scope="module")
def town():
    return tw.annotate(tw.load_corpus("town_square"), tw.Definitions(draws=1))


@pytest.mark.parametrize("by", ["account", "organization"])
def test_loops_find_the_same_in_a_town(town, by):
    names = [n for n, m in tw.all_metrics().items() if m.table in {"acted", "asked_first", "continued"}]
    table = tw.measure(town, names, by=by).table
    want = by_loops(town, by)
    compared = 0
    for row in table.itertuples():
        value, n = want.get((row.unit_id, row.metric), (math.nan, 0))
        assert row.n == n, (row.unit_id, row.metric)
        assert (math.isnan(row.value) and n == 0) or row.value == pytest.approx(value), (row.unit_id, row.metric)
        compared += n > 0
    assert compared > 20


def by_loops(talk, by):
    """Go through all units post by post: {(unit, metric): (value, n)}."""

    def home(frame):
        return talk.engine.collect(frame).to_pylist()

    accounts = {r["account_ix"]: r for r in home(talk.corpus.account_frame)}
    name = {ix: r["account_id" if by == "account" else "organization"] for ix, r in accounts.items()}
    head = {r["row"]: r["unit_row"] for r in home(talk.merged_frame)}
    acts = {}
    for r in home(talk.coding.codes("acts")):
        unit = acts.setdefault(head.get(r["row"], r["row"]), set())
        unit |= {act for act in ACTS if r[f"acts__{act}"]}
    sums, counts = {}, {}

    def count(unit, metric, hit):
        k, n = sums.get((unit, metric), (0, 0))
        sums[unit, metric] = (k + hit, n + 1)

    for said in home(talk.said_frame):
        if said["is_directed"] and not said["is_repost"]:
            unit, mine = name[said["account_ix"]], acts[said["row"]]
            for metric in [m for m, v in tw.all_metrics().items() if m.startswith("act_") and m.endswith("_share")]:
                act = metric[4:-6]
                hit = bool({"yes_no_question", "wh_question"} & mine) if act == "question" else act in mine
                count(unit, metric, hit)
            for act in ACTS:
                counts.setdefault(unit, dict.fromkeys(ACTS, 0))[act] += act in mine
    out = {key: (k / n, n) for key, (k, n) in sums.items()}
    for unit, of in counts.items():
        p = [n / sum(of.values()) for n in of.values() if n]
        out[unit, "act_diversity"] = (math.exp(-sum(x * math.log(x) for x in p)), sums[unit, "act_answer_share"][1])
    return out | by_episodes(talk, name, head, acts)


def by_episodes(talk, name, head, acts):
    """Go through all episodes: who asks before an answer, and who goes on."""

    def home(frame):
        return talk.engine.collect(frame).to_pylist()

    does = {r["row"]: r["resolution"] for r in home(talk.marks)}
    root = {r["row"]: r["root"] for r in home(talk.links.threads)}
    ranks = {"open_answer": 0, "escalate": 1, "deflect": 2, "clarify": 3, "acknowledge": 4}
    end, posts, matters, sums = talk.corpus.window_s[1], home(talk.links.posts), {}, {}
    for event in home(talk.stream_frame):
        matters.setdefault((event["org_ix"], event["person_ix"], event["episode_no"]), []).append(event)
    for (_, person, _), events in matters.items():
        asked = min((e["row"] for e in events if e["is_approach"]), default=None)
        ours, units = [e for e in events if not e["is_approach"]], {}
        for e in ours:
            if e["is_reply"] or (asked is not None and e["row"] > asked):
                units.setdefault(head.get(e["row"], e["row"]), []).append(e)
        best = {u: min(ranks[does[e["row"]]] for e in es) for u, es in units.items()}
        answered = min((min(e["row"] for e in es) for u, es in units.items() if best[u] == 0), default=None)
        for unit, es in units.items():
            row, at = min(e["row"] for e in es), min(e["created_s"] for e in es)
            who = name[min(e["account_ix"] for e in es)]
            if at > end:
                continue
            hits = [
                ("request_before_answer_share", "request_info" in acts[unit] and (answered is None or row < answered))
            ]
            if at <= end - 259_200:
                kind = next(k for k, rank in ranks.items() if rank == best[unit])
                back = [
                    p["created_s"] - at
                    for p in posts
                    if p["account_ix"] == person
                    and p["row"] > row
                    and root.get(p["row"], p["row"]) == root.get(row, row)
                    and not p["is_repost"]
                ]
                hits.append((f"continuation_{kind.replace('_answer', '')}", min(back, default=math.inf) <= 259_200))
            for metric, hit in hits:
                k, n = sums.get((who, metric), (0, 0))
                sums[who, metric] = (k + hit, n + 1)
    return {key: (k / n, n) for key, (k, n) in sums.items()}
