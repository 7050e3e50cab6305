"""One zip archive at a time, kept open while its members are read one after the other."""

from __future__ import annotations

import zipfile
from pathlib import Path

__all__ = ["OpenArchive"]


class OpenArchive:
    """Holds the archive that was asked for last.

    Opening an archive means reading its whole directory: done anew for each of thousands of members, that would take
    longer than reading them.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.zip")
    ...     with zipfile.ZipFile(path, "w") as new:
    ...         new.writestr("x.json", "{}")
    ...     held = OpenArchive()
    ...     same = held.of(path) is held.of(path)
    ...     held.close()
    >>> same
    True
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._archive: zipfile.ZipFile | None = None

    def of(self, path: Path) -> zipfile.ZipFile:
        """Return an archive ready for reading, closing the one before it.

        Raises
        ------
        zipfile.BadZipFile, OSError
            If the file is no archive, or cannot be opened.
        """
        if self._archive is None or self._path != path:
            self.close()
            self._archive, self._path = zipfile.ZipFile(path), path
        return self._archive

    def close(self) -> None:
        """Close the archive that is open, if one is."""
        if self._archive is not None:
            self._archive.close()
        self._archive = self._path = None
