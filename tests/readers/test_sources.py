"""Files, folders, patterns and archives."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from twoway.errors import CorpusNotFound, FormatError
from twoway.readers.sources import HEAD_BYTES, Source, checksum, find_sources

TEXT = b"id,text\n" + b"".join(b"%d,hello %d\n" % (i, i * 7919 % 1009) for i in range(2000))


def names(paths: object) -> list[str]:
    return [source.name for source in find_sources(paths)[0]]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", TEXT),
        ("a.csv.gz", gzip.compress(TEXT)),
        ("a.csv", gzip.compress(TEXT)),
        ("a.zst", pa.compress(TEXT, codec="zstd", asbytes=True)),
        ("a.gz.gz", gzip.compress(gzip.compress(TEXT))),
    ],
)
def test_the_content_tells_how_it_is_compressed(write, name, content):
    source = Source(write(name, content))
    assert source.read() == TEXT
    assert TEXT.startswith(source.head)
    assert source.size == len(content)


@pytest.mark.parametrize(
    ("name", "stem"),
    [("cbchealth.txt.gz", "cbchealth"), ("a.b.csv", "a.b"), ("posts", "posts"), ("x.jsonl.zst", "x"), ("T.CSV", "T")],
)
def test_the_stem_has_no_endings(name, stem):
    assert Source(Path(name)).stem == stem


def test_a_folder_is_searched_and_read_me_files_are_left_out(write, tmp_path):
    for name in ("b.csv", "deep/a.csv", "README.md", "readme.txt", "LICENSE", ".hidden.csv", ".git/x.csv", "fit.py"):
        write(name, "a,b\n")
    sources, left_out = find_sources(tmp_path)
    assert [source.name for source in sources] == ["b.csv", "a.csv"]
    assert sorted(left_out) == [".hidden.csv", "LICENSE", "README.md", "fit.py", "readme.txt", "x.csv"]
    assert not any(source.is_named for source in sources)


def test_data_may_begin_like_a_name_that_is_left_out(write, tmp_path):
    write("manifesto_posts.csv", "a,b\n")
    assert names(tmp_path) == ["manifesto_posts.csv"]


def test_patterns_and_lists(write, tmp_path):
    for name in ("a1.csv", "a2.csv", "b.csv"):
        write(name, "a,b\n")
    assert names(str(tmp_path / "a*.csv")) == ["a1.csv", "a2.csv"]
    assert names([tmp_path / "b.csv", str(tmp_path / "a?.csv"), tmp_path / "b.csv"]) == ["b.csv", "a1.csv", "a2.csv"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(write):
    assert names(str(write("a[1].csv", "a,b\n"))) == ["a[1].csv"]


def test_the_home_folder_is_understood(write, monkeypatch, tmp_path):
    write("a.csv", "a,b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert names("~/a.csv") == ["a.csv"]


def test_members_of_an_archive(tmp_path):
    members = {"x/b.csv": TEXT, "x/a.csv.gz": gzip.compress(TEXT), "x/README.md": b"", "__MACOSX/x/._b.csv": b"?"}
    sources, left_out = find_sources(zipped(tmp_path / "all.zip", members))
    assert [source.name for source in sources] == ["all.zip/a.csv.gz", "all.zip/b.csv"]
    assert [source.read() for source in sources] == [TEXT, TEXT]
    assert sources[0].stem == "a"
    assert sources[0].size > 0
    assert left_out == ["._b.csv", "README.md"]


def test_checksum_is_of_the_file_on_disk(write):
    assert checksum(write("a", b"")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("none.csv", "'none.csv' does not exist. Check the path; relative paths start at '{cwd}'."),
        ("*.none", "'*.none' matches no file. Check the path; relative paths start at '{cwd}'."),
        ("https://example.org/a.csv", "'https://example.org/a.csv' is an address, not a file. "
         "Download it first, then read the file."),
        ("empty", "No file to read in 'empty'. Name at least one file or a folder that holds data files."),
        ([], "No file to read in an empty list of paths. Name at least one file or a folder that holds data files."),
    ],
)  # fmt: skip
def test_paths_that_lead_nowhere(tmp_path, monkeypatch, path, words):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    with pytest.raises(CorpusNotFound) as caught:
        find_sources(path)
    assert str(caught.value) == words.format(cwd=Path.cwd())


def test_an_archive_without_data(tmp_path):
    with pytest.raises(CorpusNotFound) as caught:
        find_sources(zipped(tmp_path / "a.zip", {"README.md": b"x"}))
    assert str(caught.value) == (
        "a.zip is an archive without data files. Put CSV, Parquet or JSON files into it, or read them unpacked."
    )


def test_a_file_that_vanishes(tmp_path):
    with pytest.raises(CorpusNotFound, match="^'.*a.csv' does not exist. Check the path; relative paths start at"):
        Source(tmp_path / "a.csv").read()


CUT = "ends in the middle of its compressed data: the file is cut off."
AGAIN = "Fetch the file again, or leave it out."


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.gz", gzip.compress(TEXT)[:-30], CUT),
        ("a.gz", gzip.compress(TEXT)[:-4] + b"\0\0\0\0", "is damaged and cannot be uncompressed (Incorrect length"),
        ("a.gz", b"\x1f\x8b" + bytes(40), "is damaged and cannot be uncompressed (Unknown compression method)."),
        ("a.zst", pa.compress(TEXT, codec="zstd", asbytes=True)[:-30], "cannot be read (Truncated compressed stream)."),
    ],
)
def test_damaged_files(write, name, content, words):
    with pytest.raises(FormatError) as caught:
        Source(write(name, content)).read()
    assert str(caught.value).startswith(f"{name} {words}")
    assert str(caught.value).endswith(AGAIN)


def test_a_damaged_archive(write):
    with pytest.raises(FormatError) as caught:
        find_sources(write("a.zip", b"PK\x03\x04 and no more"))
    assert str(caught.value) == f"a.zip is damaged and cannot be uncompressed (File is not a zip file). {AGAIN}"


def test_a_damaged_archive_does_not_close_its_folder(write, tmp_path):
    write("a.csv", TEXT)
    write("b.zip", b"PK\x03\x04 and no more")
    assert names(tmp_path) == ["a.csv", "b.zip"]


def test_an_archive_of_an_unknown_kind(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": TEXT})
    # Bytes 8 and 9 of an entry name its method of compression; the directory at the end repeats it.
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 10] = 99
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"^a.zip/a.csv cannot be uncompressed \(That compression method is not supp"):
        Source(path, "a.csv").read()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read(write):
    path = write("a.csv", TEXT)
    path.chmod(0)
    with pytest.raises(FormatError, match="^a.csv cannot be read .Permission denied.. Fetch the file again"):
        Source(path).read()


def test_an_archive_is_opened_once_for_all_its_members(tmp_path, monkeypatch):
    path = zipped(tmp_path / "all.zip", {f"{number}.csv": TEXT for number in range(20)})
    opened = []
    real = zipfile.ZipFile

    def counted(file, *rest, **more):
        opened.append(file)
        return real(file, *rest, **more)

    monkeypatch.setattr(zipfile, "ZipFile", counted)
    sources, _ = find_sources(path)
    assert {len(source.head) for source in sources} == {len(TEXT)}
    assert sum(source.size for source in sources) > 0
    assert {source.read() for source in sources} == {TEXT}
    assert opened == [path]


def test_what_was_looked_at_is_not_kept_twice(write):
    small, large = Source(write("a.csv", TEXT)), Source(write("b.csv", TEXT * 20))
    assert (len(small.head), len(large.head)) == (len(TEXT), HEAD_BYTES)
    for source in (small, large):
        source.forget_long_head()
    assert ["head" in source.__dict__ for source in (small, large)] == [True, False]
    assert (small.read(), large.read()) == (TEXT, TEXT * 20)
    assert "head" not in small.__dict__


def test_files_beside_the_posts_of_annotated_threads_are_left_out_by_name(tmp_path):
    page = "7/context/urls/" + "0a" * 16
    beside = {"7/structure.json": b"{}", "7/urls.dat": b"x", "7/context/wikipedia": b"x", page: b"x"}
    posts = {"7/replies/8.json": b"{}", "7/context/9.json": b"{}", "structure_of_posts.json": b"{}"}
    sources, left_out = find_sources(zipped(tmp_path / "all.zip", beside | posts))
    assert [source.name for source in sources] == [
        "all.zip/9.json", "all.zip/8.json", "all.zip/structure_of_posts.json"
    ]  # fmt: skip
    assert left_out == ["0a" * 16, "wikipedia", "structure.json", "urls.dat"]
