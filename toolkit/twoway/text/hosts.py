"""Where links lead: the hosts a text links to, which of them hide their target, and which are an organization's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p

__all__ = ["HOSTS", "PLATFORMS", "SHORTENERS", "Linked", "hosts_kernel", "is_under", "own_hosts"]

HOSTS = pa.schema([pa.field("row", pa.int64()), pa.field("host", pa.string())])

#: Services that hide where a link leads.
SHORTENERS = frozenset(
    {
        "a.co", "adf.ly", "amp.gs", "awe.sm", "bddy.me", "bit.ly", "bitly.com", "budurl.com", "buff.ly",
        "bzfd.it", "cl.ly", "clk.im", "cot.ag", "dld.bz", "dlvr.it", "fb.me", "feedly.com",
        "feedproxy.google.com", "feeds.feedburner.com", "fw.to", "goo.gl", "ht.ly", "hubs.ly", "ift.tt",
        "is.gd", "j.mp", "lat.ms", "linkis.com", "ln.is", "lnkd.in", "mf.tt", "oak.ctx.ly", "ow.ly", "owl.ly",
        "paper.li", "po.st", "post.ly", "ptab.it", "rebrand.ly", "rviv.ly", "s.coop", "shar.es", "shout.lt",
        "smarturl.it", "snip.ly", "snipurl.com", "soc.att.com", "spr.ly", "sprl.in", "su.pr", "t.co",
        "t.ted.com", "tiny.cc", "tinyurl.com", "tl.gd", "tr.im", "trib.al", "u.nu", "urlm.in", "vsb.li",
        "vsb.ly", "wp.me", "x.co", "zpr.io",
    }
)  # fmt: skip
#: Sites where everybody has pages: a link there tells nothing of whose it is.
PLATFORMS = frozenset(
    {
        "amazon.com", "amzn.to", "apple.com", "blogger.com", "blogspot.com", "bsky.app", "change.org",
        "eventbrite.com", "facebook.com", "flic.kr", "flickr.com", "giphy.com", "gofundme.com", "google.com",
        "gph.is", "img.ly", "imgur.com", "instagr.am", "instagram.com", "issuu.com", "itunes.com",
        "kickstarter.com", "linkedin.com", "mastodon.social", "medium.com", "periscope.tv", "pin.it",
        "pinterest.com", "plurk.com", "plus.google.com", "pscp.tv", "reddit.com", "scribd.com",
        "slideshare.net", "snapchat.com", "soundcloud.com", "spotify.com", "storify.com", "surveymonkey.com",
        "t.me", "threads.net", "tiktok.com", "tmblr.co", "tumblr.co", "tumblr.com", "twitch.tv",
        "twitlonger.com", "twitpic.com", "twitter.com", "ustream.tv", "vimeo.com", "vine.co", "whatsapp.com",
        "wikipedia.org", "wordpress.com", "x.com", "yfrog.com", "youtu.be", "youtube.com",
    }
)  # fmt: skip
_LINK = r"(?i)(?:\bhttps?://|\bwww\.)[^\s/?#\"'<>()\]]+"
_BARE = r"(?i)^(?:https?://)?(?:[^@]*@)?(?:www\d?\.)?([^:]+?)(?::\d+)?[.,;:!]*$"
#: Two parts before the end that belong together: bbc.co.uk, abc.net.au.
_SUFFIX = re.compile(r"\.(?:(?:co|com|org|net|gov|ac|edu|ne|or|go)\.[a-z]{2}|[a-z0-9-]+)$")

#: An organization without a domain that bears its name gets the one that most of its links lead to, from so many on.
LEAST_LINKS, MOST_SHARE = 5, 0.5


def hosts_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """List the hosts a batch of posts links to, one row a host and post, and a row without host for the other posts.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `HOSTS`; hosts are lower case, without `www.`.
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch])).with_columns(pl.col("text").fill_null(""))
    found = frame.select("row", pl.col("text").str.replace_all(p.EMAIL, " ").str.extract_all(_LINK).alias("host"))
    found = found.filter(pl.col("host").list.len() > 0).explode("host")
    found = found.with_columns(pl.col("host").str.extract(_BARE, 1).str.to_lowercase()).drop_nulls()
    rows = frame.select("row").join(found.unique(maintain_order=True), on="row", how="left", maintain_order="left")
    return one_batch(rows.select(HOSTS.names))


