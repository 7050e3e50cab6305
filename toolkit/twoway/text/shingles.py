"""Tokens, and runs of tokens, as 64-bit numbers that stay the same in every batch, engine and release."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["SHINGLE", "as_lists", "gram_hashes", "sequence_hashes", "shingle_hashes", "token_hashes"]

#: Words in a shingle.
SHINGLE = 3

Words = NDArray[np.uint64]
Places = NDArray[np.int64]

# Constants of the finalizer of splitmix64 (Steele, Lea and Flood 2014).
_ODD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def token_hashes(tokens: pa.ListArray) -> tuple[Words, Places]:
    """Number the tokens of each text.

    Parameters
    ----------
    tokens
        (n,): lists of strings.

    Returns
    -------
    tuple of arrays
        The numbers of all tokens, end to end, and (n + 1) places at which the texts start.

    Examples
    --------
    >>> numbers, starts = token_hashes(pa.array([["so", "sorry"], [], ["so"]]))
    >>> starts.tolist(), bool(numbers[0] == numbers[2]), bool(numbers[0] == numbers[1])
    ([0, 2, 2, 3], True, False)
    """
    whole = tokens.combine_chunks() if isinstance(tokens, pa.ChunkedArray) else tokens
    starts = np.asarray(whole.offsets).astype(np.int64)
    coded = whole.values.slice(starts[0], starts[-1] - starts[0]).dictionary_encode()
    words = coded.dictionary.to_pylist()
    # A loop over the vocabulary, which is far smaller than the texts: their own hash differs from release to release.
    known = np.frombuffer(b"".join(blake2b(w.encode(), digest_size=8).digest() for w in words), dtype="<u8")
    return known[np.asarray(coded.indices)].astype(np.uint64), starts - starts[0]


def gram_hashes(hashes: Words, starts: Places, width: int) -> tuple[Words, Places]:
    """Number each run of `width` tokens within a text.

    Parameters
    ----------
    hashes, starts
        As `token_hashes` gives them.
    width
        Tokens in a run.

    Returns
    -------
    tuple of arrays
        The numbers of the runs and the text (0, 1, ...) that each is from, in the order of the texts.

    Examples
    --------
    >>> numbers, starts = token_hashes(pa.array([["a", "b", "a", "b"], ["b"], ["b", "a"]]))
    >>> runs, text = gram_hashes(numbers, starts, 2)
    >>> text.tolist(), bool(runs[0] == runs[2]), bool(runs[0] == runs[1]), bool(runs[1] == runs[3])
    ([0, 0, 0, 2], True, False, True)
    """
    sizes = np.diff(starts)
    text = np.repeat(np.arange(len(sizes)), sizes)
    n = max(len(hashes) - width + 1, 0)
    # A run that ends in another text than it starts in is none.
    whole = text[:n] == text[width - 1 :][:n]
    mixed = hashes[:n][whole]
    for step in range(1, width):
        mixed = mix(mixed * _ODD + hashes[step : step + n][whole])
    return mixed, text[:n][whole]


def shingle_hashes(hashes: Words, starts: Places, width: int = SHINGLE) -> tuple[Places, Places]:
    """Number the distinct runs of `width` tokens of each text.

    Parameters
    ----------
    hashes, starts
        As `token_hashes` gives them.
    width
        Tokens in a run.

    Returns
    -------
    tuple of arrays
        The numbers, sorted within each text, and (n + 1) places at which the texts start.

    Examples
    --------
    >>> numbers, starts = token_hashes(pa.array([["a", "b", "a", "b", "a"], ["b"]]))
    >>> shingles, cuts = shingle_hashes(numbers, starts, 2)
    >>> cuts.tolist()
    [0, 2, 2]
    """
    runs, text = gram_hashes(hashes, starts, width)
    signed = runs.view(np.int64)
    order = np.lexsort((signed, text))
    signed, text = signed[order], text[order]
    new = np.ones(len(text), dtype=bool)
    new[1:] = (signed[1:] != signed[:-1]) | (text[1:] != text[:-1])
    counts = np.bincount(text[new], minlength=len(starts) - 1)
    return signed[new], np.concatenate([[0], np.cumsum(counts)])


def sequence_hashes(hashes: Words, starts: Places) -> Places:
    """Give each text a number that exactly the texts with the same tokens in the same order share.

    Parameters
    ----------
    hashes, starts
        As `token_hashes` gives them.

    Returns
    -------
    array, (n,)
        Equal for texts without tokens.

    Examples
    --------
    >>> numbers, starts = token_hashes(pa.array([["a", "b"], ["b", "a"], ["a", "b"]]))
    >>> a, b, c = sequence_hashes(numbers, starts).tolist()
    >>> a == c, a == b
    (True, False)
    """
    sizes = np.diff(starts)
    place = np.arange(len(hashes)) - np.repeat(starts[:-1], sizes)
    placed = mix(hashes + mix(place.astype(np.uint64) * _ODD + _ODD))
    sums = np.concatenate([[np.uint64(0)], np.cumsum(placed, dtype=np.uint64)])
    return mix(sums[starts[1:]] - sums[starts[:-1]] + sizes.astype(np.uint64)).view(np.int64)


def as_lists(values: Places, starts: Places) -> pa.ListArray:
    """Lay an array out as lists, one a text."""
    return pa.ListArray.from_arrays(pa.array(starts, type=pa.int32()), pa.array(values))


def mix(numbers: Words) -> Words:
    """Scatter 64-bit numbers so that near ones end up far apart; no two become the same."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)
