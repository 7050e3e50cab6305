"""Thread-merged units: a run of self-replies in quick succession is one thing said."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame
from ..links import Links
from ..threads import resolve_roots
from ..windows import before, running_sum

__all__ = ["merge_map", "self_runs", "shared_units", "unit_tree"]


def merge_map(engine: Engine, links: Links, definitions: Definitions) -> Frame:
    """List the posts that belong to an earlier post's unit.

    A self-reply goes with its parent if it follows within `thread_gap_s` and nobody else posted in the conversation
    in between.

    Returns
    -------
    Frame
        Columns `row`, `unit_row` (the first post of its unit), only for posts that are not themselves first.
    """
    quick = nw.col("created_s") - nw.col("parent_s") <= definitions.thread_gap_s
    later = nw.col("parent_row") < nw.col("row")
    candidates = links.posts.filter(nw.col("is_self_reply"), quick, later, ~nw.col("tree_parent").is_null())
    candidates = engine.materialize(candidates.select("row", "parent_row"))
    streaks = _streak_starts(engine, links, candidates)
    kept = candidates.join(streaks, on="row", how="inner").filter(nw.col("parent_row") >= nw.col("first"))
    heads, _ = resolve_roots(engine, kept.select(nw.col("row").alias("node"), nw.col("parent_row").alias("parent")))
    return engine.materialize(heads.select(nw.col("node").alias("row"), nw.col("root").alias("unit_row")))


def self_runs(engine: Engine, links: Links) -> Frame:
    """List the posts that go on with a post of their own author, however late: `row`, `first` (where the run began)."""
    later = links.posts.filter(nw.col("is_self_reply")).select(node="row", parent="parent_row")
    runs, _ = resolve_roots(engine, later)
    return engine.materialize(runs.select(row="node", first="root"))


def _streak_starts(engine: Engine, links: Links, candidates: Frame) -> Frame:
    """Find for each post of the candidates' conversations where its author's streak began: `row`, `first`."""
    roots = links.threads.join(candidates.select("row"), on="row", how="semi").select("root").unique()
    roots = engine.materialize(roots)
    below = links.threads.join(roots, on="root", how="semi").select("row", "root")
    members = nw.concat([below, roots.select(nw.col("root").alias("row"), "root")])
    posts = members.join(links.posts.select("row", "account_ix"), on="row", how="inner")
    goes_on = (nw.col("_ix") == nw.col("account_ix")).fill_null(value=False)
    new = nw.when(goes_on).then(0).otherwise(1)
    marked = engine.along(posts, ("root",), ("row",), _ix=before("account_ix"), _new=new, _streak=running_sum("_new"))
    counted = engine.materialize(marked)
    firsts = counted.filter(nw.col("_new") == 1).select("root", "_streak", first="row")
    return counted.join(firsts, on=["root", "_streak"], how="inner").select("row", "first")


def shared_units(merged: Frame) -> Frame:
    """List the posts of units that hold several, the first of each included: `row`, `unit_row`.

    Parameters
    ----------
    merged
        From `merge_map`.
    """
    heads = merged.select(row="unit_row").unique().select("row", unit_row="row")
    return nw.concat([merged.select("row", "unit_row"), heads])


def unit_tree(engine: Engine, links: Links, merged: Frame) -> Frame:
    """Rebuild the reply trees over units.

    Returns
    -------
    Frame
        One row a unit that is not a plain repost: `row` (its first post), `true_parent` (the unit it replies to, null
        if that has no place in a tree), `root`, `depth`, `account_ix`, `parent_ix` (whom its first post replies to),
        `created_s`, `is_orphan`, `is_self_reply`, `is_hung`, `n_above` (posts above its first one), `is_visible`
        (everybody can see one of its posts), `is_own` (and that is a post of the sample).
    """
    heads = links.posts.filter(~nw.col("is_repost")).join(merged.select("row"), on="row", how="anti")
    of_parent = merged.select(nw.col("row").alias("tree_parent"), nw.col("unit_row").alias("_merged"))
    heads = heads.join(of_parent, on="tree_parent", how="left").join(links.threads, on="row", how="left")
    heads = heads.join(_later_posts(links, merged), on="row", how="left")
    tree = heads.select(
        "row",
        "account_ix",
        "parent_ix",
        "created_s",
        "is_orphan",
        "is_self_reply",
        "is_hung",
        is_visible=~nw.col("is_private") | ~nw.col("_seen").is_null(),
        is_own=(~nw.col("is_private") & ~nw.col("is_context")) | (nw.col("_own") == 1).fill_null(value=False),
        true_parent=nw.coalesce("_merged", "tree_parent"),
        root=nw.coalesce("root", "row"),
        depth=nw.col("depth").fill_null(0),
        n_above=nw.col("depth").fill_null(0),
    )
    tree = engine.materialize(tree)
    changed = links.threads.join(merged.select("row"), on="row", how="semi").select("root").unique()
    redo = tree.join(changed, on="root", how="semi").filter(nw.col("row") != nw.col("root"))
    # A reply whose own parent has no place in the tree hangs below the root.
    fresh, _ = resolve_roots(engine, redo.select(node="row", parent=nw.coalesce("true_parent", "root")))
    fresh = fresh.select(nw.col("node").alias("row"), nw.col("depth").alias("_depth"))
    deep = tree.join(fresh, on="row", how="left").with_columns(depth=nw.coalesce("_depth", "depth")).drop("_depth")
    return engine.materialize(deep)


def _later_posts(links: Links, merged: Frame) -> Frame:
    """Say of units whether a later post of theirs can be seen (`_seen`), and is of the sample (`_own`)."""
    later = merged.join(links.posts.select("row", "is_private", "is_context"), on="row", how="inner")
    later = later.filter(~nw.col("is_private"))
    own = nw.when(nw.col("is_context")).then(0).otherwise(1)
    return later.group_by("unit_row").agg(nw.len().alias("_seen"), own.max().alias("_own")).rename({"unit_row": "row"})
