"""Parity of reciprocity, tree distances and rarefaction with R (igraph, sna, vegan)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.inference.rarefaction import rarefied

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "structure.json").read_text(encoding="utf-8"))


def corpus_of(graph):
    """Return a corpus whose mentions are the arcs of a graph; every account posts once more, to nobody."""
    arcs = list(zip(graph["source"], graph["target"], strict=True))
    rows = [(f"m{i}", f"n{a}", f"@n{b}") for i, (a, b) in enumerate(arcs)]
    rows += [(f"own{k}", f"n{k}", "hello") for k in range(1, graph["n"] + 1)]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "text"])
    return tw.Corpus(posts.assign(created_at=np.arange(len(posts)) * 60, parent_id=None))


@pytest.mark.parametrize("name", ["example", "random"])
def test_the_dyad_census_is_that_of_igraph_and_sna(name):
    graph = GOLDEN[name]
    row = tw.dyad_census(tw.annotate(corpus_of(graph))).table.iloc[0]
    assert row[["n_accounts", "mutual", "asymmetric", "null"]].astype(int).tolist() == [
        graph[key] for key in ("n", "mutual", "asymmetric", "null")
    ]
    assert row["arc_reciprocity"] == pytest.approx(graph["reciprocity"], abs=1e-6)
    assert row["arc_reciprocity"] == pytest.approx(graph["edgewise"], abs=1e-6)
    assert row["dyadic_reciprocity"] == pytest.approx(graph["dyadic"], abs=1e-6)
    assert row["rho"] == pytest.approx(graph["rho"], abs=1e-6)


@pytest.mark.parametrize("name", ["example", "random"])
def test_reciprocity_of_an_organization_is_that_of_its_pairs(name):
    graph = GOLDEN[name]
    corpus = corpus_of(graph).with_focus(["n1"])
    card = tw.measure(tw.annotate(corpus), ["arc_reciprocity", "dyadic_reciprocity", "inbound_reciprocity"])
    arcs = set(zip(graph["source"], graph["target"], strict=True))
    out, back = {b for a, b in arcs if a == 1}, {a for a, b in arcs if b == 1}
    both, either = len(out & back), len(out | back)
    expected = [2 * both / (len(out) + len(back)), both / either, both / len(back)]
    assert card.table["value"].tolist() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ["tree", "star", "path", "large"])
def test_structural_virality_is_the_mean_distance_of_igraph(name):
    parents = GOLDEN[name]["parent"]
    rows = [("n1", "brand", None)] + [(f"n{i}", f"person{i}", f"n{p}") for i, p in enumerate(parents, start=2)]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "parent_id"])
    posts = posts.assign(created_at=np.arange(len(posts)) * 60, text="well")
    accounts = pd.DataFrame({"account_id": ["brand"], "role": ["official"]})
    card = tw.measure(tw.annotate(tw.Corpus(posts, accounts)), ["structural_virality"])
    assert card.table["value"][0] == pytest.approx(GOLDEN[name]["distance"], abs=1e-6)


def test_rarefaction_is_that_of_vegan():
    found = [rarefied(GOLDEN["counts"], size) for size in GOLDEN["sizes"]]
    assert found == pytest.approx(GOLDEN["rarefied"], abs=1e-6)


def test_the_effective_number_is_that_of_vegan():
    shares = np.array([0.5, 0.3, 0.2])
    assert np.exp(-(shares * np.log(shares)).sum()) == pytest.approx(GOLDEN["hill"], abs=1e-6)
    counts = {"ana": 5, "ben": 3, "cem": 2}
    rows = [(f"{who}{i}", "brand", f"@{who}") for who, n in counts.items() for i in range(n)]
    rows += [(who, who, "hello") for who in counts]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "text"])
    posts = posts.assign(created_at=np.arange(len(posts)) * 60, parent_id=None)
    accounts = pd.DataFrame({"account_id": ["brand"], "role": ["official"]})
    card = tw.measure(tw.annotate(tw.Corpus(posts, accounts)), ["effective_persons"])
    assert card.table["value"][0] == pytest.approx(GOLDEN["hill"], abs=1e-6)
