"""What several commands share: how to say what to read, which accounts to measure, and under which definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import click

from ..definitions import Definitions
from ..errors import SchemaError, unknown_name
from ..readers.columns import CANONICAL
from ..readers.formats import FORMATS

__all__ = ["Reading", "listed", "named", "pairs", "reading_options", "seconds", "split_settings"]

_UNITS = {
    "s": 1,
    "sec": 1,
    "min": 60,
    "m": 60,
    "h": 3_600,
    "hour": 3_600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
}


@dataclass(frozen=True)
class Reading:
    """What the options say about reading: where from, as what, and under which definitions."""

    sources: tuple[str, ...]
    format: str | None = None
    columns: dict[str, str | None] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    accounts: str | None = None
    focus: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def definitions(self) -> Definitions:
        """The default definitions with the changes asked for."""
        return Definitions().replace(**self.settings)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the arguments and options of `Reading`, handed over as one argument `reading`."""

    def run(**given: Any) -> Any:
        names = (
            "sources",
            "format_",
            "map_",
            "set_",
            "accounts",
            "focus",
            "header",
            "delimiter",
            "encoding",
            "time_format",
            "time_zone",
        )
        return command(reading=_reading(**{name: given.pop(name) for name in names}), **given)

    # Commands keep options that are already on them, those nearer to the function last.
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for add in reversed(_shared()):
        run = add(run)
    return run


def _shared() -> list[Callable[..., Any]]:
    zone = "Zone of times that name none, such as Europe/Paris; UTC if left out."
    return [
        click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
        click.option(
            "--format", "format_", metavar="F", help=f"One of {', '.join(FORMATS)}; told from the content if left out."
        ),
        click.option(
            "--map", "map_", multiple=True, metavar="NAME=COLUMN", help="Which column is what: --map created_at=when."
        ),
        click.option(
            "--set",
            "set_",
            multiple=True,
            metavar="NAME=VALUE",
            help="A definition (--set horizon_s=24h) or one value for all rows (--set account_id={stem}).",
        ),  # fmt: skip
        click.option("--accounts", metavar="FILE", help="Table with account_id or handle, and organization, role, ..."),
        click.option(
            "--focus", multiple=True, metavar="HANDLE", help="Account to measure; repeat it, or separate by commas."
        ),
        click.option("--header", metavar="A,B,C", help="Column names of a file that has no header line."),
        click.option("--delimiter", metavar="CHAR", help="What separates columns; told from the content if left out."),
        click.option("--encoding", metavar="NAME", help="Encoding of the file; told from the content if left out."),
        click.option("--time-format", metavar="F", help="How times are written, such as '%d/%m/%y %H:%M'."),
        click.option("--time-zone", metavar="ZONE", help=zone),
    ]


def _reading(
    *,
    sources: tuple[str, ...],
    format_: str | None,
    map_: tuple[str, ...],
    set_: tuple[str, ...],
    accounts: str | None,
    focus: tuple[str, ...],
    header: str | None,
    delimiter: str | None,
    **plain: str | None,
) -> Reading:
    settings, constants = split_settings(pairs(set_, "--set"))
    columns: dict[str, str | None] = {}
    for name, column in pairs(map_, "--map").items():
        if name not in CANONICAL:
            raise unknown_name(name, CANONICAL, "column of posts or accounts", do="Write --map post_id=their_name.")
        columns[name] = column or None
    options: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    if header:
        options["header"] = listed([header])
    if delimiter:
        options["delimiter"] = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    return Reading(sources, format_, columns, constants, settings, accounts, listed(focus), options)


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """Split `name=value` words.

    Raises
    ------
    SchemaError
        If a word has no `=`, or nothing before it.

    Examples
    --------
    >>> pairs(["account_id=author", "mentions="], "--map")
    {'account_id': 'author', 'mentions': ''}
    """
    out = {}
    for word in given:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            msg = f"'{word}' is not of the form name=value. It was given to {option}. "
            msg += f"Write for instance {option} account_id=..."
            raise SchemaError(msg)
        out[name.strip()] = value.strip()
    return out


def listed(given: Iterable[str]) -> list[str]:
    """Split words at commas, and drop what is empty or said twice.

    Examples
    --------
    >>> listed(["ana,ben", "ana", " cleo "])
    ['ana', 'ben', 'cleo']
    """
    return list(dict.fromkeys(part.strip() for word in given for part in word.split(",") if part.strip()))


def named(given: Iterable[str], option: str) -> list[str]:
    """Split words at commas, as `listed` does, and refuse an option that was given without any.

    Raises
    ------
    SchemaError
        If the option was given and names nothing.

    Examples
    --------
    >>> named([], "--codebook"), named(["tone,voice"], "--codebook")
    ([], ['tone', 'voice'])
    """
    words = list(given)
    names = listed(words)
    if words and not names:
        msg = f"{option} names nothing. It was given as '{words[0]}'. Write a name or a file after it, or leave it out."
        raise SchemaError(msg)
    return names


def split_settings(given: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Tell settings of the definitions from constants of the reader.

    Returns
    -------
    settings, constants
        Durations among the settings are in seconds.

    Raises
    ------
    UnknownName
        If a name is neither.

    Examples
    --------
    >>> split_settings({"horizon_s": "24h", "seed": "1", "account_id": "{stem}"})
    ({'horizon_s': 86400, 'seed': '1'}, {'account_id': '{stem}'})
    """
    known = Definitions().to_dict()
    settings: dict[str, Any] = {}
    constants = {}
    for name, value in given.items():
        if name in known:
            settings[name] = seconds(value, name) if name.endswith("_s") else value
        elif name in CANONICAL:
            constants[name] = value
        else:
            raise unknown_name(name, [*known, *CANONICAL], "definition or column", do="--set takes either.")
    return settings, constants


def seconds(text: str, name: str) -> int:
    """Read a duration such as 90, 90s, 30min, 24h, 7d or 2 weeks as seconds.

    Raises
    ------
    SchemaError
        If it is none.

    Examples
    --------
    >>> [seconds(text, "horizon_s") for text in ("604800", "30min", "1.5h", "2 weeks")]
    [604800, 1800, 5400, 1209600]
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower().replace("_", "").replace(",", ""))
    unit = found.group(2) if found else None
    size = (
        1
        if unit == ""
        else _UNITS.get(unit or "?") or _UNITS.get((unit or "?").removesuffix("s")) or _UNITS.get((unit or "?")[:3])
    )
    if not found or size is None:
        msg = (
            f"'{text}' is not a duration. It was given to --set {name}=. Write seconds, or for instance 30min, 24h, 7d."
        )
        raise SchemaError(msg)
    return round(float(found.group(1)) * size)
