"""Whether replies are written for one person: near-duplicates, templates, specificity (D5, D6, D8, D12)."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..inference.breadth import effective_interval
from .kinds import Ratio, Rows
from .registry import metric

_SCRIPT: dict[str, Any] = {
    "table": "scripted",
    "direction": "-",
    "needs": ("text",),
    "traits": ("words",),
    "undefined": "the organization wrote no reply of five words or more",
    "min_n": 200,
}
_DUPLICATE: dict[str, Any] = {**_SCRIPT, "catalog": "D5", "references": ("Broder97",)}
_TEMPLATE: dict[str, Any] = {**_SCRIPT, "catalog": "D6", "references": ("Broder97",)}
_GROWS = "grows with the number of replies: compare accounts of one size, or near_duplicate_share_rarefied"
_CHAINS = "wordings that change little by little chain into one template; " + _GROWS


@metric(
    **_DUPLICATE,
    formula=r"\frac{|\{r : \exists r',\ x(r') \ne x(r),\ J(r, r') \ge .8\}|}{|R_a|}",
    misleads=_GROWS,
)
def near_duplicate_share() -> Ratio:
    """Share of replies that another person got almost word for word from the organization, names and links masked."""
    return Ratio("duplicate", "known")


@metric(
    **{**_DUPLICATE, "undefined": "the organization wrote fewer than 200 replies of five words or more"},
    formula=r"\frac{1}{|R_a|} \sum_r P(\exists r' \in S_{200},\ x(r') \ne x(r),\ J(r, r') \ge .8)",
    misleads="a mean over samples of 200 replies: a script that changes by the month looks freer than it is",
)
def near_duplicate_share_rarefied() -> Ratio:
    """Share of replies that another person got almost word for word, in samples of 200 replies of the organization."""
    return Ratio("rarefied", "has_rarefied", share=False)


@metric(
    **{**_DUPLICATE, "undefined": "the organization wrote 200 replies of five words or more in no month"},
    formula=r"\frac{1}{|R'_a|} \sum_{r \in R'_a} P(\exists r' \in S_{200}(m_r),\ x(r') \ne x(r),\ J(r, r') \ge .8)",
    misleads="months of fewer than 200 replies are left out; a script of many months is told by its use in each",
)
def near_duplicate_share_monthly() -> Ratio:
    """Share of replies that another person got almost word for word, in samples of 200 replies of one month."""
    return Ratio("monthly", "has_monthly", share=False)


@metric(
    **{**_DUPLICATE, "undefined": "the organization wrote no reply of fewer than five words"},
    formula=r"\frac{|\{r\ \text{short} : \exists r',\ x(r') \ne x(r),\ r' = r\}|}{|\{r\ \text{short}\}|}",
    misleads="a short thank-you is no script",
)
def short_duplicate_share() -> Ratio:
    """Share of replies of fewer than five words that another person got word for word."""
    return Ratio("short_duplicate", "short")


@metric(
    **_TEMPLATE,
    formula=r"\frac{|\{r : r\ \text{in a cluster of}\ \ge 3\ \text{persons}\}|}{|R_a|}",
    misleads=_CHAINS,
)
def template_share() -> Ratio:
    """Share of replies that follow a wording that three persons or more got."""
    return Ratio("template", "known")


@metric(
    **{**_TEMPLATE, "undefined": f"{_SCRIPT['undefined']}, or more than 6,000 wordings hang together"},
    formula=r"\frac{|\{r : r\ \text{in a cluster of}\ \ge 3\ \text{persons, all pairs alike}\}|}{|R_a|}",
    misleads="tells wordings of one script apart where they differ in a few words; " + _GROWS,
)
def template_share_complete() -> Ratio:
    """Share of replies in a cluster that three persons or more got and in which every pair of wordings is alike."""
    return Ratio("complete", "has_complete")


@metric(
    **_TEMPLATE,
    formula=r"\frac{|\{r : r\ \text{in the ten largest clusters}\}|}{|R_a|}",
    misleads="which ten are largest is taken as known by the interval; " + _CHAINS,
)
def template_top10_share() -> Ratio:
    """Share of replies that follow one of the ten most used wordings."""
    return Ratio("top10", "known")


@metric(
    **{**_TEMPLATE, "undefined": "nobody in the organization signs replies"},
    formula=r"\frac{|\{r : r\ \text{in a cluster that two agents sign}\}|}{|R_a|}",
    misleads="agents are known by how they sign; " + _CHAINS,
)
def cross_agent_template_share() -> Ratio:
    """Share of replies whose wording two agents or more use, where agents sign."""
    return Ratio("cross_agent", "signed")


_EFFECTIVE: dict[str, Any] = {
    **_TEMPLATE,
    "direction": "+",
    "unit": "number",
    "span": (1.0, float("inf")),
    "references": ("Broder97", "Hill73", "Jost06"),
}


@metric(**_EFFECTIVE, formula=r"\exp\Bigl(-\sum_k p_k \ln p_k\Bigr)", misleads=_CHAINS)
def effective_templates() -> Rows:
    """Effective number of wordings that the replies are spread over: how many used alike would be as varied."""
    return Rows(("template_no", "known"), partial(_effective, order=1), n="known")


@metric(
    **_EFFECTIVE, formula=r"\frac{1}{\sum_k p_k^2}", misleads="wordings used once or twice hardly count; " + _CHAINS
)
def effective_templates_dominant() -> Rows:
    """Effective number of wordings by Simpson's concentration, which the wordings used most decide."""
    return Rows(("template_no", "known"), partial(_effective, order=2), n="known")


def _effective(rows: dict[str, Any], definitions: Any, *, order: int) -> Any:
    used = rows["known"] == 1
    if not used.any():
        return None
    columns = (rows[name][used] for name in ("template_no", "known", "cluster"))
    return effective_interval(*columns, order=order, level=definitions.level)


@metric(
    **{
        **_SCRIPT,
        "undefined": "no reply of five words or more has a marker of a human voice",
        "traits": ("words", "rules"),
    },
    catalog="D12",
    references=("KelMil06",),
    formula=r"\frac{\sum_{r\ \text{in a template}} m(r)}{\sum_r m(r)}",
    misleads="a greeting is a marker in any wording; " + _GROWS,
)
def marker_in_template_share() -> Ratio:
    """Share of the markers of a human voice that stand in replies which follow a template."""
    return Ratio("scripted_markers", "markers")


_SPECIFIC: dict[str, Any] = {
    "table": "specific",
    "catalog": "D8",
    "direction": "+",
    "needs": ("text", "parent_id"),
    "traits": ("conversation", "words"),
    "references": ("Demszky21",),
    "undefined": "no reply has five posts of others of its week and length to be held against",
    "min_n": 100,
}
_REPEATS = "repeating the person's words is not understanding them; weeks of one complaint push it to one half"


@metric(
    **_SPECIFIC,
    formula=r"\frac{1}{|R_a|} \sum_r P(s(r, p) > s(r, p')) + \frac{1}{2} P(s(r, p) = s(r, p'))",
    misleads=_REPEATS,
)
def reply_specificity() -> Ratio:
    """Probability that a reply is closer in words to the post it answers than to another person's of that week."""
    return Ratio("auc", "has_auc", share=False)


@metric(**_SPECIFIC, formula=r"\frac{|\{r : \mathrm{AUC}_r \ge .9\}|}{|R_a|}", misleads=_REPEATS)
def specific_reply_share() -> Ratio:
    """Share of replies that are closer to the post they answer than to nine in ten of the others."""
    return Ratio("is_specific", "has_auc")
