"""Roots, depths and subtree sizes of reply trees by pointer doubling, on any engine.

Each round joins the table of pointers with itself, so a thread of depth d takes about log2(d) rounds; only nodes
that have not reached
their root take part in the next one. Cycles, which corrupt ids produce, are found when the rounds run out, cut, and
reported.
"""

from __future__ import annotations

import math

import narwhals.stable.v2 as nw
import pyarrow as pa

from .engine import Engine, Frame
from .windows import running_sum

__all__ = ["preorder", "resolve_roots", "subtree_sizes"]


def resolve_roots(engine: Engine, links: Frame) -> tuple[Frame, list[int]]:
    """Find the root and the depth of every node that has a parent.

    Parameters
    ----------
    engine
        The engine the links live in.
    links
        Columns `node`, `parent` (int64), one row a node that has a parent.

    Returns
    -------
    tuple
        A frame `node, root, depth` without the nodes of cycles, and the list of nodes that lay on a cycle (their
        links are cut, so they
        are roots themselves).
    """
    links = engine.materialize(links.select("node", "parent", step=nw.lit(1).cast(nw.Int64)))
    jump, stuck = _double(engine, links)
    if not stuck.num_rows:
        return jump, []
    on_cycle = _nodes_on_cycles(stuck)
    cut = engine.from_arrow(pa.table({"node": pa.array(on_cycle, pa.int64())}))
    cut = cut.with_columns(nw.col("node").cast(links.collect_schema()["node"]))
    jump, _ = _double(engine, engine.materialize(links.join(cut, on="node", how="anti")))
    return jump, on_cycle


def _double(engine: Engine, links: Frame) -> tuple[Frame, pa.Table]:
    """Double pointers until every node points at a node without a parent, or the rounds run out.

    `depth` is the sum of `step` along the way.
    """
    heads = links.select(root="node", goes_on=nw.lit(1).cast(nw.Int8))
    jump = links.select("node", root="parent", depth="step").join(heads, on="root", how="left")
    jump = engine.materialize(jump)
    todo, done = jump.filter(nw.col("goes_on") == 1), [jump.filter(nw.col("goes_on").is_null())]
    n_links = _count(engine, links)
    for _ in range(math.ceil(math.log2(n_links + 1)) + 1 if n_links else 0):
        if not _count(engine, todo):
            break
        # Where the pointer ahead has reached a root, the one that jumps over it has.
        ahead = nw.concat([*done, todo]).select(root="node", _root="root", _depth="depth", _goes_on="goes_on")
        moved = todo.join(ahead, on="root", how="inner").select(
            "node", root="_root", depth=nw.col("depth") + nw.col("_depth"), goes_on="_goes_on"
        )
        moved = engine.materialize(moved)
        done.append(moved.filter(nw.col("goes_on").is_null()))
        todo = moved.filter(nw.col("goes_on") == 1)
    left = todo.select("node").join(links, on="node", how="inner")
    reached = engine.materialize(nw.concat(done).select("node", "root", "depth"))
    return reached, engine.collect(left)


def _count(engine: Engine, frame: Frame) -> int:
    return int(engine.collect(frame.select(nw.len().alias("n")))["n"][0].as_py())


def _nodes_on_cycles(stuck: pa.Table) -> list[int]:
    """Walk the few nodes that never reach a root; those met twice on one walk lie on a cycle."""
    parent = dict(zip(stuck["node"].to_pylist(), stuck["parent"].to_pylist(), strict=True))
    finished: set[int] = set()
    on_cycle: set[int] = set()
    for start in sorted(parent):
        path: list[int] = []
        seen: set[int] = set()
        node = start
        while node in parent and node not in finished and node not in seen:
            path.append(node)
            seen.add(node)
            node = parent[node]
        if node in seen:
            on_cycle.update(path[path.index(node) :])
        finished.update(path)
    return sorted(on_cycle)


def subtree_sizes(engine: Engine, links: Frame) -> Frame:
    """Count each node's subtree, itself included, for nodes that have a parent.

    After round k the count of a node covers descendants nearer than 2**k; adding the counts of the nodes exactly
    2**k below doubles the reach.

    Parameters
    ----------
    engine
        The engine the links live in.
    links
        Columns `node`, `parent`, without cycles.

    Returns
    -------
    Frame
        Columns `node`, `n_below` (int64, at least 1).
    """
    jump = engine.materialize(links.select("node", up=nw.col("parent")))
    sizes = jump.select("node", n_below=nw.lit(1).cast(nw.Int64))
    while True:
        gain = (
            jump.join(sizes, on="node", how="inner")
            .group_by("up")
            .agg(nw.col("n_below").sum().alias("gain"))
            .rename({"up": "node"})
        )
        grown = sizes.join(gain, on="node", how="left").select(
            "node", n_below=nw.col("n_below") + nw.col("gain").fill_null(0)
        )
        sizes = engine.materialize(grown)
        ahead = jump.select(nw.col("node").alias("up"), nw.col("up").alias("_up"))
        jump = engine.materialize(jump.join(ahead, on="up", how="inner").select("node", up=nw.col("_up")))
        if not _count(engine, jump):
            return sizes


def preorder(engine: Engine, links: Frame, sizes: Frame) -> Frame:
    """Place the nodes of every tree in depth-first order, children by their number.

    A node comes one place after its parent, or after the whole subtree of the sibling before it.

    Parameters
    ----------
    links
        Columns `node`, `parent`, without cycles.
    sizes
        Their `subtree_sizes`.

    Returns
    -------
    Frame
        Columns `node`, `place` (int64, from 1; the root, which is not listed, has place 0).
    """
    sized = links.select("node", "parent").join(sizes, on="node", how="inner")
    steps = engine.along(sized, ("parent",), ("node",), _through=running_sum("n_below"))
    steps = steps.with_columns(step=(nw.col("_through") - nw.col("n_below") + 1).cast(nw.Int64))
    jump, _ = _double(engine, engine.materialize(steps.select("node", "parent", "step")))
    return engine.materialize(jump.select("node", place=nw.col("depth")))
