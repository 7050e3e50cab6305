"""Thread-merged units: a run of self-replies in quick succession is one thing said."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame
from ..links import Links
from ..threads import resolve_roots

__all__ = ["merge_map", "unit_tree"]


def merge_map(engine: Engine, links: Links, definitions: Definitions) -> Frame:
    """List the posts that belong to an earlier post's unit.

    A self-reply goes with the post before it in the conversation if that post is by the same account and at most
    `thread_gap_s` older; so another author's post in between ends the run.

    Returns
    -------
    Frame
        Columns `row`, `unit_row` (the first post of its unit), only for posts that are not themselves first.
    """
    candidates = links.posts.filter(
        nw.col("is_self_reply"), nw.col("created_s") - nw.col("parent_s") <= definitions.thread_gap_s, ~nw.col("is_repost")
    )
    roots = links.threads.join(candidates.select("row"), on="row", how="semi").select("root").unique()
    roots = engine.materialize(roots)
    below = links.threads.join(roots, on="root", how="semi").select("row", "root")
    members = nw.concat([below, roots.select(nw.col("root").alias("row"), "root")])
    posts = members.join(links.posts.select("row", "account_ix", "created_s", "is_self_reply"), on="row", how="inner")
    before = posts.with_columns(
        _ix=nw.col("account_ix").shift(1).over("root", order_by="row"),
        _s=nw.col("created_s").shift(1).over("root", order_by="row"),
    )
    joins = nw.col("is_self_reply") & (nw.col("_ix") == nw.col("account_ix")) & (nw.col("created_s") - nw.col("_s") <= definitions.thread_gap_s)
    marked = before.with_columns(_new=nw.when(joins.fill_null(value=False)).then(0).otherwise(1))
    runs = engine.materialize(marked.with_columns(_run=nw.col("_new").cum_sum().over("root", order_by="row")).select("row", "root", "_run", "_new"))
    heads = runs.filter(nw.col("_new") == 1).select("root", "_run", nw.col("row").alias("unit_row"))
    return engine.materialize(runs.filter(nw.col("_new") == 0).join(heads, on=["root", "_run"], how="inner").select("row", "unit_row"))


def unit_tree(engine: Engine, links: Links, merged: Frame) -> Frame:
    """Rebuild the reply trees over units.

    Returns
    -------
    Frame
        One row a unit that is not a plain repost: `row` (its first post), `parent_unit` (null at a root), `root`, `depth`, `account_ix`,
        `created_s`, `true_parent` (as `parent_unit`, but null where the parent is not in the corpus), `has_unknown_parent`.
    """
    heads = links.posts.filter(~nw.col("is_repost")).join(merged.select("row"), on="row", how="anti")
    of_parent = merged.select(nw.col("row").alias("parent_row"), nw.col("unit_row").alias("_merged"))
    heads = heads.join(of_parent, on="parent_row", how="left").join(links.threads, on="row", how="left")
    tree = heads.select(
        "row", "account_ix", "created_s", "is_orphan", "is_self_reply",
        true_parent=nw.coalesce("_merged", "parent_row"),
        root=nw.coalesce("root", "row"),
        depth=nw.col("depth").fill_null(0),
    )
    tree = engine.materialize(tree)
    changed = links.threads.join(merged.select("row"), on="row", how="semi").select("root").unique()
    redo = tree.join(changed, on="root", how="semi").filter(~nw.col("true_parent").is_null())
    fresh, _ = resolve_roots(engine, redo.select(nw.col("row").alias("node"), nw.col("true_parent").alias("parent")))
    fresh = fresh.select(nw.col("node").alias("row"), nw.col("depth").alias("_depth"))
    deep = tree.join(fresh, on="row", how="left").with_columns(depth=nw.coalesce("_depth", "depth")).drop("_depth")
    return engine.materialize(deep)
