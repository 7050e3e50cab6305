"""Hosts of links: what the kernel finds, and which of them are an organization's own."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from twoway.cleaning.domains import parse_domains
from twoway.errors import FormatError
from twoway.text.hosts import Linked, hosts_kernel, own_hosts, site_of

OWN, FOREIGN, UNKNOWN = Linked(True, False), Linked(False, False), Linked(False, True)


def found(*texts):
    frame = pl.DataFrame({"row": range(len(texts)), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
    batch = hosts_kernel(frame.to_arrow().combine_chunks().to_batches()[0])
    return pl.from_arrow(pa.Table.from_batches([batch])).select("row", "host").rows()


def test_every_post_has_a_row_and_every_host_one():
    rows = found(
        "@ann hi", "see https://www.Acme.com/x, or http://acme.com:80/y.", ".@ann www.b.example!", None, "a@b.co"
    )
    assert rows == [
        (0, None),
        (1, "acme.com"),
        (2, "b.example"),
        (3, None),
        (4, None),
    ]


@pytest.mark.parametrize(
    ("host", "site"),
    [("a.b.example.com", "example.com"), ("x.bbc.co.uk", "bbc.co.uk"), ("t.co", "t.co"), ("localhost", "localhost")],
)
def test_registered_domains(host, site):
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("counts", "names", "expected"),
    [
        ({"acme.com": 1, "blog.acme.org": 1, "other.com": 9}, ["Acme Tea"], [OWN, OWN, FOREIGN]),
        # Three letters are too few to begin another name with, and enough to be one.
        ({"abc.com": 1, "abcnews.com": 1}, ["ABC"], [OWN, FOREIGN]),
        ({"health.com": 8, "bit.ly": 2, "facebook.com": 3}, ["goodhealth"], [OWN, UNKNOWN, FOREIGN]),
        # No site has half of the links: none is known, so that all but platforms could be.
        ({"a.com": 5, "b.com": 3, "c.com": 4, "youtube.com": 30}, ["shop"], [UNKNOWN, UNKNOWN, UNKNOWN, FOREIGN]),
        ({"a.com": 4, "t…": 1}, ["shop"], [UNKNOWN, UNKNOWN]),
    ],
)
def test_own_hosts_are_inferred(counts, names, expected):
    assert list(own_hosts(counts, names).values()) == expected


def test_domains_that_are_told_are_taken_at_their_word():
    told = own_hosts({"acme.com": 9, "sub.example.org": 1, "myexample.org": 1}, ["acme"], own=["example.org"])
    assert list(told.values()) == [FOREIGN, OWN, FOREIGN]
    assert parse_domains("a.com; B_C=d.co.uk") == {"": ["a.com"], "b c": ["d.co.uk"]}
    with pytest.raises(FormatError, match="'acme' is no domain"):
        parse_domains("acme")
