"""How much of what units post is not in English: as the source says, or as it looks where the source does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..text.languages import FOREIGN, foreign_kernel

__all__ = ["ForeignShares", "foreign_shares"]

#: What platforms write where there is no language.
NO_LANGUAGE = frozenset({"und", "zxx", "qme", "qst", "qht", "qct", "qam"})

#: Posts without a given language that are looked at.
READ = 5_000


_NONE: Mapping[int, float] = MappingProxyType({})


class ForeignShares:
    """Shares of posts that are not in English: of each unit, and of all for units that posted nothing."""

    def __init__(self, posts: Mapping[int, float] = _NONE, foreign: Mapping[int, float] = _NONE) -> None:
        self._shares = {unit: foreign.get(unit, 0.0) / n for unit, n in posts.items() if n}
        self._whole = sum(foreign.values()) / max(sum(posts.values()), 1.0)

    def of(self, unit: int | None) -> float:
        """Give the share of a unit."""
        return self._whole if unit is None else self._shares.get(unit, self._whole)


def foreign_shares(talk: Any, grouping: Any) -> ForeignShares:
    """Count the posts of each unit's organizations, and those that are not in English."""
    rows = grouping.put(_said(talk))
    posts: dict[int, float] = defaultdict(float)
    foreign: dict[int, float] = defaultdict(float)
    unknown: dict[int, float] = {}
    for row in talk.engine.collect(rows.group_by("unit", "lang").agg(nw.len().alias("n"))).to_pylist():
        unit, lang = int(row["unit"]), str(row["lang"] or "").lower()
        posts[unit] += row["n"]
        if not lang:
            unknown[unit] = float(row["n"])
        elif not lang.startswith("en") and lang not in NO_LANGUAGE:
            foreign[unit] += row["n"]
    for unit, share in _guessed(talk, rows, int(sum(unknown.values()))).items():
        foreign[unit] += share * unknown[unit]
    return ForeignShares(posts, foreign)


def _said(talk: Any) -> Frame:
    own = talk.corpus.account_frame.filter(nw.col("is_brand")).select("account_id", "account_ix", "org_ix")
    posts = talk.corpus.post_frame.filter(~nw.col("is_context")).join(own, on="account_id", how="inner")
    lang = nw.col("lang") if talk.corpus.knows("lang") else nw.lit(None).cast(nw.String)
    return posts.select("row", "account_ix", "org_ix", "text", lang.alias("lang"), at_s="created_s")


def _guessed(talk: Any, rows: Frame, n: int) -> dict[int, float]:
    """Tell from the words of a part of the posts without a language how many of each unit's are not in English."""
    if not n or not talk.corpus.knows("text"):
        return {}
    step = -(-n // READ)
    part = rows.filter(nw.col("lang").is_null() & (nw.col("row").cast(nw.Int64) % step == 0))
    told = talk.engine.map_batches(part.select("row", "text"), foreign_kernel, FOREIGN)
    told = told.with_columns(nw.col("row").cast(talk.engine.index)).filter(~nw.col("is_foreign").is_null())
    found = part.select("row", "unit").join(told, on="row", how="inner").group_by("unit")
    table = talk.engine.collect(found.agg(nw.col("is_foreign").mean())).to_pylist()
    return {int(row["unit"]): float(row["is_foreign"]) for row in table}
