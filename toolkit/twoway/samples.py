"""Corpora that come with the project: what there is, reading it, and what is true of it.

Two tables in the folder `data/` say what there is: `corpora.csv` has a row a corpus and version, `registry.csv` a row
a file with its sha256. A file is looked for in the folder named by the environment variable TWOWAY_DATA, then in the
project's own data folder, then, if it has an address, in the download cache.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .errors import CorpusNotFound, FormatError, unknown_name

if TYPE_CHECKING:
    from .corpus import Corpus

__all__ = ["is_bundled", "list_corpora", "load_corpus", "load_truth", "registered_files"]

#: Tables whose cells are kept as they stand, so that no id is taken for a number; a corpus knows its columns' kinds
#: itself.
_AS_TEXT = ("posts", "accounts")


def list_corpora() -> pd.DataFrame:
    """List the corpora that can be loaded by name.

    Returns
    -------
    pandas.DataFrame
        A row a corpus and version: `name, version, posts, accounts` (counts), `start, end` (of the collection, UTC),
        `license, description, citation`, `n_bytes` (of its files), `is_here` (all its files are found without a
        download).

    Examples
    --------
    >>> list_corpora()[["name", "version", "posts"]].head(1)
               name version  posts
    0  twelve_posts      v1     12
    """
    corpora, files = _read_table("corpora.csv"), _read_table("registry.csv")
    files["is_here"] = [_find(file) is not None for file in files["file"]]
    sums = files.groupby(["name", "version"]).agg(n_bytes=("bytes", "sum"), is_here=("is_here", "all"))
    return corpora.merge(sums.reset_index(), on=["name", "version"], how="left")


def load_corpus(name: str, version: str | None = None) -> Corpus:
    """Load a corpus by name, after checking that its files are the registered ones.

    Parameters
    ----------
    name
        One of `list_corpora()["name"]`.
    version
        Such as `"v1"`; the latest if left out.

    Returns
    -------
    Corpus
        With the window of the collection.

    Raises
    ------
    CorpusNotFound
        If there is no such corpus or version, or a file of it is nowhere to be found.
    FormatError
        If a file is not the registered one.

    Examples
    --------
    >>> load_corpus("twelve_posts").n_posts
    12
    """
    from .corpus import Corpus

    card = _card(name, version)
    posts, accounts = (_read_file(card["name"], card["version"], table) for table in ("posts", "accounts"))
    return Corpus(posts, accounts, window=(card["start"], card["end"]), source=f"{card['name']} {card['version']}")


def is_bundled(corpus: Corpus) -> bool:
    """Tell whether a corpus, or a part of it, comes with the project: made up, so that its posts may be shown.

    Examples
    --------
    >>> is_bundled(load_corpus("twelve_posts"))
    True
    """
    files = _read_table("registry.csv")
    # What has to be fetched belongs to others.
    ours = files.groupby(["name", "version"])["address"].apply(lambda addresses: addresses.isna().all())
    return corpus.source in {f"{name} {version}" for (name, version), is_ours in ours.items() if is_ours}


def load_truth(name: str, table: str = "truth", version: str | None = None) -> pd.DataFrame:
    """Load what is known to be true of a corpus.

    Parameters
    ----------
    name, version
        As in `load_corpus`.
    table
        `"truth"`: `organization, parameter, value` and how it is known. `town_square` also has `"organizations"`
        (laws and counts), `"labels"` (what every post is) and `"turns"` (turns owed and their answers).

    Returns
    -------
    pandas.DataFrame
        The table.

    Raises
    ------
    CorpusNotFound
        If there is no such corpus or version, or a file of it is nowhere to be found.
    UnknownName
        If the corpus has no such table.
    FormatError
        If a file is not the registered one.

    Examples
    --------
    >>> truth = load_truth("twelve_posts").set_index("parameter")
    >>> float(truth.loc["response_rate", "value"])
    0.4
    """
    card = _card(name, version)
    return _read_file(card["name"], card["version"], table)


def registered_files(name: str, version: str | None = None) -> list[Path]:
    """Find all files of a corpus: posts, accounts, and what is known to be true of them.

    Parameters
    ----------
    name, version
        As in `load_corpus`.

    Returns
    -------
    list of pathlib.Path
        In the order of the registry.

    Raises
    ------
    CorpusNotFound
        If there is no such corpus or version, or a file of it is nowhere to be found.

    Examples
    --------
    >>> [path.name for path in registered_files("twelve_posts")]
    ['posts.csv', 'accounts.csv', 'truth.csv']
    """
    card, files = _card(name, version), _read_table("registry.csv")
    own = files[(files["name"] == card["name"]) & (files["version"] == card["version"])]
    return [_locate(entry) for _, entry in own.iterrows()]


def _data_folder() -> Path:
    """Return the folder of the registry: beside the sources, or inside an installed package."""
    here = Path(__file__).resolve()
    beside = here.parents[2] / "data"
    return beside if (beside / "registry.csv").is_file() else here.parent / "_data"


def _read_table(file: str) -> pd.DataFrame:
    path = _data_folder() / file
    if not path.is_file():
        msg = f"The list of corpora '{file}' is not there. It was looked for in {path.parent}. "
        msg += "Install twoway from a clone of its repository, which holds the folder data/."
        raise CorpusNotFound(msg)
    return pd.read_csv(path)


def _card(name: str, version: str | None) -> pd.Series:
    """Find a corpus and version in the list."""
    corpora = _read_table("corpora.csv")
    own = corpora[corpora["name"] == name]
    if own.empty:
        raise CorpusNotFound(str(unknown_name(name, corpora["name"], "corpus", do="See tw.list_corpora().")))
    if version is None:
        return own.iloc[own["version"].str.lstrip("v").astype(int).argmax()]
    if version not in set(own["version"]):
        raise CorpusNotFound(str(unknown_name(version, own["version"], f"version of the corpus '{name}'")))
    return own[own["version"] == version].iloc[0]


def _read_file(name: str, version: str, table: str) -> pd.DataFrame:
    """Find, check and read one table of a corpus."""
    files = _read_table("registry.csv")
    own = files[(files["name"] == name) & (files["version"] == version)]
    if table not in set(own["table"]):
        raise unknown_name(table, own["table"], f"table of the corpus '{name}'")
    entry = own[own["table"] == table].iloc[0]
    path = _locate(entry)
    _check_hash(path, entry)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype="str" if table in _AS_TEXT else None, keep_default_na=False, na_values=[""])


def _find(file: str) -> Path | None:
    """Return where a file is, or None."""
    folders = [Path(named) for named in [os.environ.get("TWOWAY_DATA", "")] if named]
    return next((folder / file for folder in [*folders, _data_folder()] if (folder / file).is_file()), None)


def _locate(entry: pd.Series) -> Path:
    """Return the path of a registered file, fetching it if it has an address and is nowhere else."""
    path = _find(entry["file"])
    if path is not None:
        return path
    if isinstance(entry["address"], str):
        return _fetch(entry)
    asked = os.environ.get("TWOWAY_DATA")
    places = f"{asked} (TWOWAY_DATA) and {_data_folder()}" if asked else f"{_data_folder()} (TWOWAY_DATA is not set)"
    msg = f"The file '{entry['file']}' of the corpus '{entry['name']}' is not there. It was looked for in {places}. "
    msg += "Set TWOWAY_DATA to the folder that holds it."
    raise CorpusNotFound(msg)


def _fetch(entry: pd.Series) -> Path:
    """Fetch a file into the cache, or find it there; a file with another hash is refused by the fetcher."""
    import pooch  # slow to import, and only corpora with an address need it

    file, known = entry["file"], f"sha256:{entry['sha256']}"
    cache = pooch.create(pooch.os_cache("twoway"), base_url="", registry={file: known}, urls={file: entry["address"]})
    return Path(cache.fetch(file))


def _check_hash(path: Path, entry: pd.Series) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != entry["sha256"]:
        msg = f"The file '{entry['file']}' is not the registered one: its sha256 is {found[:12]}..., "
        msg += f"registered is {entry['sha256'][:12]}.... It was found at {path}. "
        msg += "Restore it, or register it under a version of its own."
        raise FormatError(msg)
