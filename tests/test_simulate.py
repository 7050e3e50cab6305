"""The simulation: reproducible, true to its laws, and honest about what it knows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from simulated_turns import count_turns_by_hand

from twoway.errors import TwowayError, UnknownName
from twoway.simulate import OrganizationLaw, TownLaw, simulate_corpus, simulate_tables
from twoway.simulate.approaches import separation_s
from twoway.simulate.delay import Delay
from twoway.simulate.laws import DESTINATIONS, STRATEGIES
from twoway.simulate.ledger import Clock
from twoway.simulate.roster import read_sheets, read_wordings
from twoway.simulate.truth import complete_contact_s

SMALL = {"n_organizations": 4, "n_people": 400, "days": 45, "posts": 2_000}
HOUR, DAY = 3_600, 86_400
#: Estimates pooled over seeds lie this many standard errors around the truth; about 100 of them are looked at.
Z_LIMIT = 4.5


@pytest.fixture(scope="module")
def town():
    return simulate_tables(7, posts=9_000)


def texts_by_label(made):
    return made.posts[["post_id", "account_id", "text"]].merge(made.truth.labels, on="post_id")


# Reproducible and well formed


def test_same_seed_same_tables():
    one, two = simulate_tables(3, **SMALL), simulate_tables(3, **SMALL)
    pd.testing.assert_frame_equal(one.posts, two.posts)
    pd.testing.assert_frame_equal(one.accounts, two.accounts)
    for name in ("organizations", "accounts", "long", "labels", "turns"):
        pd.testing.assert_frame_equal(getattr(one.truth, name), getattr(two.truth, name))


def test_other_seed_other_tables():
    assert not simulate_tables(3, **SMALL).posts.equals(simulate_tables(4, **SMALL).posts)


def test_words_do_not_move_events():
    plain = simulate_tables(3, **SMALL, parameters={"has_text": False})
    assert plain.posts["text"].isna().all()
    pd.testing.assert_frame_equal(
        plain.posts.drop(columns="text"), simulate_tables(3, **SMALL).posts.drop(columns="text")
    )


def test_ids_are_unique_and_links_lead_back_in_time(town):
    posts = town.posts.set_index("post_id")
    assert posts.index.is_unique
    assert town.accounts["account_id"].is_unique
    assert town.accounts["handle"].str.lower().is_unique
    assert set(posts["account_id"]) <= set(town.accounts["account_id"])
    for column in ("parent_id", "repost_of_id", "quote_of_id"):
        links = posts[column].dropna()
        known = links[links.isin(posts.index)]
        assert (links[~links.isin(posts.index)].str.startswith("m")).all()
        assert (posts.loc[known, "created_at"].to_numpy() < posts.loc[known.index, "created_at"].to_numpy()).all()


def test_conversations_are_named_by_their_root(town):
    posts = town.posts.set_index("post_id")
    up = posts["parent_id"]
    inside = up[up.isin(posts.index)]
    assert (
        posts.loc[inside, "conversation_id"].to_numpy() == posts.loc[inside.index, "conversation_id"].to_numpy()
    ).all()
    roots = posts.index[up.isna()]
    assert (posts.loc[roots, "conversation_id"] == roots).all()


def test_posts_stay_inside_the_window_and_near_the_number_asked_for(town):
    assert town.posts["created_at"].between(*town.window).all()
    assert 0.8 < len(town.posts) / 9_000 < 1.2


def test_deleted_texts_are_few_known_and_only_persons(town):
    gone = town.posts["text"].isna().to_numpy()
    assert (gone == town.truth.labels["is_deleted"].to_numpy()).all()
    assert 0 < gone.mean() < 0.02
    role = town.accounts.set_index("account_id")["role"]
    assert (town.posts.loc[gone, "account_id"].map(role) == "public").all()


def test_orphans_are_few_and_on_both_sides(town):
    posts = town.posts.merge(town.truth.labels, on="post_id")
    orphans = posts[posts["parent_id"].notna() & ~posts["parent_id"].isin(posts["post_id"])]
    assert 0 < len(orphans) / posts["parent_id"].notna().sum() < 0.05
    assert {"orphan_reply"} < set(orphans["kind"])


def test_corpus_holds_the_tables():
    corpus, truth = simulate_corpus(3, **SMALL)
    made = simulate_tables(3, **SMALL)
    assert corpus.n_posts == len(made.posts) == len(truth.labels)
    assert corpus.window == made.window


@pytest.mark.parametrize("n", [1, 16, 40])
def test_any_number_of_organizations(n):
    made = simulate_tables(1, n_organizations=n, n_people=200, days=30, posts=n * 60)
    assert made.truth.organizations["organization"].nunique() == n
    assert made.accounts["handle"].str.lower().is_unique


# Units known by construction


@pytest.mark.parametrize("seed", [1, 2])
def test_turns_are_what_plain_loops_find(seed):
    made = simulate_tables(seed, posts=5_000)
    found = count_turns_by_hand(made.posts, made.accounts)
    keys = ["organization", "person_id", "post_id"]
    both = found.merge(made.truth.turns, on=keys, how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    answer = both["answer_id"].fillna("")
    assert (both["strict_answer"].fillna("") == answer).all()
    assert (both["mention_answer"].fillna("") == answer).all()
    assert (both["n_approaches"] == 1 + both["n_chases"]).all()


def test_contacts_of_a_person_keep_their_distance():
    made = simulate_tables(5, n_organizations=2, n_people=20, days=120, posts=1_500)
    first = made.truth.turns.query("round == 0").sort_values("started_at")
    gaps = first.groupby(["organization", "person_id"])["started_at"].diff().dropna().dt.total_seconds()
    assert len(gaps) > 50
    assert (
        gaps.min()
        >= separation_s(OrganizationLaw(), TownLaw().rounds)
        > complete_contact_s(OrganizationLaw(), TownLaw())
    )


def test_unasked_mentions_never_reach_a_person_who_approaches(town):
    posts = town.posts.merge(town.truth.labels, on="post_id")
    handle = town.accounts.set_index(town.accounts["handle"])["account_id"]
    named = posts.loc[posts["kind"].isin(["mention", "orphan_reply"]), "mentions"].map(handle)
    assert not set(named) & set(town.truth.turns["person_id"])


# Laws


def estimates(made):
    """Return (organization, parameter, numerator, denominator) from the truth's own rows, without any measure."""
    turns, labels = made.truth.turns, made.truth.labels
    owner = made.posts["account_id"].map(made.accounts.set_index("account_id")["organization"]).to_numpy()
    for organization, own in turns.groupby("organization"):
        due = own[own["is_due"]]
        latency = due["latency_s"].fillna(np.inf)
        yield organization, "response_rate", due["is_answered"].sum(), len(due)
        for name, limit in (("15min", 900), ("1h", HOUR), ("24h", DAY)):
            yield organization, f"answered_within_{name}", (latency <= limit).sum(), len(due)
        yield organization, "latency_rmst_24h", latency.clip(upper=DAY).sum() / 60, len(due)
        yield organization, "chase_rate", (due["n_chases"] > 0).sum(), len(due)
        yield organization, "chases_per_turn", due["n_chases"].sum(), len(due)
        first = own[own["round"] == 0]
        deflected = first[first["reaction"] == "deflect"]
        yield organization, "deflection_first_rate", len(deflected), first["is_answered"].sum()
        yield organization, "deflection_rate_all", len(deflected), len(first)
        for name in DESTINATIONS:
            yield organization, f"destination_{name}_share", (deflected["destination"] == name).sum(), len(deflected)
        kinds = labels.loc[(owner == organization) & ~labels["kind"].isin(["repost", "thread"]), "kind"]
        yield (
            organization,
            "broadcast_index",
            kinds.isin(["original", "partner_mention", "sister_reply"]).sum(),
            len(kinds),
        )


