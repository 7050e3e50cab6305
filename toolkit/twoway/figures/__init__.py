"""Figures: a table and an axes in, the axes out. Nothing is shown or set by itself, and every figure has words.

Reading order: `style` (colors), `picture` (alternative text, SVG, notebooks), `canvas` and `rows` (helpers), then one
file a kind of figure: `forest`, `triangle`, `silence`, `hours`, `thread`; for what is asked of measured values `ranks`,
`differences`, `nulls`, `incidence`, `coefficients`, `bands`, `attention`, `shifts`, `matrix`; for what posts say
`outcomes`, `corrected`, `destinations`, `parity`, `tone_flow`, `voice`, `diet`, `models` (bars of `parts`).
"""

from .attention import plot_attention
from .bands import plot_hour_bands
from .coefficients import plot_ratios
from .corrected import REPLY_SHARES, plot_corrected
from .destinations import DESTINATION_WORDS, plot_destinations
from .diet import DIET_COLORS, plot_content_diet
from .differences import plot_differences
from .forest import plot_scorecard
from .hours import hour_table, plot_hour_map
from .incidence import CAUSE_COLORS, plot_incidence
from .matrix import plot_dyad_matrix
from .models import MODEL_PARTS, plot_pr_models
from .nulls import plot_null_test
from .outcomes import OUTCOME_PARTS, plot_outcomes
from .parity import plot_parity
from .picture import Picture, alt_text, describe_figure, show, svg_text
from .ranks import plot_ranking
from .shifts import plot_participation_shifts
from .silence import plot_silence_curve, plot_silence_panels
from .style import SIDE_COLORS, STRATEGY_COLORS, STRATEGY_MARKERS, STYLE, use_style
from .thread import conversation_posts, plot_conversation
from .tone_flow import plot_tone_flow
from .triangle import corner_points, plot_strategy_triangle
from .voice import plot_templates, plot_voice_profile

__all__ = [
    "CAUSE_COLORS",
    "DESTINATION_WORDS",
    "DIET_COLORS",
    "MODEL_PARTS",
    "OUTCOME_PARTS",
    "REPLY_SHARES",
    "SIDE_COLORS",
    "STRATEGY_COLORS",
    "STRATEGY_MARKERS",
    "STYLE",
    "Picture",
    "alt_text",
    "conversation_posts",
    "corner_points",
    "describe_figure",
    "hour_table",
    "plot_attention",
    "plot_content_diet",
    "plot_conversation",
    "plot_corrected",
    "plot_destinations",
    "plot_differences",
    "plot_dyad_matrix",
    "plot_hour_bands",
    "plot_hour_map",
    "plot_incidence",
    "plot_null_test",
    "plot_outcomes",
    "plot_parity",
    "plot_participation_shifts",
    "plot_pr_models",
    "plot_ranking",
    "plot_ratios",
    "plot_scorecard",
    "plot_silence_curve",
    "plot_silence_panels",
    "plot_strategy_triangle",
    "plot_templates",
    "plot_tone_flow",
    "plot_voice_profile",
    "show",
    "svg_text",
    "use_style",
]
