"""A progress bar that appears only when there is something to wait for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

__all__ = ["LARGE", "progress_bar"]

#: Size in bytes above which a bar is shown unless the caller decides.
LARGE = 50_000_000


@contextmanager
def progress_bar(n_bytes: int, *, show: bool | None = None) -> Iterator[tqdm]:
    """Show on standard error how many bytes have been read.

    Parameters
    ----------
    n_bytes
        Total size on disk.
    show
        True or False to decide; None shows it from `LARGE` bytes on.

    Examples
    --------
    >>> with progress_bar(10) as bar:
    ...     _ = bar.update(10)
    """
    hidden = n_bytes <= LARGE if show is None else not show
    with tqdm(total=n_bytes, unit="B", unit_scale=True, desc="reading", file=sys.stderr, disable=hidden) as bar:
        yield bar
