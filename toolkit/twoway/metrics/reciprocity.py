"""Whether attention is returned (C1, C2, C3).

A pair is one of a person with an organization (an account, where accounts are measured). What is measured by role or
month, or for the whole corpus, adds up the pairs of its organizations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .kinds import Ratio, Smooth
from .registry import metric

_DYAD: dict[str, Any] = {"table": "dyads", "catalog": "C1", "references": ("Kwak10",)}
_PARTIAL = "if only a share of posts was collected, it is too low by about that share; longer windows raise it"


@metric(
    **_DYAD,
    traits=("thinned", "selected", "diluted"),
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
    traits=("thinned", "selected", "diluted"),
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
    traits=("thinned", "response", "diluted"),
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
    traits=("thinned", "response", "diluted"),
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
    traits=("thinned",),
    direction="+",
    formula=r"R_{out} = \frac{|\{x : a \to x,\ x \to a\}|}{|\{x : a \to x\}|}",
    undefined="the account addressed nobody",
    misleads="accounts that only answer have it at 1",
)
def outbound_reciprocity() -> Ratio:
    """Share of persons the account addressed who addressed it too, at any time."""
    return Ratio("mutual", "addressed", high_num="high_out")


@metric(
    **_DYAD,
    traits=("thinned",),
    direction="+",
    formula=r"\frac{|\{x : a \to x,\ x \to a\ \text{later}\}|}{|\{x : a \to x\}|}",
    undefined="the account addressed nobody",
    misleads=f"low where the account's answer ends the exchange, as it should where a question is solved; {_PARTIAL}",
)
def outbound_reciprocity_ordered() -> Ratio:
    """Share of persons the account addressed who addressed it after it first did."""
    return Ratio("returned_after", "addressed", high_num="high_returned_after")


@metric(
    **_DYAD,
    traits=("thinned", "selected", "diluted"),
    direction="+",
    formula=r"\frac{|\{(i, j) : i \to j,\ j \to i\ \text{later}\}|}{2M + A}",
    undefined="no reply or mention joins the account and a person",
    misleads=f"an approach and its answer count one half: the answer itself was not returned; {_PARTIAL}",
)
def arc_reciprocity_ordered() -> Ratio:
    """Share of the arcs between the account and persons that are returned after they first came.

    Of a mutual pair one arc is always returned later, the other only if the talk went on. In the same second, a post
    comes before the replies to it.
    """
    return Ratio("later_arcs", "arcs", high_num="high_later_arcs", bound_den="high_arcs")


@metric(
    **_DYAD,
    traits=("thinned", "selected", "diluted"),
    direction="+",
    formula=r"\frac{|\{\{a, x\} : a \to x\ \text{after}\ x \to a,\ x \to a\ \text{after}\ a \to x\}|}{M + A}",
    undefined="no reply or mention joins the account and a person",
    misleads=_PARTIAL,
)
def dyadic_reciprocity_ordered() -> Ratio:
    """Share of the pairs of the account and a person in which each addressed the other after being addressed."""
    return Ratio("mutual_after", "one", high_num="high_mutual_after")


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
