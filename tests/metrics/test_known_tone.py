"""Values worked on paper for tone: parity, amplification, debate (B14, B15, C14, and variants of B1, B3, B12)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from handmade import DAY as DAY_S
from handmade import SAYINGS, by_library, post, tables

import twoway as tw
from twoway.metrics.prepared import Grouping

DAY = 24 * 60  # minutes
COMPLAINT = "@brand worst service ever, this is ridiculous"
THANKS = "@brand thank you so much!"
QUESTION = "@brand is it open on Sunday?"
BOTH = "@brand the staff was great but the food was awful"
NEW = [
    name for name, metric in tw.all_metrics().items() if metric.table in {"toned", "amplified", "debated", "reached"}
]


def close(value, expected):
    return value == pytest.approx(expected, abs=1e-4, nan_ok=True)


def turn(i, text, answer=None, wait=60):
    """Return a turn by a person of its own, and its answer."""
    rows = [post(f"q{i:03}", f"person{i:03}", i, text)]
    if answer:
        rows.append(post(f"r{i:03}", "brand", i + wait, f"@person{i:03} {answer}", f"q{i:03}"))
    return rows


def corpus_of(*kinds):
    """Return a corpus of turns: (how many, text, answer); a post by the brand two months later closes the window."""
    rows, i = [], 0
    for n, text, answer in kinds:
        for _ in range(n):
            rows, i = rows + turn(i, text, answer), i + 1
    rows.append(post("zz", "brand", 60 * DAY, "our news"))
    return tables(rows, {"brand": "official", **{f"person{k:03}": "public" for k in range(i)}})


def sixty_of_a_hundred():
    said = SAYINGS["acknowledge"][0]
    return corpus_of((60, COMPLAINT, said), (40, COMPLAINT, None), (30, THANKS, said), (30, THANKS, None))


# --- B14, B1 ---


def test_sixty_of_a_hundred_complaints_and_thirty_of_sixty_thanks_are_answered():
    found = by_library(*sixty_of_a_hundred())
    assert close(found["brand", "response_rate_criticism"], 0.6)
    assert close(found["brand", "response_rate_praise"], 0.5)
    assert close(found["brand", "parity_answered"], 0.1)
    # No one asked anything.
    assert math.isnan(found["brand", "parity_answered_questions"])


def test_the_test_of_parity_says_what_was_worked_on_paper():
    talk = tw.annotate(tw.Corpus(*sixty_of_a_hundred()))
    row = tw.parity(talk, by="account").table.iloc[0]
    assert (row["n_criticism"], row["n_praise"], row["n_persons"]) == (100, 60, 160)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.10, -0.0570, 0.2525), abs=1e-4)
    assert (row["low_narrow"], row["high_narrow"]) == pytest.approx((-0.0324, 0.2292), abs=1e-4)
    assert row["odds_ratio"] == pytest.approx(1.5)
    assert (row["odds_low"], row["odds_high"]) == pytest.approx((0.787, 2.859), rel=0.02)
    assert row["verdict"] == "inconclusive"
    assert math.isnan(row["p_shuffled"]), "nobody both complained and thanked in a week"
    wider = tw.parity(talk, by="account", delta=0.25).table.iloc[0]
    assert wider["verdict"] == "equivalent"


def test_odds_are_adjusted_for_what_criticism_and_praise_ask():
    """Questions are answered three times in four, other posts once; criticism only asks more often than praise."""
    yes, no = SAYINGS["acknowledge"][0], None
    ask, tell = "@brand is it dark here?", "@brand it is dark here"
    kinds = [(30, ask, yes), (10, ask, no), (5, tell, yes), (15, tell, no)]
    kinds += [(15, ask, yes), (5, ask, no), (10, tell, yes), (30, tell, no)]
    posts, accounts = corpus_of(*kinds)
    asked = [name for name in posts["post_id"] if name.startswith("q")]
    tones_ = ["criticism"] * 60 + ["praise"] * 60
    codes = pd.DataFrame({"post_id": asked, "codebook": "tone", "label": tones_, "value": 1.0, "coder": "ann"})
    row = tw.parity(tw.annotate(tw.Corpus(posts, accounts), codes=codes), by="corpus").table.iloc[0]
    assert row["odds_ratio"] == pytest.approx((35 / 25) / (25 / 35))
    assert row["adjusted_odds_ratio"] == pytest.approx(1.0, abs=1e-4)
    assert row["adjusted_odds_low"] < 1 < row["adjusted_odds_high"]
    assert row["value"] == pytest.approx((35 - 25) / 60)
    assert row["adjusted_value"] == pytest.approx(0.0, abs=1e-9)
    assert (row["n_alike"], row["adjusted_verdict"]) == (120, "inconclusive")
    assert row["adjusted_low"] < row["adjusted_low_narrow"] < -0.1
    found = tw.parity(tw.annotate(tw.Corpus(posts, accounts), codes=codes), by="corpus", delta=0.2)
    assert found.table["adjusted_verdict"].item() == "equivalent"
    assert "equivalent within -0.2 to 0.2; among 120 turns alike" not in str(found)
    assert "inconclusive within -0.2 to 0.2; among 120 turns alike" in str(found)


def test_speed_is_compared_among_turns_that_ask_alike():
    """Questions are answered within the hour and other posts after a day; of both, criticism as quickly as praise."""
    rows, codes = [], []
    for i in range(120):
        is_critical, is_question = i % 2, int(i % 6 < (4 if i % 2 else 2))
        text = "@brand is it dark here?" if is_question else "@brand it is dark here"
        wait = (10 if is_question else 1500) + 7 * (i // 6)
        rows += turn(i, text, SAYINGS["acknowledge"][0], wait=wait)
        codes.append({"post_id": f"q{i:03}", "label": "criticism" if is_critical else "praise"})
    rows.append(post("zz", "brand", 60 * DAY, "our news"))
    given = tables(rows, {"brand": "official", **{f"person{k:03}": "public" for k in range(120)}})
    codes = pd.DataFrame(codes).assign(codebook="tone", value=1.0, coder="ann")
    row = tw.parity(tw.annotate(tw.Corpus(*given), codes=codes), "latency", by="corpus").table.iloc[0]
    assert row["value"] > 1.15
    assert row["adjusted_value"] == pytest.approx(1.0, abs=0.12)
    assert row["adjusted_low"] < 1 < row["adjusted_high"]


def test_mixed_posts_are_criticism_unless_they_are_dropped():
    said = SAYINGS["acknowledge"][0]
    talk = tw.annotate(tw.Corpus(*corpus_of((10, COMPLAINT, said), (10, BOTH, None), (12, THANKS, said))))
    assert tw.parity(talk, by="corpus").table["rate_criticism"].item() == 0.5
    assert tw.parity(talk, by="corpus", mixed="dropped").table["rate_criticism"].item() == 1.0


def test_what_answers_do_is_compared_among_answers():
    open_, dm = SAYINGS["open_answer"][0], SAYINGS["dm"][0]
    kinds = [(6, COMPLAINT, dm), (2, COMPLAINT, open_), (20, COMPLAINT, None), (3, THANKS, dm), (9, THANKS, open_)]
    found = by_library(*corpus_of(*kinds))
    assert close(found["brand", "parity_deflected"], 6 / 8 - 3 / 12)
    assert close(found["brand", "parity_substantive"], 2 / 8 - 9 / 12)


def test_answers_by_a_sister_that_is_not_measured_are_answers():
    open_, dm = SAYINGS["open_answer"][0], SAYINGS["dm"][0]
    posts, accounts = corpus_of((6, COMPLAINT, dm), (2, COMPLAINT, open_), (3, THANKS, dm), (9, THANKS, open_))
    posts.loc[posts["post_id"].str.startswith("r"), "account_id"] = "sister"
    accounts = pd.concat([accounts, pd.DataFrame({"account_id": ["sister"], "role": ["care"]})], ignore_index=True)
    accounts["organization"] = accounts["account_id"].map({"brand": "Brand", "sister": "Brand"})
    found = by_library(posts, accounts, focus=["brand"])
    assert close(found["brand", "parity_deflected"], 6 / 8 - 3 / 12)
    assert close(found["brand", "parity_substantive"], 2 / 8 - 9 / 12)


def test_the_first_post_of_a_turn_tells_its_tone():
    # Who is left waiting gets angry: that anger came after the account's silence.
    rows = [post("a", "ann", 0, "@brand thank you so much!"), post("b", "ann", 90, COMPLAINT)]
    rows += [
        post("c", "bob", 0, COMPLAINT),
        post("d", "brand", 10, "@bob sorry", "c"),
        post("z", "brand", 60 * DAY, "x"),
    ]
    found = by_library(*tables(rows, {"brand": "official", "ann": "public", "bob": "public"}))
    assert close(found["brand", "response_rate_criticism"], 1.0)
    assert close(found["brand", "response_rate_praise"], 0.0)


def test_without_praise_there_is_no_parity():
    talk = tw.annotate(tw.Corpus(*corpus_of((12, COMPLAINT, None), (12, QUESTION, None))))
    found = by_library(*corpus_of((12, COMPLAINT, None), (12, QUESTION, None)))
    assert math.isnan(found["brand", "parity_answered"])
    assert math.isnan(found["brand", "response_rate_praise"])
    table = tw.parity(talk, by="corpus").table
    assert table["verdict"].item() == "undefined"
    assert table[["n_alike", "adjusted_verdict"]].iloc[0].tolist() == [0, "undefined"]
    assert "nothing can be said" in str(tw.parity(talk, by="corpus"))


def test_complaints_answered_sooner_have_a_hazard_above_one():
    rows = []
    for i in range(60):
        text = COMPLAINT if i % 2 else THANKS
        rows += turn(i, text, SAYINGS["acknowledge"][0], wait=(20 if i % 2 else 400) + 7 * (i % 9))
    rows.append(post("zz", "brand", 60 * DAY, "our news"))
    given = tables(rows, {"brand": "official", **{f"person{k:03}": "public" for k in range(60)}})
    assert by_library(*given)["brand", "criticism_hazard_ratio"] > 1
    talk = tw.annotate(tw.Corpus(*given))
    row = tw.parity(talk, "latency", by="corpus").table.iloc[0]
    assert row["effect"] == "hazard ratio"
    assert row["verdict"] == "different"
    # Half of the thirty of each kind were answered within so many minutes.
    assert row["median_criticism"] == sorted(20 + 7 * (i % 9) for i in range(1, 60, 2))[14]
    assert row["median_praise"] == sorted(400 + 7 * (i % 9) for i in range(0, 60, 2))[14]


# --- B15 ---


def shared(n_praise, n_criticism, r_praise, r_criticism, **more):
    rows = [post(f"p{i:03}", f"fan{i:03}", i, THANKS, **more) for i in range(n_praise)]
    rows += [post(f"c{i:03}", f"foe{i:03}", i, COMPLAINT, **more) for i in range(n_criticism)]
    ids = [f"p{i:03}" for i in range(r_praise)] + [f"c{i:03}" for i in range(r_criticism)]
    rows += [post(f"s{k:03}", "brand", 5 * DAY + k, "", repost_of_id=name) for k, name in enumerate(ids)]
    names = [f"fan{i:03}" for i in range(n_praise)] + [f"foe{i:03}" for i in range(n_criticism)]
    rows.append(post("zz", "brand", 60 * DAY, "our news"))
    return tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})


def test_twelve_of_two_hundred_and_one_of_a_hundred_and_fifty_are_passed_on():
    found = by_library(*shared(200, 150, 12, 1))
    assert close(found["brand", "amplification_asymmetry"], 1.8885)


def test_quotes_pass_on_too():
    posts, accounts = shared(200, 150, 12, 1)
    posts = posts.rename(columns={"repost_of_id": "quote_of_id"})
    assert close(by_library(posts, accounts)["brand", "amplification_asymmetry"], 1.8885)


def test_any_post_of_what_was_said_at_once_can_be_passed_on():
    """Each fan goes on a minute later; the brand is named, and is taken up, in that second post only."""
    posts, accounts = shared(200, 150, 12, 1)
    fans = posts[posts["post_id"].str.startswith("p")]
    more = fans.assign(post_id="x" + fans["post_id"], parent_id=fans["post_id"], created_at=fans["created_at"] + 60)
    posts.loc[fans.index, "text"] = THANKS.removeprefix("@brand ")
    is_fan = posts["repost_of_id"].fillna("").str.startswith("p")
    posts.loc[is_fan, "repost_of_id"] = "x" + posts.loc[is_fan, "repost_of_id"]
    posts = pd.concat([posts, more], ignore_index=True)
    assert close(by_library(posts, accounts)["brand", "amplification_asymmetry"], 1.8885)


def test_paid_posts_are_no_voice_of_the_public():
    posts, accounts = shared(30, 30, 5, 1)
    posts["is_promoted"] = posts["post_id"].isin(["p000", "p001"])
    a, b, c, d = 3.5, 25.5, 1.5, 29.5
    assert close(by_library(posts, accounts)["brand", "amplification_asymmetry"], math.log(a / b) - math.log(c / d))
    # Nobody knows of a third post that was passed on; where it is known of none, all count as unpaid.
    posts["is_promoted"] = posts["is_promoted"].astype(object).where(posts["post_id"] != "p002", None)
    assert close(by_library(posts, accounts)["brand", "amplification_asymmetry"], math.log(2.5 / b) - math.log(c / d))
    posts["is_promoted"] = None
    assert close(by_library(posts, accounts)["brand", "amplification_asymmetry"], math.log(5.5 / b) - math.log(c / d))


def test_where_reposts_were_not_collected_nothing_is_said():
    found = by_library(*sixty_of_a_hundred())
    assert math.isnan(found["brand", "amplification_asymmetry"])
    talk = tw.annotate(tw.Corpus(*sixty_of_a_hundred()))
    assert tw.parity(talk, by="corpus").table["quadrant"].item() == "undefined"


@pytest.mark.parametrize(
    ("shares", "answered", "expected"),
    [((9, 0), 12, "boast but talk"), ((9, 0), 0, "boast and duck"), ((0, 9), 12, "talk"), ((0, 9), 0, "duck")],
)
def test_quadrants_of_boasting_and_talking(shares, answered, expected):
    posts, accounts = shared(12, 12, *shares)
    more = [post(f"t{i}", "brand", 20 + i, f"@fan{i:03} hi", f"p{i:03}") for i in range(6)]
    more += [post(f"u{i}", "brand", 20 + i, f"@foe{i:03} hi", f"c{i:03}") for i in range(answered)]
    posts = pd.concat([posts, pd.DataFrame(more)], ignore_index=True)
    talk = tw.annotate(tw.Corpus(posts, accounts))
    assert tw.parity(talk, by="corpus").table["quadrant"].item() == expected


# --- C14 ---


def thread(name, at, tones_, stays=None):
    """Return a chain of replies under a post of the brand, one person a post."""
    rows = [post(f"{name}0", "brand", at, "What do you think of our plan?")]
    for i, text in enumerate(tones_, start=1):
        rows.append(post(f"{name}{i}", f"{name}_{i}", at + i, text, f"{name}{i - 1}"))
    if stays is not None:
        rows.append(post(f"{name}s", "brand", at + stays, "we hear you", f"{name}{len(tones_)}"))
    return rows, [f"{name}_{i}" for i in range(1, len(tones_) + 1)]


def debates(*threads):
    rows = [row for made, _ in threads for row in made] + [post("zz", "brand", 60 * DAY, "our news")]
    names = [name for _, made in threads for name in made]
    return tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})


GOOD, BAD, PLAIN = "This is great, I love your plan!", "This is the worst plan, ridiculous.", "When does it begin?"


def test_six_of_one_and_two_of_the_other():
    found = by_library(*debates(thread("a", 0, [GOOD] * 6 + [BAD] * 2)))
    assert close(found["brand", "polarity_mix"], 0.5)


def test_the_account_stays_in_three_of_four():
    made = [thread(name, i * DAY, [BAD, PLAIN], stays=30 if i < 3 else None) for i, name in enumerate("abcd")]
    found = by_library(*debates(*made, thread("e", 9 * DAY, [GOOD])))
    assert close(found["brand", "debate_stays_share"], 0.75)


def test_a_robust_debate_is_deep_and_of_both_polarities():
    made = [
        thread("a", 0, [GOOD, BAD, PLAIN]),  # robust
        thread("b", DAY, [GOOD, GOOD, PLAIN]),  # one polarity
        thread("c", 2 * DAY, [GOOD, BAD]),  # two persons
        thread("d", 3 * DAY, [PLAIN, PLAIN, BAD]),  # one polarity
    ]
    found = by_library(*debates(*made))
    assert close(found["brand", "robust_debate_share"], 1 / 3)
    assert close(found["brand", "abusive_conversation_share"], 0.0)


def test_abuse_is_no_debate():
    made = [thread("a", 0, [GOOD, BAD, "You are an idiot."]), thread("b", DAY, [GOOD, BAD, PLAIN])]
    found = by_library(*debates(*made))
    assert close(found["brand", "abusive_conversation_share"], 0.5)
    assert close(found["brand", "robust_debate_share"], 1.0)


def test_nothing_of_an_abusive_conversation_counts_as_debate():
    quarrel = thread("a", 0, [BAD, "But you are an idiot.", GOOD, BAD], stays=None)
    calm = thread("b", DAY, [GOOD, BAD], stays=30)
    found = by_library(*debates(quarrel, calm))
    assert close(found["brand", "polarity_mix"], 1.0)
    assert close(found["brand", "debate_stays_share"], 1.0)
    assert close(found["brand", "disagreement_rate"], 0.0)


def test_who_objects_to_another_disagrees():
    made = thread("a", 0, ["I like the park.", "But the park is far away.", "I disagree, it is near.", "Which park?"])
    assert close(by_library(*debates(made))["brand", "disagreement_rate"], 0.5)


def test_nobody_with_a_tone_leaves_the_mix_undefined():
    found = by_library(*debates(thread("a", 0, [PLAIN, PLAIN])))
    assert math.isnan(found["brand", "polarity_mix"])
    assert math.isnan(found["brand", "debate_stays_share"])
    assert math.isnan(found["brand", "robust_debate_share"])


# --- B12 ---


def test_a_complaint_taken_up_unasked():
    rows = [
        post("x", "bob", 0, "the worst router ever, this is ridiculous"),
        post("w", "cyd", 0, "any good cafe here?"),
    ]
    rows += [post("y", "brand", DAY, "let us help", "x"), post("v", "brand", DAY + 1, "ours is", "w")]
    found = by_library(*tables(rows, {"brand": "official", "bob": "public", "cyd": "public"}))
    assert close(found["brand", "proactive_complaint_share"], 0.5)


# --- C11 ---


def test_two_of_three_return_without_a_complaint():
    rows = [post("aa", "brand", 0, "our news")]
    for i, (first, again) in enumerate(
        [(COMPLAINT, QUESTION), (QUESTION, THANKS), (THANKS, COMPLAINT), (THANKS, None)]
    ):
        at = 100 * DAY + i
        rows += [post(f"a{i}", f"p{i}", at, first), post(f"b{i}", "brand", at + 10, f"@p{i} hm", f"a{i}")]
        if again:
            at += 10 * DAY
            rows += [post(f"c{i}", f"p{i}", at, again), post(f"d{i}", "brand", at + 10, f"@p{i} hm", f"c{i}")]
    rows.append(post("zz", "brand", 250 * DAY, "our news"))
    found = by_library(*tables(rows, {"brand": "official", **{f"p{i}": "public" for i in range(4)}}))
    assert close(found["brand", "returning_share"], 0.75)
    assert close(found["brand", "returning_without_complaint_share"], 2 / 3)


def test_where_nobody_returns_nothing_is_said_of_complaints():
    found = by_library(*sixty_of_a_hundred())
    assert math.isnan(found["brand", "returning_without_complaint_share"])


# --- loops ---


@pytest.fixture(scope="module")
def town():
    return tw.annotate(tw.load_corpus("town_square"), tw.Definitions(draws=1))


@pytest.fixture(scope="module")
def town_tones(town):
    """The tone of every unit's first post, by plain reading of the codes of posts."""
    codes = town.engine.collect(town.coding.codes("tone")).to_pandas().set_index("row")
    merged = town.engine.collect(town.merged_frame).to_pandas()
    unit_of = dict(zip(merged["row"], merged["unit_row"], strict=True))
    best: dict[int, int] = {}
    order = ["tone__mixed", "tone__criticism", "tone__praise", "tone__neutral"]
    for row, values in codes.iterrows():
        if values.isna().all():
            continue
        place = next(i for i, name in enumerate(order) if values[name])
        unit = unit_of.get(row, row)
        best[unit] = min(best.get(unit, 9), place)
    kinds = {0: "mixed", 1: "criticism", 2: "praise", 3: "neutral"}
    return {unit: kinds[place] for unit, place in best.items()}, unit_of


