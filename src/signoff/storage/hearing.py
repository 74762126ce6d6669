"""One listener to the kernel's inotify: watches by their numbers, and a thread that passes on what they tell.

The rule it keeps: it knows no paths, and nothing is kept for each watch. It stands on watchdog's way to the C library and
on its events, not on its observers or its `InotifyFD`: those watch everything below a folder, start a thread for each
folder, or keep half a kilobyte for each watch.
"""

import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator

from watchdog.observers.inotify_c import (
    InotifyEvent,
    Mask,
    WatchDescriptor,
    inotify_add_watch,
    inotify_init,
    inotify_rm_watch,
)

HEAD = struct.Struct("iIII")
BUFFER = 64 * 1024
PATIENCE = 0.3


class Kernel:
    """Watches, and a thread that hears them."""

    def __init__(self, heard: Callable[[InotifyEvent], None]) -> None:
        """Begin without any watch; `heard` is called from the thread.

        Raises:
            OSError: The kernel has no room for one more listener (EMFILE).
        """
        self._heard = heard
        self._file = inotify_init()
        if self._file < 0:
            raise _failed()
        try:
            os.set_inheritable(self._file, False)  # noqa: FBT003  (that is how it is called)
            self._stop, self._stopped = os.pipe()
        except OSError:
            os.close(self._file)
            raise
        self._over, self._ending, self._ended = threading.Event(), threading.Lock(), False
        self._thread = threading.Thread(target=self._run, name="signoff-inotify", daemon=True)

    def start(self) -> None:
        """Begin to hear, also what the watches told since they were made."""
        self._thread.start()

    def close(self) -> None:
        """Stop hearing; all watches end."""
        self._over.set()
        if self._thread.ident is None:
            self._end()
            return
        with self._ending:
            if not self._ended:
                os.write(self._stopped, b"!")
        if self._thread is not threading.current_thread():
            self._thread.join(PATIENCE)

    def add(self, place: bytes, mask: int) -> int:
        """Watch what stands there; return the watch's number, which is the known one where it is watched already.

        Raises:
            OSError: It is not there or no folder, or no watch is left (ENOSPC).
        """
        watch = inotify_add_watch(self._file, place, Mask(mask))
        if watch < 0:
            raise _failed()
        return watch

    def remove(self, watch: int) -> None:
        """End a watch; one that ended by itself is left alone."""
        inotify_rm_watch(self._file, WatchDescriptor(watch))

    def _run(self) -> None:
        waiting = select.poll()
        waiting.register(self._file, select.POLLIN)
        waiting.register(self._stop, select.POLLIN)
        while not self._over.is_set():
            ready = {file for file, _ in waiting.poll()}
            for event in _events(os.read(self._file, BUFFER)) if self._file in ready else ():
                if self._over.is_set():
                    break
                self._heard(event)
        self._end()

    def _end(self) -> None:
        with self._ending:
            if not self._ended:
                self._ended = True
                for file in (self._file, self._stop, self._stopped):
                    os.close(file)


def _events(content: bytes) -> Iterator[InotifyEvent]:
    at = 0
    while at < len(content):
        watch, mask, cookie, size = HEAD.unpack_from(content, at)
        at += HEAD.size
        yield InotifyEvent(WatchDescriptor(watch), Mask(mask), cookie, content[at : at + size].rstrip(b"\0"))
        at += size


def _failed() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
