"""The marks every talk needs, in one pass: of every post, and what each reply of a measured account does."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from ..errors import SchemaError
from ..text.features import FEATURES, marks_of, said, wording
from .book import Codebook
from .kernel import code_frame, code_schema, column_of
from .load import list_codebooks, load_codebook

__all__ = ["DESTINATIONS", "MARKS", "NOTHING", "RESOLUTIONS", "check_marks", "marks_kernel"]

#: What a reply can do, in order of precedence: labels of the codebook `resolution`.
RESOLUTIONS = ("open_answer", "escalate", "deflect", "clarify", "acknowledge")

#: What stands in the place of a label where a reply does none of these, since nothing stands in it.
NOTHING = "none"

#: Where it can send the person: short names of the labels of the codebook `destination`.
DESTINATIONS = {
    "dm": "dm",
    "phone": "phone",
    "email": "email",
    "form": "form",
    "chat": "chat_or_app",
    "handle": "other_handle",
    "page": "web_page",
    "store": "store",
}

#: What rests on the labels of each bundled codebook, so that another in its place needs them.
_RESTING = {
    "acts": "the shares and chains of dialogue acts",
    "candour": "the candour ratio and the coverage of adverse events",
    "care": "care for complaints",
    "closing": "visible closure and who comes back",
    "content": "the content diet",
    "debate": "robust debate",
    "destination": "where replies send people",
    "dialogic": "the dialogic principles",
    "ica": "the functions of posts",
    "offers": "the share of posts that sell, and 'pr_model'",
    "personal_data": "deflection where no private data called for it",
    "pr_model": "the models of public relations, post-and-leave, 'dialogic', 'ica' and 'content'",
    "questions": "questions that are meant, and 'pr_model'",
    "resolution": "what became of each matter",
    "self_reference": "self-focus",
    "tone": "all that tells criticism from praise",
    "voice": "the human voice of replies",
}
#: Labels that nothing rests on.
_FREE = {"tone": ("neutral",), "questions": ("rhetorical",)}

MARKS = pa.schema(
    [
        *FEATURES,
        pa.field("has_text", pa.bool_()),
        *[pa.field(f"to_{name}", pa.bool_()) for name in DESTINATIONS],
        pa.field("resolution", pa.string()),
    ]
)


def marks_kernel(
    batch: pa.RecordBatch, *, resolution: Codebook, destination: Codebook, numbers: Mapping[str, float]
) -> pa.RecordBatch:
    """Mark a batch of posts.

    Parameters
    ----------
    batch
        Columns that `codes_kernel` takes.
    resolution, destination
        The codebooks in force.
    numbers
        Numbers that replace those of the codebooks.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `MARKS`, and of `code_schema([resolution, destination])`. `has_text` says that the text is known (it
        may be empty); `to_*` are false and `resolution` null for posts that are no replies of a measured account, or
        whose text is not known; `wording`, a number that stands for the letters of the text, is null for posts of
        others.
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    marks = frame.select("row", *marks_of(pl.col("text").fill_null("")), has_text=pl.col("text").is_not_null())
    brand = frame.filter(pl.col("is_brand"))
    words = brand.select("row", wording(said(pl.col("text").fill_null(""))))
    books = [resolution, destination]
    codes = code_frame(frame, books, numbers)
    told = codes.join(brand, on="row", how="semi").select(
        "row",
        *[
            pl.col(column_of(destination, label)).fill_null(value=False).alias(f"to_{name}")
            for name, label in DESTINATIONS.items()
        ],
        pl.coalesce(
            *[pl.when(pl.col(column_of(resolution, label))).then(pl.lit(label)) for label in RESOLUTIONS],
            pl.when(pl.col(column_of(resolution, RESOLUTIONS[0])).is_not_null()).then(pl.lit(NOTHING)),
        ).alias("resolution"),
    )
    full = marks.join(words, on="row", how="left", maintain_order="left")
    full = full.join(told, on="row", how="left", maintain_order="left")
    full = full.with_columns(pl.col(f"to_{name}").fill_null(value=False) for name in DESTINATIONS)
    full = full.join(codes, on="row", how="left", maintain_order="left")
    return one_batch(full.select(*MARKS.names, *code_schema(books).names[1:]))


def check_marks(book: Codebook) -> None:
    """Refuse a codebook in the place of a bundled one that lacks a label measures rest on.

    Raises
    ------
    SchemaError
        Naming the labels that are missing.
    """
    if book.name not in list_codebooks():
        return
    needed = [name for name in load_codebook(book.name).label_names if name not in _FREE.get(book.name, ())]
    missing = [label for label in needed if label not in book.label_names]
    if missing:
        msg = (
            f"The codebook '{book.name}' lacks the labels {', '.join(missing)}. It was given in place of the bundled"
            f" one, on which rest: {_RESTING[book.name]}. Add the labels, or give your codebook another name, such as"
            f" 'my_{book.name}'."
        )
        raise SchemaError(msg)
