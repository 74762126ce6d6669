"""Going on with a large file whose delivery was interrupted, from where it was.

The rule it keeps: what was there before is hashed again and never believed; where the whole turns out wrong, it is
fetched once more from the beginning before anybody is alarmed. One delivery at a time works on a part.
"""

import fcntl
import hashlib
import os
from contextlib import closing
from io import BufferedReader, FileIO
from typing import BinaryIO

from signoff.storage.base import Told
from signoff.storage.paths import PRIVATE_PREFIX

OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
BUFFER = 1024 * 1024
LARGE = 8 * BUFFER


def resumes(stream: BinaryIO, size: int) -> bool:
    """Tell whether a stream is worth going on with: a large one that comes from elsewhere."""
    return size > LARGE and isinstance(stream, BufferedReader) and not isinstance(stream.raw, FileIO)


def fill_partial(
    folder: int, stream: BinaryIO, *, size: int, sha256: str, told: Told, durable: bool
) -> tuple[str, tuple[int, str]] | None:
    """Fill a part, from where it ended, until it is as large as it must be.

    Args:
        folder: The descriptor of its folder.
        stream: The whole file's bytes.
        size: How many bytes are expected.
        sha256: The digest that is expected; it names the part.
        told: Told how many bytes were just done; may raise to stop: the part stays.
        durable: Whether to wait for the disk.

    Returns:
        The part's name, and the number of its bytes and their SHA-256; None where another process works on it.
    """
    name = f"{PRIVATE_PREFIX}{sha256[:32]}.part"
    with closing(_Descriptor(os.open(name, OPEN, 0o666, dir_fd=folder))) as opened:
        try:
            fcntl.flock(opened.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return None
        began = os.fstat(opened.file).st_size
        found = _fill(opened.file, stream, size=size, told=told)
        if began and found != (size, sha256):
            os.ftruncate(opened.file, 0)
            found = _fill(opened.file, stream, size=size, told=lambda _count: None)
        if durable:
            os.fsync(opened.file)
    return name, found


class _Descriptor:
    def __init__(self, file: int) -> None:
        self.file = file

    def close(self) -> None:
        os.close(self.file)


def _fill(file: int, stream: BinaryIO, *, size: int, told: Told) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    os.lseek(file, 0, os.SEEK_SET)
    while chunk := os.read(file, BUFFER):
        digest.update(chunk)
        count += len(chunk)
        told(len(chunk))
    stream.seek(count)
    while count <= size and (chunk := stream.read(BUFFER)):
        digest.update(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(file, rest) :]
        count += len(chunk)
        told(len(chunk))
    return count, digest.hexdigest()
