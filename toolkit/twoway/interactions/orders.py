"""Interactivity order: how long two accounts have been answering each other when a post is made."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..threads import resolve_roots

__all__ = ["interactivity_orders"]


def interactivity_orders(engine: Engine, tree: Frame) -> Frame:
    """Give every unit its order in an exchange.

    It is 0 without a parent (or for a self-reply), 1 for a reply, 2 where the author continues an exchange, and so on:
    one more than the parent's order if the parent answered the same author, else 1. Where it depends on a post that is
    not in the corpus it is unknown, and given as the least it can be.

    Parameters
    ----------
    tree
        Units from `unit_tree`.

    Returns
    -------
    Frame
        `row, order, is_order_known` (1 if it is known up to 2) and `is_order_exact` (1 if however long).
    """
    parent = tree.select(
        nw.col("row").alias("true_parent"),
        nw.col("account_ix").alias("_u"),
        nw.col("true_parent").alias("_g_row"),
        nw.col("is_orphan").alias("_u_orphan"),
    )
    grand = tree.select(nw.col("row").alias("_g_row"), nw.col("account_ix").alias("_g"))
    replies = (
        tree.filter(~nw.col("true_parent").is_null())
        .join(parent, on="true_parent", how="inner")
        .join(grand, on="_g_row", how="left")
    )
    replies = replies.filter(nw.col("_u") != nw.col("account_ix"))
    continues = (nw.col("_g") == nw.col("account_ix")).fill_null(value=False)
    replies = engine.materialize(replies.select("row", "true_parent", "_u_orphan", _continues=continues))
    links = replies.filter(nw.col("_continues")).select(
        nw.col("row").alias("node"), nw.col("true_parent").alias("parent")
    )
    runs, _ = resolve_roots(engine, links)
    starts = runs.select(nw.col("node").alias("row"), nw.col("root").alias("_start"), "depth")
    ordered = replies.join(starts, on="row", how="left").with_columns(_start=nw.coalesce("_start", "row"))
    # How long a run is cannot be told where the post that its first reply answers has lost its own parent.
    lost = replies.select(nw.col("row").alias("_start"), _lost="_u_orphan")
    ordered = ordered.join(lost, on="_start", how="left").select(
        "row",
        order=nw.col("depth").fill_null(0) + 1,
        is_order_known=nw.when(nw.col("_u_orphan")).then(0).otherwise(1),
        is_order_exact=nw.when(nw.col("_u_orphan") | nw.col("_lost").fill_null(value=False)).then(0).otherwise(1),
    )
    return engine.materialize(_with_the_rest(tree, ordered))


def _with_the_rest(tree: Frame, ordered: Frame) -> Frame:
    """Add the units that answer nobody in the corpus: what is not known is given as the least it can be."""
    full = tree.select("row", "is_orphan", "is_hung", "is_self_reply").join(ordered, on="row", how="left")
    # A reply to a plain repost has order 1: it answers somebody, and nothing stands above a repost.
    at_least = nw.when(nw.col("is_hung") & ~nw.col("is_self_reply")).then(1).otherwise(0)
    known = nw.when(nw.col("is_orphan")).then(0).otherwise(1)
    return full.select(
        "row",
        order=nw.coalesce("order", at_least),
        is_order_known=nw.coalesce("is_order_known", known),
        is_order_exact=nw.coalesce("is_order_exact", known),
    )
