"""Warnings of the library in one line each, in the words of the command line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import TwowayWarning
from .words import one_line

__all__ = ["warnings_told"]


@contextmanager
def warnings_told() -> Iterator[None]:
    """Write the warnings of what is done inside to the error stream, a line each; those of others stay as they are."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", TwowayWarning)
        yield
    # Nothing is told where an error came up: the error says more.
    for warning in told:
        if issubclass(warning.category, TwowayWarning):
            click.echo(f"twoway: {one_line(warning.message)}", err=True)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
