"""The command `twoway`: describe, measure and report from a terminal.

Reading order: `main` (the group, and how mistakes are told), `options` (what several commands share), `words` (one line
instead of a traceback), `sources` (from arguments to a corpus), then the commands: `results` and `shelf`.
"""

from .main import main

__all__ = ["main"]
