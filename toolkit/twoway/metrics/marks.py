"""Small expressions that every prepared table uses, and what several tables of one grouping share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw

__all__ = ["DAY", "WEEK", "entropy", "flag", "kept", "once"]

DAY, WEEK = 86_400, 604_800


def flag(rule: nw.Expr) -> nw.Expr:
    """Turn a condition into 1 and 0, unknown into 0."""
    return nw.when(rule).then(1).otherwise(0)


def entropy(a: str, b: str) -> nw.Expr:
    """Give the entropy in bits of a split into two parts; 0 where one part has all."""
    both = (nw.col(a) > 0) & (nw.col(b) > 0)
    x = nw.when(both).then(nw.col(a)).otherwise(1).cast(nw.Float64)
    y = nw.when(both).then(nw.col(b)).otherwise(1).cast(nw.Float64)
    p, q = x / (x + y), y / (x + y)
    return nw.when(both).then(-(p * p.log(2) + q * q.log(2))).otherwise(0.0)


def once(by: Any, name: str, make: Callable[[], Any]) -> Any:
    """Make what several tables of one grouping share when first asked for; it goes with the grouping.

    Parameters
    ----------
    by
        The grouping: one call of `measure` has one.
    name
        What is made.
    make
        Makes it.
    """
    kept = vars(by).setdefault("_kept", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]


def kept(by: Any, name: str, make: Callable[[], Any]) -> Any:
    """Give what was made `once` for a grouping, or else make it and keep it for nobody."""
    known = vars(by).get("_kept", {})
    return known[name] if name in known else make()
