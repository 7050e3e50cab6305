"""Rewiring of arcs between brands and persons with all strengths fixed (N2).

An arc is one post from one side to the other. Persons change places among the arcs of one direction: every person
sends and gets as many posts as before, so does every brand, and whether attention is returned is left to chance.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError

__all__ = ["rewire_arcs"]

IntArray = NDArray[np.int64]

#: Above so many arcs, a draw starts from an arrangement at random that is mended, and not from the one at hand.
_MANY = 5_000


def rewire_arcs(
    persons: ArrayLike,
    is_out: ArrayLike,
    rng: np.random.Generator,
    *,
    person_house: ArrayLike | None = None,
    brand_house: ArrayLike | None = None,
) -> IntArray:
    """Exchange the persons among the arcs towards brands, and among the arcs from brands.

    Keeps the number of arcs each person and each brand sends and gets (the brand of an arc stays where it is);
    destroys reciprocation, and with it any preference of a person for a brand. With one brand the same persons meet it
    as before, so a measure of reciprocity cannot move: then it has no null.

    Parameters
    ----------
    persons
        Number of the person at one end of each arc.
    is_out
        Whether the arc runs from the brand to the person.
    person_house, brand_house
        Organization of the person (-1 for none) and of the brand of each arc, where some accounts are on both sides:
        no arc may join the two ends of one house. Then the draw is a chain of random exchanges that allow no such arc,
        long enough for every arc to change places many times.

    Returns
    -------
    array of int64
        The person of each arc.

    Raises
    ------
    TwowayError
        If the lengths differ.

    Examples
    --------
    >>> persons, is_out = [0, 1, 2, 0, 1], [False, False, False, True, True]
    >>> drawn = rewire_arcs(persons, is_out, np.random.default_rng(1)).tolist()
    >>> sorted(drawn[:3]), sorted(drawn[3:])
    ([0, 1, 2], [0, 1])
    """
    found = np.array(persons, dtype=np.int64)
    out = np.asarray(is_out, dtype=bool)
    if found.shape != out.shape:
        msg = f"{found.shape} persons do not fit {out.shape} directions. They were given to rewire_arcs. "
        msg += "Give one of each an arc."
        raise TwowayError(msg)
    for arcs in (np.flatnonzero(out), np.flatnonzero(~out)):
        if person_house is None or brand_house is None:
            found[arcs] = rng.permutation(found[arcs])
        else:
            houses = np.asarray(person_house)[arcs], np.asarray(brand_house)[arcs]
            found[arcs] = found[arcs][_exchange(*houses, rng)]
    return found


def _exchange(person_house: IntArray, brand_house: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw an arrangement of persons that joins no house with itself.

    Each round splits the arcs into random threes and turns each round, one way or the other, where that is allowed.
    A turn back is as likely as the turn, so all allowed arrangements are equally likely in the end. (Exchanges in
    twos would not do: three accounts that address each other in a ring can only be turned all at once.)
    """
    n = len(person_house)
    place, n_rounds = np.arange(n), 6 + math.ceil(3 * math.log(n + 1))
    if n > _MANY and (start := _start(person_house, brand_house, rng)) is not None:
        place, n_rounds = start, 6
    n_threes = n // 3
    for _ in range(n_rounds if n > 1 else 0):
        order = rng.permutation(n)
        threes = order[: 3 * n_threes].reshape(n_threes, 3)
        forth = rng.random((n_threes, 1)) < 0.5
        source = np.where(forth, np.roll(threes, 1, axis=1), np.roll(threes, -1, axis=1))
        _turn(place, threes, source, person_house, brand_house)
        # What is left over, and some of the rest, is exchanged in twos.
        twos = order[::-1][: 2 * max(1, n // 4)].reshape(-1, 2)
        _turn(place, twos, twos[:, ::-1], person_house, brand_house)
    return place


def _start(person_house: IntArray, brand_house: IntArray, rng: np.random.Generator) -> IntArray | None:
    """Draw any arrangement and mend it: where many arcs have to move, few rounds are then left to do.

    Persons at arcs of their own house are exchanged with random others. None where that does not help in time, since
    one house has most of the arcs.
    """
    place = rng.permutation(len(person_house))
    for _ in range(50):
        wrong = person_house[place] == brand_house
        arcs = np.flatnonzero(wrong)
        if not len(arcs):
            return place
        others, first = np.unique(rng.integers(0, len(place), len(arcs)), return_index=True)
        free = ~wrong[others]
        pairs = np.column_stack([arcs[first][free], others[free]])
        _turn(place, pairs, pairs[:, ::-1], person_house, brand_house)
    return None


def _turn(place: IntArray, to: IntArray, source: IntArray, person_house: IntArray, brand_house: IntArray) -> None:
    """Move persons within groups of arcs, where no person comes to an arc of its own house."""
    moved = place[source]
    allowed = (person_house[moved] != brand_house[to]).all(axis=1)
    place[to[allowed]] = moved[allowed]
