"""What a source that lacks a column cannot show: a missing column means unknown, not none."""

from __future__ import annotations

from .arithmetic import NAN

NEEDS = {
    "parent_id": [
        *("original_share", "mention_share", "reply_share", "intra_brand_share", "broadcast_index_reply"),
        *("response_rate_strict", "interactive_share", "interactivity_order_mean", "public_interactive_share"),
        *("conversation_size_mean", "conversation_size_median", "conversation_size_p90", "single_post_share"),
        *("conversation_depth_mean", "conversation_width_mean", "conversation_persons_mean"),
        *("conversation_duration_median", "structural_virality", "structural_virality_normalized"),
        *("proactive_share", "proactive_helpful_share", "conversation_brand_units_mean", "h_index_mean"),
        *("h_index_max_mean", "interactivity_max_order_mean", "conversation_turn_entropy", "participant_gini"),
        *("pshift_abba_share", "pshift_abba_share_tree", "pshift_receiving_share", "pshift_claiming_share"),
        *("pshift_usurping_share", "pshift_continuing_share", "host_c2c_share", "host_intro_share", "host_gate_share"),
        "host_index",
    ],
    "repost_of_id": ["repost_share"],
    "quote_of_id": ["quote_share"],
    "text": [
        *("url_share", "hashtag_share", "legacy_original_share", "legacy_reply_share", "legacy_repost_share"),
        *("response_rate_questions", "deflection_rate", "deflection_rate_all", "deflection_first_rate"),
        *("accountability_loss", "destination_dm_share", "destination_phone_share", "destination_email_share"),
        *("destination_form_share", "destination_chat_share", "destination_handle_share", "destination_page_share"),
        *("word_balance_entropy", "word_gini", "word_imbalance", "broadcast_part", "deflect_part", "conversation_part"),
        *("strategy_z1", "strategy_z2", "latency_median_no_auto", "answered_within_15min_no_auto"),
        *("cif_open_24h", "cif_escalate_24h", "cif_deflect_24h", "cif_acknowledge_24h", "open_answer_share"),
        *("outcome_open_share", "outcome_escalate_closed_share", "outcome_escalate_open_share", "assisted_open_share"),
        *("outcome_deflected_share", "outcome_stalled_share", "outcome_acknowledged_share"),
        *("first_open_share", "first_escalate_share", "first_clarify_share", "first_acknowledge_share"),
        *("open_resolution_rate", "destination_store_share"),
        *("proactive_helpful_share", "returning_without_question_share"),
        *("relationship_days_median_question", "relationship_days_median_no_question"),
        *("regulars_without_question_reply_share", "repeat_episodes_without_question_share"),
    ],
}


def leave_out_unknown(columns, values):
    """Set to NaN whatever needs a column that the source does not have."""
    if not {"quote_of_id", "repost_of_id"} & set(columns):
        values.update(dict.fromkeys(["host_spot_share", "host_index"], (NAN, 0)))
    if not {"is_restricted", "deleted_at"} & set(columns):
        values["host_gate_share"] = (NAN, 0)
    for column, metrics in NEEDS.items():
        if column not in columns:
            values.update(dict.fromkeys(metrics, (NAN, 0)))
    return values
