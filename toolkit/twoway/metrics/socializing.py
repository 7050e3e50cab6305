"""Acting social: posts that lead to the own site, and posts that are left alone with their replies (A7)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_ORIGINALS: dict[str, Any] = {
    "table": "originals",
    "catalog": "A7",
    "references": ("LovWatSax12", "RybSel10"),
    "needs": ("text",),
    "direction": "-",
    "undefined": "the account posted no originals",
    "min_n": 20,
}
_SHORT = (
    "links behind a shortener may lead to the own site, and own sites may be unlisted (Definitions.own_domains): such"
    " links are left out of the value and taken into its upper bound"
)


@metric(
    **_ORIGINALS,
    traits=("links",),
    formula=r"SL = \frac{|\{p \in O_a : p\ \text{links to an own site}\}|}{|O_a|}",
    misleads=_SHORT,
)
def self_link_share() -> Ratio:
    """Share of originals that link to a site of the organization itself.

    Originals reply to nobody, open with nobody's handle, and are no plain reposts.
    """
    return Ratio("links_own", "one", low_num="links_own", high_num="high_links")


@metric(
    **_ORIGINALS,
    traits=("rules", "links"),
    formula=r"\frac{|\{p \in O_a : p\ \text{undirected, links to an own site, asks nothing}\}|}{|O_a|}",
    misleads=_SHORT,
)
def push_and_link_share() -> Ratio:
    """Share of originals that speak to nobody, ask nothing, and link to a site of the organization itself."""
    return Ratio("pushes", "one", low_num="pushes", high_num="high_pushes")


@metric(
    **{
        **_ORIGINALS,
        "needs": ("parent_id", "text"),
        "undefined": "no original was posted early enough to be judged and drew a reply within a day",
    },
    traits=("conversation", "selected"),
    horizon="horizon_s",
    formula=r"PL(H) = \frac{|\{p : \text{a person replies by}\ t + 24\,\mathrm{h},"
    r"\ \text{no own unit after that by}\ t + H\}|}{|\{p : \text{a person replies by}\ t + 24\,\mathrm{h}\}|}",
    misleads="needs the replies of people to be collected; not every reply calls for one; unstable where few posts draw"
    " replies",
)
def post_and_leave_rate() -> Ratio:
    """Share of originals with a reply within a day to whose thread the organization did not come back in time."""
    return Ratio("left", "drawn")
