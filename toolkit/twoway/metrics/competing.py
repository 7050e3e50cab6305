"""Answered or deflected: what the first reaction to a turn owed was, and when (B4)."""

from __future__ import annotations

from typing import Any

from .kinds import Competing
from .registry import metric

DAY = 86_400.0

_CAUSE: dict[str, Any] = {
    "table": "competing",
    "catalog": "B4",
    "references": ("AalJoh78", "Gray88", "EinSte15"),
    "needs": ("text",),
    "traits": ("response", "rules", "diluted"),
    "undefined": "nobody addressed the account, or nobody was watched for so long",
    "min_n": 50,
    "horizon": DAY,
}
_MISLEADS = (
    "only the first reaction counts: an open answer may follow a deflection; what a reply does is found by text rules"
)


def _formula(cause: str) -> str:
    return rf"\hat F_{{\text{{{cause}}}}}(24\,\mathrm{{h}}) = \sum_{{t_i \le 24 h}} \hat S(t_i-)\, d_{{ij}} / n_i"


@metric(**_CAUSE, direction="+", formula=_formula("open"), misleads=_MISLEADS)
def cif_open_24h() -> Competing:
    """Share of turns owed whose first reaction, within 24 hours, was an open answer (cumulative incidence)."""
    return Competing(lambda curves, _: curves.at("open_answer", DAY))


@metric(**_CAUSE, direction="+", formula=_formula("escalate"), misleads=_MISLEADS)
def cif_escalate_24h() -> Competing:
    """Share of turns owed whose first reaction, within 24 hours, passed the matter on in the open."""
    return Competing(lambda curves, _: curves.at("escalate", DAY))


@metric(**_CAUSE, direction="-", formula=_formula("deflect"), misleads=_MISLEADS)
def cif_deflect_24h() -> Competing:
    """Share of turns owed whose first reaction, within 24 hours, sent the person elsewhere."""
    return Competing(lambda curves, _: curves.at("deflect", DAY))


@metric(**_CAUSE, direction="0", formula=_formula("acknowledge, clarify"), misleads=_MISLEADS)
def cif_acknowledge_24h() -> Competing:
    """Share of turns owed whose first reaction, within 24 hours, acknowledged or asked back."""
    return Competing(lambda curves, _: curves.at("acknowledge", DAY))


@metric(
    **{
        **_CAUSE,
        "undefined": "no first reaction was an open answer or a deflection",
        "traits": ("response", "rules"),
        "horizon": "horizon_s",
    },
    direction="+",
    formula=r"\frac{\hat F_{\text{open}}(H)}{\hat F_{\text{open}}(H) + \hat F_{\text{deflect}}(H)}",
    misleads="says nothing of those never answered; where the window is shorter than the horizon, up to its end; "
    + _MISLEADS,
)
def open_answer_share() -> Competing:
    """Share of open answers among first reactions that answer in the open or deflect, within the horizon."""
    return Competing(
        lambda curves, d: curves.share_at("open_answer", "deflect", min(float(d.horizon_s), curves.last_time))
    )
