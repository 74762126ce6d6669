"""A glance at thousands of folders, to tell whether their files may be other ones than before.

The rule it keeps: a glance opens no file. Whatever may have changed a file's content changes its stamp, unless it
happened within the moment that the filesystem's clock cannot tell apart: `changed` lets the caller see that. A glance
may be led through a symlink, so nothing is concluded from it but that what was read the safe way is still there.
A mark is a stamp in short, which this process compares with its own earlier ones and nobody keeps.
"""

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from struct import Struct
from typing import Self, TypeAlias

import msgspec

from signoff.errors import StorageError
from signoff.storage.base import Info, Storage
from signoff.storage.folders import FOLDER, ROOT, enter, failed
from signoff.storage.local import LocalStorage
from signoff.storage.mounts import dates_folders
from signoff.storage.near import Near
from signoff.storage.paths import DEEPEST, bytewise, split_folder
from signoff.storage.walking import walk_open

pack = Struct("=qqQQ").pack
ABSENT = bytes(32)
LOOKS = ("st_mode", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
NOTHING = (0,) * len(LOOKS)
_marks: Callable[[os.stat_result], tuple[int, ...]] = attrgetter(*LOOKS)


class Glance(msgspec.Struct, frozen=True, gc=False):
    """How some files look.

    Attributes:
        mark: Their stamp in short, for this process.
        stamp: Differs when what they say may differ.
        changed: When the newest of them changed, in seconds since 1970.
        sizes: The size of each, None where it is not there or no regular file; () where nobody asked.
    """

    mark: int
    stamp: bytes
    changed: float
    sizes: tuple[int | None, ...] = ()


Marked: TypeAlias = tuple[str, Sequence[str], str, int]
"""A folder's name, files in it, the one of them that was not there or "", and the mark that they had."""


def mark_of(folder: int, name: str, files: Iterable[str], *, absent: str = "") -> int:
    """Return the mark of files in a folder of this name; `absent` is probably not there, which costs less to find out."""
    marks: list[int] = []
    for file in files:
        place = f"{name}/{file}"
        if file == absent and not os.access(place, os.F_OK, dir_fd=folder, follow_symlinks=False):
            marks.append(0)
            continue
        try:
            status = os.stat(place, dir_fd=folder, follow_symlinks=False)
        except (OSError, ValueError):
            marks.append(0)
            continue
        marks += _marks(status)
    return hash(tuple(marks))


class Glances:
    """Looks at what stands below one folder, which is opened once."""

    def __init__(self, storage: Storage, folder: str) -> None:
        """Look below this folder of a storage."""
        self._storage, self._folder = storage, folder
        self._open: int | None = None
        self._listed: dict[str, dict[str, Info]] | None = None

    def __enter__(self) -> Self:
        """Open the folder, where it is one of this machine."""
        if isinstance(self._storage, LocalStorage):
            try:
                self._open = enter(self._storage.root, split_folder(self._folder))
            except StorageError:
                self._open = None
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._open is not None:
            os.close(self._open)
            self._open = None
        self._listed = None

    def list_all(self) -> None:
        """List everything at once, where that takes fewer requests than looking at each file."""
        if not self._storage.paged:
            return
        try:
            found = self._storage.walk(self._folder)
        except StorageError:
            return  # each folder says itself what is wrong with it
        listed: dict[str, dict[str, Info]] = {}
        for path, info in found:
            name, _, rest = path.partition("/")
            listed.setdefault(name, {})[rest] = info
        self._listed = listed

    def listed(self, name: str) -> Mapping[str, Info] | None:
        """Return the files in a folder of this name by their paths in it, as they were listed; None where nobody did."""
        return None if self._listed is None else self._listed.get(name)

    def mark(self, name: str, files: Sequence[str], *, absent: str = "") -> int:
        """Return the mark that `at` would return, which costs less; `absent` is a file that is probably not there."""
        return self.at(name, files).mark if self._open is None else mark_of(self._open, name, files, absent=absent)

    def at(self, name: str, files: Sequence[str]) -> Glance:
        """Return how some files in a folder of this name look.

        A file that is not there, or no regular one, is told from one that is.
        """
        if self._open is not None:
            return self._here(name, files)
        listed = self.listed(name)
        if listed is not None:
            infos = [listed.get(file) for file in files]
        else:
            infos = [self._info(f"{self._folder}/{name}/{file}") for file in files]
        whole = "\0".join(info.stamp if info else "" for info in infos).encode("utf-8", "surrogateescape")
        changed = max((info.changed for info in infos if info), default=0.0)
        stamp = blake2b(whole, digest_size=16).digest()
        return Glance(hash(stamp), stamp, changed)

    def _here(self, name: str, files: Sequence[str]) -> Glance:
        newest, looks, folder, marks, sizes = 0, b"", self._open, list[int](), list[int | None]()
        for file in files:
            try:
                status = os.stat(f"{name}/{file}", dir_fd=folder, follow_symlinks=False)
            except (OSError, ValueError):
                looks += ABSENT
                marks.append(0)
                sizes.append(None)
                continue
            marks += _marks(status)
            if not stat.S_ISREG(status.st_mode):
                looks += ABSENT
                sizes.append(None)
                continue
            sizes.append(status.st_size)
            modified, changed = status.st_mtime_ns, status.st_ctime_ns
            looks += pack(modified, changed, status.st_ino, status.st_size)
            if changed > newest or modified > newest:
                newest = max(modified, changed)
        return Glance(hash(tuple(marks)), blake2b(looks, digest_size=16).digest(), newest / 1e9, tuple(sizes))

    def near(self, name: str) -> Near:
        """Return what reads the files in the folder of this name, entered once; whoever asks closes it."""
        folder = f"{self._folder}/{name}"
        try:
            opened = None if self._open is None else os.open(name, FOLDER, dir_fd=self._open)
        except (OSError, ValueError):
            opened = None
        return Near(self._storage, folder, opened)

    def _info(self, path: str) -> Info | None:
        try:
            return self._storage.info(path)
        except StorageError:
            return None

    def walk(self, name: str) -> tuple[tuple[str, Info], ...]:
        """Return what `Storage.walk` does of the folder of this name."""
        place, listed = f"{self._folder}/{name}", self.listed(name)
        if listed is not None:
            return tuple(listed.items())
        if self._open is None:
            return self._storage.walk(place)
        try:
            inner = os.open(name, FOLDER, dir_fd=self._open)
        except OSError as error:
            raise failed(place, error, doing="open") from error
        try:
            return tuple(sorted(walk_open(inner, "", above=place, left=DEEPEST // 2), key=bytewise))
        finally:
            os.close(inner)


class Places:
    """Looks at folders and files by their paths, on a filesystem of this machine that dates every change of a folder."""

    def __init__(self, storage: Storage) -> None:
        """Look below the root of a storage."""
        self._storage = storage
        self._open: int | None = None
        self._device = 0

    @cached_property
    def _root(self) -> str:
        """The root; "" where nothing can be concluded."""
        storage = self._storage
        return storage.root if isinstance(storage, LocalStorage) and dates_folders(storage.root) else ""

    def __enter__(self) -> Self:
        """Open the root."""
        if self._root:
            try:
                self._open = os.open(self._root, ROOT)
                self._device = os.fstat(self._open).st_dev
            except OSError:
                self._open = None
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def look(self, paths: Iterable[str]) -> tuple[int, float]:
        """Return the mark of what stands at these paths and when the newest changed; 0 where nothing can be concluded."""
        marks, changed = self._look(paths)
        return hash(tuple(marks)) if marks else 0, changed

    def marks(self, paths: Iterable[str]) -> tuple[tuple[int, ...], float]:
        """Return what `look` makes a mark of, which other processes can compare too; () where nothing can be concluded."""
        marks, changed = self._look(paths)
        return tuple(marks), changed

    def _look(self, paths: Iterable[str]) -> tuple[list[int], float]:
        marks, ask, root, device = list[int](), os.stat, self._open, self._device
        for path in paths if root is not None else ():
            try:
                status = ask(path, dir_fd=root, follow_symlinks=False)
            except FileNotFoundError:
                marks += NOTHING
                continue
            except (OSError, ValueError):
                return [], 0.0
            if status.st_dev != device:
                return [], 0.0  # something is mounted there
            marks += _marks(status)
        times = marks[LOOKS.index("st_mtime_ns") :: len(LOOKS)] + marks[LOOKS.index("st_ctime_ns") :: len(LOOKS)]
        return marks, max(times, default=0) / 1e9

    def same(self, folder: str, wanted: Iterable[Marked]) -> bool:
        """Tell whether files in the folders in a folder all have the marks that they had."""
        try:
            inner = os.open(folder, FOLDER, dir_fd=self._open)
        except OSError:
            return False
        try:
            for name, files, absent, mark in wanted:
                if mark_of(inner, name, files, absent=absent) != mark:
                    return False
        finally:
            os.close(inner)
        return True
