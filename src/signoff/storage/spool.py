"""Bytes that this process puts aside: a file without a name that ends with it.

The rule it keeps: nobody else can open it; what was put there is never changed. It is written in large parts. Where
there is no room, or no folder for it, nothing is put aside, and what was not written yet stays in memory.
"""

import os
import threading
from collections.abc import Callable

PART = 64 * 1024
"""So many bytes wait at most until they are written."""


class Spool:
    """One such file; it is made with the first bytes. Any number of threads may use it."""

    def __init__(self) -> None:
        """Begin without a file."""
        self._lock = threading.Lock()
        self._file: int | None = None
        self._written, self._waiting = 0, bytearray()
        self._full = False

    def put(self, content: bytes) -> int | None:
        """Put bytes aside; return their place, or None where there is no room."""
        with self._lock:
            if self._full or not self._open():
                return None
            place = self._written + len(self._waiting)
            self._waiting += content
            if len(self._waiting) < PART or self._write():
                return place
            self._full = True
            del self._waiting[place - self._written :]
            return None

    def _open(self) -> bool:
        if self._file is None:
            try:
                self._file = _unnamed()
            except OSError:
                self._full = True
                return False
        return True

    def _write(self) -> bool:
        """Write what waits; return False where there is no room, and nothing changed."""
        assert self._file is not None
        try:
            written = os.pwrite(self._file, self._waiting, self._written)
        except OSError:
            return False
        if written != len(self._waiting):
            return False
        self._written, self._waiting = self._written + written, bytearray()
        return True

    def get(self, place: int, size: int) -> bytes:
        """Return bytes that were put aside.

        Raises:
            OSError: The disk cannot be read.
        """
        with self._lock:
            if place >= self._written:
                return bytes(self._waiting[place - self._written :][:size])
        assert self._file is not None
        return os.pread(self._file, size, place)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        """Let the file go, also where Python ends and has let its modules go."""
        if self._file is not None:
            close(self._file)


def _unnamed() -> int:
    from tempfile import TemporaryFile  # noqa: PLC0415  (only where there is much to put aside)

    with TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())
