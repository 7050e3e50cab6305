"""What the collection could hide beyond single turns: answered threads only, or a share of all replies only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .kinds import Ratio
from .registry import Metric

__all__ = ["Unseen", "least_kept", "unlinked_replies", "widened"]


def least_kept(definitions: Any) -> float:
    """Give the least share of replies that the collection may hold.

    Where it was estimated, by collecting a sample again, that is the lower limit of its Jeffreys interval.

    Examples
    --------
    >>> from twoway.definitions import Definitions
    >>> least_kept(Definitions(kept_share=0.5)), round(least_kept(Definitions(kept_share=0.5, kept_n=100)), 3)
    (0.5, 0.403)
    """
    share, n = definitions.kept_share, definitions.kept_n
    if not n:
        return float(share)
    from scipy.special import betaincinv  # slow to import

    return float(betaincinv(share * n + 0.5, (1 - share) * n + 0.5, (1 - definitions.level) / 2))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Say what a collection does not hold about one unit.

    Parameters
    ----------
    is_selected
        Whether the collection seems to be chosen by its answers.
    has_links
        Whether it has reply links.
    n_unlinked
        Replies of the unit to posts that were not collected.
    n
        Cases behind the value.
    """

    is_selected: bool = False
    has_links: bool = True
    n_unlinked: int = 0
    n: float = 0.0


def unlinked_replies(talk: Any, by: Any) -> dict[int, int]:
    """Count each unit's public replies to posts that were not collected: answers whose question is missing."""
    focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_ix", "org_ix")
    lost = talk.links.posts.filter(nw.col("is_orphan") & ~nw.col("is_context") & ~nw.col("is_private"))
    lost = by.put(lost.select("account_ix", at_s="created_s").join(focal, on="account_ix", how="inner"))
    rows = talk.engine.collect(lost.group_by("unit").agg(nw.len().alias("n"))).to_pylist()
    return {int(row["unit"]): int(row["n"]) for row in rows}


def widened(metric: Metric, bounds: tuple[float, float], definitions: Any, unseen: Unseen) -> tuple[float, float]:
    """Widen the bounds of a value by what is known of the whole collection.

    Where the collection was chosen by its answers, any number of unanswered turns may be missing: a rate of answering
    may then be as low as 0, a wait as long as can be. Replies to posts that were not collected answered turns that are
    missing: a rate k / n is at most (k + o) / (n + o). Without reply links, answers that name nobody are unseen, and
    there may be any number. Where only a share of all replies was kept, rates may be higher by as much: k of n answers
    seen, of which a share s was kept, are at most k / (n s).

    Parameters
    ----------
    bounds
        Least and greatest value, NaN where none are given.
    unseen
        What the collection does not hold.

    Returns
    -------
    tuple
        Least and greatest value.
    """
    low, high = bounds
    if np.isnan(low) and np.isnan(high):
        return bounds
    kept, top = least_kept(definitions), metric.span_under(definitions)[1]
    falls, rises = "diluted" in metric.traits, "delayed" in metric.traits
    seen = unseen.n / (unseen.n + unseen.n_unlinked) if unseen.n_unlinked else 1.0
    # Curves of waiting take such answers in themselves.
    if "response" in metric.traits and isinstance(metric.declare(), Ratio):
        low, high = (low * seen if rises else low), (1 - (1 - high) * seen if falls else high)
    if not unseen.has_links and "response" in metric.traits:
        low, high = (0.0 if rises else low), (top if falls else high)
    if kept < 1 and (falls or "thinned" in metric.traits):
        high = min(top, high / kept)
    if kept < 1 and rises:
        low = max(0.0, 1 - (1 - low) / kept) if top <= 1 else 0.0
    if unseen.is_selected and falls:
        low = 0.0
    if unseen.is_selected and rises:
        high = top
    return low, high
