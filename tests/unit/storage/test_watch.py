"""Changes are told soon, together, and only when there are any."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyEvent

from signoff.registry.journal import Journal
from signoff.schema import layout
from signoff.storage import hearing, inotify
from signoff.storage import watch as watching
from signoff.storage.local import LocalStorage
from signoff.storage.watch import Pace, Watch

pytestmark = pytest.mark.alone

FAST = Pace(quick=0.1, slow=0.3, net=0.2, grace=0.1, share=1.0)


class Ear:
    """Keeps what a watch told, and when."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, frozenset[str]]] = []
        self._heard = threading.Condition()

    def __call__(self, changed: frozenset[str]) -> None:
        with self._heard:
            self.calls.append((time.monotonic(), changed))
            self._heard.notify_all()

    def wait_for(self, wanted: Callable[[frozenset[str]], bool], *, seconds: float) -> None:
        with self._heard:
            assert self._heard.wait_for(lambda: any(wanted(told) for _, told in self.calls), seconds), self.calls

    def paths(self) -> set[str]:
        return {path for _, told in self.calls for path in told}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "registry").mkdir()
    storage = LocalStorage(tmp_path / "registry")
    storage.put_new("models/fraud/log/00000001.rec", b"one")
    storage.put_new("models/fraud/versions/1/weights.bin", b"w")
    storage.put_new(".signoff/trust/00000001.rec", b"t")
    return tmp_path / "registry"


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def start(root: Path, ear: Ear) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def begin(*, notifies: bool = True, pace: Pace | None = None) -> Watch:
        started.append(Watch(str(root), on_change=ear, notifies=notifies, pace=pace))
        return started[-1]

    yield begin
    for watch in started:
        watch.close()


def test_a_plain_copy_of_a_version_folder_is_told_within_half_a_second(
    root: Path, ear: Ear, start: Callable[..., Watch], tmp_path: Path
) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/version.yaml").write_text("title: seven\n")
    assert start().note == ""
    began = time.monotonic()
    subprocess.run(["cp", "-r", tmp_path / "7", root / "models/fraud/versions/7"], check=True)
    ear.wait_for(lambda told: "models/fraud/versions/7" in told, seconds=5)
    assert ear.calls[0][0] - began < 0.5


def test_a_record_is_told_by_its_path_and_private_files_are_not(
    root: Path, ear: Ear, start: Callable[..., Watch]
) -> None:
    start()
    LocalStorage(root).put_new("models/fraud/log/00000002.rec", b"two")
    LocalStorage(root).put_new(".signoff/trust/00000002.rec", b"two")
    (root / "models/fraud/log/.tmp-0123").write_bytes(b"half")
    ear.wait_for(lambda told: ".signoff/trust/00000002.rec" in told, seconds=5)
    time.sleep(0.4)
    assert {"models/fraud/log/00000002.rec", ".signoff/trust/00000002.rec"} <= ear.paths()
    assert not [path for path in ear.paths() if "tmp" in path]