def site_of(host: str) -> str:
    """Return the registered domain of a host.

    Examples
    --------
    >>> site_of("news.bbc.co.uk"), site_of("shop.example.com")
    ('bbc.co.uk', 'example.com')
    """
    found = _SUFFIX.search(host)
    return host if found is None else host[: found.start()].rsplit(".", 1)[-1] + found[0]


def is_under(host: str, domains: Iterable[str]) -> bool:
    """Say whether a host is one of some domains, or lies under one.

    Examples
    --------
    >>> is_under("shop.example.com", ["example.com"]), is_under("myexample.com", ["example.com"])
    (True, False)
    """
    return any(host == domain or host.endswith("." + domain) for domain in domains)


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link to a host means for an organization: its own site, or one of which that is not known."""

    is_own: bool
    is_unknown: bool


def own_hosts(counts: Mapping[str, int], names: Iterable[str], own: Iterable[str] | None = None) -> dict[str, Linked]:
    """Tell an organization's own sites among the hosts it links to.

    Parameters
    ----------
    counts
        Host to the number of posts that link there.
    names
        Of the organization: its name and handles.
    own
        Its domains. Left out they are inferred: the hosts that bear its name, else the one site, neither shortener nor
        platform, that at least half of its other links lead to.

    Returns
    -------
    dict
        Host to what a link there means. Unknown is what a shortener hides, and where no own domain is known every
        link that is not to a platform.

    Examples
    --------
    >>> own_hosts({"shop.acme.com": 4, "bit.ly": 2, "youtube.com": 1}, ["Acme Inc.", "acme_help"])["bit.ly"]
    Linked(is_own=False, is_unknown=True)
    >>> own_hosts({"example.com": 1}, ["Acme"], own=["example.com"])["example.com"]
    Linked(is_own=True, is_unknown=False)
    """
    domains = _inferred(counts, names) if own is None else list(own)
    out = {}
    for host in counts:
        mine = is_under(host, domains)
        hides = host in SHORTENERS or _is_cut(host) or (not domains and site_of(host) not in PLATFORMS)
        out[host] = Linked(mine, hides and not mine)
    return out


def _is_cut(host: str) -> bool:
    """Say whether the platform cut the post short within the link."""
    return "." not in host or "…" in host or host.endswith("..")


def _inferred(counts: Mapping[str, int], names: Iterable[str]) -> list[str]:
    keys = {re.sub(r"[^a-z0-9]", "", name.lower()) for name in names} - {""}
    named = [host for host in counts if any(_bears(host, key) for key in keys)]
    if named:
        return named
    sites: dict[str, int] = {}
    for host, n in counts.items():
        if host not in SHORTENERS and site_of(host) not in PLATFORMS and not _is_cut(host):
            sites[site_of(host)] = sites.get(site_of(host), 0) + n
    best = max(sorted(sites), key=lambda site: sites[site], default="")
    enough = best and sites[best] >= max(LEAST_LINKS, MOST_SHARE * sum(sites.values()))
    return [best] if enough else []


def _bears(host: str, key: str) -> bool:
    """Say whether a part of a host, its ending left out, is a name, or the one begins with the other."""
    found = _SUFFIX.search(host)
    stem = host if found is None else host[: found.start()]
    parts = [part.replace("-", "") for part in stem.split(".")]
    return any(
        part == key or (min(len(part), len(key)) >= 4 and (part.startswith(key) or key.startswith(part)))
        for part in parts
    )
