"""Configuration models: degrees stay, structure goes, simple graphs stay simple."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import chisquare

from twoway.errors import TwowayError
from twoway.inference.nulls import match_stubs, swap_arcs


def random_graph(rng, n=80, p=0.06):
    return np.nonzero((rng.random((n, n)) < p) & ~np.eye(n, dtype=bool))


def degrees(tails, heads, n=80):
    return np.bincount(tails, minlength=n).tolist(), np.bincount(heads, minlength=n).tolist()


@pytest.mark.parametrize("draw", [match_stubs, swap_arcs])
def test_degrees_stay_and_arcs_go(draw, rng):
    graph = random_graph(rng)
    drawn = draw(*graph, rng)
    assert degrees(*drawn) == degrees(*graph)
    assert len(set(zip(*graph, strict=True)) & set(zip(*drawn, strict=True))) < 0.3 * len(graph[0])


def test_swapped_graphs_have_neither_loops_nor_repeats(rng):
    for p in (0.02, 0.3, 0.9):
        tails, heads = swap_arcs(*random_graph(rng, 30, p), rng)
        assert (tails != heads).all()
        assert len(set(zip(tails, heads, strict=True))) == len(tails)


def test_structure_goes(rng):
    ring = nx.connected_watts_strogatz_graph(120, 6, 0.0).to_directed()
    tails, heads = np.array(ring.edges).T
    drawn = nx.DiGraph(zip(*(ends.tolist() for ends in swap_arcs(tails, heads, rng)), strict=True))
    assert nx.average_clustering(ring) == pytest.approx(0.6)
    assert nx.average_clustering(drawn) < 0.2
    assert nx.overall_reciprocity(drawn) < 0.2


def same_degrees(arcs, n):
    """List every simple graph with the degrees of one, the slow way."""
    wanted = degrees(*np.array(arcs).T, n)
    every = [(a, b) for a in range(n) for b in range(n) if a != b]
    return {frozenset(found) for found in combinations(every, len(arcs)) if degrees(*np.array(found).T, n) == wanted}


@pytest.mark.parametrize(
    "arcs", [[(0, 1), (1, 2), (2, 0)], [(0, 1), (1, 2), (2, 3), (3, 0)], [(0, 1), (0, 2), (1, 2), (2, 3), (3, 0)]]
)
def test_all_simple_graphs_are_as_likely(arcs, rng):
    allowed = same_degrees(arcs, 4)
    tails, heads = np.array(arcs).T
    draws = [swap_arcs(tails, heads, rng, rounds=25) for _ in range(1_000)]
    seen = Counter(frozenset(zip(*(ends.tolist() for ends in drawn), strict=True)) for drawn in draws)
    assert set(seen) == allowed
    assert chisquare([seen[graph] for graph in allowed]).pvalue > 1e-3


def test_only_simple_graphs_are_swapped(rng):
    for arcs in ([[0, 1], [0, 2]], [[0, 0, 1], [1, 1, 0]]):
        with pytest.raises(TwowayError, match="match_stubs"):
            swap_arcs(*arcs, rng)
    with pytest.raises(TwowayError, match="do not fit"):
        match_stubs([1], [1, 2], rng)
    assert [ends.tolist() for ends in swap_arcs([], [], rng)] == [[], []]
