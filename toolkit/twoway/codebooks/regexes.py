"""Regexes of a codebook: put together from the parts they name, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from ..errors import FormatError, unknown_name

__all__ = ["INSERT", "cut_out", "filled"]

#: A name in braces stands for another pattern or list of words; `{2,}` and `\p{Lu}` are left alone.
INSERT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled(given: Mapping[str, str], known: Mapping[str, str], where: str) -> dict[str, str]:
    """Put patterns named in braces into the patterns that name them, and check that each is a regex."""
    done: dict[str, str] = {}
    for name, pattern in given.items():
        pool = {**known, **done}

        def part(found: re.Match[str], name: str = name, pool: dict[str, str] = pool) -> str:
            if found[1] not in pool:
                do = f"The pattern '{name}' in {where} asks for it. Write it above."
                raise unknown_name(found[1], pool, "pattern or list of words", do=do)
            return f"(?:{pool[found[1]]})"

        done[name] = INSERT.sub(part, pattern)
        _check_regex(name, done[name], where)
    return done


def _check_regex(name: str, pattern: str, where: str) -> None:
    """Refuse what is no regex, and what would be found in every text."""
    try:
        if pattern.strip():
            pl.Series([""]).str.contains(pattern)
            return
        why = "it is empty and would match every post"
    except pl.exceptions.ComputeError as error:
        # The engine goes on to tell of its own expression.
        lines = str(error).strip().splitlines()
        why = next((line.removeprefix("error: ") for line in lines if line.startswith("error: ")), lines[0])
    msg = (
        f"The pattern '{name}' is no regex: {why}. It stands in {where}. Regexes are those of Rust's regex crate, in"
        " which look-around (?=...) and back-references \\1 are not supported."
    )
    raise FormatError(msg)


def cut_out(names: Iterable[str], patterns: Mapping[str, str], file: str) -> tuple[str, ...]:
    """Find the patterns that are cut out of sentences."""
    for name in names:
        if name not in patterns:
            raise unknown_name(name, patterns, "pattern", do=f"It stands in {file}, asides.")
    return tuple(patterns[name] for name in names)
