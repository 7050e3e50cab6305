"""Who answers which post: parents, effective roots and depths of all posts, as integers."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from .engine import Engine, Frame
from .threads import resolve_roots

__all__ = ["Links", "link_posts"]


@dataclass(frozen=True, slots=True)
class Links:
    """The posts as integers, their parents, and what is broken.

    Attributes
    ----------
    posts
        Materialized: `row, account_ix, created_s, parent_row, parent_ix, parent_s, parent_id_given` (1 or null)`,
        is_orphan, is_self_reply,
        is_context, is_private, is_repost, is_quote, quote_ix`. Rows are numbered in order of time, ties by id.
    threads
        Materialized, posts with a parent in the corpus or re-rooted: `row, root, depth`.
    cycle_rows
        Rows whose reply links formed a cycle; the links are cut.
    """

    posts: Frame
    threads: Frame
    cycle_rows: list[int]


def link_posts(engine: Engine, posts: Frame, accounts: Frame) -> Links:
    """Join posts to their accounts, parents and quoted posts, and find roots and depths.

    An orphan (its parent is not in the corpus) hangs below the earliest post known of the same conversation, or
    becomes the root if it
    is itself the earliest: the corpus cannot show what stood above.
    """
    who = accounts.select("account_id", "account_ix")
    base = posts.join(who, on="account_id", how="inner").select(
        "row",
        "post_id",
        "account_ix",
        "created_s",
        "parent_id",
        "conversation_id",
        "repost_of_id",
        "quote_of_id",
        "is_private",
        "is_context",
    )
    base = engine.materialize(base)
    keys = base.select(
        "post_id", nw.col("row").alias("_row"), nw.col("account_ix").alias("_ix"), nw.col("created_s").alias("_s")
    )
    parents = keys.rename({"post_id": "parent_id", "_row": "parent_row", "_ix": "parent_ix", "_s": "parent_s"})
    quoted = base.filter(~nw.col("quote_of_id").is_null()).select("row", "quote_of_id")
    quoted = quoted.join(
        keys.select(nw.col("post_id").alias("quote_of_id"), nw.col("_ix").alias("quote_ix")),
        on="quote_of_id",
        how="inner",
    )
    linked = base.join(parents, on="parent_id", how="left").join(quoted.select("row", "quote_ix"), on="row", how="left")
    linked = linked.with_columns(
        is_repost=~nw.col("repost_of_id").is_null() & nw.col("quote_of_id").is_null(),
        is_quote=~nw.col("quote_of_id").is_null(),
        is_orphan=~nw.col("parent_id").is_null() & nw.col("parent_row").is_null(),
        is_self_reply=(nw.col("parent_ix") == nw.col("account_ix")).fill_null(value=False),
        conversation=nw.coalesce("conversation_id", "parent_id"),
    ).drop("conversation_id", "repost_of_id", "quote_of_id")
    linked = engine.materialize(linked)
    tree = _effective_parents(engine, linked)
    linked = engine.materialize(
        linked.with_columns(parent_id_given=nw.when(~nw.col("parent_id").is_null()).then(1)).drop(
            "post_id", "parent_id", "conversation"
        )
    )
    threads, cycle_rows = resolve_roots(engine, tree)
    return Links(linked, engine.materialize(threads.rename({"node": "row"})), cycle_rows)


def _effective_parents(engine: Engine, linked: Frame) -> Frame:
    """List (node, parent) of every post that hangs below another.

    Orphans are hung below the earliest post known of their conversation.
    """
    direct = linked.filter(~nw.col("parent_row").is_null()).select(
        nw.col("row").alias("node"), nw.col("parent_row").alias("parent")
    )
    orphans = linked.filter(nw.col("is_orphan")).select("row", "conversation")
    groups = orphans.select("conversation").unique()
    members = linked.join(groups, on="conversation", how="semi").filter(nw.col("parent_row").is_null())
    first = members.group_by("conversation").agg(nw.col("row").min().alias("parent"))
    hung = orphans.join(first, on="conversation", how="inner").filter(nw.col("row") != nw.col("parent"))
    return engine.materialize(nw.concat([direct, hung.select(nw.col("row").alias("node"), "parent")]))
