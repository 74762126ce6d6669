"""Sending a folder to a registry elsewhere: resumed after a stop, and never mixed with what somebody else sends."""

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.base import StoppedError, Told
from signoff.storage.memory import MemoryStorage
from signoff.storage.sending import Sending

TO = "models/fraud/versions/1"


class Counting(MemoryStorage):
    """Remembers which files were sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        self.sent.append(path.removeprefix(f"{TO}/"))
        return super().put_stream(path, stream, size=size, sha256=sha256, told=told)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "b").mkdir(parents=True)
    for name in ("a.bin", "b/c.bin", "d.bin"):
        (folder / name).write_bytes(name.encode() * 100)
    return folder


def send(storage: MemoryStorage, source: Path, *, most: int = 99) -> dict[str, tuple[int, str]]:
    """Send a folder, and stop before the file after `most`."""
    asked = iter(range(99))
    sending = Sending(storage, str(source), "models/fraud")
    return dict(sending.send(TO, stopped=lambda: next(asked) >= most))


def test_digests_are_of_what_was_sent_and_nothing_private_is_left(source: Path) -> None:
    storage = MemoryStorage()
    found = send(storage, source)
    for path, (size, digest) in found.items():
        content = storage.read(f"{TO}/{path}", most=size)
        assert hashlib.sha256(content).hexdigest() == digest
    assert [path for path, _ in storage.walk("")] == [f"{TO}/{name}" for name in ("a.bin", "b/c.bin", "d.bin")]


def test_a_stopped_one_goes_on_from_the_files_that_were_complete(source: Path) -> None:
    storage = Counting()
    with pytest.raises(StoppedError):
        send(storage, source, most=2)
    assert Sending(storage, str(source), "models/fraud").destination == TO
    send(storage, source)
    assert sorted(storage.sent) == sorted({*storage.sent})
    assert len(storage.sent) == 3


def test_a_file_that_changed_since_is_sent_again(source: Path) -> None:
    storage = Counting()
    with pytest.raises(StoppedError):
        send(storage, source, most=2)
    (source / "a.bin").write_bytes(b"trained further")
    send(storage, source)
    assert storage.read(f"{TO}/a.bin", most=99) == b"trained further"


def test_two_who_send_the_same_version_never_mix_their_files(source: Path, tmp_path: Path) -> None:
    storage = MemoryStorage()
    with pytest.raises(StoppedError):
        send(storage, source, most=1)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.bin").write_bytes(b"theirs")
    with pytest.raises(AlreadyExistsError, match=f"'{TO}'"):
        send(storage, other)
    assert storage.read(f"{TO}/a.bin", most=999) == (source / "a.bin").read_bytes()


def test_a_version_that_is_there_is_refused(source: Path) -> None:
    storage = MemoryStorage()
    send(storage, source)
    with pytest.raises(AlreadyExistsError, match="it is there already"):
        send(storage, source)


def test_a_symlink_in_the_source_is_refused_before_anything_is_sent(source: Path) -> None:
    (source / "link").symlink_to("a.bin")
    storage = MemoryStorage()
    with pytest.raises(StorageError, match="symlink"):
        send(storage, source)
    assert storage.entries("") == ()


def test_a_place_that_is_read_only_is_refused(source: Path) -> None:
    with pytest.raises(StorageError, match="read-only"):
        send(MemoryStorage(read_only=True), source)
