"""Voice of replies: values worked on paper, and plain loops over a town (D1, D5, D6, D8, D12)."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from exchanged import by_unit, replies
from handmade import annotated, post, same, tables

import twoway as tw
from twoway.codebooks.kernel import column_of
from twoway.metrics.voice_tables import FAMILIES
from twoway.text.masking import masked_kernel

MARKERS = [name for family in FAMILIES.values() for name in family]


def corpus_of(replies, asks=None, persons=None):
    """Give every reply a person who asked, a quarter of an hour apart."""
    rows, roles = [], {"shop": "official"}
    for i, said in enumerate(replies):
        person = persons[i] if persons else f"person{i:02d}"
        roles[person] = "public"
        at = 15 * i
        rows.append(post(f"q{i:02d}", person, at, asks[i] if asks else "@shop why is it dark here?"))
        rows.append(post(f"a{i:02d}", "shop", at + 5, f"@{person} {said}", f"q{i:02d}"))
    return tables(rows, roles)


def values_of(replies, names, asks=None, persons=None):
    table = tw.measure(annotated(*corpus_of(replies, asks, persons)), names, by="organization").table
    return dict(zip(table["metric"], table["value"], strict=True))


# --- D1 ---


def test_human_voice_of_the_catalogue():
    said = "Hi Anna, I'm so sorry about that! Can you tell me which store it was? ^JB"
    names = ["human_voice", "voice_personalization", "voice_informality", "voice_invitation"]
    got = values_of([said], names)
    assert [got[name] for name in names] == pytest.approx([0.6, 1.0, 0.4, 0.4])


def test_a_reply_of_one_word_is_kept():
    got = values_of(["Thanks!", "It opens at nine."], ["voice_thanks_share", "human_voice"])
    assert got["voice_thanks_share"] == 0.5
    # Thanks is one of five, the exclamation mark another of five; nothing of the other reply.
    assert got["human_voice"] == pytest.approx((1 / 5 + 1 / 5) / 3 / 2)


# --- D5, D6, D12 ---

SCRIPTS = [
    "we are sorry to hear that your parcel is late today",
    "please restart the small box on your desk and wait",
    "it leaves from gate nine at four in the afternoon",
    "our bakers start at three and open the doors at six",
    "nobody can tell how long the lamp will last outdoors",
]


def test_templates_of_the_catalogue():
    """Ten replies in clusters of 4, 3, 1, 1, 1."""
    said = [text for text, n in zip(SCRIPTS, [4, 3, 1, 1, 1], strict=True) for _ in range(n)]
    names = ["template_share", "near_duplicate_share", "template_top10_share"]
    got = values_of(said, [*names, "effective_templates", "effective_templates_dominant"])
    assert got["template_share"] == pytest.approx(0.7)
    assert got["near_duplicate_share"] == pytest.approx(0.7)
    assert got["template_top10_share"] == 1
    shares = np.array([4, 3, 1, 1, 1]) / 10
    assert got["effective_templates"] == pytest.approx(math.exp(-(shares @ np.log(shares))))
    assert got["effective_templates_dominant"] == pytest.approx(3.5714, abs=1e-4)


def test_three_shingles_of_five_in_common_are_no_duplicate():
    said = ["we are sorry to hear that", "we are sorry to hear this"] * 2
    assert values_of(said[:2], ["near_duplicate_share"])["near_duplicate_share"] == 0
    assert values_of(said, ["near_duplicate_share"])["near_duplicate_share"] == 1, "the same words to others are"


def test_the_same_words_to_the_same_person_are_a_repeat():
    got = values_of(SCRIPTS[:1] * 4, ["near_duplicate_share", "template_share"], persons=["ann"] * 4)
    assert got == {"near_duplicate_share": 0, "template_share": 0}


def test_rarefied_by_month():
    """Of 250 replies of May and 150 of June, May counts: neither a script of June is seen, nor one of both months."""
    names = ["".join(chr(97 + i // 26**k % 26) for k in range(3)) for i in range(247)]
    may = [f"the {name} is at {name} street today" for name in names] + [SCRIPTS[1]] * 2 + [SCRIPTS[0]]
    june = [SCRIPTS[2]] * 149 + [SCRIPTS[0]]
    rows, roles = [], {"shop": "official"}
    for i, said in enumerate([*may, *june]):
        roles[f"p{i}"] = "public"
        start = pd.Timestamp("2024-05-03" if i < len(may) else "2024-06-03").timestamp() / 60 + i
        rows.append(post(f"q{i:03d}", f"p{i}", start, "@shop why?"))
        rows.append(post(f"a{i:03d}", "shop", start + 1, said, f"q{i:03d}"))
    names = ["near_duplicate_share_monthly", "near_duplicate_share"]
    table = tw.measure(annotated(*tables(rows, roles)), names, by="organization").table.set_index("metric")
    assert table["n"].tolist() == [250, 400]
    # The other one is among 199 of the 249 others.
    assert table.loc["near_duplicate_share_monthly", "value"] == pytest.approx(2 / 250 * 199 / 249)
    assert table.loc["near_duplicate_share", "value"] == pytest.approx((2 + 149 + 2) / 400)


def test_complete_links_are_not_said_where_too_many_hang_together(monkeypatch):
    monkeypatch.setattr("twoway.text.templates.MOST_COMPLETE", 1)
    got = values_of([*SCRIPTS[:1] * 3, f"{SCRIPTS[0]} now", SCRIPTS[3]], ["template_share", "template_share_complete"])
    assert got["template_share"] == pytest.approx(4 / 5)
    assert math.isnan(got["template_share_complete"])


def test_short_replies_are_no_script_and_are_told_apart():
    names = ["near_duplicate_share", "short_duplicate_share", "template_share", "marker_in_template_share"]
    got = values_of(["Thanks!", "Thanks!", "See you soon", SCRIPTS[0]], names)
    assert got["short_duplicate_share"] == pytest.approx(2 / 3)
    assert (got["near_duplicate_share"], got["template_share"]) == (0, 0)
    assert all(math.isnan(value) for value in [*values_of(["Thanks!"], names[::2]).values()])


def test_markers_in_templates_of_the_catalogue():
    """Twenty markers, a greeting each, of which fourteen open a wording that three persons or more got."""
    free = [
        "it leaves from gate nine at four",
        "our bakers start at three and sleep at noon",
        "nobody can tell how long the lamp lasts",
        "the green one was sold out in may",
        "trams stop behind the old town hall",
        "the choir sings once the doors close",
    ]
    said = [f"Hello there, {text}." for text in [*["the parcel is on its way to the depot"] * 14, *free]]
    got = values_of(said, ["marker_in_template_share", "voice_greeting_share", "human_voice"])
    assert got["voice_greeting_share"] == 1
    assert got["human_voice"] == pytest.approx(1 / 15), "the greeting is the only marker"
    assert got["marker_in_template_share"] == pytest.approx(0.7)


def test_two_agents_share_a_wording_and_nobody_else_does():
    said = [f"{SCRIPTS[0]}. ^JB", f"{SCRIPTS[0]}. ^KL", f"{SCRIPTS[1]}. ^JB", f"{SCRIPTS[1]}. ^JB"]
    assert values_of(said, ["cross_agent_template_share"])["cross_agent_template_share"] == 0.5
    assert math.isnan(values_of(SCRIPTS, ["cross_agent_template_share"])["cross_agent_template_share"])


# --- D8 ---

NOUNS = ["kettle", "ladder", "violin", "saddle", "lantern", "blanket", "compass", "trumpet", "bucket", "mirror"]
ASKS = [f"@shop the {noun} broke" for noun in NOUNS]


def test_replies_that_say_nothing_of_the_post_have_one_half():
    got = values_of(["we pass it on"] * 10, ["reply_specificity", "specific_reply_share"], ASKS)
    assert got == {"reply_specificity": 0.5, "specific_reply_share": 0}


def test_specificity_of_the_catalogue():
    """Half of the replies fit their own post better than any other, half as well as any: (1 + .5) / 2."""
    said = [f"what a shame about this {noun}" if i % 2 else "we pass it on" for i, noun in enumerate(NOUNS)]
    got = values_of(said, ["reply_specificity", "specific_reply_share"], ASKS)
    assert got == {"reply_specificity": 0.75, "specific_reply_share": 0.5}


def test_fewer_than_five_others_say_nothing():
    got = values_of(["we pass it on"] * 5, ["reply_specificity"], ASKS[:5])
    assert math.isnan(got["reply_specificity"])


def test_new_names_for_posts_and_persons_change_nothing():
    """Also among posts of one second, which stand in no order of their own."""
    rng = np.random.default_rng(6)
    words = np.array([f"{a}{b}t" for a in "bcdfglmnprs" for b in ("a", "e", "i", "o", "ou", "ee")])
    said = [" ".join(rng.choice(words, 9)) for _ in range(60)]
    asked = [f"@shop {text.split()[0]} {' '.join(rng.choice(words, 5))}" for text in said]
    names = ["reply_specificity", "specific_reply_share", "reply_mtld", "reply_mattr", "near_duplicate_share"]
    tables_ = []
    for renamed in (np.arange(60), rng.permutation(60)):
        rows, roles = [], {"shop": "official"}
        for i, new in enumerate(renamed):
            roles[f"person{new:02d}"] = "public"
            rows.append(post(f"q{new:02d}", f"person{new:02d}", i // 30, asked[i]))
            rows.append(post(f"a{new:02d}", "shop", i // 30 + 1, said[i], f"q{new:02d}"))
        tables_.append(tw.measure(annotated(*tables(rows, roles)), names, by="organization").table)
    assert tables_[0]["value"].notna().all()
    pd.testing.assert_frame_equal(*tables_)


def test_nobody_replied_to_is_undefined():
    rows = [post("p0", "shop", 0, "Good morning"), post("p1", "ann", 1, "@shop open?")]
    names = [n for n, m in tw.all_metrics().items() if m.table in {"voiced", "scripted", "specific"}]
    table = tw.measure(annotated(*tables(rows, {"shop": "official", "ann": "public"})), names).table
    assert table["value"].isna().all()
    assert table["flags"].str.contains("undefined").all()


def test_languages_that_do_not_part_words_are_flagged():
    said = ["ご不便をおかけして申し訳ございません。詳細をお知らせください。"] * 3
    table = tw.measure(annotated(*corpus_of(said)), ["near_duplicate_share", "reply_specificity"]).table
    assert table["flags"].str.contains("words_not_parted").all()
    table = tw.measure(annotated(*corpus_of(SCRIPTS)), ["near_duplicate_share", "reply_specificity"]).table
    assert not table["flags"].str.contains("words_not_parted").any()


# --- plain loops over a town ---


@pytest.fixture(scope="module")
def town():
    corpus = tw.load_corpus("town_square")
    talk = tw.annotate(corpus, tw.Definitions(draws=1))
    return talk, prepared_rows(talk, replies(corpus))


def loops(rows, whole, signs):
    """Measure scripts by comparing every reply with every other of its organization."""
    out = {}
    long = [row for row in rows if row["tokens"] >= 5]
    short = [row for row in rows if row["tokens"] < 5]
    out["near_duplicate_share"] = mean(row["duplicate"] for row in long)
    out["short_duplicate_share"] = mean(
        any(o["wording"] == row["wording"] and o["person"] != row["person"] for o in whole[row["organization"]])
        for row in short
    )
    out["template_share"] = mean(len(row["cluster"]["persons"]) >= 3 for row in long)
    sizes = {}
    for row in long:
        sizes[id(row["cluster"])] = sizes.get(id(row["cluster"]), 0) + 1
    if long:
        out["template_top10_share"] = sum(sorted(sizes.values())[-10:]) / len(long)
        out["effective_templates"] = math.exp(-sum(n / len(long) * math.log(n / len(long)) for n in sizes.values()))
        out["effective_templates_dominant"] = 1 / sum((n / len(long)) ** 2 for n in sizes.values())
    signed = [row for row in long if signs[row["organization"]]]
    out["cross_agent_template_share"] = mean(len(row["cluster"]["agents"]) >= 2 for row in signed)
    markers = sum(row["markers"] for row in long)
    scripted = sum(row["markers"] for row in long if len(row["cluster"]["persons"]) >= 3)
    out["marker_in_template_share"] = scripted / markers if markers else math.nan
    out["human_voice"] = mean(row["chv"] for row in rows)
    return out


def mean(values):
    listed = list(values)
    return sum(listed) / len(listed) if listed else math.nan


def prepared_rows(talk, answers):
    """Mask the replies, code their markers, and link those that are alike."""
    book = talk.coding.book("voice")
    codes = talk.engine.collect(talk.coding.codes("voice")).to_pylist()
    ids = talk.engine.collect(talk.corpus.post_frame.select("row", "post_id")).to_pylist()
    by_post = {i["post_id"]: i["row"] for i in ids}
    marks = {c["row"]: [c[column_of(book, name)] for name in MARKERS] for c in codes}
    texts = [row["post"]["text"] for row in answers]
    masked = masked_kernel(pa.record_batch({"row": range(len(texts)), "text": texts})).to_pylist()
    for row, seen in zip(answers, masked, strict=True):
        row |= {"tokens": seen["tokens"], "shingles": set(seen["shingles"]), "wording": seen["wording"]}
        row |= {"agent": seen["agent"], "duplicate": False}
        held = marks[by_post[row["post"]["post_id"]]]
        row["markers"] = sum(held)
        row["chv"] = sum(sum(held[i : i + 5]) / 5 for i in (0, 5, 10)) / 3
        row["cluster"] = {"persons": {row["person"]}, "agents": {row["agent"]} - {None}, "rows": [row]}
    for _, rows in by_unit(answers, "organization").items():
        for one, other in combinations([r for r in rows if r["tokens"] >= 5], 2):
            alike = len(one["shingles"] & other["shingles"]) / len(one["shingles"] | other["shingles"])
            if alike >= 0.8 and one["person"] != other["person"]:
                one["duplicate"] = other["duplicate"] = True
            if alike >= 0.7 and one["cluster"] is not other["cluster"]:
                join(one["cluster"], other["cluster"])
    return answers


def join(kept, gone):
    kept["persons"] |= gone["persons"]
    kept["agents"] |= gone["agents"]
    kept["rows"] += gone["rows"]
    for row in gone["rows"]:
        row["cluster"] = kept


def test_loops_say_the_same_of_a_town(town):
    talk, rows = town
    whole = by_unit(rows, "organization")
    signs = {name: any(row["agent"] for row in members) for name, members in whole.items()}
    for level in ("account", "organization"):
        expected = {unit: loops(members, whole, signs) for unit, members in by_unit(rows, level).items()}
        names = list(next(iter(expected.values())))
        table = tw.measure(talk, names, by=level).table
        assert table["value"].notna().sum() > 100
        for row in table.itertuples():
            wanted = expected.get(row.unit_id, {}).get(row.metric, math.nan)
            assert same(row.value, wanted), (row.unit_id, row.metric, row.value, wanted)


def test_rarefied_duplicates_are_the_mean_of_samples(town):
    talk, rows = town
    table = tw.measure(talk, ["near_duplicate_share_rarefied"], by="organization").table
    rng = np.random.default_rng(5)
    values = table.set_index("unit_id")["value"]
    unit = values.dropna().index[0]
    members = [row for row in by_unit(rows, "organization")[unit] if row["tokens"] >= 5]
    alike = np.zeros((len(members), len(members)), dtype=bool)
    for (i, one), (j, other) in combinations(enumerate(members), 2):
        near = len(one["shingles"] & other["shingles"]) / len(one["shingles"] | other["shingles"]) >= 0.8
        alike[i, j] = alike[j, i] = near and one["person"] != other["person"]
    drawn = [rng.permutation(len(members))[:200] for _ in range(400)]
    assert values[unit] == pytest.approx(np.mean([alike[np.ix_(d, d)].any(axis=1).mean() for d in drawn]), abs=0.005)
