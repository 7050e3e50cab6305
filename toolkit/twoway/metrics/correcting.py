"""Shares of coded posts, and of what several labels make, corrected for the rules' errors where people coded some.

What several labels and facts of threads make of a unit is taken from two tables: one by the rules alone, one in which
the codes of people stand in the place of those of the rules. Facts of threads are the same in both.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..engine import Frame
from ..errors import NotEnoughEvidence, SchemaError
from ..inference.corrected_composites import corrected_composites
from ..inference.corrected_groups import corrected_by_group
from ..inference.prevalence import Prevalence
from .correcting_episodes import EPISODES, episode_corrections
from .digits import without_noise
from .kinds import Ratio
from .prepared import TABLES, Grouping
from .registry import Metric

__all__ = ["CORRECTED", "with_corrections"]

#: Columns a scorecard has where people coded some posts; `n_labeled` counts the coded posts, units or episodes that the
#: correction rests on, 0 where a metric has none.
CORRECTED = ("corrected", "corrected_low", "corrected_high", "correction", "n_labeled")

WEIGHT, TOLD_WEIGHT = "weight", "told_weight"

#: Tables whose rows are units, of one post or several.
UNITS = ("acted",)


def with_corrections(table: pd.DataFrame, grouping: Grouping, metrics: dict[str, Metric]) -> pd.DataFrame:
    """Add the corrected shares to the table of a scorecard, where codes by people or models were given.

    Organizations with too few coded posts of their own are corrected with the error rates of all, and flagged
    `pooled_errors`; what several labels make has no such rates, is not corrected there, and flagged `too_few_labels`.
    """
    table, talk = without_noise(table), grouping.talk
    coded = {name: m for name, m in metrics.items() if m.coded and isinstance(m.declare(), Ratio)}
    composed = {name: m for name, m in metrics.items() if m.composed}
    if talk.coding.given is None or not coded | composed:
        return table
    ruled = Grouping(talk.by_rules(), grouping.level)
    of_episodes = {name: m for name, m in composed.items() if m.table in EPISODES}
    others = {name: m for name, m in composed.items() if name not in of_episodes}
    found = _corrections(ruled, talk, coded) | _compositions(ruled, grouping, others)
    people = talk.coding.people("resolution") if of_episodes else None
    if people is not None:
        found |= episode_corrections(ruled, grouping, _weighed(talk, "resolution", people), of_episodes)
    names = grouping.unit_names()
    by_label = {(names[unit], name): share for (unit, name), share in found.items() if unit in names}
    told = [by_label.get(key) for key in zip(table["unit_id"], table["metric"], strict=True)]
    flags = [_joined(own, share) for own, share in zip(table["flags"], told, strict=True)]
    return table.assign(flags=flags, **{name: [_part(share, name) for share in told] for name in CORRECTED})


def _joined(flags: str, share: Prevalence | None) -> str:
    both = [*(flags.split(",") if flags else []), *(share.flags if share is not None else ())]
    return ",".join(dict.fromkeys(both))


def _part(share: Prevalence | None, name: str) -> Any:
    if share is None:
        return "" if name == "correction" else 0 if name == "n_labeled" else np.nan
    parts = {
        "corrected": share.corrected,
        "corrected_low": share.low,
        "corrected_high": share.high,
        "correction": share.method,
        "n_labeled": share.n_labeled,
    }
    return parts[name]


def _corrections(ruled: Grouping, talk: Any, coded: dict[str, Metric]) -> dict[tuple[int, str], Prevalence]:
    out: dict[tuple[int, str], Prevalence] = {}
    for table in dict.fromkeys(m.table for m in coded.values()):
        metrics = {name: m for name, m in coded.items() if m.table == table}
        frame = TABLES[table](ruled.talk, ruled)
        for book in dict.fromkeys(m.coded.split(".")[0] for m in metrics.values()):
            people = talk.coding.people(book)
            if people is None:
                continue
            people = _weighed(talk, book, people)
            people = _of_units(talk, people) if table in UNITS else people
            # The table may hold the codes of the rules under the same names.
            people = people.rename({c: f"told_{c}" for c in people.collect_schema().names() if c != "row"})
            of_book = {name: m for name, m in metrics.items() if m.coded.startswith(f"{book}.")}
            out |= _of_book(talk, frame.join(people, on="row", how="left"), of_book)
    return out


def _compositions(ruled: Grouping, given: Grouping, metrics: dict[str, Metric]) -> dict[tuple[int, str], Prevalence]:
    """Correct what several labels make, a table at a time: each of them reads one codebook."""
    out: dict[tuple[int, str], Prevalence] = {}
    for table in dict.fromkeys(m.table for m in metrics.values()):
        own = {name: m for name, m in metrics.items() if m.table == table}
        book = next(iter(own.values())).composed.split(".")[0]
        people = given.talk.coding.people(book)
        if people is None:
            continue
        told = {column for m in own.values() for column in _told_columns(m.composed)}
        people = _of_units(given.talk, _weighed(given.talk, book, people))
        people = people.rename({**{name.removeprefix("told_"): name for name in told}, WEIGHT: TOLD_WEIGHT})
        columns = sorted({c for m in own.values() for c in _sides(m)})
        by_people = TABLES[table](given.talk, given).join(people, on="row", how="inner")
        by_people = by_people.select(
            "unit", "row", TOLD_WEIGHT, *sorted(told), **{f"true_{name}": nw.col(name) for name in columns}
        )
        both = TABLES[table](ruled.talk, ruled).select("unit", "row", "cluster", *columns)
        both = both.join(by_people, on=["unit", "row"], how="left")
        rows = given.talk.engine.collect(both).to_pandas()
        out |= {key: share for name, m in own.items() for key, share in _composition(name, m, rows).items()}
    return out


def _composition(name: str, metric: Metric, rows: pd.DataFrame) -> dict[tuple[int, str], Prevalence]:
    known = rows[_told_columns(metric.composed)].notna().all(axis=1)
    if not known.any():
        return {}
    num, den = (rows[side].to_numpy(dtype=float) for side in _sides(metric))
    true_num, true_den = (rows[f"true_{side}"].astype(float).where(known) for side in _sides(metric))
    weights = rows[TOLD_WEIGHT].fillna(1.0)
    shares = corrected_composites(num, den, true_num, true_den, rows["unit"], rows["cluster"], weights=weights)
    return {(int(str(unit)), name): shares[unit] for unit in shares.groups}


def _sides(metric: Metric) -> tuple[str, str]:
    spec = metric.declare()
    if not isinstance(spec, Ratio):
        msg = f"The metric '{metric.name}' is composed, but no ratio. Declare it as a Ratio, or leave `composed` empty."
        raise SchemaError(msg)
    return spec.num, spec.den


def _weighed(talk: Any, book: str, people: Frame) -> Frame:
    """Add what each coded post stands for: one over its chance to be drawn, 1 where the sample names none."""
    weights = talk.coding.weights(book)
    if weights is None:
        return people.with_columns(nw.lit(1.0).alias(WEIGHT))
    return people.join(weights, on="row", how="left").with_columns(nw.col(WEIGHT).fill_null(1.0))


def _of_units(talk: Any, people: Frame) -> Frame:
    """Give units the codes of their posts, where people coded all of them: what one of them does the unit does."""
    names = [name for name in people.collect_schema().names() if name != "row"]
    posts = talk.marks.select("row").join(talk.merged_frame, on="row", how="left")
    posts = posts.select("row", unit=nw.coalesce("unit_row", "row")).join(people, on="row", how="left")
    known = {f"_n_{name}": nw.when(nw.col(name).is_null()).then(0).otherwise(1) for name in names}
    sums = (
        posts.with_columns(**known)
        .group_by("unit")
        .agg(*[nw.col(name).max() for name in names], *[nw.col(name).min() for name in known])
    )
    whole = {name: nw.when(nw.col(f"_n_{name}") == 1).then(nw.col(name)) for name in names}
    return sums.select(row="unit", **whole)


def _of_book(talk: Any, frame: Any, metrics: dict[str, Metric]) -> dict[tuple[int, str], Prevalence]:
    specs = {name: m.declare() for name, m in metrics.items()}
    columns = {c for spec in specs.values() if isinstance(spec, Ratio) for c in (spec.num, spec.den)}
    truths = {name: _told_columns(m.coded) for name, m in metrics.items()}
    told = {column for names in truths.values() for column in names}
    rows = talk.engine.collect(frame.select("unit", "cluster", TOLD_WEIGHT, *sorted(columns | told))).to_pandas()
    out: dict[tuple[int, str], Prevalence] = {}
    for name, spec in specs.items():
        if not isinstance(spec, Ratio):
            continue
        used = rows[rows[spec.den] == 1]
        predicted, truth = used[spec.num].to_numpy(dtype=float), _any_of(used[truths[name]])
        try:
            weights = used[TOLD_WEIGHT].fillna(1.0)
            shares = corrected_by_group(predicted, truth, used["unit"], weights=weights, clusters=used["cluster"])
        except NotEnoughEvidence:
            # Nobody coded a post that counts here.
            continue
        out |= {(int(str(unit)), name): shares[unit] for unit in shares.groups}
    return out


def _told_columns(coded: str) -> list[str]:
    """Name the columns of the given codes of a codebook's labels."""
    book, labels = coded.split(".")
    return [f"told_{book}__{label}" for label in labels.split("|")]


def _any_of(told: pd.DataFrame) -> Any:
    """Say whether people gave any of some labels: 1, 0, or NaN where none was given and one was left open."""
    codes = told.to_numpy(dtype=float)
    return np.where((codes == 1).any(axis=1), 1.0, codes.sum(axis=1))
