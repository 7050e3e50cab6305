"""Words of grammar: values worked on paper, and plain loops over a town (D2, D3, D4)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from exchanged import by_unit, exchanges, replies
from handmade import annotated, post, same, tables

import twoway as tw
from twoway.text.formality import register_distance as of_pieces
from twoway.text.function_words import COORDINATION_CLASSES, MATCHING_CLASSES, function_words_kernel

DAY = 24 * 60  # minutes


def values_of(rows, roles, names, level="organization"):
    table = tw.measure(annotated(*tables(rows, roles, {"shop": "Acme Tea"})), names, by=level).table
    return dict(zip(table["metric"], table["value"], strict=True))


def exchange(pairs, *, first="ann", apart=60):
    """One person writes, the shop replies: pairs of texts."""
    rows = []
    for i, (asked, said) in enumerate(pairs):
        rows.append(post(f"q{i:02d}", first, i * apart, f"@shop {asked}"))
        rows.append(post(f"a{i:02d}", "shop", i * apart + 1, f"@{first} {said}", f"q{i:02d}"))
    return rows, {"shop": "official", first: "public"}


# --- D3 ---

HAS, LACKS = "the lamp", "green lamp"
TEN = [(HAS, HAS)] * 4 + [(HAS, LACKS)] + [(LACKS, HAS)] * 2 + [(LACKS, LACKS)] * 3


def test_coordination_of_the_catalogue():
    """Of ten exchanges five posts have an article, four of their replies do, six replies altogether."""
    got = values_of(*exchange(TEN), ["coordination_brand", "coordination_public", "coordination_difference"])
    assert got["coordination_brand"] == pytest.approx(0.2)
    assert math.isnan(got["coordination_public"]), "nobody replies to the shop"
    assert math.isnan(got["coordination_difference"])


def test_coordination_of_persons_to_the_account():
    rows, roles = exchange(TEN[:1])
    for i, (said, asked) in enumerate(TEN):
        rows.append(post(f"s{i}", "shop", 900 + i, said))
        rows.append(post(f"t{i}", f"person{i}", 1000 + i, f"@shop {asked}", f"s{i}"))
        roles[f"person{i}"] = "public"
    got = values_of(rows, roles, ["coordination_public", "coordination_brand"])
    assert got["coordination_public"] == pytest.approx(0.2)
    assert math.isnan(got["coordination_brand"]), "a class in fewer than three posts says nothing"


# --- D4 ---


def words(n, **special):
    """Return so many words, some of them of a class, the others of none."""
    chosen = [word for word, times in special.items() for _ in range(times)]
    return " ".join(chosen + ["lamp"] * (n - len(chosen)))


def test_style_matching_of_the_catalogue():
    """5 % against 3 % of articles, pooled from two posts each, and eight classes nobody uses."""
    rows, roles = exchange([(words(50, the=1), words(50, the=3)), (words(50, the=2), words(50, the=2))])
    names = ["style_matching", "style_matching_used", "style_unused_share", "style_matched_share"]
    got = values_of(rows, roles, names)
    assert got["style_matching_used"] == pytest.approx(0.750003, abs=1e-6)
    assert got["style_matching"] == pytest.approx((8 + 0.750003) / 9, abs=1e-6)
    assert got["style_unused_share"] == pytest.approx(8 / 9)
    assert got["style_matched_share"] == 1


def test_months_are_pooled_apart_and_short_ones_are_left_out():
    rows, roles = exchange([(words(60, the=3), words(60, the=3)), (words(40), words(90))], apart=40 * DAY)
    got = values_of(rows, roles, ["style_matching", "style_matched_share"])
    assert got == {"style_matching": pytest.approx(1), "style_matched_share": 0.5}
    short = values_of(*exchange([("why", "because")]), ["style_matching", "style_unused_share"])
    assert all(math.isnan(value) for value in short.values())


# --- D2 ---


def test_formality_by_closed_classes():
    """Articles 2, prepositions 3, pronouns 2, auxiliaries 2 of 20 words: 50 + 50 * (5 - 4) / 20."""
    said = words(20, the=2, into=3, she=1, something=1, could=2)
    assert values_of(*exchange([("why", said)]), ["reply_formality"])["reply_formality"] == pytest.approx(52.5)


@pytest.mark.parametrize(
    "said", ["It's", "I'm", "Ya", "Ya'll", "That's it, they're here.", "Ok, it'd've", "the of the"]
)
def test_what_an_apostrophe_ties_is_a_word_of_its_own(said):
    """No text leaves 0 to 100, not even one pronoun with its verb."""
    value = values_of(*exchange([("why", said)]), ["reply_formality"])["reply_formality"]
    assert 0 <= value <= 100
    if said == "That's it, they're here.":
        # that, 's, it, they, 're: five against seven words with their parts, and nothing for them.
        assert value == pytest.approx(50 - 50 * 5 / 6)


def test_replies_against_what_the_account_posts_of_itself():
    """Replies of 40 points, own posts of 60; a post to a handle and the rest of a thread do not count."""
    rows, roles = exchange([("why", words(20, she=4))] * 2)
    own = words(20, the=2, into=2)
    rows += [
        post("o1", "shop", 500, own),
        post("o2", "shop", 600, own),
        post("o3", "shop", 700, words(20, she=20), "o2"),
    ]
    rows += [post("o4", "shop", 800, f"@ann {words(20, she=20)}")]
    got = values_of(rows, roles, ["original_formality", "formality_above_originals"])
    assert got == {"original_formality": pytest.approx(60), "formality_above_originals": pytest.approx(-20)}
    got = values_of(rows[:4], roles, ["original_formality", "formality_above_originals"])
    assert all(math.isnan(value) for value in got.values())


NAMED = tw.Definitions(own_names="Leafbox|Teabox", draws=1)


def test_few_words_of_either_side_are_flagged():
    rows, roles = exchange([("why", words(50, she=4))] * 45)
    rows += [post(f"o{i}", "shop", 9_000 + i, words(50, the=2)) for i in range(45)]
    for n, is_flagged in ((45, False), (3, True)):
        table = tw.measure(annotated(*tables(rows[: 90 + n], roles)), ["formality_above_originals"]).table
        assert table["flags"].str.contains("small_n").tolist() == [is_flagged]


def test_names_of_products_are_names_of_oneself():
    rows, roles = exchange([("why", "Leafbox has three parts.")])
    assert values_of(rows, roles, ["statement_self_naming_rate"])["statement_self_naming_rate"] == 0
    talk = annotated(*tables(rows, roles, {"shop": "Acme Tea"}), definitions=NAMED)
    table = tw.measure(talk, ["statement_self_naming_rate"], by="organization").table
    assert table["value"].iloc[0] == pytest.approx(25)


def test_replies_whose_text_is_unknown_are_left_out():
    rows, roles = exchange(TEN)
    names = ["coordination_brand", "human_voice", "reply_specificity", "emotional_entropy_brand", "style_matched_share"]
    before = tw.measure(annotated(*tables(rows, roles)), names, by="organization").table
    more, _ = exchange(TEN, apart=61)
    for row in more:
        row["post_id"] = f"x{row['post_id']}"
        row["parent_id"] = f"x{row['parent_id']}" if row["parent_id"] else None
        row["text"] = None if row["account_id"] == "shop" else row["text"]
    table = tw.measure(annotated(*tables(rows + more, roles)), names, by="organization").table
    pd.testing.assert_frame_equal(table[["metric", "value", "n"]], before[["metric", "value", "n"]])


def test_register_distance_on_paper():
    """Replies of 60 and 60 points, posts of 40 and 40: 20 points, of which one standard deviation is 11.5."""
    formal, plain = words(20, the=2, into=2), words(20, she=4)
    got = values_of(*exchange([(plain, formal)] * 2), ["register_distance", "reply_formality"])
    assert got["reply_formality"] == pytest.approx(60)
    assert got["register_distance"] == pytest.approx(3**0.5)
    # Three posts of seven words make a piece of twenty-one.
    parts = [words(7, she=1), words(7, she=3)]
    got = values_of(*exchange([(parts[0], formal), (parts[1], formal), (parts[0], formal)]), ["register_distance"])
    assert got["register_distance"] == pytest.approx(of_by_hand([60, 60, 60], [50 - 50 * 5 / 21]))
    assert math.isnan(values_of(*exchange([("why", formal)]), ["register_distance"])["register_distance"])


def of_by_hand(replies, asked):
    spread = np.std([*replies, *asked], ddof=1)
    return (np.mean(replies) - np.mean(asked)) / spread


def test_cues_of_the_press_statement():
    said = "Acme Tea takes safety very seriously. The matter is being investigated."
    names = [f"statement_{cue}_rate" for cue in ("corporate", "self_naming", "passive", "hedge", "legal", "cue")]
    got = values_of(*exchange([("why", said)]), names)
    assert [got[name] for name in names] == pytest.approx([100 / 11, 100 / 11, 100 / 11, 0, 0, 300 / 11])


def test_without_replies_nothing_is_said():
    rows = [post("p0", "shop", 0, "Good morning"), post("p1", "ann", 1, "@shop open?")]
    names = [n for n, m in tw.all_metrics().items() if m.table in {"coordinated", "matched", "worded", "registered"}]
    talk = annotated(*tables(rows, {"shop": "official", "ann": "public"}))
    table = tw.measure(talk, names).table
    assert table["value"].isna().all()
    assert table["flags"].str.contains("undefined").all()


def test_replies_to_posts_that_were_not_collected_count():
    rows = [post("1", "shop", 0, "the lamp", "x"), post("2", "shop", 1, "@ann she could", "y")]
    table = tw.measure(
        annotated(*tables(rows, {"shop": "official"})), ["reply_formality", "near_duplicate_share"]
    ).table
    assert table["n"].tolist() == [4, 0]
    assert table["value"].iloc[0] == pytest.approx(50 + 50 * (1 - 2) / 4)
    rows = [post(str(i), "shop", i, "it leaves from gate nine at four", "x") for i in range(3)]
    table = tw.measure(annotated(*tables(rows, {"shop": "official"})), ["template_share"]).table
    assert table[["value", "n"]].iloc[0].tolist() == [1, 3]


# --- plain loops over a town ---


@pytest.fixture(scope="module")
def town():
    """The town, in which everybody says everything three times: single posts are too short to be matched."""
    corpus = tw.load_corpus("town_square")
    posts = corpus.posts
    posts["text"] = (posts["text"].fillna("") + " ") * 3
    corpus = tw.Corpus(posts, corpus.accounts)
    answers, reactions = exchanges(corpus)
    texts = posts["text"].tolist()
    counted = function_words_kernel(pa.record_batch({"row": range(len(texts)), "text": texts})).to_pylist()
    by_post = dict(zip(posts["post_id"], counted, strict=True))
    return tw.annotate(corpus, tw.Definitions(draws=1)), answers, reactions, by_post


def count(counted, post_row):
    return counted[post_row["post_id"]]


def coordination_by_loops(rows, counted):
    values = []
    for name in COORDINATION_CLASSES:
        held = [count(counted, row["post"])[f"n_{name}"] > 0 for row in rows]
        had = [count(counted, row["parent"])[f"n_{name}"] > 0 for row in rows]
        if sum(had) >= 3:
            both = sum(a and b for a, b in zip(held, had, strict=True))
            values.append(both / sum(had) - sum(held) / len(held))
    return sum(values) / len(values) if values else math.nan


def formality(c):
    formal = c["n_articles"] + c["n_prepositions"]
    deictic = c["n_personal_pronouns"] + c["n_indefinite_pronouns"] + c["n_auxiliaries"] + c["n_interjections"]
    return formal - deictic


@pytest.mark.parametrize("level", ["account", "organization"])
def test_coordination_by_loops(town, level):
    talk, answers, reactions, counted = town
    brand = {unit: coordination_by_loops(rows, counted) for unit, rows in by_unit(answers, level).items()}
    public = {unit: coordination_by_loops(rows, counted) for unit, rows in by_unit(reactions, level).items()}
    names = ["coordination_brand", "coordination_public", "coordination_difference"]
    values = tw.measure(talk, names, by=level).wide()
    assert values["coordination_brand"].notna().sum() >= 16
    for unit, row in values.iterrows():
        a, b = brand.get(unit, math.nan), public.get(unit, math.nan)
        assert same(row["coordination_brand"], a)
        assert same(row["coordination_public"], b)
        assert same(row["coordination_difference"], a - b)


@pytest.mark.parametrize("level", ["account", "organization"])
def test_formality_by_loops(town, level):
    talk, answers, _, counted = town
    values = tw.measure(talk, ["reply_formality", "register_distance"], by=level).wide()
    seen = by_unit(replies(talk.corpus), level)
    for unit, row in values.iterrows():
        rows = seen.get(unit, [])
        said = [count(counted, r["post"]) for r in rows]
        tokens = sum(c["n_parts"] for c in said)
        expected = 50 + 50 * sum(map(formality, said)) / tokens if tokens else math.nan
        assert same(row["reply_formality"], expected)
        pieces = pieces_by_loops([r for r in rows if r["parent"] is not None], counted)
        scores = [[100 * (f / parts + 1) / 2 for f, _, parts in side] for side in pieces]
        both = len(scores[0]) > 0 < len(scores[1])
        if both and np.std(scores[0] + scores[1]) > 0:
            assert same(row["register_distance"], of_by_hand(*scores)), unit
            sides = [True] * len(scores[0]) + [False] * len(scores[1])
            units = [0] * len(sides)
            assert same(row["register_distance"], float(of_pieces(scores[0] + scores[1], sides, units, 1)[0]))
        else:
            assert math.isnan(row["register_distance"])


def pieces_by_loops(rows, counted):
    """Put short posts of an account's day together: the pieces of replies, and of the posts they answer."""
    out = []
    for side in ("post", "parent"):
        pools, seen = {}, {}
        for row in rows:
            key = (row["account"], row[side]["post_id"])
            day = row["post"]["created_at"].floor("D")
            # The first answer gives a post that is answered twice its day.
            seen[key] = min(seen.get(key, day), day)
        for (account, name), day in seen.items():
            c = counted[name]
            pool = (account, name) if c["n_tokens"] >= 20 else (account, day)
            f, n, parts = pools.get(pool, (0, 0, 0))
            pools[pool] = (f + formality(c), n + c["n_tokens"], parts + c["n_parts"])
        out.append([pool for pool in pools.values() if pool[1] >= 20])
    return out


