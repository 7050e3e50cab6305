"""Which versions made a number."""

from __future__ import annotations

import platform
from importlib import metadata

import pandas as pd

from .codebooks.load import load_codebook

__all__ = ["show_versions", "versions"]

_PACKAGES = ("twoway", "pandas", "polars", "narwhals", "numpy", "scipy", "statsmodels", "nltk", "matplotlib", "seaborn")


def versions() -> dict[str, str]:
    """Return the versions of Python, of the packages that compute, and of the text rules.

    Examples
    --------
    >>> sorted(versions())[:3]
    ['matplotlib', 'narwhals', 'nltk']
    """
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return {**found, "text rules": ", ".join(load_codebook(name).stamp for name in ("resolution", "destination"))}


def show_versions() -> pd.DataFrame:
    """Return the versions as a table, for the end of a notebook."""
    return pd.DataFrame({"version": versions()})
