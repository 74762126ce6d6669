"""A digest taken beside a copy is of what was written, also when buffers are filled again and again."""

import hashlib
import io
import os
from pathlib import Path

import pytest

from signoff.storage.copying import BUFFER, copy_hashing


@pytest.mark.parametrize("size", [0, 1, BUFFER, BUFFER + 1, 20 * BUFFER + 7])
def test_the_copy_and_its_digest_are_right(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    with (tmp_path / "copy").open("wb") as file:
        told: list[int] = []
        found = copy_hashing(io.BytesIO(content), file.fileno(), size=size, told=told.append)
    assert found == (size, hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content
    assert sum(told) == size


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, content: bytes) -> None:
        self._rest = memoryview(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        count = min(70_001, len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def test_short_reads_are_no_end(tmp_path: Path) -> None:
    content = os.urandom(3 * BUFFER)
    with (tmp_path / "copy").open("wb") as file:
        found = copy_hashing(Dribble(content), file.fileno(), size=len(content), told=lambda _count: None)  # type: ignore[arg-type]
    assert found == (len(content), hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content


def test_what_is_told_may_stop_the_copy_and_no_thread_stays(tmp_path: Path) -> None:
    def stop(_count: int) -> None:
        raise InterruptedError

    with (tmp_path / "copy").open("wb") as file, pytest.raises(InterruptedError):
        copy_hashing(io.BytesIO(bytes(9 * BUFFER)), file.fileno(), size=9 * BUFFER, told=stop)
