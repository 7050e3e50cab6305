"""The pictures of a report, as SVG elements to stand in its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from markupsafe import Markup

from ..figures.forest import plot_scorecard
from ..figures.hours import plot_hour_map
from ..figures.picture import svg_text
from ..figures.silence import plot_silence_curve, plot_silence_panels
from ..figures.style import STYLE
from ..figures.triangle import plot_strategy_triangle
from .findings import Findings
from .progress import Tell, silent

__all__ = ["MOST_CURVES", "pictures", "svg_of"]

#: Most organizations in the figure of silence curves.
MOST_CURVES = 12

_ON_ONE_AXES = 4


def pictures(found: Findings, tell: Tell = silent) -> dict[str, Markup]:
    """Draw the figures of a report; one that the corpus cannot show is left out.

    Parameters
    ----------
    found
        From `find`.
    tell
        Called with the name of each figure that was drawn.

    Returns
    -------
    dict
        `triangle`, `answers` (response rates), `silence`, `hours`: SVG elements with alternative text.
    """
    drawn: dict[str, Callable[[], Any]] = {}
    if found.strategy is not None:
        drawn["triangle"] = lambda: plot_strategy_triangle(found.strategy)
    if found.card.wide()["response_rate"].notna().any():
        drawn["answers"] = lambda: plot_scorecard(found.card, "response_rate", labels=found.labels)
    if len(found.curve.table):
        drawn["silence"] = lambda: _silence(found)
    if found.hours[["approaches", "replies"]].to_numpy().sum():
        drawn["hours"] = lambda: plot_hour_map(found.hours)
    out = {}
    for name, draw in drawn.items():
        out[name] = svg_of(name, draw)
        tell(name)
    return out


def _silence(found: Findings) -> Any:
    if found.curve.table["unit_id"].nunique() <= _ON_ONE_AXES:
        return plot_silence_curve(found.curve)
    return plot_silence_panels(found.curve, labels=found.labels, n_units=MOST_CURVES)


def svg_of(name: str, draw: Callable[[], Any]) -> Markup:
    """Draw a figure in the look of the report, as an SVG element whose ids begin with its name."""
    import matplotlib
    from matplotlib import pyplot as plt

    # The look is set for this figure only: a report must not change the figures of the notebook it is written from.
    with matplotlib.rc_context(STYLE):
        drawn = draw()
        text = svg_text(drawn, prefix=f"{name}-")
        plt.close(getattr(drawn, "figure", None) or np.ravel(drawn)[0].figure)
    return Markup(text)