@pytest.mark.parametrize("by", ["account", "organization"])
def test_loops_over_turns_give_the_same(town, town_tones, by):
    tone_of, unit_of = town_tones
    turns = town.engine.collect(town.turn_frame).to_pandas()
    end, horizon = town.corpus.window_s[1], town.definitions.horizon_s
    grouping = Grouping(town, by)
    names = grouping.unit_names()
    counts: dict[int, dict[str, list[int]]] = {}
    for t in turns.itertuples():
        if t.is_context or t.at_s > end - horizon:
            continue
        tone = tone_of.get(unit_of.get(t.row, t.row), "neutral")
        if tone == "neutral":
            continue
        kind = "praise" if tone == "praise" else "criticism"
        hit = not math.isnan(t.latency_s) and t.latency_s <= horizon
        unit = t.account_ix if by == "account" else t.org_ix
        cell = counts.setdefault(unit, {"praise": [0, 0], "criticism": [0, 0]})[kind]
        cell[0] += hit
        cell[1] += 1
    card = tw.measure(town, ["response_rate_criticism", "response_rate_praise", "parity_answered"], by=by).table
    found = {(r.unit_id, r.metric): r.value for r in card.itertuples()}
    assert len(counts) > 5
    for unit, cells in counts.items():
        rates = {kind: k / n if n else math.nan for kind, (k, n) in cells.items()}
        assert close(found[names[unit], "response_rate_criticism"], rates["criticism"])
        assert close(found[names[unit], "response_rate_praise"], rates["praise"])
        assert close(found[names[unit], "parity_answered"], rates["criticism"] - rates["praise"])


