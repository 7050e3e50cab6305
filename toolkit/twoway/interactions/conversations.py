"""Conversations: a root and all below it, as trees of units."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..windows import running_sum

__all__ = ["conversation_table", "membership_table", "unit_links"]


def unit_links(tree: Frame) -> Frame:
    """List (node, parent) of all units below another; orphans hang below the earliest unit known, the root."""
    hung = tree.filter(nw.col("row") != nw.col("root"))
    return hung.select(node="row", parent=nw.coalesce("true_parent", "root"))


def conversation_table(engine: Engine, tree: Frame, accounts: Frame, sizes: Frame, named: Frame) -> Frame:
    """Measure every conversation as a tree of units.

    A reply whose parent has no place in the tree (it is missing, or a plain repost) is no conversation's beginning:
    what stood above is lost, so the tree has no top. It is marked as topless, and left out where trees are measured.
    Where the platform names the conversation and more of it is known, the earliest unit known stands for the top; such
    a reply further down hangs below the top.

    Parameters
    ----------
    tree
        Units from `unit_tree`.
    sizes
        `node, n_below`: subtree sizes of the units below another.
    named
        `row` of posts whose conversation the platform names.

    Returns
    -------
    Frame
        `root, at_s, size, depth, width, h_index, h_index_max, n_persons, n_participants, participant_gini`
        (null for one participant)`, duration_s, is_rerooted, is_topless, virality` (mean distance, null for a single
        unit) and `virality_norm` (0 for a star, 1 for a path of the same size; null below 4 units, where the two
        agree).
    """
    basic = tree.group_by("root").agg(
        nw.len().alias("size"),
        nw.col("depth").max().alias("depth"),
        nw.col("created_s").min().alias("at_s"),
        nw.col("created_s").max().alias("_last"),
        nw.when(nw.col("is_hung")).then(1).otherwise(0).max().alias("is_rerooted"),
    )
    basic = engine.materialize(basic)
    shown = nw.when(nw.col("is_visible")).then(1).otherwise(0)
    each = engine.materialize(tree.group_by("root", "account_ix").agg(shown.sum().alias("_x")))
    persons = each.join(accounts.filter(nw.col("is_public")).select("account_ix"), on="account_ix", how="semi")
    full = basic
    for part in (
        _levels(tree),
        persons.group_by("root").agg(nw.len().alias("n_persons")),
        _participants(engine, each.filter(nw.col("_x") > 0)),
        _virality(engine, tree, basic, sizes),
        _topless(tree, basic, named),
    ):
        full = full.join(part, on="root", how="left")
    full = full.with_columns(
        **{name: nw.col(name).fill_null(0) for name in ("h_index", "h_index_max")},
        width=nw.col("width").fill_null(1),
        n_participants=nw.col("n_participants").fill_null(1),
        n_persons=nw.col("n_persons").fill_null(0),
        is_topless=nw.col("is_topless").fill_null(0),
        duration_s=nw.col("_last") - nw.col("at_s"),
    )
    return engine.materialize(full.drop("_last"))


def _topless(tree: Frame, basic: Frame, named: Frame) -> Frame:
    """List the conversations that begin with a reply to something unknown, and hold nothing to put in its place."""
    begun = tree.filter((nw.col("row") == nw.col("root")) & nw.col("is_hung")).select("root")
    begun = begun.join(basic.select("root", "size"), on="root", how="inner")
    begun = begun.join(named.select(root="row", _named=nw.lit(1)), on="root", how="left")
    lost = begun.filter((nw.col("size") == 1) | nw.col("_named").is_null())
    return lost.select("root", is_topless=nw.lit(1))


def _levels(tree: Frame) -> Frame:
    """Measure width and h-index by the number of units on each level below the root.

    The h-index is the level above the first one that holds fewer units than its depth; its variant the deepest level
    that holds as many.
    """
    levels = tree.group_by("root", "depth").agg(nw.len().alias("_n"))
    below, enough = nw.col("depth") > 0, nw.col("_n") >= nw.col("depth")
    found = levels.group_by("root").agg(
        nw.col("_n").max().alias("width"),
        nw.col("depth").max().alias("_deepest"),
        nw.when(below & ~enough).then(nw.col("depth")).min().alias("_fails"),
        nw.when(below & enough).then(nw.col("depth")).max().alias("h_index_max"),
    )
    first = nw.coalesce("_fails", nw.col("_deepest") + 1) - 1
    return found.with_columns(h_index=first).drop("_deepest", "_fails")


def _participants(engine: Engine, each: Frame) -> Frame:
    """Measure how unevenly the accounts of a conversation take part: Gini of their units, given as `_x`."""
    each = each.with_columns(_one=nw.lit(1))
    ranked = engine.along(each, ("root",), ("_x", "account_ix"), _i=running_sum("_one"))
    sums = ranked.group_by("root").agg(
        nw.len().alias("n_participants"),
        nw.col("_x").sum().alias("_sum"),
        (nw.col("_i") * nw.col("_x")).sum().alias("_weighted"),
    )
    n, total = nw.col("n_participants").cast(nw.Float64), nw.col("_sum").cast(nw.Float64)
    gini = (2.0 * nw.col("_weighted") - (n + 1.0) * total) / (n * total)
    gini = nw.when(nw.col("n_participants") > 1).then(gini)
    return engine.materialize(sums.with_columns(participant_gini=gini).drop("_sum", "_weighted"))


def _virality(engine: Engine, tree: Frame, basic: Frame, sizes: Frame) -> Frame:
    """Mean distance between posts.

    Every link of the tree separates its subtree from the rest, so distances add up link by link.
    """
    hung = tree.filter(nw.col("row") != nw.col("root"))
    sizes = sizes.rename({"node": "row"})
    cuts = (
        hung.select("row", "root")
        .join(sizes, on="row", how="inner")
        .join(basic.select("root", "size"), on="root", how="inner")
    )
    wiener = cuts.with_columns(_w=nw.col("n_below") * (nw.col("size") - nw.col("n_below")))
    wiener = wiener.group_by("root", "size").agg(nw.col("_w").sum().cast(nw.Float64).alias("_w"))
    n = nw.col("size").cast(nw.Float64)
    nu = 2.0 * nw.col("_w") / (n * (n - 1.0))
    star, path = 2.0 * (n - 1.0) / n, (n + 1.0) / 3.0
    large = nw.col("size") > 3
    place = (nu - star) / nw.when(large).then(path - star).otherwise(1.0)
    wiener = wiener.with_columns(virality=nu, _place=place)
    # Stars and paths reach the two ends exactly; rounding must not lead past them.
    low, high = nw.col("_place") < 0, nw.col("_place") > 1
    kept = nw.when(low).then(0.0).otherwise(nw.when(high).then(1.0).otherwise(nw.col("_place")))
    wiener = wiener.with_columns(virality_norm=nw.when(large).then(kept))
    return engine.materialize(wiener.select("root", "virality", "virality_norm"))


def membership_table(engine: Engine, tree: Frame, stream: Frame, accounts: Frame) -> Frame:
    """List which measured accounts take part in which conversation, by posting or by being addressed.

    Conversations that hold no post of the sample are left out: all of them is context.

    Returns
    -------
    Frame
        `root, account_ix, org_ix, n_units` (units the account posted there).
    """
    focal = accounts.filter(nw.col("is_focal")).select("account_ix", "org_ix")
    wrote = (
        tree.filter(nw.col("is_own"))
        .join(focal, on="account_ix", how="inner")
        .select("root", "account_ix", "org_ix", n_units=nw.lit(1))
    )
    asked = stream.filter(nw.col("is_approach") == 1).select("root", "account_ix", "org_ix", n_units=nw.lit(0))
    asked = asked.join(tree.filter(nw.col("is_own")).select("root").unique(), on="root", how="semi")
    return engine.materialize(
        nw.concat([wrote, asked]).group_by("root", "account_ix", "org_ix").agg(nw.col("n_units").sum())
    )
