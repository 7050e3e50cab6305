"""Small expressions that every prepared table uses."""

from __future__ import annotations

import narwhals.stable.v2 as nw

__all__ = ["DAY", "WEEK", "flag"]

DAY, WEEK = 86_400, 604_800


def flag(rule: nw.Expr) -> nw.Expr:
    """Turn a condition into 1 and 0, unknown into 0."""
    return nw.when(rule).then(1).otherwise(0)
