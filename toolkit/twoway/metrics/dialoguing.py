"""Dialogic principles, and the functions of posts: information, community, action (A5, A6)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_PRINCIPLES: dict[str, Any] = {
    "table": "dialogic",
    "catalog": "A5",
    "references": ("KentTay98", "RybSel10"),
    "needs": ("text",),
    "undefined": "the account posted nothing but plain reposts",
}
_RULES = "rests on rules for English wording"
_PRESENT = "that a principle is served is not yet dialogue; " + _RULES


#: Labels of the codebook `dialogic`, principle by principle.
_LABELS = (
    *("asks_question", "answers_question", "names_contact", "gives_facts", "customer_news"),
    *("dated_event", "series", "follow_for", "own_profile"),
)


def _served(principle: str) -> str:
    return rf"\frac{{|\{{p \in U_a : p\ \text{{serves {principle}}}\}}|}}{{|U_a|}}"


@metric(
    **_PRINCIPLES,
    traits=("rules", "response"),
    direction="+",
    formula=_served("the loop"),
    misleads=_PRESENT,
    composed="dialogic.asks_question|answers_question",
)
def dialogic_loop_share() -> Ratio:
    """Share of units that keep a loop open: they ask a question, answer one, or reply to a person."""
    return Ratio("loop", "one")


@metric(
    **_PRINCIPLES,
    traits=("rules",),
    direction="0",
    formula=_served("usefulness"),
    misleads=_PRESENT,
    composed="dialogic.names_contact|gives_facts|customer_news",
)
def dialogic_useful_share() -> Ratio:
    """Share of units of use to the public: they name a contact, give facts or instructions, or news for customers."""
    return Ratio("useful", "one")


@metric(
    **_PRINCIPLES,
    traits=("rules",),
    direction="0",
    formula=_served("return visits"),
    misleads=_PRESENT,
    composed="dialogic.dated_event|series|follow_for",
)
def dialogic_return_share() -> Ratio:
    """Share of units that give a reason to come back: a dated event, a series, a call to follow."""
    return Ratio("returns", "one")


@metric(
    **_PRINCIPLES,
    traits=("rules", "links"),
    direction="0",
    formula=_served("conservation"),
    misleads="keeping visitors is closer to one-way: never read it as dialogue; links of unknown target are left out of"
    " the value and taken into its upper bound",
    composed="dialogic.own_profile",
)
def dialogic_conservation_share() -> Ratio:
    """Share of units that keep visitors with the organization: a link to its site, or another profile of its own."""
    return Ratio("conserves", "one", low_num="conserves", high_num="high_conserves")


@metric(
    **_PRINCIPLES,
    traits=("rules", "response", "links"),
    direction="0",
    formula=r"DLG = \frac{1}{4}(\mathrm{loop} + \mathrm{useful} + \mathrm{return} + \mathrm{conservation})",
    misleads="adds conservation, which is one-way, to the loop, which is two-way: show the four shares first; "
    + _PRESENT,
    composed="dialogic." + "|".join(_LABELS),
)
def dialogic_score() -> Ratio:
    """Mean of the shares of the four dialogic principles that a message can serve.

    Where people coded all nine labels of the same posts, the corrected score is the mean of the four corrected shares.
    """
    return Ratio("principles", "one", share=False, low_num="principles", high_num="high_principles")


@metric(
    table="profiles",
    catalog="A5",
    references=("KentTay98", "RybSel10"),
    traits=("response",),
    direction="+",
    formula=r"\frac{|\{\text{accounts with a post that answers a person}\}|}{|\{\text{accounts that posted}\}|}",
    undefined="no account posted anything but plain reposts",
    misleads="one answer in ten thousand posts is enough, so it grows with volume: 1 or 0 for a single account; links"
    " and mentions decide, no label is read: codes by people cannot change it, and there is nothing to correct",
)
def dialogic_orientation() -> Ratio:
    """Share of accounts that answered any person at all; of one account 1 or 0."""
    return Ratio("oriented", "one")


_FACE: dict[str, Any] = {
    "table": "faces",
    "catalog": "A5",
    "references": ("KentTay98", "RybSel10"),
    "direction": "0",
    "undefined": "no account posted anything but plain reposts, or the source tells of no profile (bio, website)",
}
_STILL = "a profile is as of the day it was read, and says nothing of what is posted"


def _shown(what: str) -> str:
    return rf"\frac{{|\{{\text{{accounts whose profile shows {what}}}\}}|}}{{|\{{\text{{accounts that posted}}\}}|}}"


@metric(**_FACE, formula=_shown("a bio, a link or who posts"), misleads=_STILL)
def dialogic_interface_share() -> Ratio:
    """Share of accounts whose profile is easy to use: it has a bio or a link, or says who posts; 1 or 0 for one."""
    return Ratio("interface", "one")


@metric(**_FACE, formula=_shown("a bio"), misleads=_STILL)
def profile_bio_share() -> Ratio:
    """Share of accounts whose profile says what they are."""
    return Ratio("has_bio", "one")


@metric(**_FACE, formula=_shown("a link"), misleads=_STILL)
def profile_link_share() -> Ratio:
    """Share of accounts whose profile links to a site."""
    return Ratio("has_link", "one")


@metric(
    **{**_FACE, "direction": "+"},
    traits=("rules",),
    formula=_shown("who posts"),
    misleads="read off the words of the bio; who posts may also be told elsewhere; " + _STILL,
)
def profile_author_share() -> Ratio:
    """Share of accounts whose profile says who posts: a person, a team, or initials."""
    return Ratio("names_author", "one")


_FUNCTIONS: dict[str, Any] = {
    "table": "functions",
    "catalog": "A6",
    "references": ("LovSax12",),
    "needs": ("text",),
    "traits": ("rules", "response"),
    "undefined": "the account posted nothing but plain reposts",
    "min_n": 100,
    "misleads": "where a post does several things the first of action, community, information counts; " + _RULES,
}


def _mix(part: str) -> str:
    return rf"{part} = \frac{{n_{part}}}{{n_i + n_c + n_a}}"


@metric(**_FUNCTIONS, direction="0", formula=_mix("i"), composed="ica.information|community|action")
def information_share() -> Ratio:
    """Share of units that only inform.

    `twoway.inference.mix_distance` says how far the three shares are from a known mix, such as that of the nonprofit
    organizations of Lovejoy and Saxton 2012 (chi-squared and Aitchison's distance).
    """
    return Ratio("informing", "one")


@metric(**_FUNCTIONS, direction="+", formula=_mix("c"), composed="ica.information|community|action")
def community_share() -> Ratio:
    """Share of units that tie a community: thanks, recognition, greetings, replies, questions, but no call to act."""
    return Ratio("tying", "one")


@metric(**_FUNCTIONS, direction="0", formula=_mix("a"), composed="ica.information|community|action")
def action_share() -> Ratio:
    """Share of units that ask people to act: to buy, give, attend, vote, sign, join."""
    return Ratio("acting", "one")
