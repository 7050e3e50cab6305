"""Refuse comparisons whose outcome is built in: groups made from what is compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import TwowayError
from ..metrics.registry import Composite, Distribution, Posterior, Ratio, Smooth, all_metrics, get_metric

__all__ = ["ingredients", "refuse_label", "refuse_threshold"]

#: What strategy labels are made of: which posts reply to a person or name one, and which of these send them elsewhere.
STRATEGY = frozenset({"replies", "deflections"})

_WORDS = {
    "replies": "which of its posts speak to a person, the answers among them",
    "deflections": "which of its replies send a person elsewhere",
    "kinds": "what kinds of posts it writes",
}

#: Parts of the catalogue that count answers or other posts to persons, whatever table they read.
_ANSWERS = frozenset({"A3", "B1", "B2", "B4", "B5", "C1", "C2", "C3"})
_DIRECTED = ("undirected", "not_reply", "interactive", "order_capped", "legacy_original", "legacy_reply")
_IGNORED = ("is_ignored_twice",)
_DIRECTED_KINDS = ("kind_original", "kind_mention", "kind_reply", "kind_quote")

#: Fewest units, in all, from which groups without overlap look like a cut through the metric itself.
ENOUGH_UNITS = 6


def ingredients(name: str) -> frozenset[str]:
    """Say what a metric is made of, so that two metrics made of the same can be told.

    Examples
    --------
    >>> sorted(ingredients("deflection_rate")), ingredients("response_rate") == ingredients("latency_median")
    (['deflections'], True)
    >>> ingredients("response_rate") & ingredients("hashtag_share")
    frozenset()
    """
    metric = get_metric(name)
    spec = metric.declare()
    if isinstance(spec, Composite):
        return frozenset().union(*(ingredients(part) for part in spec.parts))
    if isinstance(spec, Posterior):
        return STRATEGY
    columns: tuple[str, ...] = ()
    if isinstance(spec, Ratio):
        columns = (spec.num,)
    elif isinstance(spec, Smooth):
        columns = tuple(column for column in spec.columns if column != spec.count) or spec.columns
    elif isinstance(spec, Distribution):
        columns = (spec.column,)
    found = {"replies"} if metric.catalog in _ANSWERS else set()
    # Where deflections lead says nothing of how many there are.
    found |= {"deflections"} if metric.catalog == "B4" or name.startswith("deflection") else set()
    for column in columns:
        found |= {"kinds"} if column.startswith("kind_") else set()
        found |= {"replies"} if metric.table == "posted" and column in (*_DIRECTED, *_DIRECTED_KINDS) else set()
        found |= {"replies"} if column in _IGNORED else set()
    # What no group of metrics shares is known by its table and columns alone.
    return frozenset(found or {f"{metric.table}.{column}" for column in columns} or {f"{metric.table}."})


def refuse_label(name: str, label: str) -> None:
    """Refuse to compare a metric between strategies, or groups named after a metric, made of the same.

    Raises
    ------
    TwowayError
        If the labels and the metric count the same posts.
    """
    if label != "strategy" and label not in all_metrics():
        return
    made = STRATEGY if label == "strategy" else ingredients(label)
    common = sorted(made & ingredients(name))
    if label != name and not common:
        return
    words = " and ".join(_WORDS[part] for part in common if part in _WORDS) or "the same columns"
    groups = "strategies" if label == "strategy" else f"groups made from {label}"
    msg = (
        f"{name} cannot be compared between {groups}: the labels count {words}, and {name} counts the same, so groups"
        " that differ by luck alone would seem to differ in earnest. It was given to compare. Take labels from outside"
        " (a role, a coder who has not seen the numbers), or split time: label by the first half of the weeks, compare"
        " in the second. circular_ok=True compares all the same."
    )
    raise TwowayError(msg)


def refuse_threshold(name: str, values: pd.Series, members: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse groups that cut the metric's own values without any overlap, as a threshold on them would.

    Groups of one unit can hardly overlap with others, so only groups of two or more are looked at.

    Parameters
    ----------
    name
        Of the metric.
    values
        Its value for each organization or account.
    members
        Group to the organizations or accounts in it.

    Raises
    ------
    TwowayError
        If there are at least six units and no two groups overlap.
    """
    known = {group: values.reindex(list(units)).dropna().to_numpy() for group, units in members.items()}
    several = sorted((found for found in known.values() if len(found) > 1), key=lambda found: float(np.min(found)))
    n_units = sum(len(found) for found in several)
    is_apart = all(np.max(low) < np.min(high) for low, high in zip(several, several[1:], strict=False))
    if len(several) < 2 or n_units < ENOUGH_UNITS or not is_apart:
        return
    msg = (
        f"The groups look like a cut through {name} itself: each unit of one group lies above each unit of the other,"
        f" for all {n_units} units. They were given to compare. If the groups were made by looking at {name}, their"
        " difference proves nothing: make them from something else, or from other weeks. If they come from outside"
        " and really lie so far apart, say circular_ok=True."
    )
    raise TwowayError(msg)
