"""Figures: a table and an axes in, the axes out. Nothing is shown or set by itself, and every figure has words.

Reading order: `style` (colors), `picture` (alternative text, SVG, notebooks), `canvas` and `rows` (helpers), then one
file a kind of figure: `forest`, `triangle`, `silence`, `hours`, `thread`.
"""

from .forest import plot_scorecard
from .hours import hour_table, plot_hour_map
from .picture import Picture, alt_text, describe_figure, show, svg_text
from .silence import plot_silence_curve, plot_silence_panels
from .style import SIDE_COLORS, STRATEGY_COLORS, STRATEGY_MARKERS, STYLE, use_style
from .thread import conversation_posts, plot_conversation
from .triangle import corner_points, plot_strategy_triangle

__all__ = [
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
    "plot_conversation",
    "plot_hour_map",
    "plot_scorecard",
    "plot_silence_curve",
    "plot_silence_panels",
    "plot_strategy_triangle",
    "show",
    "svg_text",
    "use_style",
]