def test_loops_over_posts_give_the_same_amplification(town, town_tones):
    tone_of, unit_of = town_tones
    posts = town.engine.collect(town.corpus.post_frame).to_pandas()
    accounts = town.engine.collect(town.corpus.account_frame).to_pandas()
    org_of = {a.account_id: a.org_ix for a in accounts.itertuples() if a.is_focal}
    passed = set()
    for p in posts.itertuples():
        for target in (p.repost_of_id, p.quote_of_id):
            if isinstance(target, str) and p.account_id in org_of:
                passed.add((org_of[p.account_id], target))
    row_of = dict(zip(posts["post_id"], posts["row"], strict=True))
    passed = {(org, unit_of.get(row_of[target], row_of[target])) for org, target in passed if target in row_of}
    context = set(posts.loc[posts["is_context"].fillna(False).astype(bool), "row"])
    arcs = town.engine.collect(town.arc_frame).to_pandas()
    pairs = {
        (a.org_ix, unit_of.get(a.row, a.row)) for a in arcs.itertuples() if a.is_approach == 1 and a.row not in context
    }
    cells: dict[int, list[float]] = {}
    for org, row in pairs:
        tone = tone_of.get(row)
        if tone not in {"praise", "criticism"}:
            continue
        at = (0 if tone == "praise" else 2) + ((org, row) not in passed)
        cells.setdefault(org, [0.5] * 4)[at] += 1
    names = Grouping(town, "organization").unit_names()
    card = tw.measure(town, ["amplification_asymmetry"], by="organization").table.set_index("unit_id")["value"]
    for org, (a, b, c, d) in cells.items():
        if a + b > 1 and c + d > 1:
            assert close(card[names[org]], math.log(a / b) - math.log(c / d))


