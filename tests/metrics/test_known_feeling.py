"""Feelings: values worked on paper, and plain loops over a town (B16, D11)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from exchanged import by_unit, replies
from handmade import annotated, post, same, tables

import twoway as tw
from twoway.errors import NotEnoughEvidence, UnknownName
from twoway.inference.bootstrap import percentile_interval
from twoway.inference.resampling import poisson_weights
from twoway.inference.spread import quantile_spread
from twoway.metrics.feeling import _evenness, _sd
from twoway.text.sentiment import APOLOGY_WORDS, THANKS_WORDS, vader

ROLES = {"shop": "official", "ann": "public", "bob": "public"}


def values_of(rows, names, level="organization", roles=None):
    table = tw.measure(annotated(*tables(rows, roles or ROLES)), names, by=level).table
    return dict(zip(table["metric"], table["value"], strict=True))


def scores(texts, without=()):
    return vader(texts, without=without)["compound"].tolist()


# --- B16 ---


def test_change_of_affect_of_the_catalogue():
    """From -.6249 to +.4926; bob posted once, and says nothing of a change."""
    rows = [
        post("1", "ann", 0, "@shop Worst service ever."),
        post("2", "shop", 5, "@ann Press the blue button twice.", "1"),
        post("3", "ann", 9, "@shop Thanks, that fixed it!", "2"),
        post("4", "bob", 10, "@shop Worst service ever."),
    ]
    names = ["affect_change", "affect_change_without_thanks", "affect_unknown_share"]
    got = values_of(rows, names)
    assert got["affect_change"] == pytest.approx(1.1175)
    assert got["affect_change_without_thanks"] == pytest.approx(0.6249)
    assert got["affect_unknown_share"] == 0.5
    assert math.isnan(values_of(rows[3:], names)["affect_change"])


def test_a_post_between_does_not_count_and_two_episodes_do():
    rows = [
        post("1", "ann", 0, "@shop great"),
        post("2", "ann", 5, "@shop awful"),
        post("3", "ann", 9, "@shop good"),
        post("4", "ann", 9 + 5 * 24 * 60, "@shop bad"),
        post("5", "ann", 19 + 5 * 24 * 60, "@shop bad"),
    ]
    great, good = scores(["@shop great", "@shop good"])
    assert values_of(rows, ["affect_change"])["affect_change"] == pytest.approx((good - great + 0) / 2)


def test_affect_by_what_was_heard():
    rows, roles = [], {"shop": "official"}
    said = {"answered": "Press the blue button twice, then wait until the lamp is green.", "deflected": "Please DM us."}
    kinds = ["answered", "deflected", "ignored", "late"] * 12
    for i, kind in enumerate(kinds):
        person, start = f"person{i:02d}", i * 10
        roles[person] = "public"
        first, last = ("good", "great") if kind == "answered" else ("good", "bad") if i % 8 < 4 else ("bad", "bad")
        rows.append(post(f"q{i:02d}", person, start, f"@shop {first}"))
        if kind in said:
            rows.append(post(f"a{i:02d}", "shop", start + 1, f"@{person} {said[kind]}", f"q{i:02d}"))
        rows.append(post(f"r{i:02d}", person, start + 2, f"@shop {last}"))
        if kind == "late":
            rows.append(post(f"z{i:02d}", "shop", start + 3, f"@{person} {said['answered']}", f"r{i:02d}"))
    found = tw.affect_change(annotated(*tables(rows, roles)))
    means = found.means[found.means["scored"] == "all words"].set_index("kind")
    assert means["n"].to_dict() == {"all": 48, "answered": 12, "deflected": 12, "ignored": 24}, (
        "an answer after the end is unheard"
    )
    good, great, bad = scores(["@shop good", "@shop great", "@shop bad"])
    assert means.loc["answered", "change"] == pytest.approx(great - good)
    table = found.table[found.table["scored"] == "all words"].set_index("contrast")
    # All who were not answered end at the same words, whatever they began with.
    assert table.loc["answered - ignored", "effect"] == pytest.approx(great - bad)
    assert table.loc["deflected - ignored", "effect"] == pytest.approx(0, abs=1e-9)
    assert table.loc["deflected - ignored", ["low", "high"]].isna().all()
    assert table["flags"].str.contains("no_variation").all()
    assert "48" in str(table["n"].iloc[0])


def test_an_answer_after_the_last_post_makes_no_answer_of_a_deflection():
    rows, roles = [], {"shop": "official"}
    for i in range(12):
        person = f"person{i:02d}"
        roles[person] = "public"
        rows += [post(f"q{i:02d}", person, i * 10, "@shop bad"), post(f"r{i:02d}", person, i * 10 + 2, "@shop good")]
        rows.append(post(f"a{i:02d}", "shop", i * 10 + 1, f"@{person} Please DM us.", f"q{i:02d}"))
        late = f"@{person} Press the blue button twice, then wait until the lamp is green."
        rows.append(post(f"z{i:02d}", "shop", i * 10 + 3, late, f"r{i:02d}"))
    means = tw.affect_change(annotated(*tables(rows, roles))).means
    assert means[means["scored"] == "all words"].set_index("kind")["n"].to_dict() == {
        "all": 12,
        "answered": 0,
        "deflected": 12,
        "ignored": 0,
    }


def test_to_be_named_before_asking_is_no_answer():
    rows = [post(f"n{i}", "shop", i * 10, f"@person{i:02d} Try our new app.") for i in range(12)]
    for i in range(12):
        rows.append(post(f"q{i}", f"person{i:02d}", i * 10 + 1, "@shop bad"))
        rows.append(post(f"r{i}", f"person{i:02d}", i * 10 + 2, "@shop good"))
    roles = {"shop": "official", **{f"person{i:02d}": "public" for i in range(12)}}
    means = tw.affect_change(annotated(*tables(rows, roles))).means
    assert means.set_index(["scored", "kind"])["n"]["all words"]["ignored"] == 12


def heard(n, kinds):
    """Persons who all begin and end alike; some get an answer in between."""
    rows, roles = [], {"shop": "official"}
    for i in range(n):
        person = f"person{i:02d}"
        roles[person] = "public"
        rows += [post(f"q{i:02d}", person, i * 10, "@shop bad"), post(f"r{i:02d}", person, i * 10 + 2, "@shop good")]
        if kinds[i % len(kinds)] == "answered":
            text = f"@{person} Press the blue button twice, then wait until the lamp is green."
            rows.append(post(f"a{i:02d}", "shop", i * 10 + 1, text, f"q{i:02d}"))
    return tw.affect_change(annotated(*tables(rows, roles)))


def test_without_a_contrast_the_change_is_told_and_no_number_that_is_none():
    found = heard(12, ["answered"])
    bad, good = scores(["@shop bad", "@shop good"])
    told = str(found)
    assert "nan" not in told
    assert f"words of thanks left out, persons' last posts are {good - bad:+.3f} from their first" in told
    assert "answered and ignored persons cannot be compared" in told
    assert all(flags.split(",").count("undefined") == 1 for flags in found.table["flags"])


def test_persons_who_do_not_differ_give_no_limits():
    found = heard(24, ["answered", "ignored"])
    row = found.table[found.table["contrast"] == "answered - ignored"].iloc[0]
    assert "nan" not in str(found)
    assert np.isnan([row["low"], row["high"], row["p"]]).all()
    mean = found.means[found.means["kind"] == "all"].iloc[0]
    assert np.isnan([mean["low"], mean["high"]]).all()
    assert "no_variation" in mean["flags"]


def test_affect_needs_persons_and_a_level():
    talk = annotated(*tables([post("1", "ann", 0, "@shop hm")], ROLES))
    with pytest.raises(NotEnoughEvidence, match="posted twice"):
        tw.affect_change(talk)
    with pytest.raises(UnknownName, match="level to compare by"):
        tw.affect_change(talk, by="month")


# --- D11 ---


def test_range_of_the_catalogue():
    x = np.array([-0.6, 0, 0.6])
    assert float(_sd(3, x.sum(), (x**2).sum())) == pytest.approx(0.6)
    assert math.isnan(_sd(1, 0.5, 0.25))
    assert float(_evenness(2, 2, 2, 2, 2)) == pytest.approx(1.0)
    assert float(_evenness(0, 0, 9, 0, 0)) == 0
    assert math.isnan(_evenness(0, 0, 0, 0, 0))


def test_apologies_are_not_the_sadness_of_a_brand():
    rows = [post("1", "ann", 0, "@shop Worst service ever."), post("2", "shop", 5, "@ann I am so sorry.", "1")]
    got = values_of(rows, ["moved_reply_share", "emotional_entropy_brand", "emotional_range_brand"])
    assert got["moved_reply_share"] == 0
    assert got["emotional_entropy_brand"] == 0
    assert math.isnan(got["emotional_range_brand"]), "one reply has no spread"
    rows[1] = post("2", "shop", 5, "@ann That is awful.", "1")
    assert values_of(rows, ["moved_reply_share"])["moved_reply_share"] == 1
    rows[0] = post("1", "ann", 0, "@shop Open today?")
    assert math.isnan(values_of(rows, ["moved_reply_share"])["moved_reply_share"])


@pytest.mark.parametrize("text", [None, "", "...", "@ann", "https://pics.example.com/1"])
def test_what_says_nothing_in_words_is_not_neutral(text):
    rows = [post("1", "ann", 0, "@shop Worst service ever."), post("2", "shop", 5, "@ann That is awful.", "1")]
    rows += [post("3", "ann", 9, text, "2"), post("4", "shop", 15, text, "1")]
    names = [f"emotional_{what}_{side}" for what in ("spread", "entropy") for side in ("brand", "public")]
    table = tw.measure(annotated(*tables(rows, ROLES)), [*names, "moved_reply_share"], by="organization").table
    assert table["n"].tolist() == [1] * 5
    nothing = [post("1", "ann", 0, text), post("2", "shop", 5, text, "1")]
    assert all(math.isnan(value) for value in values_of(nothing, names).values())


def test_evenness_of_one_class_is_no_negative_zero():
    assert not np.signbit(_evenness(0, 0, 9, 0, 0))


def quantile(values, q):
    """Return the smallest value with at least a share of q at or below it."""
    ordered = sorted(values)
    return next(v for i, v in enumerate(ordered, 1) if i >= q * len(ordered) - 1e-9)


def test_spread_of_quantiles():
    rng = np.random.default_rng(3)
    for n in (1, 2, 9, 10, 11, 57):
        x = rng.normal(size=n).round(1)
        assert quantile_spread(x, np.arange(n), draws=10).value == pytest.approx(quantile(x, 0.9) - quantile(x, 0.1))
    assert math.isnan(quantile_spread([math.nan], [0]).value)


def test_draws_of_quantiles_are_values_that_occur():
    """A fifth of all posts has each outer score, so that no draw of many can have other quantiles."""
    x = np.tile([-0.5106, -0.5106, 0.0, 0.0772, 0.0772, 0.1, 0.2, 0.3, 0.4404, 0.4404], 200)
    found = quantile_spread(x, np.arange(len(x)), draws=200)
    assert found.low == found.high == found.value == pytest.approx(0.951)


@pytest.mark.parametrize("n", [3, 40, 700])
def test_draws_of_quantiles_by_a_loop(n):
    """Values that no quantile of a draw can be are put together, and it makes no difference."""
    rng = np.random.default_rng(n)
    who = np.repeat(np.arange(n), rng.integers(1, 4, n))
    x = (rng.normal(size=n)[who] + rng.normal(size=len(who))).round(2)
    found = quantile_spread(x, who, draws=60, seed=5)
    weights = poisson_weights(min(n, 512), 60, 5)[:, np.random.default_rng(5).permutation(n)[who] % 512]
    drawn = [weighted_spread(x, w) for w in weights if w.sum() > 0]
    low, high = percentile_interval(drawn, 0.95, n_clusters=n)[0].low, percentile_interval(drawn, n_clusters=n)[0].high
    assert same(found.low, low)
    assert same(found.high, high)


def weighted_spread(values, weights):
    ordered = sorted(zip(values, weights, strict=True))
    ends, whole = [], sum(weights)
    for q in (0.1, 0.9):
        below = 0
        for value, weight in ordered:
            below += weight
            if below >= q * whole - 1e-9:
                ends.append(value)
                break
    return ends[1] - ends[0]


@pytest.mark.slow
def test_limits_of_the_spread_of_quantiles_hold_the_truth():
    """Clusters of one to five values that share a part: the truth is the distance of normal quantiles."""
    rng = np.random.default_rng(8)
    truth = 2 * 1.2815515655446004 * math.sqrt(0.1 + 0.4)
    held = []
    for _ in range(300):
        who = np.repeat(np.arange(150), rng.integers(1, 6, 150))
        x = rng.normal(0, math.sqrt(0.1), 150)[who] + rng.normal(0, math.sqrt(0.4), len(who))
        found = quantile_spread(x, who, draws=300, seed=int(rng.integers(1 << 30)))
        held.append(found.low <= truth <= found.high)
    assert 0.91 <= np.mean(held) <= 0.98


# --- plain loops over a town ---


@pytest.fixture(scope="module")
def town():
    corpus = tw.load_corpus("town_square")
    talk = tw.annotate(corpus, tw.Definitions(draws=1))
    posts = corpus.posts
    table = {}
    for name, without in (("plain", ()), ("sorry", APOLOGY_WORDS), ("thanks", THANKS_WORDS)):
        table[name] = dict(zip(posts["post_id"], scores(posts["text"], without), strict=True))
    ids = talk.engine.collect(talk.corpus.post_frame.select("row", "post_id")).to_pandas()["post_id"].tolist()
    stream = talk.engine.collect(talk.stream_frame).to_pandas()
    accounts = talk.engine.collect(talk.corpus.account_frame.select("account_ix", "account_id", "organization"))
    accounts = accounts.to_pandas().set_index("account_ix")
    stream["post_id"] = [ids[row] for row in stream["row"]]
    stream["account"] = stream["account_ix"].map(accounts["account_id"])
    stream["organization"] = stream["account_ix"].map(accounts["organization"])
    return talk, replies(corpus), stream.sort_values("row"), table


def classes_of(values):
    cuts = [-math.inf, -0.5, -0.05, 0.05, 0.5, math.inf]
    counts = [0] * 5
    for v in values:
        counts[0 if v <= -0.5 else 1 if v <= -0.05 else 2 if v < 0.05 else 3 if v < 0.5 else 4] += 1
    assert len(cuts) == 6
    return counts


def entropy_of(values):
    counts = classes_of(values)
    return -sum(c / len(values) * math.log(c / len(values)) for c in counts if c) / math.log(5)


@pytest.mark.parametrize("level", ["account", "organization"])
def test_ranges_by_loops(town, level):
    talk, answers, stream, table = town
    asked = stream[stream["is_approach"] == 1]
    sides = {"brand": by_unit(answers, level), "public": dict(list(asked.groupby(level)))}
    names = [f"emotional_{what}_{side}" for what in ("range", "spread", "entropy") for side in sides]
    values = tw.measure(talk, [*names, "moved_reply_share"], by=level).wide()
    for unit, row in values.iterrows():
        brand = [table["sorry"][r["post"]["post_id"]] for r in sides["brand"].get(unit, [])]
        public = [table["plain"][p] for p in sides["public"][unit]["post_id"]] if unit in sides["public"] else []
        for side, x in (("brand", brand), ("public", [v for v in public if v == v])):
            expected = (np.std(x, ddof=1) if len(x) > 1 else math.nan) if x else math.nan
            assert same(row[f"emotional_range_{side}"], float(expected), 1e-7)
            assert same(row[f"emotional_spread_{side}"], quantile(x, 0.9) - quantile(x, 0.1) if x else math.nan)
            assert same(row[f"emotional_entropy_{side}"], entropy_of(x) if x else math.nan)
        upset = [
            r
            for r in sides["brand"].get(unit, [])
            if r["parent"] is not None and table["plain"][r["parent"]["post_id"]] <= -0.5
        ]
        moved = [abs(table["sorry"][r["post"]["post_id"]]) >= 0.05 for r in upset]
        assert same(row["moved_reply_share"], np.mean(moved) if moved else math.nan)


@pytest.mark.parametrize("level", ["account", "organization"])
def test_changes_by_loops(town, level):
    talk, _, stream, table = town
    accounts = talk.engine.collect(talk.episode_frame).to_pandas().set_index(["org_ix", "person_ix", "episode_no"])
    names = talk.engine.collect(talk.corpus.account_frame.select("account_ix", "account_id")).to_pandas()
    names = names.set_index("account_ix")["account_id"]
    found = {}
    for key, rows in stream[stream["is_approach"] == 1].groupby(["org_ix", "person_ix", "episode_no"]):
        unit = names[accounts.loc[key, "account_ix"]] if level == "account" else rows["organization"].iloc[0]
        posts = rows["post_id"].tolist()
        ends = [[table[kind][posts[i]] for i in (0, -1)] for kind in ("plain", "thanks")]
        if pd.isna(ends).any():
            continue
        found.setdefault(unit, []).append((len(posts), *[last - first for first, last in ends]))
    metrics = ["affect_change", "affect_change_without_thanks", "affect_unknown_share"]
    values = tw.measure(talk, metrics, by=level).wide()
    for unit, row in values.iterrows():
        episodes = found.get(unit, [])
        two = [e for e in episodes if e[0] > 1]
        assert same(row["affect_change"], np.mean([e[1] for e in two]) if two else math.nan, 1e-7)
        assert same(row["affect_change_without_thanks"], np.mean([e[2] for e in two]) if two else math.nan, 1e-7)
        assert same(row["affect_unknown_share"], 1 - len(two) / len(episodes) if episodes else math.nan)
