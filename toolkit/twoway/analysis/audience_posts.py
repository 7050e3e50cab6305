"""The posts behind audience fit: topics of originals and of approaches, counted by day, length and topics named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebooks.topics import MASKS, keyword_groups, topics_kernel
from ..engine import Frame
from ..inference.nulls.shuffles import terciles, week_of
from ..metrics.coded_tables import begun
from ..metrics.prepared import Grouping

__all__ = ["SidePosts", "find_topics", "side_posts", "topic_shares"]

DAY = 86_400

#: Posts a side from which topics are found, at most.
_SAMPLE = 5_000


@dataclass(frozen=True, eq=False)
class SidePosts:
    """Groups of posts of one unit that are alike, one entry a group.

    Attributes
    ----------
    is_brand
        Whether they are originals of the organization; else they are approaches to it.
    day
        Since 1970.
    stratum
        Number of the week and third of length.
    mask
        Topics named, as bits; 0 for none.
    n
        Posts in the group.
    resonance
        Shares and replies that they got; NaN where the source counts neither.
    """

    is_brand: NDArray[np.bool_]
    day: NDArray[np.int64]
    stratum: NDArray[np.int64]
    mask: NDArray[np.int64]
    n: NDArray[np.int64]
    resonance: NDArray[np.float64]

    @property
    def week(self) -> NDArray[np.int64]:
        """Number of the week, from Monday (UTC)."""
        return week_of(self.day * DAY)


def topic_shares(mask: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """Divide each post among the topics it names: (posts, k), rows of 0 where it names none.

    Examples
    --------
    >>> topic_shares(np.array([1, 6, 0]), 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 0.0]]
    """
    bits = (np.asarray(mask)[:, None] >> np.arange(k)) & 1
    return np.asarray(bits / np.maximum(bits.sum(axis=1, keepdims=True), 1))


def _both_sides(talk: Any) -> Frame:
    """List originals of measured accounts and approaches to them: `row, account_ix, org_ix, at_s, is_brand`.

    A thread counts once, by its first post.
    """
    own = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_ix", "org_ix")
    posts = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private"))
    posts = posts.join(begun(talk), on="row", how="semi").join(own, on="account_ix", how="inner")
    said = posts.select("row", "account_ix", "org_ix", at_s="created_s", is_brand=nw.lit(1))
    asked = talk.stream_frame.filter((nw.col("is_approach") == 1) & ~nw.col("is_context"))
    asked = asked.select("row", "account_ix", "org_ix", at_s="created_s", is_brand=nw.lit(0))
    return nw.concat([said, asked])


def find_topics(talk: Any, k: int, seed: int) -> dict[str, tuple[str, ...]]:
    """Find groups of keywords in equally many posts of both sides, the earliest left out where there are more."""
    rows = _both_sides(talk).select("row", "is_brand").unique()
    texts = rows.join(talk.corpus.post_frame.select("row", "text"), on="row", how="inner")
    texts = texts.filter(~nw.col("text").is_null())
    latest = [texts.filter(nw.col("is_brand") == side).sort("row", descending=True).head(_SAMPLE) for side in (1, 0)]
    sides = [talk.engine.collect(side)["text"].to_pylist() for side in latest]
    rng = np.random.default_rng(seed)
    least = min(map(len, sides))
    drawn = [[side[i] for i in np.sort(rng.permutation(len(side))[:least])] for side in sides]
    return keyword_groups([*drawn[0], *drawn[1]], k, seed=seed)


def side_posts(talk: Any, by: Grouping, topics: Mapping[str, tuple[str, ...]]) -> dict[int, SidePosts]:
    """Count the posts of both sides by unit, day, words and topics."""
    both = by.put(_both_sides(talk)).select("row", "unit", "at_s", "is_brand").unique()
    texts = talk.corpus.post_frame.join(both.select("row").unique(), on="row", how="semi").select("row", "text")
    marks = talk.engine.map_batches(texts, partial(topics_kernel, topics=topics), MASKS)
    marks = marks.with_columns(nw.col("row").cast(talk.engine.index))
    known = [name for name in ("n_shares", "n_replies") if talk.corpus.knows(name)]
    counts = talk.corpus.post_frame.select("row", *known)
    got = nw.sum_horizontal(*[nw.col(name).fill_null(0) for name in known]) if known else nw.lit(0)
    posts = both.join(marks, on="row", how="inner").join(counts, on="row", how="left")
    posts = posts.with_columns(day=nw.col("at_s") // DAY, got=got.cast(nw.Float64))
    keys = ("unit", "is_brand", "day", "mask", "n_words")
    grouped = posts.group_by(*keys).agg(nw.len().alias("n"), nw.col("got").sum())
    table = talk.engine.collect(grouped).to_pandas().sort_values(list(keys), ignore_index=True)
    return {int(unit): _sides(rows, has_counts=bool(known)) for unit, rows in table.groupby("unit")}


def _sides(rows: pd.DataFrame, *, has_counts: bool) -> SidePosts:
    day, n = rows["day"].to_numpy(np.int64), rows["n"].to_numpy(np.int64)
    week = week_of(day * DAY)
    # Thirds of length within the week, over all its posts of both sides.
    each = np.repeat(np.arange(len(rows)), n)
    thirds = terciles(rows["n_words"].to_numpy()[each], week[each])
    first = np.concatenate([[0], np.cumsum(n)[:-1]]).astype(np.int64)
    resonance = rows["got"].to_numpy(float) if has_counts else np.full(len(rows), np.nan)
    is_brand = rows["is_brand"].to_numpy() == 1
    return SidePosts(is_brand, day, week * 3 + thirds[first], rows["mask"].to_numpy(np.int64), n, resonance)
