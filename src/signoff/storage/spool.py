"""Bytes that this process puts aside: a file without a name that ends with it.

The rule it keeps: nobody else can open it; what was put there is never changed. Where there is no room, or no folder
for it, nothing is put aside.
"""

import os
import threading


class Spool:
    """One such file; it is made with the first bytes. Any number of threads may use it."""

    def __init__(self) -> None:
        """Begin without a file."""
        self._lock = threading.Lock()
        self._file: int | None = None
        self._end = 0
        self._full = False

    def put(self, content: bytes) -> int | None:
        """Put bytes aside; return their place, or None where there is no room."""
        with self._lock:
            if self._full:
                return None
            place = self._end
            try:
                if self._file is None:
                    self._file = _unnamed()
                written = os.pwrite(self._file, content, place)
            except OSError:
                written = -1
            if written != len(content):
                self._full = True
                return None
            self._end += written
            return place

    def get(self, place: int, size: int) -> bytes:
        """Return bytes that were put aside.

        Raises:
            OSError: The disk cannot be read.
        """
        assert self._file is not None
        return os.pread(self._file, size, place)

    def __del__(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)


def _unnamed() -> int:
    from tempfile import TemporaryFile  # noqa: PLC0415  (only where there is much to put aside)

    with TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())
