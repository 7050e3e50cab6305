"""Null models: what a measure would be by chance, given what the null model keeps.

Pure functions of arrays and a random generator. N1 `permute_answers`, N2 `rewire_arcs`, N3 `redraw_times`,
N4 `permute_labels`, N5 `permute_order`, N6 `match_stubs` and `swap_arcs`; for conversations `RecursiveTrees`; and
`null_summary` to compare a value with its draws.

N4 and N6 belong to measures that need labels of agents, or a whole graph, and no metric of the package uses
`permute_labels` and `match_stubs`. Both are here for measures of your own: draw, measure each draw, and compare. The
share of arcs of a graph that join a node with itself, for instance:

>>> import numpy as np
>>> rng = np.random.default_rng(1)
>>> tails, heads = np.array([0, 0, 1, 2]), np.array([1, 2, 2, 0])
>>> draws = [[float(np.mean(tails == match_stubs(tails, heads, rng)[1]))] for _ in range(99)]
>>> null_summary([0.0], draws, "less").n_draws.tolist()
[99]
"""

from .clock import WeeklyClock, redraw_times
from .graphs import match_stubs, swap_arcs
from .rewire import rewire_arcs
from .shuffles import Strata, permute_answers, permute_labels, permute_order, strata_of, terciles, week_of
from .summary import ALTERNATIVES, NullSummary, null_summary
from .trees import RecursiveTrees, TreeShapes, tree_shapes

__all__ = [
    "ALTERNATIVES",
    "NullSummary",
    "RecursiveTrees",
    "Strata",
    "TreeShapes",
    "WeeklyClock",
    "match_stubs",
    "null_summary",
    "permute_answers",
    "permute_labels",
    "permute_order",
    "redraw_times",
    "rewire_arcs",
    "strata_of",
    "swap_arcs",
    "terciles",
    "tree_shapes",
    "week_of",
]
