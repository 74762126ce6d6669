"""Hearing from the kernel which paths below a registry's root changed, through watchdog's way to inotify.

The rule it keeps: only events that name a change are asked for, and only of folders: those in which models, versions
and records appear always, those of versions as far as the limit allows. No symlink below the root is followed. A lost
event is told as such. A registry has very many folders: each costs a few bytes here.
"""

import errno
import os
from collections.abc import Callable, Iterator
from itertools import chain, islice

from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent

from signoff.storage.hearing import Kernel
from signoff.storage.looking import PLACES, folders_of_models, subfolders
from signoff.storage.watched import ROOT, Watched

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
LIMIT = "/proc/sys/fs/inotify/max_user_watches"
SHARE = 8
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
        self._root, self._told, self._lost = root, told, lost
        self._watched = Watched()
        self._most = min(most, _limit() // SHARE)
        self._kernel = Kernel(self._hear)
        try:
            self.deep = self._begin()
        except OSError:
            self.close()
            raise
        self._kernel.start()

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return len(self._watched)

    def close(self) -> None:
        """Stop hearing."""
        self._told, self._lost = _nobody, _nobody
        self._kernel.close()

    def _begin(self) -> bool:
        """Watch what always is; return whether the folders of versions are watched too."""
        known: dict[str, int] = {}
        for path in chain(PLACES, folders_of_models(self._root)):
            self._add(path, known)
        wanted: list[str] = []
        for place in [path for path in known if path.endswith("/versions")]:
            wanted += islice(self._below(place), self._most + 1 - len(wanted))
            if len(wanted) > self._most:
                return False
        for path in wanted:
            self._add(path, known)
        return True

    def _below(self, path: str) -> Iterator[str]:
        for place in subfolders(f"{self._root}/{path}"):
            below = f"{path}/{place.rpartition('/')[2]}"
            yield below
            yield from self._below(below)

    def _add(self, path: str, known: dict[str, int]) -> bool:
        """Watch a folder; return whether it was not watched before. One that is gone, or is none, is left alone.

        `known` has the watches of the folders above it by their paths, and gets its own.
        """
        place = f"{self._root}/{path}" if path else self._root
        try:
            watch = self._kernel.add(os.fsencode(place), MASK if path else MASK & ~NO_SYMLINK)
        except OSError as error:
            if error.errno in GONE:
                return False
            raise
        known[path] = watch
        above, _, name = path.rpartition("/")
        inside = known.get(above) if path else None
        return self._watched.put(watch, ROOT, path) if inside is None else self._watched.put(watch, inside, name)

    def _hear(self, event: InotifyEvent) -> None:
        """Tell a path that changed, and watch what is new."""
        if event.is_queue_overflow:
            self._lost()
        elif event.is_ignored:
            self._watched.drop(event.wd)  # the folder is gone, and its watch with it
        else:
            self.on_event(event)

    def on_event(self, event: InotifyEvent) -> None:
        """Tell a path that changed, and watch what is new."""
        folder = self._watched.path(event.wd)
        if folder is None:
            return
        name = os.fsdecode(event.name)
        path = f"{folder}/{name}" if folder else name
        if event.is_directory and event.is_moved_from:
            self._forget(event.wd, name)
        if event.is_directory and (event.is_create or event.is_moved_to):
            self._follow(path, {folder: event.wd})
        self._told([path])

    def _follow(self, path: str, known: dict[str, int]) -> None:
        """Watch a new folder and those below; what it holds by then is told with the folder itself."""
        if not _concerns(path):
            return
        try:
            if self._add(path, known):
                for below in self._below(path):
                    self._add(below, known)
        except OSError:
            self._lost()

    def _forget(self, above: int, name: str) -> None:
        """Stop watching a folder that was moved away, and those below; where one is removed, its watch ends by itself."""
        for watch in self._watched.take(above, name):
            self._kernel.remove(watch)


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
