"""Which null model belongs to which metric: the one place that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import unknown_name
from ..metrics.voice_tables import FAMILIES
from .null_arcs import RewiredArcs
from .null_order import ShuffledAuthors, ShuffledSides
from .null_pieces import NullModel, UnitIndex
from .null_replies import CLASS_SHARES, PermutedReplies, SectorPosts, ShuffledReturns
from .null_scripts import PublicReplies
from .null_shifts import ShuffledSpeakers
from .null_times import RedrawnTimes, ShuffledAnswers
from .null_trees import RandomTrees
from .null_wording import SectorVoices, ShuffledPartners

__all__ = ["NULLS", "Null", "null_of"]


@dataclass(frozen=True)
class Null:
    """One null model: its name in tables, what it keeps and destroys, and the metrics it is for.

    Attributes
    ----------
    name
        With its number in the catalogue, where it has one.
    keeps, destroys
        In words.
    build
        Makes a corpus ready for it.
    metrics
        Metrics that are compared with it.
    excess
        Those of them that are also given as a share of what is left above chance.
    """

    name: str
    keeps: str
    destroys: str
    build: Callable[[Any, UnitIndex], NullModel]
    metrics: tuple[str, ...]
    excess: tuple[str, ...] = ()


_VOICES = ("human_voice", *[f"voice_{family}" for family in FAMILIES])
_MARKERS = tuple(f"voice_{marker}_share" for family in FAMILIES.values() for marker in family)

_RETURNED = (
    *("arc_reciprocity", "dyadic_reciprocity", "inbound_reciprocity", "outbound_reciprocity"),
    *("arc_reciprocity_ordered", "dyadic_reciprocity_ordered", "inbound_reciprocity_ordered"),
    *("outbound_reciprocity_ordered", "weighted_reciprocity"),
)

#: All null models, in the order in which their metrics are tested.
NULLS = (
    Null(
        name="N1 shuffled answers",
        keeps="how many turns of each organization, week and length were answered",
        destroys="whose turns they were",
        build=ShuffledAnswers,
        metrics=("follower_concentration", "follower_erreygers", "bystander_ratio", "top_followed_share"),
    ),
    Null(
        name="N1 shuffled returns",
        keeps="after how many replies of each organization, week and length of the post replied to the person went on",
        destroys="after which: what the reply does makes no difference",
        build=ShuffledReturns,
        metrics=(
            *("continuation_open", "continuation_clarify", "continuation_escalate", "continuation_deflect"),
            "continuation_acknowledge",
        ),
    ),
    Null(
        name="N1 shuffled partners",
        keeps="what each side wrote to the other in every month, and about how much",
        destroys="who wrote to whom: the organization is matched with other persons who wrote to it that month",
        build=ShuffledPartners,
        metrics=("style_matching", "style_matching_used", "style_unused_share"),
    ),
    Null(
        name="N2 rewired arcs",
        keeps="how often every person and every unit addresses others and is addressed",
        destroys="who addresses whom and when, so that attention is returned by chance alone",
        build=RewiredArcs,
        metrics=(*_RETURNED, "reciprocity_rho", "dyad_balance"),
        excess=_RETURNED,
    ),
    Null(
        name="random recursive trees",
        keeps="the size of every conversation, and which posts are one unit",
        destroys="its shape: every earlier post that leaves a unit apart is as likely to be answered",
        build=RandomTrees,
        metrics=(
            *("conversation_depth_mean", "conversation_width_mean", "structural_virality"),
            *("structural_virality_normalized", "h_index_mean", "h_index_max_mean"),
        ),
    ),
    Null(
        name="N5 shuffled authors",
        keeps="the reply tree of every conversation, in time, and how many posts each account has in it",
        destroys="who answers whom",
        build=ShuffledAuthors,
        metrics=("interactive_share", "interactivity_order_mean", "public_interactive_share"),
    ),
    Null(
        name="N5 shuffled speakers",
        keeps="the reply tree of every conversation, in time, and how many posts each account has in it",
        destroys="who takes the floor after whom",
        build=ShuffledSpeakers,
        metrics=(
            *("pshift_abba_share", "pshift_receiving_share", "pshift_claiming_share", "pshift_usurping_share"),
            *("pshift_continuing_share", "pshift_abba_share_tree"),
        ),
    ),
    Null(
        name="N5 shuffled sides",
        keeps="how many turns each side has in every episode",
        destroys="their order",
        build=ShuffledSides,
        metrics=("turn_taking_index",),
    ),
    Null(
        name="N3 redrawn times",
        keeps="how often every account posts in each hour of the week, its first and its last unit",
        destroys="bursts, and reactions to others",
        build=RedrawnTimes,
        metrics=("burstiness", "burstiness_originals", "burstiness_replies", "memory"),
    ),
    Null(
        name="permuted replies",
        keeps="how many originals of each account draw a reply, how soon, and where its organization comes back",
        destroys="to which original the replies are",
        build=PermutedReplies,
        metrics=("post_and_leave_rate",),
    ),
    Null(
        name="posts of the sector",
        keeps="how many units each account, or other unit, posts",
        destroys="what it posts: its units are drawn from those of all together",
        build=SectorPosts,
        metrics=(
            *("content_entropy", "content_entropy_corrected", "content_evenness", "content_classes_seen"),
            *("content_classes_effective", "content_classes_dominant", "self_focus", "self_focus_replies"),
            *("self_praise_share", "meformer_share", *CLASS_SHARES),
        ),
    ),
    Null(
        name="replies of the sector",
        keeps="how many replies each account, or other unit, writes to persons",
        destroys="how they sound: its replies are drawn from those of all together",
        build=SectorVoices,
        metrics=(*_VOICES, *_MARKERS),
    ),
    Null(
        name="public replies",
        keeps="how many replies of each length each organization writes",
        destroys="their wording: replies of persons to persons, about as long, stand in their place",
        build=PublicReplies,
        metrics=(
            *("near_duplicate_share", "near_duplicate_share_rarefied", "near_duplicate_share_monthly"),
            *("short_duplicate_share", "template_share", "template_share_complete", "template_top10_share"),
            "effective_templates",
        ),
    ),
)


def null_of(metric: str) -> Null:
    """Return the null model that belongs to a metric.

    Raises
    ------
    UnknownName
        If the metric has none, naming those that have.

    Examples
    --------
    >>> null_of("memory").name
    'N3 redrawn times'
    """
    models = {name: null for null in NULLS for name in null.metrics}
    if metric not in models:
        raise unknown_name(metric, models, "metric with a null model", do="tw.null_test(talk) tests all of them.")
    return models[metric]
