"""Simulated corpora with known truth, and how often the intervals of the library hold it.

A setting is a kind of corpus in which the conditions hold that make the simulation's truths exact; metrics whose
condition fails in it are left out. Posts get plain words, one wording for each thing a post can do, so that the text
rules cannot err and the interval alone is judged. `judge_rules` says what the simulation's own wordings add to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

import twoway as tw
from twoway.inference import balances
from twoway.metrics.registry import Ratio, get_metric
from twoway.simulate import SimulatedTables, simulate_tables
from twoway.simulate.laws import strategy_law

INTERVALS = ("closed", "bootstrap")
#: Smallest number of clusters of each class; few_clusters is flagged below 30, and below 10 only shares get limits.
SIZES = {"0": 0, "1-9": 1, "10-29": 10, "30-99": 30, "100+": 100}
COUNTS = ("n", "undefined", "without", "covered", "below", "above", "open")
#: Two openings of one person to one organization are correlated by 0.25.
TOWN = {"person_sd": 0.5, "spread": 0, "n_bots": 0, "has_text": False}
#: Nothing but originals and answers, so that what an organization posts follows from two rates.
PLAIN_POSTS = {"directed_share": 0, "repost_share": 0, "second_share": 0, "orphan_share": 0, "n_partners": 0}
#: What is true of these needs turns that are watched until nobody would ask again.
NEED_WHOLE_TURNS = ("chase_rate", "chases_per_turn")
#: What the simulation says of these holds for the volumes it drew, not for the next corpus; see `posting_truth`.
OF_VOLUMES = ("broadcast_index", "broadcast_strategy_score")

WORDS = {
    "original": "News from the house.",
    "question": "Could you tell me more?",
    "answer": "Bring your ticket before seven tonight, because then every window beside the tower opens again.",
    "fulfill": "Bring your ticket before seven tonight, because then every window beside the tower opens again.",
    "clarify": "Which ticket is meant?",
    "acknowledge": "Thank you.",
    "escalate": "We have asked the workshop.",
    "dm": "Please send us a private message.",
    "phone": "Please call us on 555-0100.",
    "email": "Please write to help@tern.example.org.",
    "form": "Please fill in the form.",
    "chat": "Please start a live chat.",
    "handle": "Please contact @tern.",
    "page": "Please see https://tern.example.com.",
}


@dataclass(frozen=True)
class Setting:
    """A kind of corpus: what it is for, arguments and laws of the simulation, and what it cannot judge."""

    name: str
    about: str
    arguments: Mapping[str, Any]
    laws: Mapping[str, Any] = field(default_factory=dict)
    leave_out: tuple[str, ...] = OF_VOLUMES
    has_random_volumes: bool = False

    def simulate(self, seed: int, **town: Any) -> SimulatedTables:
        """Make one corpus."""
        volumes = random_volumes(seed, self.arguments["days"], self.laws) if self.has_random_volumes else {}
        return simulate_tables(seed, **self.arguments, parameters={**TOWN, **self.laws, **volumes, **town})

    def truth(self, made: SimulatedTables) -> pd.DataFrame:
        """List `organization, parameter, truth` of all that is known exactly in this setting."""
        known = made.truth.long[["organization", "parameter", "value"]].rename(columns={"value": "truth"})
        law = made.truth.organizations.set_index("organization")
        more = {"response_rate_questions": law["p_answer_other"]}
        if self.name == "once":
            names = ("person_response_rate", "inbound_reciprocity", "inbound_reciprocity_ordered")
            more |= dict.fromkeys(names, law["p_answer"])
        if self.has_random_volumes:
            more |= posting_truth(made, self.laws["tail_days"])
        rows = [truth.rename("truth").reset_index().assign(parameter=name) for name, truth in more.items()]
        return pd.concat([known[~known["parameter"].isin(self.leave_out)], *rows], ignore_index=True)


SETTINGS = (
    Setting(
        "small",
        "5 organizations, 150 people, a month; every contact is complete, every turn due",
        {"n_organizations": 5, "n_people": 150, "days": 37, "posts": 1_500},
        {"rounds": 0, "tail_days": 7},
    ),
    Setting(
        "large",
        "8 organizations, 800 people, two months; complete contacts",
        {"n_organizations": 8, "n_people": 800, "days": 67, "posts": 4_000},
        {"rounds": 0, "tail_days": 7},
    ),
    Setting(
        "few",
        "5 organizations, 25 people who come back over half a year; complete contacts",
        {"n_organizations": 5, "n_people": 25, "days": 187, "posts": 1_500},
        {"rounds": 0, "tail_days": 7},
    ),
    Setting(
        "returns",
        "5 organizations, 150 people who come back up to three times after an answer; complete contacts",
        {"n_organizations": 5, "n_people": 150, "days": 60, "posts": 1_500},
        {"rounds": 3, "tail_days": 17},
    ),
    Setting(
        "cut",
        "the same, but people write until the window ends: waits are censored, late turns are not due",
        {"n_organizations": 5, "n_people": 150, "days": 40, "posts": 1_500},
        {"rounds": 3, "tail_days": 0},
        leave_out=(*OF_VOLUMES, *NEED_WHOLE_TURNS),
    ),
    Setting(
        "once",
        "5 organizations, 300 people, two weeks in which nobody contacts one organization twice",
        {"n_organizations": 5, "n_people": 300, "days": 14.5, "posts": 1_200},
        {"rounds": 0, "tail_days": 7},
    ),
    Setting(
        "pointing",
        "4 organizations that deflect much, 1,000 people: many deflections to look at",
        {"n_organizations": 4, "n_people": 1_000, "days": 67, "posts": 3_000, "strategies": ["deflect", "mixed"]},
        {"rounds": 0, "tail_days": 7},
    ),
    Setting(
        "volumes",
        "5 organizations, 400 people; numbers of posts and contacts are Poisson, so that volumes vary as well",
        {"n_organizations": 5, "n_people": 400, "days": 67},
        {"rounds": 0, "tail_days": 7, **PLAIN_POSTS},
        has_random_volumes=True,
    ),
)
#: Wordings of all organizations there are, to see what the text rules make of them.
WORDINGS = Setting(
    "wordings",
    "16 organizations in their own words, 1,200 people who come back up to three times; complete contacts",
    {"n_organizations": 16, "n_people": 1_200, "days": 90, "posts": 8_000},
    {"rounds": 3, "tail_days": 17},
)
#: Strategies of the organizations with random volumes.
SLUGS = {
    "marrowick": "conversational",
    "tarnfold": "deflect",
    "velbury": "broadcast",
    "ostrel": "mixed",
    "pagewren": "conversational",
}


def random_volumes(seed: int, days: float, laws: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Draw each organization's initiatives and contacts from Poisson laws around its strategy's usual numbers."""
    rng = np.random.default_rng([seed, 1])
    weeks, open_weeks = days / 7, (days - laws["tail_days"]) / 7
    drawn = {}
    for slug, strategy in SLUGS.items():
        law = strategy_law(strategy)
        n_initiatives, n_contacts = rng.poisson(
            [law.initiatives_per_week * weeks, law.approaches_per_week * open_weeks]
        )
        drawn[slug] = {"initiatives_per_week": n_initiatives / weeks, "approaches_per_week": n_contacts / open_weeks}
    return drawn


