"""What a template bank holds, and how much of what is said comes from it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .wordings import require_columns

__all__ = ["effective_number", "marker_in_template_share", "summarize_templates", "template_bank"]

#: Persons from which a cluster counts as a template.
FEWEST_PERSONS = 3


def effective_number(counts: ArrayLike) -> tuple[float, float]:
    """Give how many equally used templates would be as concentrated as these: 1/Σp² and e^H.

    Parameters
    ----------
    counts
        Replies in each cluster, clusters of one included.

    Returns
    -------
    tuple of float
        Hill numbers of order 2 and 1; NaN without replies.

    References
    ----------
    Hill 1973.

    Examples
    --------
    >>> [round(number, 4) for number in effective_number([4, 3, 1, 1, 1])]
    [3.5714, 4.1309]
    """
    n = np.asarray(counts, dtype=float)
    n = n[n > 0]
    if not len(n):
        return float("nan"), float("nan")
    p = n / n.sum()
    return float(1 / (p @ p)), float(np.exp(-(p @ np.log(p))))


def summarize_templates(clusters: pa.Table, *, fewest_persons: int = FEWEST_PERSONS) -> pa.Table:
    """Say for each group how much of what it replies follows templates.

    Parameters
    ----------
    clusters
        From `template_clusters`.
    fewest_persons
        Persons from which a cluster counts as a template.

    Returns
    -------
    pyarrow.Table
        One row a group, over its replies of five tokens or more: `group`, `n`, `n_short` (replies left out as short),
        `n_clusters`, `template_share` (replies in clusters of so many persons), `effective_templates` (e^H),
        `effective_templates_dominant` (1/Σp²), `top10_share` (replies in the ten largest clusters), `cross_agent_share`
        (replies in clusters that two agents or more signed; NaN where nobody signs), `largest_diameter`. NaN where the
        group has no such reply, or not all of them have a cluster.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> names = ["group", "cluster", "is_short", "n_replies", "n_persons", "n_agents", "n_wordings", "diameter"]
    >>> rows = [("x", c, False, n, n, 0, 1, 0.0) for c, n in enumerate([4, 3, 1, 1, 1]) for _ in range(n)]
    >>> done = summarize_templates(pa.table(dict(zip(names, zip(*rows)))))
    >>> [round(done[name][0].as_py(), 4) for name in ("template_share", "effective_templates_dominant")]
    [0.7, 3.5714]
    """
    require_columns(clusters, ("group", "cluster", "is_short", "n_persons", "n_agents", "diameter"))
    frame = pl.from_arrow(clusters)
    parts = dict(frame.group_by("group", maintain_order=True))
    groups = pl.Series("group", [name for (name,) in parts], dtype=frame["group"].dtype)
    rows = [_summary(part, fewest_persons) for part in parts.values()]
    return pl.DataFrame(rows, schema=_SUMMARY, orient="row").insert_column(0, groups).to_arrow()


_SUMMARY = {
    "n": pl.Int64,
    "n_short": pl.Int64,
    "n_clusters": pl.Int64,
    "template_share": pl.Float64,
    "effective_templates": pl.Float64,
    "effective_templates_dominant": pl.Float64,
    "top10_share": pl.Float64,
    "cross_agent_share": pl.Float64,
    "largest_diameter": pl.Float64,
}


def _summary(part: pl.DataFrame, fewest_persons: int) -> tuple[object, ...]:
    long = part.filter(~pl.col("is_short"))
    counts = np.sort(long.drop_nulls("cluster").group_by("cluster").len()["len"].to_numpy())[::-1]
    n, nan = long.height, float("nan")
    if not n or long["cluster"].null_count():
        return n, part.height - n, len(counts), nan, nan, nan, nan, nan, nan
    simpson, shannon = effective_number(counts)
    signed = bool((long["n_agents"] > 0).any())
    return (
        n,
        part.height - n,
        len(counts),
        float((long["n_persons"] >= fewest_persons).mean()),
        shannon,
        simpson,
        float(counts[:10].sum() / n),
        float((long["n_agents"] >= 2).mean()) if signed else nan,
        float(long["diameter"].max()),
    )


def template_bank(replies: pa.Table, clusters: pa.Table, *, fewest_persons: int = FEWEST_PERSONS) -> pa.Table:
    """List the templates of each group with their usual wording, slots shown, most used first.

    Parameters
    ----------
    replies
        Columns `row`, `person`, `agent`, `slotted`, `wording`, `time` (any order that tells first from last).
    clusters
        From `template_clusters` on the same replies.
    fewest_persons
        Persons from which a cluster is a template. What was written to fewer is not shown.

    Returns
    -------
    pyarrow.Table
        One row a template: `group`, `cluster`, `wording` (the most frequent; the earliest of several), `n_replies`,
        `share` (of the group's replies that are not short), `n_persons`, `n_agents`, `n_wordings`, `diameter`,
        `first_use`, `last_use`.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> from twoway.text.templates import template_clusters
    >>> texts = ["Hi Ann, we are sorry to hear that ^JB", "Hi Bob, we are sorry to hear that ^KL", "It leaves at 9"]
    >>> masked = masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))
    >>> table = pa.Table.from_batches([masked]).append_column("group", [["x", "x", "x"]])
    >>> table = table.append_column("person", [["ann", "bob", "eve"]]).append_column("time", [[10, 20, 30]])
    >>> template_bank(table, template_clusters(table), fewest_persons=2).select(["wording", "n_persons"]).to_pylist()
    [{'wording': 'Hi {name}, we are sorry to hear that', 'n_persons': 2}]
    """
    require_columns(replies, ("row", "slotted", "wording", "time"))
    said = pl.from_arrow(replies.select(["row", "slotted", "wording", "time"]))
    frame = pl.from_arrow(clusters).filter(~pl.col("is_short"))
    frame = frame.with_columns(pl.len().over("group").alias("whole")).drop_nulls("cluster")
    frame = frame.filter(pl.col("n_persons") >= fewest_persons).join(said, on="row", how="left").sort("time", "row")
    frame = frame.with_columns(pl.len().over("cluster", "wording").alias("uses"))
    told = ["n_replies", "n_persons", "n_agents", "n_wordings", "diameter"]
    bank = frame.group_by("group", "cluster", maintain_order=True).agg(
        pl.col("slotted").get(pl.col("uses").arg_max()).alias("wording"),
        *[pl.col(name).first() for name in told],
        (pl.len() / pl.col("whole").first()).alias("share"),
        pl.col("time").first().alias("first_use"),
        pl.col("time").last().alias("last_use"),
    )
    order = ["group", "cluster", "wording", "n_replies", "share", *told[1:], "first_use", "last_use"]
    return bank.sort("group", "n_replies", "cluster", descending=[False, True, False]).select(order).to_arrow()


def marker_in_template_share(
    markers: ArrayLike, in_template: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give per reply the markers of a human voice that come from a template, and all of them.

    Parameters
    ----------
    markers
        (n,) or (n, m): how many markers a reply shows, or which of m kinds.
    in_template
        (n,): whether the reply follows a template.

    Returns
    -------
    tuple of arrays, (n,)
        Numerators and denominators: the share is the sum of the first over the sum of the second, undefined where that
        is 0.

    Raises
    ------
    SchemaError
        If the lengths differ.

    Examples
    --------
    >>> scripted, shown = marker_in_template_share([[1, 0], [1, 1], [0, 0]], [True, False, True])
    >>> scripted.tolist(), shown.tolist()
    ([1.0, 0.0, 0.0], [1.0, 2.0, 0.0])
    """
    shown = np.asarray(markers, dtype=float)
    inside = np.asarray(in_template, dtype=bool)
    if len(shown) != len(inside):
        msg = (
            f"{len(shown)} replies with markers and {len(inside)} with templates do not fit. They were given to "
            "marker_in_template_share. Pass columns of one table."
        )
        raise SchemaError(msg)
    total = shown.reshape(len(shown), -1).sum(axis=1)
    return np.where(inside, total, 0.0), total
