"""What is asked of a stream that becomes a file of a registry.

The rule it keeps: what is not as long as was said, or has not the digest that was asked for, is never published.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from signoff.errors import AlreadyExistsError, StorageError, VerificationError
from signoff.storage.base import Told


def need_right(path: str, found: tuple[int, str], *, expected: tuple[int, str]) -> None:
    """Check how many bytes came, and their SHA-256 in hex.

    Raises:
        StorageError: There are more or fewer.
        VerificationError: They have another digest.
    """
    if found[0] != expected[0]:
        message = f"cannot publish {path!r}: its source changed while it was read"
        raise StorageError(message, hint="wait until whatever writes it is done, then do the same again")
    if found[1] != expected[1]:
        message = f"cannot publish {path!r}: expected sha256 {expected[1]}, found {found[1]}"
        raise VerificationError(message, hint="look at where it comes from with: signoff verify --deep")


def occupied(path: str) -> AlreadyExistsError:
    """Return what to raise where something stands already."""
    message = f"cannot publish {path!r}: something is there"
    return AlreadyExistsError(message, hint="look at what is there; nothing was replaced")


class Parts:
    """The bytes of a stream in parts, hashed as they go; the last part is given only if all is right.

    Args:
        path: The file to be, for messages.
        stream: The bytes.
        size: How many there must be.
        sha256: Their digest in hex, or "".
        told: Told how many bytes were just read.
        part: How many bytes a part has, but for the last.
    """

    def __init__(self, path: str, stream: BinaryIO, *, size: int, sha256: str, told: Told | None, part: int) -> None:
        """Nothing is read yet."""
        self._path, self._stream, self._size, self._sha256, self._told = path, stream, size, sha256, told
        self._part = part
        self.digest = ""

    def __iter__(self) -> Iterator[bytes]:
        """Yield each part; `digest` is known with the last.

        Raises:
            StorageError: The stream has not the size that was said.
            VerificationError: It has not the digest that was asked for.
        """
        digest, count = hashlib.sha256(), 0
        while True:
            part = _read_exactly(self._stream, min(self._part, self._size - count + 1))
            digest.update(part)
            count += len(part)
            if not part or count >= self._size:
                break
            if self._told:
                self._told(len(part))
            yield part
        found = digest.hexdigest()
        need_right(self._path, (count, found), expected=(self._size, self._sha256 or found))
        self.digest = found
        if self._told:
            self._told(len(part))
        if part:
            yield part


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    found = bytearray()
    while len(found) < size and (more := stream.read(size - len(found))):
        found += more
    return bytes(found)
