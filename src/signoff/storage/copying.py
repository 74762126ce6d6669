"""Copying a stream while its digest is taken beside.

The rule it keeps: the digest is of the very bytes that the file got, not of what the source would say when asked again.
Files of this machine are copied by the kernel, and the digest's thread reads what arrived.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from io import BufferedReader, FileIO
from queue import SimpleQueue
from typing import BinaryIO, cast

from signoff.storage.hashing import chunks

BUFFER = 1024 * 1024
BUFFERS = 4
AHEAD = 64

Told = Callable[[int], None]


def copy_hashing(stream: BinaryIO, file: int, *, size: int, told: Told) -> tuple[int, str]:
    """Copy a stream into an open file.

    Args:
        stream: What to copy; no more than one buffer above `size` is taken from it.
        file: The descriptor of an empty file, open to write and read.
        size: How many bytes are expected.
        told: Told how many bytes were just done; may raise to stop.

    Returns:
        The number of bytes, and their SHA-256 in hex.
    """
    if size <= BUFFER:
        return _copy_inline(stream, file, size=size, told=told)
    if isinstance(stream, BufferedReader) and isinstance(stream.raw, FileIO):
        return _copy_in_kernel(stream, file, size=size, told=told) or _copy_beside(stream, file, size=size, told=told)
    return _copy_beside(stream, file, size=size, told=told)


def _copy_inline(stream: BinaryIO, file: int, *, size: int, told: Told) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for chunk in chunks(stream, bytearray(max(1, min(BUFFER, size + 1)))):
        digest.update(chunk)
        count += _write(file, chunk)
        told(len(chunk))
        if count > size:
            break
    return count, digest.hexdigest()


def _copy_beside(stream: BinaryIO, file: int, *, size: int, told: Told) -> tuple[int, str]:
    """Copy with a thread that hashes: a buffer is filled again only once it is both written and hashed."""
    digest, count = hashlib.sha256(), 0
    free: SimpleQueue[memoryview] = SimpleQueue()
    full: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
    for _ in range(BUFFERS):
        free.put(memoryview(bytearray(BUFFER)))

    def hash_full() -> None:
        while item := full.get():
            buffer, length = item
            digest.update(buffer[:length])
            free.put(buffer)

    hashing = threading.Thread(target=hash_full, name="signoff-hash", daemon=True)
    hashing.start()
    read_into = cast(BufferedReader, stream).readinto
    try:
        while count <= size and (length := read_into(buffer := free.get())):
            full.put((buffer, length))
            count += _write(file, buffer[:length])
            told(length)
    finally:
        full.put(None)
        hashing.join()
    return count, digest.hexdigest()


class _HashingBehind:
    """A thread that hashes what arrives in a file, at most `AHEAD` buffers behind the one who writes."""

    def __init__(self, file: int) -> None:
        """Start at the file's beginning."""
        self._file, self._digest = file, hashlib.sha256()
        self.room, self._arrived = threading.Semaphore(AHEAD), threading.Semaphore(0)
        self._over = self._given_up = False
        self._done, self._view = 0, memoryview(bytearray(BUFFER))
        self._thread = threading.Thread(target=self._run, name="signoff-hash", daemon=True)
        self._thread.start()

    def arrived(self) -> None:
        """Say that there is more."""
        self._arrived.release()

    def finish(self, *, give_up: bool) -> str:
        """Return the digest of all that arrived."""
        self._over, self._given_up = True, give_up
        self._arrived.release()
        self._thread.join()
        return self._digest.hexdigest()

    def _run(self) -> None:
        while not self._over:
            self._arrived.acquire()
            self._hash_some()
            self.room.release()
        while not self._given_up and self._hash_some():
            pass

    def _hash_some(self) -> int:
        count = os.preadv(self._file, [self._view], self._done)
        self._digest.update(self._view[:count])
        self._done += count
        return count


def _copy_in_kernel(stream: BufferedReader, file: int, *, size: int, told: Told) -> tuple[int, str] | None:
    """Copy by copy_file_range(2); None where the kernel cannot, and then nothing was copied."""
    source, start, count = stream.fileno(), stream.tell(), 0
    behind = _HashingBehind(file)
    whole = False
    try:
        while count <= size:
            behind.room.acquire()  # given back by the other thread, when it has hashed as much
            length = os.copy_file_range(source, file, min(BUFFER, size + 1 - count), offset_src=start + count)
            if not length:
                break
            count += length
            behind.arrived()
            told(length)
        whole = True
    except OSError:
        if count:
            raise
    finally:
        digest = behind.finish(give_up=not whole)
    return (count, digest) if count else None


def _write(file: int, chunk: memoryview) -> int:
    rest = chunk
    while rest:
        rest = rest[os.write(file, rest) :]
    return len(chunk)
