"""From any frame to the two typed tables a corpus holds: posts and accounts."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from .cleaning.ids import SCIENTIFIC, clean_ids
from .cleaning.times import is_time_zone, read_times
from .cleaning.words import clean_flag
from .engine import Engine, Frame, one_batch
from .errors import NotEnoughEvidence, SchemaError, unknown_name
from .schema import ACCOUNTS, BRAND_ROLES, POSTS, ROLES, check_columns, check_roles

__all__ = ["build_accounts", "build_posts", "known_columns"]

_ARROW = {"id": pa.string(), "text": pa.string(), "time": pa.int64(), "flag": pa.bool_(), "count": pa.int64()}


#: Times are kept as seconds since 1970.
_SECONDS = {"created_at": "created_s", "deleted_at": "deleted_s"}


def _out_name(name: str) -> str:
    return _SECONDS.get(name, name)


_CHECKS = [pa.field("reason", pa.string()), pa.field("is_lossy", pa.bool_()), pa.field("is_loop", pa.bool_())]


def _schema_of(known: list[str]) -> pa.Schema:
    return pa.schema([pa.field(_out_name(c.name), _ARROW[c.kind]) for c in POSTS if c.name in known] + _CHECKS)


def _with_unknown(frame: Frame, known: list[str]) -> Frame:
    """Add the columns a source does not know as nulls that take no memory: they are made when read."""
    blank = {
        "id": nw.lit(None).cast(nw.String),
        "text": nw.lit(None).cast(nw.String),
        "flag": nw.lit(value=False),
        "count": nw.lit(None).cast(nw.Int64),
        "time": nw.lit(None).cast(nw.Int64),
    }
    return frame.with_columns(**{_out_name(c.name): blank[c.kind] for c in POSTS if c.name not in known})


ACCOUNT_SCHEMA = pa.schema([pa.field(c.name, _ARROW[c.kind]) for c in ACCOUNTS])


def known_columns(frame: Frame, table: str) -> list[str]:
    """List the schema's columns that a source really has, after checking that the required ones are there."""
    found = frame.collect_schema().names()
    check_columns(found, table)
    return [c.name for c in (POSTS if table == "posts" else ACCOUNTS) if c.name in found]


#: Above this, a float no longer tells one whole number from the next.
_EXACT = 2**53

#: Ids of which a source may give several in one cell; the first is taken.
_LISTED = ("parent_id", "conversation_id", "repost_of_id", "quote_of_id")


def _cleaned(column: Any, values: pl.Series) -> pl.Series:
    name = _out_name(column.name)
    if column.kind == "id":
        # Batches are cleaned one by one, and must not come to different names of one post.
        return clean_ids(values, lists=column.name in _LISTED, guarded=False).values.alias(name)
    if column.kind == "time":
        return read_times(values).values.dt.epoch("s").alias(name)
    if column.kind == "flag":
        return values.to_frame().select(clean_flag(column.name, values.dtype)).to_series().alias(name)
    return values.cast(pl.String if column.kind == "text" else pl.Int64, strict=False).alias(name)


def _typed(batch: pa.RecordBatch, columns: tuple[Any, ...]) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    out = {}
    for column in columns:
        name = _out_name(column.name)
        if column.name in frame.columns:
            out[name] = _cleaned(column, frame[column.name])
        else:
            out[name] = pl.from_arrow(pa.nulls(frame.height, _ARROW[column.kind])).alias(name)
    return pl.DataFrame(out)


def _is_lossy(raw: pl.DataFrame) -> pl.Expr:
    """Mark rows with an id that came as a float too large to be exact."""
    floats = [c.name for c in POSTS if c.kind == "id" and c.name in raw.columns and raw.schema[c.name].is_float()]
    rules = [(pl.col(name).abs() > _EXACT).fill_null(value=False) for name in floats]
    return pl.any_horizontal(rules) if rules else pl.lit(value=False)


def _reason() -> pl.Expr:
    """Say what makes a row unusable; null where nothing does."""
    rules = {
        "post_id is missing": pl.col("post_id").is_null(),
        "account_id is missing": pl.col("account_id").is_null(),
        "created_at cannot be read as a time": pl.col("created_s").is_null(),
        "post_id is in scientific notation, its last digits are lost": pl.col("post_id").str.contains(SCIENTIFIC),
    }
    return pl.coalesce(*[pl.when(rule).then(pl.lit(words)) for words, rule in rules.items()])


