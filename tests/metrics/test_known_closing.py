"""How settled matters end, and how much of care is open substance: values worked on paper (B8)."""

from __future__ import annotations

import math

import pytest
from handmade import DAY, HOUR, MINUTE, SAYINGS, annotated, post, tables

import twoway as tw

H = HOUR / MINUTE
THANKS, AGAIN = "@shop Thanks, that fixed it!", "@shop It still does not work, this is terrible."
ANSWER, PASSED = SAYINGS["open_answer"][0], SAYINGS["escalate"][0]
#: What the shop says an hour apart, and what the person says an hour later.
TWELVE = [
    *[([ANSWER], THANKS), ([ANSWER], THANKS), ([ANSWER], AGAIN), ([ANSWER], None)],
    ([PASSED, "So sorry to hear that!"], None),
    *[(["Please send us a DM."], THANKS)] * 3,
    *[([PASSED], None), (["So sorry to hear that!"], None), ([], None), ([], None)],
]


def talk_of(episodes, *more, roles=None):
    rows, roles = [], {"shop": "official", **(roles or {})}
    for i, (sayings, last) in enumerate(episodes):
        person = f"person{i:02d}"
        roles[person] = "public"
        rows.append(post(f"q{i:02d}", person, i, "@shop why is it dark here?"))
        for j, text in enumerate(sayings):
            rows.append(post(f"a{i:02d}{j}", "shop", i + H * (j + 1), f"@{person} {text}", f"q{i:02d}"))
        if last is not None:
            rows.append(post(f"z{i:02d}", person, i + H * (len(sayings) + 1), last, f"a{i:02d}{len(sayings) - 1}"))
    rows += [*more, post("end", "shop", 20 * DAY / MINUTE, "Good night")]
    return annotated(*tables(rows, roles))


def row_of(talk, name, by="organization"):
    return tw.measure(talk, name, by=by).table.iloc[0]


@pytest.mark.parametrize("by", ["account", "organization", "corpus"])
def test_five_settled_episodes_of_the_catalogue(by):
    """Two thanked, one complained again, two were silent: 2/3, between 2/5 and 4/5."""
    row = row_of(talk_of(TWELVE), "visible_closure", by)
    assert row["value"] == pytest.approx(2 / 3)
    assert (row["lower_bound"], row["upper_bound"]) == pytest.approx((0.40, 0.80))
    assert row["n"] == 3


def test_only_the_last_word_after_the_answer_counts():
    thanks_first = post("q", "b", 0, "@shop thanks for being there, why is it dark?")
    answer = post("a", "shop", 60, f"@b {ANSWER}", "q")
    back = [post("z1", "b", 70, THANKS, "a"), post("z2", "b", 80, AGAIN, "a")]
    assert row_of(talk_of([], thanks_first, answer, roles={"b": "public"}), "visible_closure")["n"] == 0
    one = talk_of([], thanks_first, answer, *back, roles={"b": "public"})
    other = talk_of([], thanks_first, answer, back[1], post("z3", "b", 90, THANKS, "a"), roles={"b": "public"})
    assert row_of(one, "visible_closure")["value"] == 0
    assert row_of(other, "visible_closure")["value"] == 1


def test_polite_words_in_a_bitter_post_close_nothing():
    bitter = "@shop Thanks, but this is the worst, most awful and horrible service I hate."
    assert row_of(talk_of([([ANSWER], bitter)]), "visible_closure")["value"] == 0


def test_silence_is_unknown_and_no_closure():
    row = row_of(talk_of([([ANSWER], None)] * 3), "visible_closure")
    assert math.isnan(row["value"])
    assert "undefined" in row["flags"]


def test_transparency_is_a_share_of_words():
    """Private words count in the whole, a post to all in neither."""
    talk = talk_of(
        [([ANSWER], None), (["Please send us a DM."], None)],
        post("p", "shop", 500, "Your parcel left on Monday morning", "q00", is_private=True),
    )
    counts = {row["text"]: row["n"] for row in _words(talk)}
    open_words = next(n for text, n in counts.items() if ANSWER in text)
    every = sum(n for text, n in counts.items() if "Good night" not in text)
    assert every == open_words + next(n for t, n in counts.items() if "DM" in t) + 6
    row = row_of(talk, "care_transparency")
    assert row["value"] == pytest.approx(open_words / every)
    assert row["n"] == every


def _words(talk):
    said = talk.corpus.post_frame.join(talk.marks.select("row", "n_words"), on="row", how="inner")
    rows = talk.engine.collect(said.select("text", "account_id", n="n_words")).to_pylist()
    return [row for row in rows if row["account_id"] == "shop"]


