"""A folder of this machine keeps the contract of storages; modes, groups and read-only places are respected."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.storage_contract import StorageContract, Vandal
from signoff.errors import StorageError
from signoff.storage.local import LocalStorage

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts, other users and groups")
NOBODY = 65534


class FolderVandal:
    def __init__(self, root: Path) -> None:
        self.root = root

    def file(self, path: str, content: bytes) -> None:
        (self.root / path).write_bytes(content)

    def folder(self, path: str) -> None:
        (self.root / path).mkdir(parents=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry's root that was written before: its folder for private files is there, as after any first write."""
    (tmp_path / "registry").mkdir()
    return tmp_path / "registry"


class TestLocalStorage(StorageContract):
    @pytest.fixture
    def storage(self, root: Path) -> LocalStorage:
        return LocalStorage(root)

    @pytest.fixture
    def vandal(self, root: Path) -> Vandal:
        return FolderVandal(root)

    @pytest.fixture
    def read_only(self, root: Path) -> LocalStorage:
        return LocalStorage(root, read_only=True)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0o002, 0o664, 0o775), (0o077, 0o600, 0o700), (0o022, 0o644, 0o755)]
)
def test_the_umask_decides_who_may_read(root: Path, umask: int, file: int, folder: int) -> None:
    before = os.umask(umask)
    try:
        LocalStorage(root).put_new("a/b/x", b"one")
    finally:
        os.umask(before)
    assert [mode(root / path) for path in ("a", "a/b", "a/b/x", ".signoff/tmp")] == [folder, folder, file, folder]


def test_in_a_folder_that_is_shared_its_group_reads_and_goes_on_whatever_the_umask(root: Path) -> None:
    root.chmod(0o2770)
    before = os.umask(0o077)
    try:
        LocalStorage(root).put_new("a/b/x", b"one")
    finally:
        os.umask(before)
    assert [mode(root / path) for path in ("a", "a/b", ".signoff/tmp")] == [0o2770] * 3
    assert mode(root / "a/b/x") == 0o640


def test_a_folder_that_only_hands_its_group_down_is_not_shared(root: Path) -> None:
    root.chmod(0o2750)
    before = os.umask(0o077)
    try:
        LocalStorage(root).put_new("a/x", b"one")
    finally:
        os.umask(before)
    assert (mode(root / "a"), mode(root / "a/x")) == (0o2700, 0o600)


def test_replacing_keeps_the_mode_of_a_working_file(root: Path) -> None:
    storage = LocalStorage(root)
    storage.put_new("README.md", b"one")
    (root / "README.md").chmod(0o640)
    storage.replace("README.md", b"two", expected=b"one")
    assert mode(root / "README.md") == 0o640


@NEEDS_ROOT
def test_a_folder_with_setgid_gives_its_group_to_files_and_folders(root: Path) -> None:
    (root / "a").mkdir()
    os.chown(root / "a", 0, NOBODY)
    (root / "a").chmod(0o2775)
    LocalStorage(root).put_new("a/b/x", b"one")
    assert [(root / path).stat().st_gid for path in ("a/b", "a/b/x")] == [NOBODY, NOBODY]
    assert mode(root / "a/b") & stat.S_ISGID


def test_the_root_may_be_reached_through_symlinks(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    storage = LocalStorage(tmp_path / "link")
    assert storage.put_new("a/x", b"one")
    assert storage.url == str(tmp_path / "link")
    assert (root / "a/x").read_bytes() == b"one"


def test_changing_the_working_folder_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    storage = LocalStorage("registry")
    monkeypatch.chdir("/")
    storage.put_new("x", b"one")
    assert (root / "x").read_bytes() == b"one"


def test_a_missing_root_is_reported_and_not_writable(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "gone")
    assert not storage.capabilities().writable
    with pytest.raises(StorageError, match=r"gone.*No such file"):
        storage.put_new("x", b"")


def as_nobody(root: Path, code: str) -> str:
    """Run code as a user who is not root, where this one is; `storage` is open on the root."""
    become = f"import os; os.setgid({NOBODY}); os.setuid({NOBODY})\n" if os.geteuid() == 0 else ""
    start = (
        "from signoff.storage.local import LocalStorage\nfrom signoff.errors import StorageError\nimport errno, sys\n"
    )
    script = f"{start}{become}storage = LocalStorage({str(root)!r})\n{code}"
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def open_way(root: Path) -> None:
    """Let every user reach the root."""
    for folder in root.parents:
        if folder != Path("/") and folder.owner() == Path("/proc/self").owner():
            folder.chmod(folder.stat().st_mode | 0o755)


def test_a_folder_without_write_permission_is_read_only(root: Path, open_way: None) -> None:
    LocalStorage(root).put_new("x", b"one")
    for folder in (root / ".signoff/tmp", root / ".signoff", root):
        folder.chmod(0o555)
    code = """
can = storage.capabilities()
print(can.writable, can.reason)
print(storage.read("x", most=9))
try:
    storage.put_new("y", b"")
except StorageError as error:
    print(error)
"""
    assert as_nobody(root, code).splitlines() == [
        "False this user may not write there",
        "b'one'",
        "cannot write 'y': Permission denied",
    ]


def test_one_who_may_write_only_the_log_publishes_from_beside_the_slot(root: Path, open_way: None) -> None:
    (root / "log").mkdir()
    (root / "log").chmod(0o777)
    root.chmod(0o555)
    assert as_nobody(root, "print(storage.put_new('log/x', b'one'))") == "True\n"
    assert [file.name for file in (root / "log").iterdir()] == ["x"]


def mount_tmpfs(place: Path, options: str = "size=256k") -> None:
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr.decode()}")


@NEEDS_ROOT
def test_a_full_disk_refuses_and_leaves_nothing(root: Path) -> None:
    mount_tmpfs(root)
    try:
        storage = LocalStorage(root)
        storage.put_new("x", b"one")
        with pytest.raises(StorageError, match=r"cannot write 'y': No space left on device"):
            storage.put_new("y", b"." * 300_000)
        assert [path for path, _ in storage.walk("")] == ["x"]
        storage.put_new("z", b"." * 100_000)
        with pytest.raises(StorageError, match=r"cannot write 'z': No space left on device"):
            storage.replace("z", b"!" * 200_000, expected=b"." * 100_000)
        assert storage.read("z", most=100_000) == b"." * 100_000
    finally:
        subprocess.run(["umount", str(root)], check=True)


@NEEDS_ROOT
def test_a_folder_on_another_device_is_published_to_from_beside_the_slot(root: Path) -> None:
    mount_tmpfs(root / "models")
    try:
        storage = LocalStorage(root)
        assert storage.put_new("models/x", b"one")
        assert not storage.put_new("models/x", b"one")
        storage.replace("models/x", b"two", expected=b"one")
        assert [path for path, _ in storage.walk("")] == ["models/x"]
        assert storage.read("models/x", most=9) == b"two"
    finally:
        subprocess.run(["umount", str(root / "models")], check=True)


@NEEDS_ROOT
def test_a_read_only_mount_is_said_to_be_read_only(root: Path) -> None:
    mount_tmpfs(root, "ro")
    try:
        can = LocalStorage(root).capabilities()
        assert (can.writable, can.reason, can.filesystem) == (False, "it is mounted read-only", "tmpfs")
    finally:
        subprocess.run(["umount", str(root)], check=True)
