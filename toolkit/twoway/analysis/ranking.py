"""Rank units by a metric, with all the places that each can have."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, TwowayError
from ..inference.ebayes import FLAGS as SHRINK_FLAGS
from ..inference.ebayes import Shrunken, shrink_normal, shrink_shares
from ..inference.maxima import max_t_quantile
from ..inference.ranks import RankSets, distances, rank_sets
from ..inference.results import check_level
from ..inference.trials import implied_trials
from ..metrics.flags import FLAG_MEANINGS
from ..metrics.measure import measure
from ..metrics.registry import Metric, get_metric
from ..metrics.scorecard import Scorecard
from .ranking_result import Ranking
from .ranking_values import (
    back_from,
    is_quantile,
    reason_of,
    scale_for,
    to_scale,
    too_few_for_quantiles,
    with_open_ends,
)

__all__ = ["FLAGS", "rank"]

#: Flags of values that concern all units alike, and so the whole ranking.
OF_CORPUS = ("reply_selected", "orphan_share", "no_reply_ids")

FLAGS = {
    **SHRINK_FLAGS,
    **{name: FLAG_MEANINGS[name] for name in OF_CORPUS},
    "no_better_end": "the metric says what a unit is like, not how good: the order is by size only",
    "stretched_limits": "limits of medians were stretched in proportion, because the card came without its talk",
}


def rank(
    card_or_talk: Any,
    metric: str,
    by: str = "organization",
    *,
    method: str = "max_t",
    shrink: bool = True,
    level: float | None = None,
    min_n: int | None = None,
) -> Ranking:
    """Rank units by a metric: each gets the set of places it can have, all sets right at once.

    Two units are told apart only when their difference passes its own uncertainty at a confidence that holds for all
    pairs at once. Each unit's uncertainty is that of its own interval, on a scale where intervals are about even, with
    Student's t for as many clusters as it has; medians and other quantiles, whose limits do not stretch in proportion,
    are measured anew at that confidence. Units are taken to be independent; persons who address several of them make
    the sets a little wider than they need be.

    A median that was never reached (`latency_median` of a unit that answers fewer than half) is worse than anything
    observed of that unit: it is told apart from another unit only where their limits do not overlap. Waits and other
    positive values are compared as ratios.

    Parameters
    ----------
    card_or_talk
        From `measure` (its own level is used), or from `annotate`.
    metric
        Name of the metric.
    by
        Level, as in `measure`, if a talk is given.
    method
        `"max_t"`: the largest of all standardized differences decides how far apart two units must be; `"holm"`: Holm's
        steps over all pairs.
    shrink
        Also draw values towards what such units are like: shares by the beta-binomial model, where each unit counts
        with the number of independent trials that its interval is worth, not with its turns, because turns of one
        person hang together; other values by the normal model. Shrinking changes no set.
    level
        Confidence that all true places lie in their sets. Default: that of the definitions.
    min_n
        Units with fewer observations are left out and listed last.

    Returns
    -------
    Ranking
        The best first, as the metric's direction has it.

    Raises
    ------
    TwowayError
        If it is given neither a card nor a talk.
    UnknownName
        If the metric, level or method does not exist, or the card lacks the metric.
    NotEnoughEvidence
        If no unit has a value with limits.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> found = rank(talk, "response_rate")
    >>> found.table["rank"].tolist()[:3], len(found.behind())
    (['1–4', '1–5', '1–5'], 4)
    """
    declared = get_metric(metric)
    card = _card(card_or_talk, metric, by)
    base = check_level(card.definitions.level if card.definitions is not None else 0.95)
    confidence = base if level is None else check_level(level)
    rows = _rows(card, metric)
    is_listed = rows["n"] >= (min_n or 0)
    kept = rows[is_listed]
    found, flags = _placed(card, declared, kept, base, confidence, method)
    drawn = _shrunken(kept, declared, base) if shrink else None
    table = _table(rows, kept, found, drawn, declared, min_n)
    flags += (("no_better_end",) if declared.direction == "0" else ()) + (drawn.flags if drawn is not None else ())
    raised = set(",".join(kept["flags"]).split(","))
    flags += tuple(flag for flag in OF_CORPUS if flag in raised)
    return Ranking(
        table, metric, card.by, declared.direction, method, confidence, found.critical, found,
        tuple(kept["unit_id"].astype(str)), flags,
    )  # fmt: skip


def _card(given: Any, metric: str, by: str) -> Scorecard:
    if isinstance(given, Scorecard):
        return given.select(metric)
    if hasattr(given, "definitions") and hasattr(given, "corpus"):
        return measure(given, metric, by=by)
    msg = (
        f"A {type(given).__name__} cannot be ranked. It was given to rank. Give what tw.measure or tw.annotate returns."
    )
    raise TwowayError(msg)


def _rows(card: Scorecard, metric: str) -> pd.DataFrame:
    rows = card.table[card.table["metric"] == metric]
    rows = rows.assign(flags=rows["flags"].fillna("").astype(str))
    return with_open_ends(rows.reset_index(drop=True))


def _placed(
    card: Scorecard, metric: Metric, kept: pd.DataFrame, base: float, confidence: float, method: str
) -> tuple[RankSets, tuple[str, ...]]:
    """Find the sets, from the card's limits or, for medians, from limits measured anew at the simultaneous level."""
    if not len(kept):
        msg = f"No unit has enough observations of {metric.name}. They were given to rank. Lower min_n."
        raise NotEnoughEvidence(msg)
    scale = scale_for(metric, kept)
    best = "low" if metric.direction == "-" else "high"
    value, low, high = (to_scale(kept[c], metric) for c in ("value", "low", "high"))
    options: dict[str, Any] = {"scale": scale, "best": best, "method": method, "level": confidence}
    if not is_quantile(metric) or card.talk is None:
        df = np.maximum(kept["n_clusters"].to_numpy(dtype=float) - 1, 1)
        flags = ("stretched_limits",) if is_quantile(metric) else ()
        return rank_sets(value, low=low, high=high, limits_level=base, df=df, **options), flags
    wide = _wide_level(value, low, high, scale, base, confidence, method)
    rows = _measured_at(card, metric, kept, wide)
    low, high = (to_scale(rows[c], metric) for c in ("low", "high"))
    return rank_sets(value, low=low, high=high, limits_level=wide, **options), ()


