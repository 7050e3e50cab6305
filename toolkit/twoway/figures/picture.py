"""From a drawing to a picture with words for those who cannot see it: alternative text, SVG, notebook output."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

from .style import STYLE

__all__ = ["Picture", "alt_text", "describe_figure", "show", "svg_text"]

# White around what is drawn.
_PAD_INCHES = 0.1

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
    body, (left, top, width, height) = _drawn_once(_figure(drawn))
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body[body.index("<svg") :], flags=re.DOTALL)
    # A hundredth of a point is finer than any screen; the rest would only make the file three times as long.
    body = re.sub(r"<[^>]*>", lambda tag: re.sub(r"-?\d+\.\d{3,}", _hundredths, tag.group()), body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", body)
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}\1"', body)
    words = escape(alt_text(drawn) if alt is None else alt)
    name = f"{prefix}title"
    opening = re.match(r"<svg([^>]*)>", body)
    kept = re.sub(r'\s(?:width|height|viewBox|version|xmlns:xlink)="[^"]*"', "", opening.group(1)) if opening else ""
    seen = f' viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}"'
    wide = f' style="width:100%;height:auto;max-width:{width * 4 / 3:.0f}px;background:#fff"'
    head = f'<svg{kept}{seen}{wide} role="img" aria-labelledby="{name}"><title id="{name}">{words}</title>'
    return head + body[opening.end() if opening else 0 :].strip()


def _drawn_once(figure: Any) -> tuple[str, tuple[float, float, float, float]]:
    """Write a figure as SVG, and find the box that all of it needs: left, top, width and height in points.

    To save a figure "tight" draws it twice, the first time only to find the box. Here the layout is made without a
    drawing, and the box is read off what was drawn.
    """
    buffer, engine = io.StringIO(), figure.get_layout_engine()
    with _as_saved():
        if engine is not None:
            engine.execute(figure)
            figure.set_layout_engine("none")
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing, facecolor="white")
        box = figure.get_tightbbox().padded(_PAD_INCHES)
    if engine is not None:
        figure.set_layout_engine(engine)
    top = figure.get_figheight() - box.y1
    return buffer.getvalue(), (72 * box.x0, 72 * top, 72 * box.width, 72 * box.height)


def _hundredths(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


@contextmanager
def _as_saved() -> Iterator[None]:
    import matplotlib

    kept: Any = {key: STYLE[key] for key in ("svg.fonttype", "svg.hashsalt")} | {"savefig.bbox": None}
    with matplotlib.rc_context(kept), warnings.catch_warnings():
        # Names in scripts that the font lacks: a browser has letters for them, matplotlib only cannot measure them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


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
    with _as_saved():
        figure.savefig(buffer, format="png", metadata={"Software": None}, bbox_inches="tight", facecolor="white")
    plt.close(figure)
    return Picture(buffer.getvalue(), words, _pixels(buffer.getvalue()))


def _pixels(png: bytes) -> int:
    # The width stands in bytes 16 to 20 of every PNG; half of it keeps the picture sharp on fine screens.
    return round(int.from_bytes(png[16:20], "big") * 0.7)
