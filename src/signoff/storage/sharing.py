"""Letting the people who share a folder work with what each of them writes there, whatever their umask is.

The rule it keeps: a folder that hands its group down and lets it write (setgid and g+w) is shared. In a shared folder the
group may read every new file and write to every new folder; elsewhere a person's umask alone decides.
"""

import os
import stat
from contextlib import suppress

SHARED = stat.S_ISGID | stat.S_IWGRP
READABLE = stat.S_IRGRP
OPEN = stat.S_ISGID | stat.S_IRWXG


def is_shared(above: os.stat_result) -> bool:
    """Tell whether people share a folder."""
    return above.st_mode & SHARED == SHARED


def share_file(file: int, above: os.stat_result) -> None:
    """Let a new file have the group that its folder hands down, and that group read it where the folder is shared."""
    if above.st_mode & stat.S_ISGID:
        with suppress(PermissionError):
            os.fchown(file, -1, above.st_gid)
    if is_shared(above):
        _let(file, READABLE)


def share_folder(folder: int, above: os.stat_result) -> None:
    """Let the group write to a new folder where the one above is shared."""
    if is_shared(above):
        _let(folder, OPEN)


def make_place(path: str) -> None:
    """Make a folder, with those above it, unless it is there; it is shared where the one above is.

    Raises:
        OSError: It cannot be made.
    """
    from pathlib import Path  # noqa: PLC0415  (a cold start may not need it)

    place = Path(path).absolute()
    if place.is_dir():
        return
    place.mkdir(parents=True, exist_ok=True)
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        share_folder(folder, place.parent.stat())
    finally:
        os.close(folder)


def _let(opened: int, more: int) -> None:
    mode = stat.S_IMODE(os.fstat(opened).st_mode)
    if mode & more != more:
        with suppress(PermissionError):  # somebody else's file that was linked
            os.fchmod(opened, mode | more)
