"""Digests of one file and of many; who stops gets none, and soon."""

import hashlib
import io
import os
import threading
import time
from pathlib import Path

import pytest

from signoff.errors import NotFoundError, StorageError
from signoff.storage.base import StoppedError, Storage
from signoff.storage.hashing import hash_file, hash_files
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage

SIZES = (0, 1, 65_535, 65_536, 1_048_576, 1_048_577, 3_000_000)


def never() -> bool:
    return False


@pytest.mark.parametrize("size", SIZES)
def test_a_digest_is_of_all_bytes_and_progress_adds_up(size: int) -> None:
    content = os.urandom(size)
    told: list[int] = []
    assert hash_file(io.BytesIO(content), progress=told.append) == hashlib.sha256(content).hexdigest()
    assert sum(told) == size
    assert hash_file(io.BytesIO(content), progress=None) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("said", [0, 1, 70_000, 5_000_000])
def test_a_file_that_is_not_as_large_as_it_was_is_hashed_to_its_end(tmp_path: Path, said: int) -> None:
    storage, content = LocalStorage(tmp_path), os.urandom(200_000)
    storage.put_new("a", content)
    found = hash_files(storage, ["a"], progress=None, stopped=never, sizes={"a": said})
    assert found == {"a": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("threads", [None, 1, 5])
@pytest.mark.parametrize("kind", ["local", "memory"])
def test_many_digests_come_in_the_order_asked(tmp_path: Path, kind: str, threads: int | None) -> None:
    storage: Storage = LocalStorage(tmp_path) if kind == "local" else MemoryStorage()
    contents = {f"m/{size}": os.urandom(size) for size in SIZES}
    for path, content in contents.items():
        storage.put_new(path, content)
    told: list[int] = []
    found = hash_files(storage, list(contents), progress=told.append, stopped=never, threads=threads)
    assert found == {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    assert list(found) == list(contents)
    assert sum(told) == sum(SIZES)


def test_no_files_have_no_digests(tmp_path: Path) -> None:
    assert hash_files(LocalStorage(tmp_path), [], progress=None, stopped=never) == {}


@pytest.mark.alone
def test_stopping_takes_less_than_half_a_second_and_gives_no_digests(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 1 << 34)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(StoppedError, match=r"stopped before every file was hashed"):
        hash_files(LocalStorage(tmp_path), ["a", "b", "c"], progress=None, stopped=stop.is_set)
    assert time.monotonic() - began < 0.8
    time.sleep(0.3)
    assert not [thread for thread in threading.enumerate() if thread.name == "signoff-hash"]


def test_small_files_stop_as_well() -> None:
    storage = MemoryStorage()
    storage.put_new("a", b"")
    with pytest.raises(StoppedError):
        hash_files(storage, ["a"], progress=None, stopped=lambda: True)


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_missing_file_or_a_symlink_is_an_error(tmp_path: Path, size: int) -> None:
    storage = LocalStorage(tmp_path)
    storage.put_new("a", b"." * size)
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(NotFoundError, match=r"'gone'"):
        hash_files(storage, ["a", "gone"], progress=None, stopped=never)
    with pytest.raises(StorageError, match=r"'link' is a symlink"):
        hash_files(storage, ["a", "link"], progress=None, stopped=never)


def test_a_file_that_vanishes_while_others_are_hashed_is_an_error() -> None:
    """It is there when its size is asked, and gone when its thread opens it."""
    storage = MemoryStorage()
    storage.put_new("a", b"." * 100_000)
    storage.put_new("b", b"." * 200_000)
    with pytest.raises(NotFoundError, match=r"'a'"):
        hash_files(storage, ["a", "b"], progress=lambda _count: storage.remove("a"), stopped=never, threads=1)


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(StorageError, match=r"cannot read 'mem'"):
        hash_files(LocalStorage("/proc/self"), ["mem"], progress=None, stopped=never)
