"""How far coders agree beyond chance: Krippendorff's alpha for each codebook and label, with an interval over posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import TwowayError, unknown_name
from ..inference.results import check_level
from ..inference.shown import Shown
from .alpha import Draws, agreement_share, alpha_limits, alpha_of, label_sets, reading_of, value_counts
from .codes import check_codes

__all__ = ["ALL_LABELS", "FLAGS", "LEVELS", "Agreement", "agreement"]

LEVELS = ("nominal", "ordinal", "interval", "ratio")

ALL_LABELS = "(all labels)"
READINGS = ("firm", "tentative", "not reliable", "undefined")

FLAGS = {
    "no_pairs": "no post was coded by two coders in the versions of this row: nothing can agree or disagree",
    "versions_differ": "coders of the same posts used different versions of the codebook",
    "undefined": "all codes are the same, so agreement beyond chance does not exist: no value, and not 1",
    "few_units": "fewer than 30 posts were coded by two: read the interval with care (below 10 there is none)",
    "no_variation": "the coders agree on every post: the sample cannot show how uncertain alpha is",
    "undefined_draws": "some bootstrap draws held one code only and were left out",
    "reading_uncertain": "the interval reaches into another reading",
    "label_sets": "a post can have several labels: two codes agree only if all labels do",
}

_COLUMNS = [
    "codebook", "version", "label", "alpha", "low", "high", "reading", "agreement_share", "n_units", "n_single",
    "n_coders", "flags",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Agreement(Shown):
    """Hold the agreement of coders.

    Attributes
    ----------
    table
        One row for each codebook and label:

        - `codebook, version, label`: what was coded; the label is `(all labels)` for the codebook as a whole. Versions
          have rows of their own, unless different coders coded the same posts by different ones: these are compared,
          flagged, and all versions named;
        - `alpha, low, high`: Krippendorff's alpha and its limits: 1 perfect, 0 as by chance, negative worse; NaN where
          undefined;
        - `reading`: `firm` from .80, `tentative` from .667, else `not reliable`; `undefined` without alpha;
        - `agreement_share`: share of codes in line with another of the same post, chance included;
        - `n_units, n_single`: posts that at least two coders coded, and those left out because one did;
        - `n_coders`: coders of the posts that count;
        - `flags`: names out of `FLAGS`.
    level
        Level of measurement.
    confidence
        Confidence level of the limits.
    """

    table: pd.DataFrame
    level: str = "nominal"
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.table)

    def __str__(self) -> str:
        """Say in one sentence what can be relied on."""
        counts = self.table["reading"].value_counts()
        told = ", ".join(f"{counts[name]} {name}" for name in READINGS if name in counts)
        known, posts = self.table["alpha"].dropna(), self.table["n_units"]
        ends = f"; alpha {_span(f'{known.min():.2f}', f'{known.max():.2f}', 'from ')}" if len(known) else ""
        least, most = (posts.min(), posts.max()) if len(self) else (0, 0)
        over = f", over {_span(f'{least:,}', f'{most:,}')} posts{' each' if len(self) > 1 else ''}"
        variables = f"{len(self)} variable{'' if len(self) == 1 else 's'}"
        if not most:
            return f"Agreement on {variables}, {self.level}: no post was coded by two coders."
        return f"Agreement on {variables}, {self.level}: {told or 'none'}{ends}{over}."


def _span(low: str, high: str, before: str = "") -> str:
    return low if low == high else f"{before}{low} to {high}"


def agreement(
    codes: pd.DataFrame,
    *,
    level: str = "nominal",
    by_label: bool = True,
    n_boot: int = 1000,
    seed: int = Draws.seed,
    confidence: float = 0.95,
) -> Agreement:
    """Give Krippendorff's alpha of all coders in a table of codes, for each codebook and label.

    Parameters
    ----------
    codes
        Long table, from `read_codes`, `read_sheet` or `code`, or several of them one below the other. Missing values
        are left out; posts with one code only say nothing.
    level
        Level of measurement of the values: ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``.
    by_label
        Whether each label has an entry. A codebook with several labels, all coded 1 or 0, has one for the whole as
        well: there the code of a post is the set of its labels, compared as nominal.
    n_boot
        Bootstrap draws of posts; percentiles are widened for few posts (`expanded_level`). 0 leaves intervals out.
    seed
        Same seed, same draws.
    confidence
        Confidence level.

    Returns
    -------
    Agreement
        The interval takes the coders as given: it says what other posts could change, not what other coders could.

    Raises
    ------
    SchemaError
        If it is no table of codes.
    FormatError
        If a value is no number: with its row.
    UnknownName
        If the level of measurement does not exist.
    TwowayError
        If `n_boot` is negative, or a value on a ratio scale is.

    References
    ----------
    Krippendorff, Content Analysis: An Introduction to Its Methodology.

    Examples
    --------
    >>> rows = [("ann", (0, 0, 1, 1)), ("ben", (0, 1, 1, 1))]
    >>> codes = pd.DataFrame(
    ...     [(str(i), "marks", "1", "sorry", x, who) for who, said in rows for i, x in enumerate(said)],
    ...     columns=["post_id", "codebook", "version", "label", "value", "coder"],
    ... )
    >>> agreement(codes).table[["label", "alpha", "reading", "agreement_share", "flags"]].round(4).values.tolist()
    [['sorry', 0.5333, 'not reliable', 0.75, 'few_units']]
    """
    if level not in LEVELS:
        raise unknown_name(level, LEVELS, "level of measurement")
    if n_boot < 0:
        msg = f"n_boot={n_boot} is no number of draws. It was given to agreement. Say 1000, or 0 for no intervals."
        raise TwowayError(msg)
    table = check_codes(codes).dropna(subset=["value"])
    if level == "ratio" and (table["value"] < 0).any():
        msg = "Some values are negative. They were given to agreement at level='ratio'. Take 'interval' instead."
        raise TwowayError(msg)
    draws = Draws(n_boot, seed, check_level(confidence))
    rows = [
        _entry(key, part, "nominal" if key[2] == ALL_LABELS else level, draws, flag)
        for flag, book in _books(table)
        for key, part in _variables(book, by_label)
    ]
    return Agreement(pd.DataFrame(rows, columns=_COLUMNS), level, confidence)


def _books(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the codes to compare, and the flag of their versions: apart, or as one where coders used different ones."""
    for _, book in table.groupby("codebook", sort=True):
        versions = book.groupby("post_id")["version"].nunique()
        across = bool((versions > 1).any())
        flag = "versions_differ" if across else ""
        # Who coded the same posts twice, by an old version and a new one, is not two coders.
        if across and not book.duplicated(["post_id", "label", "coder"]).any():
            yield flag, book.assign(version=", ".join(sorted(book["version"].unique())))
        else:
            yield from ((flag, part) for _, part in book.groupby("version", sort=True))


