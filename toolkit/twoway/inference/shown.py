"""How a result shows itself: as a table, and in a notebook as its sentence above that table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shown"]

MOST_ROWS = 20


class Shown:
    """Give a result a table of the attributes it names in `SHOWN`, and a view for notebooks.

    Examples
    --------
    >>> from twoway.inference import wilson
    >>> wilson(8, 10).to_frame()[["value", "low", "high", "flags"]].round(3).values.tolist()
    [[0.8, 0.49, 0.943, '']]
    """

    __slots__ = ()

    #: Attributes that make the columns: arrays of one length, or single values, which are repeated.
    SHOWN: ClassVar[tuple[str, ...]] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a new table: one row an entry, or a single row."""
        import pandas as pd

        columns = {name: _column(name, getattr(self, name)) for name in self.SHOWN}
        size = max((len(column) for column in columns.values()), default=0)
        return pd.DataFrame({name: list(c) if len(c) == size else list(c) * size for name, c in columns.items()})

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        more = f"<p>{len(frame) - MOST_ROWS:,} more rows</p>" if len(frame) > MOST_ROWS else ""
        table = frame.head(MOST_ROWS).round(4).to_html(index=False, na_rep="–")
        return f"<p>{escape(str(self))}</p>{table}{more}"


def _column(name: str, value: Any) -> Any:
    """Bring an attribute to a sequence; the flags of one entry become one text."""
    if name == "flags":
        many = bool(value) and not isinstance(value[0], str)
        return [",".join(flags) for flags in value] if many else [",".join(value)]
    return value if isinstance(value, tuple) else np.atleast_1d(value)
