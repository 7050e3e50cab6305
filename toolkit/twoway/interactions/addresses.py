"""Who addresses whom: one row for each post and account it replies to, mentions or quotes."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..links import Links
from ..text.features import MENTIONS, mentions_kernel

__all__ = ["address_table", "exchange_events", "mention_table", "person_arcs"]

# Packs (not a reply, position of the mention, account) into one number whose minimum is the account addressed first.
_NOT_REPLY, _PLACE = 10**15, 10**9


def mention_table(engine: Engine, posts: Frame, accounts: Frame) -> Frame:
    """List the handles posts name, with the account where it is known.

    Returns
    -------
    Frame
        Columns `row`, `position`, `target_ix` (null for a handle that is not among the accounts).
    """
    handles = accounts.group_by("handle_key").agg(nw.col("account_ix").min().alias("target_ix"))
    dotted = engine.collect(
        handles.filter(nw.col("handle_key").str.contains(".", literal=True)).select(nw.len().alias("n"))
    )["n"][0].as_py()
    said = posts.select("row", "text", "mentions", is_dotted=nw.lit(bool(dotted)))
    found = engine.map_batches(said, mentions_kernel, MENTIONS)
    return engine.materialize(
        found.join(handles, on="handle_key", how="left").select(
            nw.col("row").cast(engine.index), nw.col("position").cast(nw.Int32), "target_ix"
        )
    )


def address_table(engine: Engine, links: Links, mentions: Frame) -> Frame:
    """Collect replies, mentions and quotes into one row a (post, account addressed).

    Plain reposts address nobody; addressing oneself is left out.

    Returns
    -------
    Frame
        Columns `row, source_ix, target_ix, is_reply, is_mention, is_quote` (0 or 1) and `position` of the mention.
    """
    said = links.posts.filter(~nw.col("is_repost") & ~nw.col("is_private"))
    far = nw.lit(999_999).cast(nw.Int32)
    replies = said.filter(~nw.col("parent_ix").is_null()).select(
        "row", source_ix="account_ix", target_ix="parent_ix", kind=nw.lit(1), position=far
    )
    quotes = said.filter(~nw.col("quote_ix").is_null()).select(
        "row", source_ix="account_ix", target_ix="quote_ix", kind=nw.lit(4), position=far
    )
    named = mentions.filter(~nw.col("target_ix").is_null()).join(
        said.select("row", source_ix="account_ix"), on="row", how="inner"
    )
    named = named.select("row", "source_ix", "target_ix", kind=nw.lit(2), position=nw.col("position"))
    arcs = nw.concat([replies, named, quotes]).filter(nw.col("source_ix") != nw.col("target_ix"))
    kind = nw.col("kind")
    flags = {"is_reply": kind == 1, "is_mention": kind == 2, "is_quote": kind == 4}
    arcs = arcs.with_columns(**{name: nw.when(rule).then(1).otherwise(0).cast(nw.Int8) for name, rule in flags.items()})
    return engine.materialize(
        arcs.group_by("row", "source_ix", "target_ix").agg(
            *[nw.col(name).max() for name in flags], nw.col("position").min()
        )
    )


def _sides(accounts: Frame, prefix: str) -> Frame:
    return accounts.select(
        nw.col("account_ix").alias(f"{prefix}_ix"),
        nw.col("org_ix").alias(f"{prefix}_org"),
        *[nw.col(flag).alias(f"{prefix}_{flag[3:]}") for flag in ("is_focal", "is_public", "is_brand")],
    )


def person_arcs(engine: Engine, addresses: Frame, accounts: Frame) -> Frame:
    """Keep the addresses between a measured organization and a person, seen from the organization.

    Returns
    -------
    Frame
        `row, org_ix, account_ix (of the organization), person_ix, is_approach` (1 towards the organization, 0 from
        it) and the kinds.
    """
    wide = addresses.join(_sides(accounts, "source"), on="source_ix", how="inner").join(
        _sides(accounts, "target"), on="target_ix", how="inner"
    )
    apart = nw.col("source_org").fill_null(-1) != nw.col("target_org").fill_null(-2)
    kinds = ["is_reply", "is_mention", "is_quote", "position"]
    inward = wide.filter(nw.col("source_public") & nw.col("target_focal") & apart).select(
        "row",
        org_ix="target_org",
        account_ix="target_ix",
        person_ix="source_ix",
        is_approach=nw.lit(1).cast(nw.Int8),
        **{k: nw.col(k) for k in kinds},
    )
    outward = wide.filter(nw.col("source_brand") & nw.col("target_public") & apart).select(
        "row",
        org_ix="source_org",
        account_ix="source_ix",
        person_ix="target_ix",
        is_approach=nw.lit(0).cast(nw.Int8),
        **{k: nw.col(k) for k in kinds},
    )
    return engine.materialize(nw.concat([inward, outward]))


def exchange_events(engine: Engine, arcs: Frame) -> Frame:
    """Reduce arcs to one row a (post, organization, person).

    Of several sister accounts, the one addressed first stands for them.
    """
    account = nw.col("account_ix").cast(nw.Int64)
    order = (1 - nw.col("is_reply").cast(nw.Int64)) * _NOT_REPLY + nw.col("position").cast(nw.Int64) * _PLACE + account
    packed = arcs.with_columns(_order=nw.when(nw.col("is_approach") == 1).then(order).otherwise(account))
    events = packed.group_by("row", "org_ix", "person_ix", "is_approach").agg(
        nw.col("_order").min(), *[nw.col(kind).max() for kind in ("is_reply", "is_mention", "is_quote")]
    )
    return engine.materialize(
        events.with_columns(account_ix=(nw.col("_order") % _PLACE).cast(engine.index)).drop("_order")
    )
