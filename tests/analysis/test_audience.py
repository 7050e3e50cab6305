"""Audience fit, from posts to mixes of topics (A13)."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import DAY, HOUR, MINUTE, annotated, post, tables

import twoway as tw
from twoway.analysis.audience_posts import topic_shares
from twoway.errors import NotEnoughEvidence, SchemaError, UnknownName

D, H = DAY / MINUTE, HOUR / MINUTE
TOPICS = {"price": ["price*", "cheap"], "taste": ["taste*", "flavor"], "staff": ["staff", "queue*"]}
SAYS = {"price": "New prices from Monday", "taste": "A taste of summer", "staff": "Meet our staff", "": "Good morning"}
ROLES = {"shop": "official", "ann": "public", "ben": "public"}


def corpus(brand, public, gap=H, **more):
    """Let the shop post, and persons address it, one topic after the other."""
    rows = [post(f"b{i:04d}", "shop", i * gap, SAYS[name], **more) for i, name in enumerate(brand)]
    rows += [
        post(f"p{i:04d}", ("ann", "ben")[i % 2], i * gap + 5, f"@shop {SAYS[name]}") for i, name in enumerate(public)
    ]
    return annotated(*tables(rows, ROLES, {"shop": "Marrow"}))


def row_of(talk, **options):
    return tw.audience_fit(talk, TOPICS, draws=20, **options).table.iloc[0]


def test_match_of_the_catalogue():
    """P = (.5, .5, 0) and Q = (0, .5, .5)."""
    found = row_of(corpus(["price", "taste"] * 10, ["taste", "staff"] * 10))
    assert found["match"] == pytest.approx(0.5)
    assert (found["n_brand"], found["n_public"]) == (20, 20)
    assert {"few_posts", "few_weeks", "no_counts", "short_series"} <= set(found["flags"].split(","))
    skewed = [["price"] * a + ["taste"] * b + ["staff"] * c for a, b, c in ((7, 2, 1), (1, 2, 7))]
    assert row_of(corpus(*skewed))["match"] == pytest.approx(1 - 0.36515, abs=1e-5)


def test_replies_do_not_count_and_posts_without_a_topic_are_left_out():
    talk = corpus(["price", "", "", ""], ["price", "staff"])
    found = row_of(talk)
    assert (found["n_brand"], found["named_brand"]) == (1, 0.25)
    assert "few_named" in found["flags"]
    rows = [post("q", "ann", 0, "@shop the queue"), post("r", "shop", 5, "@ann staff is short", "q")]
    none = row_of(annotated(*tables(rows, ROLES)))
    assert np.isnan(none["match"])
    assert "undefined" in none["flags"]


def test_a_post_that_names_two_topics_counts_half_for_each():
    rows = [post("b", "shop", 0, "Cheap and full of flavor"), post("p", "ann", 5, "@shop cheap")]
    fit = tw.audience_fit(annotated(*tables(rows, ROLES)), TOPICS, draws=2)
    assert fit.mixes["brand"].tolist() == [0.5, 0.5, 0]
    assert fit.mixes["public"].tolist() == [1, 0, 0]


def test_a_thread_counts_once_and_a_dot_before_the_handle_makes_a_post_to_everybody():
    rows = [post("b", "shop", 0, "New prices"), post("c", "shop", 5, "New prices", "b")]
    rows += [post("d", "shop", D, ".@ann A taste of summer"), post("p", "ann", 5, "@shop cheap")]
    fit = tw.audience_fit(annotated(*tables(rows, ROLES)), TOPICS, draws=2)
    assert fit.table["n_brand"].tolist() == [2]
    assert fit.mixes["brand"].tolist() == [0.5, 0.5, 0]


def test_gap_is_what_is_posted_beyond_what_comes_back():
    said = [("price", 0), ("taste", 9), ("price", 1)]
    rows = [post(f"b{i}", "shop", i, SAYS[name], n_shares=n) for i, (name, n) in enumerate(said)]
    rows.append(post("p", "ann", 9, "@shop cheap", n_shares=0))
    fit = tw.audience_fit(annotated(*tables(rows, ROLES)), TOPICS, draws=2)
    # Two of three posts go to prices, and one tenth of what comes back.
    assert fit.table["resonance_gap"].item() == pytest.approx(2 / 3 - 0.1)
    assert fit.mixes["resonance"].tolist() == pytest.approx([0.1, 0.9, 0])


def test_sides_that_speak_alike_are_within_chance_and_others_are_not(rng):
    names = list(TOPICS)
    same = [list(rng.choice(names, 400, p=[0.5, 0.3, 0.2])) for _ in range(2)]
    alike = row_of(corpus(*same, gap=5 * H))
    assert alike["match"] > 0.98
    assert alike["p"] > 0.05
    apart = row_of(corpus(same[0], list(rng.choice(names, 400, p=[0.2, 0.3, 0.5])), gap=5 * H))
    assert apart["p"] < 0.05
    assert apart["match"] < apart["low"] + 0.1
    assert apart["low"] < apart["match"] < apart["high"]
    assert "few_posts" not in apart["flags"]


def test_who_takes_up_topics_a_day_later_follows(rng):
    """200 days; what people speak of today the shop posts tomorrow."""
    day = rng.choice(list(TOPICS), 200)
    public = np.repeat(day, 6)
    brand = np.repeat(np.concatenate([day[:1], day[:-1]]), 6)
    noise = rng.random((2, 1200)) < 0.4
    brand, public = (
        np.where(n, rng.choice(list(TOPICS), 1200), side) for n, side in zip(noise, (brand, public), strict=True)
    )
    found = row_of(corpus(list(brand), list(public), gap=4 * H))
    assert found["lead"] > 0.4
    assert found["follows"] > abs(found["leads"])


def test_topics_are_found_where_none_are_given(rng):
    talk = corpus(list(rng.choice(list(TOPICS), 120)), list(rng.choice(list(TOPICS), 120)))
    fit = tw.audience_fit(talk, k=3, draws=2)
    assert len(fit.topics) == 3
    homes = {next(name for name, words in fit.topics.items() if word in words) for word in ("prices", "taste", "staff")}
    assert len(homes) == 3
    again = tw.audience_fit(talk, k=3, draws=2)
    assert again.topics == fit.topics
    assert "over 3 topics" in str(fit)


def test_what_cannot_be_judged_is_refused():
    talk = corpus(["price"], ["taste"])
    with pytest.raises(NotEnoughEvidence, match="Too few words"):
        tw.audience_fit(talk, k=8)
    with pytest.raises(SchemaError, match="no words"):
        tw.audience_fit(talk, {"a": [], "b": ["c"]})
    with pytest.raises(UnknownName, match="level"):
        tw.audience_fit(talk, TOPICS, by="week")


def test_mixes_come_out_of_loops_over_posts(town_talk):
    """All organizations of a town, against loops over its posts and turns."""
    talk = town_talk
    topics = {"time": ["open", "late", "hours"], "money": ["price", "pay", "bill"], "thanks": ["thank", "thanks"]}
    fit = tw.audience_fit(talk, topics, draws=2)
    posts = talk.corpus.posts.set_index("post_id")
    accounts = talk.corpus.accounts.set_index("account_id")
    heads = set(talk.units["unit_id"])
    originals = [name for name in tw.code(talk, "offers")["post_id"].unique() if name in heads]
    for unit, rows in fit.mixes.groupby("unit_id"):
        sums = dict.fromkeys(topics, 0.0)
        own = set(accounts.index[accounts["organization"] == unit])
        for name in originals:
            if posts.loc[name, "account_id"] in own:
                words = "".join(c if c.isalnum() else " " for c in posts.loc[name, "text"].lower()).split()
                found = [t for t, group in topics.items() if set(group) & set(words)]
                for t in found:
                    sums[t] += 1 / len(found)
        whole = sum(sums.values())
        expected = [n / whole if whole else np.nan for n in sums.values()]
        assert rows["brand"].tolist() == pytest.approx(expected, nan_ok=True), unit


def test_a_post_is_divided_among_its_topics():
    assert topic_shares(np.array([0b101, 0]), 3).tolist() == [[0.5, 0, 0.5], [0, 0, 0]]
