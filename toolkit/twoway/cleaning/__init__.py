"""Ids, times and flags out of whatever form a source gives them in.

One rule serves every reader and every engine. Nothing is guessed in silence: what cannot be read is null, and what was
mended is counted.
"""

from .ids import CleanIds, clean_ids
from .times import ReadTimes, read_times
from .words import MISSING_WORDS, clean_flag

__all__ = ["MISSING_WORDS", "CleanIds", "ReadTimes", "clean_flag", "clean_ids", "read_times"]
