"""From a drawing to a picture with words for those who cannot see it: alternative text, SVG, notebook output."""

from __future__ import annotations

import base64
import io
import re
import warnings
from dataclasses import dataclass, field
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

from .style import STYLE

__all__ = ["Picture", "alt_text", "describe_figure", "show", "svg_text"]

# What was said about each axes; the words go when the axes goes.
_WORDS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def describe_figure(ax: Any, words: str) -> None:
    """Attach alternative text to an axes: what a person who cannot see the figure should be told.

    Parameters
    ----------
    ax
        A matplotlib axes.
    words
        Plain sentences: what is drawn, how much of it, and what stands out.
    """
    _WORDS[ax] = " ".join(words.split())


def alt_text(drawn: Any) -> str:
    """Return the alternative text of an axes, of several, or of a whole figure; empty where nothing was said.

    Parameters
    ----------
    drawn
        What a plot function returned, or a figure.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> describe_figure(ax, "Nothing is drawn yet.")
    >>> alt_text(ax), alt_text(ax.figure)
    ('Nothing is drawn yet.', 'Nothing is drawn yet.')
    """
    return " ".join(_WORDS[ax] for ax in _axes(drawn) if ax in _WORDS)


def _axes(drawn: Any) -> list[Any]:
    if hasattr(drawn, "get_axes") and not hasattr(drawn, "transAxes"):
        return list(drawn.get_axes())
    return [drawn] if hasattr(drawn, "transAxes") else list(drawn)


def _figure(drawn: Any) -> Any:
    return _axes(drawn)[0].figure


def svg_text(drawn: Any, *, prefix: str = "", alt: str | None = None) -> str:
    """Write a figure as an SVG element to put into a page: deterministic, selectable text, alternative text as title.

    Parameters
    ----------
    drawn
        An axes, several, or a figure.
    prefix
        Put before every id, so that several figures can stand in one page.
    alt
        Alternative text; the figure's own if left out.

    Returns
    -------
    str
        One `<svg>` element, without XML declaration or metadata.
    """
    buffer = io.StringIO()
    _save(_figure(drawn), buffer, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None})
    body = buffer.getvalue()
    body = body[body.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    # A hundredth of a point is finer than any screen; the rest would only make the file three times as long.
    body = re.sub(r"<[^>]*>", lambda tag: re.sub(r"-?\d+\.\d{3,}", _hundredths, tag.group()), body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", body)
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}\1"', body)
    words = escape(alt_text(drawn) if alt is None else alt)
    name = f"{prefix}title"
    opening = re.match(r"<svg([^>]*)>", body)
    size = re.search(r'width="([\d.]+)pt"', opening.group(1)) if opening else None
    kept = re.sub(r'\s(?:width|height|version|xmlns:xlink)="[^"]*"', "", opening.group(1)) if opening else ""
    wide = f' style="width:100%;height:auto;max-width:{float(size.group(1)) * 4 / 3:.0f}px"' if size else ""
    head = f'<svg{kept}{wide} role="img" aria-labelledby="{name}"><title id="{name}">{words}</title>'
    return head + body[opening.end() if opening else 0 :].strip()


def _hundredths(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _save(figure: Any, target: Any, format: str, metadata: dict[str, Any]) -> None:
    import matplotlib

    with (
        matplotlib.rc_context({key: STYLE[key] for key in ("svg.fonttype", "svg.hashsalt")}),
        warnings.catch_warnings(),
    ):
        # Names in scripts that the font lacks: a browser has letters for them, matplotlib only cannot measure them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(target, format=format, metadata=metadata, bbox_inches="tight", facecolor="white")


@dataclass(frozen=True)
class Picture:
    """A finished figure for a notebook: a PNG that carries its alternative text.

    Parameters
    ----------
    png
        The picture.
    alt
        Its alternative text, stored in the notebook beside the picture.
    width
        Width on the page, in pixels; the picture itself is finer.
    """

    png: bytes = field(repr=False)
    alt: str
    width: int

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give Jupyter the picture and its words."""
        del include, exclude  # part of the protocol; there is only one form to choose from
        data = base64.b64encode(self.png).decode("ascii")
        return {"image/png": data, "text/plain": self.alt}, {"image/png": {"alt": self.alt, "width": self.width}}


def show(drawn: Any, alt: str | None = None) -> Picture:
    """Turn a figure into a notebook output that carries alternative text; the last expression of a cell is shown.

    Parameters
    ----------
    drawn
        An axes, several, or a figure. It is closed, so that the notebook does not show it a second time.
    alt
        Alternative text; the figure's own if left out.

    Returns
    -------
    Picture
        Shown by Jupyter when it stands last in a cell.
    """
    from matplotlib import pyplot as plt

    figure = _figure(drawn)
    words = alt_text(drawn) if alt is None else " ".join(alt.split())
    buffer = io.BytesIO()
    _save(figure, buffer, "png", {"Software": None})
    plt.close(figure)
    return Picture(buffer.getvalue(), words, _pixels(buffer.getvalue()))


def _pixels(png: bytes) -> int:
    # The width stands in bytes 16 to 20 of every PNG; half of it keeps the picture sharp on fine screens.
    return round(int.from_bytes(png[16:20], "big") * 0.7)