def home(talk, frame):
    return talk.engine.collect(frame).to_pylist()


@pytest.mark.parametrize("by", ["account", "organization", "corpus"])
def test_loops_over_conversations_find_the_same_debates(town, town_tones, by):
    names = ["robust_debate_share", "polarity_mix", "debate_stays_share"]
    names += ["disagreement_rate", "abusive_conversation_share"]
    table = tw.measure(town, names, by=by).table
    found = {(r.unit_id, r.metric): (r.value, r.n) for r in table.itertuples() if r.value == r.value}
    want = {key: (k / n, n) for key, (k, n) in debates_by_loops(town, town_tones, by).items() if n}
    assert found.keys() == want.keys()
    assert len(found) > 4
    for key, (value, n) in want.items():
        assert found[key][1] == n, key
        assert close(found[key][0], value), key


def debates_by_loops(talk, town_tones, by):
    """Walk through every conversation, unit by unit: {(unit, metric): (numerator, denominator)}."""
    tone_of, unit_of = town_tones
    sides = {a["account_ix"]: a for a in home(talk, talk.corpus.account_frame)}
    parent = {r["row"]: r["parent_ix"] for r in home(talk, talk.links.posts)}
    insults, objects, told = set(), set(), set()
    for r in home(talk, talk.coding.codes("debate")):
        told |= {unit_of.get(r["row"], r["row"])} if r["debate__insult"] is not None else set()
        insults |= {unit_of.get(r["row"], r["row"])} if r["debate__insult"] else set()
        objects |= {unit_of.get(r["row"], r["row"])} if r["debate__disagreement"] else set()
    threads, asked = {}, {}
    for r in sorted(home(talk, talk.tree_frame), key=lambda r: r["row"]):
        if r["is_visible"]:
            threads.setdefault(r["root"], []).append(r)
    for e in home(talk, talk.stream_frame):
        if e["is_approach"]:
            asked.setdefault(e["root"], set()).add(e["account_ix"])
    sums = {}
    for root, said in threads.items():
        there = {r["account_ix"] for r in said if sides[r["account_ix"]]["is_focal"]} | asked.get(root, set())
        pairs = {(named(sides[a], by), sides[a]["org_ix"]) for a in there}
        for unit, org in pairs:
            theirs = [
                r for r in said
                if sides[r["account_ix"]]["is_public"] and sides[r["account_ix"]]["org_ix"] != org
            ]  # fmt: skip
            ours = [r["created_s"] for r in said if sides[r["account_ix"]]["org_ix"] == org]
            if not theirs:
                continue
            deep = max(r["depth"] for r in said) >= 3
            for name, (k, n) in judged(theirs, ours, tone_of, (insults, objects, told), parent, deep=deep).items():
                a, b = sums.get((unit, name), (0, 0))
                sums[unit, name] = (a + k, b + n)
    return sums


