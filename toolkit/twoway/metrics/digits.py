"""Digits that carry no meaning: what sums of fractions leave over depends on the order they were added in."""

from __future__ import annotations

import pandas as pd

from .registry import get_metric

__all__ = ["settled", "without_noise"]

_NUMBERS = ["value", "low", "high", "lower_bound", "upper_bound", "bot_shift"]
#: Constructs that add up fractions: scores of texts, shares of markers, chances.
_ADDED = ("D", "B16")


def settled(number: float) -> float:
    """Round a sum of fractions to the eleven digits that two runs have in common.

    Examples
    --------
    >>> settled(0.1 + 0.2)
    0.3
    """
    return float(f"{number:.11g}")


def without_noise(table: pd.DataFrame) -> pd.DataFrame:
    """Round the numbers of metrics that add up fractions to eleven digits, so that two runs say the same."""
    added = {name for name in table["metric"].unique() if get_metric(name).catalog.startswith(_ADDED)}
    if not added:
        return table
    rows = table["metric"].isin(added)
    for name in _NUMBERS:
        table.loc[rows, name] = [settled(number) for number in table.loc[rows, name]]
    return table
