"""What a reader has to know beside a value, as short words with one meaning each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import narwhals.stable.v2 as nw

from ..coverage import answered_share, nearly_all, opening_share
from ..engine import Frame
from ..inference.modelfit import FLAGS as MODEL_FLAGS
from ..inference.prevalence import FLAGS as CORRECTION_FLAGS
from ..inference.results import FLAGS as INTERVAL_FLAGS
from .language_shares import ForeignShares, foreign_shares
from .pointer_tables import unobserved_units
from .registry import Metric
from .unit_marks import is_payment_unknown

__all__ = ["FLAG_MEANINGS", "CorpusFacts", "corpus_facts", "flags_for"]

FLAG_MEANINGS = {
    **MODEL_FLAGS,
    **CORRECTION_FLAGS,
    **INTERVAL_FLAGS,
    "undefined": "there is nothing to divide by: no value, never zero",
    "small_n": "fewer units than the metric's reporting floor",
    "reply_selected": "the collection seems to be chosen by its answers, so rates of answering say little",
    "orphan_share": "many replies in the unit's conversations have no parent in the corpus: they are cut short",
    "no_reply_ids": "the source has no reply links; answers are inferred from mentions, trees cannot be built",
    "no_text": "the source has no text",
    "texts_missing": "the text of more than 5 % of the organizations' posts is not known: they are left out",
    "rules": "rests on text rules with errors of their own",
    "bot_sensitive": "the value would move by more than 0.02 (a share) or 2 % if bots counted as persons",
    "no_time_zone": "the account's time zone is unknown: its hours are those of UTC",
    "hours_inferred": "opening hours are inferred from when the organization speaks to people",
    "followers_when_read": "followers of more than 5 % of turns are those of the day the account was read",
    "followers_missing": "of more than 5 % of turns nobody counted the followers: they are left out",
    "organizations_pooled": "several organizations are taken together: the value also tells how they differ",
    "censored_share": "many waits (Definitions.censored_cut) were not watched for as long as the metric looks",
    "lexicon_language_mismatch": "more than 5 % of the unit's posts are not, or look not, in English, as the rules are",
    "words_not_parted": "more than 5 % of the organizations' posts are in writing without spaces between words",
    "capped": "the words do not make one whole factor: the value is at least their number, and more words would tell",
    "clock_skew": "replies more than 5 s (Definitions.skew_s) before what they answer were dropped",
    "own_domains_inferred": "which sites are an organization's own is inferred from its name and its links",
    "unknown_links": "of more than 5 % of posts it is unknown whether they link to an own site: see the upper bound",
    "few_events": "fewer than 10 answers for each covariate: the hazard ratio is likely too extreme",
    "promoted_unknown": "of some posts nobody knows whether they were paid for: they count as unpaid, or are left out",
    "gate_unknown": "the source does not say whether replies were hidden or limited: taken as not",
    "mentions_only": "every person's post addresses a measured account: what persons say to each other is missing",
    "destination_unobserved": "persons were sent to accounts of which the corpus holds nothing: they are left out",
    "unknown_columns": "the source lacks a column the metric needs",
}


#: From this share of posts in other languages, or without a known text, the text rules are flagged.
FOREIGN_SHARE, MISSING_SHARE = 0.05, 0.05

#: From this share of posts on links of unknown target are flagged.
UNKNOWN_LINKS = 0.05
#: Five letters on end of writing that does not part words: Japanese, Chinese, Thai, Lao, Burmese, Khmer.
_NOT_PARTED = "[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{5}"


class CorpusFacts:
    """What holds for all metrics of a talk."""

    def __init__(
        self,
        *,
        is_selected: bool,
        opening_share: float,
        n_openings: int,
        orphan_shares: dict[int, float],
        skewed: set[int],
        notes: tuple[tuple[str, str], ...] = (),
        find_unobserved: Callable[[], set[int]] = set,
        find_unparted: Callable[[], bool] = bool,
        find_foreign: Callable[[], ForeignShares] = ForeignShares,
    ) -> None:
        self.is_selected = is_selected
        self.opening_share = opening_share
        self.n_openings = n_openings
        #: Unit to the share of replies in its conversations whose parent is missing.
        self.orphan_shares = orphan_shares
        #: Units with replies that were dropped because they precede what they answer.
        self.skewed = skewed
        #: Traits of metrics, each with a flag that all metrics with that trait carry.
        self.notes = notes
        self._find_unobserved, self._find_unparted, self._find_foreign = find_unobserved, find_unparted, find_foreign

    @cached_property
    def is_unparted(self) -> bool:
        """Whether much is in writing that does not part words; looked for when first asked, in all texts."""
        return self._find_unparted()

    @cached_property
    def foreign(self) -> ForeignShares:
        """Shares of posts that are not in English; looked for when first asked, in some of the texts."""
        return self._find_foreign()

    @cached_property
    def unobserved(self) -> set[int]:
        """Units that sent persons to accounts of which the corpus holds nothing; looked for when first asked."""
        return self._find_unobserved()


def corpus_facts(talk: Any, grouping: Any) -> CorpusFacts:
    """Find out whether the collection was chosen by its answers, and how many parents each unit misses.

    A collection of answered threads shows in the posts that open a thread, or where few do in all turns owed: nearly
    all of them were answered. `Definitions.collection` says it outright.
    """
    cut = talk.definitions.selected_cut
    n_openings, share = opening_share(talk)
    looks_selected = nearly_all(n_openings, share, cut) or nearly_all(*answered_share(talk), cut)
    told = {"complete": False, "answered": True}
    return CorpusFacts(
        is_selected=told.get(talk.definitions.collection, looks_selected),
        opening_share=share,
        n_openings=n_openings,
        orphan_shares=_orphan_shares(talk, grouping),
        skewed=_skewed_units(talk, grouping),
        notes=tuple(_notes(talk)),
        find_unobserved=partial(unobserved_units, talk, grouping),
        find_foreign=partial(foreign_shares, talk, grouping),
        find_unparted=lambda: talk.corpus.knows("text") and _unparted_share(talk) > FOREIGN_SHARE,
    )


def _said_by_brands(talk: Any) -> Frame:
    brands = talk.corpus.account_frame.filter(nw.col("is_brand")).select("account_id")
    return talk.corpus.post_frame.filter(~nw.col("is_context")).join(brands, on="account_id", how="semi")


def _unparted_share(talk: Any) -> float:
    """Give the share of the organizations' posts in writing that does not part words."""
    marks = nw.when(nw.col("text").str.contains(_NOT_PARTED)).then(1).otherwise(0)
    known = _said_by_brands(talk).filter(~nw.col("text").is_null())
    row = talk.engine.collect(known.select(nw.len().alias("n"), marks.sum().alias("k"))).to_pylist()[0]
    return float(row["k"] or 0) / max(row["n"], 1)


