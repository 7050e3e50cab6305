"""Shares over all posts corrected by the few that people coded.

The arrays hold one entry for each post; what people said is NaN where they did not look. The labeled posts must be a
random sample. Where some had a better chance than others to be drawn, each weighs as one over its chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError, unknown_name
from .powered import Labels, Pool, check_codes, powered
from .prevalence import Prevalence, rogan_gladen
from .results import FloatArray

__all__ = [
    "METHODS",
    "CodedPosts",
    "check_method",
    "coded_posts",
    "correct",
    "correct_by_rates",
    "corrected_prevalence",
]

#: Methods, and how much each trusts the rules; None is tuned.
_TRUST = {"ppi++": None, "ppi": 1.0, "labeled": 0.0}
METHODS = (*_TRUST, "rogan_gladen")


@dataclass(frozen=True, slots=True)
class CodedPosts:
    """Hold what rules and people said of each post (NaN where nobody looked), its weight and its cluster."""

    predicted: FloatArray
    truth: FloatArray
    weights: FloatArray
    cluster: NDArray[np.int64]
    is_clustered: bool

    @property
    def labels(self) -> Labels:
        """The posts that people coded."""
        seen = ~np.isnan(self.truth)
        return Labels(self.truth[seen], self.predicted[seen], self.weights[seen], self.cluster[seen])

    @property
    def pool(self) -> Pool:
        """The posts nobody labeled; all of them where labels were drawn unevenly, since the rest is then uneven too."""
        seen = ~np.isnan(self.truth)
        is_all = bool(seen.all()) or bool(np.ptp(self.weights[seen]) > 0)
        use = np.ones_like(seen) if is_all else ~seen
        return Pool(self.predicted[use], self.cluster[use], is_all=is_all)

    def part(self, use: NDArray[np.bool_]) -> CodedPosts:
        """Take out some of the posts."""
        cluster = np.unique(self.cluster[use], return_inverse=True)[1]
        return CodedPosts(self.predicted[use], self.truth[use], self.weights[use], cluster, self.is_clustered)


def corrected_prevalence(
    predicted: ArrayLike,
    truth: ArrayLike,
    *,
    method: str = "ppi++",
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    limits: str = "score",
    level: float = 0.95,
) -> Prevalence:
    """Give the share of posts with a label, from rules on all posts and people on some.

    Parameters
    ----------
    predicted
        (n,): codes of the rules, 0 or 1; for PPI also probabilities.
    truth
        (n,): codes of people, 0 or 1; NaN where nobody looked.
    method
        ``"ppi++"``, ``"ppi"``, ``"labeled"`` (the labeled posts alone) or ``"rogan_gladen"``.
    weights
        (n,): one over the chance of each labeled post to be drawn for labeling; ignored for the others. With uneven
        weights the codes of the rules are averaged over all posts, and lam is that of the difference estimator.
    clusters
        (n,): who posts of a kind hang together by, such as persons. Default: every post stands alone.
    limits, level
        As in `ppi` and `rogan_gladen`.

    Returns
    -------
    Prevalence
        The interval is that of the process that made the posts. If they are all there is, it is a little too wide.

    Raises
    ------
    NotEnoughEvidence
        If no post is labeled, or (Rogan and Gladen) the rules tell the label no better than chance.
    UnknownName
        If the method or the way to find limits does not exist.
    TwowayError
        If the shapes differ, a code is missing or not allowed, or a weight is not above 0.

    Examples
    --------
    >>> rules = [1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]
    >>> people = [1, 0, 1, 0] + [float("nan")] * 8
    >>> found = corrected_prevalence(rules, people)
    >>> round(found.raw, 3), round(found.corrected, 3), found.flags
    (0.417, 0.579, ('few_labels',))
    """
    check_method(method)
    posts = coded_posts(predicted, truth, weights, clusters)
    return correct(posts, method, limits, level)


def correct(posts: CodedPosts, method: str, limits: str, level: float) -> Prevalence:
    """Correct the share of these posts by their own labels.

    Examples
    --------
    >>> correct(coded_posts([1, 0, 1, 1], [1, 0, 1, float("nan")], None, None), "labeled", "wald", 0.95).method
    'labeled'
    """
    labels = posts.labels
    if method == "rogan_gladen":
        return correct_by_rates(posts, labels, limits, level)
    return powered(labels, posts.pool, lam=_TRUST[method], is_clustered=posts.is_clustered, limits=limits, level=level)


def correct_by_rates(posts: CodedPosts, labels: Labels, limits: str, level: float) -> Prevalence:
    """Correct by Rogan and Gladen with the error rates of some labels, each rate worth an effective number of posts.

    Examples
    --------
    >>> posts = coded_posts([1, 0, 1, 1], [1, 0, 0, float("nan")], None, None)
    >>> correct_by_rates(posts, posts.labels, "wald", 0.95).corrected
    0.5
    """
    n_all = len(posts.predicted)
    every = Labels(posts.predicted, posts.predicted, np.ones(n_all), posts.cluster)
    raw, n = _rate(every, every.predicted, np.ones(n_all), posts.is_clustered)
    sensitivity, n_positive = _rate(labels, labels.predicted, labels.truth, posts.is_clustered)
    specificity, n_negative = _rate(labels, 1 - labels.predicted, 1 - labels.truth, posts.is_clustered)
    found = rogan_gladen(
        raw, sensitivity, specificity, n=n, n_positive=n_positive, n_negative=n_negative, limits=limits, level=level
    )
    return replace(found, n_labeled=len(labels.truth), n=n_all)


def _rate(labels: Labels, hit: FloatArray, part: FloatArray, is_clustered: bool) -> tuple[float, float]:
    """Give the weighted share of hits in a part of the posts, and at which n a simple share is as unsure."""
    total = float((labels.weights * part).sum())
    if not total:
        return np.nan, 0.0
    share = float((labels.weights * part * hit).sum() / total)
    moved = np.bincount(labels.cluster, labels.weights * part * (hit - share)) / total
    m = len(np.unique(labels.cluster[part > 0]))
    variance = float((moved**2).sum()) * (m / (m - 1) if is_clustered and m > 1 else 1.0)
    return share, share * (1 - share) / variance if variance > 0 else labels.effective(part)


def check_method(method: str) -> None:
    """Refuse a method that does not exist.

    Raises
    ------
    UnknownName
        If it is not one of `METHODS`.

    Examples
    --------
    >>> check_method("ppi")
    """
    if method not in METHODS:
        raise unknown_name(method, METHODS, "method of correction")


def coded_posts(
    predicted: ArrayLike, truth: ArrayLike, weights: ArrayLike | None, clusters: ArrayLike | None
) -> CodedPosts:
    """Bring codes, weights and clusters to arrays that pair, or refuse them.

    Raises
    ------
    NotEnoughEvidence
        If no post is labeled.
    TwowayError
        As in `corrected_prevalence`.

    Examples
    --------
    >>> coded_posts([1, 0, 1], [1, float("nan"), 0], None, None).labels.truth.tolist()
    [1.0, 0.0]
    """
    f, y = np.asarray(predicted, dtype=float), np.asarray(truth, dtype=float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    group = np.arange(len(y)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    if not f.shape == y.shape == w.shape == group.shape or f.ndim != 1:
        msg = (
            f"Codes of shapes {f.shape} and {y.shape}, weights {w.shape} and clusters {group.shape} do not pair. "
            "They were given to a corrected share. Pass one entry for each post."
        )
        raise TwowayError(msg)
    seen = ~np.isnan(y)
    check_codes(y[seen], f[seen], f)
    if not (np.isfinite(w[seen]) & (w[seen] > 0)).all():
        msg = "Some weights of labeled posts are not above 0. They were given to a corrected share. Pass 1 / chance."
        raise TwowayError(msg)
    return CodedPosts(f, y, w, group, clusters is not None)
