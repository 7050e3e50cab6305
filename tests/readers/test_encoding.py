"""Encodings, and text that was once read in the wrong one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.errors import FormatError, UnknownName
from twoway.readers.base import Ledger
from twoway.readers.encoding import as_utf8, is_utf16, repair_mojibake, undo_cp1252


def damage(text: str) -> str:
    """Read UTF-8 bytes as cp1252, as a careless program does; the five undefined bytes become control characters."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_or_plain_utf8_is_told(encoding):
    assert as_utf8("naïve 😀".encode(encoding), "a.csv", Ledger()).decode() == "naïve 😀"


def test_only_lines_that_are_not_utf8_are_read_as_cp1252():
    ledger = Ledger()
    data = "good “line”\n".encode() + "bad “line”\n".encode("cp1252") + b"plain\n"
    assert as_utf8(data, "a.csv", ledger).decode() == "good “line”\nbad “line”\nplain\n"
    assert ledger.repairs == {"line_not_utf8_read_as_cp1252": 1}
    assert ledger.remarks == {"a.csv": ["1 lines read as cp1252"]}


def test_the_same_remark_is_made_once():
    ledger = Ledger()
    for _ in range(2):
        ledger.remark("a.csv", "read as utf-16")
    assert ledger.remarks == {"a.csv": ["read as utf-16"]}


def test_bytes_that_cp1252_lacks_are_read_as_latin_1():
    assert as_utf8(b"a\x9d\xe9", "a.csv", Ledger()).decode() == "a\x9dé"


def test_a_mark_before_bytes_that_are_not_utf8_is_removed():
    assert as_utf8(b"\xef\xbb\xbfcaf\xe9", "a.csv", Ledger()).decode() == "café"


def test_an_encoding_can_be_named():
    assert as_utf8("Škoda".encode("iso8859-2"), "a.csv", Ledger(), "iso8859-2").decode() == "Škoda"


def test_utf16_without_a_mark_is_an_error_that_names_it():
    with pytest.raises(FormatError) as caught:
        as_utf8("id,text\n1,hello\n".encode("utf-16-be"), "a.csv", Ledger())
    assert str(caught.value) == (
        "a.csv is full of zero bytes, as UTF-16 without a mark is. "
        "Give encoding='utf-16-be', or save it again as UTF-8."
    )


def test_a_wrong_encoding_is_an_error():
    with pytest.raises(FormatError) as caught:
        as_utf8(b"caf\xe9", "a.csv", Ledger(), "utf-8")
    assert str(caught.value) == (
        "a.csv is not utf-8 text (byte 3). Leave out encoding= to have it told from the content, or name another one."
    )


def test_an_unknown_encoding_is_an_error():
    with pytest.raises(UnknownName, match="^'utf-99' is not a known encoding. Did you mean 'utf-8'?"):
        as_utf8(b"", "a.csv", Ledger(), "utf-99")


def test_a_single_byte_is_not_utf16():
    assert not is_utf16(b"a")
    assert not is_utf16(b"")


@pytest.mark.parametrize(
    "text",
    ["It’s", "“quoted”", "naïve café", "😡😡", "£5 – really…", "Привет", "日本語", "à la carte", "né€"],
)
def test_what_was_read_as_cp1252_is_undone(text):
    assert undo_cp1252(damage(text)) == text
    repaired, n = repair_mojibake(pl.Series([damage(text), "plain", None]))
    assert repaired.to_list() == [text, "plain", None]
    assert n == 1


def test_what_was_damaged_twice_is_undone_twice():
    assert repair_mojibake(pl.Series([damage(damage("it’s — this"))]))[0].to_list() == ["it’s — this"]


@pytest.mark.parametrize(
    "text",
    [
        "São Paulo",
        "AMANHÃ",
        "AMANHÃ…",
        "NÃO É ASSIM",
        "BEYONCÉ’S new album",
        "OLÉ™ and CAFÉ®",
        "Ça va bien ? «CAFÉ»",
        "CAFÉ\u00a0!",
        "AMANHÃ\u00a0!",
        "voilà…”",
        "Ünder Öl, Ärger, ßtraße",
        "Â is a letter, Ã is too",
        "½ price – 20 °C",
        "Itâ€™s damaged, but 😀 cannot come from cp1252",
    ],
)
def test_healthy_text_is_left_alone(text):
    repaired, n = repair_mojibake(pl.Series([text, "Itâ€™s", "schön", "plain"]))
    assert repaired.to_list() == [text, "It’s", "schön", "plain"]
    assert n == 1


def test_in_a_column_damaged_throughout_doubtful_pairs_are_undone_as_well():
    texts = [damage("it’s")] * 12 + [damage("SCHÖN")]
    repaired, n = repair_mojibake(pl.Series(texts))
    assert repaired.to_list() == ["it’s"] * 12 + ["SCHÖN"]
    assert n == 13


def test_the_input_is_not_changed():
    texts = pl.Series(["Itâ€™s"])
    repair_mojibake(texts)
    assert texts.to_list() == ["Itâ€™s"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_undoing_is_the_reverse_of_the_damage(text):
    assert undo_cp1252(damage(text)) == text
