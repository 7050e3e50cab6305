"""What can go wrong, in words a researcher can act on.

Every message has three parts: what was wrong with the value, where it was found, what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "CorpusNotFound",
    "FormatError",
    "NotEnoughEvidence",
    "SchemaError",
    "TwowayError",
    "TwowayWarning",
    "UnknownName",
    "unknown_name",
]


class TwowayError(ValueError):
    """Root of all errors that twoway raises on purpose."""


class SchemaError(TwowayError):
    """A table lacks a column, or a column holds values of the wrong kind."""


class UnknownName(TwowayError):
    """A metric, corpus, option or level was asked for by a name that does not exist."""


class CorpusNotFound(TwowayError):
    """A file, folder or registered corpus is not where it was looked for."""


class FormatError(TwowayError):
    """A file cannot be read as the format that was expected."""


class NotEnoughEvidence(TwowayError):
    """The corpus holds nothing from which the question could be answered."""


class TwowayWarning(UserWarning):
    """A result stands, but needs care in reading."""


def unknown_name(value: object, options: Iterable[str], what: str, *, do: str = "") -> UnknownName:
    """Word the error for a name that is not among the known ones.

    Parameters
    ----------
    value
        The name that was given.
    options
        The names that exist.
    what
        What kind of thing was named, in the singular ("metric", "corpus").
    do
        Where the full list can be seen.

    Returns
    -------
    UnknownName
        Ready to be raised.

    Examples
    --------
    >>> print(unknown_name("respons_rate", ["response_rate", "burstiness"], "metric"))
    'respons_rate' is not a known metric. Did you mean 'response_rate'? Known: burstiness, response_rate.
    """
    names = sorted(str(option) for option in options)
    near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.6)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    tail = f" {do}" if do else ""
    return UnknownName(f"'{value}' is not a known {what}.{hint} Known: {listed}.{tail}")
