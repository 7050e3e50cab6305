"""Prepared table of what became of episodes, and the units of organizations it rests on."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES, outcome_rank
from .exchanges import hidden_episodes, reacting
from .marks import flag

__all__ = ["CLASSES", "kept_promise", "outcomes", "reactions"]

#: What can become of an episode, the best first.
CLASSES = ("open", "escalate_closed", "escalate_open", "deflected", "stalled", "acknowledged", "ignored")

_OPEN, _PASSED, _SENT, _ASKED = (OUTCOMES[name] for name in ("open_answer", "escalate", "deflect", "clarify"))


def reactions(talk: Any) -> Frame:
    """Give the units of organizations within episodes, each with what it does and when the next one followed.

    Returns
    -------
    Frame
        The keys of the episode, `unit_row`, `row` (its first post)`, account_ix, at_s, is_own` (1: of the sample, 0:
        context)`, rank` (of `OUTCOMES`)`, to_*, next_s, next_row` (of the organization's next unit in the episode, or
        null).
    """
    ours = reacting(talk).select(*EPISODE, "row", "account_ix", "created_s", "is_context")
    ours = ours.join(talk.deed_frame, on="row", how="left")
    ours = ours.join(talk.merged_frame, on="row", how="left").with_columns(
        unit_row=nw.coalesce("unit_row", "row"), rank=outcome_rank()
    )
    units = ours.group_by(*EPISODE, "unit_row").agg(
        nw.col("row").min(),
        nw.col("account_ix").min(),
        nw.col("created_s").min().alias("at_s"),
        nw.when(nw.col("is_context")).then(0).otherwise(1).max().alias("is_own"),
        nw.col("rank").max(),
        *[flag(nw.col(name)).max().alias(name) for name in _places(talk)],
    )
    units = talk.engine.materialize(units)
    following = {"next_s": nw.col("at_s"), "next_row": nw.col("row")}
    nexts = {name: of.shift(-1).over(*EPISODE, order_by="row") for name, of in following.items()}
    return talk.engine.materialize(units.with_columns(**nexts))


def _places(talk: Any) -> list[str]:
    return [name for name in talk.deed_frame.collect_schema().names() if name.startswith("to_")]


def kept_promise(within: int) -> nw.Expr:
    """Say of a unit whether it passes the matter on and the next one follows in time."""
    return (nw.col("rank") == _PASSED) & (nw.col("next_s") - nw.col("at_s") <= within).fill_null(value=False)


def _follow_ups(units: Frame, within: int) -> Frame:
    """Sum up for each episode what its units do: whether what was passed on was taken up, and how it ended."""
    passed = nw.col("rank") == _PASSED
    units = units.with_columns(_last=nw.col("row").max().over(*EPISODE))
    return units.group_by(*EPISODE).agg(
        flag(kept_promise(within)).max().alias("closed"),
        flag(passed).max().alias("passed"),
        flag((nw.col("row") == nw.col("_last")) & (nw.col("rank") == _ASKED)).max().alias("asked_last"),
        flag((nw.col("rank") == _OPEN) & ((nw.col("to_page") + nw.col("to_dm")) > 0)).max().alias("assisted"),
    )


def outcomes(talk: Any, by: Any) -> Frame:
    """Episodes with what became of them: one of `CLASSES`, as `became_*`; none where no reply of theirs says anything.

    `known` is 1 but for episodes with replies of none of which the text is known: these are left out of what rests on
    texts. `private_*` is the same among those in which the person named data that must not stand in public
    (`is_private`).
    """
    units = reactions(talk)
    table = talk.episode_frame.filter(nw.col("is_own") == 1)
    table = table.join(_follow_ups(units, talk.definitions.handoff_s), on=list(EPISODE), how="left")
    for part in (_private(talk), hidden_episodes(talk)):
        table = table.join(part, on=list(EPISODE), how="left")
    filled = ("could_hide", "closed", "passed", "asked_last", "assisted", "is_private", "is_told")
    table = table.with_columns(**{name: nw.col(name).fill_null(0) for name in filled})
    table = by.put(table.with_columns(**_became())).with_columns(cluster=nw.col("person_ix"), one=nw.lit(1))
    unseen = nw.col("became_ignored") * nw.col("could_hide") * talk.definitions.unseen_share
    open_to_choice = nw.col("is_read") * nw.col("is_told") * (1 - nw.col("is_private"))
    known = 1 - nw.col("is_replied") + nw.col("is_read")
    return table.with_columns(
        known=known,
        known_private=known * nw.col("is_private"),
        settled=nw.col("became_open") + nw.col("became_escalate_closed"),
        **{f"high_{name}": nw.col(f"became_{name}") + unseen for name in CLASSES[:-1]},
        high_settled=nw.col("became_open") + nw.col("became_escalate_closed") + unseen,
        low_ignored=nw.col("became_ignored") - unseen,
        **{f"private_{name}": nw.col("is_private") * nw.col(f"became_{name}") for name in CLASSES},
        assisted=nw.col("assisted") * nw.col("became_open"),
        avoidable=open_to_choice,
        avoidable_deflected=open_to_choice * nw.col("became_deflected"),
        **{f"first_{name}": flag(nw.col("first_reaction") == rank) for name, rank in OUTCOMES.items()},
    )


def _became() -> dict[str, nw.Expr]:
    """Say of episodes what became of them, the first of `CLASSES` that holds."""
    replied, best = nw.col("is_replied") == 1, nw.col("outcome")
    rules = {
        "open": best == _OPEN,
        "escalate_closed": nw.col("closed") == 1,
        "escalate_open": nw.col("passed") == 1,
        "deflected": best == _SENT,
        "stalled": (best == _ASKED) & (nw.col("asked_last") == 1),
        "acknowledged": best > 0,
    }
    taken = nw.lit(value=False)
    columns = {}
    for name, rule in rules.items():
        columns[f"became_{name}"] = flag(rule & ~taken & replied)
        taken = taken | rule
    columns["became_ignored"] = flag(~replied)
    return columns


def _private(talk: Any) -> Frame:
    """Say of episodes whether the person names data that must not stand in public, where the text of a post is known.

    Returns
    -------
    Frame
        The keys, `is_told` (1) and `is_private`.
    """
    codes = talk.coding.codes("personal_data").select("row", _private="personal_data__needs_private")
    theirs = talk.stream_frame.filter(nw.col("is_approach") == 1).select(*EPISODE, "row")
    told = theirs.join(codes.filter(~nw.col("_private").is_null()), on="row", how="inner")
    sums = told.group_by(*EPISODE).agg(flag(nw.col("_private")).max().alias("is_private"))
    return sums.with_columns(is_told=nw.lit(1))
