"""Who gets an answer: a logistic model of answers within the horizon, for persons who ask many times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from ..inference.modelfit import ModelFit
from ..inference.models import gee_logit
from ..inference.results import REFUSE_BELOW, check_level
from ..talks import answering_flags, talk_of, wanted_names
from .covariates import turn_covariates
from .response_result import COLUMNS, ResponseFit

__all__ = ["COVARIATES", "fit_response"]

#: What is known of a turn before it is answered.
COVARIATES = (
    "log10_followers", "is_bystander", "has_question", "log_words", "is_weekend", "hour_band", "is_first_contact",
)  # fmt: skip

#: Covariates in words: each becomes one column a word, the most frequent left out.
IN_WORDS = ("hour_band", "month")

UNITS = {"organization": "unit_id", "account": "account_id"}


def fit_response(
    talk: Any, covariates: str | Sequence[str] | None = None, *, by: str | None = None, level: float | None = None
) -> ResponseFit:
    """Fit which turns owed are answered within the horizon, by logistic estimating equations.

    Any two turns of a person are taken to be equally alike, and standard errors hold if they are not. Fitted together,
    each organization has a level of its own, so turns are compared with others to the same organization.

    Parameters
    ----------
    talk
        From `annotate`.
    covariates
        One or several columns of `turn_covariates`. Default: followers (of the person, in powers of ten), several
        organizations addressed, question, words, weekend, hour band, first contact.
    by
        `organization` or `account` to fit each on its own; default all together.
    level
        Confidence level; default that of the definitions.

    Returns
    -------
    ResponseFit
        Odds ratios. Covariates that never vary, or are unknown everywhere, are left out by name; so are turns in which
        one is unknown, and organizations whose turns were all answered, or none.

    Raises
    ------
    SchemaError
        If it is given no talk.
    TwowayError
        If an empty list is given.
    UnknownName
        If there is no such covariate, or `by` is neither of the two.
    NotEnoughEvidence
        If fewer than 10 persons are left, or all turns had the same outcome.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.response import fit_response
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> fit = fit_response(talk, ["has_question", "log10_followers"])
    >>> fit.table[["unit_id", "term", "n", "n_clusters"]].values.tolist()
    [['all', 'has_question', 6060, 1980], ['all', 'log10_followers', 6060, 1980]]
    """
    talk = talk_of(talk, "fit_response")
    chosen = _checked(covariates, by)
    width = check_level(talk.definitions.level if level is None else level)
    turns = turn_covariates(talk)
    turns = turns[turns["is_due"] == 1].reset_index(drop=True)
    references = {name: str(turns[name].mode().iloc[0]) for name in IN_WORDS if name in chosen and len(turns)}
    unit = UNITS[by or "organization"]
    reasons = _reasons(turns, unit, chosen, is_alone=by is not None)
    turns = turns[~turns[unit].isin(set(reasons))]
    _check_evidence(turns)
    fits: dict[str, ModelFit] = {}
    for name, rows in turns.groupby(unit) if by else [("all", turns)]:
        columns = _columns(rows, chosen, references, with_units=by is None)
        fits[str(name)] = gee_logit(rows["is_answered"], columns, rows["person_id"], width)
    table = pd.concat([_rows(name, fit, chosen) for name, fit in fits.items()], ignore_index=True)[COLUMNS]
    return ResponseFit(
        table=table,
        fits=fits,
        by=by,
        level=width,
        horizon_s=int(talk.definitions.horizon_s),
        flags=",".join([*_flags(fits, reasons), *answering_flags(talk)]),
        left_out=_left_out(fits, chosen),
        units_left_out=reasons,
        references=references,
    )


def _checked(covariates: str | Sequence[str] | None, by: str | None) -> list[str]:
    known = {*COVARIATES, *IN_WORDS}
    chosen = wanted_names(COVARIATES if covariates is None else covariates, "covariate", "fit_response")
    for name in chosen:
        if name not in known:
            raise unknown_name(name, known, "covariate")
    if by is not None and by not in UNITS:
        raise unknown_name(by, UNITS, "level to fit by")
    return chosen


def _reasons(turns: pd.DataFrame, unit: str, chosen: Sequence[str], *, is_alone: bool) -> dict[str, str]:
    """Say of each unit that cannot be fitted why: its turns had one outcome, or too few persons sent them."""
    pieces = [rows for _, rows in turns.groupby(unit)] if is_alone else [turns]
    known = pd.concat([_known(rows, chosen) for rows in pieces]) if len(turns) else turns
    seen = known.groupby(unit).agg(share=("is_answered", "mean"), persons=("person_id", "nunique"))
    reasons = {str(name): "covariates unknown" for name in turns[unit].unique() if name not in seen.index}
    for name, row in seen.iterrows():
        if row["share"] in (0.0, 1.0):
            reasons[str(name)] = "all answered" if row["share"] else "none answered"
        elif is_alone and row["persons"] < REFUSE_BELOW:
            reasons[str(name)] = f"fewer than {REFUSE_BELOW} persons"
    return reasons


def _known(rows: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """Keep the turns of which all is known that is known of any."""
    return rows.dropna(subset=[name for name in chosen if rows[name].notna().any()])


def _check_evidence(turns: pd.DataFrame) -> None:
    persons = turns["person_id"].nunique()
    if persons < REFUSE_BELOW:
        msg = (
            f"Only {persons} persons are left whose turns could show what goes with an answer. They were given to "
            f"fit_response. It needs {REFUSE_BELOW}, at units that answered some of their turns but not all."
        )
        raise NotEnoughEvidence(msg)


def _columns(
    rows: pd.DataFrame, chosen: Sequence[str], references: dict[str, str], *, with_units: bool
) -> dict[str, Any]:
    # Levels of organizations come first: a covariate that only tells organizations apart is then the one left out.
    units = sorted(set(rows["unit_id"]))[1:] if with_units else []
    columns: dict[str, Any] = {f"unit_id[{name}]": (rows["unit_id"] == name).to_numpy() for name in units}
    for name in chosen:
        if name in IN_WORDS:
            words = sorted(set(rows[name]) - {references[name]})
            columns |= {f"{name}[{word}]": (rows[name] == word).to_numpy() for word in words}
            if not words:
                columns[name] = np.zeros(len(rows))  # there is one word only: to be left out by name
        else:
            columns[name] = rows[name].to_numpy(dtype=float)
    return columns


def _rows(unit: str, fit: ModelFit, chosen: Sequence[str]) -> pd.DataFrame:
    table = fit.table[[_name(term) in chosen for term in fit.table["term"]]]
    ratios = {"low": table["ratio_low"], "high": table["ratio_high"]}
    return table.assign(unit_id=unit, n=fit.n, n_clusters=fit.n_clusters, flags=fit.flags, **ratios)


def _name(term: str) -> str:
    return term.partition("[")[0]


def _left_out(fits: dict[str, ModelFit], chosen: Sequence[str]) -> dict[str, str]:
    """Name the covariates of which no term is left in some fit, with the reason, and in how many of several fits."""
    out: dict[str, list[str]] = {}
    for fit in fits.values():
        kept = {_name(term) for term in fit.table["term"]}
        gone = {_name(term): why for term, why in fit.dropped.items() if _name(term) not in kept}
        for name, why in gone.items():
            out.setdefault(name, []).append(why)
    said = {name: " or ".join(dict.fromkeys(whys)) for name, whys in out.items()}
    some = {name: f" at {len(whys)} of {len(fits)}" for name, whys in out.items() if len(whys) < len(fits)}
    return {name: said[name] + some.get(name, "") for name in chosen if name in said}


def _flags(fits: dict[str, ModelFit], reasons: dict[str, str]) -> Iterator[str]:
    seen = dict.fromkeys(flag for fit in fits.values() for flag in fit.flags.split(",") if flag)
    yield from seen
    if reasons:
        yield "units_left_out"
