"""Robust debate: whether many persons argue, in both directions, with the account present (C14)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_DEBATE: dict[str, Any] = {
    "table": "debated",
    "catalog": "C14",
    "direction": "+",
    "min_n": 20,
    "needs": ("text", "parent_id"),
    "traits": ("rules", "conversation", "crowd"),
    "references": ("Gomez08",),
}
_ABUSE = "conversations with insults in over a tenth of persons' posts are left out"
_TONE = (
    _ABUSE
    + "; tone is found by rules for English wording, and is that towards the organization, not towards other persons"
)


@metric(
    **_DEBATE,
    formula=r"\frac{|\{c : n_c \ge 3,\ \mathrm{depth}_c \ge 3,\ n_{c+} > 0,\ n_{c-} > 0\}|}{|\{c : n_c \ge 3\}|}",
    undefined="no conversation had three persons without being abusive",
    misleads="a conversation of which only a part was collected looks shallow; " + _TONE,
)
def robust_debate_share() -> Ratio:
    """Share of conversations of three persons or more that are deep and hold praise as well as criticism.

    Conversations with insults in more than a tenth of persons' posts are left out.
    """
    return Ratio("is_robust", "is_fair")


@metric(
    **_DEBATE,
    formula=r"1 - \frac{\sum_c |n_{c+} - n_{c-}|}{\sum_c (n_{c+} + n_{c-})}",
    undefined="nobody praised or criticized",
    misleads="a conversation with one post of a tone cannot be mixed; " + _TONE,
)
def polarity_mix() -> Ratio:
    """Balance of praise and criticism within conversations: 0 all of one kind, 1 as many of each.

    A conversation counts as much as it has posts that praise or criticize; those with insults in more than a tenth of
    persons' posts are left out.
    """
    return Ratio("balanced", "polar")


@metric(
    **_DEBATE,
    formula=r"\frac{|\{c : \text{account posts after the first critical reply}\}|}{|\{c : \text{critical reply}\}|}",
    undefined="no conversation had a critical reply",
    misleads="the account may have answered elsewhere, or after the collection ended; " + _TONE,
)
def debate_stays_share() -> Ratio:
    """Share of conversations with a critical reply in which the organization posts after it."""
    return Ratio("stays", "has_critical")


@metric(
    **{**_DEBATE, "direction": "0"},
    formula=r"\frac{|\{p : p\ \text{objects}\}|}{|\{p : p\ \text{replies to another}\}|}",
    undefined="no person replied to anybody",
    misleads="rests on words such as but, however, actually, not true: objections without them are missed; " + _ABUSE,
)
def disagreement_rate() -> Ratio:
    """Share of persons' replies in the account's conversations that object to what was said before."""
    return Ratio("n_objections", "n_replies")


@metric(
    **{**_DEBATE, "direction": "0"},
    formula=r"\frac{|\{c : n_c \ge 3,\ \text{insults in over a tenth of posts}\}|}{|\{c : n_c \ge 3\}|}",
    undefined="no conversation had three persons",
    misleads="rests on a list of insults: irony and threats are missed, friendly teasing may count",
)
def abusive_conversation_share() -> Ratio:
    """Share of conversations of three persons or more in which insults make up more than a tenth of the posts."""
    return Ratio("is_abusive", "is_crowd")
