"""Reading codebooks: the bundled ones by name, a user's own by its file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import CorpusNotFound, FormatError, unknown_name
from .book import SCOPES, Codebook, Label, Term, word_pattern
from .logic import Rule, in_order
from .said import SIGNATURE

__all__ = ["list_codebooks", "load_codebook", "parse_codebook"]

_PARTS = {
    "name", "version", "language", "applies_to", "exclusive", "about", "uses", "words", "patterns", "written",
    "asides", "core", "sentences", "numbers", "scores", "labels",
}  # fmt: skip
#: Parts whose entries have names of their own.
_NAMED = ("words", "patterns", "written", "core", "sentences", "numbers", "scores")
_LABEL_PARTS = {"name", "definition", "positive", "negative", "rule"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: A name in braces stands for another pattern or list of words; `{2,}` and `\p{Lu}` are left alone.
_INSERT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


#: Patterns of this package that patterns on the text as written may name in braces.
_BUILT_IN = {"signature": SIGNATURE}


def _folder() -> Any:
    return resources.files("twoway.codebooks") / "books"


def list_codebooks() -> list[str]:
    """List the names of the bundled codebooks.

    Examples
    --------
    >>> "resolution" in list_codebooks()
    True
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_codebook(name: str | Path | Codebook) -> Codebook:
    """Load a codebook.

    Parameters
    ----------
    name
        The name of a bundled codebook (`list_codebooks`), or the path of a TOML file of your own.

    Returns
    -------
    Codebook

    Raises
    ------
    UnknownName
        If no bundled codebook has that name.
    CorpusNotFound
        If the file does not exist.
    FormatError
        If the file is no codebook: which entry, and what to do.

    Examples
    --------
    >>> load_codebook("resolution").label_names
    ('open_answer', 'escalate', 'deflect', 'clarify', 'acknowledge')
    """
    if isinstance(name, Codebook):
        return name
    text = str(name)
    if not text.endswith(".toml"):
        if text not in list_codebooks():
            raise unknown_name(text, list_codebooks(), "codebook", do="A file of your own ends in .toml.")
        return _bundled(text)
    path = Path(name)
    if not path.is_file():
        msg = f"The codebook {path} does not exist. It was looked for in {Path.cwd()}. Check the path."
        raise CorpusNotFound(msg)
    return parse_codebook(path.read_text(encoding="utf-8"), path.name)


