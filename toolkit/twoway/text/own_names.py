"""Where an account names its own organization: the names become one marker word."""

from __future__ import annotations

import re

import polars as pl

__all__ = ["OWN", "mark_own_names"]

#: Stands for any name of the account's own organization, product or service.
OWN = "xownx"


def mark_own_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace the own names of each post's account by a marker, whole words only and in any case.

    Parameters
    ----------
    frame
        Columns `row`, `text`, and `own_names`: names separated by `|`, or null.

    Returns
    -------
    polars.DataFrame
        `row`, `text`, in the order given. Handles and hashtags are not touched: @Acme stays a handle.

    Examples
    --------
    >>> frame = pl.DataFrame({"row": [1, 2], "text": ["At Acme Tea", "At Acme"], "own_names": ["Acme Tea", None]})
    >>> mark_own_names(frame)["text"].to_list()
    ['At xownx', 'At Acme']
    """
    marked = [
        piece.with_columns(_marked(piece["own_names"][0])) for piece in frame.partition_by("own_names") if piece.height
    ]
    table = pl.concat(marked) if marked else frame
    return frame.select("row").join(table.select("row", "text"), on="row", how="left", maintain_order="left")


def _marked(own_names: str | None) -> pl.Expr:
    names = sorted({" ".join(name.split()) for name in (own_names or "").split("|")} - {""}, key=len, reverse=True)
    if not names:
        return pl.col("text")
    spelled = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    return pl.col("text").str.replace_all(rf"(?i)(^|[^\w@#./-])(?:{spelled})\b", f"${{1}}{OWN}")