def test_truth_is_recovered_from_the_labels():
    parameters = {"spread": 0, "person_sd": 0.5, "rounds": 2, "tail_days": 17, "has_text": False}
    rows = []
    for seed in range(30):
        made = simulate_tables(seed, **SMALL, parameters=parameters)
        value = made.truth.long.set_index(["organization", "parameter"])["value"]
        rows += [(o, p, k, n, value.get((o, p), np.nan)) for o, p, k, n in estimates(made)]
    table = pd.DataFrame(rows, columns=["organization", "parameter", "k", "n", "truth"])
    assert table["truth"].notna().all()
    table["error"] = table["k"] - table["truth"] * table["n"]
    sums = table.groupby(["organization", "parameter"])["error"].agg(["sum", lambda e: np.sqrt((e**2).sum())])
    sums.columns = ["total", "spread"]
    seen = table.groupby(["organization", "parameter"])["k"].sum() >= 30
    z = (sums["total"] / sums["spread"])[seen]
    assert len(z) > 40
    assert z.abs().max() < Z_LIMIT


def test_the_median_latency_is_where_half_of_all_turns_are_answered():
    made = simulate_tables(1, n_organizations=1, n_people=3_000, days=182, posts=6_000, parameters={"p_answer": 0.8})
    median = made.truth.long.set_index("parameter")["value"]["latency_median"]
    latency = made.truth.turns.query("is_due")["latency_s"].fillna(np.inf) / 60
    assert abs((latency <= median).mean() - 0.5) < Z_LIMIT * 0.5 / np.sqrt(len(latency))


