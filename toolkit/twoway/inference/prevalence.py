"""Shares of a label when rules coded all posts and people coded a few of them: shares corrected for the rules' errors.

What rules find is too much by their false alarms and too little by what they miss. Rogan and Gladen undo both with the
sensitivity and specificity; prediction-powered inference adds to the share found the mean error seen in the sample that
people coded, and its tuned form (PPI++) trusts the rules as much as they deserve.

Limits are found in one of two ways, by name. Simulated coverage (in the tests) decided the default:

=========  ===========================================================================================================
`wald`     value and standard error as printed in the papers, cut to [0, 1]; too sure where labels or errors are few
`score`    Rogan and Gladen: Lang and Reiczigel's adjusted limits. Otherwise Wilson's interval with an effective n (that
           of a simple share as unsure as this one), Student's t, and never fewer than one error among the labels;
           for PPI with a fixed lam at least as wide as its standard error says
=========  ===========================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from .results import FloatArray, check_level, normal_quantile
from .shown import Shown

__all__ = ["FLAGS", "LIMITS", "Prevalence", "check_limits", "label_flags", "rogan_gladen", "wald_limits"]

FLAGS = {
    "undefined": "no labeled post has, or none lacks, the label: error rates of the rules cannot be told",
    "clipped": "the corrected share fell outside 0 to 1 and was set to the nearer end",
    "inconsistent": "no share from 0 to 1 fits the error rates: the labeled posts are hardly a sample of these posts",
    "few_labels": "fewer than 30 posts (or an effective number of them) were labeled: read the limits with care",
    "few_positives": "fewer than 5 labeled posts with, or without, the label: an error rate rests on a handful",
    "no_errors_seen": "rules and people agree on all labeled posts: how often the rules err is hardly known",
    "pooled_errors": "too few labels of its own: corrected with the error rates of all groups, which may differ here",
    "too_few_labels": "people coded fewer than 30 of its units: a value made of several labels and facts has no error"
    " rates to borrow, so it is not corrected",
    "no_better_than_chance": "sensitivity and specificity add up to 1 or less: the rules cannot tell the label",
}

LIMITS = ("score", "wald")
FEW_LABELS, FEW_POSITIVES = 30, 5


@dataclass(frozen=True, slots=True)
class Prevalence(Shown):
    """Hold the share of a label before and after correction.

    Parameters
    ----------
    raw
        Share as the rules coded it.
    corrected
        Share after correction, in [0, 1].
    low, high
        Limits of the corrected share, in [0, 1]; NaN where none of them fits (flag ``inconsistent``).
    se
        Standard error of the corrected share.
    method
        `rogan_gladen`, `ppi`, `ppi++` or `labeled` (the labeled posts alone).
    n_labeled, n
        Posts coded by people, and posts coded by the rules.
    sensitivity, specificity
        Of the rules among the labeled posts; NaN where they cannot be told.
    lam
        How much the rules are trusted: 0 not at all, 1 as much as people. NaN for Rogan and Gladen.
    flags
        Names out of `FLAGS`.
    level
        Confidence level.

    Examples
    --------
    >>> print(Prevalence(0.3, 0.286, 0.168, 0.404, method="rogan_gladen", n_labeled=150, n=200))
    Corrected share 0.286 (95 % interval 0.168 to 0.404), 0.3 as coded by rules; rogan_gladen, 150 of 200 posts labeled.
    """

    SHOWN = (
        "raw", "corrected", "low", "high", "se", "method", "n_labeled", "n", "sensitivity", "specificity", "lam",
        "flags", "level",
    )  # fmt: skip

    raw: float
    corrected: float
    low: float
    high: float
    se: float = float("nan")
    method: str = ""
    n_labeled: int = 0
    n: int = 0
    sensitivity: float = float("nan")
    specificity: float = float("nan")
    lam: float = float("nan")
    flags: tuple[str, ...] = ()
    level: float = 0.95

    def __str__(self) -> str:
        """Write one sentence."""
        notes = f"; {', '.join(self.flags)}" if self.flags else ""
        limits = f"({100 * self.level:g} % interval {self.low:.3g} to {self.high:.3g})"
        value = "cannot be told" if np.isnan(self.corrected) else f"{self.corrected:.3g} {limits}"
        labeled = f"{self.n_labeled:,} of {self.n:,} posts labeled"
        return f"Corrected share {value}, {self.raw:.3g} as coded by rules; {self.method}, {labeled}{notes}."


def rogan_gladen(
    raw: float,
    sensitivity: float,
    specificity: float,
    *,
    n: float,
    n_positive: float,
    n_negative: float,
    limits: str = "score",
    level: float = 0.95,
) -> Prevalence:
    """Correct a share for the errors of the rules: (raw + specificity - 1) / (sensitivity + specificity - 1).

    Parameters
    ----------
    raw
        Share of the n posts that the rules gave the label.
    sensitivity, specificity
        Share of the `n_positive` labeled posts with the label that the rules found, and of the `n_negative` without it
        that they left alone. NaN gives NaN, flag ``undefined``.
    n, n_positive, n_negative
        Posts behind each share; may be effective numbers.
    limits
        ``"score"`` (Lang and Reiczigel) or ``"wald"`` (delta method).
    level
        Confidence level.

    Returns
    -------
    Prevalence
        Share, limits and standard error (delta method, at the share after it was cut to [0, 1]).

    Raises
    ------
    NotEnoughEvidence
        If sensitivity and specificity add up to 1 or less.
    TwowayError
        If a share is outside [0, 1], or a number of posts is not above 0.

    References
    ----------
    Rogan & Gladen 1978, American Journal of Epidemiology 107, 71-76; Lang & Reiczigel 2014, Preventive Veterinary
    Medicine 113, 13-22.

    Examples
    --------
    >>> found = rogan_gladen(0.30, 0.8, 0.9, n=200, n_positive=50, n_negative=100, limits="wald")
    >>> round(found.corrected, 6), round(found.se, 5), round(found.low, 4), round(found.high, 4)
    (0.285714, 0.06011, 0.1679, 0.4035)
    """
    check_limits(limits)
    rates = np.array([raw, sensitivity, specificity])
    counts = np.array([n, n_positive, n_negative], dtype=float)
    _check_rates(rates, counts)
    n_labeled, told = round(n_positive + n_negative), (float(sensitivity), float(specificity))
    unknown = Prevalence(
        float(raw), np.nan, np.nan, np.nan, np.nan, "rogan_gladen", n_labeled, round(n), *told, flags=("undefined",),
        level=check_level(level),
    )  # fmt: skip
    if np.isnan(rates).any():
        return unknown
    if sensitivity + specificity <= 1:
        msg = (
            f"Sensitivity {sensitivity:.3g} and specificity {specificity:.3g} add up to 1 or less: the rules tell the "
            "label no better than chance. They were given to rogan_gladen. Better the rules, or use the labeled posts."
        )
        raise NotEnoughEvidence(msg)
    share = (raw + specificity - 1) / (sensitivity + specificity - 1)
    corrected = float(np.clip(share, 0, 1))
    se = _delta_se(corrected, rates, counts)
    is_wald = limits == "wald"
    low, high = wald_limits(share, se, level) if is_wald else _lang_reiczigel(rates, counts, normal_quantile(level))
    flags = label_flags(share, low, n_positive + n_negative, is_perfect=min(told) == 1)
    if min(n_positive, n_negative) < FEW_POSITIVES:
        flags = (*flags, "few_positives")
    return replace(unknown, corrected=corrected, low=low, high=high, se=se, flags=flags)


def check_limits(limits: str) -> None:
    """Refuse a way to find limits that does not exist.

    Raises
    ------
    UnknownName
        If it is not one of `LIMITS`.

    Examples
    --------
    >>> check_limits("score")
    """
    if limits not in LIMITS:
        raise unknown_name(limits, LIMITS, "way to find limits")


def label_flags(share: float, low: float, n_labeled: float, *, is_perfect: bool) -> tuple[str, ...]:
    """Give the reasons for care in a corrected share, from its value and limits, its labels, and if no error was seen.

    Examples
    --------
    >>> label_flags(-0.01, 0.0, 29.5, is_perfect=False), label_flags(0.2, 0.1, 30, is_perfect=True)
    (('clipped', 'few_labels'), ('no_errors_seen',))
    """
    reasons = {
        "inconsistent": bool(np.isnan(low)),
        "clipped": not 0 <= share <= 1,
        "few_labels": n_labeled < FEW_LABELS,
        "no_errors_seen": is_perfect,
    }
    return tuple(flag for flag, holds in reasons.items() if holds)


def wald_limits(share: float, se: float, level: float) -> tuple[float, float]:
    """Give value and standard error as limits, cut to [0, 1].

    Examples
    --------
    >>> low, high = wald_limits(0.75, 0.2795, 0.95)
    >>> round(low, 4), high
    (0.2022, 1.0)
    """
    half = normal_quantile(level) * se
    return _cut(share - half, share + half)


def _cut(low: float, high: float) -> tuple[float, float]:
    """Cut limits to [0, 1]; where they lie outside altogether, nothing is left to say."""
    if high < 0 or low > 1:
        return np.nan, np.nan
    return max(float(low), 0.0), min(float(high), 1.0)


def _check_rates(rates: FloatArray, counts: FloatArray) -> None:
    if (rates < 0).any() or (rates > 1).any() or not (counts[~np.isnan(rates)] > 0).all():
        msg = (
            f"Shares {rates.tolist()} of {counts.tolist()} posts cannot be. They were given to rogan_gladen. "
            "Pass shares from 0 to 1 and the number of posts behind each."
        )
        raise TwowayError(msg)


def _delta_se(share: float, rates: FloatArray, counts: FloatArray) -> float:
    slopes = np.array([1.0, share, 1 - share]) / (rates[1] + rates[2] - 1)
    return float(np.sqrt((slopes**2 * rates * (1 - rates) / counts).sum()))


def _lang_reiczigel(rates: FloatArray, counts: FloatArray, z: float) -> tuple[float, float]:
    """Give limits that add a few made-up posts to each share, and shift the middle for the curve of the formula."""
    added = np.array([z**2, 2.0, 2.0])
    more = counts + added
    raw, found, left = (counts * rates + added / 2) / more
    if found + left <= 1:
        return 0.0, 1.0
    share = (raw + left - 1) / (found + left - 1)
    pull = share * found * (1 - found) / more[1] - (1 - share) * left * (1 - left) / more[2]
    middle = share + 2 * z**2 * pull
    half = z * _delta_se(share, np.array([raw, found, left]), more)
    return _cut(middle - half, middle + half)
