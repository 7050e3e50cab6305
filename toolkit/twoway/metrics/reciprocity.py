"""Whether attention is returned, and how widely it is spread (C1, C2, C3, C12)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference.rarefaction import rarefied_interval
from .kinds import Ratio, Rows, Smooth
from .registry import metric

_DYAD: dict[str, Any] = {"table": "dyads", "catalog": "C1", "references": ("Kwak10",), "traits": ("thinned",)}
_PARTIAL = "if only a share of posts was collected, it is too low by about that share; longer windows raise it"


@metric(
    **_DYAD,
    direction="+",
    formula=r"r = \frac{2M}{2M + A}",
    undefined="no reply or mention joins the account and a person",
    misleads=_PARTIAL,
)
def arc_reciprocity() -> Ratio:
    """Share of the arcs between the account and persons that are returned."""
    return Ratio("mutual_arcs", "arcs", high_num="high_mutual_arcs", bound_den="high_arcs")


@metric(
    **_DYAD,
    direction="+",
    formula=r"\frac{M}{M + A}",
    undefined="no reply or mention joins the account and a person",
    misleads=_PARTIAL,
)
def dyadic_reciprocity() -> Ratio:
    """Share of the pairs of the account and a person in which each addressed the other."""
    return Ratio("mutual", "one", high_num="high_mutual")


@metric(
    **_DYAD,
    direction="+",
    formula=r"R_{in} = \frac{|\{x : x \to a,\ a \to x\}|}{|\{x : x \to a\}|}",
    undefined="nobody addressed the account",
    misleads=_PARTIAL,
)
def inbound_reciprocity() -> Ratio:
    """Share of persons who addressed the account that it addressed too, at any time."""
    return Ratio("mutual", "approached", high_num="high_mutual_in")


@metric(
    **_DYAD,
    direction="+",
    formula=r"\frac{|\{x : x \to a,\ a \to x\ \text{later}\}|}{|\{x : x \to a\}|}",
    undefined="nobody addressed the account",
    misleads=_PARTIAL,
)
def inbound_reciprocity_ordered() -> Ratio:
    """Share of persons who addressed the account that it addressed after they first did."""
    return Ratio("answered_after", "approached", high_num="high_after")


@metric(
    **_DYAD,
    direction="+",
    formula=r"R_{out} = \frac{|\{x : a \to x,\ x \to a\}|}{|\{x : a \to x\}|}",
    undefined="the account addressed nobody",
    misleads="accounts that only answer have it at 1",
)
def outbound_reciprocity() -> Ratio:
    """Share of persons the account addressed who addressed it too, at any time."""
    return Ratio("mutual", "addressed", high_num="high_out")


def _rho(mutual: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    arcs = pairs + mutual
    with np.errstate(all="ignore"):
        r = 2 * mutual / arcs
        expected = arcs / (2 * pairs)
        rho = (r - expected) / (1 - expected)
    return np.where((pairs > 0) & (expected < 1), rho, np.nan)


@metric(
    table="dyads",
    catalog="C2",
    direction="+",
    unit="correlation",
    span=(-1.0, 1.0),
    traits=("signed",),
    references=("GarLof04",),
    formula=r"\rho = \frac{r - \bar a}{1 - \bar a},\ \bar a = \frac{L}{2 n}",
    undefined="no pair, or every pair is mutual",
    misleads="among the pairs that have any arc, so it is negative for most accounts: compare accounts, not signs",
)
def reciprocity_rho() -> Smooth:
    """Reciprocity against what the density of arcs between the account and its persons would give by chance."""
    return Smooth(("mutual", "one"), _rho, count="one")


_WEIGHED: dict[str, Any] = {
    "table": "dyads",
    "catalog": "C3",
    "direction": "+",
    "references": ("Squ13",),
    "undefined": "no reply or mention joins the account and a person",
}


@metric(
    **_WEIGHED,
    formula=r"r_w = \frac{\sum_{i \ne j} \min(w_{ij}, w_{ji})}{\sum_{i \ne j} w_{ij}}",
    misleads="equal amounts arise by chance as well: read it against its null (tw.null_test); " + _PARTIAL,
)
def weighted_reciprocity() -> Ratio:
    """Share of all replies and mentions between the account and persons that is returned in kind."""
    return Ratio("returned_weight", "weight")


@metric(
    **_WEIGHED,
    formula=r"\frac{1}{|D_a|}\sum_{(a, x)} \Bigl(1 - \frac{|w_{ax} - w_{xa}|}{w_{ax} + w_{xa}}\Bigr)",
    misleads="0 for every one-sided pair; one post each way counts as much as fifty",
)
def dyad_balance() -> Ratio:
    """Mean balance of the pairs of the account and a person: 1 if both addressed the other equally often."""
    return Ratio("balance", "one", share=False)


_REACH: dict[str, Any] = {"catalog": "C12", "references": ("Burt92", "Jost06", "Hurlbert71"), "min_n": 50}


@metric(
    **_REACH,
    table="dyads",
    direction="+",
    unit="persons per 100 posts",
    span=(0.0, float("inf")),
    formula=r"100 \cdot \frac{|\{x : a \to x\}|}{|\{p : p\ \text{directed}\}|}",
    undefined="the account addressed nobody",
    misleads="falls with volume: compare at equal numbers of posts",
)
def persons_per_100_directed() -> Ratio:
    """Distinct persons addressed per hundred directed posts."""
    return Ratio("addressed", "w_out", share=False, scale=100.0)


def _effective(n: np.ndarray, nlogn: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.where(n > 0, np.exp(np.log(n) - nlogn / n), np.nan)


@metric(
    **_REACH,
    table="dyads",
    direction="+",
    unit="persons",
    span=(1.0, float("inf")),
    formula=r"\exp\Bigl(-\sum_x q_x \ln q_x\Bigr)",
    undefined="the account addressed nobody",
    misleads="grows with volume: compare at equal numbers of posts",
)
def effective_persons() -> Smooth:
    """Effective number of persons the account's replies and mentions are spread over."""
    return Smooth(("n_out", "n_log_n"), _effective, count="n_out")


