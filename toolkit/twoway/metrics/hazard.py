"""What shifts the wait for an answer (B3); `tw.fit_latency` gives the whole model with its checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.hazards import cox
from ..inference.results import Interval
from .kinds import Rows
from .registry import metric


@metric(
    table="raced",
    catalog="B3",
    direction="0",
    unit="hazard ratio",
    span=(0.0, float("inf")),
    min_n=100,
    needs=("text",),
    traits=("response",),
    references=("Cox72", "LinWei89", "Gun18"),
    formula=r"\exp(\beta),\ \lambda_b(t \mid q, z) = \lambda_{0b}(t)\, \exp(\beta q + \gamma^\top z)",
    undefined=(
        "nobody was answered while a turn with and a turn without a question were waiting for the same organization"
    ),
    misleads=(
        "one number for all times: tw.fit_latency checks whether it changes as time goes by, and adjusts for more than"
        " bystanders and length"
    ),
)
def question_hazard_ratio() -> Rows:
    """How many times as fast turns with a question are answered, among turns alike in bystanders and length.

    Turns are compared within organizations only: each has a baseline hazard of its own.
    """
    return Rows(("org_ix", "time", "event", "has_question", "is_bystander", "n_words"), _hazard_ratio)


def _hazard_ratio(rows: dict[str, Any], d: Any) -> Interval | None:
    question = rows["has_question"].astype(float)
    if not rows["event"].any() or len(np.unique(question)) < 2 or len(np.unique(rows["cluster"])) < 2:
        return None
    columns = {"question": question}
    others = {"bystander": rows["is_bystander"].astype(float), "words": np.log1p(rows["n_words"].astype(float))}
    columns |= {name: values for name, values in others.items() if len(np.unique(values)) > 1}
    covariates = pd.DataFrame(columns)
    try:
        fit = cox(
            rows["time"], rows["event"], covariates, strata=rows["org_ix"], clusters=rows["cluster"], level=d.level
        )
    except NotEnoughEvidence:  # those who could be compared did not wait at the same time
        return None
    # The first covariate is the question.
    ratio, low, high = (float(fit.table[name].iloc[0]) for name in ("hazard_ratio", "low", "high"))
    known = tuple(flag for flag in fit.flags if flag in {"separated", "few_events", "saturated"})
    persons = len(np.unique(rows["cluster"]))
    return Interval(low, high, float("nan"), "cox_clustered", known, ratio, persons, level=d.level)
