"""The report: one self-contained page a corpus, and the paragraph on methods that goes with its numbers.

Reading order: `findings` (what is computed), `words` (sentences), `tables` and `pictures` (what is shown), `page` (the
page), `methods` (the note), `build` (all bundled corpora).
"""

from .methods import methods_note
from .page import report

__all__ = ["methods_note", "report"]
