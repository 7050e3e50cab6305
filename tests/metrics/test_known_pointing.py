"""What became of persons who were sent elsewhere: values worked on paper (B9)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from handmade import DAY, HOUR, MINUTE, SAYINGS, annotated, post, tables

import twoway as tw

H, D = HOUR / MINUTE, DAY / MINUTE
NAMES = ["destination_response_rate", "pointer_compliance", "black_hole_rate"]
POINT = "Please contact @shophelp about this."
BITTER = "@shop This is the worst service ever, I am furious."
ROLES = {"shop": "official", "shophelp": "care"}


def talk_of(rows, roles=None, *, end=20 * D, orgs=None):
    persons = {row["account_id"]: "public" for row in rows}
    rows = [*rows, post("end", "shop", end, "Good night")]
    return annotated(*tables(rows, {**persons, **(ROLES if roles is None else roles)}, orgs))


def sent(i, at=60, text=POINT):
    """A person asks, and is sent away an hour later."""
    return [
        post(f"q{i}", f"p{i}", at - 60, "@shop why is it dark here?"),
        post(f"a{i}", "shop", at, f"@p{i} {text}", f"q{i}"),
    ]


def went(i, at):
    return post(f"w{i}", f"p{i}", at, "@shophelp why is it dark here?")


def heard(i, at):
    return post(f"h{i}", "shophelp", at, f"@p{i} It is night.", f"w{i}")


def values(talk, names=NAMES, by="organization", unit="shop"):
    table = tw.measure(talk, names, by=by).table.set_index(["unit_id", "metric"])
    return {name: table.loc[(unit, name)] for name in ([names] if isinstance(names, str) else names)}


def five():
    """Five are sent away; three go: heard after 2 h, after 30 h, never."""
    rows = [row for i in range(5) for row in sent(i)]
    rows += [went(0, 3 * H), heard(0, 5 * H), went(1, 3 * H), heard(1, 33 * H), went(2, 3 * H)]
    return rows


@pytest.mark.parametrize("by", ["account", "organization"])
def test_three_of_five_go_and_one_is_heard_in_a_day(by):
    found = values(talk_of(five()), by=by)
    assert found["pointer_compliance"]["value"] == pytest.approx(3 / 5)
    assert found["destination_response_rate"]["value"] == pytest.approx(1 / 3)
    assert found["black_hole_rate"]["value"] == pytest.approx(1 / 3)
    assert [found[name]["n"] for name in NAMES] == [3, 5, 3]
    assert not any("destination_unobserved" in found[name]["flags"] for name in NAMES)


def test_a_place_outside_the_corpus_is_unknown():
    found = values(talk_of([row for row in five() if row["account_id"] != "shophelp"], {"shop": "official"}))
    assert all(math.isnan(row["value"]) for row in found.values())
    assert all("destination_unobserved" in row["flags"] and "undefined" in row["flags"] for row in found.values())


def test_a_silent_account_that_is_measured_is_a_black_hole():
    rows = [row for row in five() if row["account_id"] != "shophelp"]
    assert values(talk_of(rows))["black_hole_rate"]["value"] == 1


def test_a_sister_that_answers_is_no_black_hole():
    """Whoever of the place's organization writes to the person answers."""
    rows = [*sent(0), went(0, 3 * H), post("h", "shophelp2", 4 * H, "@p0 It is night.", "w0")]
    roles = {**ROLES, "shophelp2": "care"}
    apart = talk_of(rows, roles)
    joined = talk_of(rows, roles, orgs={"shophelp": "help", "shophelp2": "help"})
    assert values(apart)["black_hole_rate"]["value"] == 1
    assert values(joined)["black_hole_rate"]["value"] == 0


def test_what_is_not_watched_long_enough_is_not_judged():
    found = values(talk_of(five(), end=6 * D))
    assert all(math.isnan(found[name]["value"]) for name in ("pointer_compliance", "black_hole_rate"))
    assert found["destination_response_rate"]["value"] == pytest.approx(1 / 3)


def test_who_is_sent_twice_counts_once():
    rows = [*five(), post("again", "shop", 40 * H, f"@p3 {POINT}", "q3")]
    assert values(talk_of(rows))["pointer_compliance"]["n"] == 5


