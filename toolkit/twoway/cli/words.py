"""Mistakes in one readable line, in the words of the command line."""

from __future__ import annotations

import re

__all__ = ["in_options", "many", "one_line"]

# Errors of the library say what to write in Python; here is what to write in a terminal.
_OPTIONS = (
    (r"columns=\{'(\w+)': '([^']*)'\}", r"--map \1=\2"),
    (r"tw\.read\(path, (--map \S+?)\) or --map \S+", r"\1"),
    (r"columns=\{\.\.\.\}", "--map name=column"),
    (r"constants=\{'(\w+)': '([^']*)'\}", r"--set \1='\2'"),
    (r"header=\['post_id', \.\.\.\]", "--header post_id,..."),
    (r"\bheader= names", "--header names"),
    (r"\bcolumns= asks", "--map asks"),
    (r"(?<![\w-])delimiter=('[^']*')", r"--delimiter \1"),
    (r"(?<![\w-])time_format=('[^']*')", r"--time-format \1"),
    (r"(?<![\w-])format='([\w.]+)'", r"--format \1"),
    (r"Leave out format= to", "Leave out --format to"),
    (r"tw\.catalog\(\) lists all", "'twoway metrics' lists all"),
    (r"See tw\.list_corpora\(\)", "See 'twoway sample'"),
    (r"See Definitions\(\)\.to_text\(\)", "See 'twoway measure --help'"),
    (r"\bwith focus\b", "with --focus"),
)


def in_options(message: str) -> str:
    """Say in options what an error of the library says in Python.

    Examples
    --------
    >>> in_options("Say which it is, columns={'created_at': '...'}.")
    'Say which it is, --map created_at=....'
    >>> in_options("Name the one you mean, format='twcs'.")
    'Name the one you mean, --format twcs.'
    """
    for pattern, words in _OPTIONS:
        message = re.sub(pattern, words, message)
    return message


def many(n: int, word: str) -> str:
    """Write a count with its word in the right number.

    Examples
    --------
    >>> many(1, "post"), many(1_200, "post")
    ('1 post', '1,200 posts')
    """
    return f"{n:,} {word}" + ("" if n == 1 else "s")


def one_line(message: object) -> str:
    r"""Put a message on one line, in the words of the command line.

    Examples
    --------
    >>> one_line("first\n  second")
    'first second'
    """
    return in_options(" ".join(str(message).split()))
