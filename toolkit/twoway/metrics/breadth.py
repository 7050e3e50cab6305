"""How widely the attention of an account is spread (C12)."""

from __future__ import annotations

from typing import Any

from ..inference.breadth import effective_interval, network_interval, new_rate_interval, per_hundred_interval
from ..inference.rarefaction import rarefied_interval
from .kinds import Ratio, Rows
from .registry import metric

_REACH: dict[str, Any] = {
    "table": "addressed",
    "catalog": "C12",
    "direction": "+",
    "references": ("Burt92", "Jost06", "Hurlbert71"),
    "min_n": 50,
}
_EACH = "whom two organizations addressed counts once for each"


@metric(
    **_REACH,
    unit="persons per 100 posts",
    span=(0.0, float("inf")),
    formula=r"100 \cdot \frac{|\{x : a \to x\}|}{|\{p : p\ \text{directed}\}|}",
    undefined="the account addressed nobody",
    misleads=f"falls with volume: compare at equal numbers of posts; {_EACH}",
)
def persons_per_100_directed() -> Rows:
    """Distinct persons addressed per hundred directed posts."""
    return Rows(("person", "w"), lambda rows, d: per_hundred_interval(**_of(rows, "person", "w"), level=d.level), n="w")


def _of(rows: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: rows[name] for name in (*names, "cluster")}


@metric(
    **_REACH,
    unit="persons",
    span=(1.0, float("inf")),
    formula=r"\exp\Bigl(-\sum_x q_x \ln q_x\Bigr)",
    undefined="the account addressed nobody",
    misleads=f"grows with volume: compare at equal numbers of posts; {_EACH}",
)
def effective_persons() -> Rows:
    """Effective number of persons the account's replies and mentions are spread over."""
    return Rows(("person", "n"), lambda rows, d: effective_interval(**_of(rows, "person", "n"), level=d.level), n="n")


@metric(
    **_REACH,
    unit="persons per week",
    span=(0.0, float("inf")),
    formula=r"\frac{|\{x : \text{first}\ a \to x\ \text{in the window}\}|}{\text{weeks}}",
    undefined="the account addressed nobody",
    misleads="whom it addressed in posts that are not in the collection counts as new: the first weeks have more",
)
def new_tie_rate() -> Rows:
    """Persons addressed for the first time ever, per week of the window, or of the month within it."""
    return Rows(
        ("person", "is_new", "weeks"),
        lambda rows, d: new_rate_interval(**_of(rows, "person", "is_new", "weeks"), level=d.level),
        n="is_new",
    )


@metric(
    **_REACH,
    unit="persons in 50 posts",
    span=(1.0, 50.0),
    formula=r"\sum_x \left[1 - \frac{\binom{N - n_x}{50}}{\binom{N}{50}}\right]",
    undefined="the account addressed persons in fewer than 50 posts (Definitions.rarefy_n)",
    misleads="says nothing of how many persons there are in all; days of crisis bring the same persons back",
)
def persons_rarefied() -> Rows:
    """Distinct persons to be expected among 50 of the account's posts to persons, drawn at random."""
    return Rows(
        ("person", "n"),
        lambda rows, d: rarefied_interval(**_of(rows, "person", "n"), size=d.rarefy_n, level=d.level),
        n="n",
    )


@metric(
    **_REACH,
    unit="persons",
    span=(0.0, float("inf")),
    formula=r"n - \frac{2t}{n}",
    undefined="the account addressed nobody",
    misleads="ties among persons outside the collection are unseen, so it is an upper limit; of several organizations"
    " it is the sum",
)
def effective_size() -> Rows:
    """Burt's effective size of the account's network: persons addressed, less their redundancy."""
    columns = ("person", "ties", "n_alters", "n_ties")
    home = (*columns, "is_first")
    return Rows(home, lambda rows, d: network_interval(**_of(rows, *columns), level=d.level), n="is_first")


@metric(
    **{**_REACH, "table": "insiders"},
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
