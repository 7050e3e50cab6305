"""Who answers which post: parents, effective roots and depths of all posts, as integers."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pyarrow as pa

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
        tree_parent` (the parent, unless one of the two is a plain repost)`, is_hung` (a reply whose parent has no place
        in the tree)`, is_orphan, is_self_reply, is_context, is_private, is_repost, is_quote, quote_ix, repost_ix`
        (accounts of the posts passed on). Rows are numbered in order of time, ties by id.
    threads
        Materialized, posts below another in a tree: `row, root, depth`.
    cycle_rows
        Rows whose reply links formed a cycle; they lost their parents.
    """

    posts: Frame
    threads: Frame
    cycle_rows: list[int]


def link_posts(engine: Engine, posts: Frame, accounts: Frame) -> Links:
    """Join posts to their accounts, parents and quoted posts, and find roots and depths.

    Plain reposts have no place in a tree. A reply whose parent is a repost, or not in the corpus (an orphan), hangs
    below the earliest post known of the same conversation, or becomes the root if it is itself the earliest: the
    corpus cannot show what stood above.
    """
    linked = engine.materialize(_with_parents(engine, posts, accounts))
    threads, cycle_rows = resolve_roots(engine, _tree_links(engine, linked))
    if cycle_rows:
        linked = engine.materialize(_without_parents(engine, linked, cycle_rows))
        threads, _ = resolve_roots(engine, _tree_links(engine, linked))
    known = nw.when(~nw.col("parent_id").is_null()).then(1)
    linked = linked.with_columns(parent_id_given=known).drop("post_id", "parent_id", "conversation")
    return Links(engine.materialize(linked), engine.materialize(threads.rename({"node": "row"})), cycle_rows)


def _with_parents(engine: Engine, posts: Frame, accounts: Frame) -> Frame:
    columns = ["post_id", "account_ix", "created_s", "parent_id", "conversation_id", "is_private", "is_context"]
    who = accounts.select("account_id", "account_ix")
    quotes = ~nw.col("quote_of_id").is_null()
    base = posts.join(who, on="account_id", how="inner").select(
        "row",
        *columns,
        "quote_of_id",
        "repost_of_id",
        is_repost=~nw.col("repost_of_id").is_null() & ~quotes,
        is_quote=quotes,
    )
    base = engine.materialize(base)
    parents = base.select(
        parent_id="post_id",
        parent_row="row",
        parent_ix="account_ix",
        parent_s="created_s",
        parent_is_repost="is_repost",
    )
    linked = base.join(parents, on="parent_id", how="left")
    for kind in ("quote", "repost"):
        passed = base.filter(nw.col(f"is_{kind}")).select("row", post_id=f"{kind}_of_id")
        passed = passed.join(
            base.select("post_id", nw.col("account_ix").alias(f"{kind}_ix")), on="post_id", how="inner"
        )
        linked = linked.join(passed.select("row", f"{kind}_ix"), on="row", how="left")
    above = nw.col("parent_is_repost").fill_null(value=False)
    in_tree = ~nw.col("is_repost") & ~above
    linked = linked.with_columns(
        tree_parent=nw.when(in_tree).then(nw.col("parent_row")),
        is_hung=~nw.col("is_repost") & ~nw.col("parent_id").is_null() & (nw.col("parent_row").is_null() | above),
        is_orphan=~nw.col("parent_id").is_null() & nw.col("parent_row").is_null(),
        is_self_reply=(nw.col("parent_ix") == nw.col("account_ix")).fill_null(value=False),
        conversation=nw.coalesce("conversation_id", "parent_id"),
    )
    return linked.drop("conversation_id", "quote_of_id", "repost_of_id", "parent_is_repost")


def _without_parents(engine: Engine, linked: Frame, rows: list[int]) -> Frame:
    """Take their parents from the posts of a cycle."""
    cut = engine.from_arrow(pa.table({"row": pa.array(rows, pa.int64())}))
    cut = cut.select(nw.col("row").cast(engine.index), _cut=nw.lit(1))
    marked = linked.join(cut, on="row", how="left")
    keep = nw.col("_cut").is_null()
    parents = ["parent_id", "parent_row", "parent_ix", "parent_s", "tree_parent"]
    emptied = {name: nw.when(keep).then(nw.col(name)) for name in parents}
    return marked.with_columns(**emptied, is_self_reply=nw.col("is_self_reply") & keep).drop("_cut")


def _tree_links(engine: Engine, linked: Frame) -> Frame:
    """List (node, parent) of every post that hangs below another in a tree."""
    direct = linked.filter(~nw.col("tree_parent").is_null()).select(node="row", parent="tree_parent")
    hung = linked.filter(nw.col("is_hung")).select("row", "conversation")
    groups = hung.select("conversation").unique()
    tops = linked.filter(nw.col("tree_parent").is_null() & ~nw.col("is_repost"))
    tops = tops.join(groups, on="conversation", how="semi")
    first = tops.group_by("conversation").agg(nw.col("row").min().alias("parent"))
    below = hung.join(first, on="conversation", how="inner").filter(nw.col("row") != nw.col("parent"))
    return engine.materialize(nw.concat([direct, below.select(node="row", parent="parent")]))
