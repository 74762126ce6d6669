"""Folders and files of this machine, opened so that nobody can lead the way elsewhere.

The rule it keeps: every part of a path below the root is opened from the folder above it and never through a symlink;
only regular files are opened for their bytes, and opening never waits (a FIFO cannot hang a reader).
"""

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.sharing import share_folder

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
READ_BACK = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
UNSYNCED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS})
ABSENT = os.strerror(errno.ENOENT)
KINDS = {
    stat.S_IFLNK: "a symlink",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "a file",
}


def kind_of(mode: int) -> str:
    """Return what a file of this mode is, in words."""
    return KINDS.get(stat.S_IFMT(mode), "a special file")


def failed(path: str, error: OSError, *, doing: str) -> StorageError:
    """Return what to raise when the operating system refuses; `doing` is a verb."""
    message = f"cannot {doing} {path!r}: {os.strerror(error.errno or errno.EIO)}"
    match error.errno:
        case errno.ENOENT:
            return NotFoundError(message)
        case errno.EEXIST:
            return AlreadyExistsError(message)
        case errno.ENOSPC | errno.EDQUOT:
            return StorageError(message, hint="make room, then do the same again: nothing was half written")
        case errno.EACCES:
            return StorageError(message, hint="ask its owner for permission; who shares a folder asks: signoff doctor")
        case _:
            return StorageError(message)


class open_folder:  # noqa: N801  (used as the function that it stands for; a generator costs as much as the calls inside)
    """Give a descriptor of a folder below the root, as `enter` finds it, and close it."""

    __slots__ = ("_folder",)

    def __init__(self, root: str, parts: Sequence[str], *, create: bool = False) -> None:
        """Open the folder."""
        self._folder = enter(root, parts, create=create)

    def __enter__(self) -> int:
        """Return the descriptor."""
        return self._folder

    def __exit__(self, *_: object) -> None:
        """Close it."""
        os.close(self._folder)


def enter(root: str, parts: Sequence[str], *, create: bool = False) -> int:
    """Return a descriptor of a folder below the root; whoever asks closes it.

    Args:
        root: The root's path; it may lead through symlinks, nothing below it may.
        parts: The folder's path below the root.
        create: Whether missing folders are made, and made durable.

    Raises:
        NotFoundError: There is no such folder.
        StorageError: A part is not a folder, or cannot be opened.
    """
    try:
        folder = os.open(root, ROOT)
    except OSError as error:
        raise failed(root, error, doing="open") from error
    for depth, part in enumerate(parts):
        above = folder
        try:
            folder = os.open(part, FOLDER, dir_fd=above)
        except OSError as error:
            folder = _enter(above, parts, depth=depth, create=create, met=error)
        finally:
            os.close(above)
    return folder


def _enter(folder: int, parts: Sequence[str], *, depth: int, create: bool, met: OSError) -> int:
    """Make the folder that was not there, or say what stands in its place."""
    if not create or not isinstance(met, FileNotFoundError):
        raise _explain(folder, parts[depth], path="/".join(parts[: depth + 1]), error=met) from met
    return _make(folder, parts, depth=depth)


def _make(folder: int, parts: Sequence[str], *, depth: int) -> int:
    """Make a folder, unless another writer was first, and open it."""
    path, made = "/".join(parts[: depth + 1]), False
    try:
        with suppress(FileExistsError):
            os.mkdir(parts[depth], 0o777, dir_fd=folder)
            made = True
        sync_folder(folder)
    except OSError as error:
        raise failed(path, error, doing="make the folder") from error
    try:
        opened = os.open(parts[depth], FOLDER, dir_fd=folder)
    except OSError as error:
        raise _explain(folder, parts[depth], path=path, error=error) from error
    if made:
        share_folder(opened, os.fstat(folder))
    return opened


def open_regular(folder: int, name: str, *, path: str) -> tuple[int, os.stat_result]:
    """Open a regular file for reading, without waiting and without following a symlink.

    Raises:
        NotFoundError: There is no such file.
        StorageError: It is something else, or cannot be read.
    """
    try:
        file = os.open(name, READ, dir_fd=folder)
    except FileNotFoundError as error:  # what a writer meets most: the next slot is free
        raise NotFoundError(f"cannot open {path!r}: {ABSENT}") from error  # noqa: EM102, TRY003
    except OSError as error:
        raise _explain(folder, name, path=path, error=error) from error
    status = os.fstat(file)
    if stat.S_ISREG(status.st_mode):
        return file, status
    os.close(file)
    raise not_regular(path, status.st_mode)


def not_regular(path: str, mode: int) -> StorageError:
    """Return what to raise where a regular file was expected."""
    return StorageError(
        f"{path!r} is {kind_of(mode)}, not a regular file",
        hint="replace it by a copy of what it should be, or remove it",
    )


def stat_regular(folder: int, name: str, *, path: str) -> os.stat_result:
    """Return the status of a regular file, without opening it.

    Raises:
        NotFoundError: There is no such file.
        StorageError: It is something else, or cannot be asked.
    """
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        raise failed(path, error, doing="look at") from error
    if stat.S_ISREG(status.st_mode):
        return status
    raise not_regular(path, status.st_mode)


def sync_folder(folder: int) -> None:
    """Make the names in a folder durable, where the filesystem can.

    Raises:
        OSError: It failed; some network filesystems know no such call, and that is no failure.
    """
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in UNSYNCED:
            raise


def _explain(folder: int, name: str, *, path: str, error: OSError) -> StorageError:
    """Return an error that says what stands in the way, where the error number alone does not."""
    if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR}:
        with suppress(OSError):
            mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            if error.errno != errno.ENOTDIR or stat.S_ISLNK(mode):
                return not_regular(path, mode)
            return StorageError(f"{path!r} is {kind_of(mode)}, not a folder")
    return failed(path, error, doing="open")
