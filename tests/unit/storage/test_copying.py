"""A digest taken beside a copy is of what was written, also when buffers are filled again and again."""

import errno
import hashlib
import io
import os
import threading
from pathlib import Path

import pytest

from signoff.storage.copying import BUFFER, copy_hashing


@pytest.mark.parametrize("size", [0, 1, BUFFER, BUFFER + 1, 20 * BUFFER + 7])
def test_the_copy_and_its_digest_are_right(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    with (tmp_path / "copy").open("w+b") as file:
        told: list[int] = []
        found = copy_hashing(io.BytesIO(content), file.fileno(), size=size, told=told.append)
    assert found == (size, hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content
    assert sum(told) == size


@pytest.mark.parametrize("start", [0, 5])
@pytest.mark.parametrize("missing", [-3, 0, 3])
def test_a_file_is_copied_by_the_kernel_from_where_it_stands(tmp_path: Path, start: int, missing: int) -> None:
    """A source that is shorter or longer than it should be is told by the count; no more than one byte above is taken."""
    content = os.urandom(90 * BUFFER + 7)
    (tmp_path / "source").write_bytes(content)
    size = len(content) - start + missing
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        stream.read(start)
        count, digest = copy_hashing(stream, file.fileno(), size=size, told=lambda _count: None)
    copied = (tmp_path / "copy").read_bytes()
    assert count == len(copied) == min(len(content) - start, size + 1)
    assert copied == content[start : start + count]
    assert digest == hashlib.sha256(copied).hexdigest()


@pytest.mark.parametrize("most", [1_001, 300_001, 700_001])
def test_a_kernel_that_copies_little_at_a_time_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    real = os.copy_file_range

    def copy_file_range(source: int, target: int, count: int, *, offset_src: int) -> int:
        return real(source, target, min(count, most), offset_src=offset_src)

    monkeypatch.setattr(os, "copy_file_range", copy_file_range)
    content = os.urandom(5 * BUFFER + 7)
    (tmp_path / "source").write_bytes(content)
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        found = copy_hashing(stream, file.fileno(), size=len(content), told=lambda _count: None)
    assert found == (len(content), hashlib.sha256(content).hexdigest())


def test_where_the_kernel_cannot_copy_it_is_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy_file_range(*_given: int, **_named: int) -> int:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "copy_file_range", copy_file_range)
    content = os.urandom(9 * BUFFER + 7)
    (tmp_path / "source").write_bytes(content)
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        found = copy_hashing(stream, file.fileno(), size=len(content), told=lambda _count: None)
    assert found == (len(content), hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content


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
    with (tmp_path / "copy").open("w+b") as file:
        found = copy_hashing(Dribble(content), file.fileno(), size=len(content), told=lambda _count: None)  # type: ignore[arg-type]
    assert found == (len(content), hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content


def test_what_is_told_may_stop_the_copy_and_no_thread_stays(tmp_path: Path) -> None:
    def stop(_count: int) -> None:
        raise InterruptedError

    (tmp_path / "source").write_bytes(bytes(9 * BUFFER))
    with (tmp_path / "source").open("rb") as source:
        for stream in (source, io.BytesIO(bytes(9 * BUFFER))):
            with (tmp_path / "copy").open("w+b") as file, pytest.raises(InterruptedError):
                copy_hashing(stream, file.fileno(), size=9 * BUFFER, told=stop)
    assert not [thread for thread in threading.enumerate() if thread.name == "signoff-hash"]
