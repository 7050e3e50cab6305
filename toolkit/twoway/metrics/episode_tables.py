"""The prepared table of episodes: outcomes, destinations, and the balance of turns and words."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..cleaning.weights import parse_loss
from ..codebooks.marks import DESTINATIONS
from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES
from .exchanges import hidden_episodes
from .marks import entropy, flag

__all__ = ["episodes"]


def episodes(talk: Any, by: Any) -> Frame:
    """Episodes, with outcomes and the balance of turns and words."""
    table = talk.episode_frame.filter(nw.col("is_own") == 1)
    for part in (_highest_orders(talk), hidden_episodes(talk)):
        table = table.join(part, on=list(EPISODE), how="left")
    unseen = (1 - nw.col("is_replied")) * nw.col("could_hide").fill_null(0) * talk.definitions.unseen_share
    table = by.put(table).with_columns(
        cluster=nw.col("person_ix"),
        one=nw.lit(1),
        unseen=unseen,
        has_order=flag(~nw.col("max_order").is_null()),
        max_order=nw.col("max_order").fill_null(0),
        max_order_high=nw.when(nw.col("n_open") > 0).then(float("inf")).otherwise(nw.col("max_order").fill_null(0)),
    )
    pointed = nw.sum_horizontal(*[nw.col(f"to_{d}") for d in DESTINATIONS])
    loss = parse_loss(talk.definitions.destination_loss)
    lost = nw.sum_horizontal(*[nw.col(f"to_{d}") * loss[d] for d in DESTINATIONS])
    table = table.with_columns(
        deflected=flag(nw.col("outcome") == OUTCOMES["deflect"]),
        first_deflected=flag(nw.col("first_reaction") == OUTCOMES["deflect"]),
        known=1 - nw.col("is_replied") + nw.col("is_read"),
        high_read=nw.col("is_read") + nw.col("unseen"),
        high_first_read=nw.col("is_first_read") + nw.col("unseen"),
    )
    return table.with_columns(
        high_deflected=nw.col("deflected") + nw.col("unseen"),
        high_first_deflected=nw.col("first_deflected") + nw.col("unseen"),
        pointed=pointed,
        lost=lost,
        **_balances(),
    )


def _balances() -> dict[str, nw.Expr]:
    """Say how evenly both sides take turns and words."""
    n = nw.col("n_org") + nw.col("n_person")
    worded = flag(nw.col("words_org") + nw.col("words_person") > 0)
    # A unit whose posts the other side interrupts elsewhere makes a run without being a turn.
    runs = nw.when(nw.col("n_runs") < n).then(nw.col("n_runs")).otherwise(n)
    return {
        "turn_entropy": entropy("n_org", "n_person"),
        "word_entropy": entropy("words_org", "words_person"),
        "has_words": worded,
        "word_imbalance": _larger("words_org", "words_person"),
        "word_gini": nw.when(worded == 1).then(_larger("words_org", "words_person") - 0.5).otherwise(0.0),
        "imbalance": _larger("n_org", "n_person"),
        "turn_gini": _larger("n_org", "n_person") - 0.5,
        "has_turns": flag(n > 1),
        "turn_taking": nw.when(n > 1).then((runs - 1) / nw.when(n > 1).then(n - 1).otherwise(1)).otherwise(0.0),
    }


def _larger(a: str, b: str) -> nw.Expr:
    """Give the share of the larger of two counts; 0 where both are."""
    x, y = nw.col(a).cast(nw.Float64), nw.col(b).cast(nw.Float64)
    both = nw.when(x + y > 0).then(x + y).otherwise(1.0)
    return nw.when(x > y).then(x).otherwise(y) / both


def _highest_orders(talk: Any) -> Frame:
    """Find the highest interactivity order of the units of each episode, and how many could be higher than known."""
    said = talk.orders_of(talk.stream_frame.filter(nw.col("is_head") == 1))
    return said.group_by(*EPISODE).agg(
        nw.col("order").max().alias("max_order"), (1 - nw.col("is_order_exact")).sum().alias("n_open")
    )