def test_an_edited_working_file_is_told(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    start()
    (root / "models/fraud/versions/1/weights.bin").write_bytes(b"other")
    ear.wait_for(lambda told: "models/fraud/versions/1/weights.bin" in told, seconds=5)


def test_nothing_is_told_when_idle_or_only_read(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    start(pace=FAST)
    for _ in range(5):
        LocalStorage(root).walk("")
        list(LocalStorage(root).read_many(["models/fraud/log/00000001.rec"], most=99))
        time.sleep(0.2)
    assert ear.calls == []


def test_a_burst_of_files_is_told_in_few_calls(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    start()
    began = time.monotonic()
    for number in range(1000):
        (root / f"models/fraud/versions/1/{number}.bin").write_bytes(b"")
    took = time.monotonic() - began
    ear.wait_for(lambda told: "models/fraud/versions/1/999.bin" in told, seconds=10)
    assert {f"models/fraud/versions/1/{number}.bin" for number in range(1000)} <= ear.paths()
    assert len(ear.calls) <= 2 + (ear.calls[-1][0] - began) / Pace().settle
    assert len(ear.calls) < 20 + took / Pace().settle


def test_calls_are_never_closer_than_the_pace(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    start()
    for number in range(30):
        (root / f"models/fraud/versions/1/{number}.bin").write_bytes(b"")
        time.sleep(0.02)
    ear.wait_for(lambda told: "models/fraud/versions/1/29.bin" in told, seconds=5)
    times = [at for at, _ in ear.calls]
    assert all(later - at >= 0.14 for at, later in pairwise(times))


def test_what_is_below_models_made_later_is_told(ear: Ear, start: Callable[..., Watch], root: Path) -> None:
    shutil.rmtree(root / "models")
    start()
    LocalStorage(root).put_new("models/new/log/00000001.rec", b"one")
    ear.wait_for(lambda told: "models" in told, seconds=5)
    LocalStorage(root).put_new("models/new/log/00000002.rec", b"two")
    ear.wait_for(lambda told: "models/new/log/00000002.rec" in told, seconds=5)


def test_a_file_edited_in_a_moved_model_is_told_by_its_new_name(
    root: Path, ear: Ear, start: Callable[..., Watch]
) -> None:
    start()
    (root / "models/fraud").rename(root / "models/theft")
    ear.wait_for(lambda told: "models/theft" in told, seconds=5)
    (root / "models/theft/versions/1/weights.bin").write_bytes(b"other")
    ear.wait_for(lambda told: "models/theft/versions/1/weights.bin" in told, seconds=5)
    assert "models/fraud/versions/1/weights.bin" not in ear.paths()


def test_a_moved_model_is_told_by_both_names(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    start()
    (root / "models/fraud").rename(root / "models/theft")
    ear.wait_for(lambda told: "models/fraud" in told, seconds=5)
    ear.wait_for(lambda told: "models/theft" in told, seconds=5)


def test_a_queue_that_overflowed_means_that_anything_may_have_changed(
    root: Path, ear: Ear, start: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's queue is as long as it is for everybody on this machine: it is filled, never made shorter."""
    longest = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if longest > 70_000:
        pytest.skip("the kernel's queue is too long to fill it here")
    held, heard = threading.Event(), inotify.Inotify.on_event

    def slowly(self: inotify.Inotify, event: InotifyEvent) -> None:
        held.wait(60)
        heard(self, event)

    monkeypatch.setattr(inotify.Inotify, "on_event", slowly)
    start()
    for number in range(longest // 2 + hearing.BUFFER // 32):  # each is made and closed: two events
        (root / f"models/fraud/versions/1/{number}").touch()
    held.set()
    ear.wait_for(lambda told: not told, seconds=20)


def test_a_flood_means_that_anything_may_have_changed(
    root: Path, ear: Ear, start: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST_TOLD", 20)
    watch = start(pace=Pace(settle=1.0))
    for number in range(100):
        (root / f"models/fraud/versions/1/{number}.bin").write_bytes(b"")
    ear.wait_for(lambda told: not told, seconds=5)
    assert watch.note == ""


@pytest.mark.parametrize("notifies", [True, False])
def test_closing_takes_less_than_half_a_second_and_then_nothing_is_told(
    root: Path, ear: Ear, start: Callable[..., Watch], notifies: bool
) -> None:
    watch = start(notifies=notifies, pace=FAST)
    began = time.monotonic()
    watch.close()
    assert time.monotonic() - began < 0.5
    (root / "models/fraud/versions/2").mkdir()
    time.sleep(0.5)
    assert ear.calls == []


@pytest.mark.parametrize("place", ["models/fraud/versions/7", "models/a/b/c/d/log", ".signoff/trust/x", "models/new"])
def test_a_deaf_filesystem_is_looked_at(root: Path, ear: Ear, start: Callable[..., Watch], place: str) -> None:
    watch = start(notifies=False, pace=FAST)
    assert "announces no changes" in watch.note
    (root / place).mkdir(parents=True)
    ear.wait_for(bool, seconds=5)
    assert any(place.startswith(path) for path in ear.paths())


def test_of_many_versions_new_ones_and_records_are_still_told_at_once_and_the_rest_is_said(
    root: Path, ear: Ear, start: Callable[..., Watch]
) -> None:
    for number in range(2, 10):
        (root / f"models/fraud/versions/{number}").mkdir()
    watch = start(pace=Pace(most_folders=3))
    assert watch.note == watching.MANY
    LocalStorage(root).put_new("models/fraud/log/00000002.rec", b"two")
    (root / "models/fraud/versions/99").mkdir()
    ear.wait_for(lambda told: "models/fraud/versions/99" in told, seconds=0.5)
    (root / "models/fraud/versions/99/version.yaml").write_text("a: 1")
    ear.wait_for(lambda told: "models/fraud/versions/99/version.yaml" in told, seconds=0.5)
    assert "models/fraud/log/00000002.rec" in ear.paths()


def test_without_the_watch_nothing_is_told_in_that_time(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    """The tests above depend on what the kernel announces: deaf, a watch of the same pace hears nothing so soon."""
    announced = start()._inotify
    assert announced is not None
    announced.close()
    (root / "models/fraud/versions/7").mkdir()
    time.sleep(1)
    assert ear.calls == []


def test_a_change_that_nobody_announced_is_found_and_said(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    watch = start(pace=FAST)
    announced = watch._inotify
    assert announced is not None
    announced.close()
    (root / "models/fraud/versions/7").mkdir()
    ear.wait_for(lambda told: told == {"models/fraud/versions"}, seconds=5)
    assert "nobody announced" in watch.note
    (root / "models/fraud/versions/8").mkdir()
    ear.wait_for(lambda told: len(ear.calls) == 2, seconds=5)


def test_announced_changes_are_not_told_again_by_the_net(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    watch = start(pace=FAST)
    LocalStorage(root).put_new("models/fraud/log/00000002.rec", b"two")
    shutil.rmtree(root / "models/fraud/versions")
    LocalStorage(root).put_new("models/new/versions/1/x", b"two")
    ear.wait_for(lambda told: "models/new" in told, seconds=5)
    time.sleep(1)
    count = len(ear.calls)
    time.sleep(0.5)
    assert watch.note == ""
    assert len(ear.calls) == count


LIMITED = """
import sys, time, threading
from signoff.storage.watch import Watch, Pace
told = threading.Event()
watch = Watch(sys.argv[1], on_change=lambda changed: told.set(), notifies=True, pace=Pace(quick=0.1, slow=0.1, share=1.0))
print(watch.note)
import os
os.mkdir(sys.argv[1] + "/models/fraud/versions/7")
print(told.wait(5))
watch.close()
"""


def _limited(setting: str, program: str, root: Path) -> list[str]:
    """Run a program under a limit below /proc/sys/user, which is that of a user namespace of its own.

    Limits below /proc/sys/fs are the whole machine's: they are never set here.
    """
    assert "/proc/sys/user/" in setting
    assert "/proc/sys/fs/" not in setting
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", f'{setting} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs user namespaces, to limit file watches")
    done = subprocess.run(
        [*command, sys.executable, "-c", program, str(root)], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_without_watches_left_it_looks_and_says_so(root: Path) -> None:
    assert _limited("echo 3 > /proc/sys/user/max_inotify_watches", LIMITED, root) == [watching.NO_WATCHES, "True"]


def test_without_room_for_one_more_listener_it_looks_and_says_so(root: Path) -> None:
    limited = _limited("echo 0 > /proc/sys/user/max_inotify_instances", LIMITED, root)
    assert limited == [watching.NO_WATCHES, "True"]


def test_a_symlink_below_the_root_is_not_watched(
    root: Path, ear: Ear, start: Callable[..., Watch], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "models/link").symlink_to(tmp_path / "elsewhere")
    start(pace=FAST)
    (tmp_path / "elsewhere/x").write_bytes(b"")
    time.sleep(0.6)
    assert ear.calls == []
    assert (root / "models/link/x").exists()


def test_where_nobody_announces_the_journal_names_the_record(root: Path, ear: Ear, start: Callable[..., Watch]) -> None:
    storage = LocalStorage(root)
    Journal(storage).tell("models/fraud", 1, "a" * 64)
    start(notifies=False, pace=Pace(quick=0.1, slow=60.0, share=1e-9))
    Journal(storage).tell("models/fraud", 2, "b" * 64)
    ear.wait_for(lambda told: "models/fraud/log/00000002.rec" in told, seconds=5)
    assert "models/fraud/log/00000001.rec" not in ear.paths()


def test_an_entry_of_the_journal_that_is_half_written_tells_that_anything_may_have_changed(
    root: Path, ear: Ear, start: Callable[..., Watch]
) -> None:
    start(notifies=False, pace=Pace(quick=0.1, slow=60.0, share=1e-9))
    LocalStorage(root).put_hint(layout.journal_path(1), b'{"written":[{"chain":"models/fr')
    ear.wait_for(lambda told: not told, seconds=5)


def test_how_often_it_looks_is_known_where_nothing_is_announced(start: Callable[..., Watch]) -> None:
    assert start(pace=FAST).every == 0
    assert start(notifies=False, pace=FAST).every == FAST.quick
