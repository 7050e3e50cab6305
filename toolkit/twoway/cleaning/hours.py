"""Opening hours as people write them."""

from __future__ import annotations

import re

from ..errors import SchemaError

__all__ = ["parse_hours"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(
    r"(?P<days>[a-z]{3}(?:-[a-z]{3})?|daily)\s+(?P<h1>\d\d?):(?P<m1>\d\d)\s*-\s*(?P<h2>\d\d?):(?P<m2>\d\d)"
)
DAY_MINUTES = 1_440


def parse_hours(text: str) -> tuple[tuple[int, int, int], ...]:
    """Read opening hours.

    Parameters
    ----------
    text
        Parts joined by semicolons: days (`mon`, `mon-fri`, `daily`) and hours (`09:00-18:00`); or `always`. Hours that
        end before they begin last into the next day.

    Returns
    -------
    tuple
        (day, first minute, last minute) of each stretch, day 0 being Monday; the last minute may lie in the next day.

    Raises
    ------
    SchemaError
        If a part cannot be read.

    Examples
    --------
    >>> parse_hours("mon-tue 09:00-18:00; sat 22:00-02:00")
    ((0, 540, 1080), (1, 540, 1080), (5, 1320, 1560))
    >>> len(parse_hours("always"))
    7
    """
    if text.strip().lower() == "always":
        return tuple((day, 0, DAY_MINUTES) for day in range(7))
    return tuple(stretch for part in text.split(";") if part.strip() for stretch in _stretches(part.strip(), text))


def _stretches(part: str, text: str) -> list[tuple[int, int, int]]:
    found = _PART.fullmatch(part.lower())
    days = _days(found["days"]) if found else []
    if found is None or not days:
        raise _unreadable(part, text)
    start, end = int(found["h1"]) * 60 + int(found["m1"]), int(found["h2"]) * 60 + int(found["m2"])
    if max(start, end) > DAY_MINUTES or int(found["m1"]) > 59 or int(found["m2"]) > 59 or start == end:
        raise _unreadable(part, text)
    return [(day, start, end if end > start else end + DAY_MINUTES) for day in days]


def _days(word: str) -> list[int]:
    if word == "daily":
        return list(range(7))
    names = word.split("-")
    if any(name not in _DAYS for name in names):
        return []
    first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
    return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]


def _unreadable(part: str, text: str) -> SchemaError:
    msg = (
        f"'{part}' cannot be read as opening hours. It stands in business_hours={text!r}. Write days and hours such as"
        " 'mon-fri 09:00-18:00; sat 10:00-14:00', 'always', or 'inferred'."
    )
    return SchemaError(msg)