def _variables(book: pd.DataFrame, by_label: bool) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    """Give a codebook as a whole, then its labels: one value for each post and coder."""
    codebook, version = book["codebook"].iloc[0], book["version"].iloc[0]
    is_sets = (book["label"] != book["label"].iloc[0]).any() and book["value"].isin([0, 1]).all()
    if is_sets:
        yield (codebook, version, ALL_LABELS), label_sets(book)
    if by_label or not is_sets:
        for label, part in book.groupby("label", sort=True):
            yield (codebook, version, str(label)), part[["post_id", "coder", "value"]]


def _entry(key: tuple[str, str, str], part: pd.DataFrame, level: str, draws: Draws, about: str) -> dict[str, object]:
    domain, counts = value_counts(part)
    pairable = counts.sum(axis=1) > 1
    n_coders = part.loc[part["post_id"].isin(part["post_id"].unique()[pairable]), "coder"].nunique()
    alpha = alpha_of(counts[pairable], domain, level)
    low, high, flags = alpha_limits(counts[pairable], domain, level, alpha, draws)
    if "size" in part and (part["size"] != 1).any():
        flags = (*flags, "label_sets")
    flags = (*flags, about) if about else flags
    reading = reading_of(alpha)
    if not np.isnan(low) and {reading_of(low), reading_of(high)} != {reading}:
        flags = (*flags, "reading_uncertain")
    return {
        "codebook": key[0], "version": key[1], "label": key[2], "alpha": alpha, "low": low, "high": high,
        "reading": reading, "agreement_share": agreement_share(counts[pairable]), "n_units": int(pairable.sum()),
        "n_single": int((~pairable).sum()), "n_coders": n_coders, "flags": ",".join(flags),
    }  # fmt: skip