def named(account, by):
    return "all" if by == "corpus" else account["account_id" if by == "account" else "organization"]


def judged(theirs, ours, tone_of, signs, parent, *, deep):
    """Judge one conversation: what it adds to the numerator and denominator of each metric."""
    insults, objects, told = signs
    tones = [tone_of.get(r["row"], "neutral") for r in theirs]
    good, bad = tones.count("praise"), tones.count("criticism") + tones.count("mixed")
    crowd = len({r["account_ix"] for r in theirs}) >= 3
    abusive = 10 * sum(r["row"] in insults for r in theirs) > sum(r["row"] in told for r in theirs)
    out = {"abusive_conversation_share": (int(crowd and abusive), int(crowd))}
    if abusive:
        return out
    replies = [r for r in theirs if r["row"] in told and parent[r["row"]] not in (None, r["account_ix"])]
    harsh = {"criticism", "mixed"}
    bitter = [r["created_s"] for r, tone in zip(theirs, tones, strict=True) if tone in harsh and r["depth"]]
    return out | {
        "robust_debate_share": (int(crowd and deep and good > 0 and bad > 0), int(crowd)),
        "polarity_mix": (good + bad - abs(good - bad), good + bad),
        "debate_stays_share": (int(bool(bitter) and any(t > min(bitter) for t in ours)), int(bool(bitter))),
        "disagreement_rate": (sum(r["row"] in objects for r in replies), len(replies)),
    }


