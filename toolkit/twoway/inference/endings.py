"""Whether waits ended in the event: yes or no, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError

__all__ = ["check_endings"]


def check_endings(is_event: ArrayLike, where: str) -> NDArray[np.bool_]:
    """Refuse endings that are unknown or no yes-or-no: as a truth value NaN would count as an event.

    Parameters
    ----------
    is_event
        Whether each wait ended in the event: booleans, or 0 and 1.
    where
        What they were given to.

    Raises
    ------
    TwowayError
        If one is NaN, or neither 0 nor 1.

    Examples
    --------
    >>> check_endings([1, 0, True], "cox").tolist()
    [True, False, True]
    """
    given = np.asarray(is_event)
    if given.dtype == np.bool_:
        return given
    number = np.asarray(given, dtype=float)
    odd = int((~np.isin(number, (0.0, 1.0))).sum())
    if odd:
        msg = (
            f"{odd} of {number.size} endings are NaN or neither 0 nor 1. "
            f"They were given to {where}. "
            "Pass True or 1 for an event, False or 0 for a censored wait; leave out what is unknown."
        )
        raise TwowayError(msg)
    return number == 1
