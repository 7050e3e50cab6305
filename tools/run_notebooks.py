"""Run the notebooks in clean kernels, in order, two at a time, and store what they put out.

    python tools/run_notebooks.py                  run all, write them back
    python tools/run_notebooks.py 04               only those whose file names begin so
    python tools/run_notebooks.py --check          write nothing; fail where the words differ from the stored ones
    python tools/run_notebooks.py --to build/nb    write the executed copies there instead
    python tools/run_notebooks.py --exercises notebooks/exercises
                                                   run nothing; write copies without outputs and solutions

Exit code: 0, 1 if a notebook failed or differs, 2 after a mistake in the command.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import notebook_files as files
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

AT_ONCE = 2  # a third kernel was slower on two cores, and each holds some hundred megabytes
CELL_SECONDS = 120


@dataclass
class Run:
    """What became of one notebook."""

    path: Path
    stored: Any
    fresh: Any = None
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    options = _options(arguments)
    try:
        runs = _planned(options.names, Path(options.folder).resolve())
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    if options.exercises:
        return _hand_out(runs, Path(options.exercises))
    started = time.monotonic()
    asyncio.run(_run_all(runs, options))
    failed = [run for run in runs if run.problems]
    spent = f"{time.monotonic() - started:.0f} s"
    if failed:
        print(f"{len(failed)} of {len(runs)} notebooks need care ({spent}).", file=sys.stderr)
        return 1
    print(f"{len(runs)} notebooks, {spent}.")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run_notebooks.py", description="Run the notebooks in clean kernels and store their outputs."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="how a file name begins, such as 04; all by default")
    parser.add_argument("--folder", default=str(files.FOLDER), help="where the notebooks are")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="write nothing; compare with the stored outputs")
    instead.add_argument("--to", metavar="DIR", help="write the executed copies to this folder instead")
    instead.add_argument("--exercises", metavar="DIR", help="run nothing; write copies without outputs and solutions")
    return parser.parse_args(arguments)


def _planned(names: Sequence[str], folder: Path) -> list[Run]:
    """Read the notebooks asked for, with their links to one another up to date."""
    paths = files.find_notebooks(folder=folder)
    books = [files.read_notebook(path) for path in paths]
    titles = [files.title_of(book) for book in books]
    chosen = set(files.find_notebooks(names, folder))
    if not chosen:
        msg = f"There are no notebooks. They were looked for in {folder}. Give --folder another one."
        raise ValueError(msg)
    runs = []
    for position, (path, book) in enumerate(zip(paths, books, strict=True)):
        if path in chosen:
            run = Run(path, stored=copy.deepcopy(book))
            files.put_navigation(book, position, paths, titles)
            run.fresh = book
            runs.append(run)
    return runs


def _hand_out(runs: Sequence[Run], folder: Path) -> int:
    for run in runs:
        files.write_notebook(folder / run.path.name, files.exercise_copy(run.stored))
    print(f"{len(runs)} notebooks to hand out are in {folder}.")
    return 0


async def _run_all(runs: Sequence[Run], options: argparse.Namespace) -> None:
    turn = asyncio.Semaphore(AT_ONCE)
    # No start-up file and no history of the person at the keyboard has a say in what a notebook puts out.
    with tempfile.TemporaryDirectory(prefix="nb-", ignore_cleanup_errors=True) as clean:

        async def one(run: Run) -> None:
            async with turn:
                await _execute(run, clean)
            _finish(run, options)

        await asyncio.gather(*(one(run) for run in runs))


async def _execute(run: Run, clean: str) -> None:
    for cell in run.fresh.cells:
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    started = time.monotonic()
    client = NotebookClient(
        run.fresh,
        km=_kernel(Path(clean, run.path.name[:2])),
        timeout=CELL_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(run.path.parent)}},
    )
    env = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    env |= {"IPYTHONDIR": clean, "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    try:
        await client.async_execute(env=env, cleanup_kc=True)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        run.problems += _explained(run.fresh, error)
    run.seconds = time.monotonic() - started
    files.tidy(run.fresh)


def _kernel(connection: Path) -> AsyncKernelManager:
    """Prepare the kernel of this very environment, whatever kernels a person has registered elsewhere."""
    specs = KernelSpecManager(kernel_dirs=[str(Path(sys.prefix, "share", "jupyter", "kernels"))])
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    if os.name == "posix":
        manager.transport = "ipc"  # nobody else on the machine can reach the kernel; names of sockets must be short
        manager.connection_file = str(connection)
    return manager


def _explained(book: Any, error: Exception) -> list[str]:
    """Say which cell stopped and why, without the traceback of the machinery."""
    code = [(number, cell) for number, cell in enumerate(book.cells, start=1) if cell.cell_type == "code"]
    broken = [(n, c, o) for n, c in code for o in c["outputs"] if o["output_type"] == "error"]
    if broken:
        number, cell, output = broken[0]
        why = f"{output['ename']}: {output['evalue']}"
    else:
        begun = [pair for pair in code if pair[1]["execution_count"]] or code[:1]
        number, cell = begun[-1]
        why = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    first, *more = why.strip().splitlines()[:4]
    source = cell["source"].splitlines()[:4]
    return [f"cell {number} ({cell['id']}) stopped with {first}", *more, *[f"  | {line}" for line in source]]


def _finish(run: Run, options: argparse.Namespace) -> None:
    """Store or compare one notebook, and say how it went."""
    if not run.problems and options.check:
        run.problems += files.differences(run.stored, run.fresh)
        if run.problems:
            run.problems.append("Run `make notebooks` to store the new outputs, and read the text around them again.")
    elif not run.problems:
        files.write_notebook(Path(options.to, run.path.name) if options.to else run.path, run.fresh)
    n_cells = sum(cell.cell_type == "code" for cell in run.fresh.cells)
    words = "FAILED" if run.problems else "as stored" if options.check else "done"
    print(f"{run.path.stem:<44} {n_cells:>3} code cells {run.seconds:>6.1f} s  {words}", flush=True)
    for line in run.problems:
        print(f"    {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