@cache
def _bundled(name: str) -> Codebook:
    return parse_codebook((_folder() / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def parse_codebook(text: str, file: str) -> Codebook:
    """Read the text of a codebook and check every part of it.

    Raises
    ------
    FormatError
        Naming the entry that is wrong.
    """
    raw = _raw(text, file)
    used = [_used(name, file) for name in raw.get("uses", ())]
    own = {name for part in _NAMED for name in raw.get(part, {})}
    words = {name: tuple(entries) for name, entries in raw.get("words", {}).items()}
    lists = {name: pattern for book in used for name, pattern in book.patterns.items()}
    lists |= {name: word_pattern(entries, raw.get("language", "")) for name, entries in words.items()}
    patterns = _filled(raw.get("patterns", {}), lists, f"{file}, [patterns]")
    written = _shared(used, "written", own)
    written |= _filled(raw.get("written", {}), {**_BUILT_IN, **lists, **patterns, **written}, f"{file}, [written]")
    core = _filled(raw.get("core", {}), {**lists, **patterns}, f"{file}, [core]")
    rules = _shared(used, "sentences", own)
    rules |= {name: Rule(str(rule), f"{file}, [sentences] {name}") for name, rule in raw.get("sentences", {}).items()}
    parts = {label.name: label.rule.text for book in used for label in book.labels}
    book = Codebook(
        name=raw["name"],
        version=str(raw["version"]),
        language=raw.get("language", "en"),
        applies_to=raw["applies_to"],
        exclusive=bool(raw.get("exclusive", False)),
        about=raw.get("about", ""),
        words=words,
        patterns={**lists, **patterns},
        written=written,
        sentences={name: rules[name] for name in in_order(rules)},
        numbers=raw.get("numbers", {}),
        asides=_asides(raw.get("asides", ()), {**lists, **patterns}, file),
        core=core,
        scores={name: _terms(terms, f"{file}, [scores.{name}]") for name, terms in raw.get("scores", {}).items()},
        labels=tuple(_label(entry, parts, file) for entry in raw["labels"]),
        text=text,
        source=text + "".join(book.source for book in used),
    )
    _check_names(book, file)
    return book


def _raw(text: str, file: str) -> dict[str, Any]:
    """Read the parts of a codebook, and check that they are all there and no others."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"The codebook cannot be read as TOML: {error}. It stands in {file}. Mend that line."
        raise FormatError(msg) from None
    _check_parts(raw, file)
    return raw


def _used(name: str, file: str) -> Codebook:
    """Find a codebook whose words, patterns, sentences and labels another one uses."""
    if name not in list_codebooks():
        raise unknown_name(name, list_codebooks(), "codebook to use", do=f"It stands in {file}, uses.")
    return _bundled(name)


def _shared(used: Iterable[Codebook], part: str, own: set[str]) -> dict[str, Any]:
    """Take over a part of the used codebooks, but for names that the codebook itself gives to something."""
    return {name: entry for book in used for name, entry in getattr(book, part).items() if name not in own}


def _check_parts(raw: Mapping[str, Any], file: str) -> None:
    for part in raw:
        if part not in _PARTS:
            raise unknown_name(part, sorted(_PARTS), "part of a codebook", do=f"It stands in {file}.")
    missing = [part for part in ("name", "version", "applies_to", "labels") if not raw.get(part)]
    if missing:
        msg = f"The codebook has no {' and no '.join(missing)}. It stands in {file}. Add what is missing."
        raise FormatError(msg)
    if raw["applies_to"] not in SCOPES:
        raise unknown_name(raw["applies_to"], SCOPES, "group of posts (applies_to)", do=f"It stands in {file}.")


def _filled(given: Mapping[str, str], known: Mapping[str, str], where: str) -> dict[str, str]:
    """Put patterns named in braces into the patterns that name them, and check that each is a regex."""
    done: dict[str, str] = {}
    for name, pattern in given.items():
        pool = {**known, **done}

        def part(found: re.Match[str], name: str = name, pool: dict[str, str] = pool) -> str:
            if found[1] not in pool:
                do = f"The pattern '{name}' in {where} asks for it. Write it above."
                raise unknown_name(found[1], pool, "pattern or list of words", do=do)
            return f"(?:{pool[found[1]]})"

        done[name] = _INSERT.sub(part, pattern)
        try:
            pl.Series([""]).str.contains(done[name])
        except pl.exceptions.ComputeError as error:
            why = str(error).strip().splitlines()[-1].removeprefix("error: ")
            msg = (
                f"The pattern '{name}' is no regex: {why}. It stands in {where}. Regexes are those of Rust's regex"
                " crate: no look-around, no back-references."
            )
            raise FormatError(msg) from None
    return done


def _asides(names: Iterable[str], patterns: Mapping[str, str], file: str) -> tuple[str, ...]:
    """Find the patterns that are cut out of sentences."""
    for name in names:
        if name not in patterns:
            raise unknown_name(name, patterns, "pattern", do=f"It stands in {file}, asides.")
    return tuple(patterns[name] for name in names)


def _terms(given: Mapping[str, Any], where: str) -> tuple[Term, ...]:
    """Read a score: a rule of the text and its weight a line."""
    for rule, weight in given.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            msg = f"The weight of '{rule}' is no number but {weight!r}. It stands in {where}. Write rule = number."
            raise FormatError(msg)
    return tuple(Term(Rule(rule, where), float(weight)) for rule, weight in given.items())


def _label(entry: Mapping[str, Any], parts: Mapping[str, str], file: str) -> Label:
    """Read a label; a label of a used codebook named in braces in its rule stands for the rule of that one."""
    name = str(entry.get("name", ""))
    where = f"{file}, label '{name}'"
    lacking = [part for part in ("name", "definition", "rule") if not entry.get(part)]
    odd = sorted(set(entry) - _LABEL_PARTS)
    if lacking or odd or not _NAME.fullmatch(name):
        what = f"lacks {' and '.join(lacking)}" if lacking else f"has an entry '{odd[0]}'" if odd else "has an odd name"
        msg = (
            f"A label {what}. It stands in {where}. A label has {', '.join(sorted(_LABEL_PARTS))}; its name is of small"
            " letters, digits and underscores."
        )
        raise FormatError(msg)

    def part(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise unknown_name(found[1], parts, "label of a codebook that is used", do=f"It stands in {where}.")
        return f"({parts[found[1]].strip()})"

    return Label(
        name=name,
        definition=" ".join(str(entry["definition"]).split()),
        positive=tuple(entry.get("positive", ())),
        negative=tuple(entry.get("negative", ())),
        rule=Rule(_INSERT.sub(part, str(entry["rule"])), where),
    )


def _check_names(book: Codebook, file: str) -> None:
    """Check that every rule names what exists, and no name stands for two things."""
    spaces = {
        "pattern": {**book.patterns, **book.written, **book.core},
        "sentence": book.sentences,
        "number": book.numbers,
        "score": book.scores,
    }
    seen: dict[str, str] = {}
    for kind, names in spaces.items():
        for name in names:
            if name in seen or not _NAME.fullmatch(name):
                msg = (
                    f"The name '{name}' is used twice, or is not of small letters, digits and underscores. It stands"
                    f" in {file}. Give every pattern, sentence rule, number and score a name of its own."
                )
                raise FormatError(msg)
            seen[name] = kind
    for rule in book.sentences.values():
        _check_rule(rule, {*book.patterns, *book.core, *book.sentences, *book.numbers}, set())
    apart = set(book.core)
    for term in [term for terms in book.scores.values() for term in terms]:
        _check_rule(term.rule, set(seen) - apart - set(book.scores), set(seen) - apart - set(book.scores))
    above: set[str] = set()
    for label in book.labels:
        _check_rule(label.rule, (set(seen) - apart) | above, set(seen) - apart - set(book.scores))
        above.add(label.name)


def _check_rule(rule: Rule, names: set[str], called: set[str]) -> None:
    for name in sorted(rule.names - names - {"n_words"}):
        raise unknown_name(name, names, "name in a rule", do=f"The rule stands in {rule.where}.")
    for call, name in sorted(rule.calls):
        if name not in called:
            raise unknown_name(name, called, f"name in {call}(...)", do=f"The rule stands in {rule.where}.")
