"""Which posts of organizations link to a site of their own, and which hide where they lead."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from ..cleaning.domains import parse_domains
from ..engine import Engine, Frame
from ..text.hosts import HOSTS, hosts_kernel, own_hosts

__all__ = ["own_link_table"]

_JUDGED = pa.schema(
    [
        pa.field("org_ix", pa.int64()),
        pa.field("host", pa.string()),
        pa.field("is_own", pa.int64()),
        pa.field("is_unknown", pa.int64()),
    ]
)


def own_link_table(engine: Engine, posts: Frame, accounts: Frame, own_domains: str) -> Frame:
    """Say of every post of a measured account whether it links to its organization's own site.

    Parameters
    ----------
    own_domains
        `"inferred"`, or a list of domains.

    Returns
    -------
    Frame
        `row, links_own, links_unknown` (1 or 0; links to no own site, but one of its links leads somewhere unknown).
    """
    focal = accounts.filter(nw.col("is_focal")).select("account_id", "org_ix")
    said = posts.filter(nw.col("repost_of_id").is_null() | ~nw.col("quote_of_id").is_null())
    said = said.join(focal, on="account_id", how="inner")
    found = engine.map_batches(said.select("row", "text"), hosts_kernel, HOSTS)
    found = engine.materialize(found.with_columns(nw.col("row").cast(engine.index)))
    found = found.join(said.select("row", "org_ix"), on="row", how="inner")
    linked = found.filter(~nw.col("host").is_null())
    counts = engine.collect(linked.group_by("org_ix", "host").agg(nw.len().alias("n"))).to_pylist()
    known = engine.from_arrow(_judged(counts, _names(engine, accounts), own_domains))
    known = known.select(nw.col("org_ix").cast(engine.index), "host", "is_own", "is_unknown")
    found = found.join(known, on=["org_ix", "host"], how="left")
    flags = {name: nw.when(nw.col(name) == 1).then(1).otherwise(0) for name in ("is_own", "is_unknown")}
    rows = (
        found.with_columns(**flags)
        .group_by("row")
        .agg(
            nw.col("is_own").max().alias("links_own"),
            nw.col("is_unknown").max().alias("_unknown"),
        )
    )
    rows = rows.with_columns(links_unknown=nw.col("_unknown") * (1 - nw.col("links_own"))).drop("_unknown")
    return engine.materialize(rows)


def _names(engine: Engine, accounts: Frame) -> dict[int, tuple[str, set[str]]]:
    """Collect the name of each measured organization, and what it and its accounts are called."""
    focal = accounts.filter(nw.col("is_focal")).select("org_ix", "organization", "account_id", "handle_key", "name")
    out: dict[int, tuple[str, set[str]]] = {}
    for row in engine.collect(focal).to_pylist():
        name, called = out.setdefault(row["org_ix"], (str(row["organization"] or ""), set()))
        called |= {str(row[key]) for key in ("handle_key", "name") if row[key]} | {name}
    return out


def _judged(counts: list[dict[str, Any]], names: dict[int, tuple[str, set[str]]], own_domains: str) -> pa.Table:
    given = None if own_domains == "inferred" else parse_domains(own_domains)
    hosts: dict[int, dict[str, int]] = {}
    for row in counts:
        hosts.setdefault(int(row["org_ix"]), {})[row["host"]] = int(row["n"])
    rows = []
    for org, seen in hosts.items():
        name, called = names[org]
        own = None if given is None else [*given.get("", []), *given.get(name.lower(), [])]
        for host, linked in own_hosts(seen, called, own).items():
            rows.append(
                {"org_ix": org, "host": host, "is_own": int(linked.is_own), "is_unknown": int(linked.is_unknown)}
            )
    return pa.Table.from_pylist(rows, _JUDGED)