def posts_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Type one batch of posts, naming what makes a row unusable."""
    raw = pl.from_arrow(pa.Table.from_batches([batch]))
    lossy = raw.with_columns(is_lossy=_is_lossy(raw))["is_lossy"]
    loop = (pl.col("parent_id") == pl.col("post_id")).fill_null(value=False)
    frame = _typed(batch, POSTS).with_columns(lossy).with_columns(reason=_reason(), is_loop=loop)
    frame = frame.with_columns(
        pl.when(loop).then(None).otherwise(pl.col("parent_id")).alias("parent_id"),
        *[
            pl.col(flag).fill_null(value=False)
            for flag in ("is_private", "is_context", "is_restricted")
            if flag in frame.columns
        ],
    )
    asked = [_out_name(name) for name in raw.columns]
    return one_batch(frame.select(*asked, "reason", "is_lossy", "is_loop"))


def accounts_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Type one batch of accounts."""
    return one_batch(_typed(batch, ACCOUNTS))


def build_posts(engine: Engine, native: Any) -> tuple[Frame, list[str], dict[str, int], list[dict[str, Any]]]:
    """Type, check, de-duplicate and number the posts.

    Returns
    -------
    tuple
        The posts (materialized, with an int64 column `row`), the columns the source knows, repairs by rule, rejected
        rows.
    """
    frame = engine.adopt(native)
    known = known_columns(frame, "posts")
    typed = engine.map_batches(frame.select(*known), posts_kernel, _schema_of(known))
    bad = engine.collect(typed.filter(~nw.col("reason").is_null()).select("post_id", "reason")).to_pylist()
    good = typed.filter(nw.col("reason").is_null())
    counts = engine.collect(
        good.select(
            nw.len().alias("n"),
            nw.col("post_id").n_unique().alias("n_ids"),
            nw.col("is_lossy").cast(nw.Int64).sum().alias("id_precision_lost"),
            nw.col("is_loop").cast(nw.Int64).sum().alias("parent_is_itself"),
        )
    ).to_pylist()[0]
    if not counts["n"]:
        msg = (
            f"No usable post is left of {len(bad)} rows. They were given as posts. Check the columns post_id,"
            " account_id and created_at; rejected rows say why."
        )
        raise NotEnoughEvidence(msg)
    repairs = {rule: int(counts[rule]) for rule in ("id_precision_lost", "parent_is_itself") if counts[rule]}
    if counts["n"] != counts["n_ids"]:
        good = _first_of_each(_with_unknown(good, known))
        good = good.drop(*[_out_name(c.name) for c in POSTS if c.name not in known])
        repairs["duplicate_post_id_dropped"] = counts["n"] - counts["n_ids"]
    numbered = engine.number(good.drop("reason", "is_lossy", "is_loop"), "row", ["created_s", "post_id"])
    rejected = [{"file": "posts", "line": None, "reason": f"{b['reason']} (post_id {b['post_id']})"} for b in bad]
    numbered = engine.materialize(numbered.with_columns(nw.col("row").cast(engine.index)))
    return _with_unknown(numbered, known), known, repairs, rejected


def _first_of_each(posts: Frame) -> Frame:
    """Keep one row an id, the same one whatever the order of rows.

    Posts of the sample before context, then the earliest.
    """
    order = ["is_context", "created_s", "account_id", "_text", "_parent"]
    keyed = posts.with_columns(_text=nw.col("text").fill_null(""), _parent=nw.col("parent_id").fill_null(""))
    keyed = keyed.with_columns(_one=nw.lit(1))
    ranked = keyed.with_columns(_rank=nw.col("_one").cum_sum().over("post_id", order_by=order))
    return ranked.filter(nw.col("_rank") == 1).drop("_rank", "_one", "_text", "_parent")


def build_accounts(
    engine: Engine, native: Any, posts: Frame, focus: list[str] | None
) -> tuple[Frame, str, dict[str, int]]:
    """Complete the accounts: everyone who posted, who is measured, who counts as a person.

    Returns
    -------
    tuple
        The accounts (materialized, with an int64 column `account_ix`), how sides were found: `roles`, `focus` or
        `mutual`, and repairs by rule.
    """
    table, repairs = _with_known_zones(_listed_accounts(native))
    check_roles(table["role"].unique().to_list())
    listed = engine.from_arrow(table.to_arrow())
    own = nw.when(nw.col("is_context")).then(0).otherwise(1)
    posters = posts.group_by("account_id").agg(own.sum().alias("n_posts"))
    everyone = engine.collect(
        posters.join(listed.select("account_id", is_listed=nw.lit(1)), on="account_id", how="left")
    )
    full = _completed(table, pl.from_arrow(everyone))
    full, sides = _with_sides(full, focus)
    full = full.with_columns(
        pl.col("organization").rank("dense").cast(pl.Int64).alias("org_ix"),
        pl.col("role").replace_strict(list(ROLES), list(range(len(ROLES))), return_dtype=pl.Int64).alias("role_ix"),
    )
    full = full.sort("account_id").with_row_index("account_ix").with_columns(pl.col("account_ix").cast(pl.Int64))
    numbers = [nw.col(name).cast(engine.index) for name in ("account_ix", "org_ix", "role_ix")]
    return engine.materialize(engine.from_arrow(full.to_arrow()).with_columns(*numbers)), sides, repairs


