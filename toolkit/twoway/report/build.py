"""Build the reports of all bundled corpora with an index, and run the notebooks: `python -m twoway.report.build`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import TwowayError
from ..interactions.annotate import annotate
from ..samples import list_corpora, load_corpus
from ..versions import versions
from .page import render, report, write_page

__all__ = ["build", "main", "run_notebooks"]


def build(directory: str | Path) -> Path:
    """Write a report of every bundled corpus and an index over them.

    Parameters
    ----------
    directory
        Where to write; a folder for each corpus is made in it.

    Returns
    -------
    Path
        The index.
    """
    folder = Path(directory)
    cards = []
    for entry in list_corpora().to_dict("records"):
        if not entry["is_here"]:
            continue
        corpus = load_corpus(entry["name"], entry["version"])
        report(annotate(corpus), folder / entry["name"], title=f"Two-way interaction in {entry['name']}")
        cards.append(entry | {"coverage": corpus.coverage()})
    write_page(folder / "index.html", render("index.html.j2", {"cards": cards, "version": versions()["twoway"]}))
    return folder / "index.html"


def run_notebooks() -> int | None:
    """Run the notebooks of the clone this package lies in; None where there are none.

    Returns
    -------
    int or None
        Exit code of the runner.
    """
    runner = Path(__file__).resolve().parents[3] / "tools" / "run_notebooks.py"
    if not runner.is_file():
        return None
    return subprocess.run([sys.executable, str(runner)], check=False).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    """Build everything, from the command line; `--no-notebooks` leaves the notebooks alone.

    Returns
    -------
    int
        Exit code: 0, 2 after a mistake of the user's, or the runner's own.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    folders = [word for word in words if not word.startswith("-")]
    try:
        index = build(folders[0] if folders else "build/report")
    except TwowayError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    sys.stderr.write(f"Wrote {index}\n")
    return (run_notebooks() or 0) if "--no-notebooks" not in words else 0


if __name__ == "__main__":
    sys.exit(main())
