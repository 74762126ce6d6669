"""Kinds of folders that are not a plain disk: network mounts, full ones, ones that go away: nothing is lost or claimed."""

import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crew import Crew
from servers import Server
from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.local import LocalStorage

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts")
WRITERS, EACH = 16, 4


@pytest.fixture
def mounts(
    server: Callable[[str], Server], need_server: Callable[[str], str], tmp_path: Path
) -> Iterator[tuple[Path, Path]]:
    """Mount one folder of a server twice, as on two machines."""
    if not os.access("/dev/fuse", os.W_OK):
        pytest.skip("needs /dev/fuse")
    found, program = server("sshd"), need_server("sshfs")
    data = Path(urlsplit(found.base).path) / f"k{secrets.token_hex(6)}"
    data.mkdir()
    user = urlsplit(found.base).username
    words = ["-p", str(found.port), "-o", f"IdentityFile={found.options['key_filename']}"]
    words += ["-o", f"UserKnownHostsFile={found.options['known_hosts']}", "-o", "StrictHostKeyChecking=yes"]
    places = (tmp_path / "one", tmp_path / "two")
    mounted = []
    try:
        for place in places:
            place.mkdir()
            command = [program, f"{user}@127.0.0.1:{data}", str(place), *words]
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
            if done.returncode:
                pytest.skip(f"cannot mount by sshfs: {done.stderr}")
            mounted.append(place)
        yield places
    finally:
        for place in mounted:
            subprocess.run(["umount", "-l", str(place)], check=False)


def append(storage: LocalStorage, who: int, told: dict[str, str]) -> None:
    slot = 1
    for number in range(EACH):
        content = f"{who} {number} ".encode() * 2000
        while True:
            try:
                storage.put_new(f"log/{slot:08d}", content)
            except AlreadyExistsError:
                slot += 1
            else:
                told[f"{slot:08d}"] = f"{who} {number}"
                break


def test_sixteen_writers_on_two_mounts_of_one_folder_lose_nothing(mounts: tuple[Path, Path]) -> None:
    told: dict[str, str] = {}
    writers = [
        threading.Thread(target=append, args=(LocalStorage(mounts[who % 2]), who, told)) for who in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    storage = LocalStorage(mounts[0])
    slots = [entry.name for entry in storage.entries("log")]
    assert slots == [f"{slot:08d}" for slot in range(1, WRITERS * EACH + 1)]
    assert {slot: " ".join(storage.read(f"log/{slot}", most=50_000).decode().split()[:2]) for slot in slots} == told


def test_a_network_mount_is_polled_and_what_the_other_wrote_is_seen(mounts: tuple[Path, Path]) -> None:
    one, two = LocalStorage(mounts[0]), LocalStorage(mounts[1])
    can = one.capabilities()
    assert (can.writable, can.notifies, can.filesystem) == (True, False, "fuse.sshfs")
    one.put_new("log/00000001.rec", b"one")
    until = time.monotonic() + 30
    while two.entries("") == () and time.monotonic() < until:
        time.sleep(0.2)
    assert two.read("log/00000001.rec", most=9) == b"one"
    with pytest.raises(AlreadyExistsError):
        two.put_new("log/00000001.rec", b"two")


def mount_tmpfs(place: Path, options: str) -> None:
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount a tmpfs: {done.stderr}")


@NEEDS_ROOT
def test_a_mount_that_is_gone_is_not_written_below(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    mount_tmpfs(root, "size=1m")
    storage = LocalStorage(root)
    storage.put_new("log/00000001.rec", b"one")
    subprocess.run(["umount", str(root)], check=True)
    for write in (
        lambda: storage.put_new("log/00000002.rec", b"two"),
        lambda: storage.replace("README.md", b"two", expected=None),
    ):
        with pytest.raises(StorageError, match="it is not the folder that was opened") as told:
            write()
        assert "mounted" in told.value.hint
    assert list(root.iterdir()) == []


def fill(storage: LocalStorage, written: list[int], *, content: bytes = b"one") -> None:
    """Write records until there is no room."""
    for number in range(1, 100):
        storage.put_new(f"log/{number:08d}.rec", content)
        written.append(number)


@NEEDS_ROOT
def test_a_quota_that_is_reached_refuses_with_advice_and_loses_nothing(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    mount_tmpfs(root, "size=4m,nr_inodes=12")
    try:
        storage = LocalStorage(root)
        written: list[int] = []
        with pytest.raises(StorageError, match="No space left on device") as told:
            fill(storage, written)
        assert "make room" in told.value.hint
        assert [entry.name for entry in storage.entries("log")] == [f"{number:08d}.rec" for number in written]
        assert storage.entries(".signoff/tmp") == ()
    finally:
        subprocess.run(["umount", str(root)], check=True)


def allow(folder: Path, size: str) -> None:
    """Say how much a folder with a quota may hold."""
    subprocess.run(["btrfs", "qgroup", "limit", size, str(folder)], check=True, capture_output=True)


@pytest.fixture
def limited(need_server: Callable[[str], str], tmp_path: Path) -> Iterator[Path]:
    """Mount a real filesystem with a folder that may hold a megabyte."""
    image, place = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(128 * 1024 * 1024)
    subprocess.run([need_server("mkfs.btrfs"), "-q", str(image)], check=True, capture_output=True)
    place.mkdir()
    done = subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount a disk image: {done.stderr}")
    try:
        registry = place / "registry"
        for words in (("quota", "enable", str(place)), ("subvolume", "create", str(registry))):
            subprocess.run([need_server("btrfs"), *words], check=True, capture_output=True)
        allow(registry, "1M")
        yield registry
    finally:
        subprocess.run(["umount", str(place)], check=True)


@NEEDS_ROOT
def test_a_quota_of_bytes_that_is_reached_refuses_whole_records_and_going_on_is_possible(limited: Path) -> None:
    storage = LocalStorage(limited)
    written: list[int] = []
    with pytest.raises(StorageError, match="Disk quota exceeded") as told:
        fill(storage, written, content=os.urandom(60_000))
    assert "make room" in told.value.hint
    assert len(written) > 3
    assert [entry.name for entry in storage.entries("log")] == [f"{number:08d}.rec" for number in written]
    assert {info.size for _, info in storage.walk("log")} == {60_000}
    assert storage.entries(".signoff/tmp") == ()
    allow(limited, "8M")
    assert storage.put_new(f"log/{len(written) + 1:08d}.rec", os.urandom(60_000))


@NEEDS_ROOT
def test_a_version_over_the_quota_is_not_registered_by_half_and_is_registered_once_there_is_room(
    limited: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/weights.bin").write_bytes(os.urandom(2_000_000))
    with Crew(tmp_path / "people", "ana") as crew:
        crew.path, crew.url = limited, str(limited)
        crew.found(threshold=1)
        done = crew.run("ana", "register", "fraud:1", str(tmp_path / "out"), "--copy")
        assert done.code == 7
        assert "Disk quota exceeded" in done.err
        assert "make room" in done.err
        assert not (limited / "models/fraud/versions/1").exists()
        crew.need("", "verify")
        allow(limited, "16M")
        crew.need("ana", "register", "fraud:1", str(tmp_path / "out"), "--copy")
        crew.need("", "verify", "--deep")
