"""The formats that can be read, and the one function that reads any of them."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import FormatError, SchemaError, TwowayError
from .activity_streams import finish_activities, load_activity_streams, sniff_activity_streams
from .base import Ledger, Loaded, join_pieces, merge_accounts
from .choose import Format, choose_format, fitting_formats, list_names
from .progress import progress_bar
from .reddit import finish_reddit, load_reddit, sniff_reddit
from .sources import Source, checksum, find_sources
from .table import finish_table, load_table, sniff_table
from .twcs import finish_support, load_reply_pairs, load_twcs, sniff_reply_pairs, sniff_twcs
from .twitter_v1 import finish_v1, load_twitter_v1, sniff_twitter_v1
from .twitter_v2 import finish_v2, load_twitter_v2, sniff_twitter_v2

__all__ = ["FORMATS", "load"]

_MOST_NAMED = 8

#: All formats by name; the first one whose sniffer says yes is taken, so `table` is the last.
FORMATS: dict[str, Format] = {
    "twcs": Format(
        load_twcs, sniff_twcs, "Customer Support on Twitter, the layout of the Kaggle data set (CSV)", finish_support
    ),
    "reply_pairs": Format(
        load_reply_pairs, sniff_reply_pairs, "a request and the answer to it in each row (CSV)", finish_support
    ),
    "twitter_v2": Format(
        load_twitter_v2,
        sniff_twitter_v2,
        "Twitter API version 2: files of twarc2 and academictwitteR (JSON)",
        finish_v2,
    ),
    "twitter_v1": Format(
        load_twitter_v1,
        sniff_twitter_v1,
        "Twitter API version 1.1: tweets, timelines, searches, streams (JSON)",
        finish_v1,
    ),
    "activity_streams": Format(
        load_activity_streams,
        sniff_activity_streams,
        "tweets as activities, as Gnip sold them (JSON)",
        finish_activities,
    ),
    "reddit": Format(
        load_reddit, sniff_reddit, "Reddit's interface: threads, listings, expanded comments (JSON)", finish_reddit
    ),
    "table": Format(
        load_table, sniff_table, "any table of posts: CSV, TSV, Parquet, JSON Lines, JSON array", finish_table
    ),
}


def load(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    format: str | None = None,
    *,
    progress: bool | None = None,
    **options: Any,
) -> Loaded:
    r"""Read posts from files of one format.

    Parameters
    ----------
    paths
        A file, a folder, a pattern such as `"data/*.csv"`, a zip archive, or several of them. Files may be compressed
        (gz, zst).
    format
        A name in `FORMATS`; told from the content when not given.
    progress
        Whether to show a progress bar; by itself from 50 MB on.
    **options
        Options of the format, for instance `columns` of `table`.

    Raises
    ------
    CorpusNotFound
        If a path leads to nothing that can be read.
    FormatError
        If the content is not, or not all, of one known format.
    SchemaError
        If a required column is missing, or no row can be used.
    UnknownName
        If there is no such format or option.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = pathlib.Path(folder.name, "posts.csv")
    >>> _ = file.write_text("id,author,date,body\n1,ada,2024-05-01T10:00:00Z,hello\n2,bob,soon,hi\n")
    >>> loaded = load(file)
    >>> loaded.posts["text"].to_list(), loaded.rejected["line"].to_list()
    (['hello'], [3])
    >>> folder.cleanup()
    """
    fitting = fitting_formats(FORMATS, format, options)
    sources, left_out = find_sources(paths)
    ledger = Ledger()
    looked = {name: options[name] for name in ("delimiter", "header", "encoding") if options.get(name) is not None}
    name, chosen = choose_format(sources, fitting, ledger, looked)
    pieces = []
    with progress_bar(sum(source.size for source in chosen), show=progress) as bar:
        for source in chosen:
            pieces.append((source.name, FORMATS[name].read(source, ledger, **options)))
            bar.update(source.size)
    together = FORMATS[name].finish(join_pieces(pieces, ledger), ledger)
    if not together.posts.height:
        raise _nothing_left(chosen, ledger)
    accounts = merge_accounts(together.accounts, ledger)
    source_text = _describe(name, chosen, ledger, left_out)
    return Loaded(together.posts, accounts, ledger.repairs, ledger.rejected(), source_text)


def _nothing_left(sources: list[Source], ledger: Ledger) -> TwowayError:
    rejected = ledger.rejected().filter(~pl.col("reason").str.starts_with("not read: "))
    where = list_names(sources)
    if not rejected.height:
        msg = f"There are no posts in {where}: a header perhaps, but no rows. Check how the file was exported."
        return FormatError(msg)
    file, line, reason = rejected.row(0)
    at = f"{file}, line {line}" if line is not None else file
    do = "Check that the columns are what they are taken for."
    if "not a time" in reason:
        do = _time_advice(reason)
    msg = f"No row of {where} can be used; {rejected.height:,} set aside. The first: {at}: {reason}. {do}"
    return SchemaError(msg)


def _time_advice(reason: str) -> str:
    """Propose a form for times that no form fits: of 03/04/2020 nobody knows which is the month."""
    found = re.search(r"'\s*\d{1,2}([/.\-])\d{1,2}\1(\d{4}|\d{2})\b(.*?)'", reason)
    if found is None:
        return "Say how times are written, for instance time_format='%m/%d/%y %H:%M'."
    mark, year = found[1], "%Y" if len(found[2]) == 4 else "%y"
    colons = found[3].count(":")
    clock = "" if not colons else " %H:%M" if colons == 1 else " %H:%M:%S"
    day_first, month_first = f"%d{mark}%m{mark}{year}{clock}", f"%m{mark}%d{mark}{year}{clock}"
    return (
        f"Does the day or the month come first? Say time_format='{day_first}' for the day, or '{month_first}' for the"
        " month."
    )


def _describe(name: str, sources: list[Source], ledger: Ledger, left_out: list[str]) -> str:
    paths = list(dict.fromkeys(source.path for source in sources))
    sums = {path: checksum(path) for path in paths}
    if len(paths) > _MOST_NAMED:
        together = hashlib.sha256("".join(sorted(sums.values())).encode()).hexdigest()[:16]
        text = (
            f"{name}: {len(paths):,} files, {paths[0].name} to {paths[-1].name}, sha256 of their checksums {together}"
        )
    else:
        text = f"{name}: " + ", ".join(f"{path.name} ({_facts(path, sums[path], sources, ledger)})" for path in paths)
    return text + (f"; left out: {_counted(left_out)}" if left_out else "")


def _counted(names: list[str]) -> str:
    """List names, the most frequent first, each with how often it occurs."""
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    words = [name if n == 1 else f"{n:,} {name}" for name, n in counts[:_MOST_NAMED]]
    n_more = sum(n for _, n in counts[_MOST_NAMED:])
    return ", ".join(words) + (f" and {n_more:,} more" if n_more else "")


def _facts(path: Path, sha256: str, sources: list[Source], ledger: Ledger) -> str:
    parts = [source for source in sources if source.path == path]
    facts = [f"sha256 {sha256[:16]}"]
    if parts[0].member:
        facts.append(f"{len(parts)} files in it")
    remarks = [remark for part in parts for remark in ledger.remarks.get(part.name, [])]
    return "; ".join([*facts, *dict.fromkeys(remarks)])
