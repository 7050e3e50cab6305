"""Refuse comparisons whose outcome is built in: groups made from what is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import TwowayError
from ..metrics.registry import Composite, Distribution, Posterior, Ratio, Smooth, all_metrics, get_metric
from .compare_cuts import ENOUGH_UNITS, chance_of_agreement, is_cut

__all__ = [
    "akin",
    "copied_share",
    "ingredients",
    "is_known_fact",
    "is_same_division",
    "refuse_copy",
    "refuse_cut",
    "refuse_label",
]

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

#: How rarely chance must give groups as well ordered by the metric itself, and by another made of the same, of which
#: there are many; and how rarely groups in perfect order.
BY_ITSELF, BY_AKIN, PERFECT = 0.01, 0.0005, 0.2

#: From so many organizations on, having an account with some word, such as a role, is a fact to group by.
ENOUGH_FOR_KINDS = 8

#: A column of the accounts with more different words than this is no fact to group by.
MOST_WORDS = 20

#: Groups that agree with the labels of strategies in so many units are copies of them.
COPIED = 0.9


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


def akin(name: str) -> list[str]:
    """List a metric and all that are made of the same.

    Examples
    --------
    >>> akin("url_share"), "latency_median" in akin("response_rate")
    (['url_share'], True)
    """
    made = ingredients(name)
    return [name, *(other for other in all_metrics() if other != name and made & ingredients(other))]


def refuse_label(name: str, label: str) -> None:
    """Refuse to compare a metric between strategies, or groups named after a metric, made of the same.

    Raises
    ------
    TwowayError
        If the labels and the metric count the same posts.
    """
    source = "strategy" if label == "strategy" else _metric_in(label)
    if source is None:
        return
    common = (STRATEGY if source == "strategy" else ingredients(source)) & ingredients(name)
    if source == name or common:
        _refuse(name, "strategies" if source == "strategy" else f"groups made from {source}", common)


def _metric_in(label: str) -> str | None:
    """Find the metric that a name such as `response_rate_bin` or `high response rate` speaks of, the longest."""
    words = f"_{re.sub(r'[^a-z0-9]+', '_', label.lower())}_"
    return max((name for name in all_metrics() if f"_{name}_" in words), key=len, default=None)


def is_same_division(group_of: pd.Series, strategies: pd.Series) -> bool:
    """Say whether groups are the strategies, all of them and no others, under whatever names; of few units, never."""
    label_of = strategies.reindex(group_of.index)
    is_told = len(label_of) >= ENOUGH_UNITS and bool(label_of.notna().all())
    return is_told and _follows(group_of, label_of) and _follows(label_of, group_of)


def copied_share(group_of: pd.Series, strategies: pd.Series) -> float:
    """Give the share of units whose group follows from the label of their strategy, where that is no chance; else 0.

    Parameters
    ----------
    group_of, strategies
        Group, and label of the strategy, by organization or account.
    """
    label_of = strategies.reindex(group_of.index).dropna()
    if len(label_of) < ENOUGH_UNITS:
        return 0.0
    share, chance = chance_of_agreement(group_of[label_of.index].to_numpy(str), label_of.to_numpy(str))
    return share if share >= COPIED and chance <= (PERFECT if share == 1 else BY_ITSELF) else 0.0


def refuse_copy(name: str, share: float) -> None:
    """Refuse groups that are the strategy labels under other names, wherever they come from.

    Raises
    ------
    TwowayError
        If the metric counts what the labels count.
    """
    common = STRATEGY & ingredients(name)
    if common:
        _refuse(name, f"groups that are strategies by another name ({share:.0%} of the units agree)", common)


def _refuse(name: str, groups: str, common: Iterable[str]) -> None:
    words = " and ".join(_WORDS[part] for part in sorted(common) if part in _WORDS) or "the same columns"
    msg = (
        f"{name} cannot be compared between {groups}: the labels count {words}, and {name} counts the same, so groups"
        " that differ by luck alone would seem to differ in earnest. It was given to compare. Take labels from outside"
        " (a role, a coder who has not seen the numbers), or split time: label by the first half of the weeks, compare"
        " in the second. circular_ok=True compares all the same."
    )
    raise TwowayError(msg)


def refuse_cut(name: str, values: pd.DataFrame, group_of: pd.Series) -> None:
    """Refuse groups that lie in order of the metric's own values, or of those of a metric made of the same.

    Units in no group count as one more: the best and the worst few are a cut as well.

    Parameters
    ----------
    name
        Of the metric.
    values
        Organizations or accounts by metrics, the metric and those akin to it.
    group_of
        Group of each organization or account.

    Raises
    ------
    TwowayError
        If chance would hardly give groups so well ordered.
    """
    for source in values.columns:
        known = values[source].dropna()
        group = group_of.reindex(known.index)
        mapped = group.notna()
        below, perfect = (BY_ITSELF, PERFECT) if source == name else (BY_AKIN, BY_AKIN)
        numbers = group.factorize()[0]
        if any(is_cut(known[rows], numbers[rows], below, perfect) for rows in _looks(mapped.to_numpy())):
            _refuse_cut(name, str(source), int(mapped.sum()))


def _looks(mapped: np.ndarray) -> list[np.ndarray]:
    everyone = np.ones_like(mapped)
    return [mapped] if mapped.all() else [mapped, everyone]


def _refuse_cut(name: str, source: str, n_units: int) -> None:
    what = f"{name} itself" if source == name else f"{source}, which is made of the same as {name}"
    msg = (
        f"The groups look like a cut through {what}: by it, all or nearly all of the {n_units} units lie in the order"
        f" of their groups. They were given to compare. If the groups were made by looking at {source}, their"
        " difference proves nothing: make them from something else, or from other weeks. If they come from outside"
        " and really lie so far apart, say circular_ok=True."
    )
    raise TwowayError(msg)


def is_known_fact(group_of: pd.Series, base: str, accounts: pd.DataFrame) -> bool:
    """Say whether groups follow from a column of the accounts table, such as their roles: a fact from outside.

    Parameters
    ----------
    group_of
        Group of each organization or account.
    base
        `"organization"` or `"account"`.
    accounts
        The measured accounts.
    """
    column = "organization" if base == "organization" else "account_id"
    mine = accounts[accounts[column].isin(group_of.index)]
    for name in mine.columns.drop(column):
        if pd.api.types.is_string_dtype(mine[name].dropna()):
            words = mine[name].fillna("").astype(str)
            # Among few organizations, some have an account of some kind by chance just where others have none.
            is_told = base == "organization" and len(group_of) >= ENOUGH_FOR_KINDS
            some = words.unique()[:MOST_WORDS] if is_told else []
            has = [(words == word).groupby(mine[column]).any() for word in some]
            whole = words.groupby(mine[column]).agg(lambda found: "+".join(sorted(set(found))))
            if any(_is_fact(group_of, fact.reindex(group_of.index), name) for fact in [whole, *has]):
                return True
    return False


def _is_fact(group_of: pd.Series, fact: pd.Series, name: str) -> bool:
    """Say whether groups follow from a fact that has too few values for anything else to follow from it as well."""
    is_same = _follows(group_of, fact) and _follows(fact, group_of)
    if name == "organization":
        return is_same
    counts = fact.value_counts()
    # What is true of one unit only names it.
    if len(counts) == 2 and counts.min() == 1:
        return False
    return (is_same and len(counts) <= len(fact) / 2) or (_follows(group_of, fact) and len(counts) <= len(fact) / 4)


def _follows(what: pd.Series, source: pd.Series) -> bool:
    return bool(what.groupby(source).nunique().eq(1).all())
