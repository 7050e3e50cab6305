"""Criticism against praise among turns alike: in whether they ask, how many they address, and their length."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.hazards import cox
from ..inference.models import gee_logit
from ..inference.results import Interval
from ..inference.standardized import rows_alike, standardized_difference
from .covariates import independent_columns

__all__ = ["odds_ratios", "shares_apart", "speed_apart", "turns_alike"]


def turns_alike(turns: pd.DataFrame) -> pd.DataFrame:
    """Keep the turns of a kind (asks or not, one organization or several) that critics and admirers both took.

    Examples
    --------
    >>> one = {"has_question": 1, "is_bystander": 0}
    >>> turns = pd.DataFrame([{**one, "is_critical": i % 2, "cluster": i} for i in range(10)])
    >>> len(turns_alike(turns)), len(turns_alike(turns.head(9)))
    (10, 0)
    """
    return turns[rows_alike(turns["is_critical"], _kind(turns), turns["cluster"])]


def _kind(turns: pd.DataFrame) -> pd.Series:
    return 2 * turns["has_question"].astype(int) + turns["is_bystander"].astype(int)


def _length(turns: pd.DataFrame) -> np.ndarray:
    return np.log1p(turns["n_words"].to_numpy(dtype=float))


def shares_apart(hit: np.ndarray, turns: pd.DataFrame, level: float) -> Interval:
    """Give the difference of shares as it would be if criticism and praise were turns of the same kinds and length.

    Examples
    --------
    >>> same = {"has_question": 1, "is_bystander": 0, "n_words": 9}
    >>> turns = pd.DataFrame([{**same, "is_critical": i % 2, "cluster": i} for i in range(60)])
    >>> round(shares_apart(np.arange(60) % 2 * (np.arange(60) < 30), turns, 0.95).value, 3)
    0.5
    """
    critical, who = turns["is_critical"].to_numpy(dtype=float), turns["cluster"].to_numpy()
    return standardized_difference(hit, critical, _kind(turns).to_numpy(), who, _length(turns), level)


def speed_apart(turns: pd.DataFrame, level: float, *, is_adjusted: bool = False) -> Interval:
    """Give how many times as fast criticism is answered, within organizations; adjusted, within kinds of turns too.

    Examples
    --------
    >>> turns = pd.DataFrame({"is_critical": [1, 0] * 9, "time": range(18), "cluster": range(18)})
    >>> turns = turns.assign(event=1, org_ix=0)
    >>> speed_apart(turns, 0.95).value > 1
    True
    """
    nothing = Interval(np.nan, np.nan, np.nan, "none", ("undefined",), np.nan, level=level)
    turns = turns_alike(turns) if is_adjusted else turns
    if turns["is_critical"].nunique() < 2 or not turns["event"].any() or turns["cluster"].nunique() < 2:
        return nothing
    covariates = pd.DataFrame({"criticism": turns["is_critical"].to_numpy(dtype=float)})
    strata = turns["org_ix"].to_numpy()
    if is_adjusted:
        covariates["length"] = _length(turns)
        strata = 4 * strata + _kind(turns).to_numpy()
    rows = {name: turns[name].to_numpy() for name in ("time", "event", "cluster")}
    try:
        fit = cox(rows["time"], rows["event"], covariates, strata=strata, clusters=rows["cluster"], level=level)
    except NotEnoughEvidence:  # those who could be compared did not wait at the same time
        return nothing
    told = fit.table.set_index("term")
    if "criticism" not in told.index:
        return nothing
    value, low, high = (float(told.loc["criticism", name]) for name in ("hazard_ratio", "low", "high"))
    return Interval(low, high, float("nan"), "cox_clustered", (), value, turns["cluster"].nunique(), level=level)


def odds_ratios(hit: np.ndarray, turns: pd.DataFrame, level: float) -> dict[str, float]:
    """Give the odds ratio of criticism as it is, and among turns alike in question, bystanders and length.

    Examples
    --------
    >>> same = {"has_question": 1, "is_bystander": 0, "n_words": 9}
    >>> turns = pd.DataFrame([{**same, "is_critical": i % 2, "cluster": i} for i in range(60)])
    >>> found = odds_ratios((np.arange(60) % 3 == 0).astype(float), turns, 0.95)
    >>> round(found["odds_ratio"], 3), round(found["adjusted_odds_ratio"], 3)
    (1.0, 1.0)
    """
    critical = turns["is_critical"].to_numpy(dtype=float)
    others = np.column_stack([turns["has_question"], turns["is_bystander"], _length(turns)])
    columns = independent_columns(np.column_stack([critical, others]))
    told: dict[str, float] = {}
    for name, x in (("odds", critical[:, None]), ("adjusted_odds", columns)):
        keys = (f"{name}_ratio", f"{name}_low", f"{name}_high")
        told |= dict.fromkeys(keys, float("nan"))
        if len(np.unique(critical)) == 2 and len(np.unique(hit)) == 2:
            named = {"criticism": x[:, 0]} | {f"other {i}": x[:, i] for i in range(1, x.shape[1])}
            found = gee_logit(hit, named, turns["cluster"].to_numpy(), level).ratio("criticism")
            told |= dict(zip(keys, (found.value, found.low, found.high), strict=True))
    return told
