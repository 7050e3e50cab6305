"""The report: one self-contained page a corpus, and the paragraph on methods that goes with its numbers.

Reading order: `findings` (what is computed), `words` (sentences), `tables` and `pictures` (what is shown), `answer`
and `captions` (one question), `asked`, `said` and `alike` (all of them), `page` (the page), `methods` (the note),
`build` (all bundled corpora).
"""

import sys
from types import ModuleType
from typing import Any

from .methods import methods_note
from .page import report

__all__ = ["methods_note", "report"]


class _CallableModule(ModuleType):
    """Lets `tw.report(...)` work even after an import of a part of this package has put the package under that name."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return report(*arguments, **options)


sys.modules[__name__].__class__ = _CallableModule
