"""How varied the words of an account are, and how far its texts can be compressed.

All take the words of pooled texts (of an agent and day, or an organization and month), in order: single replies are too
short to say anything.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError

__all__ = ["MTLD", "compression_ratio", "mattr", "mtld", "mtld_factors", "relative_compression", "type_token_ratio"]

#: Texts are compressed in pieces of this many bytes.
PIECE_BYTES = 20_000

#: A factor of MTLD is complete when the share of different words falls below this.
FACTOR_BELOW = 0.72

Codes = NDArray[np.int64]


class MTLD(NamedTuple):
    """Words per factor, from both ends and their mean; whether one of them is capped at the number of words."""

    value: float
    forward: float
    backward: float
    is_capped: bool


def type_token_ratio(tokens: ArrayLike) -> float:
    """Give the different words per word. It falls with length: compare texts of one length only.

    Parameters
    ----------
    tokens
        (n,): words, as strings or numbers.

    Returns
    -------
    float
        NaN without words.

    Examples
    --------
    >>> type_token_ratio("we are sorry we are".split())
    0.6
    """
    words = np.asarray(tokens)
    return len(np.unique(words)) / len(words) if len(words) else float("nan")


def mattr(tokens: ArrayLike, window: int = 50) -> float:
    """Give the mean type-token ratio of all runs of `window` words.

    Parameters
    ----------
    tokens
        (n,): words, as strings or numbers.
    window
        Words in a run.

    Returns
    -------
    float
        NaN where there are fewer words than in a run.

    Raises
    ------
    SchemaError
        If the window is not 1 or more.

    References
    ----------
    Covington and McFall 2010.

    Examples
    --------
    >>> mattr(list("abab"), window=3)
    0.6666666666666666
    """
    if window < 1:
        msg = f"{window} words make no run. It was given as window. Pass 1 or more."
        raise SchemaError(msg)
    before = _last_seen(tokens)
    n = len(before)
    if n < window:
        return float("nan")
    place = np.arange(n)
    # A word is new in each run that holds it and starts after it was last seen.
    first = np.maximum(before + 1, np.maximum(place - window + 1, 0))
    last = np.minimum(place, n - window)
    return float(np.maximum(last - first + 1, 0).sum() / (window * (n - window + 1)))


def mtld(tokens: ArrayLike) -> MTLD:
    """Give the measure of textual lexical diversity: words per factor.

    A factor ends at the word with which its type-token ratio falls below .72 (.72 itself does not end it), and the
    count starts anew. What remains is the part (1 - TTR) / (1 - .72) of a factor. The mean is of both directions.

    Parameters
    ----------
    tokens
        (n,): words, as strings or numbers; 100 or more for a number that can be relied on.

    Returns
    -------
    MTLD
        NaN without words. A direction in which not one factor is complete is capped at the number of words, and
        `is_capped` says so.

    References
    ----------
    McCarthy and Jarvis 2010.

    Examples
    --------
    >>> mtld(list("abababcd"))
    MTLD(value=6.0, forward=4.0, backward=8.0, is_capped=False)
    """
    codes = _codes(tokens)
    n = len(codes)
    if not n:
        return MTLD(float("nan"), float("nan"), float("nan"), is_capped=False)
    factors = mtld_factors(codes), mtld_factors(codes[::-1])
    forward, backward = (n / max(count, 1.0) for count in factors)
    return MTLD((forward + backward) / 2, forward, backward, is_capped=min(factors) < 1)


def mtld_factors(tokens: ArrayLike) -> float:
    """Count the factors of MTLD of a run of words in one direction, the last in part.

    Factors of several texts add up: words per factor of all is the sum of words over the sum of factors.

    Examples
    --------
    >>> mtld_factors(list("abababcd"))
    2.0
    """
    codes = _codes(tokens)
    before = _last_seen(codes)
    n, start, factors, reach = len(codes), 0, 0, 128
    while start < n:
        stop = min(start + reach, n)
        ratio = np.cumsum(before[start:stop] < start) / np.arange(1, stop - start + 1)
        below = ratio < FACTOR_BELOW
        end = int(below.argmax())
        if below[end]:
            factors, start, reach = factors + 1, start + end + 1, 128
        elif stop == n:
            return float(factors + (1 - ratio[-1]) / (1 - FACTOR_BELOW))
        else:
            reach *= 2
    return float(factors)


def _codes(tokens: ArrayLike) -> Codes:
    """Give words as whole numbers, equal for equal words; numbers stay as they are."""
    words = np.asarray(tokens)
    return words if words.dtype.kind in "iu" else np.unique(words, return_inverse=True)[1].astype(np.int64)


def _last_seen(tokens: ArrayLike) -> Codes:
    """Give the place at which each word was last seen before, -1 for none."""
    codes = _codes(tokens)
    order = np.argsort(codes, kind="stable")
    again = codes[order][1:] == codes[order][:-1]
    before = np.full(len(codes), -1, dtype=np.int64)
    before[order[1:][again]] = order[:-1][again]
    return before


def compression_ratio(text: bytes | str) -> float:
    """Give the bytes of a text after compression per byte before; the more it repeats itself, the fewer.

    Parameters
    ----------
    text
        Twenty thousand bytes or more for a number that says something. Compare ratios of equally long texts only.

    Returns
    -------
    float
        By zlib at level 9, whose result may differ a little from version to version. NaN without text.

    Examples
    --------
    >>> once = compression_ratio("Hi Ann, we have sent you a message.")
    >>> compression_ratio("Hi Ann, we have sent you a message." * 50) < 0.1 * once
    True
    """
    raw = text.encode() if isinstance(text, str) else text
    return len(zlib.compress(raw, 9)) / len(raw) if raw else float("nan")


def relative_compression(
    brand: Sequence[str], public: Sequence[str], *, n_bytes: int = PIECE_BYTES, repeats: int = 20, seed: int = 0
) -> float:
    """Give the compression ratio of a brand's texts per that of the public's, at equal bytes.

    Parameters
    ----------
    brand, public
        Texts, masked or not, but both in the same way.
    n_bytes
        How much of each is compressed at a time.
    repeats
        Pieces drawn of each: whole texts in random order, until they fill the bytes.
    seed
        Start of the random order.

    Returns
    -------
    float
        Ratio of the mean ratios: below 1 where the brand repeats itself more than the public. NaN where either has
        fewer bytes.

    Examples
    --------
    >>> public = [f"word{i} comes before word{i * i}" for i in range(40)]
    >>> relative_compression(["we have sent you a message"] * 40, public, n_bytes=500) < 0.5
    True
    """
    ratios = [
        _piecewise([text.encode() for text in texts], n_bytes, repeats, np.random.default_rng([seed, side]))
        for side, texts in enumerate((brand, public))
    ]
    return ratios[0] / ratios[1]


def _piecewise(texts: list[bytes], n_bytes: int, repeats: int, rng: np.random.Generator) -> float:
    ends = np.array([len(text) + 1 for text in texts], dtype=np.int64)
    if ends.sum() < n_bytes:
        return float("nan")
    found = []
    for _ in range(repeats):
        order = rng.permutation(len(texts))
        enough = int(np.searchsorted(np.cumsum(ends[order]), n_bytes)) + 1
        found.append(compression_ratio(b"".join(texts[i] + b"\n" for i in order[:enough])[:n_bytes]))
    return float(np.mean(found))
