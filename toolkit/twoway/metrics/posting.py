"""What accounts post: kinds of posts, and how much of it speaks to nobody (A1, A3)."""

from __future__ import annotations

from typing import Any

from .registry import Composite, Ratio, metric

_KIND: dict[str, Any] = {
    "table": "posted",
    "catalog": "A1",
    "references": ("BruStie13", "BruStie14"),
    "undefined": "the account posted nothing",
}
_LEGACY = (
    "counts brand names and credits such as via @x as replies; use it only to compare with archives that lack reply ids"
)


def _share(kind: str) -> str:
    return rf"\frac{{|\{{p \in P_a : \mathrm{{kind}}(p) = \text{{{kind}}}\}}|}}{{|P_a|}}"


@metric(
    **_KIND,
    direction="-",
    formula=_share("original"),
    needs=("parent_id",),
    misleads="an original may still be a question to everybody: read it with broadcast_index",
)
def original_share() -> Ratio:
    """Share of units that answer, mention, quote or pass on nobody."""
    return Ratio("kind_original", "one")


@metric(
    **_KIND,
    direction="0",
    formula=_share("mention"),
    needs=("parent_id",),
    misleads="a mention may be a credit, an advertisement or a greeting",
)
def mention_share() -> Ratio:
    """Share of units that name an account without answering a post."""
    return Ratio("kind_mention", "one")


@metric(
    **_KIND,
    direction="+",
    formula=_share("reply"),
    needs=("parent_id",),
    misleads="platform samples keep originals more often than replies; care accounts reply by design",
)
def reply_share() -> Ratio:
    """Share of units that answer a post of somebody outside the organization."""
    return Ratio("kind_reply", "one")


@metric(
    **_KIND,
    direction="0",
    formula=_share("repost"),
    needs=("repost_of_id",),
    misleads="zero where the collection dropped reposts",
)
def repost_share() -> Ratio:
    """Share of units that pass on a post unchanged."""
    return Ratio("kind_repost", "one")


@metric(
    **_KIND, direction="0", formula=_share("quote"), needs=("quote_of_id",), misleads="praise and ridicule both quote"
)
def quote_share() -> Ratio:
    """Share of units that pass on a post with a comment."""
    return Ratio("kind_quote", "one")


@metric(
    **_KIND,
    direction="0",
    formula=_share("intra-brand"),
    needs=("parent_id",),
    misleads="needs the organization of every account; unlisted sister accounts count as outsiders",
)
def intra_brand_share() -> Ratio:
    """Share of units that answer another account of the same organization."""
    return Ratio("kind_intra_brand", "one")


@metric(
    **_KIND,
    direction="-",
    formula=r"\frac{|\{p \in P_a : \text{link in } p\}|}{|P_a|}",
    needs=("text",),
    misleads="a link may be the answer",
)
def url_share() -> Ratio:
    """Share of units with a link."""
    return Ratio("has_url", "has_text")


@metric(
    **_KIND,
    direction="0",
    formula=r"\frac{|\{p \in P_a : \text{hashtag in } p\}|}{|P_a|}",
    needs=("text",),
    misleads="a fashion that changed with the years",
)
def hashtag_share() -> Ratio:
    """Share of units with a hashtag."""
    return Ratio("has_hashtag", "has_text")


@metric(**_KIND, direction="-", formula=_share("no @, no repost (text)"), needs=("text",), misleads=_LEGACY)
def legacy_original_share() -> Ratio:
    """Share of units that by their text alone are neither @reply nor repost."""
    return Ratio("legacy_original", "has_text")


@metric(**_KIND, direction="+", formula=_share("@, no repost (text)"), needs=("text",), misleads=_LEGACY)
def legacy_reply_share() -> Ratio:
    """Share of units that by their text alone are genuine @replies."""
    return Ratio("legacy_reply", "has_text")


@metric(**_KIND, direction="0", formula=_share("RT, MT, via @ (text)"), needs=("text",), misleads=_LEGACY)
def legacy_repost_share() -> Ratio:
    """Share of units that by their text alone are reposts, edited or not."""
    return Ratio("legacy_repost", "has_text")


@metric(
    table="posted",
    catalog="A3",
    direction="-",
    traits=("selected", "delayed"),
    references=("Hutto13", "Graham13", "BurSob11"),
    formula=r"1 - \frac{\sum_{p \in U_a} d(p)}{|U_a|}",
    undefined="the account posted nothing but plain reposts",
    misleads=(
        "naming many people makes it low without any talk; care accounts have it near 0 by design: compare within a"
        " role"
    ),
)
def broadcast_index() -> Ratio:
    """Share of units, plain reposts left out, that reply to, mention or quote no person outside the organization."""
    return Ratio("undirected", "talks", low_num="undirected", high_num="undirected")


@metric(
    table="posted",
    catalog="A3",
    direction="-",
    traits=("selected", "delayed"),
    references=("Hutto13", "Graham13"),
    needs=("parent_id",),
    formula=r"1 - \frac{|\{p \in U_a : p \text{ replies to a person}\}|}{|U_a|}",
    undefined="the account posted nothing but plain reposts",
    misleads="answers given by mention, without the reply function, count as broadcast",
)
def broadcast_index_reply() -> Ratio:
    """Share of units, plain reposts left out, that reply to no person."""
    return Ratio("not_reply", "talks", low_num="not_reply", high_num="not_reply")


@metric(
    table="received",
    catalog="A3",
    direction="-",
    references=("Avidar13",),
    traits=("response", "delayed"),
    horizon="horizon_s",
    formula=r"1 - RR_a(H)",
    undefined="no turn was owed early enough to be judged",
    misleads="answers in private look like silence",
)
def silence_rate() -> Ratio:
    """Share of turns owed that the account left unanswered within the horizon."""
    return Ratio("is_ignored", "is_due", low_num="low_ignored")


@metric(
    table="",
    catalog="A3",
    direction="-",
    references=("Hutto13", "Avidar13"),
    traits=("response",),
    horizon="horizon_s",
    formula=r"BI_a \cdot (1 - RR_a(H))",
    undefined="broadcast_index or response_rate is undefined: report broadcast_index alone",
    misleads="a product hides which of its two parts moved",
)
def broadcast_strategy_score() -> Composite:
    """Product of the broadcast index and the silence rate: speaks to nobody, answers nobody."""
    return Composite(("broadcast_index", "silence_rate"), lambda index, silence: index * silence)
