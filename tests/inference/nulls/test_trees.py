"""Random recursive trees and the shape of trees, against networkx and against known expectations."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.nulls import RecursiveTrees, tree_shapes

# The worked examples of the catalogue: parents of the nodes, and the shape.
STAR, PATH = [0] * 6, [0, 0, 1, 2, 3, 4]
BRANCHED = [0, 0, 0, 0, 1, 4]


def test_the_worked_examples():
    shape = tree_shapes([*BRANCHED, *np.add(STAR, 6), *np.add(PATH, 12)], [0, 6, 12])
    assert shape.size.tolist() == [6, 6, 6]
    assert shape.depth.tolist() == [3, 1, 5]
    assert shape.width.tolist() == [3, 5, 1]
    assert shape.virality == pytest.approx([2 * 32 / 30, 10 / 6, 7 / 3])
    assert shape.virality_norm == pytest.approx([0.7, 0.0, 1.0])


@pytest.mark.parametrize(
    ("levels", "first", "largest"), [((3, 1, 1), 1, 1), ((4, 3, 3, 1), 3, 3), ((1, 1, 5), 1, 3), ((), 0, 0)]
)
def test_the_worked_examples_of_the_h_index(levels, first, largest):
    parents, above = [0], 0
    for n in levels:
        parents += [above] * n
        above = len(parents) - 1
    shape = tree_shapes(parents, [0])
    assert (shape.h_index.item(), shape.h_index_max.item()) == (first, largest)


def test_shapes_agree_with_networkx(rng):
    sizes = rng.integers(1, 40, 60)
    trees = RecursiveTrees(sizes)
    parents = trees.draw(rng)
    shape = tree_shapes(parents, trees.starts)
    for i, (start, size) in enumerate(zip(trees.starts, sizes, strict=True)):
        graph = nx.Graph([(v, int(parents[v])) for v in range(start + 1, start + size)])
        graph.add_node(start)
        assert nx.is_tree(graph)
        assert len(graph) == size
        steps = nx.single_source_shortest_path_length(graph, start)
        levels = np.bincount(list(steps.values()))
        assert (shape.depth[i], shape.width[i]) == (len(levels) - 1, levels.max())
        if size > 1:
            assert shape.virality[i] == pytest.approx(nx.average_shortest_path_length(graph))
        fails = [d for d in range(1, len(levels)) if levels[d] < d]
        assert shape.h_index[i] == min(fails, default=len(levels)) - 1
        assert shape.h_index_max[i] == max((d for d in range(len(levels)) if levels[d] >= d), default=0)


def test_nodes_may_stand_in_any_order(rng):
    trees = RecursiveTrees([30])
    parents = trees.draw(rng)
    name = rng.permutation(30)
    renamed = np.empty(30, dtype=int)
    renamed[name] = name[parents]
    one, other = tree_shapes(parents, [0]), tree_shapes(renamed, [0])
    for field in ("depth", "width", "h_index", "h_index_max", "virality"):
        assert getattr(one, field) == getattr(other, field)


def test_every_earlier_node_is_as_likely_a_parent(rng):
    trees = RecursiveTrees([5] * 20_000)
    parents = (trees.draw(rng) - np.repeat(trees.starts, 5)).reshape(-1, 5)
    assert (parents[:, :2] == 0).all()
    for node in (2, 3, 4):
        assert np.bincount(parents[:, node]) / 20_000 == pytest.approx(np.full(node, 1 / node), abs=0.02)


def test_mean_depth_is_as_the_theory_says(rng):
    # The node added k-th has mean depth 1 + 1/2 + ... + 1/(k-1).
    trees = RecursiveTrees([50] * 2_000)
    parents = trees.draw(rng)
    depth = np.zeros(len(parents))
    for node in range(1, 50):
        depth[node::50] = depth[parents[node::50]] + 1
    assert depth[49::50].mean() == pytest.approx((1 / np.arange(1, 50)).sum(), abs=0.15)
    assert (tree_shapes(parents, trees.starts).depth == depth.reshape(-1, 50).max(axis=1)).all()


def test_no_trees_have_no_shapes(rng):
    shape = RecursiveTrees([]).shapes(rng)
    assert shape.size.tolist() == shape.depth.tolist() == shape.virality.tolist() == []
    single = RecursiveTrees([1]).shapes(rng)
    assert (single.depth.item(), single.width.item()) == (0, 1)
    assert np.isnan(single.virality).all()


def test_a_tree_of_nothing_is_refused():
    with pytest.raises(TwowayError, match="sizes from 1"):
        RecursiveTrees([3, 0])
