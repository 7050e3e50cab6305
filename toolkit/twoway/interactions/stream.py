"""The exchange of a person with an organization as one stream of events, cut into turns owed and episodes."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame
from ..windows import after, before, running_max, running_sum
from .units import shared_units

__all__ = ["event_stream"]

# One integer for the pair is quicker to group by than two.
PAIR = ("_pair",)
_WIDTH = 2**31

# In time, but for answers that a wrong clock sets before what they answer.
ORDER = ("_place", "_is_moved")


def event_stream(
    engine: Engine, events: Frame, posts: Frame, roots: Frame, merged: Frame, definitions: Definitions
) -> Frame:
    """Number the turns and episodes of every exchange in time.

    An answer that precedes its approach by no more than the clock skew stands behind it.

    A turn starts with an approach after silence, after a post of the organization to the person, or more than
    `turn_gap_s` after the last
    approach. An episode starts after more than `episode_gap_s` of silence, unless a conversation spans the silence.

    Parameters
    ----------
    events
        From `exchange_events`.
    posts
        `row, created_s, parent_row, parent_ix, is_context`.
    roots
        `row, root` of posts below another.
    merged
        `row, unit_row` of posts that are not the first of their unit.

    Returns
    -------
    Frame
        The events with `created_s, root, is_head, is_start, turn_no, episode_no, is_run_start, parent_row,
        parent_ix, is_context`.
    """
    heads = _repeats(engine, events, merged)
    wide = events.join(posts.select("row", "created_s", "parent_row", "parent_ix", "is_context"), on="row", how="inner")
    wide = wide.join(roots.select("row", "root"), on="row", how="left").join(
        heads, on=["row", "org_ix", "person_ix"], how="left"
    )
    wide = wide.with_columns(root=nw.coalesce("root", "row"), is_head=nw.col("is_head").fill_null(1).cast(nw.Int8))
    wide = wide.with_columns(_pair=nw.col("org_ix").cast(nw.Int64) * _WIDTH + nw.col("person_ix"))
    wide = _placed(engine, wide, definitions).with_columns(_conv_last=nw.col("created_s").max().over(*PAIR, "root"))
    gap = nw.col("created_s") - nw.col("_s")
    first = nw.col("_kind").is_null()
    owed = (nw.col("is_approach") == 1) & (first | (nw.col("_kind") == 0) | (gap > definitions.turn_gap_s))
    apart = first | ((gap > definitions.episode_gap_s) & (nw.col("_open_before") < nw.col("created_s")))
    numbered = engine.along(
        wide,
        PAIR,
        ORDER,
        _kind=before("is_approach"),
        _s=before("created_s"),
        _open_until=running_max("_conv_last"),
        _open_before=before("_open_until"),
        is_start=_bit(owed),
        _start=nw.col("is_start").cast(nw.Int32),
        _apart=nw.when(apart).then(1).otherwise(0).cast(nw.Int32),
        turn_no=running_sum("_start"),
        episode_no=running_sum("_apart"),
        is_run_start=_bit((nw.col("_apart") == 1) | (nw.col("_kind") != nw.col("is_approach"))),
    )
    helpers = ("_pair", "_place", "_is_moved", "_conv_last", "_kind", "_s", "_open_until", "_open_before")
    return engine.materialize(numbered.drop(*helpers, "_start", "_apart"))


def _bit(rule: nw.Expr) -> nw.Expr:
    return nw.when(rule).then(1).otherwise(0).cast(nw.Int8)


def _placed(engine: Engine, wide: Frame, definitions: Definitions) -> Frame:
    """Put answers that a wrong clock sets shortly before what they answer right behind it, by `ORDER`.

    Such is a reply to the next approach; a mention that replies to nothing only where nobody was waiting.
    """
    wide = engine.along(
        wide,
        PAIR,
        ("row",),
        _before=before("is_approach"),
        _after=after("is_approach"),
        _after_row=after("row"),
        _after_s=after("created_s"),
    )
    soon = (nw.col("is_approach") == 0) & (nw.col("_after") == 1)
    soon = soon & (nw.col("_after_s") - nw.col("created_s") <= definitions.skew_s)
    nobody_waits = nw.col("_before").is_null() | (nw.col("_before") == 0)
    named = (nw.col("is_mention") == 1) & (nw.col("is_reply") == 0) & nobody_waits
    moved = soon & (named | (nw.col("parent_row") == nw.col("_after_row")).fill_null(value=False))
    wide = wide.with_columns(_is_moved=_bit(moved))
    place = nw.when(nw.col("_is_moved") == 1).then(nw.col("_after_row")).otherwise(nw.col("row"))
    return engine.materialize(wide.with_columns(_place=place).drop("_before", "_after", "_after_row", "_after_s"))


def _repeats(engine: Engine, events: Frame, merged: Frame) -> Frame:
    """List the events of a unit that has an earlier event in the same exchange: they count no unit of their own."""
    inside = events.select("row", "org_ix", "person_ix").join(shared_units(merged), on="row", how="inner")
    inside = engine.materialize(inside)
    first = inside.group_by("unit_row", "org_ix", "person_ix").agg(nw.col("row").min().alias("_first"))
    later = inside.join(first, on=["unit_row", "org_ix", "person_ix"], how="inner")
    return later.filter(nw.col("row") != nw.col("_first")).select("row", "org_ix", "person_ix", is_head=nw.lit(0))
