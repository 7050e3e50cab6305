"""Reciprocity of a whole graph against the graph rewired (N2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import TwowayError
from ..inference.nulls.graphs import swap_arcs
from ..inference.nulls.rewire import rewire_arcs
from ..inference.nulls.summary import null_summary

__all__ = ["census_null"]

IntArray = NDArray[np.int64]

# Rounds of exchanges before the first draw and between draws; a draw goes on from the one before.
_FIRST, _NEXT = 30, 10

_MEASURES = ("arc_reciprocity", "rho", "weighted_reciprocity")


def census_null(arcs: pd.DataFrame, n_accounts: int, draws: int, seed: int, alternative: str) -> pd.DataFrame:
    """Compare reciprocity, rho and weighted reciprocity of a directed graph with rewired graphs.

    Arcs are rewired without loops or repeats and with all degrees kept; posts with all strengths kept.

    Parameters
    ----------
    arcs
        `source, target, n`, one row an arc.
    n_accounts
        Accounts in all, for the density.
    draws, seed, alternative
        As in `DyadCensus.null_test`.

    Raises
    ------
    TwowayError
        If fewer than two draws are asked for.
    UnknownName
        If there is no such alternative.
    """
    if draws < 2:
        msg = f"draws={draws} says nothing of chance. It was given to null_test. Draw at least twice, better 200 times."
        raise TwowayError(msg)
    rng = np.random.default_rng(seed)
    source, target = (arcs[name].to_numpy(dtype=np.int64) for name in ("source", "target"))
    by, to = (np.repeat(ends, arcs["n"]) for ends in (source, target))
    observed = _measures(source, target, by, to, n_accounts)
    sample, heads = np.empty((draws, len(_MEASURES))), target
    for i in range(draws):
        heads = swap_arcs(source, heads, rng, rounds=_NEXT if i else _FIRST)[1]
        got = rewire_arcs(to, np.zeros(len(to), dtype=bool), rng, person_house=to, brand_house=by)
        sample[i] = _measures(source, heads, by, got, n_accounts)
    found = null_summary(observed, sample, alternative)
    room = np.where(np.isnan(found.z), np.nan, 1 - found.mean)
    columns = {"measure": list(_MEASURES), "observed": found.observed, "null_mean": found.mean, "null_sd": found.sd}
    columns |= {"z": found.z, "p": found.p, "excess": (found.observed - found.mean) / room}
    return pd.DataFrame(columns)


def _measures(source: IntArray, target: IntArray, by: IntArray, to: IntArray, n_accounts: int) -> list[float]:
    """Give reciprocity and rho of the arcs, and the weighted reciprocity of the posts."""
    if not len(source):
        return [np.nan] * len(_MEASURES)
    r, density = _returned(source, target), len(source) / (n_accounts * (n_accounts - 1))
    rho = (r - density) / (1 - density) if density < 1 else np.nan
    return [r, rho, _returned(by, to)]


def _returned(source: IntArray, target: IntArray) -> float:
    """Give the share of arcs (or posts) that are returned: twice the smaller number each way, over all."""
    width = int(max(source.max(), target.max())) + 1
    keys, n = np.unique(source * width + target, return_counts=True)
    back = keys % width * width + keys // width
    place = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    return float(np.where(keys[place] == back, np.minimum(n, n[place]), 0).sum() / n.sum())
