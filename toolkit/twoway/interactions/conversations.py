"""Conversations: a root and all below it, as trees of units."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..threads import subtree_sizes

__all__ = ["conversation_table", "membership_table"]


def conversation_table(engine: Engine, tree: Frame, accounts: Frame) -> Frame:
    """Measure every conversation as a tree of units.

    Returns
    -------
    Frame
        `root, at_s, size, depth, width, n_persons, duration_s, is_rerooted, virality` (mean distance, null for a
        single post) and
        `virality_norm` (0 for a star, 1 for a path of the same size; null below 4 posts, where the two agree).
    """
    people = accounts.select("account_ix", "is_public")
    nodes = tree.join(people, on="account_ix", how="inner")
    basic = nodes.group_by("root").agg(
        nw.len().alias("size"),
        nw.col("depth").max().alias("depth"),
        nw.col("created_s").min().alias("at_s"),
        nw.col("created_s").max().alias("_last"),
        nw.when(nw.col("is_hung")).then(1).otherwise(0).max().alias("is_rerooted"),
    )
    basic = engine.materialize(basic)
    many = basic.filter(nw.col("size") > 1).select("root")
    inside = engine.materialize(nodes.join(many, on="root", how="semi"))
    width = (
        inside.group_by("root", "depth")
        .agg(nw.len().alias("_n"))
        .group_by("root")
        .agg(nw.col("_n").max().alias("width"))
    )
    persons = (
        nodes.filter(nw.col("is_public"))
        .select("root", "account_ix")
        .unique()
        .group_by("root")
        .agg(nw.len().alias("n_persons"))
    )
    spread = _virality(engine, inside, basic)
    full = (
        basic.join(width, on="root", how="left")
        .join(persons, on="root", how="left")
        .join(spread, on="root", how="left")
    )
    full = full.with_columns(
        width=nw.col("width").fill_null(1),
        n_persons=nw.col("n_persons").fill_null(0),
        duration_s=nw.col("_last") - nw.col("at_s"),
    )
    return engine.materialize(full.drop("_last"))


def _virality(engine: Engine, inside: Frame, basic: Frame) -> Frame:
    """Mean distance between posts.

    Every link of the tree separates its subtree from the rest, so distances add up link by link.
    """
    hung = inside.filter(nw.col("row") != nw.col("root"))
    parent = nw.coalesce("true_parent", "root")
    # Orphans hang below the earliest post known of their conversation, which is its root.
    links = hung.select(nw.col("row").alias("node"), parent=parent)
    sizes = subtree_sizes(engine, links).rename({"node": "row"})
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
    return engine.materialize(
        nw.concat([wrote, asked]).group_by("root", "account_ix", "org_ix").agg(nw.col("n_units").sum())
    )
