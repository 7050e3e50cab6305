"""Posts that say again what their author said shortly before, word for word or nearly so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .pairs import similar_pairs
from .shingles import Places
from .wordings import wordings_of

__all__ = ["repeats"]


def repeats(posts: pa.Table, within_s: int, *, threshold: float = 0.8) -> pa.Table:
    """Say of each post whether it is a near-duplicate of an earlier one of its group.

    Parameters
    ----------
    posts
        Columns `row`, `group` (the account), `at_s`, and `tokens`, `wording`, `shingles` as `masked_kernel` gives them;
        in order of time.
    within_s
        Seconds that the earlier post may lie back.
    threshold
        Jaccard similarity of masked word 3-shingles from which two posts are near-duplicates; posts of fewer than five
        tokens are so only word for word.

    Returns
    -------
    pyarrow.Table
        `row`, `is_repeat`, in the order given; false for posts without a word.

    Raises
    ------
    SchemaError
        If a column is missing, or the threshold is not above 0 and at most 1.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> texts = ["Shop our summer sale now at ours", "Good morning", "Shop our summer sale now at ours!"]
    >>> table = pa.Table.from_batches([masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))])
    >>> table = table.append_column("group", [[7, 7, 7]]).append_column("at_s", [[0, 50, 100]])
    >>> repeats(table, 100)["is_repeat"].to_pylist(), repeats(table, 99)["is_repeat"].to_pylist()
    ([False, False, True], [False, False, False])
    """
    nobody = pa.nulls(len(posts), pa.int64())
    words = wordings_of(posts.append_column("person", nobody))
    at, wording = np.asarray(posts["at_s"]).astype(np.int64), words.of_reply
    spoken = np.flatnonzero(wording >= 0)
    order = spoken[np.argsort(wording[spoken], kind="stable")]
    line = _Timeline(wording[order], order, at[order], len(at))
    found = np.zeros(len(at), dtype=bool)
    if len(spoken):
        found[spoken] = line.gaps(wording[spoken], spoken, at[spoken]) <= within_s
    for one, other in similar_pairs(words.sets, threshold):
        for first, second in ((one, other), (other, one)):
            post, pair = line.posts_of(first)
            # A post can stand there several times.
            found[post[line.gaps(second[pair], post, at[post]) <= within_s]] = True
    return pa.table({"row": posts["row"], "is_repeat": pa.array(found)})


class _Timeline:
    """All posts by wording, and within each in time."""

    def __init__(self, wording: Places, post: Places, at: Places, size: int) -> None:
        self._wording, self._post, self._at, self._size = wording, post, at, size
        self._key = wording * size + post

    def posts_of(self, wording: Places) -> tuple[Places, Places]:
        """List the posts of each of some wordings, and the place of its wording among these."""
        start, stop = (np.searchsorted(self._wording, wording, side) for side in ("left", "right"))
        n = stop - start
        pair = np.repeat(np.arange(len(wording)), n)
        return self._post[np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + start[pair]], pair

    def gaps(self, wording: Places, post: Places, at: Places) -> NDArray[np.float64]:
        """Give the seconds since the last post of a wording before each of some posts; infinite without one."""
        before = np.searchsorted(self._key, wording * self._size + post) - 1
        place = np.maximum(before, 0)
        return np.where((before >= 0) & (self._wording[place] == wording), at - self._at[place], np.inf)
