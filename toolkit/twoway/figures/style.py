"""Colors, markers and type that every figure shares, so that a strategy looks the same wherever it is met."""

from __future__ import annotations

from typing import Any

__all__ = [
    "DATA_COLOR",
    "INK",
    "NEUTRAL",
    "SIDE_COLORS",
    "STRATEGY_COLORS",
    "STRATEGY_MARKERS",
    "STYLE",
    "color_of",
    "use_style",
]

#: One color a strategy, out of Okabe and Ito's palette. The four differ in lightness too, and survive a gray printer.
STRATEGY_COLORS = {"broadcast": "#000000", "deflect": "#E69F00", "conversational": "#0072B2", "mixed": "#009E73"}

#: One marker a strategy: color is never the only way to tell them apart.
STRATEGY_MARKERS = {"broadcast": "s", "deflect": "^", "conversational": "o", "mixed": "D"}

#: Who posts, in pictures of conversations: the organization's side is filled, persons are hollow.
SIDE_COLORS = {"organization": "#0072B2", "person": "#FFFFFF", "other": "#BBBBBB"}

#: Text and lines that carry no data, and data of which no strategy is known.
INK, NEUTRAL, DATA_COLOR = "#333333", "#8A8A8A", "#0072B2"

#: Settings of matplotlib: plain axes, readable at half size, and files that are the same on every run.
STYLE: Any = {
    "figure.dpi": 110,
    "savefig.dpi": 150,
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "twoway",
}


def use_style() -> None:
    """Apply the look of twoway's figures to all figures drawn from now on; call it once, at the top of a notebook.

    Nothing is set on import. The settings are `figures.STYLE`; `matplotlib.rcdefaults()` takes them back.

    Examples
    --------
    >>> import matplotlib
    >>> with matplotlib.rc_context():
    ...     use_style()
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    """
    import matplotlib

    matplotlib.rcParams.update(STYLE)


def color_of(label: Any) -> str:
    """Return the color of a strategy; the neutral data color for anything that is none.

    Examples
    --------
    >>> color_of("conversational"), color_of(None)
    ('#0072B2', '#0072B2')
    >>> color_of("deflect")
    '#E69F00'
    """
    return STRATEGY_COLORS.get(str(label), DATA_COLOR)
