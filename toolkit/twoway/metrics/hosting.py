"""Party organizer or gatekeeper: whether people talk to each other where an account is host (C13)."""

from __future__ import annotations

from typing import Any

from .kinds import Composite, Ratio
from .registry import metric

_HOST: dict[str, Any] = {"catalog": "C13", "references": ("Avidar13",), "traits": ("conversation",)}
_THREADS = "replies among persons are often not collected, so it is too low where only mentions were"


@metric(
    **{**_HOST, "traits": ("conversation", "crowd")},
    table="hosted",
    needs=("parent_id",),
    direction="+",
    formula=r"\frac{|\{\text{person} \to \text{another person}\}|}{|\{\text{replies by persons}\}|}",
    undefined="no person replied in a conversation the account took part in",
    misleads=_THREADS,
)
def host_c2c_share() -> Ratio:
    """Share of persons' replies, in conversations with the account, that go to another person."""
    return Ratio("n_c2c", "n_public")


@metric(
    **_HOST,
    table="posted",
    needs=("parent_id",),
    direction="+",
    formula=r"\frac{|\{p \in U_a : p\ \text{speaks to one person and names another}\}|}{|U_a|}",
    undefined="the account posted nothing but plain reposts",
    misleads="platforms that carry all earlier names along, and lists of winners, make it high without introduction",
)
def host_intro_share() -> Ratio:
    """Share of units, plain reposts left out, that bring two persons together: in a reply, or by naming both."""
    return Ratio("is_intro", "talks")


@metric(
    **_HOST,
    table="posted",
    needs_one=("quote_of_id", "repost_of_id"),
    direction="+",
    formula=r"\frac{|\{p \in P_a : p\ \text{passes on a person's post}\}|}{|P_a|}",
    undefined="the account posted nothing",
    misleads="praise is passed on more readily than criticism; zero where the collection dropped reposts",
)
def host_spot_share() -> Ratio:
    """Share of units that quote or pass on a post of a person."""
    return Ratio("is_spot", "one")


@metric(
    **_HOST,
    table="hosted",
    needs=("parent_id",),
    needs_one=("is_restricted", "deleted_at"),
    direction="-",
    formula=r"\frac{|\{k : a\ \text{limited replies to its post, or its root is gone}\}|}{|K_a|}",
    undefined="the account posted in no conversation, or the source says neither what was limited nor what was deleted",
    misleads="limits may protect people from abuse; a post may be deleted for a slip of the pen",
)
def host_gate_share() -> Ratio:
    """Share of conversations with the account that its organization closed.

    It hid or limited the replies to a post of its own, or the root was its own and disappeared. What others limit or
    delete is not counted.
    """
    return Ratio("is_gated", "one")


@metric(
    **{**_HOST, "traits": ("conversation", "crowd", "signed")},
    table="",
    direction="+",
    unit="index",
    span=(-1.0, 1.0),
    needs=("parent_id",),
    needs_one=("quote_of_id", "repost_of_id"),
    formula=r"\frac{1}{3}(\mathrm{C2C} + \mathrm{INTRO} + \mathrm{SPOT}) - \mathrm{GATE}",
    undefined="one of its parts is undefined",
    misleads="a mean of unlike things: show the parts; " + _THREADS,
)
def host_index() -> Composite:
    """Host index: bringing people together, less keeping the gate."""
    parts = ("host_c2c_share", "host_intro_share", "host_spot_share", "host_gate_share")
    return Composite(parts, _host, optional={"host_gate_share": "gate_unknown"})


def _host(c2c: Any, intro: Any, spot: Any, gate: Any = 0.0) -> Any:
    return (c2c + intro + spot) / 3 - gate
