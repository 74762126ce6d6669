"""Rows of bytes that can be made again, kept in one private file for each place: group, name, stamp, value.

The rule it keeps: it never fails and never waits long. A file that is locked is not used this time, one that is broken
is removed and begun anew, a row that is damaged is not there. Any number of processes may use one at once.
"""

import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from signoff.storage.state import cache_folder

Answer = TypeVar("Answer")
PATIENCE = 0.2
MADE = "CREATE TABLE IF NOT EXISTS kept (part TEXT, name TEXT, stamp BLOB, value BLOB, PRIMARY KEY (part, name)) WITHOUT ROWID"
SUM = 4
NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
    }
)
"""Errors that say nothing against the file: it is busy, or there is no room, or no right."""

Row = tuple[str, str, bytes, bytes]
"""Group, name, stamp, value."""


class Shelf:
    """One file of rows."""

    def __init__(self, name: str) -> None:
        """Keep rows in the file of this name in the cache; it is opened at the first question."""
        self._place = cache_folder() / name
        self._opened: sqlite3.Connection | None = None
        self._useless = False

    def rows(self, group: str, names: Sequence[str]) -> dict[str, tuple[bytes, bytes]]:
        """Return the stamp and value of the rows of some names of a group, by name; a few hundred at once."""
        asked = f"SELECT name, stamp, value FROM kept WHERE part = ? AND name IN ({', '.join('?' * len(names))})"  # noqa: S608  (marks only)
        found = self._do(lambda shelf: shelf.execute(asked, (group, *names)).fetchall()) if self._there() else None
        return {name: (stamp, value[SUM:]) for name, stamp, value in found or () if _whole(name, stamp, value)}

    def put(self, rows: Iterable[Row]) -> None:
        """Keep rows, in place of those of the same group and name."""
        summed = [(group, name, stamp, _sum(name, stamp, value) + value) for group, name, stamp, value in rows]
        if summed:
            self._do(lambda shelf: _put(shelf, summed))

    def drop(self, group: str, names: Iterable[str]) -> None:
        """Forget rows."""
        gone = [(group, name) for name in names]
        if gone and self._there():
            self._do(lambda shelf: _drop(shelf, gone))

    def close(self) -> None:
        """Let go of the file."""
        if self._opened is not None:
            with suppress(sqlite3.Error):
                self._opened.close()
            self._opened = None

    def _there(self) -> bool:
        return self._opened is not None or self._place.exists()

    def _do(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer | None:
        """Return what some work with the file returns; None where the file cannot be used now."""
        if self._useless:
            return None
        try:
            if self._opened is None:
                self._opened = _open(self._place)
            return work(self._opened)
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in NOT_NOW:
                self._useless = True
            else:
                self.close()
                _remove(self._place)
        except OSError:
            self._useless = True
        return None


def _open(place: Path) -> sqlite3.Connection:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    shelf = sqlite3.connect(place, timeout=PATIENCE, check_same_thread=False)
    shelf.execute("PRAGMA synchronous = OFF")
    shelf.execute(
        "PRAGMA journal_mode = MEMORY"
    )  # a process killed while it writes may cost the file, which is begun anew
    shelf.execute(MADE)
    return shelf


def _remove(place: Path) -> None:
    with suppress(OSError):
        place.unlink(missing_ok=True)
    with suppress(OSError):
        place.with_name(f"{place.name}-journal").unlink(missing_ok=True)


def _put(shelf: sqlite3.Connection, rows: list[Row]) -> None:
    with shelf:
        shelf.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)


def _drop(shelf: sqlite3.Connection, names: list[tuple[str, str]]) -> None:
    with shelf:
        shelf.executemany("DELETE FROM kept WHERE part = ? AND name = ?", names)


def _sum(name: str, stamp: bytes, value: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(stamp, zlib.crc32(name.encode()))).to_bytes(SUM, "big")


def _whole(name: object, stamp: object, value: object) -> bool:
    """Tell whether a row is what was kept."""
    if not (isinstance(name, str) and isinstance(stamp, bytes) and isinstance(value, bytes)):
        return False
    return value[:SUM] == _sum(name, stamp, value[SUM:])


def count_rows(name: str) -> tuple[int, int] | None:
    """Return how many rows a file of the cache has, and how many of them are damaged; None where it is no such file."""
    rows = damaged = 0
    try:
        with closing(sqlite3.connect(f"file:{quote(str(cache_folder() / name))}?mode=ro", uri=True)) as shelf:
            for row in shelf.execute("SELECT name, stamp, value FROM kept"):
                rows += 1
                damaged += not _whole(*row)
    except sqlite3.Error:
        return None
    return rows, damaged
