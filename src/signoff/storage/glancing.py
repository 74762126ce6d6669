"""A glance at thousands of folders, to tell whether their files may be other ones than before.

The rule it keeps: a glance opens no file. Whatever may have changed a file's content changes its stamp, unless it
happened within the moment that the filesystem's clock cannot tell apart: `changed` lets the caller see that. A glance
may be led through a symlink, so nothing is concluded from it but that what was read the safe way is still there.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from struct import Struct
from typing import Self

from signoff.errors import StorageError
from signoff.storage.base import Info, Storage
from signoff.storage.folders import FOLDER, enter, failed
from signoff.storage.local import LocalStorage
from signoff.storage.paths import DEEPEST, bytewise, split_folder
from signoff.storage.walking import walk_open

pack = Struct("=qqQQ").pack
ABSENT = bytes(32)


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

    def at(self, name: str, files: Sequence[str]) -> tuple[bytes, float]:
        """Return what tells some files in a folder of this name from others, and when the newest of them changed.

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
        return blake2b(whole, digest_size=16).digest(), changed

    def _here(self, name: str, files: Sequence[str]) -> tuple[bytes, float]:
        newest, looks, folder = 0, b"", self._open
        for file in files:
            try:
                status = os.stat(f"{name}/{file}", dir_fd=folder, follow_symlinks=False)
            except (OSError, ValueError):
                looks += ABSENT
                continue
            if not stat.S_ISREG(status.st_mode):
                looks += ABSENT
                continue
            modified, changed = status.st_mtime_ns, status.st_ctime_ns
            looks += pack(modified, changed, status.st_ino, status.st_size)
            if changed > newest or modified > newest:
                newest = max(modified, changed)
        return blake2b(looks, digest_size=16).digest(), newest / 1e9

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
