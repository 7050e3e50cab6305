"""The prepared table of gaps: how regularly an account posts."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..windows import before
from .marks import WEEK

__all__ = ["gaps"]


def gaps(talk: Any, by: Any) -> Frame:
    """Gaps between successive units of an account.

    Of all, of undirected ones, of directed ones (`series`), as power sums.
    """
    said = talk.said_frame.select("row", "account_ix", "org_ix", "at_s", "is_directed", "is_repost")
    kinds = {
        "all": said,
        "originals": said.filter((nw.col("is_directed") == 0) & (nw.col("is_repost") == 0)),
        "replies": said.filter((nw.col("is_directed") == 1) & (nw.col("is_repost") == 0)),
    }
    tables = [_power_sums(talk, frame, name) for name, frame in kinds.items()]
    columns = [f"{name}_{power}" for name in kinds for power in ("n", "s", "q")]
    columns += [f"memory_{c}" for c in ("n", "x", "y", "xx", "yy", "xy")]
    filled = [t.with_columns(*[nw.lit(0.0).alias(c) for c in columns if c not in names]) for t, names in tables]
    base = [*["account_ix", "org_ix", "at_s"], *columns]
    stacked = nw.concat([t.select(*base) for t in filled])
    return by.put(stacked).with_columns(cluster=nw.col("at_s") // WEEK)


def _power_sums(talk: Any, said: Frame, name: str) -> tuple[Frame, list[str]]:
    gap = talk.engine.along(
        said,
        ("account_ix",),
        ("row",),
        _last=before("at_s"),
        _t=(nw.col("at_s") - nw.col("_last")).cast(nw.Float64),
        _u=before("_t"),
    )
    gap = gap.filter(~nw.col("_t").is_null())
    out = {f"{name}_n": nw.lit(1.0), f"{name}_s": nw.col("_t"), f"{name}_q": nw.col("_t") * nw.col("_t")}
    if name == "all":
        has = ~nw.col("_u").is_null()
        x, y = nw.col("_u").fill_null(0.0), nw.when(has).then(nw.col("_t")).otherwise(0.0)
        out |= {"memory_n": nw.when(has).then(1.0).otherwise(0.0), "memory_x": x, "memory_y": y}
        out |= {"memory_xx": x * x, "memory_yy": y * y, "memory_xy": x * y}
    return gap.with_columns(**out), list(out)
