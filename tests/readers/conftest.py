"""Small files for the tests of the readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = "id,author,created_at,text"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file under a name and return its path; text is written as UTF-8 without changing line ends."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


@pytest.fixture
def csv_of() -> Callable[..., str]:
    """Write rows below the usual header."""

    def make(*rows: str, header: str = HEADER, end: str = "\n") -> str:
        return end.join([header, *rows, ""])

    return make
