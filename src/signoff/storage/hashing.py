"""SHA-256 of files, one or many, at the speed of the cores.

The rule it keeps: a digest is of bytes that were read to their end; who stops early gets no digests, and nothing here
holds up the end of the program.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from io import BufferedReader
from queue import Empty, SimpleQueue
from typing import BinaryIO, cast

from signoff.errors import SignoffError, StorageError
from signoff.storage.base import StoppedError, Storage

BUFFER = 1024 * 1024
SMALL = 64 * 1024
MOST_THREADS = 8
PATIENCE = 0.1

Progress = Callable[[int], None]


def hash_file(stream: BinaryIO, *, progress: Progress | None, size: int = BUFFER) -> str:
    """Return the SHA-256 of a stream's rest, in hex.

    Args:
        stream: What to read.
        progress: Told how many bytes were just done.
        size: About how many bytes there are: a small file needs no large buffer.
    """
    digest = hashlib.sha256()
    for chunk in chunks(stream, bytearray(max(1, min(BUFFER, size + 1)))):
        digest.update(chunk)
        if progress:
            progress(len(chunk))
    return digest.hexdigest()


def chunks(stream: BinaryIO, buffer: bytearray) -> Iterator[memoryview]:
    """Yield a stream's bytes, each time in the same buffer: a chunk is valid until the next one is asked for."""
    view = memoryview(buffer)
    read_into = cast(BufferedReader, stream).readinto
    while count := read_into(view):
        yield view[:count]


def hash_files(
    storage: Storage,
    paths: Sequence[str],
    *,
    progress: Progress | None,
    stopped: Callable[[], bool],
    threads: int | None = None,
    known: dict[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Return the SHA-256 of files, in hex, by path, in the order asked.

    Small files are hashed at once; the others on threads, the largest first, so that none is left alone at the end.

    Args:
        storage: Where the files are.
        paths: The files.
        progress: Told how many bytes were just done; one call at a time, from any thread; what it raises is raised.
        stopped: Whether to give up; asked at least every 0.2 seconds.
        threads: How many threads; None: one for each core, at most 8.
        known: Digests that are known already, by path; what is found is put there at once, so that it outlasts a stop.
        sizes: How large the files were when they were listed, which decides only how they are read; None: it is asked.

    Raises:
        StoppedError: `stopped` said so.
        StorageError: A file cannot be read, or is none (a symlink …): the first that was met.
    """
    work = _Work(storage, progress=progress, done={} if known is None else known)
    todo = [path for path in paths if path not in work.done]
    sizes = {path: storage.info(path).size if sizes is None else sizes[path] for path in todo}
    small = [path for path in sizes if sizes[path] < SMALL]
    large = sorted((path for path in sizes if sizes[path] >= SMALL), key=lambda path: -sizes[path])
    try:
        work.start(large, threads=min(len(large), threads or _cores()) if large else 0)
        for path, content in zip(small, storage.read_many(small, most=SMALL), strict=True):
            work.need_going(stopped)
            if isinstance(content, StorageError):  # it grew, or what is wrong is said again
                work.done[path] = work.hash(path, size=sizes[path])
            else:
                work.done[path] = work.hash_small(content)
        work.collect(len(large), stopped=stopped)
    finally:
        work.over.set()
    return {path: work.done[path] for path in paths}


class _Work:
    """Files that threads hash; a daemon thread that still waits for a slow disk ends with the program."""

    def __init__(self, storage: Storage, *, progress: Progress | None, done: dict[str, str]) -> None:
        """Start with nothing to do."""
        self.storage, self.progress, self.done = storage, progress, done
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._todo: SimpleQueue[str] = SimpleQueue()
        self._found: SimpleQueue[tuple[str, str | SignoffError]] = SimpleQueue()

    def start(self, paths: Sequence[str], *, threads: int) -> None:
        """Hash files on threads."""
        for path in paths:
            self._todo.put(path)
        for _ in range(threads):
            threading.Thread(target=self._run, name="signoff-hash", daemon=True).start()

    def collect(self, count: int, *, stopped: Callable[[], bool]) -> None:
        """Wait until the threads have found so many digests."""
        while count:
            self.need_going(stopped)
            try:
                path, found = self._found.get(timeout=PATIENCE)
            except Empty:
                continue
            if isinstance(found, SignoffError):
                raise found
            self.done[path] = found
            count -= 1

    def need_going(self, stopped: Callable[[], bool]) -> None:
        """Raise StoppedError if somebody asked to stop."""
        if stopped():
            message = "stopped before every file was hashed"
            raise StoppedError(message)

    def hash(self, path: str, *, size: int = BUFFER) -> str:
        """Return a file's digest."""
        try:
            with closing(self.storage.open(path)) as stream:
                return hash_file(stream, progress=self._tell, size=size)
        except OSError as error:
            message = f"cannot read {path!r}: {error.strerror or error}"
            raise StorageError(message) from error

    def hash_small(self, content: bytes) -> str:
        """Return the digest of a file that was read at once."""
        self._tell(len(content))
        return hashlib.sha256(content).hexdigest()

    def _tell(self, count: int) -> None:
        if self.over.is_set():
            raise _OverError
        if self.progress:
            with self._lock:
                self.progress(count)

    def _run(self) -> None:
        while not self.over.is_set():
            try:
                path = self._todo.get_nowait()
            except Empty:
                return
            try:
                self._found.put((path, self.hash(path)))
            except SignoffError as error:
                self._found.put((path, error))
            except _OverError:
                return


class _OverError(Exception):
    """Nobody waits for this digest any more."""


def _cores() -> int:
    return min(MOST_THREADS, os.cpu_count() or 1)
