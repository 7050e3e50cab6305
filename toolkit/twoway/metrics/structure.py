"""The shape of the exchange: conversations, interactivity, balance (C4, C5, C7, C9)."""

from __future__ import annotations

from typing import Any

from .kinds import Distribution, Ratio
from .registry import metric

_INF = float("inf")
_TREE: dict[str, Any] = {
    "table": "conversations",
    "needs": ("parent_id",),
    "traits": ("conversation",),
    "direction": "+",
}
_SIZE: dict[str, Any] = {
    **_TREE,
    "catalog": "C4",
    "undefined": "the account took part in no conversation whose top is known",
    "references": ("Gomez08",),
    "span": (0.0, _INF),
}
_CUT = "trees are cut at the window's end and by the platform: compare conversations of equal age"


@metric(
    **{**_SIZE, "span": (1.0, _INF)},
    unit="units",
    formula=r"\frac{1}{|K_a|}\sum_k n_k",
    misleads="a few long threads carry the mean; " + _CUT,
)
def conversation_size_mean() -> Ratio:
    """Mean number of units in a conversation that the account takes part in."""
    return Ratio("size", "one", share=False)


@metric(**{**_SIZE, "span": (1.0, _INF)}, unit="units", formula=r"Q_{.5}(n_k)", misleads=_CUT)
def conversation_size_median() -> Distribution:
    """Median number of units in a conversation that the account takes part in."""
    return Distribution("size", 0.5)


@metric(**{**_SIZE, "span": (1.0, _INF)}, unit="units", formula=r"Q_{.9}(n_k)", misleads=_CUT)
def conversation_size_p90() -> Distribution:
    """Size that nine of ten conversations of the account do not exceed."""
    return Distribution("size", 0.9)


@metric(
    **{**_SIZE, "direction": "-", "span": (0.0, 1.0)},
    formula=r"\frac{|\{k : n_k = 1\}|}{|K_a|}",
    misleads="posts late in the window had no time to be answered; replies to missing posts are no such posts",
)
def single_post_share() -> Ratio:
    """Share of conversations that consist of one unit: nobody answered."""
    return Ratio("is_single", "one")


@metric(
    **_SIZE,
    unit="steps",
    formula=r"\frac{1}{|K_a|}\sum_k \max_p \mathrm{depth}(p)",
    misleads="platforms cap the depth they return; " + _CUT,
)
def conversation_depth_mean() -> Ratio:
    """Mean depth of conversations, in reply steps below the root."""
    return Ratio("depth", "one", share=False)


@metric(
    **{**_SIZE, "span": (1.0, _INF)},
    unit="units",
    formula=r"\frac{1}{|K_a|}\sum_k \max_\ell |\{p : \mathrm{depth}(p)=\ell\}|",
    misleads="a crowd answering a raffle is wide too",
)
def conversation_width_mean() -> Ratio:
    """Mean width of conversations: the most units on one level."""
    return Ratio("width", "one", share=False)


@metric(**_SIZE, unit="persons", formula=r"\frac{1}{|K_a|}\sum_k |\{\text{persons in } k\}|", misleads=_CUT)
def conversation_persons_mean() -> Ratio:
    """Mean number of persons in a conversation."""
    return Ratio("n_persons", "one", share=False)


@metric(**_SIZE, unit="minutes", formula=r"Q_{.5}(t_{\max} - t_{\min})", misleads=_CUT)
def conversation_duration_median() -> Distribution:
    """Median minutes from the first to the last unit of a conversation; 0 for a single unit."""
    return Distribution("duration_s", 0.5, scale=1 / 60)


_SPREAD: dict[str, Any] = {**_TREE, "catalog": "C5", "references": ("Goel16",), "min_n": 30}


@metric(
    **_SPREAD,
    unit="steps",
    span=(1.0, _INF),
    formula=r"\nu = \frac{1}{n(n-1)}\sum_{i \ne j} d_{ij}",
    undefined="no conversation has two units",
    misleads="grows with size: compare structural_virality_normalized",
)
def structural_virality() -> Ratio:
    """Mean over conversations of the mean distance between two of their units.

    Low is broadcast-like, high person to person. Of reply trees only: no source says whose repost a person reposted,
    and a tree of reposts that all hang below the original is a star of its size and nothing else.
    """
    return Ratio("virality", "is_tree", share=False)


@metric(
    **_SPREAD,
    formula=r"\frac{\nu - \nu_{\text{star}}}{\nu_{\text{path}} - \nu_{\text{star}}}",
    undefined="no conversation has four units",
    misleads="long dialogues of two are paths as well",
)
def structural_virality_normalized() -> Ratio:
    """Mean place of conversations between a star (0) and a path (1) of the same size."""
    return Ratio("virality_norm", "is_rich", share=False)


_ORDER: dict[str, Any] = {
    "catalog": "C7",
    "needs": ("parent_id",),
    "references": ("Rafaeli88", "RafSud97", "Avidar13"),
    "traits": ("conversation",),
    "direction": "+",
}


@metric(
    **_ORDER,
    table="posted",
    cluster="conversation",
    formula=r"I_2 = \frac{|\{p : \mathrm{order}(p) \ge 2\}|}{|U_a|}",
    undefined="the account posted nothing of known order",
    misleads="a quarrel is interactive too; where parents are missing the order is unknown, see the bounds",
)
def interactive_share() -> Ratio:
    """Share of the account's units that continue an exchange: they answer somebody who had answered the account."""
    return Ratio("interactive", "order_known", low_num="interactive", high_num="interactive_high", bound_den="talks")


