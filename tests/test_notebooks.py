"""Notebooks: their form, which a reader relies on, and whether they still say what is stored in them."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest

import twoway as tw
from twoway import figures, inference

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"

MAX_BYTES = 300_000
CELLS, CODE_LINES, WORDS = range(20, 41), 120, range(800, 1801)
LONGEST_CELL, SHORT_CELL = 15, 6
DOORS = {"figures": figures.__all__, "inference": inference.__all__}
PACKAGES = {"itertools", "matplotlib", "numpy", "pandas", "pathlib", "seaborn", "statsmodels", "tempfile", "twoway"}
# A share of the whole is said "of 100"; the level of intervals is a default that cells need not repeat.
SAID_ANYWAY = {"100", f"{100 * tw.Definitions().level:g}"}


def _load_files() -> Any:
    spec = importlib.util.spec_from_file_location("notebook_files", ROOT / "tools" / "notebook_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


files = _load_files()
PATHS = files.find_notebooks()


@cache
def read(path: Path) -> Any:
    return files.read_notebook(path)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem[:2])
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def book(path: Path) -> Any:
    return read(path)


def code(book: Any) -> list[Any]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def prose(book: Any) -> list[Any]:
    return [cell for cell in book.cells if cell.cell_type == "markdown"]


def n_lines(cell: Any) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def index_of(book: Any, start: str) -> int:
    found = [i for i, cell in enumerate(book.cells) if re.search(start, cell.source, re.MULTILINE)]
    assert len(found) == 1, f"{len(found)} cells match {start!r}, one is wanted"
    return found[0]


# -- the folder -------------------------------------------------------------------------------------------------------


def test_folder_holds_numbered_notebooks_and_their_syllabus_only() -> None:
    kept = {path.name for path in FOLDER.iterdir() if path.is_file()}
    assert kept == {path.name for path in PATHS} | {"README.md"}
    assert all(re.fullmatch(r"\d\d(-[a-z0-9]+)+\.ipynb", path.name) for path in PATHS)
    assert len({path.name[:2] for path in PATHS}) == len(PATHS)


def test_syllabus_names_every_notebook_and_links_lead_somewhere() -> None:
    words = (FOLDER / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", words) if "://" not in link]
    assert {path.name for path in PATHS} <= set(links)
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_navigation_leads_from_one_to_the_next() -> None:
    books = [read(path) for path in PATHS]
    titles = [files.title_of(book) for book in books]
    for position, book in enumerate(books):
        fresh = nbformat.from_dict({"cells": list(book.cells)})
        files.put_navigation(fresh, position, PATHS, titles)
        assert book.cells[-1].source == fresh.cells[-1].source


# -- the form of a notebook -------------------------------------------------------------------------------------------


def test_size(path: Path, book: Any) -> None:
    assert path.stat().st_size <= MAX_BYTES
    assert len(book.cells) in CELLS
    lines = [n_lines(cell) for cell in code(book)]
    assert sum(lines) <= CODE_LINES
    assert max(lines) <= LONGEST_CELL
    assert sum(n <= SHORT_CELL for n in lines) >= 0.7 * len(lines), "most code cells have at most 6 lines"
    assert sum(len(cell.source.split()) for cell in prose(book)) in WORDS


def test_opening_says_what_for_whom_and_how_long(book: Any) -> None:
    words = book.cells[0].source
    title, question = [line for line in words.splitlines() if line][:2]
    assert title.startswith("# ")
    assert re.fullmatch(r"\*\*.+\?\*\*", question)
    assert "You will be able to" in words
    assert len(re.findall(r"^- \*\*\w[\w ]*\*\*", words, re.MULTILINE)) == 3
    assert re.findall(r"^\| (data|time|comes before) \|", words, re.MULTILINE) == ["data", "time", "comes before"]


def test_first_code_cell_imports_and_seeds(book: Any) -> None:
    source = book.cells[1].source
    assert all(line in source for line in ("import twoway as tw", "SEED = ", "tw.use_style()"))


def test_closing_in_the_usual_order(book: Any) -> None:
    marks = (r"^> ### How this can mislead", r"^## What we found", r"^## Exercises", r"^## Try next")
    places = [index_of(book, start) for start in marks]
    assert places == sorted(places)
    found = book.cells[places[1]].source
    assert re.findall(r"^(\d)\. ", found, re.MULTILINE) == ["1", "2", "3"]
    versions, links = book.cells[-2:]
    assert versions.source == "tw.show_versions()"
    assert files.tags_of(versions) == [files.VOLATILE]
    assert files.tags_of(links) == [files.NAVIGATION]


def test_every_exercise_has_a_solution_that_can_be_taken_away(book: Any) -> None:
    place = index_of(book, "^## Exercises")
    exercises = re.findall(r"^\*\*(\d)\.\*\*", book.cells[place].source, re.MULTILINE)
    assert len(exercises) in range(2, 5)
    tagged = [cell["id"] for cell in book.cells if files.SOLUTION in files.tags_of(cell)]
    assert tagged == [cell["id"] for cell in book.cells[place:] if cell["id"].startswith("solution-")]
    assert sorted({mark.split("-")[1] for mark in tagged}) == exercises


def test_every_figure_is_followed_by_what_it_shows_and_what_not(book: Any) -> None:
    for cell, after in zip(book.cells, book.cells[1:], strict=False):
        if _pictures(cell):
            assert "**What you see.**" in after.source, cell["id"]
            assert "**What it does not show.**" in after.source, cell["id"]


def _pictures(cell: Any) -> list[Any]:
    outputs = cell.outputs if cell.cell_type == "code" else []
    return [output for output in outputs if any(kind.startswith("image/") for kind in output.get("data", {}))]


# -- what is stored ---------------------------------------------------------------------------------------------------


def test_stored_as_the_runner_writes_it(path: Path, book: Any) -> None:
    stored = path.read_text(encoding="utf-8")
    assert nbformat.writes(files.tidy(nbformat.from_dict(book))).rstrip("\n") + "\n" == stored
    assert [cell["id"] for cell in book.cells] == list(dict.fromkeys(cell["id"] for cell in book.cells))


def test_ran_once_from_top_to_bottom_without_error_or_warning(book: Any) -> None:
    assert [cell.execution_count for cell in code(book)] == list(range(1, len(code(book)) + 1))
    outputs = [output for cell in code(book) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


def test_every_picture_has_alternative_text(book: Any) -> None:
    pictures = [output for cell in book.cells for output in _pictures(cell)]
    assert pictures
    for output in pictures:
        assert [kind for kind in output.data if kind.startswith("image/")] == ["image/png"]
        assert len(output.metadata["image/png"]["alt"]) > 40


def test_no_machine_and_no_network(book: Any) -> None:
    said = [line for lines in files.said(book).values() for line in lines]
    for text in [*said, *[cell.source for cell in book.cells]]:
        assert not re.search(r"(?<![\w.:/-])/(?:home|root|tmp|usr|opt|work|Users|private)/|\b[A-Z]:\\", text)
    for cell in code(book):
        assert not re.search(r"^\s*[!%]|\bpip\b|https?://|nltk\.download|\btoolkit\.", cell.source, re.MULTILINE)


def test_only_public_names(book: Any) -> None:
    tree = ast.parse("\n".join(cell.source for cell in code(book)))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in imported:
        names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        assert {name.split(".")[0] for name in names} <= PACKAGES
        assert not any(name.startswith("twoway.") for name in names)
    for owner, name in [(ast.unparse(n.value), n.attr) for n in ast.walk(tree) if isinstance(n, ast.Attribute)]:
        if owner == "tw":
            assert name in tw.__all__ or name in DOORS
        elif owner.removeprefix("tw.") in DOORS:
            assert name in DOORS[owner.removeprefix("tw.")]


def test_numbers_in_the_text_are_shown_by_a_cell(book: Any) -> None:
    shown = " ".join(line for lines in files.said(book).values() for line in lines)
    shown += " ".join(cell.source for cell in code(book))
    values = [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", shown)]
    for cell in prose(book)[1:-1]:
        for number in _numbers(cell.source):
            digits = len(number.partition(".")[2])
            same = (round(scale * value, digits) == float(number) for value in values for scale in (1, 100))
            assert number in SAID_ANYWAY or any(same), f"{number} is in the text of {cell['id']}, but no cell shows it"


def _numbers(text: str) -> list[str]:
    """Take the numbers out of prose; code, links, list marks and names of notebooks are no claims."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|^\s*(?:\*\*)?\d\.(?:\*\*)?\s|\b0\d\b", " ", text, flags=re.MULTILINE)
    return re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", text)


# -- what they say now ------------------------------------------------------------------------------------------------


def test_a_notebook_still_says_what_is_stored(path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "run_notebooks.py"), path.stem, "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
