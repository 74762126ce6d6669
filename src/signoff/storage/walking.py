"""Walking the files below an open folder.

The rule it keeps: every folder is opened from the one above it and never through a symlink; a symlink or special file
refuses it all.
"""

import os
import stat
from collections.abc import Iterator

from signoff.errors import StorageError
from signoff.storage.base import Info
from signoff.storage.folders import FOLDER, failed, not_regular
from signoff.storage.paths import DEEPEST


def info_of(status: os.stat_result) -> Info:
    """Return what is to be said of a file."""
    stamp = f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ctime_ns:x}"
    changed = max(status.st_mtime, status.st_ctime)
    return Info(size=status.st_size, stamp=stamp, modified=status.st_mtime, changed=changed)


def walk_open(folder: int, below: str, *, above: str, left: int) -> Iterator[tuple[str, Info]]:
    """Yield the files below an open folder; `left` is how many folders deeper may be gone."""
    try:
        with os.scandir(folder) as found:
            items = [(item.name, item.stat(follow_symlinks=False)) for item in found]
    except OSError as error:
        raise failed(f"{above}/{below}".rstrip("/"), error, doing="list") from error
    for name, status in items:
        path = f"{below}{name}"
        if stat.S_ISREG(status.st_mode):
            yield path, info_of(status)
        elif stat.S_ISDIR(status.st_mode):
            yield from _enter(folder, name, path=path, above=above, left=left - 1)
        else:
            raise not_regular(f"{above}/{path}".lstrip("/"), status.st_mode)


def _enter(folder: int, name: str, *, path: str, above: str, left: int) -> Iterator[tuple[str, Info]]:
    where = f"{above}/{path}".lstrip("/")
    if left < 1:
        message = f"{where!r} is deeper than {DEEPEST} folders"
        raise StorageError(message)
    try:
        inner = os.open(name, FOLDER, dir_fd=folder)
    except OSError as error:
        raise failed(where, error, doing="list") from error
    try:
        yield from walk_open(inner, f"{path}/", above=above, left=left)
    finally:
        os.close(inner)