def test_no_median_where_fewer_than_half_are_answered():
    long = simulate_tables(1, **SMALL, parameters={"p_answer": 0.4}).truth.long
    assert "latency_median" not in set(long["parameter"])


def test_persons_differ_as_much_as_stated():
    parameters = {"person_sd": 0.6, "rounds": 0, "activity_tail": 5, "p_answer": 0.5, "praise_advantage": 0}
    made = simulate_tables(1, n_organizations=2, n_people=200, days=365, posts=12_000, parameters=parameters)
    turns = made.truth.turns.query("is_due")
    unit = [turns["organization"], turns["person_id"]]
    y = turns["is_answered"] - 0.5
    total, n = y.groupby(unit).transform("sum"), y.groupby(unit).transform("size")
    # Products of different turns of one person average to the covariance p (1 - p) * person_sd**2.
    pairs = (y * (total - y))[n > 1].sum() / (n - 1)[n > 1].sum()
    assert pairs / 0.25 == pytest.approx(0.36, abs=0.08)


def test_praise_advantage_keeps_the_average():
    parameters = {"p_answer": 0.5, "praise_advantage": 0.4, "person_sd": 0, "spread": 0}
    made = simulate_tables(2, n_organizations=2, n_people=2_000, days=182, posts=8_000, parameters=parameters)
    first = made.truth.turns.query("round == 0 and is_due")
    share = first.groupby(first["kind"] == "praise")["is_answered"].mean()
    assert share[True] - share[False] == pytest.approx(0.4, abs=0.08)
    assert first["is_answered"].mean() == pytest.approx(0.5, abs=0.04)


def test_strategies_show(town):
    table = town.truth.organizations.set_index("organization")
    mean = table.groupby("strategy")[["p_answer", "p_first_deflect", "broadcast_share_expected"]].mean()
    assert mean["p_answer"].idxmin() == mean["broadcast_share_expected"].idxmax() == "broadcast"
    assert mean["p_first_deflect"].idxmax() == "deflect"
    assert mean["p_answer"].idxmax() == "conversational"
    assert set(table["strategy"]) == set(STRATEGIES)


def test_strategies_can_be_given_in_turn_or_by_number():
    in_turn = simulate_tables(1, **SMALL, strategies=["mixed", "broadcast"]).truth.organizations["strategy"]
    assert in_turn.tolist() == ["mixed", "broadcast", "mixed", "broadcast"]
    by_number = simulate_tables(1, **SMALL, strategies={"deflect": 3, "mixed": 1}).truth.organizations["strategy"]
    assert by_number.tolist() == ["deflect", "deflect", "deflect", "mixed"]


