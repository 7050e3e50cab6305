"""Notebooks as files: which there are, what is kept of them, where they lead, and whether two runs said the same.

Used by `run_notebooks.py` and by `tests/test_notebooks.py`; nothing here starts a kernel.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"

# What a reader's program needs to know; the rest (versions, folded cells, times) changes with every machine.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VOLATILE, NAVIGATION, SOLUTION = "volatile", "navigation", "solution"


def find_notebooks(names: Iterable[str] = (), folder: Path = FOLDER) -> list[Path]:
    """List the notebooks in order of their numbers, or those whose file names begin with one of `names`.

    Raises
    ------
    ValueError
        If no notebook begins with a name.
    """
    paths = sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    wanted = [Path(name).name for name in names]
    for name in wanted:
        if not any(path.name.startswith(name) for path in paths):
            known = ", ".join(path.stem for path in paths) or "none"
            msg = f"No notebook begins with '{name}'. It was looked for in {folder.name}/. Name one of: {known}."
            raise ValueError(msg)
    return [path for path in paths if not wanted or path.name.startswith(tuple(wanted))]


def read_notebook(path: Path) -> Any:
    """Read a notebook; cells without an id, or with one that is taken, get one that follows from their text.

    Raises
    ------
    ValueError
        If the file is not a notebook of format 4.
    """
    try:
        text = path.read_text(encoding="utf-8")
        version = json.loads(text)["nbformat"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        msg = f"{path.name} is not a notebook ({error}). It was read from {path.parent.name}/. Restore it from git."
        raise ValueError(msg) from error
    if version != 4:
        msg = f"{path.name} has notebook format {version}. It was read from {path.parent.name}/. Save it anew."
        raise ValueError(msg)
    book = nbformat.v4.reads(text)
    book["nbformat_minor"] = 5
    _give_ids(book)
    return book


def _give_ids(book: Any) -> None:
    taken: set[str] = set()
    for cell in book.cells:
        mark, n = cell.get("id", ""), 0
        while not mark or mark in taken:
            mark = hashlib.sha256(f"{n}{cell['source']}".encode()).hexdigest()[:8]
            n += 1
        cell["id"] = mark
        taken.add(mark)


def tags_of(cell: Any) -> list[str]:
    """Return the tags of a cell."""
    return list(cell["metadata"].get("tags", []))


def tidy(book: Any) -> Any:
    """Keep what the notebook says and drop what differs from run to run; changes the notebook in place."""
    book["metadata"] = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in book.cells:
        tags = tags_of(cell)
        cell["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell["outputs"] = _merged(cell["outputs"])
            for output in cell["outputs"]:
                _shrink(output.get("data", {}))
    return book


def _merged(outputs: Iterable[Any]) -> list[Any]:
    """Join pieces of printed text: where a stream is cut depends on the clock."""
    out: list[Any] = []
    for output in outputs:
        is_stream = output["output_type"] == "stream"
        if is_stream and out and out[-1].get("name") == output["name"]:
            out[-1]["text"] += output["text"]
        else:
            out.append(output)
    return out


def _shrink(data: Any) -> None:
    """Store pictures with 256 colors: a figure has few, and takes a third of the room."""
    from PIL import Image

    if "image/png" not in data:
        return
    full, small = base64.b64decode(data["image/png"]), io.BytesIO()
    with Image.open(io.BytesIO(full)) as picture:
        if picture.mode == "P":
            return
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    if small.tell() < len(full):
        data["image/png"] = base64.b64encode(small.getvalue()).decode("ascii")


def write_notebook(path: Path, book: Any) -> None:
    """Write a notebook, after checking that it is a valid one."""
    nbformat.validate(book)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(book).rstrip("\n") + "\n", encoding="utf-8")


def title_of(book: Any) -> str:
    """Return the first heading of a notebook; empty if it does not begin with one."""
    found = re.match(r"#\s+(.+)", book.cells[0]["source"]) if book.cells else None
    return found.group(1).strip() if found else ""


def put_navigation(book: Any, position: int, paths: Sequence[Path], titles: Sequence[str]) -> None:
    """Write the links to the notebooks before and after into the cell tagged `navigation`, the last one."""
    links = ["[Contents](README.md)"]
    if position > 0:
        links.insert(0, f"[Previous: {titles[position - 1]}]({paths[position - 1].name})")
    if position + 1 < len(paths):
        links.append(f"[Next: {titles[position + 1]}]({paths[position + 1].name})")
    book.cells = [cell for cell in book.cells if NAVIGATION not in tags_of(cell)]
    cell = nbformat.v4.new_markdown_cell(" | ".join(links), id=NAVIGATION, metadata={"tags": [NAVIGATION]})
    book.cells.append(cell)


def exercise_copy(book: Any) -> Any:
    """Return a copy to hand out: no outputs, which would spoil every prediction, and empty cells for the solutions."""
    cells = []
    for cell in book.cells:
        is_solution = SOLUTION in tags_of(cell)
        if is_solution and cell.cell_type == "markdown":
            continue
        metadata = {} if is_solution else cell["metadata"]
        fresh = {**cell, "metadata": metadata, "source": "# your turn" if is_solution else cell["source"]}
        if cell.cell_type == "code":
            fresh |= {"outputs": [], "execution_count": None}
        cells.append(fresh)
    return nbformat.from_dict({**book, "cells": cells})


def said(book: Any) -> dict[str, list[str]]:
    """Return what every cell put out in words, by id; cells tagged `volatile` are left out.

    Pictures are represented by their alternative text: their bytes depend on fonts and versions.
    """
    cells = [cell for cell in book.cells if cell.cell_type == "code" and VOLATILE not in tags_of(cell)]
    return {cell["id"]: [line for output in cell["outputs"] for line in _words(output)] for cell in cells}


def _words(output: Any) -> list[str]:
    if output["output_type"] == "stream":
        return output["text"].splitlines()
    if output["output_type"] == "error":
        return [f"{output['ename']}: {output['evalue']}"]
    data, metadata = output["data"], output.get("metadata", {})
    lines = [line for kind in sorted(data) if kind.startswith("text/") for line in data[kind].splitlines()]
    return lines + [f"picture: {metadata.get(kind, {}).get('alt', '')}" for kind in data if kind.startswith("image/")]


def differences(stored: Any, fresh: Any) -> list[str]:
    """Say where the words of a fresh run differ from the stored ones, line by line; empty where nothing does."""
    before, after = said(stored), said(fresh)
    out = []
    for number, cell in enumerate(fresh.cells, start=1):
        mark = cell["id"]
        old, new = before.get(mark, []), after.get(mark, [])
        if old != new:
            out.append(f"cell {number} ({mark}):")
            changed = difflib.unified_diff(old, new, "stored", "now", lineterm="", n=0)
            out += [f"  {line}" for line in changed if not line.startswith("@@")]
    return out