def _wide_level(value: Any, low: Any, high: Any, scale: str, base: float, confidence: float, method: str) -> float:
    """Find the confidence of a single interval that all pairs at once ask for."""
    n = len(value)
    if n < 2:
        return confidence
    down, up = distances(value, low, high, level=base, scale=scale)
    is_known = np.isfinite(np.asarray(value)) & (np.isfinite(down) | np.isfinite(up))
    if method == "holm" or is_known.sum() < 2:
        return 1 - 2 * (1 - confidence) / (n * (n - 1))
    critical = max_t_quantile(down[is_known], up[is_known], confidence)
    return 1 - math.erfc(critical / math.sqrt(2))


def _measured_at(card: Scorecard, metric: Metric, kept: pd.DataFrame, level: float) -> pd.DataFrame:
    talk = copy.copy(card.talk)
    talk.definitions = talk.definitions.replace(level=level)
    anew = _rows(measure(talk, metric.name, by=card.by, interval="closed"), metric.name)
    anew = anew.set_index("unit_id").loc[kept["unit_id"]].reset_index()
    return too_few_for_quantiles(anew, level)


def _shrunken(kept: pd.DataFrame, metric: Metric, level: float) -> Shrunken | None:
    value, low, high = (kept[c].to_numpy(dtype=float) for c in ("value", "low", "high"))
    try:
        if metric.unit == "share" and metric.span == (0.0, 1.0):
            n = kept["n"].to_numpy(dtype=float)
            worth = np.minimum(np.nan_to_num(implied_trials(value, low, high, level)), n)
            return shrink_shares(np.nan_to_num(value) * worth, worth, level=level)
        scale = scale_for(metric, kept)
        down, up = distances(*(to_scale(x, metric) for x in (value, low, high)), level=level, scale=scale)
        drawn = shrink_normal(to_scale(value, metric, scale), (down + up) / 2, level=level)
    except NotEnoughEvidence:
        return None
    value, low, high = (back_from(x, metric, scale) for x in (drawn.value, drawn.low, drawn.high))
    return replace(drawn, value=value, low=low, high=high)


def _table(
    rows: pd.DataFrame, kept: pd.DataFrame, found: RankSets, drawn: Shrunken | None, metric: Metric, min_n: int | None
) -> pd.DataFrame:
    out = rows[["unit_id", "value", "low", "high", "n", "n_clusters", "lower_bound", "upper_bound", "flags"]].copy()
    at = kept.index
    for name, side in (("shrunken", "value"), ("shrunken_low", "low"), ("shrunken_high", "high")):
        out[name] = np.nan
        if drawn is not None:
            out.loc[at, name] = np.where(drawn.used & found.is_ranked, getattr(drawn, side), np.nan)
    for name, place in (("rank_low", found.low), ("rank_high", found.high)):
        out[name] = pd.Series(place, index=at)[found.is_ranked].reindex(out.index).astype("Int64")
    pairs = zip(out["rank_low"], out["rank_high"], strict=True)
    out["rank"] = ["" if pd.isna(a) else f"{a}" if a == b else f"{a}–{b}" for a, b in pairs]
    reasons = [reason_of(row, metric, min_n) for row in rows.itertuples()]
    out["reason"] = np.where(out["rank_low"].isna(), reasons, "")
    best_first = (1 if metric.direction == "-" else -1) * out["shrunken"].fillna(out["value"])
    out = out.assign(_by=best_first, _middle=out["rank_low"] + out["rank_high"])
    out = out.sort_values(["_middle", "_by", "unit_id"], na_position="last")
    columns = ["unit_id", "value", "low", "high", "lower_bound", "upper_bound", "n", "n_clusters"]
    columns += ["shrunken", "shrunken_low", "shrunken_high"]
    return out[[*columns, "rank", "rank_low", "rank_high", "flags", "reason"]].reset_index(drop=True)
