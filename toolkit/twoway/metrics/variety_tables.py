"""Prepared tables of lexical variety: words per factor, running type-token ratios, compressibility."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from ..engine import Frame
from ..text.shingles import sequence_hashes
from ..text.token_lists import BARE, TOKENS, bare_kernel, tokens_kernel
from ..text.variety import PIECE_BYTES, compression_ratio, mattr, mtld_factors
from .exchanges import approaches, replies_to_persons
from .marks import DAY, WEEK

__all__ = ["WINDOW", "compressed", "varied"]

#: Fewest words of a week of an account, and the words of a window.
WEEK_WORDS, WINDOW = 100, 50

#: Most groups of days that are compressed apart, and posts of a side that are read for it.
GROUPS, READ = 20, 6_000

#: Of the bytes a group needs, so much more than a piece: groups of days are uneven.
_ROOM = 1.5

_MIX, _RANGE = 2_654_435_761, 2**32


def varied(talk: Any, by: Any) -> Frame:
    """Weeks in which an account replied a hundred words or more, all its replies in a row.

    Returns
    -------
    Frame
        `unit, cluster` (the week)`, at_s, one, words, forward, backward` (factors of MTLD from both ends)`, windows,
        ttr` (the sum of the type-token ratios of all windows).
    """
    replies = replies_to_persons(talk)
    texts = talk.corpus.post_frame.select("row", "text").join(replies.select("row"), on="row", how="semi")
    words = talk.engine.map_batches(texts, tokens_kernel, TOKENS)
    words = words.with_columns(nw.col("row").cast(talk.engine.index))
    table = talk.engine.collect(replies.join(words, on="row", how="inner")).sort_by("row")
    columns = {name: table[name].to_numpy() for name in ("account_ix", "org_ix", "at_s")}
    rows = [
        (
            int(columns["account_ix"][places[0]]),
            int(columns["org_ix"][places[0]]),
            int(columns["at_s"][places[0]]),
            *told,
        )
        for places, told in _weeks(table, columns)
    ]
    names = ("account_ix", "org_ix", "at_s", "words", "forward", "backward", "windows", "ttr")
    kinds = (*[pa.int64()] * 4, pa.float64(), pa.float64(), pa.int64(), pa.float64())
    arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
    frame = talk.engine.from_arrow(pa.table(dict(zip(names, arrays, strict=True))))
    index = {name: nw.col(name).cast(talk.engine.index) for name in ("account_ix", "org_ix")}
    return by.put(frame.with_columns(**index)).with_columns(cluster=nw.col("at_s") // WEEK, one=nw.lit(1))


def _weeks(table: pa.Table, columns: dict[str, Any]) -> Any:
    """Measure the words of each account and week: the rows they are from, and what they are like."""
    lists = table["tokens"].combine_chunks()
    tokens, starts = np.asarray(lists.flatten()), np.asarray(lists.offsets)
    starts = starts - starts[0] if len(starts) else starts
    # Of one second, in the order of their words: ids must not decide.
    same = sequence_hashes(tokens.view(np.uint64), starts)
    order = np.lexsort((same, columns["at_s"], columns["at_s"] // WEEK, columns["account_ix"]))
    key = np.column_stack([columns["account_ix"], columns["at_s"] // WEEK])[order]
    cuts = np.flatnonzero((key[1:] != key[:-1]).any(axis=1)) + 1
    for places in np.split(order, cuts) if len(order) else []:
        words = tokens[_inside(starts, places)]
        if len(words) >= WEEK_WORDS:
            windows = len(words) - WINDOW + 1
            ends = mtld_factors(words), mtld_factors(words[::-1])
            yield places, (len(words), *ends, windows, windows * mattr(words, WINDOW))


def _inside(starts: Any, places: Any) -> Any:
    """List the places of all words of some texts, text by text."""
    sizes = starts[places + 1] - starts[places]
    return np.arange(sizes.sum()) + np.repeat(starts[places] - (np.cumsum(sizes) - sizes), sizes)


def compressed(talk: Any, by: Any) -> Frame:
    """Pieces of equal bytes of replies and of persons' posts to the account, each from a random group of days.

    Returns
    -------
    Frame
        `unit, cluster` (the group of days)`, at_s, brand, has_brand, public, has_public` (compression ratios).
    """
    sides = [by.put(posts).with_columns(side=nw.lit(i)) for i, posts in enumerate(_sides(talk))]
    names = ("unit", "row", "at_s", "side")
    rows = talk.engine.materialize(nw.concat([side.select(*names) for side in sides]))
    sizes = rows.group_by("unit", "side").agg(nw.len().alias("_n"))
    # A part of the posts that depends on their numbers only, so that every run reads the same.
    drawn = nw.col("row").cast(nw.Int64) * _MIX % _RANGE * nw.col("_n").cast(nw.Int64) < READ * _RANGE
    kept = rows.join(sizes, on=["unit", "side"], how="inner").filter(drawn)
    texts = talk.corpus.post_frame.select("row", "text").join(kept.select("row").unique(), on="row", how="semi")
    bare = talk.engine.map_batches(texts, bare_kernel, BARE).with_columns(nw.col("row").cast(talk.engine.index))
    table = talk.engine.collect(kept.select(*names).join(bare, on="row", how="inner"))
    table = table.sort_by([("unit", "ascending"), ("side", "ascending"), ("row", "ascending")])
    found = _pieces(table, talk.definitions.seed)
    return talk.engine.from_arrow(found)


def _sides(talk: Any) -> tuple[Frame, Frame]:
    return replies_to_persons(talk), approaches(talk)


def _pieces(table: pa.Table, seed: int) -> pa.Table:
    unit, side, day = (table[name].to_numpy() for name in ("unit", "side", "at_s"))
    day = day // DAY
    texts = [(text or "").encode() for text in table["text"].to_pylist()]
    size = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    rows: list[tuple[int, int, float, int, float, int]] = []
    for one in np.unique(unit):
        mine = np.flatnonzero(unit == one)
        bytes_ = [int(size[mine][side[mine] == i].sum()) for i in (0, 1)]
        rng = np.random.default_rng([seed, int(one)])
        rows += [(int(one), *piece) for piece in _of_unit(mine, side, day, texts, min(bytes_), rng)]
    names = ("unit", "cluster", "brand", "has_brand", "public", "has_public")
    kinds = (pa.int64(), pa.int64(), pa.float64(), pa.int64(), pa.float64(), pa.int64())
    arrays = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
    found = pa.table(dict(zip(names, arrays, strict=True)))
    return found.append_column("at_s", pa.array(np.zeros(len(rows), dtype=np.int64)))


def _of_unit(mine: Any, side: Any, day: Any, texts: list[bytes], n_bytes: int, rng: Any) -> list[tuple[Any, ...]]:
    """Deal the days to groups, and compress one piece of each side and group."""
    days, code = np.unique(day[mine], return_inverse=True)
    size = min(GROUPS, len(days), int(n_bytes // (_ROOM * PIECE_BYTES)) or int(n_bytes >= PIECE_BYTES))
    if not size:
        return []
    group = rng.permutation(len(days))[code.reshape(-1)] % size
    out = []
    for i in range(size):
        ratios = []
        for which in (0, 1):
            rows = rng.permutation(mine[(group == i) & (side[mine] == which)])
            piece = b"\n".join(texts[row] for row in rows)[:PIECE_BYTES]
            ratios.append(compression_ratio(piece) if len(piece) == PIECE_BYTES else 0.0)
        out.append((i, ratios[0], int(ratios[0] > 0), ratios[1], int(ratios[1] > 0)))
    return out
