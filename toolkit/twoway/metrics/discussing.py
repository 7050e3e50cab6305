"""How people discuss: depth and width at once, who takes the floor, who does the talking (C6, C8, C9)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_INF = float("inf")
_TREE: dict[str, Any] = {"table": "conversations", "needs": ("parent_id",), "traits": ("conversation",)}
_CUT = "trees are cut at the window's end and by the platform: compare conversations of equal age"
_SIZE = "larger threads have it higher: read it against trees of the same size (tw.null_test); " + _CUT

_H: dict[str, Any] = {
    **_TREE,
    "catalog": "C6",
    "direction": "+",
    "unit": "levels",
    "span": (0.0, _INF),
    "references": ("Gomez08",),
    "undefined": "the account took part in no conversation whose top is known",
    "min_n": 10,
}


@metric(**_H, formula=r"\frac{1}{|K_a|}\sum_k \max\{i : \ell_j \ge j\ \forall j \le i\}", misleads=_SIZE)
def h_index_mean() -> Ratio:
    """Mean h-index of conversations: how many levels hold as many replies as they are deep, none before missing.

    To put single discussions in order, sort `talk.conversations` by `h_index`, and equal ones by `size`, fewer first.
    """
    return Ratio("h_index", "one", share=False)


@metric(**_H, formula=r"\frac{1}{|K_a|}\sum_k \max\{i : \ell_i \ge i\}", misleads=_SIZE)
def h_index_max_mean() -> Ratio:
    """Mean h-index of conversations in its other reading: the deepest level with as many replies as it is deep."""
    return Ratio("h_index_max", "one", share=False)


_SHIFT: dict[str, Any] = {
    **_TREE,
    "table": "floors",
    "catalog": "C8",
    "references": ("Gibson03",),
    "undefined": "no conversation of the account has two units that differ in speaker or target",
    "min_n": 100,
}
_ORDER = "lists parallel branches in time order: compare pshift_abba_share_tree; read it against shuffled turns"


def _of(kinds: str) -> str:
    return rf"\frac{{|\{{\text{{{kinds}}}\}}|}}{{|\{{\text{{shifts}}\}}|}}"


@metric(**_SHIFT, direction="+", formula=_of("AB-BA"), misleads=_ORDER)
def pshift_abba_share() -> Ratio:
    """Share of participation shifts in which the one spoken to answers the one who spoke."""
    return Ratio("shift_abba", "shift_all")


@metric(
    **_SHIFT,
    direction="+",
    formula=_of("AB-BA") + r"\ \text{in depth-first order}",
    misleads="the order of the tree, not of time; read it against shuffled turns (tw.null_test)",
)
def pshift_abba_share_tree() -> Ratio:
    """Share of shifts in which the one spoken to answers the one who spoke, branch after branch."""
    return Ratio("shift_abba_tree", "shift_all_tree")


@metric(**_SHIFT, direction="+", formula=_of("AB-BA, AB-B0, AB-BY"), misleads=_ORDER)
def pshift_receiving_share() -> Ratio:
    """Share of shifts in which the one spoken to speaks next, to whomever."""
    return Ratio("shift_receiving", "shift_all")


@metric(**_SHIFT, direction="0", formula=_of("A0-XA, A0-X0, A0-XY"), misleads=_ORDER)
def pshift_claiming_share() -> Ratio:
    """Share of shifts in which somebody takes the floor after a word to all."""
    return Ratio("shift_claiming", "shift_all")


@metric(**_SHIFT, direction="+", formula=_of("AB-XA, AB-XB, AB-X0, AB-XY by a person"), misleads=_ORDER)
def pshift_usurping_share() -> Ratio:
    """Share of shifts in which a person who was not spoken to joins in."""
    return Ratio("shift_usurping_person", "shift_all")


@metric(**_SHIFT, direction="-", formula=_of("A0-AY, AB-A0, AB-AY"), misleads=_ORDER)
def pshift_continuing_share() -> Ratio:
    """Share of shifts in which the same account goes on, to somebody else."""
    return Ratio("shift_continuing", "shift_all")


_BALANCE: dict[str, Any] = {"catalog": "C9", "references": ("Alma23",), "min_n": 20, "traits": ("conversation",)}


@metric(
    **_BALANCE,
    table="balances",
    needs=("parent_id",),
    direction="+",
    unit="bits",
    formula=r"\frac{1}{|K_a|}\sum_k H_2(p_k)",
    undefined="the account took part in no conversation whose top is known",
    misleads="all persons of a conversation are pooled against the organization; monologues are 0",
)
def conversation_turn_entropy() -> Ratio:
    """Mean evenness, in bits, of turns between the organization and all persons in a conversation."""
    return Ratio("balance", "is_mixed", share=False)


@metric(
    **_BALANCE,
    table="conversations",
    needs=("parent_id",),
    direction="-",
    unit="Gini",
    formula=r"\frac{1}{|K_a|}\sum_k \frac{\sum_i (2i - n_k - 1)\, x_{(i)}}{n_k \sum_i x_i}",
    undefined="no conversation of the account has two participants",
    misleads="grows with the number of participants; says not who does the talking",
)
def participant_gini() -> Ratio:
    """Mean unevenness of turns over all participants of a conversation, persons one by one."""
    return Ratio("participant_gini", "is_shared", share=False)


@metric(
    table="balances",
    catalog="C4",
    direction="+",
    needs=("parent_id",),
    traits=("conversation",),
    unit="units",
    span=(0.0, _INF),
    references=("Gomez08",),
    formula=r"\frac{1}{|K_a|}\sum_k |\{p \in k : p\ \text{by the organization}\}|",
    undefined="the account took part in no conversation whose top is known",
    misleads="counts monologues as well: read it with conversation_turn_entropy; " + _CUT,
)
def conversation_brand_units_mean() -> Ratio:
    """Mean number of units by the account's organization in a conversation."""
    return Ratio("n_own", "one", share=False)
