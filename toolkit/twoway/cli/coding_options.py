"""How commands that measure are told of codebooks and codes of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from ..codebooks.book import Codebook
from ..codebooks.cells import Cells
from ..codebooks.chosen import chosen
from ..interactions.given_checks import read_given
from .options import named
from .warned import warnings_told

__all__ = ["CodingOptions", "coding_options"]


@dataclass(frozen=True)
class CodingOptions:
    """What the options say about coding: codebooks by file or name, and a table of codes."""

    books: tuple[str, ...] = ()
    codes: str | None = None

    def load(self) -> tuple[list[Codebook], Cells | None]:
        """Read them.

        Raises
        ------
        TwowayError
            If a codebook or the table cannot be read.
        """
        codes = None if self.codes is None else read_given(self.codes)
        with warnings_told():
            return chosen(self.books, "--codebook"), codes


def coding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options `--codebook` and `--codes`, handed over as one argument `coding`."""

    def run(**given: Any) -> Any:
        coding = CodingOptions(tuple(named(given.pop("own_books"), "--codebook")), given.pop("codes"))
        return command(coding=coding, **given)

    run.__doc__, run.__name__ = command.__doc__, command.__name__
    run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    run = click.option(
        "--codes",
        metavar="FILE",
        help="Codes by people or a model of yours (post_id, codebook, label, value, coder): they replace those of the"
        " rules, and shares are corrected for the rules' errors.",
    )(run)
    return click.option(
        "--codebook",
        "own_books",
        multiple=True,
        metavar="FILE",
        help="Codebook of yours (.toml) in place of the bundled one of its name; repeat it, or separate by commas.",
    )(run)
