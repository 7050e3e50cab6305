"""What organizations' posts to persons do: the words that go on with a post and name nobody are part of it."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..codebooks.marks import DESTINATIONS, NOTHING, RESOLUTIONS
from ..engine import Engine, Frame
from .units import shared_units

__all__ = ["deed_table"]

_LABELS = (*RESOLUTIONS, NOTHING)
_PLACES = tuple(f"to_{name}" for name in DESTINATIONS)


def deed_table(engine: Engine, marks: Frame, arcs: Frame, posts: Frame, merged: Frame, until_s: int) -> Frame:
    """Say what each post of an organization to a person does, together with the posts of its unit that name nobody.

    "Sorry! (1/2)" and a self-reply "(2/2) Hold the button for ten seconds." are one answer, also where the platform
    puts no handle before the second half.

    Parameters
    ----------
    marks
        `row, resolution, to_*` of all posts.
    arcs
        From `person_arcs`.
    posts
        `row, created_s, is_private`.
    merged
        `row, unit_row` of posts that are not the first of their unit.
    until_s
        What is said later is no part of a post.

    Returns
    -------
    Frame
        `row, resolution` (the first of `RESOLUTIONS` that one of the posts has; `NOTHING` where none has one, null
        where no text is known)`, to_*`, one row a post to a person.
    """
    heard = arcs.filter(nw.col("is_approach") == 0).select("row").unique()
    own = marks.select("row", "resolution", *_PLACES).join(heard, on="row", how="semi")
    beside = engine.materialize(_beside(marks, heard, posts, shared_units(merged), until_s))
    shared = own.join(shared_units(merged), on="row", how="inner").join(beside, on="unit_row", how="inner")
    has = {label: (nw.col("resolution") == label) | (nw.col(f"_{label}") == 1) for label in _LABELS}
    first = nw.coalesce(*[nw.when(rule).then(nw.lit(label)) for label, rule in has.items()])
    places = {name: nw.col(name) | (nw.col(f"_{name}") == 1) for name in _PLACES}
    shared = shared.with_columns(resolution=first, **places).select("row", "resolution", *_PLACES)
    alone = own.join(shared.select("row"), on="row", how="anti")
    return engine.materialize(nw.concat([alone, shared]))


def _beside(marks: Frame, heard: Frame, posts: Frame, members: Frame, until_s: int) -> Frame:
    """Sum up for each unit what its posts do that name nobody: `unit_row`, a column `_label` and a column `_to_*`."""
    seen = posts.filter(~nw.col("is_private") & (nw.col("created_s") <= until_s)).select("row")
    silent = members.join(heard, on="row", how="anti").join(seen, on="row", how="semi")
    silent = silent.join(marks.filter(~nw.col("resolution").is_null()), on="row", how="inner")
    rules = {label: nw.col("resolution") == label for label in _LABELS} | {name: nw.col(name) for name in _PLACES}
    sums = {name: nw.when(rule).then(1).otherwise(0).max().alias(f"_{name}") for name, rule in rules.items()}
    return silent.group_by("unit_row").agg(*sums.values())
