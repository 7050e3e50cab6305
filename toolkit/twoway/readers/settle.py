"""Raw columns to typed posts: ids, times, flags, counts and texts, with every row that cannot be used set aside."""

from __future__ import annotations

import polars as pl

from ..cleaning.ids import clean_ids
from ..cleaning.times import read_times
from ..cleaning.words import clean_flag
from ..schema import ACCOUNTS, POSTS
from .base import ROW, Ledger, Piece, Records
from .columns import HELPERS
from .encoding import repair_mojibake
from .reply_to import REPLY_TO

__all__ = ["UNKNOWN_POST", "settle"]

#: Start of the made-up id that stands for a post of which the source says only that there is one.
UNKNOWN_POST = "unknown:"

_LISTS = ("parent_id", "quote_of_id", "repost_of_id")
_REQUIRED = ("post_id", "account_id", "created_at")
_FLAGGED = {"is_reply": "parent_id", "is_repost": "repost_of_id", "is_quote": "quote_of_id"}
_SHOWN = 40


def settle(records: Records, ledger: Ledger, *, time_format: str | None = None, time_zone: str = "UTC") -> Piece:
    """Type the columns of posts, set unusable rows aside, and divide posts from accounts.

    Parameters
    ----------
    records
        Columns under their canonical names, of any type; those of accounts and the helpers may be among them.
    ledger
        Where repairs and rows set aside are written down.
    time_format, time_zone
        As in `read_times`.

    Returns
    -------
    Piece
        Posts that have an id, an account and a time, and a row for each account.
    """
    raw = records.frame
    problems: list[pl.Series] = []
    typed = {ROW: raw[ROW]}
    for column in (*POSTS, *ACCOUNTS):
        if column.name in raw.columns and column.name not in typed:
            typed[column.name] = _typed(raw[column.name], column.kind, ledger, problems, time_format, time_zone)
    typed |= {name: raw[name] for name in HELPERS if name in raw.columns}
    frame = _set_aside(pl.DataFrame(typed), problems, records, ledger)
    frame = _fill_restricted(_fill_flagged(_fill_referenced(frame, ledger), ledger))
    return _divide(frame)


def _typed(
    values: pl.Series, kind: str, ledger: Ledger, problems: list[pl.Series], time_format: str | None, time_zone: str
) -> pl.Series:
    if kind == "id":
        return _id(values, ledger, problems)
    if kind == "time":
        return _time(values, ledger, problems, time_format, time_zone)
    if kind == "flag":
        return values.to_frame().select(clean_flag(values.name, values.dtype))[values.name]
    return _count(values, ledger) if kind == "count" else _text(values, ledger)


def _id(values: pl.Series, ledger: Ledger, problems: list[pl.Series]) -> pl.Series:
    clean = clean_ids(values, lists=values.name in _LISTS)
    for rule, n_rows in clean.repairs.items():
        ledger.repair(rule, n_rows)
    if values.name in ("post_id", "account_id"):
        wrong = pl.format(
            "{} '{}' is in scientific notation: its last digits are lost", pl.lit(values.name), clean.values
        )
        problems.append(_where(clean.is_scientific, wrong))
    else:
        # The post stays a reply: to drop the id would turn it into an original.
        ledger.repair(f"{values.name}_in_scientific_notation", clean.is_scientific.sum())
    return clean.values.alias(values.name)


def _time(
    values: pl.Series, ledger: Ledger, problems: list[pl.Series], time_format: str | None, time_zone: str
) -> pl.Series:
    read = read_times(values, time_format=time_format, time_zone=time_zone)
    for rule, n_rows in read.repairs.items():
        ledger.repair(rule, n_rows)
    if read.is_unreadable.any() and values.name != "created_at":
        # The post stays: only when it disappeared is lost.
        ledger.repair(f"{values.name}_is_no_time", read.is_unreadable.sum())
    elif read.is_unreadable.any():
        shown = values.cast(pl.String).str.slice(0, _SHOWN)
        problems.append(
            _where(read.is_unreadable, pl.format("created_at '{}' is not a time in a form that is known", shown))
        )
    return read.values.alias(values.name)


def _where(mask: pl.Series, words: pl.Expr) -> pl.Series:
    return pl.select(pl.when(mask).then(words).otherwise(None).cast(pl.String).alias("reason")).to_series()


def _count(values: pl.Series, ledger: Ledger) -> pl.Series:
    if values.dtype.is_integer():
        return values.cast(pl.Int64)
    text = values.cast(pl.String).str.strip_chars()
    number = (
        text.str.replace_all(",", "", literal=True)
        .cast(pl.Float64, strict=False)
        .fill_nan(None)
        .round()
        .cast(pl.Int64, strict=False)
    )
    given = text.is_not_null() & ~text.str.to_lowercase().is_in(["", "na", "nan", "none", "null", "<na>"])
    ledger.repair(f"{values.name}_is_no_number", (given & number.is_null()).sum())
    return number.alias(values.name)