def test_parameters_reach_all_some_and_one():
    parameters = {"p_answer": 0.3, "broadcast": {"p_answer": 0.2}, "ostrel": {"p_answer": 0.9}}
    table = simulate_tables(1, **SMALL, parameters=parameters).truth.organizations.set_index("slug")["p_answer"]
    assert table.to_dict() == {"marrowick": 0.3, "tarnfold": 0.3, "velbury": 0.2, "ostrel": 0.9}


def test_care_takes_over():
    made = simulate_tables(1, **SMALL, parameters={"tarnfold": {"care_takeover": 1.0, "p_answer": 1.0}})
    turns = made.truth.turns.query("organization == 'Tarnfold Bank' and is_answered")
    assert set(turns.loc[turns["account_id"] == "tarnfold", "answered_by"]) == {"tarnfold_care"}
    own = made.truth.accounts.set_index("account_id")["p_answer_self"]
    assert own["tarnfold"] == 0
    assert own["tarnfold_care"] == 1


# Clocks and delays


def test_opening_time_passes_only_while_open():
    # Friday 2024-03-01, 17:50 in London: ten minutes are left, the other ten pass on Monday.
    start = pd.Timestamp("2024-02-01", tz="UTC").timestamp()
    clock = Clock("office", "Europe/London", int(start), int(start) + 60 * DAY)
    asked = pd.Timestamp("2024-03-01 17:50", tz="UTC").timestamp()
    answered = clock.advance(np.array([asked]), np.array([20 * 60.0]))[0]
    assert pd.Timestamp(answered, unit="s") == pd.Timestamp("2024-03-04 09:10")
    assert (answered - asked) / 60 == 3_800


def test_organizations_with_hours_answer_while_open():
    made = simulate_tables(2, **SMALL, parameters={"hours": "office", "p_answer": 0.9})
    label = made.truth.turns.query("is_answered").set_index("answer_id")
    at = made.posts.set_index("post_id").loc[label.index, "created_at"].dt.tz_convert("Europe/London")
    assert (at.dt.day_of_week < 5).all()
    assert at.dt.hour.between(8, 18).all()
    assert label["latency_s"].max() <= 72 * HOUR
    assert "answered_within_1h" not in set(made.truth.long["parameter"])


def test_delay_area_is_the_integral_of_its_distribution():
    delay = Delay(5_000, 1.3, 48 * HOUR)
    grid = (np.arange(200_000) + 0.5) * 60 * HOUR / 200_000
    assert float(delay.area(60 * HOUR)) == pytest.approx(delay.cdf(grid).mean() * 60 * HOUR, rel=1e-6)


def test_delay_quantile_undoes_its_distribution():
    delay, shares = Delay(5_000, 1.3, 48 * HOUR), np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(delay.cdf(delay.quantile(shares)), shares, rtol=1e-12)


# Words


def test_scripts_come_out_word_for_word(town):
    posts = texts_by_label(town)
    scripted = posts[posts["template_id"].notna() & ~posts["account_id"].str.endswith(("employee", "executive"))]
    words = scripted["text"].str.replace(r"^@\w+ ", "", regex=True)
    assert len(scripted) > 100
    assert (words.groupby(scripted["template_id"]).nunique() == 1).all()


def test_deflections_name_their_destination(town):
    cues = {
        "phone": r"555-01\d\d",
        "email": r"\w+@[\w-]+\.example\.org",
        "form": "form",
        "chat": "chat",
        "page": "https://",
    }
    cues |= {"dm": r"(?i)dm|message|private|inbox", "handle": r"\w.*@\w"}
    posts = texts_by_label(town).query("kind == 'deflect'")
    for destination, cue in cues.items():
        texts = posts.loc[posts["destination"] == destination, "text"]
        assert len(texts) > 5
        assert texts.str.contains(cue).all()


