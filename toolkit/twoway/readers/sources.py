"""From what a user names (files, folders, patterns, archives) to a list of things that can be read."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import CorpusNotFound, FormatError, TwowayError
from .archives import OpenArchive

__all__ = ["HEAD_BYTES", "Source", "checksum", "find_sources"]

#: How much of a file is looked at to tell its format.
HEAD_BYTES = 1 << 18

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_SUFFIXES = re.compile(r"\.(csv|tsv|tab|psv|txt|dat|json|jsonl|ndjson|parquet|gz|zst|zip)$", re.IGNORECASE)
_NOT_DATA = re.compile(
    r"^\.|^~|^__MACOSX$|^(readme|licen[cs]e|copying|manifest|citation|changelog)(\.\w+)?$|\.(md|rst|py|r|ipynb|log|bib|sha256|md5)$",
    re.IGNORECASE,
)
# What annotated collections of threads keep beside the posts: the tree once more, the pages that were linked to.
_BESIDE_POSTS = re.compile(
    r"(^|/)(structure\.json|annotations?\.json|urls\.dat|context/wikipedia|context/urls/[0-9a-f]{32})$", re.IGNORECASE
)


@dataclass(frozen=True)
class Source:
    """One file, or one member of a zip archive, uncompressed on reading.

    Parameters
    ----------
    path
        Where the file is.
    member
        Name inside the archive; empty for a file of its own.
    is_named
        Whether the user named this very file, rather than a folder or archive it was found in.
    held
        Keeps the archive open from one member to the next.
    """

    path: Path
    member: str = ""
    is_named: bool = True
    held: OpenArchive = field(default_factory=OpenArchive, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Base name for messages, never a whole path."""
        return f"{self.path.name}/{os.path.basename(self.member)}" if self.member else self.path.name

    @property
    def stem(self) -> str:
        """Base name without the endings that tell the format.

        Examples
        --------
        >>> Source(Path("somewhere/cbchealth.txt.gz")).stem
        'cbchealth'
        """
        stem = os.path.basename(self.member) or self.path.name
        while _SUFFIXES.search(stem):
            stem = _SUFFIXES.sub("", stem)
        return stem

    @cached_property
    def size(self) -> int:
        """Bytes on disk, compressed if the file is."""
        if not self.member:
            return self.path.stat().st_size
        with _clear_errors(self):
            return self.held.of(self.path).getinfo(self.member).compress_size

    def read(self) -> bytes:
        """Return the whole content, uncompressed; what was looked at is let go."""
        head = self.__dict__.pop("head", None)
        if head is not None and len(head) < HEAD_BYTES:
            return head
        with _clear_errors(self), self._open() as stream:
            return stream.read()

    @cached_property
    def head(self) -> bytes:
        """The first `HEAD_BYTES` bytes, uncompressed."""
        with _clear_errors(self), self._open() as stream:
            return stream.read(HEAD_BYTES)

    def forget_long_head(self) -> None:
        """Let go of a head that is only a part of the file, so that looking at many large files takes no memory."""
        if len(self.__dict__.get("head", b"")) == HEAD_BYTES:
            del self.__dict__["head"]

    @contextmanager
    def _open(self) -> Iterator[io.BufferedReader]:
        if self.member:
            with self.held.of(self.path).open(self.member) as inner:
                yield _uncompressed(_buffered(inner))
            return
        with self.path.open("rb") as file:
            yield _uncompressed(file)


def _buffered(stream: Any) -> io.BufferedReader:
    return io.BufferedReader(stream)


def _uncompressed(stream: io.BufferedReader) -> io.BufferedReader:
    # The content decides, not the name: files are renamed more often than they are converted.
    start = stream.peek(4)[:4]
    if start.startswith(_GZIP):
        return _uncompressed(_buffered(gzip.GzipFile(fileobj=stream, mode="rb")))
    if start == _ZSTD:
        return _uncompressed(_buffered(pa.CompressedInputStream(pa.PythonFile(stream), "zstd")))
    return stream


@contextmanager
def _clear_errors(source: Source) -> Iterator[None]:
    do = "Fetch the file again, or leave it out."
    try:
        yield
    except EOFError as error:
        msg = f"{source.name} ends in the middle of its compressed data: the file is cut off. {do}"
        raise FormatError(msg) from error
    except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, pa.ArrowException) as error:
        msg = f"{source.name} is damaged and cannot be uncompressed ({error}). {do}"
        raise FormatError(msg) from error
    except (RuntimeError, NotImplementedError) as error:
        msg = f"{source.name} cannot be uncompressed ({error}). Unpack the archive yourself and read the files in it."
        raise FormatError(msg) from error
    except FileNotFoundError as error:
        msg = f"'{source.path}' does not exist. Check the path; relative paths start at '{Path.cwd()}'."
        raise CorpusNotFound(msg) from error
    except OSError as error:
        msg = f"{source.name} cannot be read ({error.strerror or error}). {do}"
        raise FormatError(msg) from error


