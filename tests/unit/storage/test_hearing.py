"""One listener hears what its watches tell, and nothing once it is closed."""

import os
import queue
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent

from signoff.storage.hearing import Kernel


def test_it_hears_its_watches_until_it_is_closed(tmp_path: Path) -> None:
    heard: queue.SimpleQueue[InotifyEvent] = queue.SimpleQueue()
    kernel = Kernel(heard.put)
    here = kernel.add(bytes(tmp_path), InotifyConstants.IN_CREATE)
    (tmp_path / "before").touch()
    kernel.start()
    assert kernel.add(bytes(tmp_path), InotifyConstants.IN_CREATE) == here
    event = heard.get(timeout=5)
    assert (event.wd, event.name, event.is_create) == (here, b"before", True)
    kernel.remove(here)
    assert heard.get(timeout=5).is_ignored
    kernel.remove(here)
    (tmp_path / "after").touch()
    kernel.close()
    kernel.close()
    assert heard.empty()


def test_it_may_be_closed_before_it_hears_anything(tmp_path: Path) -> None:
    kernel = Kernel(lambda _: None)
    kernel.add(bytes(tmp_path), InotifyConstants.IN_CREATE)
    kernel.close()
    kernel.close()


def test_what_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    kernel = Kernel(lambda _: None)
    with pytest.raises(FileNotFoundError):
        kernel.add(bytes(tmp_path / "nowhere"), InotifyConstants.IN_CREATE)
    kernel.close()


@contextmanager
def room_for(files: int) -> Iterator[None]:
    """Leave room for so few more open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (max(int(one.name) for one in Path("/proc/self/fd").iterdir()) + 8, hard)
    )
    opened = [lowest]
    try:
        while True:
            try:
                opened.append(os.dup(0))
            except OSError:
                break
        for _ in range(files):
            os.close(opened.pop())
        yield
    finally:
        for file in opened:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("files", [0, 1, 2])
def test_where_there_is_no_room_for_a_listener_nothing_stays_open(files: int) -> None:
    with room_for(files):
        with pytest.raises(OSError, match="Too many open files"):
            Kernel(lambda _: None)
        opened = [os.dup(0) for _ in range(files)]
        with pytest.raises(OSError, match="Too many open files"):
            opened.append(os.dup(0))
        for file in opened:
            os.close(file)