def test_addresses_are_made_up(town):
    texts = town.posts["text"].dropna()
    hosts = texts.str.extractall(r"(?:https://|help@)([\w.-]+?)(?=[/\s?!]|\.?$|\.\s)")[0].str.rstrip(".")
    assert hosts.str.endswith((".example.com", ".example.org")).all()
    numbers = texts.str.extractall(r"(\d{3}-\d{4})")[0]
    assert numbers.str.fullmatch(r"555-01\d\d").all()


def test_open_answers_carry_substance():
    empty = "the a an of to and or in on at for from by with is are be it its they them you your we our after before"
    empty = set(re.findall(r"\w+", empty))
    for sheet in read_sheets():
        for line in (*sheet.lines["facts"], *sheet.lines["fixes"]):
            words = [word for word in re.findall(r"[\w{}']+", line.lower()) if word not in empty]
            assert len(words) >= 8, line


def test_sheets_answer_every_question_and_complaint():
    sheets = read_sheets()
    assert len(sheets) == 16
    assert {sheet.strategy for sheet in sheets} == set(STRATEGIES)
    for sheet in sheets:
        assert (
            len(sheet.lines["asks"])
            == len(sheet.lines["facts"])
            == len(sheet.lines["gripes"])
            == len(sheet.lines["fixes"])
        )
        assert {"clarify", "praise", "notice", "promotion", "award", "question", "story"} <= set(sheet.lines)


def test_every_destination_has_many_wordings():
    wordings = read_wordings()["deflect"]
    assert set(wordings) == set(DESTINATIONS)
    assert min(len(set(lines)) for lines in wordings.values()) >= 8


def test_no_slot_is_left_open(town):
    assert not town.posts["text"].dropna().str.contains(r"[{}]").any()


# Refusals


def test_unknown_strategy_is_refused_word_for_word():
    with pytest.raises(UnknownName) as caught:
        simulate_tables(1, **SMALL, strategies=["brodcast"])
    assert str(caught.value) == (
        "'brodcast' is not a known strategy. Did you mean 'broadcast'? "
        "Known: broadcast, conversational, deflect, mixed."
    )


def test_unknown_parameter_is_refused():
    with pytest.raises(UnknownName, match="'p_anser' is not a known parameter. Did you mean 'p_answer'?"):
        simulate_tables(1, **SMALL, parameters={"p_anser": 0.5})
    with pytest.raises(UnknownName, match="'p_anser' is not a known parameter of an organization."):
        simulate_tables(1, **SMALL, parameters={"mixed": {"p_anser": 0.5}})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"days": 0.5}, "days=0.5 is too short. It was given to the simulation. Give at least 1."),
        ({"n_people": 3}, "n_people=3 is too few. It was given to the simulation. Give at least 10."),
        (
            {"posts": 0},
            "posts=0 is not a number of posts. It was given to the simulation. Give at least 1, or leave it out.",
        ),
        (
            {"n_organizations": 0},
            "n_organizations=0 cannot be simulated. It was given to the simulation. Give a number from 1 to 176.",
        ),
        (
            {"parameters": {"p_answer": 1.2}},
            "p_answer=1.2 is out of range. It was given as a parameter. Give a number from 0 to 1.",
        ),
        (
            {"parameters": {"clarify": 0.9}},
            "clarify, acknowledge and escalate add up to 1.120. They were given as parameters. Give at most 1.",
        ),
        (
            {"parameters": {"destinations": (1, 2)}},
            "destinations=(1, 2) are not weights. They were given as a parameter. "
            "Give 7 numbers from 0 up, for dm, phone, email, form, chat, handle, page.",
        ),
        (
            {"parameters": {"person_sd": 1.0}},
            "person_sd=1.0 is out of range. It was given as a parameter. Give a number from 0 to 0.99.",
        ),
    ],
)
def test_numbers_out_of_range_are_refused_word_for_word(arguments, message):
    with pytest.raises(TwowayError) as caught:
        simulate_tables(1, **{**SMALL, "n_organizations": 1, **arguments})
    assert str(caught.value) == message


def test_unknown_hours_are_refused():
    with pytest.raises(UnknownName, match="'always' is not a known name of opening hours"):
        simulate_tables(1, **SMALL, parameters={"hours": "always"})
