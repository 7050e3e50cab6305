"""The replies to persons, one row each, with what they answer and what the person does next."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..interactions.episodes import OUTCOMES
from ..metrics.reentry_tables import REENTRY_S, TYPES, UNIT, last_asked, next_posts
from .covariates import HOUR_BANDS, local_times

__all__ = ["COVARIATES", "reply_rows"]

#: What may decide both which reply is given and whether the person goes on, beside the organization.
COVARIATES = (
    "criticism",
    "praise",
    "question",
    "log_words",
    *[f"hour_{band}" for band in list(HOUR_BANDS.values())[1:]],
)

_KEY = list(UNIT)


def reply_rows(talk: Any) -> pd.DataFrame:
    """List the units of organizations to persons with what they do and who goes on.

    Returns
    -------
    pandas.DataFrame
        `organization, person` (its number)`, type` (one of `TYPES`)`, time_s` (until the person's next public post in
        the conversation, or to the window's end)`, is_back` (1 if there is one)`, is_due` (watched for 72 hours)`,
        went_on` (within 72 hours)`, thanks, renewed` (whether that post thanks or reports success, or criticizes)` and
        the `COVARIATES` of the person's last post before the reply.
    """
    end = talk.corpus.window_s[1]
    units = next_posts(talk)
    accounts = talk.corpus.account_frame.select("account_ix", "organization", "time_zone")
    rows = units.select(*_KEY, "account_ix", "at_s", "rank", "back_row", "back_s").join(
        accounts, on="account_ix", how="inner"
    )
    rows = rows.join(_asked(talk, units), on=_KEY, how="left").join(_next(talk), on="back_row", how="left")
    table = talk.engine.collect(rows).to_pandas().sort_values(_KEY, ignore_index=True)
    back = table["back_s"].notna()
    waited = np.where(back, table["back_s"], end) - table["at_s"]
    due = table["at_s"] <= end - REENTRY_S
    names = {rank: name for name, rank in OUTCOMES.items()}
    out = pd.DataFrame(
        {
            "organization": table["organization"],
            "person": table["person_ix"].astype(int),
            "type": table["rank"].map(names),
            "time_s": np.maximum(waited.astype(float), 1.0),
            "is_back": back.astype(int),
            "is_due": due.astype(int),
            "went_on": (due & back & (waited <= REENTRY_S)).astype(int),
            **{name: _bit(table[name]) for name in ("thanks", "renewed", "criticism", "praise", "question")},
            "log_words": np.log1p(table["n_words"].fillna(0).astype(float)),
        }
    )
    hours = local_times(table["at_s"], table["time_zone"]).dt.hour
    for first, band in list(HOUR_BANDS.items())[1:]:
        out[f"hour_{band}"] = ((hours >= first) & (hours < first + 6)).astype(int)
    return out[out["type"].isin(TYPES)].reset_index(drop=True)


def _bit(column: pd.Series) -> pd.Series:
    return column.astype("boolean").fillna(value=False).astype(int)


def _asked(talk: Any, units: Any) -> Any:
    """Find what the person said last before each unit: `criticism, praise, question, n_words`."""
    marks = talk.marks.select("n_words", asked_row="row", question="has_question")
    tone = talk.coding.codes("tone").select(asked_row="row", praise="tone__praise", criticism=_criticizes())
    last = last_asked(talk, units).join(marks, on="asked_row", how="left")
    return last.join(tone, on="asked_row", how="left").drop("asked_row")


def _next(talk: Any) -> Any:
    codes = talk.coding.codes("closing", "tone")
    return codes.select(back_row="row", thanks="closing__confirms", renewed=_criticizes())


def _criticizes() -> nw.Expr:
    # Posts that hold both count as criticism.
    return nw.col("tone__criticism") | nw.col("tone__mixed")