@metric(
    **_ORDER,
    table="posted",
    cluster="conversation",
    unit="order",
    span=(0.0, 2.0),
    formula=r"\frac{1}{|U_a|}\sum_p \min(\mathrm{order}(p), 2)",
    undefined="the account posted nothing but plain reposts",
    misleads="one-way, reactive and interactive posts can average to the same; a lost parent counts 1, see the bounds",
)
def interactivity_order_mean() -> Ratio:
    """Mean interactivity of the account's units: 0 one-way, 1 reactive, 2 interactive (and more).

    A reply whose parent is missing is at least reactive and counts as such; the upper bound counts it as interactive.
    """
    return Ratio("order_capped", "talks", share=False, high_num="order_high")


@metric(
    **_ORDER,
    table="episodes",
    unit="order",
    span=(0.0, float("inf")),
    formula=r"\frac{1}{|E_a|}\sum_e \max_{p \in e} \mathrm{order}(p)",
    undefined="there was no episode with a unit of the sample",
    misleads="grows with the length of episodes; a quarrel is interactive too; where parents are missing, the least",
)
def interactivity_max_order_mean() -> Ratio:
    """Mean over episodes of the longest exchange to and fro, in steps.

    Where a missing parent hides how an exchange began, its steps known count; the upper bound is then open.
    """
    return Ratio("max_order", "has_order", share=False, high_num="max_order_high")


@metric(
    **_ORDER,
    table="public_units",
    formula=r"I_2\ \text{over what persons say in conversations of } a",
    undefined="no person said anything of known order in a conversation of the account",
    misleads="counts what persons say to each other as well; high where people have to insist",
)
def public_interactive_share() -> Ratio:
    """Share of persons' units, in conversations of the account, that continue an exchange with whom they answer."""
    return Ratio("interactive", "order_known", low_num="interactive", high_num="interactive_high", bound_den="n_public")


_BALANCE: dict[str, Any] = {
    "table": "episodes",
    "catalog": "C9",
    "references": ("Alma23",),
    "undefined": "there was no episode",
    "traits": ("conversation",),
    "min_n": 20,
}


@metric(
    **_BALANCE,
    direction="+",
    unit="bits",
    formula=r"\frac{1}{|E_a|}\sum_e H_2(p_e)",
    misleads="unanswered episodes are 0; long answers split by length limits are merged only when threaded",
)
def turn_balance_entropy() -> Ratio:
    """Mean evenness, in bits, of turns between the organization and the person in an episode."""
    return Ratio("turn_entropy", "one", share=False)


@metric(
    **_BALANCE,
    direction="-",
    span=(0.0, 0.5),
    unit="Gini",
    formula=r"\frac{|x_a - x_p|}{2(x_a + x_p)}",
    misleads="half at most for two sides",
)
def turn_gini() -> Ratio:
    """Mean Gini coefficient of turns between the two sides of an episode."""
    return Ratio("turn_gini", "one", share=False)


@metric(
    **_BALANCE,
    direction="-",
    span=(0.5, 1.0),
    formula=r"\frac{\max(x_a, x_p)}{x_a + x_p}",
    misleads="does not say which side talks more",
)
def turn_imbalance() -> Ratio:
    """Mean share of turns held by the more talkative side of an episode."""
    return Ratio("imbalance", "one", share=False)


@metric(
    **{**_BALANCE, "undefined": "no episode holds a word"},
    direction="+",
    unit="bits",
    needs=("text",),
    formula=r"\frac{1}{|E_a|}\sum_e H_2(w_e)",
    misleads="handles and links count as words",
)
def word_balance_entropy() -> Ratio:
    """Mean evenness, in bits, of words between the organization and the person in an episode."""
    return Ratio("word_entropy", "has_words", share=False)


@metric(
    **{**_BALANCE, "undefined": "no episode holds a word"},
    direction="-",
    span=(0.0, 0.5),
    unit="Gini",
    needs=("text",),
    formula=r"\frac{|w_a - w_p|}{2(w_a + w_p)}",
    misleads="half at most for two sides; handles and links count as words",
)
def word_gini() -> Ratio:
    """Mean Gini coefficient of words between the two sides of an episode."""
    return Ratio("word_gini", "has_words", share=False)


@metric(
    **{**_BALANCE, "undefined": "no episode holds a word"},
    direction="-",
    span=(0.5, 1.0),
    needs=("text",),
    formula=r"\frac{\max(w_a, w_p)}{w_a + w_p}",
    misleads="does not say which side talks more; one long answer outweighs many short questions",
)
def word_imbalance() -> Ratio:
    """Mean share of words that the more talkative side of an episode has."""
    return Ratio("word_imbalance", "has_words", share=False)


@metric(
    **{**_BALANCE, "undefined": "no episode has two units"},
    direction="+",
    formula=r"\frac{T - 1}{N - 1}",
    misleads="1 for any strict alternation, also of one question and one refusal",
)
def turn_taking_index() -> Ratio:
    """Mean share of steps within an episode at which the floor passes to the other side."""
    return Ratio("turn_taking", "has_turns", share=False)