@metric(
    **_REACH,
    table="dyads",
    direction="+",
    unit="persons per week",
    span=(0.0, float("inf")),
    formula=r"\frac{|\{x : a \to x\}|}{\text{weeks}}",
    undefined="the account addressed nobody",
    misleads="people known from before the window count as new",
)
def new_tie_rate() -> Smooth:
    """Persons addressed for the first time in the window, per week."""
    return Smooth(
        ("addressed",), lambda persons: np.where(persons > 0, persons, np.nan), count="addressed", per_week=True
    )


@metric(
    **_REACH,
    table="addressed",
    direction="+",
    unit="persons in 50 posts",
    span=(1.0, 50.0),
    formula=r"\sum_x \left[1 - \frac{\binom{N - n_x}{50}}{\binom{N}{50}}\right]",
    undefined="the account addressed persons in fewer than 50 posts (Definitions.rarefy_n)",
    misleads="says nothing of how many persons there are in all; days of crisis bring the same persons back",
)
def persons_rarefied() -> Rows:
    """Distinct persons to be expected among 50 of the account's posts to persons, drawn at random."""
    return Rows(("person", "n"), lambda rows, d: rarefied_interval(**rows, size=d.rarefy_n, level=d.level), n="n")


def _size(n: np.ndarray, ties: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.where(n > 0, n - 2 * ties / n, np.nan)


@metric(
    **_REACH,
    table="dyads",
    direction="+",
    unit="persons",
    span=(0.0, float("inf")),
    formula=r"n - \frac{2t}{n}",
    undefined="the account addressed nobody",
    misleads="ties among persons outside the collection are unseen, so it is an upper limit",
)
def effective_size() -> Smooth:
    """Burt's effective size of the account's network: persons addressed, less their redundancy."""
    return Smooth(("addressed", "ties"), _size, count="addressed")


@metric(
    **_REACH,
    table="insiders",
    direction="+",
    unit="index",
    span=(-1.0, 1.0),
    traits=("signed",),
    formula=r"\frac{E - I}{E + I}",
    undefined="the account addressed neither persons nor insiders",
    misleads="needs the roles of partners and staff: unlisted insiders count as public",
)
def external_internal_index() -> Ratio:
    """Balance of addressing persons outside against partners and the own organization; 1 is all outside."""
    return Ratio("balance", "both", share=False)
