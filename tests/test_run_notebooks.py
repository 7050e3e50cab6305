"""The runner of notebooks: what it stores, what it compares, and how it says what went wrong."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

TOOLS = Path(__file__).resolve().parents[1] / "tools"


def _load_files() -> Any:
    spec = importlib.util.spec_from_file_location("notebook_files", TOOLS / "notebook_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


files = _load_files()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOLS / "run_notebooks.py"), *arguments], capture_output=True, text=True, check=False
    )


def write_book(path: Path, source: str, **more: Any) -> None:
    new = nbformat.v4
    cell = new.new_code_cell(source, id="only", **more)
    files.write_notebook(path, new.new_notebook(cells=[new.new_markdown_cell("# A title", id="title"), cell]))


def test_check_reports_errors_and_differences_and_writes_nothing(tmp_path: Path) -> None:
    stored = [nbformat.v4.new_output("stream", name="stdout", text="one\n")]
    write_book(tmp_path / "00-changed.ipynb", "print('two')", outputs=stored)
    write_book(tmp_path / "01-broken.ipynb", "int('three')")
    before = [path.read_text() for path in sorted(tmp_path.iterdir())]
    done = run("--check", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == before
    assert "cell 2 (only):" in done.stderr
    assert "-one" in done.stderr
    assert "+two" in done.stderr
    assert "cell 2 (only) stopped with ValueError: invalid literal for int()" in done.stderr
    assert "2 of 2 notebooks need care" in done.stderr


def test_executed_copies_go_elsewhere(tmp_path: Path) -> None:
    write_book(tmp_path / "00-one.ipynb", "1 + 1", metadata={"collapsed": True})
    done = run("00", "--folder", str(tmp_path), "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert files.read_notebook(tmp_path / "00-one.ipynb").cells[1].outputs == []
    copy = files.read_notebook(tmp_path / "out" / "00-one.ipynb")
    assert files.said(copy) == {"only": ["2"]}
    assert [dict(cell.metadata) for cell in copy.cells[:2]] == [{}, {}]
    assert copy.metadata == files.NOTEBOOK_METADATA


def test_copies_to_hand_out_have_neither_outputs_nor_solutions(tmp_path: Path) -> None:
    done = run("01", "--exercises", str(tmp_path))
    assert done.returncode == 0, done.stderr
    [path] = tmp_path.iterdir()
    full, copy = files.find_notebooks(["01"])[0], files.read_notebook(path)
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in code)
    solved = [cell for cell in files.read_notebook(full).cells if files.SOLUTION in files.tags_of(cell)]
    assert sum(cell.source == "# your turn" for cell in code) == sum(cell.cell_type == "code" for cell in solved) > 0
    assert not {cell.source for cell in solved} & {cell.source for cell in copy.cells}


def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    write_book(tmp_path / "00-one.ipynb", "1")
    with pytest.raises(ValueError, match=r"No notebook begins with '07'\. .* Name one of: 00-one\."):
        files.find_notebooks(["07"], tmp_path)


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "00-one.ipynb").write_text("not json")
    with pytest.raises(ValueError, match=r"00-one\.ipynb is not a notebook"):
        files.read_notebook(tmp_path / "00-one.ipynb")


def test_volatile_cells_and_bytes_of_pictures_are_not_compared() -> None:
    assert _differences(_picture("AAAA", "A line."), _picture("BBBB", "A line.")) == []
    changed = _differences(_picture("AAAA", "A line."), _picture("AAAA", "Two lines."))
    assert changed == ["cell 1 (a):", "  --- stored", "  +++ now", "  -picture: A line.", "  +picture: Two lines."]
    volatile = [_picture("AAAA", alt, tags=["volatile"]) for alt in ("A line.", "Two lines.")]
    assert _differences(*volatile) == []


def _picture(data: str, alt: str, **metadata: Any) -> dict[str, Any]:
    output = {"output_type": "display_data", "data": {"image/png": data}, "metadata": {"image/png": {"alt": alt}}}
    return {"cell_type": "code", "id": "a", "source": "", "metadata": metadata, "outputs": [output]}


def _differences(stored: Any, fresh: Any) -> list[str]:
    return files.differences(*(nbformat.from_dict({"cells": [cell]}) for cell in (stored, fresh)))


def test_cells_without_id_get_one_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "00-one.ipynb"
    cell = '{"cell_type": "markdown", "metadata": {}, "source": ["# A\\n", "title"]}'
    path.write_text(f'{{"nbformat": 4, "nbformat_minor": 4, "metadata": {{}}, "cells": [{cell}, {cell}]}}')
    first, second = ([cell["id"] for cell in files.read_notebook(path).cells] for _ in range(2))
    assert first == second
    assert len(set(first)) == 2