def _text(values: pl.Series, ledger: Ledger) -> pl.Series:
    if isinstance(values.dtype, pl.List):
        items = values.cast(pl.List(pl.String)).list
        values = items.first() if values.name == "lang" else items.join(" ", ignore_nulls=True)
    text = values.cast(pl.String)
    if values.name == "mentions":
        return _mentions(text)
    if values.name == "client":
        text = text.str.replace(r"(?s)^\s*<a [^>]*>(.*)</a>\s*$", "$1")
    if values.name == "handle":
        text = text.str.strip_chars(" @")
    if values.name in ("text", "name"):
        text, n_rows = repair_mojibake(text)
        ledger.repair("utf8_read_as_cp1252_undone", n_rows)
    # A post may say just "NA"; a language or a handle that does is a missing value written by R.
    missing = [""] if values.name in ("text", "name") else ["", "NA", "<NA>"]
    return text.to_frame().select(pl.when(~pl.first().is_in(missing)).then(pl.first()).alias(values.name)).to_series()


def _mentions(text: pl.Series) -> pl.Series:
    """Write "['a', 'b']", "a,b" and "@a @b" alike, names with spaces between; of lists of users, take the names."""
    key = r"""['"](?:screen_name|username)['"]\s*:\s*['"]"""
    column = pl.col(text.name)
    listed = column.str.extract_all(key + r"[^'\"]+").list.eval(pl.element().str.replace(key, "")).list.join(" ")
    plain = column.str.replace_all(r"""[\[\]{}()'",;@\s]+""", " ").str.strip_chars()
    chosen = pl.when(column.str.contains(key)).then(listed).otherwise(plain)
    return (
        text.to_frame()
        .select(pl.when(~chosen.is_in(["", "NA", "nan", "None"])).then(chosen).alias(text.name))
        .to_series()
    )


def _set_aside(frame: pl.DataFrame, problems: list[pl.Series], records: Records, ledger: Ledger) -> pl.DataFrame:
    missing = [pl.when(pl.col(name).is_null()).then(pl.lit(f"{name} is missing")) for name in _REQUIRED]
    reason = frame.select(pl.coalesce([*problems, *missing]).alias("reason"))["reason"]
    bad = reason.is_not_null()
    if not bad.any():
        return frame
    rows = frame[ROW].filter(bad)
    lines, words = records.line_of(rows), reason.filter(bad)
    numbered = pl.select(
        pl.when(lines.is_null()).then(pl.format("{} (record {})", words, rows + 1)).otherwise(words)
    ).to_series()
    ledger.reject_many(records.file, lines, numbered)
    return frame.filter(~bad)


def _fill_referenced(frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    # Twitter's list of referenced posts, as printed by pandas or R: "{(1534807480878137344, 'quoted')}" or "[{'type':
    # ..., 'id': ...}]".
    if "referenced_tweets" not in frame.columns:
        return frame
    given = pl.col("referenced_tweets").cast(pl.String)
    for kind, target in (("replied_to", "parent_id"), ("quoted", "quote_of_id"), ("retweeted", "repost_of_id")):
        if target not in frame.columns:
            number = pl.coalesce(
                given.str.extract(rf"""\(\s*['"]?(\d+)['"]?\s*,\s*['"]{kind}['"]"""),
                given.str.extract(rf"""['"]{kind}['"][^}}\]]*?['"]?id['"]?\s*[:=]\s*['"]?(\d+)"""),
                given.str.extract(rf"""['"]?id['"]?\s*[:=]\s*['"]?(\d+)[^}}\]]*?['"]{kind}['"]"""),
            )
            frame = frame.with_columns(number.alias(target))
            ledger.repair(f"{target}_taken_from_referenced_tweets", frame[target].is_not_null().sum())
    return frame


def _fill_flagged(frame: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Give a post that is flagged as reply, repost or quote, but names no other post, an id that no post has."""
    for flag, target in _FLAGGED.items():
        if flag not in frame.columns:
            continue
        if target not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(target))
        is_set = clean_flag(flag, frame.schema[flag]).fill_null(value=False) & pl.col(target).is_null()
        ledger.repair(f"{target}_unknown_but_flagged", frame.select(is_set.sum()).item())
        frame = frame.with_columns(
            pl.when(is_set).then(UNKNOWN_POST + pl.col("post_id")).otherwise(pl.col(target)).alias(target)
        )
    return frame


def _fill_restricted(frame: pl.DataFrame) -> pl.DataFrame:
    # Twitter's names for who may reply: everyone, mentionedUsers, following, subscribers, ...
    if "reply_settings" not in frame.columns:
        return frame
    word = pl.col("reply_settings").cast(pl.String).str.strip_chars().str.to_lowercase()
    told = pl.when(~word.is_in(["", "na", "nan", "none"])).then(word != "everyone")
    return frame.with_columns(told.alias("is_restricted"))


def _divide(frame: pl.DataFrame) -> Piece:
    of_posts = [column.name for column in POSTS if column.name in frame.columns]
    # What this column means is told when all files are there.
    of_posts += [REPLY_TO] if REPLY_TO in frame.columns else []
    of_accounts = [column.name for column in ACCOUNTS if column.name in frame.columns]
    return Piece(frame.select(of_posts), frame.select(of_accounts).unique(maintain_order=True))
