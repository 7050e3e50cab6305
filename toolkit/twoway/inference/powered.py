"""Prediction-powered inference: the share that rules find, plus the mean error seen in a sample coded by people.

All variances come from influences: by how much each post moves the share. Added up by cluster and squared, they give
the formula of the paper for independent posts, and a cluster-robust one where posts of one person are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError
from .intervals import wilson_limits
from .prevalence import Prevalence, check_limits, label_flags, wald_limits
from .results import FloatArray, check_level, normal_quantile, t_quantile

__all__ = ["Labels", "Pool", "check_codes", "least_variance", "ppi", "powered", "rates_of", "score_limits", "variances"]

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labels:
    """Hold what people and rules said of the labeled posts, each with its weight and the number of its cluster."""

    truth: FloatArray
    predicted: FloatArray
    weights: FloatArray
    cluster: Codes

    def effective(self, part: FloatArray | float = 1.0) -> float:
        """Effective number of labeled posts (of those where `part` is 1), by Kish over the sums of clusters."""
        sums = np.bincount(self.cluster, self.weights * part)
        squares = float((sums**2).sum())
        return float(sums.sum() ** 2) / squares if squares > 0 else 0.0

    def mean(self, values: FloatArray) -> float:
        """Weighted mean."""
        return float((self.weights * values).sum() / self.weights.sum())


@dataclass(frozen=True, slots=True)
class Pool:
    """Hold the codes of the rules for the posts that stand for all: those nobody labeled, or (`is_all`) every post."""

    predicted: FloatArray
    cluster: Codes
    is_all: bool


def ppi(
    truth: ArrayLike,
    predicted: ArrayLike,
    others: ArrayLike,
    *,
    lam: float | None = None,
    limits: str = "score",
    level: float = 0.95,
) -> Prevalence:
    """Correct a share by the mean error that the rules made in a random sample coded by people.

    The share is lam * mean(others) + mean(truth - lam * predicted).

    Parameters
    ----------
    truth, predicted
        (n,): codes of people (0 or 1) and of the rules (0 or 1, or a probability) for the same labeled posts, which
        must be a random sample. For samples with unequal chances use `corrected_prevalence`.
    others
        (N,): codes of the rules for posts that nobody labeled.
    lam
        1 is prediction-powered inference (PPI), 0 takes the labeled posts alone. Default: the tuned value of PPI++,
        cov(truth, predicted) / ((1 + n/N) var(predicted and others)), cut to [0, 1]; the covariance divides by n,
        the variance by n + N - 1, as in the authors' own program. The difference from dividing both by the count is of
        order 1/n and shrinks lam a little.
    limits
        ``"score"`` or ``"wald"`` (as in the paper).
    level
        Confidence level.

    Returns
    -------
    Prevalence
        `raw` is the share over labeled and other posts alike. Variances divide by the count, as in the paper.

    Raises
    ------
    NotEnoughEvidence
        If there are no labeled or no other posts.
    TwowayError
        If the shapes differ, a value is missing, or outside [0, 1].

    References
    ----------
    Angelopoulos et al. 2023, Science 382, 669-674; Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453.

    Examples
    --------
    >>> truth, predicted, others = [1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]
    >>> ppi(truth, predicted, others, lam=1).corrected
    0.75
    >>> tuned = ppi(truth, predicted, others)
    >>> round(tuned.lam, 6), round(tuned.corrected, 6)
    (0.314286, 0.578571)
    """
    y, f, g = (np.asarray(x, dtype=float) for x in (truth, predicted, others))
    check_codes(y, f, g)
    n = len(y)
    pool = Pool(g, np.arange(n, n + len(g)), is_all=False)
    return powered(Labels(y, f, np.ones(n), np.arange(n)), pool, lam=lam, limits=limits, level=level)


def check_codes(truth: FloatArray, predicted: FloatArray, others: FloatArray) -> None:
    """Refuse codes that are missing, outside [0, 1] or do not pair.

    Raises
    ------
    NotEnoughEvidence
        If one side is empty.
    TwowayError
        If shapes differ, or a code is missing or outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> check_codes(np.ones(2), np.zeros(2), np.ones(5))
    """
    if not truth.size or not others.size:
        msg = (
            f"{truth.size} labeled and {others.size} other posts are not enough. They were given to a corrected share. "
            "Have some posts coded by people, and the rest by rules."
        )
        raise NotEnoughEvidence(msg)
    both = np.concatenate([np.ravel(x) for x in (truth, predicted, others)])
    if truth.shape != predicted.shape or truth.ndim != 1 or not ((both >= 0) & (both <= 1)).all():
        msg = (
            f"Codes of shapes {truth.shape}, {predicted.shape} do not pair, or some are missing or outside 0 to 1. "
            "They were given to a corrected share. Pass one code of people and one of the rules for each labeled post."
        )
        raise TwowayError(msg)
    if not np.isin(truth, (0, 1)).all():
        msg = "Some codes of people are neither 0 nor 1. They were given to a corrected share. Leave out unsure posts."
        raise TwowayError(msg)


def powered(
    labels: Labels,
    pool: Pool,
    *,
    lam: float | None = None,
    is_clustered: bool = False,
    limits: str = "score",
    level: float = 0.95,
) -> Prevalence:
    """Give the prediction-powered share of labels with weights, clusters and a pool that may hold the labeled posts.

    Parameters
    ----------
    labels, pool
        With clusters numbered alike in both, from 0; without clusters every post has its own number.
    lam
        As in `ppi`; tuned for a pool of all posts, the factor (1 + n/N) falls away.
    is_clustered
        Whether clusters hold several posts: then the variance has the factor m/(m-1) for m clusters with labels.
    limits, level
        As in `ppi`.

    Examples
    --------
    >>> import numpy as np
    >>> labels = Labels(np.array([1.0, 0]), np.array([1.0, 0]), np.array([3.0, 1]), np.arange(2))
    >>> powered(labels, Pool(np.array([1.0, 1, 0]), np.arange(2, 5), is_all=False), lam=0).corrected
    0.75
    """
    check_limits(limits)
    trust = _tuned(labels, pool) if lam is None else float(lam)
    errors = labels.truth - trust * labels.predicted
    share = trust * float(pool.predicted.mean()) + labels.mean(errors)
    variance, of_labels = variances(labels, pool, trust, errors, is_clustered)
    n_eff = labels.effective()
    se = float(np.sqrt(variance))
    if limits == "wald":
        low, high = wald_limits(share, se, level)
    else:
        variance += max(least_variance(n_eff) - of_labels, 0.0)
        low, high = score_limits(share, variance, n_eff, level, is_fixed=bool(lam))
    corrected = float(np.clip(share, 0, 1))
    is_perfect = bool((labels.truth == labels.predicted).all())
    flags = label_flags(share, low, n_eff, is_perfect=is_perfect and trust > 0)
    sensitivity, specificity = rates_of(labels)
    method = {None: "ppi++", 1.0: "ppi", 0.0: "labeled"}.get(lam, "ppi with lam")
    n_all = len(pool.predicted) + (0 if pool.is_all else len(labels.truth))
    total = pool.predicted.sum() + (0 if pool.is_all else labels.predicted.sum())
    return Prevalence(
        float(total / n_all), corrected, low, high, se, method, len(labels.truth), n_all, sensitivity, specificity,
        trust, flags, check_level(level),
    )  # fmt: skip


def least_variance(n: float) -> float:
    """Give the variance of one error among n posts: the least that a sample without any error can rule out.

    Examples
    --------
    >>> round(least_variance(10), 6), least_variance(1)
    (0.009, 0.25)
    """
    return (1 - 1 / n) / n**2 if n > 1 else 0.25


def rates_of(labels: Labels) -> tuple[float, float]:
    """Give sensitivity and specificity of rules that say 0 or 1; NaN where they say anything else or nothing can err.

    Examples
    --------
    >>> import numpy as np
    >>> rates_of(Labels(np.array([1.0, 1, 0]), np.array([1.0, 0, 0]), np.ones(3), np.arange(3)))
    (0.5, 1.0)
    """
    y, f, w = labels.truth, labels.predicted, labels.weights
    if not np.isin(f, (0, 1)).all():
        return np.nan, np.nan
    positive, negative = float((w * y).sum()), float((w * (1 - y)).sum())
    sensitivity = float((w * y * f).sum()) / positive if positive else np.nan
    return sensitivity, float((w * (1 - y) * (1 - f)).sum()) / negative if negative else np.nan


def _tuned(labels: Labels, pool: Pool) -> float:
    y, f, n = labels.truth, labels.predicted, len(labels.truth)
    everyone = pool.predicted if pool.is_all else np.concatenate([f, pool.predicted])
    spread = float(everyone.var(ddof=1)) if len(everyone) > 1 else 0.0
    cov = labels.mean((y - labels.mean(y)) * (f - labels.mean(f)))
    factor = 1.0 if pool.is_all else 1 + n / len(pool.predicted)
    return float(np.clip(cov / (factor * spread), 0, 1)) if spread > 0 else 0.0


def variances(labels: Labels, pool: Pool, trust: float, errors: FloatArray, is_clustered: bool) -> tuple[float, float]:
    """Give the variance of the share, and the part of it that comes from the labeled posts.

    Examples
    --------
    >>> import numpy as np
    >>> labels = Labels(np.array([1.0, 0]), np.zeros(2), np.ones(2), np.arange(2))
    >>> variances(labels, Pool(np.zeros(3), np.arange(2, 5), is_all=False), 1.0, labels.truth, False)
    (0.125, 0.125)
    """
    k = int(max(labels.cluster.max(), pool.cluster.max())) + 1
    moved = labels.weights * (errors - labels.mean(errors)) / labels.weights.sum()
    by_label = np.bincount(labels.cluster, moved, k)
    by_pool = np.bincount(pool.cluster, trust * (pool.predicted - pool.predicted.mean()) / len(pool.predicted), k)
    m = len(np.unique(labels.cluster))
    widened = m / (m - 1) if is_clustered and m > 1 else 1.0
    return widened * float(((by_label + by_pool) ** 2).sum()), widened * float((by_label**2).sum())


def score_limits(share: float, variance: float, n_eff: float, level: float, *, is_fixed: bool) -> tuple[float, float]:
    """Give Wilson's limits at the n at which a simple share would be as unsure as this one.

    Where lam is fixed, or the share was cut, a share's own lopsidedness is not that of its errors: then the limits
    reach at least as far as share and standard error say.

    Examples
    --------
    >>> low, high = score_limits(0.4, 0.024, 10, 0.95, is_fixed=False)
    >>> round(low, 3), round(high, 3)
    (0.147, 0.721)
    """
    value = float(np.clip(share, 0, 1))
    simple = value * (1 - value)
    n = simple / variance if variance > 0 and simple > 0 else n_eff
    # Student's t in the place of the normal is the same as fewer trials at the normal.
    z, t = normal_quantile(level), float(t_quantile(n_eff - 1, level))
    trials = (max(n, n_eff) if is_fixed else n) * (z / t) ** 2
    low, high = (float(limit) for limit in wilson_limits(value * trials, trials, level))
    if is_fixed or share != value:
        half = t * float(np.sqrt(variance))
        return min(low, max(share - half, 0.0)), max(high, min(share + half, 1.0))
    return low, high
