"""Readers: from files of a known format to posts, accounts, and a list of everything that was repaired or set aside.

Reading order: `base` (what a reader hands on), `formats` (all formats, and `load`), `sources` (files, folders,
archives), `look` (what a file is), then one file a format: `table`, `twcs`, `twitter_v2`, `twitter_v1`,
`activity_streams`, `reddit`; helpers: `payload` (what interfaces return, typed all at once), `delimited`, `tolerant`,
`layout`, `structured`, `jsonio`, `columns`, `reply_to`, `settle`, `encoding`, `archives`, `progress`, `choose`.
"""

from .base import Loaded
from .formats import FORMATS, load

__all__ = ["FORMATS", "Loaded", "load"]
