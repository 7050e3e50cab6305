"""Codes that people or models gave, put in the place of those of the rules."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from ..codebooks.marks import DESTINATIONS, NOTHING, RESOLUTIONS
from ..engine import Engine, Frame
from ..errors import SchemaError

__all__ = ["by_row", "given_codes", "given_weights", "over_rules", "with_destinations", "with_resolution"]


def given_codes(
    engine: Engine, codes: pd.DataFrame, book: str, labels: Sequence[str], *, is_exclusive: bool = False
) -> Frame | None:
    """Bring the given codes of one codebook into the engine, one row a post.

    Where several coders coded a label of a post, most of them decide; a tie counts as not coded. Of a codebook whose
    labels exclude each other a label that applies says that the others do not, also where these are not written down,
    and a post on whose label most do not agree counts as not coded.

    Parameters
    ----------
    codes
        The long table of codes, as `read_given` gives it.
    book
        Name of the codebook.
    labels
        Its labels.
    is_exclusive
        Whether they exclude each other.

    Returns
    -------
    Frame or None
        `post_id` and `book__label` for each label, 1, 0 or null; None if there are no codes of that codebook.

    Raises
    ------
    SchemaError
        If a label is not one of the codebook's.
    """
    own = codes[(codes["codebook"].astype(str) == book) & codes["value"].notna()]
    if own.empty:
        return None
    odd = sorted(set(own["label"].astype(str)) - set(labels))
    if odd:
        near = difflib.get_close_matches(odd[0], labels, n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        msg = (
            f"The label '{odd[0]}' is not one of {', '.join(labels)}. It stands in the codes given for the codebook"
            f" '{book}'. {hint}Correct it, or give a codebook that has it."
        )
        raise SchemaError(msg)
    own = own.assign(label=own["label"].astype(str), post_id=own["post_id"].astype(str))
    wide = own.pivot_table("value", "post_id", "label", aggfunc="mean").reindex(columns=list(labels))
    votes = wide.gt(0.5).astype("Int8").mask(wide.isna() | (wide == 0.5))
    votes = _one_label(wide, votes) if is_exclusive else votes
    if votes.empty:
        return None
    columns: dict[str, Any] = {"post_id": votes.index.astype(str).to_numpy()}
    columns |= {f"{book}__{label}": pa.array(votes[label], pa.int8(), from_pandas=True) for label in labels}
    return engine.from_arrow(pa.table(columns))


def _one_label(wide: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    """Give posts the first label that most voted for and no other; leave out those whose coders name different ones."""
    applies = votes.eq(1).fillna(value=False).astype(bool)
    first = applies & (applies.cumsum(axis=1) == 1)
    won = applies.any(axis=1)
    # Where most name no label at all, what they deny stands.
    is_split = ~won & (wide.sum(axis=1) > 0.5)
    return votes.mask(won, first.astype("Int8"))[~is_split]


def given_weights(engine: Engine, codes: pd.DataFrame, book: str) -> Frame | None:
    """Bring the weights of a sample into the engine: `post_id` and `weight`, one over the chance of a post to be drawn.

    Returns
    -------
    Frame or None
        None if the codes of that codebook have no weights.

    Raises
    ------
    SchemaError
        If a weight is not above 0.
    """
    if "weight" not in codes.columns:
        return None
    own = codes[(codes["codebook"].astype(str) == book) & codes["value"].notna() & codes["weight"].notna()]
    weights = own.groupby(own["post_id"].astype(str))["weight"].mean()
    if weights.empty:
        return None
    if not (weights > 0).all():
        msg = f"The weight {weights.min():g} is not above 0. It stands in the codes given for the codebook '{book}'. "
        msg += "Give one over the chance of each post to be drawn, or leave the column out."
        raise SchemaError(msg)
    columns = {"post_id": pa.array(weights.index), "weight": pa.array(weights, pa.float64())}
    return engine.from_arrow(pa.table(columns))


def by_row(given: Frame, posts: Frame) -> Frame:
    """Replace the ids of posts by rows; codes of posts that are not in the corpus are left out."""
    return given.join(posts.select("row", "post_id"), on="post_id", how="inner").drop("post_id")


def over_rules(coded: Frame, theirs: Frame, columns: Sequence[str]) -> Frame:
    """Replace codes of rules by given ones where there are any.

    Parameters
    ----------
    coded
        `row` and the columns, true, false or null.
    theirs
        `row` and the columns, 1, 0 or null.
    columns
        Their names.
    """
    joined = coded.join(theirs.rename({name: f"_{name}" for name in columns}), on="row", how="left")
    chosen = {
        name: nw.when(~nw.col(f"_{name}").is_null()).then(nw.col(f"_{name}") == 1).otherwise(nw.col(name))
        for name in columns
    }
    return joined.with_columns(**chosen).drop(*[f"_{name}" for name in columns])


def with_resolution(marks: Frame, theirs: Frame) -> Frame:
    """Replace the column `resolution` of the marks by given codes where there are any.

    It is null where they only deny what the rules say, and `NOTHING` where they deny every label.
    """
    names = {label: f"resolution__{label}" for label in RESOLUTIONS}
    joined = marks.join(theirs.select("row", *names.values()), on="row", how="left")
    told = nw.coalesce(*[nw.when(nw.col(name) == 1).then(nw.lit(label)) for label, name in names.items()])
    denied = nw.any_horizontal(
        *[(nw.col("resolution") == label) & (nw.col(name) == 0) for label, name in names.items()], ignore_nulls=True
    )
    kept = nw.when(~denied.fill_null(value=False)).then(nw.col("resolution"))
    no = [(nw.col(name) == 0).fill_null(value=False) for name in names.values()]
    none = nw.when(nw.all_horizontal(*no, ignore_nulls=True)).then(nw.lit(NOTHING))
    return joined.with_columns(resolution=nw.coalesce(told, none, kept)).drop(*names.values())


def with_destinations(marks: Frame, theirs: Frame) -> Frame:
    """Replace the columns `to_*` of the marks by given codes where there are any."""
    names = {f"destination__{label}": f"to_{name}" for name, label in DESTINATIONS.items()}
    return over_rules(marks, theirs.select("row", *names).rename(names), list(names.values()))
