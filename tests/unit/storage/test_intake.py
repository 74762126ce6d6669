"""A folder from elsewhere comes in whole, by the way that was asked, also after a kill."""

import errno
import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.base import StoppedError
from signoff.storage.intake import bring_in
from signoff.storage.local import LocalStorage
from signoff.storage.placing import How

FILES = {
    "weights.bin": b"w" * 3_000_000,
    "tokenizer/vocab.txt": b"a\nb\n",
    "tokenizer/deep/er.json": b"{}",
    "empty": b"",
}
DESTINATION = "models/fraud/versions/7"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for path, content in FILES.items():
        (tmp_path / "training/out" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "training/out" / path).write_bytes(content)
        os.utime(tmp_path / "training/out" / path, ns=(1, 1_600_000_000_123_456_789))
    return tmp_path / "training/out"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    (tmp_path / "registry").mkdir()
    return LocalStorage(tmp_path / "registry")


@pytest.fixture
def far() -> Iterator[Path]:
    """A folder on another filesystem."""
    place = Path(f"/dev/shm/signoff-test-{os.getpid()}")
    place.mkdir()
    yield place
    shutil.rmtree(place, ignore_errors=True)


def contents(storage: LocalStorage, path: str = DESTINATION) -> dict[str, bytes]:
    return {name: storage.read(f"{path}/{name}", most=1 << 30) for name, _ in storage.walk(path)}


def inode(place: str | Path) -> int:
    return Path(place).stat().st_ino


def leftovers(storage: LocalStorage) -> list[str]:
    return [entry.name for entry in storage.entries(".signoff/tmp")]


@pytest.mark.parametrize("how", ["auto", "copy", "link"])
def test_a_folder_comes_in_whole_and_the_source_stays(storage: LocalStorage, source: Path, how: How) -> None:
    told: list[int] = []
    done = bring_in(storage, str(source), DESTINATION, how=how, progress=told.append)
    assert contents(storage) == FILES
    assert {path: (source / path).read_bytes() for path in FILES} == FILES
    assert sum(told) == sum(map(len, FILES.values()))
    shared = inode(f"{storage.root}/{DESTINATION}/weights.bin") == inode(source / "weights.bin")
    assert (done, shared) in {("copy", False), ("reflink", False), ("link", True)}
    assert how in {"auto", done}
    assert leftovers(storage) == []
    assert storage.info(f"{DESTINATION}/weights.bin").modified == (source / "weights.bin").stat().st_mtime


def test_a_move_leaves_no_source(storage: LocalStorage, source: Path) -> None:
    assert bring_in(storage, str(source), DESTINATION, how="move") == "move"
    assert contents(storage) == FILES
    assert not source.exists()
    assert source.parent.exists()


def test_a_move_keeps_what_changed_since_and_says_so(storage: LocalStorage, source: Path) -> None:
    def meddle(_count: int) -> None:
        if (source / "empty").exists():
            (source / "empty").unlink()
            (source / "empty").write_bytes(b"written later")

    assert bring_in(storage, str(source), DESTINATION, how="move", progress=meddle) == "link"
    assert contents(storage)["empty"] in {b"", b"written later"}
    assert (source / "empty").read_bytes() == b"written later"
    assert not (source / "weights.bin").exists()


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs a filesystem without reflinks: /dev/shm")
def test_reflink_alone_is_refused_where_there_are_none(storage: LocalStorage, far: Path) -> None:
    (far / "x").write_bytes(b"one")
    with pytest.raises(StorageError, match=r"by reflink: the filesystems do not allow it") as caught:
        bring_in(storage, str(far), DESTINATION, how="reflink")
    assert caught.value.hint == "bring it in by copy"
    assert not Path(storage.root, DESTINATION).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a filesystem with reflinks")
def test_where_there_are_reflinks_they_are_taken_first(
    tmp_path: Path, source: Path, need_server: Callable[[str], str]
) -> None:
    (tmp_path / "disk").touch()
    os.truncate(tmp_path / "disk", 400 << 20)
    subprocess.run([need_server("mkfs.xfs"), "-q", str(tmp_path / "disk")], check=True)
    (tmp_path / "mounted").mkdir()
    command = ["mount", "-o", "loop", str(tmp_path / "disk"), str(tmp_path / "mounted")]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"cannot mount xfs: {done.stderr.decode()}")
    try:
        near = tmp_path / "mounted/out"
        shutil.copytree(source, near)
        storage = LocalStorage(tmp_path / "mounted/registry")
        Path(storage.root).mkdir()
        assert bring_in(storage, str(near), DESTINATION) == "reflink"
        assert contents(storage) == FILES
        assert inode(f"{storage.root}/{DESTINATION}/weights.bin") != inode(near / "weights.bin")
        (near / "weights.bin").write_bytes(b"edited later")
        assert contents(storage) == FILES
    finally:
        subprocess.run(["umount", str(tmp_path / "mounted")], check=True)


