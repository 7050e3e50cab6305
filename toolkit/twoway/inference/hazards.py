"""What makes a wait shorter: Cox's proportional hazards model, errors robust to persons who wait many times.

Own code, because `statsmodels.duration.PHReg` (0.14, 0.15) takes time in proportion to waits times moments; gives NaN
for every robust error as soon as one wait is censored before the first event of its stratum; forms robust errors as if
ties were Breslow's although the fit is Efron's; and gives no sign of a hazard ratio that runs away to infinity. Where
none of this happens the tests find the two equal; R's `survival::coxph` they match throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError
from .endings import check_endings
from .intervals import effective_clusters
from .resampling import jackknife_df
from .results import WARN_BELOW, FloatArray, check_level, normal_quantile, t_quantile
from .risk_sets import Index, Likelihood, RiskSets
from .shown import Shown

__all__ = ["FLAGS", "CoxFit", "cox"]

FLAGS = {
    "separated": "the events of some group come all first or not at all: its hazard ratio is held back by a penalty",
    "few_events": "fewer than 10 events for each covariate: hazard ratios are likely too extreme",
    "saturated": "as many covariates as clusters: nothing is left to show how uncertain the hazard ratios are",
    "aliased": "the covariate says nothing that those before it do not say: it was left out",
}

EVENTS_PER_TERM = 10
RUNAWAY = 10.0
MOST_STEPS = 60
# Under the penalty, 95 % of hazard ratios (of a yes against a no, or over two standard deviations) lie within 50-fold.
PRIOR_SD = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit(Shown):
    """Hold a fitted Cox model.

    Parameters
    ----------
    table
        One row a column of covariates: `term, coefficient, hazard_ratio, low, high` (limits of the hazard ratio)`, se`
        (of the coefficient)`, p, flags`. A hazard ratio above 1 means answered sooner. NaN where a column is aliased.
    n, n_events, n_strata, n_clusters
        Waits, those that ended, strata with waits, clusters (0 if waits stand for themselves).
    log_likelihood, log_likelihood_null
        Log partial likelihood of the fit, and with all hazard ratios 1.
    is_penalized
        Whether the coefficients were held back, because some would run away without bound.
    flags
        Names out of `FLAGS`, and ``few_clusters``.
    level
        Confidence level.
    """

    table: pd.DataFrame
    n: int
    n_events: int
    n_strata: int
    n_clusters: int
    log_likelihood: float
    log_likelihood_null: float
    is_penalized: bool
    flags: tuple[str, ...]
    level: float
    likelihood: Likelihood = field(repr=False)
    penalty: FloatArray = field(repr=False)
    columns: tuple[str, ...] = ()
    clusters: Index | None = field(default=None, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        kept = self.table.dropna(subset=["coefficient"])
        listed = ", ".join(f"{row.term} {row.hazard_ratio:.3g}" for row in kept.itertuples())
        notes = f" ({', '.join(self.flags)})" if self.flags else ""
        return f"Hazard ratios over {self.n:,} waits, {self.n_events:,} of them ended: {listed}{notes}."


def cox(
    durations: ArrayLike,
    is_event: ArrayLike,
    covariates: Any,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> CoxFit:
    """Fit a proportional hazards model: by what factor each covariate speeds up the end of a wait.

    Parameters
    ----------
    durations
        Time to the end, or to the end of watching, one for each wait.
    is_event
        Whether it ended in the event; else it is censored.
    covariates
        A frame (its columns name the terms) or an array (n, p); no NaN.
    strata
        Waits are compared only within a stratum: each has a baseline hazard of its own.
    clusters
        Who waited: any labels. Standard errors then count clusters (Lin and Wei), limits use Student's t.
    level
        Confidence level.

    Returns
    -------
    CoxFit
        If a coefficient exceeds 10 or does not settle, the likelihood has no peak there; the model is then fitted with
        a weak normal prior on every coefficient and flagged ``separated``. With no more clusters than covariates the
        effects of clusters cancel by construction: errors, limits and p are NaN, with flag ``saturated``.

    Raises
    ------
    TwowayError
        If lengths differ, a value is NaN, infinite, or a negative time, or an ending is neither yes nor no.
    NotEnoughEvidence
        If no wait ended, or no covariate varies among those who were waiting together.

    References
    ----------
    Cox 1972; Efron 1977; Lin & Wei 1989.

    Examples
    --------
    >>> fit = cox([1, 2, 3, 4], [1, 1, 1, 1], [[1], [0], [1], [0]])
    >>> fit.table[["coefficient", "hazard_ratio"]].round(4).values.tolist()
    [[0.9406, 2.5616]]
    """
    names, x, spans, ended, blocks = _checked(durations, is_event, covariates, strata)
    codes = None if clusters is None else _codes(clusters, len(spans), "clusters")
    sets = RiskSets(spans, ended, x, blocks)
    if not sets.n_events:
        msg = "No wait ended in the event. They were given to cox. Take a longer window, or more waits."
        raise NotEnoughEvidence(msg)
    null = sets.at(np.zeros(len(names)))
    kept = _independent(null.information())
    if not len(kept):
        msg = "No covariate varies among waits that run together. They were given to cox. Name others, or fewer strata."
        raise NotEnoughEvidence(msg)
    start = null if len(kept) == len(names) else sets.only(kept).at(np.zeros(len(kept)))
    penalty = np.zeros(len(kept))
    peak, settled = _climb(start, penalty)
    lost = (np.abs(peak.coefficients) > RUNAWAY) | (not settled)
    if lost.any():
        penalty = _weak_prior(x[:, kept])
        peak, _ = _climb(start, penalty)
    few = sets.n_events < EVENTS_PER_TERM * len(kept)
    m = 0 if codes is None else int(codes.max()) + 1
    flags = {"separated": bool(lost.any()), "few_events": few, "few_clusters": 0 < m < WARN_BELOW}
    flags["saturated"] = 0 < m <= len(kept)
    table = _table(peak, penalty, codes, kept, names, lost, check_level(level))
    return CoxFit(
        table=table, n=len(spans), n_events=sets.n_events, n_strata=sets.n_strata, n_clusters=m,
        log_likelihood=peak.value, log_likelihood_null=null.value, is_penalized=bool(lost.any()),
        flags=tuple(name for name, hit in flags.items() if hit), level=level, likelihood=peak, penalty=penalty,
        columns=tuple(names[i] for i in kept), clusters=codes,
    )  # fmt: skip


def _climb(here: Likelihood, penalty: FloatArray) -> tuple[Likelihood, bool]:
    """Find the peak by Newton's steps, halved where they overshoot; say whether they settled."""
    sets = here.sets
    for _ in range(MOST_STEPS):
        slope = here.score() - penalty * here.coefficients
        try:
            step = np.linalg.solve(here.information() + np.diag(penalty), slope)
        except np.linalg.LinAlgError:
            return here, False
        gain = float(slope @ step)
        if not np.isfinite(gain) or np.abs(here.coefficients + step).max() > 1e6:
            return here, False
        there = sets.at(here.coefficients + step)
        while gain > 1e-9 and _height(there, penalty) < _height(here, penalty) - 1e-9 and np.abs(step).max() > 1e-8:
            step = step / 2
            there = sets.at(here.coefficients + step)
        here = there
        if gain < 1e-12 * (1 + abs(here.value)):
            return here, True
    return here, False


