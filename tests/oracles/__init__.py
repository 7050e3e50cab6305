"""The same metrics as plain loops over posts, written from the formulas and not from the library's code.

Slow and simple: whatever the library says, these loops say it a second time from the definitions alone.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from twoway.definitions import Definitions

from .answering import answering
from .attention import attention
from .competing import competing
from .events import Exchange
from .hosting import hosting
from .load import World
from .outcomes import outcomes
from .posting import posting
from .relations import relations
from .rhythm import rhythm
from .shifts import shifts
from .structure import structure
from .unknown import leave_out_unknown

__all__ = ["METRICS", "OPEN", "oracle"]

# fmt: off
METRICS = [
    "original_share", "mention_share", "reply_share", "repost_share", "quote_share", "intra_brand_share",
    "url_share", "hashtag_share", "legacy_original_share", "legacy_reply_share", "legacy_repost_share",
    "broadcast_index", "broadcast_index_reply", "silence_rate", "broadcast_strategy_score", "response_rate",
    "response_rate_24h", "response_rate_1h", "response_rate_strict", "response_rate_questions",
    "person_response_rate", "latency_median", "answered_within_15min", "answered_within_1h", "answered_within_24h",
    "latency_rmst_24h", "chase_rate", "chases_per_turn", "ignored_twice_share", "deflection_rate",
    "deflection_rate_all", "deflection_first_rate", "accountability_loss", "destination_dm_share",
    "destination_phone_share", "destination_email_share", "destination_form_share", "destination_chat_share",
    "destination_handle_share", "destination_page_share", "arc_reciprocity", "dyadic_reciprocity",
    "inbound_reciprocity", "outbound_reciprocity", "inbound_reciprocity_ordered", "reciprocity_rho",
    "conversation_size_mean", "conversation_size_median", "conversation_size_p90", "single_post_share",
    "conversation_depth_mean", "conversation_width_mean", "conversation_persons_mean",
    "conversation_duration_median", "structural_virality", "structural_virality_normalized", "interactive_share",
    "interactivity_order_mean", "public_interactive_share", "turn_balance_entropy", "turn_gini", "turn_imbalance",
    "word_balance_entropy", "word_gini", "word_imbalance", "turn_taking_index",
    "persons_per_100_directed", "effective_persons", "new_tie_rate",
    "effective_size", "external_internal_index", "burstiness", "burstiness_originals", "burstiness_replies",
    "memory", "broadcast_part", "deflect_part", "conversation_part", "strategy_z1", "strategy_z2",
    "latency_median_no_auto", "answered_within_15min_no_auto", "cif_open_24h", "cif_escalate_24h", "cif_deflect_24h",
    "cif_acknowledge_24h", "open_answer_share", "business_latency_median", "after_hours_penalty", "cover_share",
    "give_up_share", "proactive_share", "proactive_helpful_share", "follower_concentration", "follower_erreygers",
    "follower_odds_ratio", "top_followed_share", "bystander_ratio", "weighted_reciprocity", "dyad_balance",
    "conversation_brand_units_mean", "h_index_mean", "h_index_max_mean", "interactivity_max_order_mean",
    "pshift_abba_share", "pshift_receiving_share", "pshift_claiming_share", "pshift_usurping_share",
    "pshift_continuing_share", "pshift_abba_share_tree", "conversation_turn_entropy", "participant_gini",
    "returning_share", "returning_without_question_share", "relationship_days_median", "regulars_reply_share",
    "relationship_days_median_question", "relationship_days_median_no_question",
    "regulars_without_question_reply_share", "repeat_episodes_without_question_share", "arc_reciprocity_ordered",
    "dyadic_reciprocity_ordered", "outbound_reciprocity_ordered", "persons_rarefied",
    "outcome_open_share", "outcome_escalate_closed_share", "outcome_escalate_open_share", "outcome_deflected_share",
    "outcome_stalled_share", "outcome_acknowledged_share", "outcome_ignored_share", "first_open_share",
    "first_escalate_share", "first_clarify_share", "first_acknowledge_share", "assisted_open_share",
    "open_resolution_rate", "destination_store_share",
    "host_c2c_share", "host_intro_share", "host_spot_share", "host_gate_share", "host_index",
]
# fmt: on
#: Metrics of which the definition can be read in two ways; compared again once one reading is chosen.
OPEN: dict[str, str] = {}
PARTS = [answering, structure, rhythm, competing, attention, relations, shifts, hosting, outcomes]


def oracle(
    posts: pd.DataFrame,
    accounts: pd.DataFrame | None = None,
    *,
    by: str = "account",
    focus: list[str] | None = None,
    definitions: Definitions | None = None,
    resolutions: dict[str, tuple[str, dict[str, bool]]] | None = None,
    window: tuple[int, int] | None = None,
    metrics: Collection[str] | None = None,
) -> dict[tuple[str, str], tuple[float, int]]:
    """Compute every metric (or those asked for) for every unit: {(unit_id, metric): (value, n)}; NaN is undefined.

    `resolutions` says for posts by the brand side what they do and where they point to: the codebook is taken as given.
    """
    world = World(posts, accounts, by=by, focus=focus, definitions=definitions, resolutions=resolutions, window=window)
    exchange = Exchange(world)
    found: dict[tuple[str, str], tuple[float, int]] = {}
    for unit in world.unit_ids():
        values = posting(world, unit)
        for part in PARTS:
            values |= part(world, exchange, unit)
        silence = 1 - values["response_rate"][0]
        values["silence_rate"] = (silence, values["response_rate"][1])
        values["broadcast_strategy_score"] = (
            values["broadcast_index"][0] * silence,
            min(values["broadcast_index"][1], values["response_rate"][1]),
        )
        leave_out_unknown(posts.columns, values)
        for metric in set(METRICS) & set(metrics or METRICS):
            found[unit, metric] = values[metric]
    return found