@pytest.mark.parametrize("level", ["account", "organization"])
def test_style_matching_by_loops(town, level):
    talk, answers, _, counted = town
    asked = talk.corpus.posts.set_index("post_id")
    ids = talk.engine.collect(talk.corpus.post_frame.select("row", "post_id")).to_pandas().set_index("row")["post_id"]
    stream = talk.engine.collect(talk.stream_frame).to_pandas()
    accounts = talk.corpus.accounts
    by_number = talk.engine.collect(talk.corpus.account_frame.select("account_ix", "account_id")).to_pandas()
    number = by_number.set_index("account_ix")["account_id"]
    organization = accounts.set_index("account_id")["organization"]
    pools = {}
    for row in answers:
        add(pools, row[level], row["person"], row["post"], 0, counted)
    for row in stream[stream["is_approach"] == 1].to_dict("records"):
        account = number[row["account_ix"]]
        unit = account if level == "account" else organization[account]
        name = ids[row["row"]]
        said = {"post_id": name, "created_at": asked.loc[name, "created_at"]}
        add(pools, unit, number[row["person_ix"]], said, 1, counted)
    expected = {}
    for (unit, _, _), sides in pools.items():
        if len(sides) == 2:
            expected.setdefault(unit, []).append(lsm(*[sides[i] for i in (0, 1)]))
    table = tw.measure(talk, ["style_matching", "style_matching_used", "style_matched_share"], by=level).wide()
    assert table["style_matching"].notna().sum() >= 10
    for unit, row in table.iterrows():
        found = expected.get(unit, [])
        long = [value for value in found if value is not None]
        assert same(row["style_matched_share"], len(long) / len(found) if found else math.nan)
        assert same(row["style_matching"], np.mean([a for a, _ in long]) if long else math.nan)
        used = [b for _, b in long if b is not None]
        assert same(row["style_matching_used"], np.mean(used) if used else math.nan)


def add(pools, unit, person, said, side, counted):
    month = pd.Timestamp(said["created_at"]).strftime("%Y-%m")
    sums = pools.setdefault((unit, person, month), {}).setdefault(side, {})
    for name, n in counted[said["post_id"]].items():
        sums[name] = sums.get(name, 0) + n


def lsm(ours, theirs):
    """Return the mean over all classes, and over those used; None where a side has fewer than fifty words."""
    if min(ours["n_tokens"], theirs["n_tokens"]) < 50:
        return None
    every, used = [], []
    for name in MATCHING_CLASSES:
        p, q = (100 * side[f"n_{name}"] / side["n_tokens"] for side in (ours, theirs))
        every.append(1 - abs(p - q) / (p + q + 0.0001))
        if p + q > 0:
            used.append(every[-1])
    return sum(every) / len(every), sum(used) / len(used) if used else None
