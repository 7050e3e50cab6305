"""What is known of a turn owed before it was answered: the covariates of every model of answering."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..metrics.attention_tables import turns_with_followers
from ..metrics.waits import watched_until

__all__ = ["HOUR_BANDS", "independent_columns", "local_times", "turn_covariates"]

#: Bands of the local hour, by their first hour.
HOUR_BANDS = {0: "night", 6: "morning", 12: "afternoon", 18: "evening"}


def turn_covariates(talk: Any) -> pd.DataFrame:
    """List the turns owed in the window with what may make an answer likelier or quicker.

    Parameters
    ----------
    talk
        From `annotate`.

    Returns
    -------
    pandas.DataFrame
        One row a turn: `turn_id, unit_id` (organization)`, account_id, person_id, time_s` (seconds waited)`, event` (1
        answered)`, is_due, is_answered` (within the horizon)`, log10_followers` (of the person plus one; NaN where
        unknown)`, is_bystander` (several organizations addressed)`, hour_band, is_weekend` (local to the account, UTC
        where its zone is unknown)`, log_words` (one plus the words of the first post)`, has_question,
        is_first_contact, month`.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.covariates import turn_covariates
    >>> talk = tw.annotate(tw.load_corpus("twelve_posts"))
    >>> turn_covariates(talk)[["time_s", "event", "has_question"]].iloc[0].tolist()
    [600.0, 1.0, 1.0]
    """
    accounts = talk.corpus.account_frame.select("account_ix", "account_id", "organization", "time_zone")
    people = talk.corpus.account_frame.select(person_ix="account_ix", person_id="account_id")
    turns = watched_until(talk, turns_with_followers(talk)).join(accounts, on="account_ix", how="inner")
    turns = turns.join(people, on="person_ix", how="inner")
    turns = turns.join(talk.corpus.post_frame.select("row", turn_id="post_id"), on="row", how="inner")
    columns = ["row", "turn_id", "organization", "account_id", "person_id", "time_zone", "at_s", "turn_no"]
    columns += [
        "latency_s",
        "is_due",
        "is_answered",
        "is_bystander",
        "n_words",
        "has_question",
        "n_followers",
        "until_s",
    ]
    table = talk.engine.collect(turns.select(*columns)).to_pandas()
    table = table.sort_values(["row", "organization"], ignore_index=True)
    return _covariates(table)


def _covariates(table: pd.DataFrame) -> pd.DataFrame:
    end = table["until_s"]
    answered = table["latency_s"].notna() & (table["at_s"] + table["latency_s"] <= end)
    local = local_times(table["at_s"], table["time_zone"])
    followers = table["n_followers"].astype("float64").to_numpy()
    return pd.DataFrame(
        {
            "turn_id": table["turn_id"],
            "unit_id": table["organization"],
            "account_id": table["account_id"],
            "person_id": table["person_id"],
            "time_s": np.where(answered, table["latency_s"], end - table["at_s"]).astype(float),
            "event": answered.astype(int),
            "is_due": table["is_due"].astype(int),
            "is_answered": table["is_answered"].astype(int),
            "log10_followers": np.log10(1 + np.clip(followers, 0, None)),
            "is_bystander": table["is_bystander"].astype(int),
            "hour_band": pd.cut(local.dt.hour, [*HOUR_BANDS, 24], right=False, labels=list(HOUR_BANDS.values())).astype(
                str
            ),
            "is_weekend": (local.dt.day_of_week >= 5).astype(int),
            "log_words": np.log1p(table["n_words"].astype(float)),
            "has_question": table["has_question"].astype(int),
            "is_first_contact": (table["turn_no"] == 1).astype(int),
            "month": local.dt.strftime("%Y-%m"),
        }
    )


def independent_columns(columns: np.ndarray) -> np.ndarray:
    """Leave out columns that do not vary, or that a constant and those before them make up."""
    kept = [np.ones(len(columns))]
    for column in columns.T:
        if np.linalg.matrix_rank(np.column_stack([*kept, column])) > len(kept):
            kept.append(column)
    return np.column_stack(kept)[:, 1:]


def local_times(seconds: pd.Series, zones: pd.Series) -> pd.Series:
    """Give the wall-clock time of each moment in its own zone, without a zone; UTC where none is known."""
    stamps = pd.to_datetime(seconds, unit="s", utc=True)
    out = stamps.dt.tz_localize(None)
    for zone in zones.dropna().unique():
        here = zones == zone
        out[here] = stamps[here].dt.tz_convert(zone).dt.tz_localize(None)
    return out
