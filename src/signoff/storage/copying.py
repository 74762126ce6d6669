"""Copying a stream while its digest is taken beside.

The rule it keeps: the digest is of the very bytes that the file got, not of what the source would say when asked again:
one buffer is written and hashed. Where the filesystem can share the blocks of a file, the file that shares them is read.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable
from io import BufferedReader, FileIO
from queue import SimpleQueue
from typing import BinaryIO, cast

from signoff.storage.hashing import chunks

BUFFER = 256 * 1024
BUFFERS = 16
FICLONE = 0x40049409  # linux/fs.h

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
    if isinstance(stream, BufferedReader) and isinstance(stream.raw, FileIO) and _clone(stream, file, size=size):
        return _hash_copied(file, told=told)
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


def _clone(stream: BufferedReader, file: int, *, size: int) -> bool:
    """Have a file share another one's blocks, whatever is written to that one from now on; False where it cannot."""
    source = stream.fileno()
    if stream.tell() or os.fstat(source).st_size != size:
        return False
    try:
        fcntl.ioctl(file, FICLONE, source)
    except OSError:
        return False
    return True


def _hash_copied(file: int, *, told: Told) -> tuple[int, str]:
    digest, count, buffer = hashlib.sha256(), 0, memoryview(bytearray(BUFFER))
    while length := os.preadv(file, [buffer], count):
        digest.update(buffer[:length])
        count += length
        told(length)
    return count, digest.hexdigest()


def _write(file: int, chunk: memoryview) -> int:
    rest = chunk
    while rest:
        rest = rest[os.write(file, rest) :]
    return len(chunk)