def test_whom_the_post_answers_is_no_destination():
    """The handles in front are those addressed, here a friend who never posted."""
    rows = [
        post("q", "p", 0, "@shop why is it dark here?"),
        post("a", "shop", 60, "@p @friend Please contact @shophelp about this.", "q"),
    ]
    row = values(talk_of(rows))["pointer_compliance"]
    assert (row["n"], row["value"]) == (1, 0)
    assert "destination_unobserved" not in row["flags"]


def test_an_answer_may_point_elsewhere_too():
    answer = "Hold the reset button for ten seconds until the green light blinks, then type in your old password."
    found = values(talk_of(sent(0, text=f"{answer} You can contact @shophelp too.")))
    assert found["pointer_compliance"]["n"] == 1
    private = talk_of(sent(0, text=f"{answer} You can send us a DM too."))
    assert values(private, "return_in_anger")["return_in_anger"]["n"] == 0


def test_who_comes_back_in_anger():
    """Four are sent to a private place: one is angry after a day, one after eight, one is polite, one silent."""
    dm = SAYINGS["dm"][0]
    rows = [row for i in range(4) for row in sent(i, text=dm)]
    rows += [post("b0", "p0", D, BITTER), post("b1", "p1", 9 * D, BITTER), post("b2", "p2", D, "@shop Thanks a lot!")]
    row = values(talk_of(rows), "return_in_anger")["return_in_anger"]
    assert (row["value"], row["n"]) == (0.25, 4)


def test_anger_with_a_kind_word_is_anger():
    both = "@shop the staff was great but the food was awful"
    rows = [*sent(0, text=SAYINGS["dm"][0]), post("b0", "p0", D, both)]
    assert values(talk_of(rows), "return_in_anger")["return_in_anger"]["value"] == 1


def test_what_was_handed_on_may_have_been_settled_out_of_sight_unless_persons_return_in_anger():
    passed, dm = SAYINGS["escalate"][0], SAYINGS["dm"][0]
    rows = [row for i in range(4) for row in sent(i, text=passed)]
    rows.append(post("done", "shop", 3 * H, "@p0 all done", "q0"))
    # Answers to posts that were not collected take up nothing that is known.
    rows += [post(f"o{i}", "shop", 4 * H + i, f"@stranger{i} hello", f"gone{i}") for i in range(9)]
    row = values(talk_of(rows), "follow_through")["follow_through"]
    assert (row["value"], row["lower_bound"], row["upper_bound"]) == (0.25, 0.25, 1.0)
    rows += [row for i in range(4, 9) for row in sent(i, text=dm)]
    rows += [post(f"b{i}", f"p{i}", D, BITTER) for i in (4, 5)]
    row = values(talk_of(rows), "follow_through")["follow_through"]
    assert (row["value"], row["lower_bound"]) == (0.25, 0.25)
    assert row["upper_bound"] == pytest.approx(1 - 2 / 5)


@pytest.mark.parametrize("seed", range(3))
def test_loops_follow_matters_that_were_handed_on(seed):
    """Kaplan-Meier by hand: of those still waiting at each time, the share that was not taken up then."""
    rows, made = [], np.random.default_rng(seed)
    texts = [SAYINGS["escalate"][0], POINT, SAYINGS["acknowledge"][0], SAYINGS["dm"][0]]
    end, begun = 12 * D, {}
    for i in range(50):
        at = float(made.integers(60, end - 60))
        kinds = [int(kind) for kind in made.integers(4, size=made.integers(1, 4))]
        begun[i] = [
            (at + hours, kind)
            for hours, kind in zip(np.cumsum(made.integers(1, 90, len(kinds))) * H, kinds, strict=True)
        ]
        rows.append(post(f"q{i}", f"p{i}", at, "@shop why is it dark here?"))
        for j, (moment, kind) in enumerate(begun[i]):
            if moment <= end:
                rows.append(post(f"a{i}_{j}", "shop", moment, f"@p{i} {texts[kind]}", f"q{i}"))
    waits = []
    for replies in begun.values():
        seen = [(moment, kind) for moment, kind in replies if moment <= end]
        for (moment, kind), after in zip(seen, [*seen[1:], None], strict=False):
            if kind in (0, 1):
                waits.append((end - moment, False) if after is None else (after[0] - moment, True))
    still = 1.0
    for time in sorted({t for t, ended in waits if ended and t <= 72 * H}):
        at_risk = sum(t >= time for t, _ in waits)
        still *= 1 - sum(ended and t == time for t, ended in waits) / at_risk
    row = values(talk_of(rows, end=end), "follow_through")["follow_through"]
    assert row["n"] == len(waits)
    assert row["value"] == pytest.approx(1 - still)