def _with_known_zones(table: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Take names that are no IANA time zone, such as those of a phone's menu, for unknown, and count them."""
    unknown = [name for name in table["time_zone"].drop_nulls().unique() if not is_time_zone(name)]
    if not unknown:
        return table, {}
    bad = pl.col("time_zone").is_in(unknown)
    mended = table.with_columns(time_zone=pl.when(~bad).then(pl.col("time_zone")))
    return mended, {"time_zone_not_iana": table.filter(bad).height}


def _listed_accounts(native: Any) -> pl.DataFrame:
    if native is None:
        return pl.from_arrow(ACCOUNT_SCHEMA.empty_table())
    from .engine import engine_of

    own = engine_of(native)
    frame = own.adopt(native)
    known = known_columns(frame, "accounts")
    table = pl.from_arrow(own.collect(own.map_batches(frame.select(*known), accounts_kernel, ACCOUNT_SCHEMA)))
    table = table.filter(pl.col("account_id").is_not_null())
    clash = table.filter(pl.col("account_id").is_duplicated()).unique().filter(pl.col("account_id").is_duplicated())
    if clash.height:
        who = clash["account_id"][0]
        msg = (
            f"accounts has {clash.filter(pl.col('account_id') == who).height} different rows for account_id '{who}'."
            " An account has one row. Merge them."
        )
        raise SchemaError(msg)
    return table.unique(subset="account_id", keep="first")


def _completed(table: pl.DataFrame, posters: pl.DataFrame) -> pl.DataFrame:
    full = table.join(posters.select("account_id", "n_posts"), on="account_id", how="full", coalesce=True)
    return full.with_columns(
        pl.col("n_posts").fill_null(0),
        pl.col("handle").fill_null(pl.col("account_id")),
        pl.col("role").fill_null("unknown"),
    ).with_columns(pl.col("handle").str.to_lowercase().str.strip_chars_start("@").alias("handle_key"))


def _with_sides(full: pl.DataFrame, focus: list[str] | None) -> tuple[pl.DataFrame, str]:
    """Say whom to measure and who is a person, by focus, by roles, or all against all."""
    is_brand = pl.col("role").is_in(BRAND_ROLES)
    is_person = pl.col("role").is_in(["public", "unknown"])
    sides = "roles"
    if focus:
        chosen = [handle.lower().lstrip("@") for handle in focus]
        known = set(full["handle_key"]) | set(full["account_id"])
        for handle, given in zip(chosen, focus, strict=True):
            if handle not in known and given not in known:
                # Where accounts have roles, customers are not what somebody wants to measure.
                brands = full.filter(is_brand)
                named = (brands if brands.height else full).select(pl.coalesce("handle", "account_id")).to_series()
                what = "brand account in this corpus" if brands.height else "account in this corpus"
                raise unknown_name(given, named, what, do=f"It holds {full.height:,} accounts in all.")
        named = pl.col("handle_key").is_in(chosen) | pl.col("account_id").is_in(focus)
        full = full.with_columns(role=pl.when(named & ~is_brand).then(pl.lit("official")).otherwise(pl.col("role")))
        full, sides = full.with_columns(is_focal=named), "focus"
    elif full.select(is_brand.any()).item():
        full = full.with_columns(is_focal=is_brand)
    else:
        full, sides = full.with_columns(is_focal=is_person & (pl.col("n_posts") > 0)), "mutual"
    full = full.with_columns(is_brand=is_brand | pl.col("is_focal"))
    own = pl.when("is_brand").then(pl.coalesce("organization", "account_id")).otherwise(pl.col("organization"))
    # In focus, whoever is not measured and has no brand role is a person; the measured accounts are not.
    person = is_person if sides != "focus" else is_person & ~pl.col("is_focal")
    full = full.with_columns(is_public=person, organization=own)
    # A sister account answers for its organization only where that is measured.
    return full.with_columns(is_brand=pl.col("is_brand") & pl.col("is_focal").any().over("organization")), sides
