"""Turns whose answer the collection could hide: worst cases for bounds, not guesses."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame
from ..windows import running_max

__all__ = ["hidden_turns"]

PAIR = ("org_ix", "person_ix")
_NEVER = -(10**12)


def hidden_turns(
    engine: Engine, stream: Frame, marks: Frame, posts: Frame, links: Frame, definitions: Definitions
) -> Frame:
    """List the turns whose answer could exist unseen.

    That is so where the organization had lately invited the person to a private channel, where a post of the turn was
    deleted, or where the platform counted more replies to it than the corpus holds.

    Parameters
    ----------
    stream
        From `event_stream`.
    marks
        `row, to_dm`.
    posts
        `row, deleted_s, n_replies`.
    links
        `row, parent_row`.

    Returns
    -------
    Frame
        `org_ix, person_ix, turn_no`, one row each.
    """
    key = [*PAIR, "turn_no"]
    invites = marks.filter(nw.col("to_dm")).select("row")
    events = stream.select("row", *key, "is_approach", "is_start", "created_s")
    # Only an invitation before the turn began matters.
    begun = events.filter(nw.col("is_start") == 1).with_columns(_at=nw.lit(_NEVER))
    invited = events.filter(nw.col("is_approach") == 0).join(invites, on="row", how="semi")
    invited = invited.with_columns(_at=nw.col("created_s").cast(nw.Int64))
    both = nw.concat([f.select("row", *key, "is_start", "created_s", "_at") for f in (begun, invited)])
    both = engine.along(both, PAIR, ("row",), _last=running_max("_at"))
    lately = nw.col("created_s") - nw.col("_last") <= definitions.contact_memory_s
    private = both.filter((nw.col("is_start") == 1) & lately).select(*key)
    seen = links.filter(~nw.col("parent_row").is_null()).group_by("parent_row").agg(nw.len().alias("_seen"))
    seen = seen.rename({"parent_row": "row"})
    odd = posts.filter(~nw.col("deleted_s").is_null() | (nw.col("n_replies") > 0)).join(seen, on="row", how="left")
    more = (nw.col("n_replies") > nw.col("_seen").fill_null(0)).fill_null(value=False)
    odd = odd.filter(~nw.col("deleted_s").is_null() | more).select("row")
    asked = events.filter(nw.col("is_approach") == 1).select("row", *key)
    lost = asked.join(odd, on="row", how="semi").select(*key)
    return engine.materialize(nw.concat([private, lost]).unique())