def _height(at: Likelihood, penalty: FloatArray) -> float:
    return at.value - float((penalty * at.coefficients**2).sum()) / 2


def _weak_prior(x: FloatArray) -> FloatArray:
    """Give the precision of a normal prior on each coefficient, on the scale of the covariate."""
    two_valued = np.array([len(np.unique(column)) == 2 for column in x.T])
    scale = np.where(two_valued, np.ptp(x, axis=0), 2 * x.std(axis=0))
    return np.asarray((scale / PRIOR_SD) ** 2)


def _independent(information: FloatArray, tolerance: float = 1e-9) -> Index:
    """Find the columns that say something the columns before them do not."""
    rest, own = information.copy(), np.maximum(np.diag(information).copy(), 0.0)
    kept = []
    for k in range(len(own)):
        if rest[k, k] > tolerance * max(own[k], 1e-300) and own[k] > 1e-12:
            kept.append(k)
            rest = rest - np.outer(rest[:, k], rest[k]) / rest[k, k]
    return np.array(kept, dtype=np.intp)


def _table(
    peak: Likelihood,
    penalty: FloatArray,
    codes: Index | None,
    kept: Index,
    names: Sequence[str],
    lost: NDArray[np.bool_],
    level: float,
) -> pd.DataFrame:
    inverse = np.linalg.inv(peak.information() + np.diag(penalty))
    coefficient, se = peak.coefficients, np.sqrt(np.diag(inverse))
    critical, df = np.full(len(kept), normal_quantile(level)), np.full(len(kept), np.inf)
    if codes is not None:
        moved = _sum_rows(codes, peak.effects()) @ inverse
        m = len(moved)
        robust = np.sqrt((moved**2).sum(axis=0))
        # Clusters that all agree (none of a group ever ended) would make a runaway ratio look certain.
        se = np.maximum(se, robust) if penalty.any() else robust
        if m <= len(kept):
            # Scores add up to 0, so the effects of so few clusters cancel, and say nothing of uncertainty.
            se = np.full(len(kept), np.nan)
        df = jackknife_df(moved, m, float(effective_clusters(np.bincount(codes))))
        critical = t_quantile(df, level) * np.sqrt(m / max(m - 1, 1))
    low, high = (np.exp(np.clip(coefficient + side * critical * se, -700, 700)) for side in (-1, 1))
    found = {
        "coefficient": coefficient, "hazard_ratio": np.exp(coefficient), "low": low, "high": high, "se": se,
        "p": _p_values(coefficient, se * critical / t_quantile(df, level), df),
    }  # fmt: skip
    columns = {name: np.full(len(names), np.nan) for name in found}
    for name, values in found.items():
        columns[name][kept] = values
    told = dict(zip(kept.tolist(), lost.tolist(), strict=True))
    flags = ["aliased" if i not in told else "separated" if told[i] else "" for i in range(len(names))]
    return pd.DataFrame({"term": list(names), **columns, "flags": flags})


