"""Reading codebooks: the bundled ones by name, a user's own by its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import CorpusNotFound, FormatError, unknown_name
from .book import Codebook, Label, Term
from .examples import check_examples
from .fields import NAMED, read_fields
from .logic import Rule, in_order
from .regexes import INSERT, cut_out, filled
from .said import SIGNATURE
from .wordlist import word_pattern

__all__ = ["list_codebooks", "load_codebook", "parse_codebook"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")

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

    Warns
    -----
    TwowayWarning
        If the rules of a file of your own code its examples otherwise than it says.

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
    book = parse_codebook(_text_of(path), path.name)
    check_examples(book, path.name)
    return book


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = (
            f"The codebook is not written in UTF-8 (byte {error.start + 1:,}). It stands in {path.name}. Save it as"
            " UTF-8 in your editor."
        )
        raise FormatError(msg) from None


@cache
def _bundled(name: str) -> Codebook:
    return parse_codebook((_folder() / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def parse_codebook(text: str, file: str, used_instead: Mapping[str, Codebook] | None = None) -> Codebook:
    """Read the text of a codebook and check every part of it.

    Parameters
    ----------
    text, file
        What it says and where it stands.
    used_instead
        Codebooks that stand in for bundled ones under `uses`, by name.

    Raises
    ------
    FormatError
        Naming the entry that is wrong.
    """
    raw = read_fields(text, file)
    used = [(used_instead or {}).get(name) or _used(name, file) for name in raw.get("uses", ())]
    own = {name for part in NAMED for name in raw.get(part, {})}
    words = {name: tuple(entries) for name, entries in raw.get("words", {}).items()}
    lists = {name: pattern for book in used for name, pattern in book.patterns.items()}
    lists |= {name: word_pattern(entries, raw.get("language", "")) for name, entries in words.items()}
    patterns = filled(raw.get("patterns", {}), lists, f"{file}, [patterns]")
    written = _shared(used, "written", own)
    written |= filled(raw.get("written", {}), {**_BUILT_IN, **lists, **patterns, **written}, f"{file}, [written]")
    core = filled(raw.get("core", {}), {**lists, **patterns}, f"{file}, [core]")
    rules = _shared(used, "sentences", own)
    rules |= {name: Rule(rule, f"{file}, [sentences] {name}") for name, rule in raw.get("sentences", {}).items()}
    parts = {label.name: label.rule.text for book in used for label in book.labels}
    book = Codebook(
        name=raw["name"],
        version=str(raw["version"]),
        language=raw.get("language", "en"),
        applies_to=raw["applies_to"],
        exclusive=raw.get("exclusive", False),
        about=raw.get("about", ""),
        words=words,
        patterns={**lists, **patterns},
        written=written,
        sentences={name: rules[name] for name in in_order(rules)},
        numbers=raw.get("numbers", {}),
        asides=cut_out(raw.get("asides", ()), {**lists, **patterns}, file),
        core=core,
        scores={name: _terms(terms, f"{file}, [scores.{name}]") for name, terms in raw.get("scores", {}).items()},
        labels=tuple(_label(entry, parts, file) for entry in raw["labels"]),
        uses=tuple(raw.get("uses", ())),
        text=text,
        source=text + "".join(book.source for book in used),
    )
    _check_names(book, file)
    return book


def _used(name: str, file: str) -> Codebook:
    """Find a codebook whose words, patterns, sentences and labels another one uses."""
    if name not in list_codebooks():
        raise unknown_name(name, list_codebooks(), "codebook to use", do=f"It stands in {file}, uses.")
    return _bundled(name)


def _shared(used: Iterable[Codebook], part: str, own: set[str]) -> dict[str, Any]:
    """Take over a part of the used codebooks, but for names that the codebook itself gives to something."""
    return {name: entry for book in used for name, entry in getattr(book, part).items() if name not in own}


def _terms(given: Mapping[str, Any], where: str) -> tuple[Term, ...]:
    """Read a score: a rule of the text and its weight a line."""
    for rule, weight in given.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            msg = f"The weight of '{rule}' is no number but {weight!r}. It stands in {where}. Write rule = number."
            raise FormatError(msg)
    return tuple(Term(Rule(rule, where), float(weight)) for rule, weight in given.items())


def _label(entry: Mapping[str, Any], parts: Mapping[str, str], file: str) -> Label:
    """Read a label; a label of a used codebook named in braces in its rule stands for the rule of that one."""
    name = entry["name"]
    where = f"{file}, label '{name}'"
    if not _NAME.fullmatch(name):
        msg = f"The label '{name}' has an odd name. It stands in {file}. Write small letters, digits and underscores."
        raise FormatError(msg)

    def part(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise unknown_name(found[1], parts, "label of a codebook that is used", do=f"It stands in {where}.")
        return f"({parts[found[1]].strip()})"

    return Label(
        name=name,
        definition=" ".join(entry["definition"].split()),
        positive=tuple(entry.get("positive", ())),
        negative=tuple(entry.get("negative", ())),
        rule=Rule(INSERT.sub(part, entry["rule"]), where),
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
    counts = {*book.numbers, *book.scores, "n_words"}
    for rule in [*book.sentences.values(), *[label.rule for label in book.labels]]:
        rule.check_condition(counts)
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