def _missing_share(talk: Any) -> float:
    """Give the share of the organizations' posts whose text is not known."""
    is_missing = nw.when(nw.col("text").is_null()).then(1).otherwise(0)
    row = talk.engine.collect(_said_by_brands(talk).select(n=nw.len(), k=is_missing.sum())).to_pylist()[0]
    return float(row["k"] or 0) / max(row["n"], 1)


def _orphan_shares(talk: Any, grouping: Any) -> dict[int, float]:
    """Find the share of replies without their parent in the conversations of each unit."""
    replies = talk.links.posts.filter(~nw.col("is_context") & (nw.col("parent_id_given") == 1))
    replies = replies.join(talk.links.threads, on="row", how="left").select(
        root=nw.coalesce("root", "row"), orphans=nw.when(nw.col("is_orphan")).then(1).otherwise(0)
    )
    replies = replies.group_by("root").agg(nw.len().alias("replies"), nw.col("orphans").sum())
    times = talk.conversation_frame.select("root", "at_s")
    members = grouping.put(talk.member_frame.join(times, on="root", how="inner")).select("unit", "root").unique()
    sums = members.join(replies, on="root", how="inner").group_by("unit")
    found = talk.engine.collect(sums.agg(nw.col("replies").sum(), nw.col("orphans").sum())).to_pylist()
    return {int(row["unit"]): float(row["orphans"]) / float(row["replies"]) for row in found}