# --- tone flow ---


def test_the_flow_of_tone_counts_first_and_last():
    rows = []
    for i, (first, last) in enumerate([(COMPLAINT, THANKS), (COMPLAINT, COMPLAINT), (QUESTION, THANKS)]):
        rows += [post(f"a{i}", f"p{i}", i, first), post(f"b{i}", "brand", i + 10, f"@p{i} hm", f"a{i}")]
        rows += [post(f"c{i}", f"p{i}", i + 20, last, f"b{i}")]
    rows.append(post("d", "p9", 5, COMPLAINT))  # one post: no flow
    given = tables(rows, {"brand": "official", **{f"p{i}": "public" for i in (0, 1, 2, 9)}})
    flow = tw.tone_flow(tw.annotate(tw.Corpus(*given)))
    cells = flow.table.set_index(["first", "last"])["n"]
    assert cells["criticism", "praise"] == cells["criticism", "criticism"] == cells["neutral", "praise"] == 1
    assert cells.sum() == 3
    assert "50% ended with praise" in str(flow)
    assert flow.plot().get_title().startswith("Tone of persons")


def test_no_flow_without_second_posts():
    with pytest.raises(tw.NotEnoughEvidence):
        tw.tone_flow(tw.annotate(tw.Corpus(*corpus_of((3, COMPLAINT, None)))))


# --- doors ---


@pytest.mark.parametrize("asked", [{"outcome": "liked"}, {"by": "planet"}, {"mixed": "praise"}])
def test_unknown_words_are_refused(town, asked):
    with pytest.raises(tw.UnknownName):
        tw.parity(town, **asked)


@pytest.mark.parametrize("delta", [0, 1, -0.1])
def test_a_margin_of_shares_lies_between_none_and_all(town, delta):
    with pytest.raises(tw.TwowayError):
        tw.parity(town, delta=delta)


def test_parity_draws_and_speaks(town):
    found = tw.parity(town)
    assert len(found.plot().get_yticklabels()) == found.table["value"].notna().sum()
    assert len(found.sentences) == len(found.table)
    assert str(tw.parity(town, by="corpus", seed=1)) == str(tw.parity(town, by="corpus", seed=1))
    latency = tw.parity(town, "latency", by="corpus")
    assert latency.plot().get_xscale() == "log"


def test_seconds_of_a_day_are_those_of_the_tables():
    assert DAY * 60 == DAY_S


def test_new_metrics_are_numbers_or_nothing(town):
    table = tw.measure(town, NEW, by="corpus").table
    assert np.isfinite(table["value"]).all()
