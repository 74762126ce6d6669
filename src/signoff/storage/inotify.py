"""Hearing from the kernel which paths below a registry's root changed.

The rule it keeps: only events that name a change are asked for, and only of folders: those in which models, versions
and records appear always, those of versions as far as the limit allows. No symlink below the root is followed. A lost
event is told as such.

It speaks inotify(7) itself: the library that is usual for it starts a thread for each folder that is watched without
those below, and watches everything else, of which one user has 8,192 on many machines.
"""

import ctypes
import errno
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from signoff.storage.looking import PLACES, folders_of_models, subfolders

CREATED, DELETED, MOVED_FROM, MOVED_TO, CLOSED = 0x100, 0x200, 0x40, 0x80, 0x8
ONLY_FOLDERS, NO_SYMLINK, UNLINKED = 0x1000000, 0x2000000, 0x4000000
OVERFLOW, IGNORED, FOLDER = 0x4000, 0x8000, 0x40000000
MASK = CREATED | DELETED | MOVED_FROM | MOVED_TO | CLOSED | ONLY_FOLDERS | NO_SYMLINK | UNLINKED
EVENT = struct.Struct("iIII")
READ = 1 << 18
LIMIT = "/proc/sys/fs/inotify/max_user_watches"
SHARE = 8
PATIENCE = 0.3
GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES})

_libc = ctypes.CDLL(None, use_errno=True)


class Inotify:
    """Watches on the root, `.signoff`, its trust chain, and folders below `models`.

    Args:
        root: The registry's real path.
        told: Called with paths below the root that changed, from another thread.
        lost: Called when events were lost, or no watch was left for a new folder, from another thread.
        most: So many folders of versions are watched at most, or none of them; another limit is an eighth of what
            the kernel gives one user, so that several sessions are possible.

    Raises:
        OSError: The kernel has no watches left (ENOSPC, EMFILE).
    """

    def __init__(self, root: str, *, told: Callable[[list[str]], None], lost: Callable[[], None], most: int) -> None:
        """Start to hear."""
        self._root, self._told, self._lost = root, told, lost
        self._paths: dict[int, str] = {}
        self._watches: dict[str, int] = {}
        self._heard: list[str] = []
        self._most = min(most, _limit() // SHARE)
        self._lock = threading.Lock()
        self._queue = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._awake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._over = False
        try:
            self.deep = self._begin()
        except OSError:
            self._let_go()
            raise
        self._thread = threading.Thread(target=self._run, name="signoff-inotify", daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return len(self._watches)

    def close(self) -> None:
        """Stop hearing."""
        with self._lock:
            if self._over:
                return
            self._over = True
            with suppress(OSError):
                os.write(self._waker, b".")
        if self._thread is not threading.current_thread():
            self._thread.join(PATIENCE)

    def _let_go(self) -> None:
        for file in (self._queue, self._awake, self._waker):
            os.close(file)

    def _begin(self) -> bool:
        """Watch what always is; return whether the folders of versions are watched too."""
        for path in (*PLACES, *folders_of_models(self._root)):
            self._add(path)
        versions = [path for path in self._watches if path.endswith("/versions")]
        wanted: list[str] = []
        for place in versions:
            wanted += islice(self._below(place), self._most + 1 - len(wanted))
            if len(wanted) > self._most:
                return False
        for path in wanted:
            self._add(path)
        return True

    def _below(self, path: str) -> Iterator[str]:
        for place in subfolders(f"{self._root}/{path}"):
            below = f"{path}/{place.rpartition('/')[2]}"
            yield below
            yield from self._below(below)

    def _add(self, path: str) -> bool:
        """Watch a folder; return whether it was not watched before. One that is gone, or is none, is left alone."""
        place = f"{self._root}/{path}" if path else self._root
        watch = _libc.inotify_add_watch(self._queue, os.fsencode(place), MASK if path else MASK & ~NO_SYMLINK)
        if watch < 0:
            number = ctypes.get_errno()
            if number in GONE:
                return False
            raise OSError(number, os.strerror(number), place)
        known = self._paths.get(watch)
        self._paths[watch] = path
        self._watches[path] = watch
        return known != path

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._queue, select.POLLIN)
        poll.register(self._awake, select.POLLIN)
        try:
            while not self._over:
                poll.poll()
                self._hear()
        finally:
            self._let_go()

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            content = os.read(self._queue, READ)
            at = 0
            while at < len(content) and not self._over:
                watch, mask, _, length = EVENT.unpack_from(content, at)
                name = content[at + EVENT.size : at + EVENT.size + length].rstrip(b"\0")
                at += EVENT.size + length
                self._take(watch, mask, os.fsdecode(name))
            heard, self._heard = self._heard, []
            if heard:
                self._told(heard)

    def _take(self, watch: int, mask: int, name: str) -> None:
        if mask & OVERFLOW:
            self._lost()
            return
        folder = self._paths.get(watch)
        if folder is None:
            return
        if mask & IGNORED:
            self._paths.pop(watch)
            if self._watches.get(folder) == watch:
                del self._watches[folder]
            return
        path = f"{folder}/{name}" if folder else name
        if mask & FOLDER and mask & (MOVED_FROM | DELETED):
            self._forget(path)
        if mask & FOLDER and mask & (CREATED | MOVED_TO):
            self._follow(path)
        self._heard.append(path)

    def _follow(self, path: str) -> None:
        """Watch a new folder and those below; what it holds by then is told with the folder itself."""
        if not _concerns(path):
            return
        try:
            if self._add(path):
                for below in self._below(path):
                    self._add(below)
        except OSError:
            self._lost()

    def _forget(self, path: str) -> None:
        """Stop watching a folder that was moved away or removed, and those below."""
        above = f"{path}/"
        for below in [one for one in self._watches if one == path or one.startswith(above)]:
            watch = self._watches.pop(below)
            self._paths.pop(watch, None)
            _libc.inotify_rm_watch(self._queue, watch)


def _concerns(path: str) -> bool:
    return path in PLACES or path.split("/", 1)[0] == "models"


def _limit() -> int:
    try:
        with open(LIMIT, encoding="ascii") as file:  # noqa: PTH123 (a number of the kernel's, as everywhere here)
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
