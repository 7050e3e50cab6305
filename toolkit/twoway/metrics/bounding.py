"""What the collection could hide beyond single turns: answered threads only, or a share of all replies only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .registry import Metric

__all__ = ["least_kept", "widened"]


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


def widened(metric: Metric, bounds: tuple[float, float], definitions: Any, *, is_selected: bool) -> tuple[float, float]:
    """Widen the bounds of a value by what is known of the whole collection.

    Where the collection was chosen by its answers, any number of unanswered turns may be missing: a rate of answering
    may then be as low as 0, a wait as long as can be. Where only a share of all replies was kept, rates may be higher
    by as much: k of n answers seen, of which a share s was kept, are at most k / (n s).

    Parameters
    ----------
    bounds
        Least and greatest value, NaN where none are given.
    is_selected
        Whether the collection seems to be chosen by its answers.

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
    if kept < 1 and (falls or "thinned" in metric.traits):
        high = min(top, high / kept)
    if kept < 1 and rises:
        low = max(0.0, 1 - (1 - low) / kept) if top <= 1 else 0.0
    if is_selected and falls:
        low = 0.0
    if is_selected and rises:
        high = top
    return low, high
