"""What link(2) answers is not what happened: the target is.

The answers of a network filesystem are played here: link does what it does, and then says something else.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.local import LocalStorage

Link = Callable[..., None]
REAL_LINK: Link = os.link


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path)


def answer(number: int, *, first: Link | None = None) -> Link:
    """Return a link(2) that does `first`, if anything, and then fails."""

    def link(source: str, target: str, **folders: int) -> None:
        if first:
            first(source, target, **folders)
        raise OSError(number, os.strerror(number))

    return link


def steal(content: bytes) -> Link:
    """Return a link(2) before which somebody else publishes."""

    def link(_source: str, target: str, **folders: int) -> None:
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=folders["dst_dir_fd"])
        os.write(file, content)
        os.close(file)

    return link


@pytest.mark.parametrize("number", [errno.EEXIST, errno.EIO, errno.ETIMEDOUT])
def test_a_lost_answer_is_not_a_lost_race(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "link", answer(number, first=REAL_LINK))
    assert storage.put_new("log/1", b"mine")
    assert storage.read("log/1", most=9) == b"mine"
    assert storage.entries(".signoff/tmp") == ()


@pytest.mark.parametrize("number", [errno.EEXIST, errno.EIO, errno.EPERM])
def test_a_race_lost_to_other_bytes_is_told(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "link", answer(number, first=steal(b"theirs")))
    with pytest.raises(AlreadyExistsError, match=r"'log/1': other bytes are there"):
        storage.put_new("log/1", b"mine!!")
    assert storage.read("log/1", most=9) == b"theirs"


def test_a_race_lost_to_the_same_bytes_is_no_conflict(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", answer(errno.EIO, first=steal(b"same")))
    assert not storage.put_new("log/1", b"same")


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EINVAL])
def test_a_filesystem_without_links_is_read_only_and_says_so(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "link", answer(number))
    assert storage.capabilities().writable
    with pytest.raises(StorageError, match=r"cannot publish without replacing") as caught:
        storage.put_new("log/1", b"mine")
    assert "read-only for signoff" in caught.value.hint
    assert not storage.capabilities().writable
    assert "cannot publish without replacing" in storage.capabilities().reason
    assert storage.entries("log") == ()
    assert storage.entries(".signoff/tmp") == ()


def test_another_failure_is_reported_and_the_next_try_may_work(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, "link", answer(errno.EIO))
        with pytest.raises(StorageError, match=r"cannot publish 'log/1': Input/output error"):
            storage.put_new("log/1", b"mine")
    assert storage.put_new("log/1", b"mine")


def test_a_folder_that_cannot_be_synced_is_no_failure_but_a_failing_disk_is(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fail_on_folders(number: int) -> Callable[[int], None]:
        def sync(file: int) -> None:
            if Path(f"/proc/self/fd/{file}").is_dir():
                raise OSError(number, os.strerror(number))
            real(file)

        return sync

    monkeypatch.setattr(os, "fsync", fail_on_folders(errno.EINVAL))
    assert storage.put_new("log/1", b"mine")
    monkeypatch.setattr(os, "fsync", fail_on_folders(errno.EIO))
    with pytest.raises(StorageError, match=r"cannot make durable 'log/2': Input/output error"):
        storage.put_new("log/2", b"mine")
    with pytest.raises(StorageError, match=r"cannot make the folder 'new'"):
        storage.put_new("new/2", b"mine")


def test_a_disk_that_fails_to_replace_leaves_the_working_file(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(_source: str, _target: str, **_folders: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    storage.put_new("README.md", b"one")
    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(StorageError, match=r"cannot write 'README.md': Input/output error"):
        storage.replace("README.md", b"two", expected=b"one")
    assert storage.read("README.md", most=9) == b"one"
    assert storage.entries(".signoff/tmp") == ()


def test_a_hint_replaces_nothing(storage: LocalStorage) -> None:
    storage.put_hint("log/1", b"first")
    with pytest.raises(AlreadyExistsError):
        storage.put_hint("log/1", b"second")
    assert storage.read("log/1", most=10) == b"first"


def test_a_hint_is_refused_where_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="read-only"):
        LocalStorage(tmp_path, read_only=True).put_hint("log/1", b"first")
    assert list(tmp_path.iterdir()) == []
