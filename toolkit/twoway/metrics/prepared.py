"""The tables metrics read: interaction tables with a unit, a cluster, and columns ready to be summed.

Every table is a function of the talk and a grouping. Columns hold numbers; `unit` says whose row it is, `cluster`
what is resampled.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import OUTCOMES
from .act_tables import acted, asked_first
from .attention_tables import attended, outreach
from .bonds import bonds, relationships, relationships_asked, relationships_unasked
from .breadth_tables import addressed, insiders
from .care_tables import cared, cared_free
from .closure_tables import closures, spent_words
from .content_tables import CONTENT
from .debate_tables import debated
from .episode_tables import episodes
from .feeling_tables import affected, felt, upset
from .gap_tables import gaps
from .grouping import LEVELS, Grouping
from .marks import DAY, flag
from .model_tables import MODEL_TABLES
from .outcome_tables import outcomes
from .pairs import dyads
from .pointer_tables import handoffs, pointers, returns
from .reentry_tables import continued
from .reply_tables import replies
from .style_tables import coordinated, matched, registered, styled, worded
from .tone_tables import amplified, bonds_toned, reached, toned, toned_raced
from .trees import balances, conversations, floors, hosted, public_units
from .variety_tables import compressed, varied
from .voice_tables import scripted, specific, voiced
from .waits import business, competing, given_up, live_waiting, raced, waiting, with_hidden

__all__ = ["LEVELS", "TABLES", "Grouping", "prepare"]

HORIZONS = {"24h": 86_400, "1h": 3_600}


def received(talk: Any, by: Grouping) -> Frame:
    """Turns owed, with who is due at which horizon; by `Definitions.crowd_weight` one to several counts in parts."""
    turns = _owed(talk, by)
    if talk.definitions.crowd_weight == "each":
        return turns
    counted = [c for c in turns.collect_schema().names() if c.startswith(_COUNTED)]
    part = nw.col("n_addressed").cast(nw.Float64)
    return turns.with_columns(**{c: nw.col(c) / part for c in counted})


#: What is counted of turns, by the beginnings of columns' names.
_COUNTED = ("one", "is_due", "is_answered", "is_ignored", "is_chased", "n_chases", "question_", "high", "low_", "most_")


def _owed(talk: Any, by: Grouping) -> Frame:
    """Turns owed, each counted once for every organization it addresses."""
    end = talk.corpus.window_s[1]
    horizon = talk.definitions.horizon_s
    turns = by.put(with_hidden(talk, talk.turn_frame.filter(~nw.col("is_context")))).with_columns(
        cluster=nw.col("person_ix"), one=nw.lit(1)
    )
    columns = {"is_due": flag(nw.col("at_s") <= end - horizon)}
    for name, seconds in HORIZONS.items():
        columns[f"is_due_{name}"] = flag(nw.col("at_s") <= end - seconds)
    turns = turns.with_columns(**columns)
    columns = {
        "is_answered_in_time": nw.col("is_due") * flag(nw.col("latency_s") <= horizon),
        "is_answered_strict": nw.col("is_due") * flag(nw.col("strict_latency_s") <= horizon),
        "question_due": nw.col("is_due") * nw.col("has_question"),
        "is_chased": flag(nw.col("n_units") > 1),
        "n_chases": nw.col("n_units") - 1,
    }
    for name, seconds in HORIZONS.items():
        columns[f"is_answered_{name}"] = nw.col(f"is_due_{name}") * flag(nw.col("latency_s") <= seconds)
    turns = turns.with_columns(**columns).with_columns(
        question_answered=nw.col("question_due") * nw.col("is_answered_in_time"),
        is_ignored=nw.col("is_due") - nw.col("is_answered_in_time"),
    )
    return turns.with_columns(**_unseen(talk.definitions))


#: Answered and due columns by horizon, or by what counts as an answer.
_JUDGED = {
    "": ("is_answered_in_time", "is_due"),
    "_24h": ("is_answered_24h", "is_due_24h"),
    "_1h": ("is_answered_1h", "is_due_1h"),
    "_strict": ("is_answered_strict", "is_due"),
    "_questions": ("question_answered", "question_due"),
}


def _unseen(definitions: Any) -> dict[str, nw.Expr]:
    """Give the most that could be answered, and the least that could be ignored, of each kind of turn."""
    share = nw.col("could_hide") * definitions.unseen_share
    most = {f"high{k}": nw.col(done) + share * (nw.col(due) - nw.col(done)) for k, (done, due) in _JUDGED.items()}
    # A hidden answer before a chase makes two turns of one.
    return {
        **most,
        "low_ignored": nw.col("is_ignored") * (1 - share),
        "low_chased": nw.col("is_chased") * (1 - share),
        "low_chases": nw.col("n_chases") * (1 - share),
        "most_turns": nw.col("one") + share * nw.col("n_chases"),
    }


def persons(talk: Any, by: Grouping) -> Frame:
    """Persons who were owed something: one row a unit, organization and person.

    Who asks two organizations is a person to each.
    """
    due = _owed(talk, by).filter(nw.col("is_due") == 1)
    sums = due.group_by("unit", "org_ix", "cluster").agg(
        nw.col("is_due").sum().alias("n"),
        nw.col("is_answered_in_time").sum().alias("k"),
        nw.col("could_hide").max(),
    )
    unseen = nw.col("could_hide") * talk.definitions.unseen_share
    return sums.with_columns(
        one=nw.lit(1),
        high=nw.when(nw.col("k") > 0).then(1.0).otherwise(unseen),
        is_answered=flag(nw.col("k") > 0),
        has_two=flag(nw.col("n") > 1),
        is_ignored_twice=flag((nw.col("n") > 1) & (nw.col("k") == 0)),
        low_ignored_twice=flag((nw.col("n") > 1) & (nw.col("k") == 0)) * (1 - unseen),
    )


def posted(talk: Any, by: Grouping) -> Frame:
    """Units by measured accounts."""
    said = by.put(talk.said_frame).with_columns(
        cluster=nw.col("at_s") // DAY, one=nw.lit(1), talks=1 - nw.col("is_repost")
    )
    known = nw.col("is_order_known") * nw.col("talks")
    capped = nw.when(nw.col("order") > 2).then(2).otherwise(nw.col("order"))
    deflects = nw.col("outcome") == OUTCOMES["deflect"]
    return said.with_columns(
        undirected=nw.col("talks") * (1 - nw.col("is_directed")),
        not_reply=nw.col("talks") * (1 - nw.col("is_directed_reply")),
        order_known=known,
        interactive=known * flag(nw.col("order") >= 2),
        interactive_high=nw.col("talks") * (1 - nw.col("is_order_known")) + known * flag(nw.col("order") >= 2),
        order_capped=nw.col("talks") * capped,
        order_high=nw.col("talks") * nw.when(nw.col("is_order_known") == 1).then(capped).otherwise(2),
        part_deflect=nw.col("talks") * nw.col("is_directed") * flag(deflects),
        # What says nothing to a person, or nothing that is known, neither deflects nor converses.
        part_open=nw.col("talks") * nw.col("is_directed") * flag(~deflects & (nw.col("outcome") > 0)),
        **{f"legacy_{kind}": nw.col(f"legacy_{kind}") * nw.col("has_text") for kind in ("original", "reply", "repost")},
        conversation=nw.col("root"),
    )


TABLES = {
    "received": received,
    "waiting": waiting,
    "persons": persons,
    "posted": posted,
    "gaps": gaps,
    "episodes": episodes,
    "conversations": conversations,
    "floors": floors,
    "public_units": public_units,
    "dyads": dyads,
    "insiders": insiders,
    "attended": attended,
    "outreach": outreach,
    "live_waiting": live_waiting,
    "competing": competing,
    "given_up": given_up,
    "business": business,
    "raced": raced,
    "bonds": bonds,
    "relationships": relationships,
    "relationships_asked": relationships_asked,
    "relationships_unasked": relationships_unasked,
    "addressed": addressed,
    "balances": balances,
    "hosted": hosted,
    "outcomes": outcomes,
    "replies": replies,
    "scripted": scripted,
    "specific": specific,
    "voiced": voiced,
    "coordinated": coordinated,
    "matched": matched,
    "registered": registered,
    "styled": styled,
    "worded": worded,
    "varied": varied,
    "compressed": compressed,
    "cared": cared,
    "cared_free": cared_free,
    "affected": affected,
    "felt": felt,
    "upset": upset,
    "handoffs": handoffs,
    "acted": acted,
    "asked_first": asked_first,
    "continued": continued,
    "pointers": pointers,
    "returns": returns,
    "closures": closures,
    "spent_words": spent_words,
    **MODEL_TABLES,
    **CONTENT,
    "toned": toned,
    "toned_raced": toned_raced,
    "amplified": amplified,
    "bonds_toned": bonds_toned,
    "reached": reached,
    "debated": debated,
}


def prepare(talk: Any, table: str, by: Grouping, columns: Collection[str] | None = None) -> Frame:
    """Build one prepared table, materialized: of its columns those named, or all."""
    frame = TABLES[table](talk, by)
    if columns is not None:
        frame = frame.select(*[name for name in frame.collect_schema().names() if name in columns])
    return talk.engine.materialize(frame)
