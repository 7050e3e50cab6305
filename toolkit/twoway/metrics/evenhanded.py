"""Criticism and praise in the same vein: who is answered, how, how soon, and whom the account amplifies (B14, B15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from ..inference.hazards import cox
from ..inference.parity_effects import log_odds_difference, share_difference
from ..inference.results import Interval
from .kinds import Ratio, Rows
from .registry import metric

_TONED: dict[str, Any] = {"table": "toned", "needs": ("text",), "references": ("Newcombe98", "Schuirmann87")}
_RATE: dict[str, Any] = {
    "references": ("EinSte15",),
    "table": "toned",
    "catalog": "B1",
    "direction": "+",
    "needs": ("text",),
    "traits": ("response", "rules"),
    "horizon": "horizon_s",
}
_PARITY: dict[str, Any] = {
    **_TONED,
    "catalog": "B14",
    "direction": "0",
    "unit": "difference of shares",
    "span": (-1.0, 1.0),
    "min_n": 50,
    "traits": ("response", "rules", "signed"),
    "horizon": "horizon_s",
}
_RULES = "tone is found by rules for English wording, and sarcasm is often missed"
_ONE_KIND = "nobody criticized, or nobody praised"
_COLUMNS = (
    *("is_critical", "is_praising", "is_answered", "is_told", "has_question", "deflected", "substantive"),
    *("valent", "question_valent", "told_valent"),
)


@metric(
    **_RATE,
    formula=r"\frac{|\{t \in T_{b-} : \ell_t \le H\}|}{|T_{b-}|}",
    undefined="no criticism was due",
    misleads=_RULES,
)
def response_rate_criticism() -> Ratio:
    """Share of turns beginning with criticism that were answered within the horizon."""
    return Ratio("critical_answered", "is_critical", low_num="critical_answered", high_num="critical_high")


@metric(
    **_RATE,
    formula=r"\frac{|\{t \in T_{b+} : \ell_t \le H\}|}{|T_{b+}|}",
    undefined="no praise was due",
    misleads="praise often needs no answer; " + _RULES,
)
def response_rate_praise() -> Ratio:
    """Share of turns beginning with praise that were answered within the horizon."""
    return Ratio("praising_answered", "is_praising", low_num="praising_answered", high_num="praising_high")


@metric(
    **_PARITY,
    formula=r"RD = p_{-} - p_{+}",
    undefined=_ONE_KIND,
    misleads="praise often needs no answer: compare parity_answered_questions; " + _RULES,
)
def parity_answered() -> Rows:
    """Response rate of criticism less that of praise: 0 in the same vein, above 0 in favor of criticism.

    Posts that hold both count as criticism. `tw.parity` tests whether the two are the same up to a margin.
    """
    return Rows(_COLUMNS, lambda rows, d: _difference(rows, "is_answered", d), n="valent")


@metric(
    **_PARITY,
    formula=r"RD_{?} = p_{-?} - p_{+?}",
    undefined="no criticism, or no praise, came with a question",
    misleads=_RULES,
)
def parity_answered_questions() -> Rows:
    """Response rate of criticism less that of praise among turns that ask something."""
    return Rows(
        _COLUMNS, lambda rows, d: _difference(_where(rows, "has_question"), "is_answered", d), n="question_valent"
    )


@metric(
    **_PARITY,
    formula=r"RD = P(\text{deflected} \mid \text{answered}, -) - P(\text{deflected} \mid \text{answered}, +)",
    undefined="no criticism, or no praise, was answered",
    misleads="complaints need private details more often than thanks do; " + _RULES,
)
def parity_deflected() -> Rows:
    """Share of answers that send the person elsewhere, of those to criticism less of those to praise."""
    return Rows(_COLUMNS, lambda rows, d: _difference(_where(rows, "is_told"), "deflected", d), n="told_valent")


@metric(
    **_PARITY,
    formula=r"RD = P(\text{open} \mid \text{answered}, -) - P(\text{open} \mid \text{answered}, +)",
    undefined="no criticism, or no praise, was answered",
    misleads="thanks for praise need no substance; " + _RULES,
)
def parity_substantive() -> Rows:
    """Share of answers of substance in public, of those to criticism less of those to praise."""
    return Rows(_COLUMNS, lambda rows, d: _difference(_where(rows, "is_told"), "substantive", d), n="told_valent")


@metric(
    table="toned_raced",
    catalog="B3",
    direction="0",
    unit="hazard ratio",
    span=(0.0, float("inf")),
    min_n=100,
    needs=("text",),
    traits=("response", "rules"),
    references=("Cox72", "LinWei89"),
    formula=r"\exp(\beta),\ \lambda_b(t \mid v, z) = \lambda_{0b}(t)\, \exp(\beta v + \gamma^\top z)",
    undefined="nobody was answered while criticism and praise were waiting for the same organization",
    misleads="one number for all times; " + _RULES,
)
def criticism_hazard_ratio() -> Rows:
    """How many times as fast criticism is answered as praise, among turns alike in question, bystanders and length.

    Turns are compared within organizations only: each has a baseline hazard of its own.
    """
    columns = ("org_ix", "time", "event", "is_critical", "has_question", "is_bystander", "n_words")
    return Rows(columns, _hazard_ratio)


@metric(
    table="amplified",
    catalog="B15",
    direction="0",
    unit="log odds ratio",
    span=(float("-inf"), float("inf")),
    min_n=50,
    needs=("text",),
    needs_one=("repost_of_id", "quote_of_id"),
    traits=("rules", "signed"),
    references=("Gun18",),
    formula=r"\ln\frac{(r_{+} + .5) / (n_{+} - r_{+} + .5)}{(r_{-} + .5) / (n_{-} - r_{-} + .5)}",
    undefined="reposts and quotes were not collected, or " + _ONE_KIND,
    misleads="who a brand likes is not in posts; posts that do not address it, and paid ones, are left out; " + _RULES,
)
def amplification_asymmetry() -> Rows:
    """Log odds that the account reposts or quotes praise, less those of criticism: 0 symmetric, above 0 it boasts.

    Posts that hold both are left out.
    """
    return Rows(("is_critical", "is_praising", "is_shared", "valent"), _asymmetry, n="valent")


@metric(
    table="reached",
    catalog="B12",
    direction="+",
    needs=("parent_id", "text"),
    traits=("conversation", "rules"),
    references=("vanNoWil12",),
    formula=r"\frac{|\{p : p\ \text{proactive},\ \mathrm{parent}(p)\ \text{criticizes}\}|}{|\{p\ \text{directed}\}|}",
    undefined="the account addressed nobody known",
    misleads="collections made of mentions hold few complaints that address nobody; " + _RULES,
)
def proactive_complaint_share() -> Ratio:
    """Share of units directed to persons that take up a complaint nobody had addressed to the organization."""
    return Ratio("soothing", "known")


@metric(
    table="bonds_toned",
    catalog="C11",
    direction="+",
    needs=("text",),
    traits=("rules",),
    references=("Avidar13",),
    min_n=10,
    formula=r"\frac{|\{x\ \text{returned} : \text{no complaint in later episodes}\}|}{|\{x\ \text{returned}\}|}",
    undefined="nobody returned",
    misleads="who gave up complaining looks content; " + _RULES,
)
def returning_without_complaint_share() -> Ratio:
    """Share of those who returned who did so without a complaint."""
    return Ratio("returned_unasked", "returned")


def _where(rows: dict[str, Any], column: str) -> dict[str, Any]:
    kept = rows[column] == 1
    return {name: values[kept] for name, values in rows.items()}


def _difference(rows: dict[str, Any], outcome: str, d: Any) -> Interval:
    return share_difference(rows[outcome], rows["is_critical"], rows["is_praising"], rows["cluster"], d.level)


def _asymmetry(rows: dict[str, Any], d: Any) -> Interval:
    return log_odds_difference(rows["is_shared"], rows["is_praising"], rows["is_critical"], rows["cluster"], d.level)


def _hazard_ratio(rows: dict[str, Any], d: Any) -> Interval | None:
    critical = rows["is_critical"].astype(float)
    if not rows["event"].any() or len(np.unique(critical)) < 2 or len(np.unique(rows["cluster"])) < 2:
        return None
    columns = {"critical": critical}
    others = {
        "question": rows["has_question"].astype(float),
        "bystander": rows["is_bystander"].astype(float),
        "words": np.log1p(rows["n_words"].astype(float)),
    }
    columns |= {name: values for name, values in others.items() if len(np.unique(values)) > 1}
    try:
        fit = cox(
            rows["time"],
            rows["event"],
            pd.DataFrame(columns),
            strata=rows["org_ix"],
            clusters=rows["cluster"],
            level=d.level,
        )
    except NotEnoughEvidence:  # those who could be compared did not wait at the same time
        return None
    ratio, low, high = (float(fit.table[name].iloc[0]) for name in ("hazard_ratio", "low", "high"))
    known = tuple(flag for flag in fit.flags if flag in {"separated", "few_events", "saturated"})
    return Interval(
        low, high, float("nan"), "cox_clustered", known, ratio, len(np.unique(rows["cluster"])), level=d.level
    )
