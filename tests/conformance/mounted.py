"""What a folder on a network filesystem must keep, where it is mounted twice: run where TWO_MOUNTS names both, as `/a:/b`.

It is no test of its own: `test_kernel_nfs.py` runs it in a machine that has such mounts.
"""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.test_remote_story import config_of, live_through
from conformance.storage_contract import StorageContract, Vandal
from conformance.test_local_concurrency import APPEND, finish, launch, start
from conformance.test_local_kinds import append
from conformance.test_local_storage import FolderVandal
from crew import Crew
from signoff.errors import AlreadyExistsError, NotFoundError
from signoff.storage.local import LocalStorage

PROCESSES, EACH = 16, 4
THREADS = 16
ATTRIBUTES_KEPT = 60.0  # nfs(5): acregmax and acdirmax
SPOKEN = 5


@pytest.fixture
def mounts() -> tuple[Path, Path]:
    """Return one new folder, as two mounts show it."""
    one, two = (Path(place) for place in os.environ["TWO_MOUNTS"].split(":"))
    name = f"k{secrets.token_hex(6)}"
    (one / name).mkdir()
    (two / name).stat()
    return one / name, two / name


@pytest.fixture
def root(mounts: tuple[Path, Path]) -> Path:
    (mounts[0] / "registry").mkdir()
    return mounts[0] / "registry"


class TestMountedStorage(StorageContract):
    @pytest.fixture
    def storage(self, root: Path) -> LocalStorage:
        return LocalStorage(root)

    @pytest.fixture
    def vandal(self, root: Path) -> Vandal:
        return FolderVandal(root)

    @pytest.fixture
    def read_only(self, root: Path) -> LocalStorage:
        return LocalStorage(root, read_only=True)


def test_it_is_written_to_and_polled(mounts: tuple[Path, Path]) -> None:
    can = LocalStorage(mounts[0]).capabilities()
    assert (can.writable, can.notifies, can.filesystem) == (True, False, os.environ["FILESYSTEM"])


def test_of_two_machines_one_creates_a_slot_whatever_the_other_remembers(mounts: tuple[Path, Path]) -> None:
    one, two = LocalStorage(mounts[0]), LocalStorage(mounts[1])
    one.put_new("log/0", b"made")
    for slot in range(1, 20):
        with pytest.raises(NotFoundError):
            two.read(f"log/{slot}", most=9)  # remembered as missing there
        one.put_new(f"log/{slot}", b"one")
        with pytest.raises(AlreadyExistsError):
            two.put_new(f"log/{slot}", b"two")
        assert two.read(f"log/{slot}", most=9) == b"one"
        assert not two.put_new(f"log/{slot}", b"one")


def is_listed(storage: LocalStorage, slot: int) -> bool:
    return len(storage.entries("log")) >= slot


def is_read(storage: LocalStorage, slot: int) -> bool:
    try:
        return bool(storage.read(f"log/{slot}", most=9))
    except NotFoundError:
        return False


@pytest.mark.parametrize("is_seen", [is_listed, is_read])
def test_what_the_other_machine_wrote_is_seen_while_attributes_are_kept_and_no_later(
    mounts: tuple[Path, Path], is_seen: Callable[[LocalStorage, int], bool]
) -> None:
    one, two = LocalStorage(mounts[0]), LocalStorage(mounts[1])
    one.put_new("log/1", b"one")
    waited = []
    for slot in range(2, 2 + SPOKEN):
        while not is_seen(two, slot - 1):
            time.sleep(0.05)
        assert not is_seen(two, slot)
        one.put_new(f"log/{slot}", b"one")
        since = time.monotonic()
        while not is_seen(two, slot):
            assert time.monotonic() - since < ATTRIBUTES_KEPT
            time.sleep(0.05)
        waited.append(time.monotonic() - since)
    sys.stdout.write(f"SAID: {is_seen.__name__} after {', '.join(f'{seconds:.1f}' for seconds in waited)} s\n")


def test_sixteen_processes_on_two_mounts_append_to_one_log_and_none_is_lost_or_twice(mounts: tuple[Path, Path]) -> None:
    (mounts[0] / "log").mkdir()
    since = time.monotonic()
    writers = [launch(APPEND, mounts[who % 2], who, str(EACH)) for who in range(PROCESSES)]
    start(writers)
    for writer in writers:
        finish(writer, timeout=600)
    storage = LocalStorage(mounts[0])
    slots = [entry.name for entry in storage.entries("log")]
    assert slots == [f"{slot:08d}" for slot in range(PROCESSES * EACH)]
    found = sorted(storage.read(f"log/{slot}", most=99).decode() for slot in slots)
    assert found == sorted(f"{who} {number}" for who in range(PROCESSES) for number in range(EACH))
    sys.stdout.write(f"SAID: {PROCESSES} processes, {len(slots)} records, {time.monotonic() - since:.0f} s\n")


def test_sixteen_threads_on_two_mounts_are_told_the_truth_about_every_slot(mounts: tuple[Path, Path]) -> None:
    told: dict[str, str] = {}
    writers = [
        threading.Thread(target=append, args=(LocalStorage(mounts[who % 2]), who, told)) for who in range(THREADS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(300)
    storage = LocalStorage(mounts[0])
    slots = [entry.name for entry in storage.entries("log")]
    assert slots == [f"{slot:08d}" for slot in range(1, THREADS * EACH + 1)]
    assert {slot: " ".join(storage.read(f"log/{slot}", most=50_000).decode().split()[:2]) for slot in slots} == told


@pytest.fixture
def crew(mounts: tuple[Path, Path], tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.path = mounts[0] / "registry"
        crew.url = str(crew.path)
        crew.config = config_of(crew.url, {})
        yield crew


def test_the_whole_story_through_the_command_line(crew: Crew, tmp_path: Path) -> None:
    live_through(crew, tmp_path)


def test_two_people_on_two_machines_take_turns_in_one_log(crew: Crew, mounts: tuple[Path, Path]) -> None:
    crew.found(threshold=1)
    crew.write("fraud:1", weights__bin="weights")
    crew.need("ana", "register", "fraud:1")
    places = {"ana": str(mounts[0] / "registry"), "ben": str(mounts[1] / "registry")}
    for number in range(SPOKEN):
        for person, place in places.items():
            crew.need(person, "comment", "fraud", f"{person} {number}", "-r", place)
    assert len(list((crew.path / "models/fraud/log").iterdir())) == 1 + 2 * SPOKEN
    for place in places.values():
        assert crew.run("", "verify", "-r", place).code == 0


def test_two_people_who_sign_at_once_on_two_machines_are_both_recorded(crew: Crew, mounts: tuple[Path, Path]) -> None:
    crew.found(threshold=1)
    crew.write("fraud:1", weights__bin="weights")
    crew.need("ana", "register", "fraud:1")
    under_way: list[subprocess.Popen[str]] = []
    for person, mount in (("ana", mounts[0]), ("ben", mounts[1]), ("cy", mounts[0])):
        under_way.append(crew.start(person, "comment", "fraud", f"by {person}", "-r", str(mount / "registry")))
    for process in under_way:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    said = crew.need("", "history", "fraud")
    assert all(f"by {person}" in said for person in ("ana", "ben", "cy"))
