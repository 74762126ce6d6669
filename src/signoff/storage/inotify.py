"""Hearing from the kernel which paths below a registry's root changed, through watchdog's inotify.

The rule it keeps: only events that name a change are asked for, and only of folders: those in which models, versions
and records appear always, those of versions as far as the limit allows. No symlink below the root is followed. A lost
event is told as such.

It stands on watchdog's `InotifyFD` and not on its observers: those watch either everything below a folder, of which one
user has 8,192 on many machines, or start a thread for each folder.
"""

import errno
import logging
import os
from collections.abc import Callable, Iterator
from itertools import islice

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor

from signoff.storage.looking import PLACES, folders_of_models, subfolders

NO_SYMLINK, UNLINKED = 0x2000000, 0x4000000
MASK = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_ONLYDIR
    | NO_SYMLINK
    | UNLINKED
)
OURS = CallbackId(1)
LIMIT = "/proc/sys/fs/inotify/max_user_watches"
SHARE = 8
PATIENCE = 0.3
GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES})


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
        # watchdog warns of lost events, which is told here, and its words belong on no screen
        silent = logging.getLogger("watchdog")
        silent.propagate = False
        silent.addHandler(logging.NullHandler())
        self._root, self._told, self._lost = root, told, lost
        self._paths: dict[WatchDescriptor, str] = {}
        self._watches: dict[str, WatchDescriptor] = {}
        self._most = min(most, _limit() // SHARE)
        self._kernel = InotifyFD()
        self._kernel.start()
        try:
            self.deep = self._begin()
        except OSError:
            self.close()
            raise

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return len(self._watches)

    def close(self) -> None:
        """Stop hearing."""
        self._told, self._lost = _nobody, _nobody
        self._kernel.stop()
        self._kernel.join(PATIENCE)

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
        known = self._watches.get(path)
        if known is not None:
            return False
        try:
            mask = Mask(MASK if path else MASK & ~NO_SYMLINK)
            watch = self._kernel.add_callback(os.fsencode(place), mask, self, OURS)
        except OSError as error:
            if error.errno in GONE:
                return False
            raise
        self._paths[watch], self._watches[path] = path, watch
        return True

    def on_event(self, event: InotifyEvent) -> None:
        """Tell a path that changed, and watch what is new."""
        folder = self._paths.get(event.wd)
        if folder is None:
            return
        name = os.fsdecode(event.name)
        path = f"{folder}/{name}" if folder else name
        if event.is_directory and (event.is_moved_from or event.is_delete):
            self._forget(path)
        if event.is_directory and (event.is_create or event.is_moved_to):
            self._follow(path)
        self._told([path])

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Forget a folder that is gone."""
        folder = self._paths.pop(wd, None)
        if folder is not None and self._watches.get(folder) == wd:
            del self._watches[folder]

    def on_queue_overflow(self) -> None:
        """Tell that events were lost."""
        self._lost()

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
        gone = [one for one in self._watches if one == path or one.startswith(above)]
        watches = [self._watches.pop(below) for below in gone]
        for watch in watches:
            self._paths.pop(watch, None)
        self._kernel.remove_callbacks([(watch, OURS) for watch in watches])


def _nobody(*_: object) -> None:
    """Hear nothing more."""


def _concerns(path: str) -> bool:
    return path in PLACES or path.split("/", 1)[0] == "models"


def _limit() -> int:
    try:
        with open(LIMIT, encoding="ascii") as file:  # noqa: PTH123 (a number of the kernel's, as everywhere here)
            return int(file.read())
    except (OSError, ValueError):
        return 0
