"""What a reader has to know beside a value, as short words with one meaning each."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..coverage import answered_share, nearly_all, opening_share
from ..inference.modelfit import FLAGS as MODEL_FLAGS
from ..inference.results import FLAGS as INTERVAL_FLAGS
from .registry import Metric

__all__ = ["FLAG_MEANINGS", "CorpusFacts", "corpus_facts", "flags_for", "skewed_units"]

FLAG_MEANINGS = {
    **MODEL_FLAGS,
    **INTERVAL_FLAGS,
    "undefined": "there is nothing to divide by: no value, never zero",
    "small_n": "fewer units than the metric's reporting floor",
    "reply_selected": "the collection seems to be chosen by its answers, so rates of answering say little",
    "orphan_share": "many replies have no parent in the corpus, so conversations are cut short and answers missed",
    "no_reply_ids": "the source has no reply links; answers are inferred from mentions, trees cannot be built",
    "no_text": "the source has no text",
    "rules": "rests on text rules with errors of their own",
    "bot_sensitive": "the value would move by more than 0.02 (a share) or 2 % if bots counted as persons",
    "no_time_zone": "the account's time zone is unknown: its hours are those of UTC",
    "hours_inferred": "opening hours are inferred from when the organization speaks to people",
    "followers_when_read": "followers of more than 5 % of turns are those of the day the account was read",
    "followers_missing": "of more than 5 % of turns nobody counted the followers: they are left out",
    "organizations_pooled": "several organizations are taken together: the value also tells how they differ",
    "censored_share": "many waits (Definitions.censored_cut) were not watched for as long as the metric looks",
    "lexicon_language_mismatch": "more than 5 % of the organizations' posts are not in English, as the text rules are",
    "clock_skew": "replies more than 5 s (Definitions.skew_s) before what they answer were dropped",
    "few_events": "fewer than 10 answers for each covariate: the hazard ratio is likely too extreme",
    "gate_unknown": "the source does not say whether replies were hidden or limited: taken as not",
    "unknown_columns": "the source lacks a column the metric needs",
}


#: From this share of posts in other languages the text rules are flagged; what platforms write where there is none.
FOREIGN_SHARE, NO_LANGUAGE = 0.05, frozenset({"und", "zxx", "qme", "qst", "qht", "qct", "qam"})


class CorpusFacts:
    """What holds for all metrics of a talk."""

    def __init__(
        self,
        *,
        is_selected: bool,
        opening_share: float,
        n_openings: int,
        orphan_share: float,
        notes: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.is_selected = is_selected
        self.opening_share = opening_share
        self.n_openings = n_openings
        self.orphan_share = orphan_share
        #: Traits of metrics, each with a flag that all metrics with that trait carry.
        self.notes = notes


def corpus_facts(talk: Any) -> CorpusFacts:
    """Find out whether the collection was chosen by its answers, and how many parents are missing.

    A collection of answered threads shows in the posts that open a thread, or where few do in all turns owed: nearly
    all of them were answered. `Definitions.collection` says it outright.
    """
    engine, cut = talk.engine, talk.definitions.selected_cut
    n_openings, share = opening_share(talk)
    looks_selected = nearly_all(n_openings, share, cut) or nearly_all(*answered_share(talk), cut)
    replies = engine.collect(
        talk.links.posts.filter(~nw.col("is_context")).select(
            nw.when(nw.col("is_orphan")).then(1).otherwise(0).sum().alias("orphans"),
            nw.col("parent_id_given").sum().alias("replies"),
        )
    ).to_pylist()[0]
    orphans = replies["orphans"] / replies["replies"] if replies["replies"] else 0.0
    told = {"complete": False, "answered": True}
    return CorpusFacts(
        is_selected=told.get(talk.definitions.collection, looks_selected),
        opening_share=share,
        n_openings=n_openings,
        orphan_share=float(orphans),
        notes=tuple(_notes(talk)),
    )


def _foreign_share(talk: Any) -> float:
    """Give the share of the organizations' posts that are given another language than English, of the text rules."""
    brands = talk.corpus.account_frame.filter(nw.col("is_brand")).select("account_id")
    said = talk.corpus.post_frame.filter(~nw.col("is_context")).join(brands, on="account_id", how="semi")
    counts = said.group_by("lang").agg(nw.len().alias("n"))
    told = {str(row["lang"]).lower(): row["n"] for row in talk.engine.collect(counts).to_pylist() if row["lang"]}
    foreign = sum(n for lang, n in told.items() if not lang.startswith("en") and lang not in NO_LANGUAGE)
    return foreign / max(sum(told.values()), 1)


def _notes(talk: Any) -> list[tuple[str, str]]:
    """Say what is only assumed of opening hours and of followers."""
    notes = []
    if talk.definitions.business_hours == "inferred":
        notes.append(("hours", "hours_inferred"))
    focal = talk.corpus.account_frame.filter(nw.col("is_focal"))
    zones = talk.engine.collect(focal.select(nw.col("time_zone").is_null().any().alias("some")))["some"][0].as_py()
    if zones:
        notes.append(("hours", "no_time_zone"))
    if talk.corpus.knows("lang") and _foreign_share(talk) > FOREIGN_SHARE:
        notes.append(("rules", "lexicon_language_mismatch"))
    if not talk.corpus.knows("n_followers"):
        told = talk.corpus.account_frame.select((~nw.col("n_followers").is_null()).any().alias("some"))
        known = talk.engine.collect(told)["some"][0].as_py()
        notes.append(("followers", "followers_when_read" if known else "unknown_columns"))
    return notes


def skewed_units(talk: Any, grouping: Any) -> set[int]:
    """List the units with replies that were dropped because they precede what they answer."""
    early = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("n_too_early") > 0))
    return set(talk.engine.collect(grouping.put(early).select("unit").unique())["unit"].to_pylist())


def flags_for(
    metric: Metric,
    outcome: Any,
    facts: CorpusFacts,
    talk: Any,
    *,
    depends_on_bots: bool = False,
    is_skewed: bool = False,
) -> str:
    """Write the flags of one value, comma-separated, without repeats."""
    flags = list(outcome.interval.flags)
    if "undefined" not in flags and outcome.value == outcome.value and outcome.n < metric.min_n:
        flags.append("small_n")
    if outcome.value != outcome.value and "undefined" not in flags:
        flags.append("undefined")
    if facts.is_selected and "response" in metric.traits:
        flags.append("reply_selected")
    if facts.orphan_share > talk.definitions.orphan_cut and metric.traits & {"conversation", "response"}:
        flags.append("orphan_share")
    if is_skewed and "response" in metric.traits:
        flags.append("clock_skew")
    if not talk.corpus.knows("parent_id") and ("response" in metric.traits or "parent_id" in metric.needs):
        flags.append("no_reply_ids")
    flags += [flag for trait, flag in facts.notes if trait in metric.traits]
    if "rules" in metric.traits:
        flags.append("rules")
    if depends_on_bots:
        flags.append("bot_sensitive")
    missing = [c for c in (*metric.needs, *metric.needs_one) if c != "parent_id" and not talk.corpus.knows(c)]
    if missing:
        flags.append("no_text" if missing == ["text"] else "unknown_columns")
    return ",".join(dict.fromkeys(flags))
