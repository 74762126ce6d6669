"""A digest taken beside a copy is of what was written, also when buffers are filled again and again."""

import fcntl
import hashlib
import io
import os
import threading
from pathlib import Path

import pytest

from signoff.storage.copying import BUFFER, FICLONE, copy_hashing


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
def test_a_file_is_copied_from_where_it_stands(tmp_path: Path, start: int, missing: int) -> None:
    """A source that is shorter or longer than it should be is told by the count; no more than one buffer above is taken."""
    content = os.urandom(90 * BUFFER + 7)
    (tmp_path / "source").write_bytes(content)
    size = len(content) - start + missing
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        stream.read(start)
        count, digest = copy_hashing(stream, file.fileno(), size=size, told=lambda _count: None)
    copied = (tmp_path / "copy").read_bytes()
    assert len(content) - start - BUFFER < count == len(copied) <= len(content) - start
    assert (count == size) is (missing == 0)
    assert copied == content[start : start + count]
    assert digest == hashlib.sha256(copied).hexdigest()


def test_no_more_than_one_buffer_above_what_is_wanted_is_taken(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bytes(40 * BUFFER))
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        count, _ = copy_hashing(stream, file.fileno(), size=20 * BUFFER, told=lambda _count: None)
    assert 20 * BUFFER < count <= 21 * BUFFER


@pytest.mark.parametrize("changed", [False, True])
def test_where_the_filesystem_shares_blocks_what_the_file_holds_is_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, changed: bool
) -> None:
    """As btrfs and XFS do: whoever writes to the source afterwards changes nothing of the copy."""
    content = os.urandom(9 * BUFFER + 7)
    source = tmp_path / "source"
    source.write_bytes(content)

    def ioctl(file: int, request: int, other: int) -> int:
        assert request == FICLONE
        os.pwrite(file, os.pread(other, len(content), 0), 0)
        if changed:
            source.write_bytes(bytes(len(content)))
        return 0

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    with source.open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        told: list[int] = []
        found = copy_hashing(stream, file.fileno(), size=len(content), told=told.append)
    assert found == (len(content), hashlib.sha256(content).hexdigest())
    assert (tmp_path / "copy").read_bytes() == content
    assert sum(told) == len(content)


@pytest.mark.parametrize(("start", "missing"), [(5, 0), (0, 1), (0, -1)])
def test_a_part_of_a_file_and_one_of_another_size_share_no_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: int, missing: int
) -> None:
    monkeypatch.setattr(fcntl, "ioctl", None)
    content = os.urandom(3 * BUFFER)
    (tmp_path / "source").write_bytes(content)
    with (tmp_path / "source").open("rb") as stream, (tmp_path / "copy").open("w+b") as file:
        stream.read(start)
        count, digest = copy_hashing(
            stream, file.fileno(), size=len(content) - start + missing, told=lambda _count: None
        )
    assert (count, digest) == (len(content) - start, hashlib.sha256(content[start:]).hexdigest())


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
