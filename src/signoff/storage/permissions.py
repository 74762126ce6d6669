"""Whether the people who share a folder of this machine can read what each of them writes there.

The rule it keeps: looking only; what cannot be asked is left to whoever reads it, who says why.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from signoff.storage.sharing import is_shared

SEEN = stat.S_IRGRP | stat.S_IXGRP


class SharingFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that keeps people of one group apart; `path` is below the root."""

    path: str
    what: str
    hint: str


def sharing_faults(root: str, folder: str) -> Iterator[SharingFault]:
    """Yield what is wrong with the permissions of a folder below the root, and of the files in it."""
    place = f"{root}/{folder}"
    with suppress(OSError):
        status = os.lstat(place)
        if not stat.S_ISDIR(status.st_mode):
            return
        if status.st_mode & stat.S_IWOTH:
            yield SharingFault(path=folder, what="everybody on this machine may write here", hint=f"chmod o-w {place}")
        yield from closed_faults(root, folder)
        if not status.st_mode & stat.S_IWGRP:
            return
        if not status.st_mode & stat.S_ISGID:
            what = "its group may write, but new files get the writer's own group"
            yield SharingFault(path=folder, what=what, hint=f"chmod g+s {place}")
        yield from _unreadable(place, folder)


def closed_faults(root: str, folder: str) -> Iterator[SharingFault]:
    """Yield what is wrong with a folder below one that is shared, where the group cannot see what is in it."""
    place = f"{root}/{folder}"
    with suppress(OSError):
        status = os.lstat(place)
        if is_shared(os.lstat(f"{place}/..")) and status.st_mode & SEEN != SEEN:
            what = "the group that shares the folder above cannot read it: it was made with a strict umask"
            yield SharingFault(path=folder, what=what, hint=f"chmod -R g+rX {place}")


def _unreadable(place: str, folder: str) -> Iterator[SharingFault]:
    with os.scandir(place) as items:
        for item in sorted(items, key=lambda one: one.name):
            if item.is_file(follow_symlinks=False) and not item.stat(follow_symlinks=False).st_mode & stat.S_IRGRP:
                what = "the group that shares the folder cannot read it: it was written with a strict umask"
                hint = f"chmod g+r {place}/{item.name}; its writer sets: umask 027"
                yield SharingFault(path=f"{folder}/{item.name}", what=what, hint=hint)
