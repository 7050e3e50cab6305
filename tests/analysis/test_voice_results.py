"""What is asked of the voice of replies: coordination by chance, agents' voices, the acted-social gap, templates."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.errors import NotEnoughEvidence, SchemaError, TwowayError, UnknownName
from twoway.figures import alt_text, plot_voice_profile
from twoway.metrics.voice_tables import FAMILIES

MINUTE, DAY = 60, 86_400


def annotated(posts, accounts):
    table = pd.DataFrame(posts, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    people = pd.DataFrame(accounts, columns=["account_id", "role", "organization"])
    return tw.annotate(tw.Corpus(table, people), tw.Definitions(draws=50))


def exchange(said, *, account="shop", apart=30 * MINUTE):
    """Pairs of texts, each of a person of its own."""
    posts, accounts = [], [(account, "official", account)]
    for i, (asked, replied) in enumerate(said):
        accounts.append((f"{account}_{i}", "public", None))
        posts.append((f"{account}q{i:04d}", f"{account}_{i}", apart * i, f"@{account} {asked}", None))
        posts.append((f"{account}a{i:04d}", account, apart * i + 60, f"@{account}_{i} {replied}", f"{account}q{i:04d}"))
    return posts, accounts


@pytest.fixture(scope="module")
def town():
    return tw.annotate(tw.load_corpus("town_square"), tw.Definitions(draws=50))


# --- coordination ---


def test_echoes_are_told_from_chance():
    rng = np.random.default_rng(1)
    words = np.array(["the lamp", "with lamp", "you lamp", "lamp lamp"])
    asked = rng.choice(words, 300)
    echo = annotated(*exchange(list(zip(asked, asked, strict=True))))
    deaf = annotated(*exchange(list(zip(asked, rng.choice(words, 300), strict=True))))
    found = tw.coordination(echo, draws=50).table.set_index("direction")
    assert found.loc["brand", "observed"] > 0.3
    assert found.loc["brand", "p"] < 0.05
    assert abs(found.loc["brand", "null_mean"]) < 0.05
    assert np.isnan(found.loc["public", "observed"]), "nobody replied to the shop"
    still = tw.coordination(deaf, draws=50).table.set_index("direction")
    assert still.loc["brand", "p"] > 0.05


def test_where_no_reply_can_be_exchanged_nothing_is_known_beyond_chance():
    """A shop that replies once a week."""
    said = [("the lamp", "the lamp"), ("with you", "with you"), ("lamp", "the"), ("the lamp", "you")] * 5
    found = tw.coordination(annotated(*exchange(said, apart=7 * DAY)), draws=20)
    row = found.table.set_index("direction").loc["brand"]
    assert not np.isnan(row["observed"])
    assert row[["null_mean", "null_sd", "z", "p"]].isna().all()
    assert "nothing_moves" in row["flags"].split(",")
    assert str(found).startswith("No unit has both directions and replies that can be exchanged")


@pytest.mark.parametrize("name", ["agent_voice", "audience_fit", "specificity", "acted_social_gap"])
def test_without_text_the_cause_is_named(name):
    posts = pd.DataFrame(
        {"post_id": ["1", "2"], "account_id": ["ann", "shop"], "created_at": [0, 60], "parent_id": [None, "1"]}
    )
    talk = tw.annotate(tw.Corpus(posts, focus=["shop"]))
    with pytest.raises(NotEnoughEvidence, match=f"The source has no text. It was asked for by {name}"):
        getattr(tw, name)(talk)


def test_observed_coordination_is_that_of_the_metrics(town):
    table = tw.coordination(town, draws=10).table
    card = tw.measure(town, [f"coordination_{name}" for name in table["direction"].unique()], by="organization").wide()
    for row in table.itertuples():
        assert row.observed == pytest.approx(card.loc[row.unit_id, f"coordination_{row.direction}"], nan_ok=True)
    again = tw.coordination(town, draws=10).table
    pd.testing.assert_frame_equal(table, again)


def test_means_over_units_and_the_other_difference_on_paper():
    """Ten exchanges with C = .20 and SCP = .40 in one class; a class nobody has leaves the filled means undefined."""
    the, none = "the lamp", "green lamp"
    ten = [(the, the)] * 4 + [(the, none)] + [(none, the)] * 2 + [(none, none)] * 3
    found = tw.coordination(annotated(*exchange(ten)), draws=10)
    row = found.table.set_index("direction").loc["brand"]
    assert (row["observed"], row["scp"]) == (pytest.approx(0.2), pytest.approx(0.4))
    brand, public = found.aggregates.set_index("direction").loc[["brand", "public"]].itertuples()
    assert (brand.agg3, brand.n_agg3, brand.n_agg1) == (pytest.approx(0.2), 1, 0)
    assert np.isnan([brand.agg1, brand.agg2, public.agg1, public.agg2, public.agg3]).all()


def test_means_over_units_are_those_of_all_units(town):
    found = tw.coordination(town, draws=10)
    for side in ("brand", "public"):
        seen = found.table[found.table["direction"] == side]["observed"]
        row = found.aggregates.set_index("direction").loc[side]
        assert row["agg3"] == pytest.approx(seen.mean())
        assert row["n_agg3"] == seen.notna().sum() >= row["n_agg1"] > 0


# --- agents ---


def signed(n, agents, phrases, rng):
    """Replies by agents, each with a pet phrase or without, in six weeks."""
    said = []
    for i in range(n):
        agent = agents[i % len(agents)]
        words = " ".join(rng.choice(["lamp", "desk", "tram", "gate", "tea", "door", "coat", "bell"], 8))
        said.append((f"{words}?", f"{phrases.get(agent, '')} {words}. ^{agent}"))
    return exchange(said, apart=6 * 7 * DAY // n)


PETS = {"AB": "righto squire", "CD": "jolly good fellow", "EF": "hmm well now"}


def test_agents_with_phrases_of_their_own_are_told_apart():
    rng = np.random.default_rng(2)
    found = tw.agent_voice(annotated(*signed(240, list(PETS), PETS, rng)), draws=40)
    row = found.table.iloc[0]
    assert row["voice"] > 0.9
    assert row["p"] < 0.05
    assert (row["n_agents"], row["n_replies"]) == (3, 240)
    assert "1 account" in str(found)
    assert np.isnan(row["low"]), "six weeks are too few"
    assert row["flags"] == "few_weeks"


def test_with_weeks_enough_a_voice_has_limits():
    posts, accounts = signed(240, list(PETS), PETS, np.random.default_rng(2))
    found = tw.agent_voice(annotated([(i, a, 2 * t, *more) for i, a, t, *more in posts], accounts), draws=20)
    row = found.table.iloc[0]
    assert row["low"] < row["voice"] <= row["high"] <= 1
    assert 0 < row["accuracy_low"] < row["accuracy"] <= row["accuracy_high"]
    assert f"95 % interval over weeks {row['low']:.2f} to {row['high']:.2f}" in str(found)


def test_agents_without_are_not_and_too_few_say_nothing():
    rng = np.random.default_rng(3)
    talk = annotated(*signed(240, list(PETS), {}, rng))
    row = tw.agent_voice(talk, draws=40).table.iloc[0]
    assert abs(row["voice"]) < 0.15
    few = tw.agent_voice(talk, draws=10, min_agents=4).table.iloc[0]
    assert np.isnan(few["voice"])
    assert few["flags"] == "few_agents"


def test_nothing_names_an_agent():
    rng = np.random.default_rng(4)
    found = tw.agent_voice(annotated(*signed(180, list(PETS), PETS, rng)), draws=10)
    assert not any(agent.lower() in found.table.to_csv().lower().split(",") for agent in PETS)
    assert found.table["unit_id"].tolist() == ["shop"]


def test_unsigned_accounts_are_refused_with_words():
    talk = annotated(*exchange([("open?", "Yes, until nine.")] * 20))
    with pytest.raises(NotEnoughEvidence, match="No reply is signed"):
        tw.agent_voice(talk)
    with pytest.raises(UnknownName, match="level of agents"):
        tw.agent_voice(talk, by="month")


# --- acted-social gap ---


def test_the_gap_is_the_difference_of_ranks(town):
    found = tw.acted_social_gap(town)
    card = tw.measure(town, ["human_voice", "reply_specificity", "template_share"], by="organization")
    again = tw.acted_social_gap(card)
    pd.testing.assert_frame_equal(found.table, again.table)
    values = card.wide()
    parts = pd.DataFrame({"a": 2 * values["reply_specificity"] - 1, "b": 1 - values["template_share"]})
    substance = parts.mean(axis=1)
    n = len(values)
    for row in found.table.itertuples():
        own = (values["human_voice"] < values.loc[row.unit_id, "human_voice"]).sum() / (n - 1)
        ties = (substance == substance[row.unit_id]).sum() - 1
        other = ((substance < substance[row.unit_id]).sum() + ties / 2) / (n - 1)
        assert row.gap == pytest.approx(own - other)
        assert row.low <= row.gap <= row.high
        assert -1 <= row.low <= row.high <= 1


def test_the_gap_needs_ten_units_and_its_metrics(town):
    card = tw.measure(town, ["human_voice", "reply_specificity", "template_share"], by="organization")
    few = card.table[card.table["unit_id"].isin(card.table["unit_id"].unique()[:9])]
    with pytest.raises(NotEnoughEvidence, match="marker_in_template_share"):
        tw.acted_social_gap(tw.Scorecard(few, talk=town, by="organization"))
    with pytest.raises(SchemaError, match="lacks template_share"):
        tw.acted_social_gap(card.select("human_voice", "reply_specificity"))


def test_voices_count_where_they_are_given(town):
    voices = tw.agent_voice(town, by="organization", draws=20, min_replies=20)
    found = tw.acted_social_gap(town, voices=voices)
    plain = tw.acted_social_gap(town)
    assert found.parts == (*plain.parts, "agents' voice")
    known = voices.table.dropna(subset="voice")["unit_id"].iloc[0]
    values = tw.measure(town, ["reply_specificity", "template_share"], by="organization").wide().loc[known]
    voice = voices.table.set_index("unit_id").loc[known, "voice"]
    expected = (2 * values["reply_specificity"] - 1 + 1 - values["template_share"] + voice) / 3
    assert found.table.set_index("unit_id").loc[known, "substance"] == pytest.approx(expected)


# --- templates and figures ---


def test_a_bank_is_shown_only_where_somebody_says_so(town):
    with pytest.raises(TwowayError, match="corpus_is_own"):
        tw.templates(town)
    closed, open_ = (tw.templates(town, corpus_is_own=own) for own in (False, True))
    assert "wording" not in closed.table.columns
    assert open_.table["wording"].str.len().gt(0).all()
    pd.testing.assert_frame_equal(closed.table, open_.table.drop(columns="wording"))
    card = tw.measure(town, "template_share", by="organization").wide()["template_share"]
    told = open_.summary.set_index("unit_id")["template_share"]
    assert told.to_dict() == pytest.approx({name: card[name] for name in told.index})


def test_figures_say_what_they_show(town):
    markers = [f"voice_{name}_share" for family in FAMILIES.values() for name in family]
    ax = plot_voice_profile(tw.measure(town, [*markers, "human_voice"], by="organization"))
    assert "signature" in alt_text(ax)
    assert len(ax.get_yticklabels()) == 16
    bank = tw.templates(town, corpus_is_own=False)
    bars = bank.plot(unit="Tellwick Mobile")
    assert [label.get_text() for label in bars.get_yticklabels()][0] == "wording 1"
    assert "Tellwick Mobile" in alt_text(bars)
    with pytest.raises(UnknownName, match="organization with replies"):
        bank.plot(unit="Nobody")
    with pytest.raises(NotEnoughEvidence, match="three persons"):
        bank.plot(unit="Velbury University")
    with pytest.raises(NotEnoughEvidence, match="marker of a human voice"):
        plot_voice_profile(tw.measure(town, "human_voice", by="organization"))
    plt.close("all")
