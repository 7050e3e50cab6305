"""Shares of coded posts, corrected for the errors of the rules where people coded some of the posts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.corrected_groups import corrected_by_group
from ..inference.prevalence import Prevalence
from .digits import without_noise
from .kinds import Ratio
from .prepared import TABLES, Grouping
from .registry import Metric

__all__ = ["CORRECTED", "with_corrections"]

#: Columns a scorecard has where people coded some posts.
CORRECTED = ("corrected", "corrected_low", "corrected_high", "correction", "n_labeled")


def with_corrections(table: pd.DataFrame, grouping: Grouping, metrics: dict[str, Metric]) -> pd.DataFrame:
    """Add the corrected shares to the table of a scorecard, where codes by people or models were given.

    Organizations with too few coded posts of their own are corrected with the error rates of all, and flagged
    `pooled_errors`.
    """
    table, talk = without_noise(table), grouping.talk
    coded = {name: m for name, m in metrics.items() if m.coded and isinstance(m.declare(), Ratio)}
    if talk.coding.given is None or not coded:
        return table
    found = _corrections(Grouping(talk.by_rules(), grouping.level), talk, coded)
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
            # The table may hold the codes of the rules under the same names.
            people = people.rename({c: f"told_{c}" for c in people.collect_schema().names() if c != "row"})
            of_book = {name: m for name, m in metrics.items() if m.coded.startswith(f"{book}.")}
            out |= _of_book(talk, frame.join(people, on="row", how="left"), of_book)
    return out


def _of_book(talk: Any, frame: Any, metrics: dict[str, Metric]) -> dict[tuple[int, str], Prevalence]:
    specs = {name: m.declare() for name, m in metrics.items()}
    columns = {c for spec in specs.values() if isinstance(spec, Ratio) for c in (spec.num, spec.den)}
    truths = {name: _told_columns(m) for name, m in metrics.items()}
    told = {column for names in truths.values() for column in names}
    rows = talk.engine.collect(frame.select("unit", "cluster", *sorted(columns | told))).to_pandas()
    out: dict[tuple[int, str], Prevalence] = {}
    for name, spec in specs.items():
        if not isinstance(spec, Ratio):
            continue
        used = rows[rows[spec.den] == 1]
        predicted, truth = used[spec.num].to_numpy(dtype=float), _any_of(used[truths[name]])
        try:
            shares = corrected_by_group(predicted, truth, used["unit"], clusters=used["cluster"])
        except NotEnoughEvidence:
            # Nobody coded a post that counts here.
            continue
        out |= {(int(str(unit)), name): shares[unit] for unit in shares.groups}
    return out


def _told_columns(metric: Metric) -> list[str]:
    """Name the columns of the given codes of a metric's labels."""
    book, labels = metric.coded.split(".")
    return [f"told_{book}__{label}" for label in labels.split("|")]


def _any_of(told: pd.DataFrame) -> Any:
    """Say whether people gave any of some labels: 1, 0, or NaN where none was given and one was left open."""
    codes = told.to_numpy(dtype=float)
    return np.where((codes == 1).any(axis=1), 1.0, codes.sum(axis=1))
