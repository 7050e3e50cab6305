"""Shares of episodes, corrected for the rules' errors by the episodes whose replies people coded, all of them.

What became of an episode hangs on all that the organization said in it, so one reply coded by people does not tell it.
Long episodes are rarely coded in full; each coded one therefore stands for those with as many replies. Episodes without
a reply are what they are, whatever the rules read: shares of all episodes are corrected among the replied ones, and
multiplied by the share of those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..engine import Frame
from ..errors import NotEnoughEvidence
from ..inference.corrected_groups import MIN_LABELED, corrected_by_group
from ..inference.prevalence import Prevalence
from ..inference.ratios import ratio_interval
from ..interactions.episodes import EPISODE
from .exchanges import reacting
from .kinds import Ratio
from .prepared import TABLES, Grouping
from .registry import Metric

__all__ = ["EPISODES", "episode_corrections"]

#: Tables with one row an episode.
EPISODES = ("episodes", "outcomes")

_KEY = ["unit", *EPISODE]

#: Episodes with as many replies or more are of one kind.
_MANY = 3


def episode_corrections(
    ruled: Grouping, given: Grouping, people: Frame, metrics: dict[str, Metric]
) -> dict[tuple[int, str], Prevalence]:
    """Correct shares of episodes.

    Parameters
    ----------
    ruled, given
        The units, of the talk by the rules alone and of that with the codes of people in their place.
    people
        What people coded: `row, weight` and one column a label.
    metrics
        By name; of tables in `EPISODES`, and each a share of them.

    Returns
    -------
    dict
        The corrected share of each unit and metric; units without any evidence are left out.
    """
    out: dict[tuple[int, str], Prevalence] = {}
    coded = _coded(given.talk, people)
    for table in dict.fromkeys(m.table for m in metrics.values()):
        own = {name: m.declare() for name, m in metrics.items() if m.table == table}
        columns = sorted({c for spec in own.values() if isinstance(spec, Ratio) for c in (spec.num, spec.den)})
        rows = _rows(ruled, given, table, columns).merge(coded, on=list(EPISODE), how="left")
        rows = rows.fillna({"n_replies": 0, "n_coded": 0, "weight": 1.0})
        for name, spec in own.items():
            if isinstance(spec, Ratio):
                out |= {(unit, name): share for unit, share in _corrected(rows, spec, ruled.talk).items()}
    return out


def _coded(talk: Any, people: Frame) -> pd.DataFrame:
    """Count the replies of each episode, and those that people coded; with what the rarest of them stands for."""
    labels = [name for name in people.collect_schema().names() if name not in {"row", "weight"}]
    # One label says all where they exclude each other; where none applies, all have to be denied.
    applies = nw.any_horizontal(*[nw.col(name) == 1 for name in labels], ignore_nulls=True)
    denied = nw.all_horizontal(*[nw.col(name) == 0 for name in labels], ignore_nulls=False).fill_null(value=False)
    told = people.select("row", "weight", is_told=nw.when(applies | denied).then(1).otherwise(0))
    replies = reacting(talk).select(*EPISODE, "row").join(told, on="row", how="left")
    replies = replies.with_columns(is_told=nw.col("is_told").fill_null(0), one=nw.lit(1))
    sums = replies.group_by(*EPISODE).agg(
        nw.col("one").sum().alias("n_replies"), nw.col("is_told").sum().alias("n_coded"), nw.col("weight").max()
    )
    return pd.DataFrame(talk.engine.collect(sums).to_pandas())


def _rows(ruled: Grouping, given: Grouping, table: str, columns: list[str]) -> pd.DataFrame:
    """Put what the rules make of each episode beside what it is with the codes of people."""
    by_rules, by_people = (
        grouping.talk.engine.collect(TABLES[table](grouping.talk, grouping).select(*_KEY, "cluster", *columns))
        .to_pandas()
        .astype(dict.fromkeys(columns, float))
        for grouping in (ruled, given)
    )
    true = by_people.drop(columns="cluster").rename(columns={name: f"true_{name}" for name in columns})
    return pd.DataFrame(by_rules.merge(true, on=_KEY, how="left"))


def _corrected(rows: pd.DataFrame, spec: Ratio, talk: Any) -> dict[int, Prevalence]:
    used = rows[rows[spec.den] == 1]
    replied = used[used["n_replies"] > 0]
    is_known = (replied["n_coded"] == replied["n_replies"]) & (replied[f"true_{spec.den}"] == 1)
    truth = replied[f"true_{spec.num}"].where(is_known)
    weights = _weights(replied, is_known)
    level = talk.definitions.level
    try:
        shares = corrected_by_group(
            replied[spec.num], truth, replied["unit"], weights=weights, clusters=replied["cluster"], level=level
        )
    except NotEnoughEvidence:
        return {}
    return {int(str(unit)): _of_all(shares[unit], used[used["unit"] == unit], level) for unit in shares.groups}


def _weights(replied: pd.DataFrame, is_known: pd.Series) -> pd.Series:
    """Let each coded episode stand for those with as many replies: of its unit, or of all where error rates are pooled.

    Weights of the sample are kept in proportion.
    """
    replies = replied["n_replies"].clip(upper=_MANY)
    is_own = is_known.groupby(replied["unit"]).transform("sum") >= MIN_LABELED
    kind = [replied["unit"].where(is_own, -1), replies]
    weight = replied["weight"].where(is_known)
    total = weight.groupby(kind).transform("sum")
    size = replies.groupby(kind).transform("size")
    return (weight * size / total.where(total > 0)).fillna(1.0)


def _of_all(share: Prevalence, used: pd.DataFrame, level: float) -> Prevalence:
    """Turn a share of the replied episodes into one of all, where there are others; the limits are joined by MOVER."""
    is_replied = (used["n_replies"] > 0).astype(float)
    part = float(is_replied.mean())
    if part == 1 or np.isnan(share.corrected):
        return share
    sums = pd.DataFrame({"num": is_replied, "den": 1.0, "cluster": used["cluster"]}).groupby("cluster").sum()
    limits = ratio_interval(sums["num"], sums["den"], proportion=True, level=level)
    value = part * share.corrected
    below = np.hypot(part * (share.corrected - share.low), share.corrected * (part - limits.low))
    above = np.hypot(part * (share.high - share.corrected), share.corrected * (limits.high - part))
    return replace(
        share,
        raw=part * share.raw,
        corrected=value,
        low=max(value - float(below), 0.0),
        high=min(value + float(above), 1.0),
        n=len(used),
    )
