"""Shares of each group, such as an organization, corrected by labels of its own where it has enough of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from .corrected import CodedPosts, check_method, coded_posts, correct, correct_by_rates
from .powered import Labels, Pool, powered, rates_of
from .prevalence import Prevalence
from .shown import Shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_LABELED", "Prevalences", "corrected_by_group"]

MIN_LABELED = 30


@dataclass(frozen=True, slots=True)
class Prevalences(Shown):
    """Hold the corrected share of each group.

    Parameters
    ----------
    groups
        Names, sorted.
    rows
        The share of each.

    Examples
    --------
    >>> one = Prevalence(0.3, 0.28, 0.2, 0.4, method="ppi++", n_labeled=40, n=200)
    >>> both = Prevalences(("a", "b"), (one, replace(one, flags=("pooled_errors",))))
    >>> print(both)
    Shares of 2 groups: 1 corrected by labels of their own, 1 by the error rates of all groups, 0 undefined.
    >>> both["b"].flags
    ('pooled_errors',)
    """

    groups: tuple[Hashable, ...]
    rows: tuple[Prevalence, ...]

    def __len__(self) -> int:
        """Count the groups."""
        return len(self.rows)

    def __getitem__(self, group: Hashable) -> Prevalence:
        """Take out the share of one group."""
        if group not in self.groups:
            raise unknown_name(group, map(str, self.groups), "group")
        return self.rows[self.groups.index(group)]

    def to_frame(self) -> pd.DataFrame:
        """Return a new table, one row a group."""
        import pandas as pd

        table = pd.concat([row.to_frame() for row in self.rows], ignore_index=True)
        table.insert(0, "group", list(self.groups))
        return table

    def __str__(self) -> str:
        """Write one sentence."""
        undefined = sum(np.isnan(row.corrected) for row in self.rows)
        pooled = sum("pooled_errors" in row.flags and not np.isnan(row.corrected) for row in self.rows)
        own = len(self) - undefined - pooled
        return (
            f"Shares of {len(self)} groups: {own} corrected by labels of their own, {pooled} by the error rates of all"
            f" groups, {undefined} undefined."
        )


def corrected_by_group(
    predicted: ArrayLike,
    truth: ArrayLike,
    groups: ArrayLike,
    *,
    method: str = "ppi++",
    min_labeled: int = MIN_LABELED,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    limits: str = "score",
    level: float = 0.95,
) -> Prevalences:
    """Give the share of each group, such as an organization, corrected by its own labels where it has enough.

    Error rates differ by group: rules written on one brand's replies miss another's. A group with fewer labels than
    `min_labeled`, or (Rogan and Gladen) with none that has or none that lacks the label, is corrected with the error
    rates of all groups by Rogan and Gladen and flagged ``pooled_errors``: its limits do not know that rates differ.
    What people coded there stands as they coded it, and only the rest of its posts is corrected; the limits of the two
    parts are joined (MOVER).

    Parameters
    ----------
    predicted, truth, weights, clusters, method, limits, level
        As in `corrected_prevalence`.
    groups
        (n,): group of each post.
    min_labeled
        Labeled posts a group needs to be corrected by its own.

    Returns
    -------
    Prevalences
        NaN with flag ``no_better_than_chance`` or ``undefined`` where rates of errors do not allow a correction.

    Raises
    ------
    NotEnoughEvidence
        If no post is labeled.
    UnknownName
        If the method or the way to find limits does not exist.
    TwowayError
        As in `corrected_prevalence`; also for probabilities, which have no error rates to pool.

    Examples
    --------
    >>> rules, people = [1, 0] * 40, [1, 0] * 20 + [float("nan")] * 40
    >>> found = corrected_by_group(rules, people, ["large"] * 72 + ["small"] * 8)
    >>> found.to_frame()[["group", "corrected", "method", "n_labeled"]].values.tolist()
    [['large', 0.5, 'ppi++', 40], ['small', 0.5, 'rogan_gladen', 0]]
    """
    check_method(method)
    posts = coded_posts(predicted, truth, weights, clusters)
    if not np.isin(posts.predicted, (0, 1)).all():
        msg = "Some codes of the rules are neither 0 nor 1. They were given to corrected_by_group. Round them first."
        raise TwowayError(msg)
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    if index.shape != posts.truth.shape:
        msg = f"{index.size} groups do not fit {len(posts.truth)} posts. "
        msg += "They were given to corrected_by_group. Pass the group of each post."
        raise TwowayError(msg)
    rows = tuple(_group(posts, index == i, method, min_labeled, limits, level) for i in range(len(names)))
    return Prevalences(tuple(names.tolist()), rows)


def _group(posts: CodedPosts, use: NDArray[np.bool_], method: str, least: int, limits: str, level: float) -> Prevalence:
    own = posts.part(use)
    n_labeled = int((~np.isnan(own.truth)).sum())
    is_own = n_labeled >= max(least, 1)
    if is_own and method == "rogan_gladen":
        is_own = not np.isnan(rates_of(own.labels)).any()
    try:
        found = correct(own, method, limits, level) if is_own else _pooled(own, posts.labels, limits, level)
    except NotEnoughEvidence:
        flags = ("no_better_than_chance",) if is_own else ("no_better_than_chance", "pooled_errors")
        raw = float(own.predicted.mean())
        found = Prevalence(raw, np.nan, np.nan, np.nan, method="rogan_gladen", flags=flags, level=level)
    return replace(found, n_labeled=n_labeled, n=len(own.predicted))


def _pooled(own: CodedPosts, labels: Labels, limits: str, level: float) -> Prevalence:
    known = ~np.isnan(own.truth)
    if known.all():
        return _as_coded(own, limits, level)
    rest = correct_by_rates(own.part(~known), labels, limits, level)
    rest = replace(rest, flags=(*rest.flags, "pooled_errors"))
    if not known.any():
        return rest
    return replace(_joined(_as_coded(own.part(known), limits, level), rest, known), raw=float(own.predicted.mean()))


def _as_coded(posts: CodedPosts, limits: str, level: float) -> Prevalence:
    """Take posts as people coded them: the share among all of them, so that chances of being drawn do not matter."""
    labels = Labels(posts.truth, posts.predicted, np.ones(len(posts.truth)), posts.cluster)
    pool = Pool(posts.predicted, posts.cluster, is_all=True)
    return powered(labels, pool, lam=0, is_clustered=posts.is_clustered, limits=limits, level=level)


def _joined(coded: Prevalence, rest: Prevalence, known: NDArray[np.bool_]) -> Prevalence:
    """Join the share of the posts that people coded with that of the rest."""
    parts = np.array([known.mean(), 1 - known.mean()])
    share, low, high, se = (
        np.array([getattr(one, name) for one in (coded, rest)]) for name in ("corrected", "low", "high", "se")
    )
    value = float(parts @ share)
    below, above = (float(np.hypot(*(parts * distance))) for distance in (share - low, high - share))
    return replace(
        rest,
        corrected=value,
        low=max(value - below, 0.0),
        high=min(value + above, 1.0),
        se=float(np.hypot(*(parts * se))),
    )