def _notes(talk: Any) -> list[tuple[str, str]]:
    """Say what is missing of the talk among persons, and what is only assumed of opening hours and of followers."""
    notes = []
    if talk.corpus.knows("text") and _missing_share(talk) > MISSING_SHARE:
        notes.append(("rules", "texts_missing"))
    if talk.definitions.own_domains == "inferred":
        notes.append(("links", "own_domains_inferred"))
    if _only_mentions(talk):
        notes.append(("crowd", "mentions_only"))
    if talk.definitions.business_hours == "inferred":
        notes.append(("hours", "hours_inferred"))
    if is_payment_unknown(talk):
        notes.append(("paid", "promoted_unknown"))
    focal = talk.corpus.account_frame.filter(nw.col("is_focal"))
    zones = talk.engine.collect(focal.select(nw.col("time_zone").is_null().any().alias("some")))["some"][0].as_py()
    if zones:
        notes.append(("hours", "no_time_zone"))
    if not talk.corpus.knows("n_followers"):
        told = talk.corpus.account_frame.select((~nw.col("n_followers").is_null()).any().alias("some"))
        known = talk.engine.collect(told)["some"][0].as_py()
        notes.append(("followers", "followers_when_read" if known else "unknown_columns"))
    return notes


def _skewed_units(talk: Any, grouping: Any) -> set[int]:
    """List the units with replies that were dropped because they precede what they answer."""
    early = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("n_too_early") > 0))
    return set(talk.engine.collect(grouping.put(early).select("unit").unique())["unit"].to_pylist())


def _only_mentions(talk: Any) -> bool:
    """Say whether nearly all that persons posted addresses a measured account: the rest was then not collected."""
    people = talk.corpus.account_frame.filter(nw.col("is_public")).select("account_ix")
    said = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private") & ~nw.col("is_repost"))
    said = said.join(people, on="account_ix", how="semi").select("row")
    focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select(target_ix="account_ix", _to=nw.lit(1))
    asked = talk.address_frame.join(focal, on="target_ix", how="inner").select("row", "_to").unique()
    counts = said.join(asked, on="row", how="left").select(nw.len().alias("n"), nw.col("_to").sum().alias("k"))
    row = talk.engine.collect(counts).to_pylist()[0]
    return bool(row["n"]) and float(row["k"] or 0) / row["n"] > talk.definitions.selected_cut


def flags_for(
    metric: Metric, unit: int | None, outcome: Any, facts: CorpusFacts, talk: Any, *, depends_on_bots: bool = False
) -> str:
    """Write the flags of one unit's value, comma-separated, without repeats."""
    flags = list(outcome.interval.flags)
    if "undefined" not in flags and outcome.value == outcome.value and outcome.n < metric.min_n:
        flags.append("small_n")
    if outcome.value != outcome.value and "undefined" not in flags:
        flags.append("undefined")
    if facts.is_selected and metric.traits & {"response", "selected"}:
        flags.append("reply_selected")
    orphans = 0.0 if unit is None else facts.orphan_shares.get(unit, 0.0)
    if orphans > talk.definitions.orphan_cut and metric.traits & {"conversation", "response"}:
        flags.append("orphan_share")
    if unit in facts.skewed and "response" in metric.traits:
        flags.append("clock_skew")
    if "destinations" in metric.traits and unit in facts.unobserved:
        flags.append("destination_unobserved")
    if not talk.corpus.knows("parent_id") and ("response" in metric.traits or "parent_id" in metric.needs):
        flags.append("no_reply_ids")
    flags += [flag for trait, flag in facts.notes if trait in metric.traits]
    if "rules" in metric.traits and facts.foreign.of(unit) > FOREIGN_SHARE:
        flags.append("lexicon_language_mismatch")
    if "words" in metric.traits and facts.is_unparted:
        flags.append("words_not_parted")
    if "rules" in metric.traits:
        flags.append("rules")
    if "links" in metric.traits and outcome.bounds[1] - outcome.value > UNKNOWN_LINKS:
        flags.append("unknown_links")
    if depends_on_bots:
        flags.append("bot_sensitive")
    missing = [c for c in (*metric.needs, *metric.needs_one) if c != "parent_id" and not talk.corpus.knows(c)]
    if missing:
        flags.append("no_text" if missing == ["text"] else "unknown_columns")
    return ",".join(dict.fromkeys(flags))
