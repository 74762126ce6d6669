"""Reading a large file of a bucket in ranges, the next ones fetched while the first are used.

The rule it keeps: a range that does not come, or comes short, is asked for again; a stream never ends early in silence.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from io import SEEK_CUR, SEEK_SET, BufferedReader, RawIOBase, UnsupportedOperation

from signoff.errors import StorageError
from signoff.storage.base import Info

RANGE = 8 * 1024 * 1024
AHEAD = 3
BUFFER = 1024 * 1024

Fetch = Callable[[int, int], bytes]


class RangeStream(RawIOBase):
    """A file's bytes, range by range.

    Args:
        path: The file, for messages.
        fetch: Returns the bytes from one place to before another, or to the end; raises StorageError.
        info: Returns the file's size.
    """

    def __init__(self, path: str, fetch: Fetch, info: Callable[[], Info]) -> None:
        """Fetch the first range: a small file comes with this one request."""
        self._path, self._fetch = path, fetch
        self._range = fetch(0, RANGE)
        self._starts = self._at = 0
        self._size = len(self._range) if len(self._range) < RANGE else info().size
        self._threads: ThreadPoolExecutor | None = None
        self._ahead: deque[Future[bytes]] = deque()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that one can begin elsewhere."""
        return True

    def tell(self) -> int:
        """Return where it is."""
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Go on from another place."""
        if whence not in {SEEK_SET, SEEK_CUR}:
            message = "from the beginning or from here only"
            raise UnsupportedOperation(message)
        to = offset + (self._at if whence == SEEK_CUR else 0)
        if not self._starts <= to <= self._starts + len(self._range):
            self._drop()
            self._range, self._starts = b"", to
        self._at = to
        return to

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # any buffer, as RawIOBase has it
        """Fill a buffer as far as the range at hand goes."""
        if self._at >= self._starts + len(self._range):
            if self._at >= self._size:
                return 0
            self._next()
        found = self._range[self._at - self._starts :][: len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        """Fetch no more."""
        self._drop()
        super().close()

    def _next(self) -> None:
        self._starts += len(self._range)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(max_workers=AHEAD, thread_name_prefix="signoff-range")
        begun = self._starts + RANGE * len(self._ahead)
        while len(self._ahead) < AHEAD and begun < self._size:
            self._ahead.append(self._threads.submit(self._whole, begun, min(begun + RANGE, self._size)))
            begun += RANGE
        self._range = self._ahead.popleft().result()

    def _whole(self, start: int, end: int) -> bytes:
        found = self._fetch(start, end)
        if len(found) != end - start:
            message = f"cannot read {self._path!r}: it became shorter while it was read"
            raise StorageError(message, hint="find out who changes it: files of a version never change")
        return found

    def _drop(self) -> None:
        self._ahead.clear()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def open_ranges(path: str, fetch: Fetch, info: Callable[[], Info]) -> BufferedReader:
    """Open a file of a bucket for reading."""
    return BufferedReader(RangeStream(path, fetch, info), BUFFER)
