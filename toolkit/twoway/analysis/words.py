"""The meaning of every flag, those of measured values and those of what is asked of them."""

from __future__ import annotations

from importlib import import_module

from ..metrics.catalog import flag_meanings as of_metrics

__all__ = ["flag_meanings"]

_HOMES = (
    *("adverse", "audience", "compare", "competing", "latency", "nulls", "ranking", "reliability", "response_result"),
    "spiral",
)


def flag_meanings() -> dict[str, str]:
    """Say what each flag of a result means.

    Examples
    --------
    >>> flag_meanings()["undefined"]
    'there is nothing to divide by: no value, never zero'
    """
    meanings = dict(of_metrics())
    for home in _HOMES:
        for flag, words in import_module(f"twoway.analysis.{home}").FLAGS.items():
            meanings.setdefault(flag, words)
    return meanings
