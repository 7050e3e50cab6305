"""From what was named on the command line to a corpus: files, folders, patterns, or a bundled corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from ..corpus import Corpus
from ..errors import CorpusNotFound, FormatError, SchemaError, unknown_name
from ..interactions.annotate import Interactions, annotate
from ..reading import read
from ..samples import list_corpora, load_corpus
from .coding_options import CodingOptions
from .options import Reading
from .warned import warnings_told

__all__ = ["open_corpus", "open_talk", "read_accounts"]

_LARGE = 200_000


def open_talk(reading: Reading, coding: CodingOptions | None = None) -> Interactions:
    """Read the corpus that was named and find out who answered whom.

    Raises
    ------
    TwowayError
        Whatever was wrong with the sources, the options or the data.
    """
    definitions = reading.definitions
    # What may be misspelled is asked for before anything is read.
    books, codes = coding.load() if coding is not None else ([], None)
    corpus = open_corpus(reading)
    if corpus.n_posts > _LARGE:
        click.echo(f"twoway: {corpus.n_posts:,} posts read, finding out who answered whom", err=True)
    with warnings_told():
        return annotate(corpus, definitions, codebooks=books, codes=codes)


def open_corpus(reading: Reading) -> Corpus:
    """Read the corpus that was named.

    Raises
    ------
    TwowayError
        Whatever was wrong with the sources, the options or the data.
    """
    bundled = _bundled(reading)
    if bundled is not None:
        return bundled
    options: dict[str, Any] = dict(reading.options)
    if reading.columns:
        options["columns"] = reading.columns
    if reading.constants:
        options["constants"] = reading.constants
    accounts = None if reading.accounts is None else read_accounts(reading.accounts)
    with warnings_told():
        return read(list(reading.sources), reading.format, accounts=accounts, focus=reading.focus or None, **options)


def _bundled(reading: Reading) -> Corpus | None:
    """Load a corpus by name, where one was named and no file is called so."""
    names = [source for source in reading.sources if not Path(source).exists() and _could_be_a_name(source)]
    if not names:
        return None
    known = list(list_corpora()["name"])
    for name in names:
        if name not in known:
            do = f"There is no file or folder of that name in {Path.cwd()} either."
            raise CorpusNotFound(str(unknown_name(name, known, "corpus", do=do)))
    if len(reading.sources) > 1:
        msg = f"'{names[0]}' is a corpus of its own. It was named beside other sources. Read one at a time."
        raise SchemaError(msg)
    if reading.format or reading.columns or reading.constants or reading.options or reading.accounts:
        msg = f"'{names[0]}' comes with its own tables. Options for reading files were given beside it. Leave them out."
        raise SchemaError(msg)
    corpus = load_corpus(names[0])
    return corpus.with_focus(reading.focus) if reading.focus else corpus


def _could_be_a_name(source: str) -> bool:
    return source.replace("_", "").replace("-", "").isalnum()


def read_accounts(path: str) -> pd.DataFrame:
    """Read a table that says more about accounts: CSV, TSV, Parquet, JSON or JSON Lines.

    Raises
    ------
    CorpusNotFound
        If there is no such file.
    FormatError
        If it is no such table.
    """
    if not Path(path).is_file():
        msg = f"'{path}' is not a file. It was given to --accounts. "
        msg += f"Check the path; relative paths start at '{Path.cwd()}'."
        raise CorpusNotFound(msg)
    try:
        table = _accounts_table(path)
    except (ValueError, OSError) as error:
        msg = f"{Path(path).name} cannot be read as a table ({error}). It was given to --accounts. "
        msg += "Give CSV, TSV, Parquet or JSON."
        raise FormatError(msg) from error
    table.columns = [str(name).strip().lower() for name in table.columns]
    return table


def _accounts_table(path: str) -> pd.DataFrame:
    kind = "".join(Path(path).suffixes[-2:]).removesuffix(".gz")
    if kind.endswith(".parquet"):
        return pd.read_parquet(path)
    if kind.endswith((".jsonl", ".ndjson")):
        return pd.read_json(path, lines=True, dtype=False)
    if kind.endswith(".json"):
        return pd.read_json(path, dtype=False)
    # Ids must keep all their digits, so nothing is taken for a number.
    return pd.read_csv(path, sep=None, engine="python", dtype="str", encoding="utf-8-sig")
