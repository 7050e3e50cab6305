"""How much public visibility is lost where persons are sent to, as people write it."""

from __future__ import annotations

import re

from ..errors import FormatError, unknown_name

__all__ = ["USUAL_LOSS", "parse_loss"]

#: For each destination of a deflection a number between 0 and 1.
USUAL_LOSS = "handle=0.25 page=0.5 dm=0.9 form=1 email=1 phone=1 chat=1 store=1"


def parse_loss(text: str) -> dict[str, float]:
    """Read the weights of destinations.

    Parameters
    ----------
    text
        Such as `handle=0.25 dm=0.9`, with commas or spaces between; what is not named keeps its usual weight.

    Raises
    ------
    FormatError
        Naming the entry that is no weight.
    UnknownName
        If there is no such destination.

    Examples
    --------
    >>> parse_loss("dm=1")["dm"], parse_loss("dm=1")["page"]
    (1.0, 0.5)
    """
    out = _weights(USUAL_LOSS)
    given = _weights(text)
    for name in given:
        if name not in out:
            raise unknown_name(name, out, "destination")
    return out | given


def _weights(text: str) -> dict[str, float]:
    out: dict[str, float] = {}
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
        out[name] = weight
    return out