def find_sources(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> tuple[list[Source], list[str]]:
    """List all files that a path, a folder, a pattern, an archive, or several of them stand for.

    Parameters
    ----------
    paths
        One or more files, folders (searched with all folders below), patterns such as `"data/*.csv"`, or zip archives.

    Returns
    -------
    list of Source, list of str
        What can be tried, in a fixed order, and the base names of files that were left out because their name says
        that they hold no data (read-me files, licences, scripts).

    Raises
    ------
    CorpusNotFound
        Where a path leads nowhere, or a folder or archive holds nothing.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    sources: dict[tuple[Path, str], Source] = {}
    left_out: list[str] = []
    held = OpenArchive()
    for path in several:
        for found in _matching(path):
            below, skipped = _below(found, held)
            for source in below:
                sources.setdefault((source.path, source.member), source)
            left_out += skipped
    if not sources:
        msg = f"No file to read in {_shown(paths)}. Name at least one file or a folder that holds data files."
        raise CorpusNotFound(msg)
    return list(sources.values()), left_out


def _shown(paths: object) -> str:
    if isinstance(paths, str | os.PathLike):
        return f"'{paths}'"
    named = [f"'{os.fspath(path)}'" for path in paths if isinstance(path, str | os.PathLike)]  # type: ignore[attr-defined]
    return ", ".join(named) or "an empty list of paths"


def _matching(path: str | os.PathLike[str]) -> list[Path]:
    text = os.path.expanduser(os.fspath(path))
    if re.match(r"(https?|ftp|s3)://", text):
        msg = f"'{text}' is an address, not a file. Download it first, then read the file."
        raise CorpusNotFound(msg)
    if os.path.exists(text):
        return [Path(text)]
    matches = sorted(glob.glob(text, recursive=True)) if glob.has_magic(text) else []
    if matches:
        return [Path(match) for match in matches]
    what = "matches no file" if glob.has_magic(text) else "does not exist"
    msg = f"'{text}' {what}. Check the path; relative paths start at '{Path.cwd()}'."
    raise CorpusNotFound(msg)


def _is_beside(inside: str) -> bool:
    """Tell from a name inside a folder or archive that the file holds no posts."""
    return any(_NOT_DATA.search(part) for part in inside.split("/")) or bool(_BESIDE_POSTS.search(inside))


def _below(path: Path, held: OpenArchive) -> tuple[list[Source], list[str]]:
    if not path.is_dir():
        return _members(Source(path, held=held))
    files = sorted(entry for entry in path.rglob("*") if entry.is_file())
    sources: list[Source] = []
    left_out: list[str] = []
    for file in files:
        if _is_beside(file.relative_to(path).as_posix()):
            left_out.append(file.name)
            continue
        below, skipped = _members_or_itself(Source(file, is_named=False, held=held))
        sources += below
        left_out += skipped
    return sources, left_out


def _members_or_itself(source: Source) -> tuple[list[Source], list[str]]:
    # One damaged archive must not close a whole folder: the sniffer sets it aside with a reason.
    try:
        return _members(source)
    except TwowayError:
        return [source], []


def _members(source: Source) -> tuple[list[Source], list[str]]:
    with _clear_errors(source), source.path.open("rb") as file:
        if file.peek(4)[:4] != _ZIP:
            return [source], []
        names = sorted(info.filename for info in source.held.of(source.path).infolist() if not info.is_dir())
    if "[Content_Types].xml" in names:
        # An office document is a zip archive too; the sniffer says so in words.
        return [source], []
    data = [name for name in names if not _is_beside(name)]
    left_out = [os.path.basename(name) for name in names if _is_beside(name)]
    if not data:
        msg = f"{source.name} is an archive without data files. "
        msg += "Put CSV, Parquet or JSON files into it, or read them unpacked."
        raise CorpusNotFound(msg)
    return [Source(source.path, name, is_named=False, held=source.held) for name in data], left_out


def checksum(path: Path) -> str:
    """Compute the SHA-256 of a file as it lies on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