def _p_values(coefficient: FloatArray, se: FloatArray, df: FloatArray) -> FloatArray:
    from scipy.special import ndtr, stdtr

    ratio = -np.abs(coefficient / np.where(se > 0, se, np.nan))
    return np.asarray(2 * np.where(np.isfinite(df), stdtr(np.where(np.isfinite(df), df, 1.0), ratio), ndtr(ratio)))


def _sum_rows(codes: Index, rows: FloatArray) -> FloatArray:
    return np.stack([np.bincount(codes, column) for column in rows.T], axis=1)


def _checked(
    durations: ArrayLike, is_event: ArrayLike, covariates: Any, strata: ArrayLike | None
) -> tuple[list[str], FloatArray, FloatArray, NDArray[np.bool_], Index]:
    spans, ended = np.asarray(durations, dtype=float), check_endings(is_event, "cox")
    x = np.asarray(covariates, dtype=float)
    names = [str(c) for c in getattr(covariates, "columns", [f"x{k + 1}" for k in range(x.shape[-1] if x.ndim else 0)])]
    if x.ndim != 2 or not (spans.shape == ended.shape == x.shape[:1]):
        msg = (
            f"{spans.shape} durations, {ended.shape} endings and covariates of shape {x.shape} do not fit. "
            "They were given to cox. "
            "Pass one row of covariates for every wait."
        )
        raise TwowayError(msg)
    if not (np.isfinite(spans).all() and (spans >= 0).all() and np.isfinite(x).all()):
        msg = (
            "Some durations are negative, or some values NaN or infinite. "
            "They were given to cox. "
            "Leave out waits with anything unknown first."
        )
        raise TwowayError(msg)
    blocks = np.zeros(len(spans), dtype=np.intp) if strata is None else _codes(strata, len(spans), "strata")
    return names, x, spans, ended, blocks


def _codes(labels: ArrayLike, n: int, what: str) -> Index:
    given = np.asarray(labels)
    if given.shape != (n,):
        msg = f"{given.shape} {what} do not fit {n} durations. They were given to cox. Pass one for every wait."
        raise TwowayError(msg)
    return np.unique(given, return_inverse=True)[1]
