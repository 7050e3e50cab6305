"""Lists of an organization's own sites, as people write them."""

from __future__ import annotations

import re

from ..errors import FormatError

__all__ = ["parse_domains"]

_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_PREFIX = re.compile(r"^(?:https?://)?(?:www\.)?")


def parse_domains(text: str) -> dict[str, list[str]]:
    """Read a list of domains, some of them by organization.

    Parameters
    ----------
    text
        Domains with commas or spaces between; `Acme=acme.com` is of the organization Acme only, other domains of all.
        A name with spaces is written with underscores.

    Returns
    -------
    dict
        Organization in lower case, "" for all, to its domains.

    Raises
    ------
    FormatError
        Naming the entry that is no domain.

    Examples
    --------
    >>> parse_domains("example.com, Acme_Tea=https://www.acme.com/")
    {'': ['example.com'], 'acme tea': ['acme.com']}
    """
    out: dict[str, list[str]] = {}
    for entry in re.split(r"[\s,;]+", text.strip()):
        name, _, given = entry.rpartition("=")
        domain = _PREFIX.sub("", given.lower()).rstrip("/")
        if not _DOMAIN.fullmatch(domain):
            msg = (
                f"'{entry}' is no domain. It stands in Definitions(own_domains=...). Write 'inferred', or domains like"
                " 'acme.com' or 'Acme=acme.com' with spaces between."
            )
            raise FormatError(msg)
        out.setdefault(name.lower().replace("_", " "), []).append(domain)
    return out
