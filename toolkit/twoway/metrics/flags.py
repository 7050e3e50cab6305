"""What a reader has to know beside a value, as short words with one meaning each."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..coverage import opening_share
from ..inference.results import FLAGS as INTERVAL_FLAGS
from .registry import Metric

__all__ = ["FLAG_MEANINGS", "CorpusFacts", "corpus_facts", "flags_for"]

FLAG_MEANINGS = {
    **INTERVAL_FLAGS,
    "undefined": "there is nothing to divide by: no value, never zero",
    "small_n": "fewer units than the metric's reporting floor",
    "reply_selected": "the collection seems to be chosen by its answers, so rates of answering say little",
    "orphan_share": "many replies have no parent in the corpus, so conversations are cut short and answers missed",
    "no_reply_ids": "the source has no reply links; answers are inferred from mentions, trees cannot be built",
    "no_text": "the source has no text",
    "rules": "rests on text rules with errors of their own",
    "bot_sensitive": "the value would move by more than 0.02 (a share) or 2 % if bots counted as persons",
    "unknown_columns": "the source lacks a column the metric needs",
}


class CorpusFacts:
    """What holds for all metrics of a talk."""

    def __init__(self, *, is_selected: bool, opening_share: float, n_openings: int, orphan_share: float) -> None:
        self.is_selected = is_selected
        self.opening_share = opening_share
        self.n_openings = n_openings
        self.orphan_share = orphan_share


def corpus_facts(talk: Any) -> CorpusFacts:
    """Find out whether the collection was chosen by its answers, and how many parents are missing.

    A collection of answered threads shows in the posts that open a thread: nearly all of them were answered.
    """
    engine = talk.engine
    n_openings, share = opening_share(talk)
    replies = engine.collect(
        talk.links.posts.filter(~nw.col("is_context")).select(
            nw.when(nw.col("is_orphan")).then(1).otherwise(0).sum().alias("orphans"),
            nw.col("parent_id_given").sum().alias("replies"),
        )
    ).to_pylist()[0]
    orphans = replies["orphans"] / replies["replies"] if replies["replies"] else 0.0
    selected = bool(n_openings >= 30 and share > talk.definitions.selected_cut)
    return CorpusFacts(is_selected=selected, opening_share=share, n_openings=n_openings, orphan_share=float(orphans))


def flags_for(metric: Metric, outcome: Any, facts: CorpusFacts, talk: Any, *, depends_on_bots: bool = False) -> str:
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
    if not talk.corpus.knows("parent_id") and ("response" in metric.traits or "parent_id" in metric.needs):
        flags.append("no_reply_ids")
    if "rules" in metric.traits:
        flags.append("rules")
    if depends_on_bots:
        flags.append("bot_sensitive")
    missing = [c for c in metric.needs if c not in {"parent_id"} and not talk.corpus.knows(c)]
    if missing:
        flags.append("no_text" if missing == ["text"] else "unknown_columns")
    return ",".join(dict.fromkeys(flags))
