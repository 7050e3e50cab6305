"""Any table of posts: CSV, TSV and the like, Parquet, JSON Lines, JSON arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ..errors import FormatError, SchemaError, unknown_name
from ..schema import POSTS
from .base import ROW, Ledger, Piece, Records
from .columns import CANONICAL, match_columns
from .delimited import read_delimited
from .look import DELIMITED, PARQUET, Head, look
from .reply_to import resolve_reply_to
from .settle import settle
from .sources import Source
from .structured import read_json_records, read_parquet_records

__all__ = ["finish_table", "load_table", "sniff_table"]

_REQUIRED = ("post_id", "account_id", "created_at")
# Column names, without punctuation, of tables that describe accounts and hold no posts.
_PROFILE = {"followerscount", "followingcount", "friendscount", "tweetcount", "statusescount", "description"}


def sniff_table(head: Head) -> bool:
    """Tell whether the columns of a table are recognized as those of posts.

    Raises
    ------
    FormatError
        If it is a table of accounts.
    """
    found = head.columns or sorted(head.keys)
    _refuse_profiles(found, head.source.name)
    matched = match_columns(found)
    return "post_id" in matched and "created_at" in matched and ("account_id" in matched or "handle" in matched)


def load_table(
    source: Source,
    ledger: Ledger,
    *,
    columns: Mapping[str, str | None] | None = None,
    constants: Mapping[str, object] | None = None,
    header: Sequence[str] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    time_format: str | None = None,
    time_zone: str = "UTC",
) -> Piece:
    """Read one table of posts.

    Parameters
    ----------
    source
        CSV or other delimited text, Parquet, JSON Lines or a JSON array of objects.
    ledger
        Where repairs and rows set aside are written down.
    columns
        Canonical name to the name in the table: `{"account_id": "author"}`. Columns with common names are recognized
        by themselves; None switches that off for one: `{"mentions": None}`.
    constants
        One value for all rows: `{"account_id": "cbchealth", "role": "official"}`. `"{stem}"` stands for the file's
        name without endings.
    header
        Column names of a file that has no header line.
    delimiter
        One character; told from the content when not given.
    encoding
        Told from the content when not given.
    time_format
        How times are written, if in no common form, for instance "%m/%d/%y %H:%M".
    time_zone
        IANA name of the zone of times that name none.

    Raises
    ------
    SchemaError
        If no column can be the post's id, account or time.
    FormatError
        If the file is not a table, or one of accounts.
    """
    names = list(header) if header else None
    records = _records(source, ledger, delimiter=delimiter, header=names, encoding=encoding, chosen=columns or {})
    found = [name for name in records.frame.columns if name != ROW]
    fixed = _constants(constants or {}, source)
    if not found:
        return Piece(pl.DataFrame(), pl.DataFrame())
    matched = match_columns(found, {**dict.fromkeys(fixed), **(columns or {})})
    if not columns:
        _refuse_profiles(found, source.name)
    _check_required(matched, fixed, found, source)
    _remark(matched, ledger, source.name)
    return settle(_canonical(records, matched, fixed), ledger, time_format=time_format, time_zone=time_zone)


def _records(
    source: Source,
    ledger: Ledger,
    *,
    delimiter: str | None,
    header: list[str] | None,
    encoding: str | None,
    chosen: Mapping[str, str | None],
) -> Records:
    kind = look(source, delimiter=delimiter, header=header, encoding=encoding).kind
    if kind == PARQUET:
        return read_parquet_records(source)
    if kind != DELIMITED:
        return read_json_records(source, ledger, encoding)

    def is_text(column: str) -> bool:
        return match_columns([column], {"text": chosen["text"]} if chosen.get("text") == column else None).get(
            "text"
        ) == [column]

    return read_delimited(source, ledger, delimiter=delimiter, header=header, encoding=encoding, takes_rest=is_text)


def _constants(constants: Mapping[str, object], source: Source) -> dict[str, str]:
    for name in constants:
        if name not in CANONICAL:
            raise unknown_name(
                name, CANONICAL, "column of posts or accounts", do="Write constants={'account_id': 'their name'}."
            )
    return {name: str(value).replace("{stem}", source.stem) for name, value in constants.items()}


def _check_required(
    matched: Mapping[str, list[str]], fixed: Mapping[str, str], found: list[str], source: Source
) -> None:
    for name in _REQUIRED:
        if name in matched or name in fixed or (name == "account_id" and "handle" in matched):
            continue
        meaning = next(column.meaning for column in POSTS if column.name == name)
        do = f"Say which it is, columns={{'{name}': '...'}}"
        do += ", or give one value for all rows, constants={'account_id': '...'}." if name == "account_id" else "."
        if _looks_like_data(found):
            do = "Its first line looks like data: if the file has no header line, give header=['post_id', ...]."
        msg = f"No column of {source.name} is recognized as {name} ({meaning}). Found: {', '.join(found)}. {do}"
        raise SchemaError(msg)


def _looks_like_data(found: list[str]) -> bool:
    return any(name.replace(".", "").isdigit() for name in found)


def _refuse_profiles(found: list[str], name: str) -> None:
    telling = [column for column in found if column.lower().replace("_", "") in _PROFILE]
    if "text" not in match_columns(found) and len(telling) >= 2:
        msg = f"{name} holds accounts, not posts: it has the columns {', '.join(telling[:3])} and no text. "
        msg += "Read the file with the posts; if this one does hold posts, say so by columns={...}."
        raise FormatError(msg)


def _remark(matched: Mapping[str, list[str]], ledger: Ledger, name: str) -> None:
    renamed = [f"{ours}={'|'.join(theirs)}" for ours, theirs in matched.items() if theirs != [ours]]
    if renamed:
        ledger.remark(name, "columns " + ", ".join(renamed))


def _canonical(records: Records, matched: Mapping[str, list[str]], fixed: Mapping[str, str]) -> Records:
    frame = records.frame.select(
        [ROW]
        + [pl.col(theirs[0]).alias(ours) for ours, theirs in matched.items() if len(theirs) == 1]
        + [_any_flag(theirs).alias(ours) for ours, theirs in matched.items() if len(theirs) > 1]
        + [pl.lit(value).alias(name) for name, value in fixed.items()]
    )
    # The name that stands for the account is also what others call it by.
    if "account_id" not in frame.columns:
        frame = frame.with_columns(pl.col("handle").cast(pl.String).str.strip_chars(" @").alias("account_id"))
    elif "handle" not in frame.columns and ("account_id" in fixed or not _are_numbers(frame["account_id"])):
        frame = frame.with_columns(pl.col("account_id").cast(pl.String).str.strip_chars(" @").alias("handle"))
    return Records(frame, records.file, records.line_of)


def _any_flag(columns: list[str]) -> pl.Expr:
    words = [pl.col(column).cast(pl.String).str.to_lowercase().is_in(["true", "1", "t", "yes"]) for column in columns]
    return pl.any_horizontal(words)


def _are_numbers(values: pl.Series) -> bool:
    return values.dtype.is_numeric() or bool(values.cast(pl.String).str.contains(r"^\d+(\.0)?$").all())


def finish_table(piece: Piece, ledger: Ledger) -> Piece:
    """Find out what a column called "reply_to" names, and turn mentions that are ids of accounts into their handles.

    Where posts are marked as paid for, but none as unpaid, those without the mark are unpaid.
    """
    piece = _with_unpaid(resolve_reply_to(piece, ledger), ledger)
    if "mentions" not in piece.posts.columns or "handle" not in piece.accounts.columns:
        return piece
    named = piece.accounts.filter(pl.col("handle").is_not_null() & (pl.col("handle") != pl.col("account_id")))
    handles = dict(zip(named["account_id"], named["handle"], strict=True))
    words = piece.posts["mentions"].drop_nulls().str.split(" ").explode().unique()
    known = words.filter(words.is_in(list(handles)))
    if not len(known):
        return piece
    renamed = (
        pl.col("mentions")
        .str.split(" ")
        .list.eval(pl.element().replace({word: handles[word] for word in known}))
        .list.join(" ")
    )
    before = piece.posts["mentions"]
    posts = piece.posts.with_columns(renamed.alias("mentions"))
    ledger.repair("mention_by_id_given_its_handle", (before != posts["mentions"]).sum())
    return Piece(posts, piece.accounts)


def _with_unpaid(piece: Piece, ledger: Ledger) -> Piece:
    if "is_promoted" not in piece.posts.columns:
        return piece
    marks = piece.posts["is_promoted"]
    if not marks.any() or marks.drop_nulls().n_unique() > 1:
        return piece
    ledger.repair("not_marked_as_paid_taken_for_unpaid", marks.null_count())
    return Piece(piece.posts.with_columns(pl.col("is_promoted").fill_null(value=False)), piece.accounts)