def test_a_post_to_two_persons_is_written_once():
    rows = [
        post("q1", "ann", 0, "@shop why is it dark?"),
        post("q2", "bob", 1, "@shop why is it dark?"),
        post("a", "shop", 60, f"@ann @bob {ANSWER}", "q1"),
        post("d", "shop", 61, "@bob Please send us a DM.", "q2"),
        post("end", "shop", 20 * DAY / MINUTE, "Good night"),
    ]
    talk = annotated(*tables(rows, {"shop": "official", "ann": "public", "bob": "public"}))
    counts = [row["n"] for row in _words(talk) if "Good night" not in row["text"]]
    assert row_of(talk, "care_transparency")["n"] == sum(counts)
    assert row_of(talk, "care_transparency")["value"] == pytest.approx(max(counts) / sum(counts))


def test_who_says_nothing_has_no_transparency():
    assert math.isnan(row_of(talk_of([([], None)]), "care_transparency")["value"])


@pytest.mark.parametrize("by", ["account", "organization"])
def test_loops_find_the_same_in_a_town(by):
    talk = tw.annotate(tw.load_corpus("town_square"), tw.Definitions(draws=1))
    table = tw.measure(talk, ["visible_closure", "care_transparency"], by=by).table
    found = {(r.unit_id, r.metric): (r.value, r.n) for r in table.itertuples() if r.value == r.value}
    want = by_loops(talk, by)
    assert found.keys() == want.keys()
    assert len(found) > 3
    for key, (k, n) in want.items():
        assert found[key] == (pytest.approx(k / n), n), key


def by_loops(talk, by):
    """Count closures and words post by post: {(unit, metric): (numerator, denominator)}."""
    unit_of, words, open_words, heard, confirmed = _names(talk, by), {}, {}, {}, {}
    marks = {row["row"]: row for row in talk.engine.collect(talk.marks).to_pylist()}
    texts = {row["row"]: row["text"] for row in talk.engine.collect(talk.corpus.post_frame).to_pylist()}
    cues = {r["row"]: r["closing__confirms"] for r in talk.engine.collect(talk.coding.codes("closing")).to_pylist()}
    unit_rows = {r["row"]: r["unit_row"] for r in talk.engine.collect(talk.merged_frame).to_pylist()}
    matters, seen = {}, set()
    for event in sorted(talk.engine.collect(talk.stream_frame).to_pylist(), key=lambda e: e["row"]):
        matters.setdefault((event["org_ix"], event["person_ix"], event["episode_no"]), []).append(event)
    first_open = set()
    for events in matters.values():
        ours, theirs = [], []
        for event in events:
            if event["is_approach"]:
                theirs.append(event)
            elif event["is_reply"] or theirs:
                ours.append(event)
        units = {}
        for event in ours:
            head = unit_rows.get(event["row"], event["row"])
            units.setdefault(head, []).append(event)
        kinds = [{marks[e["row"]]["resolution"] for e in unit} for unit in units.values()]
        firsts = [min(unit, key=lambda e: e["row"]) for unit in units.values()]
        when = [first["row"] for first, kind in zip(firsts, kinds, strict=True) if "open_answer" in kind]
        for (one, kind), after in zip(zip(firsts, kinds, strict=True), firsts[1:], strict=False):
            is_passed = "escalate" in kind and "open_answer" not in kind
            if is_passed and after["created_s"] - one["created_s"] <= talk.definitions.handoff_s:
                when.append(after["row"])
        first_open |= {head for head, kind in zip(units, kinds, strict=True) if "open_answer" in kind}
        for event in ours:
            if event["row"] not in seen and not event["is_context"]:
                seen.add(event["row"])
                unit = unit_of[event["account_ix"]]
                words[unit] = words.get(unit, 0) + marks[event["row"]]["n_words"]
                head = unit_rows.get(event["row"], event["row"])
                if head in first_open:
                    open_words[unit] = open_words.get(unit, 0) + marks[event["row"]]["n_words"]
        later = [e["row"] for e in theirs if when and e["row"] > min(when)]
        # Nobody knows what a last post says whose text is not known.
        if later and ours and when and texts[max(later)] is not None:
            unit = unit_of[min(events, key=lambda e: e["row"])["account_ix"]]
            score = tw.vader([texts[max(later)]])["compound"].item()
            heard[unit] = heard.get(unit, 0) + 1
            confirmed[unit] = confirmed.get(unit, 0) + int(bool(cues[max(later)]) and score >= 0.3)
    out = {(unit, "visible_closure"): (confirmed[unit], n) for unit, n in heard.items()}
    return out | {(unit, "care_transparency"): (open_words.get(unit, 0), n) for unit, n in words.items() if n}


def _names(talk, by):
    rows = talk.engine.collect(talk.corpus.account_frame).to_pylist()
    return {row["account_ix"]: row["account_id" if by == "account" else "organization"] for row in rows}
