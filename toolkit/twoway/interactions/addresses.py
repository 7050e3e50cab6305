"""Who addresses whom: one row for each post and account it replies to, mentions or quotes."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from ..links import Links
from ..text.features import MENTIONS, mentions_kernel

__all__ = ["address_table", "exchange_events", "mention_table", "person_arcs", "with_strangers"]

# Packs (not a reply, position of the mention, account) into one number whose minimum is the account addressed first.
_NOT_REPLY, _PLACE = 10**15, 10**9


def mention_table(engine: Engine, posts: Frame, accounts: Frame) -> tuple[Frame, Frame]:
    """List the handles posts name with their accounts, and number the handles that no account has.

    Returns
    -------
    tuple of Frame
        `row, position, target_ix`, and the strangers, `handle_key, account_ix`, numbered after the accounts. Where
        the corpus does not tell the handles of its own persons there are no strangers, and their `target_ix` is null.
    """
    handles = accounts.group_by("handle_key").agg(nw.col("account_ix").min().alias("target_ix"))
    dotted = engine.collect(
        handles.filter(nw.col("handle_key").str.contains(".", literal=True)).select(nw.len().alias("n"))
    )["n"][0].as_py()
    said = posts.select("row", "text", "mentions", is_dotted=nw.lit(bool(dotted)))
    found = engine.map_batches(said, mentions_kernel, MENTIONS)
    strangers = _strangers(engine, found, accounts)
    everyone = nw.concat([handles, strangers.select("handle_key", target_ix="account_ix")])
    named = found.join(everyone, on="handle_key", how="left")
    columns = [nw.col("row").cast(engine.index), nw.col("position").cast(nw.Int32), nw.col("target_ix")]
    return engine.materialize(named.select(*columns)), strangers


def _strangers(engine: Engine, found: Frame, accounts: Frame) -> Frame:
    """Number the handles that are named but have no account: persons who never posted, as far as can be told."""
    unknown = found.select("handle_key").unique().join(accounts.select("handle_key"), on="handle_key", how="anti")
    if not _tells_handles(engine, found, accounts):
        unknown = unknown.filter(nw.col("handle_key").is_null())
    top = engine.collect(accounts.select(nw.col("account_ix").max().alias("top")))["top"][0].as_py()
    numbered = engine.number(unknown, "_place", ["handle_key"])
    place = (nw.col("_place") + (int(top) + 1)).cast(engine.index)
    return engine.materialize(numbered.select("handle_key", account_ix=place))


def _tells_handles(engine: Engine, found: Frame, accounts: Frame) -> bool:
    """Say whether persons who posted can be known by their handles.

    If not, a handle without an account may be that of anybody who posted, and would count a person twice.
    """
    persons = accounts.filter(nw.col("is_public") & (nw.col("n_posts") > 0))
    has_own = nw.col("handle_key") != nw.col("account_id").str.to_lowercase()
    facts = engine.collect(persons.select(n=nw.len(), own=nw.when(has_own).then(1).otherwise(0).sum())).to_pylist()[0]
    if not facts["n"] or facts["own"]:
        return True
    named = found.join(persons.select("handle_key"), on="handle_key", how="semi").head(1)
    return bool(engine.collect(named.select(n=nw.len()))["n"][0].as_py())


def with_strangers(engine: Engine, accounts: Frame, strangers: Frame) -> Frame:
    """List the accounts and, as persons, the handles that are named but never posted.

    Returns
    -------
    Frame
        `account_ix, account_id` (of a stranger: `@` and the handle)`, handle, organization, org_ix, role, is_focal,
        is_brand, is_public`.
    """
    columns = ("account_ix", "account_id", "handle", "organization", "org_ix", "role")
    flags = ("is_focal", "is_brand", "is_public")
    others = strangers.select(
        "account_ix",
        account_id=nw.concat_str(nw.lit("@"), nw.col("handle_key")),
        handle=nw.col("handle_key"),
        organization=nw.lit(None).cast(nw.String),
        org_ix=nw.lit(None).cast(engine.index),
        role=nw.lit("unknown"),
        **{name: nw.lit(name == "is_public") for name in flags},
    )
    return engine.materialize(nw.concat([accounts.select(*columns, *flags), others.select(*columns, *flags)]))


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
