"""Weights of named things, as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import FormatError, unknown_name

__all__ = ["USUAL_LOSS", "parse_weights"]

#: How much public visibility is lost at each destination of a deflection, between 0 and 1.
USUAL_LOSS = "handle=0.25 page=0.5 dm=0.9 form=1 email=1 phone=1 chat=1 store=1"


def parse_weights(text: str, usual: Mapping[str, float] | None = None) -> dict[str, float]:
    """Read weights between 0 and 1.

    Parameters
    ----------
    text
        Such as `handle=0.25 dm=0.9`, with commas or spaces between.
    usual
        Weights of what the text does not name; other names are then refused.

    Raises
    ------
    FormatError
        Naming the entry that is no weight.
    UnknownName
        If there is no such thing to weigh.

    Examples
    --------
    >>> parse_weights("dm=1", {"dm": 0.9, "page": 0.5})
    {'dm': 1.0, 'page': 0.5}
    """
    out: dict[str, float] = dict(usual or {})
    for entry in re.split(r"[\s,;]+", text.strip()):
        name, _, given = entry.partition("=")
        try:
            weight = float(given)
        except ValueError:
            weight = float("nan")
        if not 0 <= weight <= 1:
            msg = (
                f"'{entry}' is no weight. It stands in Definitions(destination_loss=...). Write names with a number"
                f" between 0 and 1 each, like '{USUAL_LOSS}'."
            )
            raise FormatError(msg)
        if usual is not None and name not in usual:
            raise unknown_name(name, usual, "destination")
        out[name] = weight
    return out
