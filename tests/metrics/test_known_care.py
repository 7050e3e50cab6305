"""Care for persons who complain: values worked on paper, and plain loops over a town (D10)."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from exchanged import by_unit, exchanges
from handmade import annotated, post, same, tables

import twoway as tw
from twoway.codebooks.kernel import column_of
from twoway.metrics.care_tables import CARES
from twoway.text.echoes import content_words_kernel

ASKS = "@shop Worst service ever, shame on you!"
EMPATHY, OWNERSHIP, NEITHER = "That must be so frustrating.", "I'll check with the depot.", "Noted."
TEN = [f"{EMPATHY} {OWNERSHIP}"] * 4 + [EMPATHY] * 2 + [OWNERSHIP] + [NEITHER] * 3


def values_of(replies, names, asks=None):
    rows, roles = [], {"shop": "official"}
    for i, said in enumerate(replies):
        roles[f"person{i}"] = "public"
        rows.append(post(f"q{i}", f"person{i}", 20 * i, asks[i] if asks else ASKS))
        rows.append(post(f"a{i}", "shop", 20 * i + 5, f"@person{i} {said}", f"q{i}"))
    table = tw.measure(annotated(*tables(rows, roles)), names, by="organization").table
    return dict(zip(table["metric"], table["value"], strict=True))


def test_care_of_the_catalogue():
    """Ten replies to complaints, six with empathy, five with ownership, both in four."""
    names = ["care_share", "care_empathy_share", "care_ownership_share", "care_feeling_share", "care_acting_share"]
    got = values_of(TEN, names)
    assert [got[name] for name in names] == pytest.approx([0.4, 0.6, 0.5, 0.6, 0.5])


def test_only_replies_to_criticism_count():
    got = values_of([TEN[0], NEITHER], ["care_share"], [ASKS, "@shop When do you open?"])
    assert got["care_share"] == 1
    assert math.isnan(values_of(TEN[:1], ["care_share"], ["@shop When do you open?"])["care_share"])


def test_care_outside_of_scripts():
    """Four persons get the same kind words; of the two free replies one cares."""
    scripted = "That must be so frustrating and tiring for you. I'll check with the depot right now."
    free = ["I can see why you are upset about the blue lamp. We have passed this on to our drivers.", NEITHER]
    got = values_of([scripted] * 4 + free, ["care_share", "care_share_free"])
    assert got["care_share"] == pytest.approx(5 / 6)
    assert got["care_share_free"] == 0.5
    assert math.isnan(values_of([scripted] * 4, ["care_share_free"])["care_share_free"])


def test_apologies_with_and_without_a_cause():
    got = values_of(["So sorry!", "We apologize for the long wait."], ["apology_cause_share", "care_apology_share"])
    assert got == {"apology_cause_share": 0.5, "care_apology_share": 1}
    assert math.isnan(values_of([NEITHER], ["apology_cause_share"])["apology_cause_share"])


def test_two_words_taken_up_are_a_paraphrase_and_topics_are_not():
    asks = ["@shop Worst service ever, the kettle leaks and the handle wobbles!", *[f"{ASKS} My lamp flickers!"] * 9]
    said = ["Does the kettle leak at the handle?", *["Does the lamp flicker?"] * 9]
    got = values_of(said, ["care_paraphrase_share", "care_feeling_share"], asks)
    assert got == {"care_paraphrase_share": 0.1, "care_feeling_share": 0.1}, "lamps flicker in most complaints"
    one = values_of(["Is it the kettle?"], ["care_paraphrase_share"], asks[:1])
    assert one["care_paraphrase_share"] == 0


@pytest.mark.parametrize("level", ["account", "organization"])
def test_loops_say_the_same_of_a_town(level):
    corpus = tw.load_corpus("town_square")
    talk = tw.annotate(corpus, tw.Definitions(draws=1))
    ids = talk.engine.collect(talk.corpus.post_frame.select("row", "post_id")).to_pandas()["post_id"].tolist()
    codes = {ids[c["row"]]: c for c in talk.engine.collect(talk.coding.codes("tone", "care", "resolution")).to_pylist()}
    tone, care, resolution = (talk.coding.book(name) for name in ("tone", "care", "resolution"))
    answers = [a for a in exchanges(corpus)[0] if codes[a["parent"]["post_id"]][column_of(tone, "criticism")]]
    texts = corpus.posts["text"].fillna("").tolist()
    words = {name: set() for name in corpus.posts["post_id"]}
    found = content_words_kernel(pa.record_batch({"row": range(len(texts)), "text": texts}))
    names = corpus.posts["post_id"].tolist()
    for row, word in zip(found["row"].to_pylist(), found["word"].to_pylist(), strict=True):
        words[names[row]].add(word)
    topics = topics_of(answers, words)
    expected = {}
    for unit, rows in by_unit(answers, level).items():
        sums = dict.fromkeys(["care", "paraphrase", *CARES], 0)
        for a in rows:
            code = codes[a["post"]["post_id"]]
            held = {name: bool(code[column_of(care, name)]) for name in CARES}
            shared = words[a["post"]["post_id"]] & words[a["parent"]["post_id"]] - topics[a["organization"]]
            feels = held["empathy"] or held["validation"] or len(shared) >= 2
            acts = held["ownership"] or code[column_of(resolution, "open_answer")]
            for name, value in {**held, "care": feels and acts, "paraphrase": len(shared) >= 2}.items():
                sums[name] += bool(value)
        expected[unit] = {name: value / len(rows) for name, value in sums.items()}
    metrics = {"care_share": "care", "care_paraphrase_share": "paraphrase"}
    metrics |= {f"care_{name}_share": name for name in CARES if name != "apology_with_cause"}
    table = tw.measure(talk, list(metrics), by=level).table
    assert table["value"].notna().sum() > 50
    for row in table.itertuples():
        assert same(row.value, expected.get(row.unit_id, {}).get(metrics[row.metric], math.nan)), row


def topics_of(answers, words):
    """Return for each organization the words that more than one complaint in twenty, and than two, hold."""
    out = {}
    for name, rows in by_unit(answers, "organization").items():
        complaints = {a["parent"]["post_id"] for a in rows}
        counts = {}
        for post_id in complaints:
            for word in words[post_id]:
                counts[word] = counts.get(word, 0) + 1
        out[name] = {word for word, n in counts.items() if n > 2 and n > 0.05 * len(complaints)}
    return out
