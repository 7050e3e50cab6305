"""From turns owed to the columns of a model: which covariates, which baseline, which sides to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from ..talks import wanted_names

__all__ = ["COVARIATES", "baseline_of", "choose_covariates", "design", "is_number", "sides"]

#: Covariates that go into the model if none are named.
COVARIATES = (
    "log10_followers", "is_bystander", "hour_band", "is_weekend", "log_words", "has_question", "is_first_contact",
)  # fmt: skip

_OUTCOME = ("turn_id", "unit_id", "account_id", "person_id", "time_s", "event", "is_due", "is_answered")
_BASELINES = {"hour_band": "morning"}


def choose_covariates(turns: pd.DataFrame, covariates: str | Sequence[str] | None) -> list[str]:
    """Check the covariates that are asked for; by default take those that vary and are known for most turns.

    Raises
    ------
    UnknownName
        If there is no such covariate.
    TwowayError
        If an outcome is named.
    NotEnoughEvidence
        If nothing is known of one.
    """
    options = [name for name in turns.columns if name not in _OUTCOME]
    if covariates is None:
        # Where followers are known for few, keeping them would throw most turns away.
        return [c for c in COVARIATES if len(turns[c].dropna().unique()) > 1 and turns[c].notna().mean() > 0.5]
    names = wanted_names(covariates, "covariate", "fit_latency")
    for name in names:
        if name in _OUTCOME:
            msg = f"'{name}' is not known before the answer, or names who took part. It was given to fit_latency as a "
            raise TwowayError(msg + f"covariate. Choose among {', '.join(options)}.")
        if name not in options:
            raise unknown_name(name, options, "covariate")
        if not turns[name].notna().any():
            msg = f"Nothing is known of '{name}' in this corpus. It was given to fit_latency. Leave it out."
            raise NotEnoughEvidence(msg)
    return names


def design(
    turns: pd.DataFrame, covariates: Sequence[str], baselines: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Build the columns of the model, and say which covariate each belongs to."""
    columns: dict[str, Any] = {}
    owners = {}
    for name in covariates:
        if name not in baselines:
            columns[name], owners[name] = turns[name].astype(float), name
            continue
        for value in sorted(set(turns[name]) - {baselines[name]}):
            columns[f"{name}: {value}"], owners[f"{name}: {value}"] = (turns[name] == value).astype(float), name
    return pd.DataFrame(columns, index=turns.index), owners


def is_number(values: pd.Series) -> bool:
    """Say whether a covariate is a quantity, or a yes or no, rather than one of several names."""
    return pd.api.types.is_numeric_dtype(values)


def baseline_of(values: pd.Series, name: str) -> str:
    """Choose the value that the others are compared with: always the same where it occurs."""
    found = set(values)
    return _BASELINES[name] if _BASELINES.get(name) in found else str(min(found))


def sides(values: pd.Series, baseline: str | None) -> list[tuple[str, str, pd.Series, pd.Series]]:
    """Say which turns to compare: words for both sides, which turns are on either, and which are on the first."""
    everyone = pd.Series(data=True, index=values.index)
    if baseline is not None:
        others = sorted(set(values) - {baseline})
        return [(value, baseline, values.isin([value, baseline]), values == value) for value in others]
    if values.nunique() == 2:
        return [("yes", "no", everyone, values == values.max())]
    middle = float(values.median())
    return [(f"above {middle:.3g}", f"up to {middle:.3g}", everyone, values > middle)]
