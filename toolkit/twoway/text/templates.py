"""Templates: groups of replies that say the same but for their slots.

Two wordings are linked if the Jaccard similarity of their masked word 3-shingles is at least the threshold. A template
is all that links reach (`single`), or, without chaining, a cluster in which all wordings are as similar as that
(`complete`). How far single links chain is said by the diameter: one less the lowest similarity within a cluster.
Replies of fewer than five tokens form a cluster with those that are the same word for word.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import unknown_name
from .pairs import ShingleSets, similar_pairs
from .shingles import Places
from .wordings import Wordings, codes_of, require_columns, wordings_of

__all__ = ["LINKAGES", "complete_links", "diameters", "template_clusters"]

LINKAGES = ("single", "complete")

#: Wordings of one component that complete links are sought for: all their distances must fit into memory.
MOST_COMPLETE = 6_000


def template_clusters(replies: pa.Table, *, threshold: float = 0.7, linkage: str = "single") -> pa.Table:
    """Say of each reply which template it follows, and how many persons got it.

    Parameters
    ----------
    replies
        Columns `row`, `group` (the organization), `person`, `agent`, `tokens`, `wording`, `shingles`; see
        `wordings_of`. Unknown persons and agents (null) are not counted.
    threshold
        Jaccard similarity from which two wordings are linked.
    linkage
        One of `LINKAGES`.

    Returns
    -------
    pyarrow.Table
        In the order of the replies: `row`, `group`, `cluster` (a number; null for a reply without a word, and where
        more than 6,000 wordings hang together and complete links are asked for), `is_short`, and of the cluster
        `n_replies`, `n_persons`, `n_agents`, `n_wordings`, `diameter` (between 0 and 1).

    Raises
    ------
    SchemaError
        If a column is missing, or the threshold is not above 0 and at most 1.
    UnknownName
        If the linkage is not one of `LINKAGES`.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> texts = ["Hi Ann, we are sorry to hear that ^JB", "Hi Bob, we are sorry to hear that ^KL", "It leaves at 9"]
    >>> masked = masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))
    >>> table = pa.Table.from_batches([masked]).append_column("group", [["x", "x", "x"]])
    >>> done = template_clusters(table.append_column("person", [["ann", "bob", "eve"]]))
    >>> [done[name].to_pylist() for name in ("cluster", "n_persons", "n_agents", "diameter")]
    [[0, 0, 1], [2, 2, 1], [2, 2, 0], [0.0, 0.0, 0.0]]
    """
    if linkage not in LINKAGES:
        raise unknown_name(linkage, LINKAGES, "linkage")
    require_columns(replies, ("agent",))
    words = wordings_of(replies)
    label = _components(words.sets, threshold)
    if linkage == "complete":
        label = complete_links(words.sets, label, threshold)
    frame = pl.DataFrame(
        {
            "row": pl.from_arrow(replies.select(["row"]))["row"],
            "wording": words.of_reply,
            "person": words.person,
            "agent": codes_of(replies["agent"]),
            "is_short": words.is_short,
        }
    )
    found = _counted(frame, label, words).to_arrow()
    return found.add_column(1, "group", replies["group"])


def _counted(frame: pl.DataFrame, label: Places, words: Wordings) -> pl.DataFrame:
    """Number the clusters in order of appearance, and count who is in each."""
    of_wording = pl.DataFrame(
        {"wording": np.arange(len(label)), "cluster": label, "diameter": diameters(words.sets, label)}
    )
    frame = frame.join(of_wording, on="wording", how="left", maintain_order="left")
    frame = frame.with_columns(
        pl.when(pl.col("cluster") >= 0).then("cluster"),
        *[pl.when(pl.col(name) >= 0).then(name) for name in ("person", "agent")],
    )
    counts = [
        pl.len().alias("n_replies"),
        *[pl.col(n).drop_nulls().n_unique().alias(f"n_{n}s") for n in ("person", "agent", "wording")],
    ]
    of_cluster = frame.drop_nulls("cluster").group_by("cluster", maintain_order=True).agg(counts)
    of_cluster = of_cluster.with_columns(pl.exclude("cluster").cast(pl.Int64)).with_row_index("number")
    frame = frame.join(of_cluster, on="cluster", how="left", maintain_order="left")
    named = ["n_replies", "n_persons", "n_agents", "n_wordings", "diameter"]
    return frame.select("row", pl.col("number").cast(pl.Int64).alias("cluster"), "is_short", *named)


def _components(sets: ShingleSets, threshold: float) -> Places:
    """Give each wording the number of its connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(sets)
    label = np.arange(n)

    def apart(first: Places, second: Places) -> NDArray[np.bool_]:
        return label[first] != label[second]

    for first, second in similar_pairs(sets, threshold, matters=apart):
        links = coo_array((np.ones(len(first), dtype=np.int8), (label[first], label[second])), shape=(n, n))
        merged = connected_components(links, directed=False)[1].astype(np.int64)
        # In place: the question asked of the next pairs must see it.
        label[:] = merged[label]
    return label