def posting_truth(made: SimulatedTables, tail_days: float) -> dict[str, pd.Series]:
    """Work out what organizations post on average where all they do of their own accord are originals."""
    law = made.truth.organizations.set_index("organization")
    weeks = made.truth.design["days"] / 7
    usual = [strategy_law(strategy) for strategy in law["strategy"]]
    own = pd.Series([one.initiatives_per_week * weeks for one in usual], law.index)
    contacts = pd.Series([one.approaches_per_week * (weeks - tail_days / 7) for one in usual], law.index)
    roles = made.accounts[made.accounts["organization"].notna()].groupby("organization")["role"]
    has_staff = roles.agg(lambda role: role.isin(["employee", "executive"]).any()).reindex(law.index)
    # Staff answer one in twenty originals of others; three in ten originals are not by the official account.
    sisters = own * 0.05 * (1 - 0.3 / (roles.size().reindex(law.index) - 1)) * has_staff
    deflected = contacts * law["p_answer"] * law["p_first_deflect"]
    replies = contacts * law["replies_per_contact"]
    total = own + sisters + replies
    parts = {"broadcast_part": own + sisters, "deflect_part": deflected, "conversation_part": replies - deflected}
    truth = {name: part / total for name, part in parts.items()}
    z1, z2 = balances(np.column_stack(list(truth.values())))
    truth |= {"strategy_z1": pd.Series(z1, law.index), "strategy_z2": pd.Series(z2, law.index)}
    truth |= dict.fromkeys(("broadcast_index", "broadcast_index_reply"), truth["broadcast_part"])
    truth |= {"broadcast_strategy_score": truth["broadcast_part"] * (1 - law["p_answer"])}
    truth |= {"original_share": own / total, "reply_share": replies / total, "intra_brand_share": sisters / total}
    return {name: value.rename_axis("organization") for name, value in truth.items()}


