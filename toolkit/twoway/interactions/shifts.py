"""Participation shifts: who takes the floor next, by whom the last turn was spoken and to whom."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..windows import before

__all__ = ["FAMILIES", "SHIFTS", "shift_sums", "shift_table", "spoken_units"]

#: The thirteen kinds of shift by code: before the dash speaker and target (0 for the group), after it the next ones.
SHIFTS = (
    *("AB-BA", "AB-B0", "AB-BY"),
    *("A0-XA", "A0-X0", "A0-XY"),
    *("AB-XA", "AB-XB", "AB-X0", "AB-XY"),
    *("A0-AY", "AB-A0", "AB-AY"),
)

#: Family of each kind, in the same order.
FAMILIES = (*["receiving"] * 3, *["claiming"] * 3, *["usurping"] * 4, *["continuing"] * 3)

_GROUP, _UNKNOWN = -1, -2
_WIDTH = 2**31


def spoken_units(engine: Engine, tree: Frame, accounts: Frame) -> Frame:
    """Say of each unit of a conversation of several who speaks to whom.

    The target of a unit is the author of its parent; a unit without a parent, or below one of the same author, speaks
    to the group. Where a parent is missing the target is unknown.

    Parameters
    ----------
    tree
        Units from `unit_tree`.

    Returns
    -------
    Frame
        `row, root, created_s, n_above, is_public, spoken` (speaker and target in one number: one look at the unit
        before is enough).
    """
    tree = tree.filter(nw.col("is_visible"))
    many = tree.group_by("root").agg(nw.len().alias("_n")).filter(nw.col("_n") > 1)
    said = tree.join(many.select("root"), on="root", how="semi")
    said = said.join(accounts.select("account_ix", "is_public"), on="account_ix", how="inner")
    to_group = nw.col("parent_ix").is_null() | (nw.col("parent_ix") == nw.col("account_ix"))
    known = nw.when(to_group).then(_GROUP).otherwise(nw.col("parent_ix"))
    target = nw.when(nw.col("is_orphan")).then(_UNKNOWN).otherwise(known)
    spoken = nw.col("account_ix").cast(nw.Int64) * _WIDTH + target.cast(nw.Int64) - _UNKNOWN
    return engine.materialize(said.select("row", "root", "created_s", "n_above", "is_public", spoken=spoken))


def shift_table(engine: Engine, said: Frame, places: Frame | None = None) -> Frame:
    """Classify each step from one unit of a conversation to the next.

    Steps from or to a unit whose target is unknown are not classified; nor is a step to a unit with the same speaker
    and target.

    Parameters
    ----------
    said
        From `spoken_units`.
    places
        `row, place` in depth-first order; else units follow each other in time, in one second after what they answer.

    Returns
    -------
    Frame
        `root, row` (of the second unit)`, kind` (place in `SHIFTS`)`, by_person` (1 if a person speaks next).
    """
    # A post in the same second as the one it answers comes after it, whatever their ids.
    order: tuple[str, ...] = ("created_s", "n_above", "row")
    if places is not None:
        said = said.join(places, on="row", how="left").with_columns(place=nw.col("place").fill_null(0))
        order = ("place", "row")
    said = said.select("root", *order, "is_public", "spoken")
    steps = engine.along(said, ("root",), order, _before=before("spoken"))
    steps = steps.filter(~nw.col("_before").is_null()).with_columns(
        speaker=nw.col("spoken") // _WIDTH,
        target=nw.col("spoken") % _WIDTH + _UNKNOWN,
        _speaker=nw.col("_before") // _WIDTH,
        _target=nw.col("_before") % _WIDTH + _UNKNOWN,
    )
    steps = steps.filter((nw.col("target") != _UNKNOWN) & (nw.col("_target") != _UNKNOWN)).with_columns(kind=_kind())
    by_person = nw.when(nw.col("is_public")).then(1).otherwise(0)
    return engine.materialize(steps.filter(nw.col("kind") >= 0).select("root", "row", "kind", by_person=by_person))


def _kind() -> nw.Expr:
    """Name the shift from (A, B) to (X, Y); -1 where neither speaker nor target changes."""
    a, b, x, y = (nw.col(name) for name in ("_speaker", "_target", "speaker", "target"))
    alone, to_all = b == _GROUP, y == _GROUP
    rules = (
        ((x == a) & (y == b), -1),
        (~alone & (x == b) & (y == a), "AB-BA"),
        (~alone & (x == b) & to_all, "AB-B0"),
        (~alone & (x == b), "AB-BY"),
        ((x == a) & alone, "A0-AY"),
        ((x == a) & to_all, "AB-A0"),
        (x == a, "AB-AY"),
        (alone & (y == a), "A0-XA"),
        (alone & to_all, "A0-X0"),
        (alone, "A0-XY"),
        (y == a, "AB-XA"),
        (y == b, "AB-XB"),
        (to_all, "AB-X0"),
    )
    expr = nw.lit(SHIFTS.index("AB-XY"))
    for rule, name in reversed(rules):
        expr = nw.when(rule).then(name if isinstance(name, int) else SHIFTS.index(name)).otherwise(expr)
    return expr


_COUNTED = ("all", "abba", "usurping_person", *dict.fromkeys(FAMILIES))


def shift_sums(shifts: Frame, suffix: str = "") -> Frame:
    """Count the shifts of each conversation: all, those back to the first speaker, and by family.

    Returns
    -------
    Frame
        `root` and `shift_*` with the suffix: `all, abba, usurping_person` and the families.
    """
    kind = nw.col("kind")
    rules = {"all": kind >= 0, "abba": kind == SHIFTS.index("AB-BA")}
    for family in dict.fromkeys(FAMILIES):
        rules[family] = kind.is_in([i for i, name in enumerate(FAMILIES) if name == family])
    rules["usurping_person"] = rules["usurping"] & (nw.col("by_person") == 1)
    sums = [nw.when(rules[name]).then(1).otherwise(0).sum().alias(f"shift_{name}{suffix}") for name in _COUNTED]
    return shifts.group_by("root").agg(*sums)
