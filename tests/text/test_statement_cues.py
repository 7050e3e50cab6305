"""Turns of phrase of the press statement, each found and each told from its look-alike."""

from __future__ import annotations

import re

import polars as pl
import pyarrow as pa
import pytest

from twoway.text.own_names import mark_own_names
from twoway.text.statement_cues import CUES, STATEMENT_CUES, cues_version, statement_cues_kernel


def batch(texts, names=None):
    names = [names] * len(texts) if not isinstance(names, list) else names
    columns = {"text": pa.array(texts, pa.string()), "own_names": pa.array(names, pa.string())}
    return pa.RecordBatch.from_pydict({"row": pa.array(range(len(texts)), pa.int64()), **columns})


def cues(text, names="Acme Tea|Acme"):
    found = statement_cues_kernel(batch([text], names)).to_pylist()[0]
    return {name: found[f"n_{name}"] for name in STATEMENT_CUES if found[f"n_{name}"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are committed to quality.", {"corporate": 1}),
        ("We’re fully aware of it.", {"corporate": 1}),
        ("Acme takes your privacy very seriously", {"corporate": 1, "self_naming": 1}),
        ("Your safety is our top priority", {"corporate": 1}),
        ("We regret any inconvenience", {"corporate": 1}),
        ("The company has no further comment", {"self_naming": 1, "legal": 1}),
        ("Come to Acme today", {}),
        ("@Acme is a handle, #Acme has none", {}),
        ("The order was cancelled", {"passive": 1}),
        ("The order wasn't updated", {"passive": 1}),
        ("It has been sent and is being checked", {"passive": 2}),
        ("I am tired and we're delighted", {}),
        ("Is there a need", {}),
        ("The kettle is red", {}),
        ("This may take longer in some cases", {"hedge": 2}),
        ("It seems to work where possible", {"hedge": 2}),
        ("Terms and conditions apply", {"legal": 1}),
        ("T&Cs of course", {"legal": 1}),
        ("For legal reasons we can't comment", {"legal": 3}),
        ("Have you tried the blue kettle? ^JB", {}),
        ("", {}),
    ],
)
def test_cues_are_found_and_look_alikes_are_not(text, expected):
    assert cues(text) == expected


def test_names_go_with_their_account_and_rows_stay_in_order():
    texts = ["Acme is late", "Acme is late", None, "Bolt & Sons is late", "Acme is late"]
    names = ["Acme", "Bolt & Sons", "Acme", "Bolt & Sons|Bolt", None]
    found = statement_cues_kernel(batch(texts, names))
    assert found.schema.names == CUES.names
    assert found["row"].to_pylist() == list(range(5))
    assert found["n_self_naming"].to_pylist() == [1, 0, 0, 1, 0]
    assert found["n_words"].to_pylist() == [3, 3, 0, 4, 3]
    assert statement_cues_kernel(batch([])).num_rows == 0


def test_own_names_are_read_as_words_and_never_as_patterns():
    frame = pl.DataFrame(
        {"row": [1, 2], "text": ["A.c (Tea) and Abc", "acme tea, Acmes"], "own_names": ["A.c", "Acme Tea"]}
    )
    assert mark_own_names(frame)["text"].to_list() == ["xownx (Tea) and Abc", "xownx, Acmes"]


def test_the_list_names_itself():
    assert re.fullmatch(r"statement-cues-en-\d+\.\d+-[0-9a-f]{8}", cues_version())
