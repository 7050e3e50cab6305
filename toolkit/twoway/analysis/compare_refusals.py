"""Hold the groups of a comparison against all that they could have been made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..metrics.measure import measure
from .compare_circular import (
    akin,
    copied_share,
    is_known_fact,
    is_same_division,
    refuse_copy,
    refuse_cut,
    refuse_label,
)
from .compare_groups import Groups, strategy_labels

__all__ = ["refuse_circular"]


def refuse_circular(found: Groups, metrics: Iterable[str]) -> None:
    """Refuse groups that seem to be made from the metrics themselves.

    Raises
    ------
    TwowayError
        If their name says so, they are the strategies, or they lie in order of a metric.
    """
    if not found.members:
        return
    for name in metrics:
        refuse_label(name, found.label)
    if found.label == "strategy":
        return
    talk = found.talk.talk
    focal = talk.engine.collect(talk.corpus.account_frame.filter(nw.col("is_focal"))).to_pandas()
    group_of = pd.Series({unit: group for group, units in found.members.items() for unit in units})
    if is_known_fact(group_of, found.base, focal):
        return
    strategies = list(_strategies(talk, found.base, focal))
    share = max(copied_share(group_of, labels) for labels in strategies)
    for name in metrics if share else ():
        refuse_copy(name, share)
    if any(is_same_division(group_of, labels) for labels in strategies):
        return
    related = {name: akin(name) for name in metrics}
    units = measure(talk, list(dict.fromkeys(chain(*related.values()))), by=found.base).wide()
    for name in metrics:
        refuse_cut(name, units[related[name]], group_of)


def _strategies(talk: Any, base: str, focal: pd.DataFrame) -> Iterator[pd.Series]:
    """Give the labels of what was grouped; of accounts, also those of their organizations."""
    yield strategy_labels(talk, base)
    if base == "account":
        yield focal.set_index("account_id")["organization"].map(strategy_labels(talk))
