"""A bar over the sections of a report, shown only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

__all__ = ["Tell", "section_bar", "silent"]

#: Called with the name of each section that is done.
Tell = Callable[[str], None]


def silent(_section: str) -> None:
    """Say nothing."""


@contextmanager
def section_bar(n_sections: int, *, show: bool | None = None) -> Iterator[Tell]:
    """Show on standard error how many sections of a report are done.

    Parameters
    ----------
    n_sections
        How many there are.
    show
        True or False to decide; None shows it where standard error is a terminal.

    Examples
    --------
    >>> with section_bar(2, show=False) as tell:
    ...     tell("scorecard")
    """
    hidden = None if show is None else not show
    with tqdm(total=n_sections, unit="section", desc="report", file=sys.stderr, disable=hidden, leave=False) as bar:

        def tell(section: str) -> None:
            bar.set_postfix_str(section, refresh=False)
            bar.update(1)

        yield tell