def test_anger_before_the_private_place_is_no_return():
    rows = [post("b0", "p0", 30, BITTER), *sent(0, text=SAYINGS["dm"][0])]
    assert values(talk_of(rows), "return_in_anger")["return_in_anger"]["value"] == 0
    none = values(talk_of(sent(0)), "return_in_anger")["return_in_anger"]
    assert math.isnan(none["value"])
    assert "undefined" in none["flags"]


@pytest.mark.parametrize("seed", range(4))
def test_loops_find_the_same(seed):
    """Random care: the shop sends persons to one of two places, or to private messages; some go, some are heard."""
    rows, made = [], np.random.default_rng(seed)
    texts = [POINT, POINT.replace("shophelp", "shopbank"), SAYINGS["dm"][0], SAYINGS["open_answer"][0]]
    for i in range(60):
        who, at = f"p{made.integers(25)}", float(made.integers(1, 25 * D))
        kind = made.integers(5)
        if kind < 2:
            rows += [post(f"q{i}", who, at - 1, "@shop why is it dark?")]
            rows += [post(f"a{i}", "shop", at, f"@{who} {texts[made.integers(4)]}", f"q{i}")]
        elif kind == 2:
            rows.append(post(f"w{i}", who, at, f"@{['shophelp', 'shopbank'][made.integers(2)]} why is it dark?"))
        elif kind == 3:
            rows.append(post(f"h{i}", ["shophelp", "shopbank"][made.integers(2)], at, f"@{who} It is night."))
        else:
            rows.append(post(f"b{i}", who, at, BITTER))
    roles = {**ROLES, "shopbank": "care"}
    talk = talk_of(rows, roles, end=26 * D)
    found = values(talk, [*NAMES, "return_in_anger"])
    for name, (k, n) in by_loops(rows, talk, 26 * D).items():
        assert found[name]["n"] == n, name
        assert math.isnan(found[name]["value"]) if n == 0 else found[name]["value"] == pytest.approx(k / n), name


def by_loops(rows, talk, end):
    """Follow every person post by post."""
    rows = sorted(rows, key=lambda row: (round(row["created_at"]), row["post_id"]))
    week, end, first = 7 * DAY, end * MINUTE, {}
    for row in rows:
        if row["account_id"] == "shop":
            for place in ("shophelp", "shopbank"):
                if f"contact @{place}" in row["text"]:
                    who = row["text"].split()[0][1:]
                    first.setdefault((who, place), row["created_at"])
    sums = {name: [0, 0] for name in [*NAMES, "return_in_anger"]}
    for (who, place), at in first.items():
        ways = [r["created_at"] for r in rows if r["account_id"] == who and r["text"].startswith(f"@{place}")]
        ways = [t for t in ways if at < t <= at + week]
        if at <= end - week:
            sums["pointer_compliance"][1] += 1
            sums["pointer_compliance"][0] += bool(ways)
        if ways:
            back = [r["created_at"] for r in rows if r["account_id"] == place and r["text"].startswith(f"@{who} ")]
            wait = min([t - ways[0] for t in back if t > ways[0]], default=math.inf)
            for name, span, hit in (
                ("destination_response_rate", DAY, wait <= DAY),
                ("black_hole_rate", week, wait > week),
            ):
                if ways[0] <= end - span:
                    sums[name][1] += 1
                    sums[name][0] += hit
    episodes = {}
    for event in talk.engine.collect(talk.stream_frame).to_pylist():
        episodes[event["row"], event["org_ix"]] = (event["org_ix"], event["person_ix"], event["episode_no"])
    number = {r["post_id"]: r["row"] for r in talk.engine.collect(talk.corpus.post_frame).to_pylist()}
    shop = next(a["org_ix"] for a in talk.engine.collect(talk.account_frame).to_pylist() if a["account_id"] == "shop")
    seen = set()
    for row in rows:
        if row["account_id"] == "shop" and SAYINGS["dm"][0] in row["text"]:
            key, who, at = episodes[number[row["post_id"]], shop], row["text"].split()[0][1:], row["created_at"]
            if key in seen:
                continue
            seen.add(key)
            if at <= end - week:
                sums["return_in_anger"][1] += 1
                sums["return_in_anger"][0] += any(
                    r["account_id"] == who and r["text"] == BITTER and at < r["created_at"] <= at + week for r in rows
                )
    return {name: tuple(pair) for name, pair in sums.items()}
