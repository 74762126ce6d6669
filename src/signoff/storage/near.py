"""One folder of a registry, entered once to read several of its files.

The rule it keeps: what a folder holds is read as its storage reads it, never through a symlink; entering it once spares
the way there for each file.
"""

import os
from typing import Self

from signoff.storage.base import Info, Readable
from signoff.storage.folders import stat_regular
from signoff.storage.reading import read_in
from signoff.storage.walking import info_of


class Near:
    """A folder that may be open, and the storage around it for every path that is not right in that folder."""

    def __init__(self, around: Readable, folder: str, opened: int | None) -> None:
        """Know the folder by its path and by its descriptor; None: all is asked of the storage around it."""
        self._around, self._folder, self._opened = around, f"{folder}/", opened

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the folder go."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None

    def read(self, path: str, *, most: int) -> bytes:
        """Return a regular file's bytes, at most `most`."""
        name = self._name(path)
        if self._opened is None or not name:
            return self._around.read(path, most=most)
        return read_in(self._opened, name, path=path, most=most)

    def info(self, path: str) -> Info:
        """Return a regular file's size and stamp."""
        name = self._name(path)
        if self._opened is None or not name:
            return self._around.info(path)
        return info_of(stat_regular(self._opened, name, path=path))

    def _name(self, path: str) -> str:
        """Return the name of a file right in the folder; "" for any other path."""
        name = path.removeprefix(self._folder)
        return "" if "/" in name or "\0" in name or name in {".", ".."} else name
