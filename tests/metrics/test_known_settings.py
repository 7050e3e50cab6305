"""What settings and the collection do to values: the window's end, time zones, hidden answers, the reach of a mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import annotated, by_library, post, tables

import twoway as tw
from twoway.metrics.digits import settled
from twoway.metrics.grouping import Grouping
from twoway.metrics.kinds import Composite, Posterior, Ratio, Smooth
from twoway.metrics.measure import values_of

HOUR, DAY = 60, 24 * 60  # minutes
BRAND = {"brand": "official"}


def close(value, expected):
    return value == pytest.approx(expected, abs=1e-4, nan_ok=True)


def people(*names):
    return {**BRAND, **dict.fromkeys(names, "public")}


# --- the window ---


def until(day):
    return pd.Timestamp(0, unit="s", tz="UTC"), pd.Timestamp(day, unit="D", tz="UTC")


def test_a_chase_after_the_window_is_none(measured):
    rows = [post("a1", "ann", 0, "@brand open?"), post("z", "brand", 10, "news"), post("a2", "ann", 9 * DAY, "x")]
    rows += [post("b1", "bob", 10 * DAY - 5, "@brand open?"), post("b2", "bob", 10 * DAY + 5, "@brand hello?")]
    rows += [post("c1", "cyd", 11 * DAY, "@brand open?"), post("c2", "cyd", 11 * DAY + 5, "@brand hello?")]
    found = measured(*tables(rows, people("ann", "bob", "cyd")), window=until(10))
    assert close(found["brand", "chase_rate"], 0.0)
    assert close(found["brand", "chases_per_turn"], 0.0)


def test_what_a_brand_posts_outside_the_window_is_context(measured):
    rows = [post("p", "brand", 0, "news"), post("q", "ann", 10, "@brand open?"), post("r", "brand", 20, "yes", "q")]
    rows += [post("late", "brand", 20 * DAY, "@ann hello"), post("later", "brand", 21 * DAY, "news")]
    found = measured(*tables(rows, people("ann")), window=until(10))
    assert close(found["brand", "original_share"], 0.5)
    assert close(found["brand", "proactive_share"], 0.0)
    corpus = tw.Corpus(*tables(rows, people("ann")), window=until(10))
    assert corpus.n_posts == 3
    assert corpus.coverage().context_posts == 2


def test_months_are_those_of_the_window():
    rows = [post("old", "ann", -400 * DAY, "@brand open?", is_context=True)]
    rows += [post("q", "ann", 0, "@brand open?", "old", is_context=False), post("z", "brand", 40 * DAY, "bye")]
    posts, accounts = tables(rows, people("ann"))
    posts["is_context"] = posts["is_context"].fillna(value=False).astype(bool)
    found = tw.measure(annotated(posts, accounts), ["response_rate"], by="month").table
    assert list(found["unit_id"]) == ["1970-01", "1970-02"]


# --- time zones ---


def test_a_time_zone_that_is_none_is_unknown():
    rows = [post("q", "ann", 0, "@brand open?"), post("r", "brand", 60, "yes", "q"), post("z", "brand", 30 * DAY, "x")]
    posts, accounts = tables(rows, people("ann"))
    accounts["time_zone"] = ["Eastern Time (US & Canada)", "Europe/Berlin"]
    talk = annotated(posts, accounts, definitions=tw.Definitions(draws=1, business_hours="mon-sun 00:00-12:00"))
    assert talk.corpus.repairs.set_index("rule")["n"].to_dict() == {"time_zone_not_iana": 1}
    row = tw.measure(talk, ["cover_share"]).table.iloc[0]
    assert close(row["value"], 1.0)
    assert "no_time_zone" in row["flags"]


# --- what the collection could hide ---


def one_hidden(first, second):
    """Two persons are not answered, though the platform counted a reply to each; one of them asks near the end."""
    rows = [post("a", first, 0, "@brand open?"), post("b", second, 60 * DAY - 10, "@brand open?")]
    for name, minutes in (("cyd", 30), ("dee", 90)):
        rows += [post(f"q{name}", name, 0, "@brand open?"), post(f"r{name}", "brand", minutes, "yes", f"q{name}")]
    rows.append(post("end", "brand", 60 * DAY, "bye"))
    posts, accounts = tables(rows, people("ann", "bob", "cyd", "dee"))
    return posts.assign(n_replies=posts["text"].str.contains("open").astype(int)), accounts


def upper(posts, accounts, metric, **settings):
    talk = annotated(posts, accounts, definitions=tw.Definitions(draws=1, **settings))
    return tw.measure(talk, [metric]).table["upper_bound"].iloc[0]


@pytest.mark.parametrize("metric", ["answered_within_15min", "answered_within_1h", "response_rate", "cif_open_24h"])
def test_bounds_do_not_depend_on_names(metric):
    bounds = [upper(*one_hidden(*names), metric, unseen_share=0.5) for names in (("ann", "bob"), ("bob", "ann"))]
    assert bounds[0] == bounds[1]


def test_half_a_hidden_answer_is_half_an_answer():
    # Of four, two were answered after 15 minutes; half of each of the other two may have been at once: 1/4.
    assert close(upper(*one_hidden("ann", "bob"), "answered_within_15min", unseen_share=0.5), 0.25)
    posts, accounts = one_hidden("ann", "bob")
    posts.loc[posts["post_id"] == "b", "n_replies"] = 0
    assert close(upper(posts, accounts, "answered_within_15min", unseen_share=0.5), 0.125)
    assert close(upper(posts, accounts, "cif_open_24h", unseen_share=0.5), 0.125)


# --- the reach of a restricted mean ---


def test_the_penalty_reaches_as_far_as_the_mean_looks():
    rows = []
    for i in range(12):
        # Inside, from Monday 1970-01-05 on at 10:00: answered in an hour. Outside, at 20:00: after two days and more.
        inside, outside = (4 + 7 * i) * DAY + 10 * HOUR, (4 + 7 * i) * DAY + 20 * HOUR
        rows += [post(f"q{i}", f"p{i}", inside, "@brand open?"), post(f"r{i}", "brand", inside + 60, "yes", f"q{i}")]
        rows += [post(f"s{i}", f"o{i}", outside, "@brand open?")]
        rows += [post(f"t{i}", "brand", outside + 2 * DAY + 60 * i, "yes", f"s{i}")]
    rows.append(post("end", "brand", 200 * DAY, "bye"))
    posts, accounts = tables(rows, people(*[f"{k}{i}" for k in "po" for i in range(12)]))
    definitions = tw.Definitions(draws=1, business_hours="mon-fri 09:00-18:00", rmst_s=7 * DAY * 60)
    table = tw.measure(annotated(posts, accounts, definitions=definitions), ["after_hours_penalty"]).table
    row = table.iloc[0]
    assert close(row["value"], 2 * DAY + 5.5 * 60 - 60)
    assert row["low"] < row["value"] < row["high"] < 7 * DAY


def test_who_asks_on_both_sides_counts_once_for_the_interval():
    # Twelve persons each ask inside and outside; some always wait long, so their two waits tell little about the gap.
    rng = np.random.default_rng(3)
    rows = []
    for i in range(12):
        slow = rng.integers(1, 600)
        for k, clock in enumerate((10 * HOUR, 20 * HOUR)):
            at = (4 + 7 * i) * DAY + clock
            rows += [post(f"q{i}{k}", f"p{i}", at, "@brand open?")]
            rows += [post(f"r{i}{k}", "brand", at + slow + (4 + i % 3) * k, "yes", f"q{i}{k}")]
    rows.append(post("end", "brand", 200 * DAY, "bye"))
    posts, accounts = tables(rows, people(*[f"p{i}" for i in range(12)]))
    definitions = tw.Definitions(draws=1, business_hours="mon-fri 09:00-18:00")
    row = tw.measure(annotated(posts, accounts, definitions=definitions), ["after_hours_penalty"]).table.iloc[0]
    assert close(row["value"], 5)
    assert 0 < row["high"] - row["low"] < 2
    assert row["n_clusters"] == 12


# --- warnings ---


@pytest.mark.parametrize("n", [8, 20])
def test_warnings_stand_however_few_persons_there_are(n):
    rows = []
    for i in range(n):
        rows.append(post(f"q{i}", f"p{i}", i * DAY, f"@brand hi{'?' if i % 2 else ''}"))
        if i % 2:
            rows.append(post(f"r{i}", "brand", i * DAY + 20 + i, "ok", f"q{i}"))
    rows.append(post("end", "brand", 60 * DAY, "bye"))
    posts, accounts = tables(rows, people(*[f"p{i}" for i in range(n)]))
    row = tw.measure(annotated(posts, accounts), ["question_hazard_ratio"]).table.iloc[0]
    assert "separated" in row["flags"]
    assert row["value"] == row["value"]


# --- organizations taken together ---


def fast_and_slow():
    """Return questions put to an organization that is fast, statements to one that is slow: no effect of asking."""
    rows, names = [], []
    for i in range(40):
        org, wait = ("fast", 10) if i < 20 else ("slow", 300)
        asks = i % 5 if org == "fast" else not i % 5
        names.append(f"p{i}")
        rows.append(post(f"q{i}", f"p{i}", i * DAY, f"@{org} open{'?' if asks else ''}"))
        rows.append(post(f"r{i}", org, i * DAY + wait + (i * 7) % 10, "ok", f"q{i}"))
    rows.append(post("end", "fast", 90 * DAY, "bye"))
    return tables(rows, {"fast": "official", "slow": "official", **dict.fromkeys(names, "public")})


def test_hazards_are_compared_within_organizations():
    posts, accounts = fast_and_slow()
    found = by_library(posts, accounts, by="corpus")["all", "question_hazard_ratio"]
    assert 0.6 < found < 1.6


def test_odds_are_compared_within_organizations():
    # Those who ask the fast organization are followed more; within both, answers do not depend on followers.
    rows, followers = [], []
    for i in range(48):
        org = "fast" if i < 24 else "slow"
        answered = (i // 2) % 4 if org == "fast" else not (i // 2) % 4
        followers.append((1000 if org == "fast" else 10) * (1 + 9 * (i % 2)))
        rows.append(post(f"q{i}", f"p{i:02}", i, f"@{org} open?"))
        rows += [post(f"r{i}", org, i + 100, "ok", f"q{i}")] if answered else []
    rows.append(post("end", "fast", 90 * DAY, "bye"))
    posts, accounts = tables(
        rows, {"fast": "official", "slow": "official", **{f"p{i:02}": "public" for i in range(48)}}
    )
    accounts["n_followers"] = [None, None, *followers]
    table = tw.measure(annotated(posts, accounts), ["follower_odds_ratio", "follower_erreygers"], by="corpus").table
    odds, index = table.to_dict("records")
    assert close(odds["value"], 1.0)
    assert "organizations_pooled" not in odds["flags"]
    assert "organizations_pooled" in index["flags"]


# --- collections chosen by their answers ---


def replies_to_a_post(n_answered, n):
    """Return a post of the brand with many replies, most of them answered: nobody opens a thread to ask."""
    rows = [post("p", "brand", 0, "news")]
    for i in range(n):
        rows.append(post(f"q{i}", f"p{i}", i, "really?", "p"))
        if i < n_answered:
            rows.append(post(f"r{i}", "brand", i + 100, "yes", f"q{i}"))
    rows.append(post("end", "brand", 60 * DAY, "bye"))
    return tables(rows, people(*[f"p{i}" for i in range(n)]))


def flags(posts, accounts, metric="response_rate", **settings):
    talk = annotated(posts, accounts, definitions=tw.Definitions(draws=1, **settings))
    return tw.measure(talk, [metric]).table["flags"].iloc[0].split(",")


@pytest.mark.parametrize(
    ("n_answered", "collection", "is_flagged"),
    [
        (40, "unknown", True),
        (39, "unknown", False),
        (40, "complete", False),
        (5, "answered", True),
    ],
)
def test_collections_of_answers_show_where_nobody_opens_a_thread(n_answered, collection, is_flagged):
    posts, accounts = replies_to_a_post(n_answered, 40)
    assert ("reply_selected" in flags(posts, accounts, collection=collection)) == is_flagged
    said = " ".join(tw.Corpus(posts, accounts).coverage().remarks)
    assert ("chosen by its answers" in said) == (n_answered == 40)


def test_a_collection_is_chosen_in_one_of_three_ways():
    with pytest.raises(tw.UnknownName, match="collection"):
        tw.Definitions(collection="all")


def test_replies_long_before_their_question_are_flagged_and_counted():
    rows = [post("q", "ann", 10, "@brand open?"), post("r", "brand", 9, "yes", "q"), post("z", "brand", 30 * DAY, "x")]
    rows += [post("q2", "ann", 20, "@rival open?"), post("r2", "rival", 21, "yes", "q2")]
    posts, accounts = tables(rows, {**people("ann"), "rival": "official"})
    table = tw.measure(annotated(posts, accounts), ["response_rate"]).table.set_index("unit_id")
    assert "clock_skew" in table.loc["brand", "flags"]
    assert "clock_skew" not in table.loc["rival", "flags"]
    assert tw.Corpus(posts, accounts).coverage().replies_too_early == 1


# --- followers ---


def test_followers_of_another_day_are_flagged_by_their_share():
    rows, names = [], [f"p{i:02}" for i in range(40)]
    for i, name in enumerate(names):
        rows.append(post(f"q{i}", name, i, "@brand open?", n_followers=None))
        rows += [post(f"r{i}", "brand", i + 100, "ok", f"q{i}", n_followers=None)] if i % 3 else []
    rows.append(post("end", "brand", 60 * DAY, "bye", n_followers=5))
    posts, accounts = tables(rows, people(*names))
    accounts["n_followers"] = [None, *[10 * i if i < 30 else None for i in range(40)]]
    asked = flags(posts, accounts, "follower_odds_ratio")
    assert "followers_when_read" in asked
    assert "followers_missing" in asked
    at_once = posts["post_id"].str.startswith("q")
    posts.loc[at_once, "n_followers"] = list(range(40))
    asked = flags(posts, accounts, "follower_odds_ratio")
    assert "followers_when_read" not in asked
    assert "followers_missing" not in asked


# --- what a value rests on ---


def test_a_value_names_its_horizon_and_how_answers_were_found():
    posts, accounts = replies_to_a_post(5, 40)
    definitions = tw.Definitions(draws=1, horizon_s=2 * 86_400, attribution="strict")
    names = ["response_rate", "response_rate_1h", "answered_within_15min", "latency_rmst_24h", "latency_median"]
    names += ["give_up_share", "original_share"]
    table = tw.measure(annotated(posts, accounts, definitions=definitions), names).table.set_index("metric")
    assert table["horizon_s"].tolist()[:4] == [2 * 86_400, 3_600, 900, 86_400]
    assert np.isnan(table.loc["latency_median", "horizon_s"])
    assert table.loc["give_up_share", "horizon_s"] == 90 * 86_400
    assert (table["attribution"] == "strict").sum() == 6
    assert table.loc["original_share", "attribution"] == ""
    loose = tw.measure(annotated(posts, accounts), ["response_rate", "response_rate_strict"]).table["attribution"]
    assert loose.tolist() == ["inferred", "strict"]


def test_what_bots_change_is_told():
    posts, accounts = replies_to_a_post(15, 20)
    accounts.loc[accounts["account_id"].isin([f"p{i}" for i in range(15, 20)]), "role"] = "bot"
    table = tw.measure(annotated(posts, accounts), ["response_rate", "chase_rate"]).table.set_index("metric")
    assert close(table.loc["response_rate", "value"], 1.0)
    assert close(table.loc["response_rate", "bot_shift"], -0.25)
    assert np.isnan(table.loc["chase_rate", "bot_shift"])


def test_values_alone_are_those_that_come_with_intervals(town_talk):
    talk = town_talk
    tables = {"posted", "received", "dyads", "bonds", "conversations", ""}
    names = [name for name, metric in tw.all_metrics().items() if metric.table in tables]
    kinds = {type(tw.all_metrics()[name].declare()) for name in names}
    assert {Composite, Posterior, Ratio, Smooth} <= kinds
    grouping = Grouping(talk, "organization")
    units = {label: unit for unit, label in grouping.unit_names().items()}
    alone = values_of(grouping, names)
    table = tw.measure(talk, names, by="organization").table
    for row in table.itertuples():
        value = alone.get((units[row.unit_id], row.metric), np.nan)
        assert value == row.value or settled(value) == row.value or np.isnan([value, row.value]).all(), row.metric
    assert table["value"].notna().mean() > 0.5


def test_many_waits_cut_short_are_flagged():
    rows = [post("q0", "p0", 0, "@brand open?"), post("end", "brand", 2 * DAY, "bye")]
    rows += [post(f"q{i}", f"p{i}", 2 * DAY - 30, "@brand open?") for i in (1, 2)]
    posts, accounts = tables(rows, people("p0", "p1", "p2"))
    assert "censored_share" in flags(posts, accounts, "answered_within_24h")
    assert "censored_share" not in flags(posts, accounts, "answered_within_15min")
    assert "censored_share" not in flags(posts, accounts, "answered_within_24h", censored_cut=0.9)
    assert "censored_share" in flags(posts, accounts, "cif_open_24h")


@pytest.mark.parametrize(("lang", "is_flagged"), [("en-GB", False), ("de", True), ("und", False), (None, False)])
def test_text_rules_are_english(lang, is_flagged):
    posts, accounts = replies_to_a_post(15, 20)
    posts["lang"] = [lang] * len(posts)
    assert ("lexicon_language_mismatch" in flags(posts, accounts, "cif_open_24h")) == is_flagged
    assert "lexicon_language_mismatch" not in flags(posts, accounts, "response_rate")


# --- turns to several organizations ---


def test_a_turn_to_two_organizations_may_count_half():
    # Four ask the brand alone, two of them are answered; two ask it and a rival, both are answered: (2 + 1) / (4 + 1).
    rows = [post(f"q{i}", f"p{i}", i, "@brand open?" if i < 4 else "@brand @rival open?") for i in range(6)]
    rows += [post(f"r{i}", "brand", i + 10, "yes", f"q{i}") for i in (0, 1, 4, 5)]
    posts, accounts = tables([*rows, post("end", "brand", 60 * DAY, "bye")], people(*[f"p{i}" for i in range(6)]))
    accounts = pd.concat([accounts, pd.DataFrame({"account_id": ["rival"], "role": ["official"]})])
    for weight, expected in (("each", 4 / 6), ("split", 3 / 5)):
        definitions = tw.Definitions(draws=1, crowd_weight=weight)
        found = by_library(posts, accounts, focus=["brand"], definitions=definitions)
        assert close(found["brand", "response_rate"], expected)
        assert close(found["brand", "silence_rate"], 1 - expected)
        assert close(found["brand", "person_response_rate"], 4 / 6)
    with pytest.raises(tw.UnknownName, match="crowd_weight"):
        tw.Definitions(crowd_weight="half")
