"""Putting one file of this machine into a folder: by reflink, hard link or copy.

The rule it keeps: what stands under the file's name is complete and durable; what was begun stands under a private
name. A file that changes while it is read is refused.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import msgspec

from signoff.errors import StorageError
from signoff.storage.base import StoppedError
from signoff.storage.copying import FICLONE
from signoff.storage.folders import PRIVATE, READ, failed
from signoff.storage.paths import PRIVATE_PREFIX
from signoff.storage.sharing import is_shared, share_file

How = Literal["auto", "copy", "link", "reflink", "move"]
Way = Literal["reflink", "link", "copy"]
STEP = 16 * 1024 * 1024
CANNOT = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.ENOTTY})
WAYS: dict[How, tuple[Way, ...]] = {
    "auto": ("reflink", "link", "copy"),
    "copy": ("copy",),
    "link": ("link",),
    "reflink": ("reflink",),
    "move": ("link", "copy"),
}


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """How files are placed.

    Attributes:
        how: The ways that are allowed.
        progress: Told how many bytes were just done.
        stopped: Whether to give up.
    """

    how: How
    progress: Callable[[int], None]
    stopped: Callable[[], bool]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file, opened for reading.

    Attributes:
        file: Its descriptor.
        folder: The descriptor of its folder.
        name: Its name in there.
        path: Its path, for messages.
    """

    file: int
    folder: int
    name: str
    path: str


def place_file(source: Source, *, folder: int, name: str, placing: Placing) -> Way:
    """Put a file under a name in a folder, unless it is there already.

    Returns:
        The way that worked, of those that are allowed.

    Raises:
        StoppedError: Someone asked to stop.
        StorageError: No way that is allowed works here, or the file changed meanwhile.
    """
    before = os.fstat(source.file)
    private = PRIVATE_PREFIX + os.urandom(16).hex()
    try:
        way = _make(source, folder=folder, private=private, placing=placing)
        if _changed(before, os.fstat(source.file)):
            message = f"cannot bring in {source.path!r}: it changed while it was read"
            raise StorageError(message, hint="do the same again once nothing writes it")
        _share(private, folder)
        with suppress(FileExistsError):
            os.link(private, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        raise failed(source.path, error, doing="bring in") from error
    finally:
        with suppress(OSError):
            os.unlink(private, dir_fd=folder)
    return way


def _share(private: str, folder: int) -> None:
    """Let who shares the folder read a file, also one that is linked: its reader comes by this folder."""
    above = os.fstat(folder)
    if is_shared(above):
        file = os.open(private, READ, dir_fd=folder)
        try:
            share_file(file, above)
        finally:
            os.close(file)


def link_file(source: Source, *, folder: int, name: str) -> None:
    """Give a file one more name: its very inode, whatever was put in its place meanwhile.

    Raises:
        OSError: The filesystem refuses, or it is another filesystem.
    """
    os.link(source.name, name, src_dir_fd=source.folder, dst_dir_fd=folder, follow_symlinks=False)
    if os.stat(name, dir_fd=folder, follow_symlinks=False).st_ino != os.fstat(source.file).st_ino:
        os.unlink(name, dir_fd=folder)
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
    os.fsync(source.file)


def _make(source: Source, *, folder: int, private: str, placing: Placing) -> Way:
    ways = WAYS[placing.how]
    for way in ways:
        try:
            _make_by(way, source, folder=folder, private=private, placing=placing)
        except OSError as error:
            with suppress(FileNotFoundError):
                os.unlink(private, dir_fd=folder)
            if error.errno not in CANNOT or way == "copy":
                raise
        else:
            return way
    message = f"cannot bring in {source.path!r} by {ways[-1]}: the filesystems do not allow it"
    raise StorageError(message, hint="bring it in by copy")


def _make_by(way: Way, source: Source, *, folder: int, private: str, placing: Placing) -> None:
    match way:
        case "link":
            link_file(source, folder=folder, name=private)
            placing.progress(os.fstat(source.file).st_size)
        case "reflink":
            _fill(source, folder=folder, private=private, fill=lambda file: _clone(source, file, placing=placing))
        case "copy":
            _fill(source, folder=folder, private=private, fill=lambda file: _copy(source, file, placing=placing))


def _fill(source: Source, *, folder: int, private: str, fill: Callable[[int], None]) -> None:
    """Make a file with the source's bytes and time of change, durably."""
    file = os.open(private, PRIVATE, 0o666, dir_fd=folder)
    try:
        fill(file)
        status = os.fstat(source.file)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.fsync(file)
    finally:
        os.close(file)


def _clone(source: Source, file: int, *, placing: Placing) -> None:
    import fcntl  # noqa: PLC0415 (only Linux clones so)

    fcntl.ioctl(file, FICLONE, source.file)
    placing.progress(os.fstat(file).st_size)


def _copy(source: Source, file: int, *, placing: Placing) -> None:
    """Copy by the kernel where it can, else through this process."""
    left = os.fstat(source.file).st_size
    step = _kernel_step
    while left > 0:
        if placing.stopped():
            message = f"stopped while {source.path!r} was copied"
            raise StoppedError(message)
        try:
            count = step(source.file, file)
        except OSError as error:
            if error.errno not in CANNOT or step is _own_step:
                raise
            count = 0
        if not count and step is _own_step:
            return  # it became shorter, which is found out when all is done
        if not count:
            step = _own_step  # some filesystems answer 0 where they cannot
            continue
        placing.progress(count)
        left -= count


def _kernel_step(source: int, file: int) -> int:
    return os.copy_file_range(source, file, STEP)


def _own_step(source: int, file: int) -> int:
    chunk = os.read(source, STEP)
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(file, rest) :]
    return len(chunk)


def _changed(before: os.stat_result, now: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns)
