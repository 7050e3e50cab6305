"""Which act follows which: counts on paper, plain loops, and random order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from handmade import annotated, post, tables

import twoway as tw
from twoway.metrics.act_tables import ACTS


def talk_of(conversations):
    """Each conversation is a list of (account, text); each post answers the one before."""
    rows, roles = [], {"shop": "official"}
    for i, posts in enumerate(conversations):
        for j, (who, text) in enumerate(posts):
            who = who if who == "shop" else f"{who}{i}"
            roles.setdefault(who, "public")
            rows.append(post(f"c{i}p{j}", who, 1_000 * i + j, text, f"c{i}p{j - 1}" if j else None))
    return annotated(*tables(rows, roles))


def cell(found, *names):
    return found.table.set_index(["side", "act", "next_side", "next_act"]).loc[names]


def test_thanks_and_what_follows():
    """Of three units of persons that thank and are followed, two are followed by "you are welcome"."""
    talk = talk_of(
        [
            [
                ("p", "@shop why is it dark?"),
                ("shop", "It is night."),
                ("p", "@shop thank you"),
                ("shop", "You're welcome!"),
            ],
            [("p", "@shop thanks a lot"), ("shop", "You're welcome!"), ("p", "@shop thanks")],
            [("p", "@shop thanks"), ("shop", "We are open.")],
        ]
    )
    found = tw.act_transitions(talk, draws=50)
    row = cell(found, "person", "thanks", "organization", "downplay")
    assert (row["n_from"], row["n"]) == (3, 2)
    assert row["share"] == pytest.approx(2 / 3)
    shares = found.shares.set_index(["side", "act"])
    assert shares.loc[("person", "thanks"), ["n_units", "n"]].tolist() == [5, 4]
    assert found.matrix("person", "organization").loc["thanks", "downplay"] == pytest.approx(2 / 3)


def test_an_act_that_nothing_follows_has_no_share():
    found = tw.act_transitions(talk_of([[("p", "@shop hello"), ("shop", "Goodbye, take care!")]]), draws=5)
    row = cell(found, "organization", "bye", "person", "thanks")
    assert row["n_from"] == 0
    assert math.isnan(row["share"])
    assert math.isnan(row["p"])


def test_a_talk_of_one_side_has_no_transitions():
    found = tw.act_transitions(talk_of([[("shop", "Good morning"), ("shop", "Good night")]]), draws=5)
    assert found.table["n_from"].sum() == 0
    assert "No act follows" in str(found)


def test_loops_count_the_same_in_a_town():
    talk = tw.annotate(tw.load_corpus("town_square"), tw.Definitions(draws=1))
    found = tw.act_transitions(talk, draws=2)
    got = found.table.set_index(["side", "act", "next_side", "next_act"])["n"].to_dict()
    want = dict.fromkeys(got, 0)
    for units in conversations(talk):
        for (side, acts), (other, nexts) in zip(units, units[1:], strict=False):
            for one in acts:
                for two in nexts:
                    want[side, one, other, two] += 1
    assert sum(want.values()) > 100
    assert got == want


def conversations(talk):
    def home(frame):
        return talk.engine.collect(frame).to_pylist()

    head = {r["row"]: r["unit_row"] for r in home(talk.merged_frame)}
    acts, talks = {}, {}
    for r in home(talk.coding.codes("acts")):
        if r["acts__greeting"] is not None:
            unit = acts.setdefault(head.get(r["row"], r["row"]), set())
            unit |= {act for act in ACTS if r[f"acts__{act}"]}
    side = {}
    for r in home(talk.corpus.account_frame):
        side[r["account_ix"]] = "organization" if r["is_brand"] else "person" if r["is_public"] else None
    for r in sorted(home(talk.tree_frame), key=lambda r: (r["created_s"], r["n_above"], r["row"])):
        if side[r["account_ix"]] and r["row"] in acts:
            talks.setdefault(r["root"], []).append((side[r["account_ix"]], acts[r["row"]]))
    return [units for units in talks.values() if len({side for side, _ in units}) == 2]


def test_order_is_told_from_chance():
    """A question is always answered, and an answer always thanked for: neither is so in random order."""
    fixed = [("p", "@shop why is it dark?"), ("shop", "Because of the storm."), ("p", "@shop thank you!")]
    found = tw.act_transitions(talk_of([fixed] * 30), draws=99, seed=1)
    row = cell(found, "person", "wh_question", "organization", "answer")
    assert row["share"] == 1
    assert row["null_mean"] < 0.8
    assert row["p"] == pytest.approx(2 / 100)
    again = tw.act_transitions(talk_of([fixed] * 30), draws=99, seed=1)
    np.testing.assert_array_equal(found.table["null_mean"], again.table["null_mean"])


def test_draws_must_be_positive():
    with pytest.raises(tw.SchemaError, match="draws=0"):
        tw.act_transitions(talk_of([[("p", "@shop hello")]]), draws=0)


@pytest.mark.parametrize("name", ["act_transitions", "reentry", "tone_flow", "affect_change"])
def test_without_text_nothing_is_said_of_what_posts_do(name):
    posts = talk_of([[("p", "@shop hello"), ("shop", "hello")]]).corpus.posts.drop(columns="text")
    talk = tw.annotate(tw.Corpus(posts, focus=["shop"]))
    with pytest.raises(tw.NotEnoughEvidence, match=f"no text. It was asked for by {name}"):
        getattr(tw, name)(talk)


def test_results_that_rest_on_rules_say_that_the_language_is_another():
    posts = talk_of([[("p", "@shop bonjour"), ("shop", "Oui, bien sûr."), ("p", "@shop merci")]] * 12).corpus.posts
    talk = tw.annotate(tw.Corpus(posts.assign(lang="fr"), focus=["shop"]), tw.Definitions(draws=1))
    found = [tw.act_transitions(talk, draws=2), tw.reentry(talk), tw.tone_flow(talk), tw.affect_change(talk)]
    assert all(one.flags == ("lexicon_language_mismatch",) for one in found)
    again = tw.parity(talk)
    assert "lexicon_language_mismatch" in again.flags
    # What is written to a file holds it too.
    for table in (found[1].to_frame(), found[1].differences, found[3].to_frame(), again.to_frame()):
        assert table["flags"].str.contains("lexicon_language_mismatch").all()