def test_a_single_file_comes_in_by_its_name(storage: LocalStorage, source: Path) -> None:
    assert bring_in(storage, str(source / "weights.bin"), DESTINATION, how="copy") == "copy"
    assert contents(storage) == {"weights.bin": FILES["weights.bin"]}
    assert bring_in(storage, str(source / "weights.bin"), "models/fraud/versions/8", how="move") == "move"
    assert (source / "empty").exists()
    assert not (source / "weights.bin").exists()


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs a second filesystem: /dev/shm")
def test_from_another_filesystem_it_is_copied(storage: LocalStorage, far: Path) -> None:
    (far / "x").write_bytes(b"one")
    assert bring_in(storage, str(far), DESTINATION) == "copy"
    with pytest.raises(StorageError, match=r"by link: the filesystems do not allow it"):
        bring_in(storage, str(far), "models/fraud/versions/8", how="link")
    assert bring_in(storage, str(far), "models/fraud/versions/9", how="move") == "move"
    assert not far.exists()


@pytest.mark.parametrize("number", [errno.EINVAL, 0], ids=["refuses", "answers 0"])
def test_where_the_kernel_does_not_copy_it_is_copied_here(
    storage: LocalStorage, source: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def copy_file_range(_source: int, _target: int, _count: int) -> int:
        if number:
            raise OSError(number, os.strerror(number))
        return 0

    monkeypatch.setattr(os, "copy_file_range", copy_file_range)
    assert bring_in(storage, str(source), DESTINATION, how="copy") == "copy"
    assert contents(storage) == FILES


def test_an_occupied_destination_is_refused_and_nothing_is_staged(storage: LocalStorage, source: Path) -> None:
    storage.put_new(f"{DESTINATION}/x", b"one")
    with pytest.raises(AlreadyExistsError, match=rf"{DESTINATION}.*it is there already"):
        bring_in(storage, str(source), DESTINATION)
    assert leftovers(storage) == []
    assert contents(storage) == {"x": b"one"}


def test_one_who_takes_the_destination_meanwhile_wins(storage: LocalStorage, source: Path) -> None:
    def take(_count: int) -> None:
        storage.put_new(f"{DESTINATION}/x", b"one")

    with pytest.raises(AlreadyExistsError, match=r"it is there already"):
        bring_in(storage, str(source), DESTINATION, progress=take)
    assert contents(storage) == {"x": b"one"}


def test_an_empty_destination_is_filled(storage: LocalStorage, source: Path) -> None:
    Path(storage.root, DESTINATION).mkdir(parents=True)
    bring_in(storage, str(source), DESTINATION)
    assert contents(storage) == FILES


def test_an_empty_or_missing_source_is_refused(storage: LocalStorage, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(StorageError, match=r"it holds no file"):
        bring_in(storage, str(tmp_path / "nothing"), DESTINATION)
    with pytest.raises(StorageError, match=r"No such file"):
        bring_in(storage, str(tmp_path / "gone"), DESTINATION)


def test_a_destination_inside_its_source_is_refused(storage: LocalStorage) -> None:
    storage.put_new("models/fraud/x", b"one")
    with pytest.raises(StorageError, match=r"lies inside it"):
        bring_in(storage, f"{storage.root}/models", DESTINATION)


def test_a_read_only_registry_takes_nothing(storage: LocalStorage, source: Path) -> None:
    with pytest.raises(StorageError, match=r"it was opened read-only"):
        bring_in(LocalStorage(storage.root, read_only=True), str(source), DESTINATION)


def test_a_file_that_changes_while_it_is_read_is_refused(storage: LocalStorage, source: Path) -> None:
    def meddle(_count: int) -> None:
        (source / "weights.bin").write_bytes(b"shorter")

    with pytest.raises(StorageError, match=r"weights.bin': it changed while it was read"):
        bring_in(storage, str(source / "weights.bin"), DESTINATION, how="copy", progress=meddle)
    assert not Path(storage.root, DESTINATION).exists()


def test_known_bytes_are_linked_and_checked_first(storage: LocalStorage, source: Path) -> None:
    bring_in(storage, str(source), DESTINATION, how="copy")
    known = {hashlib.sha256(content).hexdigest(): f"{DESTINATION}/{path}" for path, content in FILES.items()}
    for path in ("models/fraud/versions/8", "models/fraud/versions/9"):
        assert bring_in(storage, str(source), path, how="copy", known=known.get) == "dedupe"
        assert contents(storage, path) == FILES
    root = Path(storage.root)
    assert inode(root / DESTINATION / "weights.bin") == inode(root / "models/fraud/versions/9/weights.bin")


def test_a_known_file_with_other_bytes_is_not_taken(storage: LocalStorage, source: Path) -> None:
    storage.put_new("models/fraud/versions/6/weights.bin", b"something else")
    done = bring_in(
        storage, str(source), DESTINATION, how="copy", known=lambda _: "models/fraud/versions/6/weights.bin"
    )
    assert done == "copy"
    assert contents(storage) == FILES
    assert bring_in(storage, str(source), "models/x", how="copy", known=lambda _: "models/gone") == "copy"


def test_one_who_stops_can_go_on(storage: LocalStorage, source: Path) -> None:
    seen: list[int] = []
    with pytest.raises(StoppedError):
        bring_in(storage, str(source), DESTINATION, how="copy", progress=seen.append, stopped=lambda: bool(seen))
    assert not Path(storage.root, DESTINATION).exists()
    with pytest.raises(StoppedError):
        bring_in(storage, str(source / "weights.bin"), DESTINATION, how="copy", stopped=lambda: True)
    bring_in(storage, str(source), DESTINATION, how="copy")
    assert contents(storage) == FILES


KILLED = """
import sys, time
from signoff.storage.intake import bring_in
from signoff.storage.local import LocalStorage
def told(count):
    print(count, flush=True)
    time.sleep(0.002)
bring_in(LocalStorage(sys.argv[1]), sys.argv[2], "models/fraud/versions/7", how=sys.argv[3], progress=told)
"""


@pytest.mark.parametrize("how", ["copy", "link", "move"])
def test_killed_at_any_moment_the_same_request_goes_on(storage: LocalStorage, tmp_path: Path, how: How) -> None:
    files = {f"part/{number}.bin": os.urandom(50_000) for number in range(60)}
    for path, content in files.items():
        (tmp_path / "big" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "big" / path).write_bytes(content)
    for _ in range(4):
        command = [sys.executable, "-c", KILLED, storage.root, str(tmp_path / "big"), how]
        intake = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert intake.stdout is not None
        assert intake.stdout.readline()
        time.sleep(random.uniform(0, 0.06))
        intake.kill()
        intake.communicate()
        assert not Path(storage.root, DESTINATION).exists()
    staged = {path: info for path, info in storage.walk(".signoff/tmp") if path.endswith(".bin")}
    assert staged
    kept = {inode(f"{storage.root}/.signoff/tmp/{path}") for path in staged}
    bring_in(storage, str(tmp_path / "big"), DESTINATION, how=how)
    assert contents(storage) == files
    assert kept <= {inode(f"{storage.root}/{DESTINATION}/{path}") for path in files}
    assert leftovers(storage) == []
    assert (tmp_path / "big").exists() == (how != "move")


def test_a_file_that_was_staged_is_staged_again_when_its_source_changed(storage: LocalStorage, source: Path) -> None:
    seen: list[int] = []
    with pytest.raises(StoppedError):
        bring_in(storage, str(source), DESTINATION, how="copy", progress=seen.append, stopped=lambda: len(seen) > 1)
    for path in FILES:
        (source / path).write_bytes(b"changed")
    (source / "empty").unlink()
    bring_in(storage, str(source), DESTINATION, how="copy")
    assert contents(storage) == dict.fromkeys(sorted(set(FILES) - {"empty"}), b"changed")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts and groups")
def test_models_on_another_device_and_with_a_group_of_their_own(storage: LocalStorage, source: Path) -> None:
    models = Path(storage.root, "models")
    models.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(models)], check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr.decode()}")
    try:
        os.chown(models, 0, 65534)
        models.chmod(0o2775)
        assert bring_in(storage, str(source), DESTINATION) == "copy"
        assert contents(storage) == FILES
        assert {place.stat().st_gid for place in models.rglob("*")} == {65534}
        assert [entry.name for entry in storage.entries("models/fraud/versions")] == ["7"]
    finally:
        subprocess.run(["umount", str(models)], check=True)