def complete_links(sets: ShingleSets, label: Places, threshold: float) -> Places:
    """Cut each component into clusters in which all pairs are similar.

    Parameters
    ----------
    sets
        From `shingle_sets`.
    label
        (n,): component of each set; -1 for those to leave alone.
    threshold
        Jaccard similarity of all pairs of a cluster.

    Returns
    -------
    array, (n,)
        Numbers of clusters; -1 for those left alone, and in components of more than 6,000 wordings.

    Examples
    --------
    >>> from twoway.text.pairs import shingle_sets
    >>> sets = shingle_sets(pa.array([[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 5, 6]]))
    >>> found = complete_links(sets, np.array([0, 0, 0]), 0.6)
    >>> bool(found[0] == found[1]), bool(found[0] == found[2])
    (True, False)
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    done, fresh = label.copy(), int(label.max(initial=-1)) + 1
    for members in _members(label):
        if len(members) > MOST_COMPLETE:
            done[members] = -1
            continue
        distance = 1 - np.concatenate([row[place + 1 :] for place, row in enumerate(_rows(sets, members))])
        # Distances count as equal up to rounding: 1 - 0.7 is a little more than 0.3.
        parts = fcluster(linkage(distance, "complete"), 1 - threshold + 1e-12, "distance")
        done[members] = fresh + parts
        fresh += int(parts.max()) + 1
    return done


def diameters(sets: ShingleSets, label: Places) -> NDArray[np.float64]:
    """Give each wording the diameter of its cluster: one less the lowest similarity of two wordings in it.

    Parameters
    ----------
    sets
        From `shingle_sets`.
    label
        (n,): cluster of each set; -1 for none.

    Returns
    -------
    array, (n,)
        0 in a cluster of one, NaN outside of clusters.

    Examples
    --------
    >>> from twoway.text.pairs import shingle_sets
    >>> sets = shingle_sets(pa.array([[1, 2, 3, 4], [1, 2, 3, 5], [7, 8]]))
    >>> diameters(sets, np.array([0, 0, 1])).round(2).tolist()
    [0.4, 0.4, 0.0]
    """
    found = np.where(label < 0, np.nan, 0.0)
    for members in _members(label):
        lowest = 1.0
        for row in _rows(sets, members):
            lowest = min(lowest, float(row.min()))
            if lowest == 0:
                break
        found[members] = 1 - lowest
    return found


def _members(label: Places) -> list[Places]:
    """List the rows of each cluster of two or more."""
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [rows for rows in np.split(order, cuts) if len(rows) > 1 and label[rows[0]] >= 0]


def _rows(sets: ShingleSets, members: Places) -> Any:
    """Give the similarities of each member to all members, one row at a time."""
    inside, sizes = sets.matrix[members], sets.sizes[members]
    turned = inside.T.tocsr()
    for start in range(0, len(members), 256):
        common = (inside[start : start + 256] @ turned).toarray()
        yield from common / (sizes[start : start + 256, None] + sizes - common)
