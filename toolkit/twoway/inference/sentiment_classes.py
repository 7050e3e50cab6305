"""Classes and spread of sentiment scores from -1 to 1, as functions of what can be added up over rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .results import FloatArray

__all__ = ["FLAT_BELOW", "SENTIMENT_CLASSES", "STRONG_FROM", "class_entropy", "sentiment_classes", "sentiment_spread"]

#: Scores nearer to 0 are neutral (flat); scores as far from 0 as this, or farther, are strong.
FLAT_BELOW, STRONG_FROM = 0.05, 0.5

SENTIMENT_CLASSES = ("strong_negative", "weak_negative", "neutral", "weak_positive", "strong_positive")


def sentiment_classes(scores: ArrayLike) -> NDArray[np.int64]:
    """Say which of the five `SENTIMENT_CLASSES` each score falls in.

    Parameters
    ----------
    scores
        (n,): from -1 to 1; NaN where unknown.

    Returns
    -------
    array, (n, 5)
        A 1 in the column of the class; zeros where the score is unknown. Cuts at 0.05 and 0.5 belong to the class
        farther from 0.

    Examples
    --------
    >>> sentiment_classes([-0.5, -0.05, 0, 0.49, float("nan")]).argmax(axis=1).tolist()[:4]
    [0, 1, 2, 3]
    >>> sentiment_classes([-0.5, -0.05, 0, 0.49, float("nan")]).sum(axis=0).tolist()
    [1, 1, 1, 1, 0]
    """
    x = np.asarray(scores, dtype=float)
    far = (np.abs(x) >= FLAT_BELOW).astype(int) + (np.abs(x) >= STRONG_FROM)
    place = np.where(np.isnan(x), -1, 2 + np.sign(np.nan_to_num(x)).astype(int) * far)
    return (place[..., None] == np.arange(len(SENTIMENT_CLASSES))).astype(np.int64)


def sentiment_spread(n: ArrayLike, total: ArrayLike, squares: ArrayLike) -> FloatArray:
    """Give the standard deviation of scores from how many there are, their sum, and the sum of their squares.

    Returns
    -------
    array
        With n - 1 below; NaN where n is not above 1.

    Examples
    --------
    >>> sentiment_spread([3, 1], [0, 0.4], [0.72, 0.16]).round(4).tolist()
    [0.6, nan]
    """
    count, s, s2 = (np.asarray(x, dtype=float) for x in (n, total, squares))
    some = np.where(count > 1, count, np.nan)
    # What is left by rounding where all scores are the same is no spread.
    left = np.where(s2 - s * s / some > 1e-12 * s2, s2 - s * s / some, 0.0)
    return np.asarray(np.where(np.isnan(some), np.nan, np.sqrt(left / (some - 1))))


def class_entropy(*counts: ArrayLike) -> FloatArray:
    """Give the evenness of classes: the entropy of their shares over the logarithm of how many classes there are.

    Parameters
    ----------
    counts
        One array for each class: how many fall in it.

    Returns
    -------
    array
        0 where all fall in one class, 1 where all classes are equally large, NaN where nothing falls in any.

    Examples
    --------
    >>> float(class_entropy(2, 2, 2, 2, 2)), float(class_entropy(0, 0, 7, 0, 0)), float(class_entropy(0, 0))
    (1.0, 0.0, nan)
    """
    table = np.stack(np.broadcast_arrays(*(np.asarray(count, dtype=float) for count in counts)))
    total = table.sum(axis=0)
    shares = table / np.where(total > 0, total, np.nan)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    # Rounding can leave a trace beyond either end.
    evenness = np.clip(-(shares * logs).sum(axis=0) / np.log(len(table)), 0.0, 1.0) + 0.0
    return np.asarray(np.where(total > 0, evenness, np.nan))