def plain_words(made: SimulatedTables) -> pd.DataFrame:
    """Give every post the one wording of what it is by construction."""
    labels = made.truth.labels
    key = labels["destination"].where(labels["kind"] == "deflect", labels["kind"])
    return made.posts.assign(text=key.astype(object).map(WORDS).fillna("Well.").to_numpy(object))


def annotated(made: SimulatedTables, posts: pd.DataFrame) -> tw.Interactions:
    """Annotate the posts of a simulation."""
    return tw.annotate(tw.Corpus(posts, made.accounts, window=made.window))


def compared(made: SimulatedTables, talk: tw.Interactions, truth: pd.DataFrame, interval: str) -> pd.DataFrame:
    """Put the truth beside what is measured, one row an organization and metric."""
    card = tw.measure(talk, truth["parameter"].unique(), by="organization", interval=interval)
    found = card.table.rename(columns={"unit_id": "organization", "metric": "parameter"})
    found = found[["organization", "parameter", "value", "low", "high", "n_clusters"]]
    strategy = made.truth.organizations[["organization", "strategy"]]
    both = truth.merge(found, on=["organization", "parameter"], how="left").merge(strategy, on="organization")
    return both.assign(interval=interval)


def judge(setting: Setting, seed: int, intervals: Iterable[str] = INTERVALS) -> pd.DataFrame:
    """Measure one corpus; one row for each truth and kind of interval. Only ratios have more than one kind."""
    made = setting.simulate(seed)
    talk, truth = annotated(made, plain_words(made)), setting.truth(made)
    is_ratio = truth["parameter"].map(lambda name: isinstance(get_metric(name).declare(), Ratio))
    parts = [compared(made, talk, truth if kind == "closed" else truth[is_ratio], kind) for kind in intervals]
    return pd.concat(parts, ignore_index=True).assign(setting=setting.name)


def judge_rules(setting: Setting, seed: int) -> pd.DataFrame:
    """Measure one corpus in its own words and in plain ones; one row for each truth that rests on text rules."""
    made = setting.simulate(seed, has_text=True)
    truth = setting.truth(made)
    truth = truth[truth["parameter"].map(lambda name: "rules" in get_metric(name).traits)]
    own = compared(made, annotated(made, made.posts), truth, "closed")
    plain = compared(made, annotated(made, plain_words(made)), truth, "closed")
    keys = ["organization", "parameter"]
    return own.merge(plain[[*keys, "value"]].rename(columns={"value": "plain"}), on=keys).assign(setting=setting.name)


def tally(rows: pd.DataFrame, by: Iterable[str]) -> pd.DataFrame:
    """Count how often intervals hold the truth.

    `n` intervals, of which `undefined` have no value, `without` no limits, `open` an infinite limit; the truth is
    `covered`, `below` the lower limit or `above` the upper one; `width` is the mean of those with two limits.
    """
    has = rows["low"].notna() & rows["high"].notna()
    is_open = has & (np.isinf(rows["low"]) | np.isinf(rows["high"]))
    below, above = has & (rows["truth"] < rows["low"]), has & (rows["truth"] > rows["high"])
    width = (rows["high"] - rows["low"]).where(has & ~is_open)
    size = pd.cut(rows["n_clusters"], [*SIZES.values(), np.inf], right=False, labels=list(SIZES)).astype(str)
    flags = {"n": 1, "undefined": rows["value"].isna(), "without": ~has, "covered": has & ~below & ~above}
    flags |= {"below": below, "above": above, "open": is_open}
    table = rows.assign(size=size, width=width, **flags).groupby(list(by))
    return table[list(COUNTS)].sum().astype(int).assign(width=table["width"].mean()).reset_index()


def coverage(counts: pd.DataFrame, by: Iterable[str]) -> pd.DataFrame:
    """Add up tallies: `share` of the intervals that hold the truth, its Monte Carlo error `se`, and mean `width`."""
    closed = counts["n"] - counts["without"] - counts["open"]
    grouped = counts.assign(closed=closed, sum_width=counts["width"].fillna(0) * closed).groupby(list(by))
    total = grouped[[*COUNTS, "closed", "sum_width"]].sum()
    n = (total["n"] - total["without"]).where(lambda k: k > 0)
    share = total["covered"] / n
    # One interval more that misses, one that does not: an error of 0 would say too much where all cover.
    smoothed = (total["covered"] + 1) / (n + 2)
    se = np.sqrt(smoothed * (1 - smoothed) / n)
    return total.assign(judged=n, share=share, se=se, width=total["sum_width"] / total["closed"]).reset_index()
