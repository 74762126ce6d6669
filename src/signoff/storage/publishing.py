"""The commit: a whole file under a private name, then a step that never replaces.

The rule it keeps (storage.md, put_new on POSIX), but for hints that decide nothing: who is told "written" is never wrong, and no reader sees part of a
file. The private file is written and made durable first; link(2) has one winner, also on NFS; whatever link answers, the
truth is what stands at the target.
"""

import errno
import os
from collections.abc import Callable, Iterable

import msgspec

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import occupied
from signoff.storage.folders import PRIVATE, enter, failed, open_regular, stat_regular, sync_folder
from signoff.storage.paths import PRIVATE_PREFIX
from signoff.storage.sharing import share_file

TEMPORARY = (".signoff", "tmp")
CANNOT_LINK = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EMLINK})
ELSEWHERE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
HAS_TWO_NAMES = 2

Step = Callable[[int, str, int], bool]


class CannotPublishError(StorageError):
    """This filesystem has no step that publishes without replacing."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file shall stand.

    Attributes:
        root: The registry's root.
        path: The file's path below it, for messages.
        folder: The descriptor of its folder.
        name: Its name in there.
    """

    root: str
    path: str
    folder: int
    name: str


class _WrongPlaceError(Exception):
    """The private file cannot be made in this folder, or not moved from there to the target."""


def publish(target: Target, content: bytes) -> bool:
    """Publish bytes where nothing stands yet.

    Returns:
        Whether this call wrote it: False when the very same bytes were there before.

    Raises:
        AlreadyExistsError: Other bytes are there.
        CannotPublishError: The filesystem cannot publish without replacing.
        StorageError: It failed.
    """

    def link(folder: int, name: str, file: int) -> bool:
        try:
            os.link(name, target.name, src_dir_fd=folder, dst_dir_fd=target.folder, follow_symlinks=False)
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise
            if os.fstat(file).st_nlink != HAS_TWO_NAMES:  # else the answer was lost, not the race
                return _judge(target, content, error)
        _sync(target)
        return True

    return _from_private_file(target, [content], mode=None, step=link)


def publish_parts(target: Target, parts: Iterable[bytes]) -> None:
    """Publish what comes in parts, where nothing stands yet.

    Raises:
        AlreadyExistsError: Something is there.
        CannotPublishError: The filesystem cannot publish without replacing.
        StorageError: It failed.
    """

    def link(folder: int, name: str, file: int) -> bool:
        try:
            os.link(name, target.name, src_dir_fd=folder, dst_dir_fd=target.folder, follow_symlinks=False)
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise
            if os.fstat(file).st_nlink != HAS_TWO_NAMES:
                raise _taken(target, error) from error
        _sync(target)
        return True

    _from_private_file(target, parts, mode=None, step=link)


def put_hint(target: Target, content: bytes) -> None:
    """Put bytes where nothing stands, under their name at once: a reader may meet a part, a crash may leave it empty.

    Raises:
        AlreadyExistsError: Something is there.
        StorageError: It failed.
    """
    try:
        file = os.open(target.name, PRIVATE, 0o666, dir_fd=target.folder)
        try:
            share_file(file, os.fstat(target.folder))
            _write_all(file, content)
        finally:
            os.close(file)
    except OSError as error:
        raise failed(target.path, error, doing="write") from error


def exchange(target: Target, content: bytes, *, mode: int) -> None:
    """Put bytes in the place of a working file, whole, with that file's mode.

    Raises:
        StorageError: It failed; the file is as it was.
    """

    def rename(folder: int, name: str, _file: int) -> bool:
        os.rename(name, target.name, src_dir_fd=folder, dst_dir_fd=target.folder)
        _sync(target)
        return True

    _from_private_file(target, [content], mode=mode, step=rename)


def _from_private_file(target: Target, content: Iterable[bytes], *, mode: int | None, step: Step) -> bool:
    """Take the step from the registry's own folder for private files, else (another device) from beside the target."""
    try:
        folder = enter(target.root, TEMPORARY, create=True)
    except StorageError:
        return _take(target, target.folder, content, mode=mode, step=step)
    try:
        if os.fstat(folder).st_dev != os.fstat(target.folder).st_dev:
            raise _WrongPlaceError
        return _take(target, folder, content, mode=mode, step=step)
    except _WrongPlaceError:
        return _take(target, target.folder, content, mode=mode, step=step)
    finally:
        os.close(folder)


def _take(target: Target, folder: int, content: Iterable[bytes], *, mode: int | None, step: Step) -> bool:
    """Write the bytes under a private name, take the step, and remove the private name."""
    name = PRIVATE_PREFIX + os.urandom(16).hex()
    try:
        file = os.open(name, PRIVATE, 0o666, dir_fd=folder)
    except OSError as error:
        if error.errno in ELSEWHERE and folder != target.folder:
            raise _WrongPlaceError from error
        raise failed(target.path, error, doing="write") from error
    try:
        _write(target, file, content, mode=mode)
        return step(folder, name, file)
    except OSError as error:
        if error.errno == errno.EXDEV and folder != target.folder:
            raise _WrongPlaceError from error
        raise failed(target.path, error, doing="write") from error
    finally:
        os.close(file)
        _forget(folder, name)


def _forget(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        return  # what is left over is for `doctor`


def _write(target: Target, file: int, content: Iterable[bytes], *, mode: int | None) -> None:
    """Write everything and make it durable; the folder that it is for says who shares it."""
    share_file(file, os.fstat(target.folder))
    if mode is not None:
        os.fchmod(file, mode)
    for part in content:
        _write_all(file, part)
    os.fsync(file)


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _judge(target: Target, content: bytes, error: OSError) -> bool:
    """Say what a link that was refused means: the same bytes are there, others are, or nothing is."""
    try:
        status = stat_regular(target.folder, target.name, path=target.path)
        same = status.st_size == len(content) and _read(target) == content
    except NotFoundError:
        raise _cannot(target, error) from error
    if not same:
        message = f"cannot publish {target.path!r}: other bytes are there"
        raise AlreadyExistsError(message, hint="read it again: someone was first") from error
    _sync(target)  # the one who wrote it may have died before this
    return False


def _taken(target: Target, error: OSError) -> StorageError:
    """Say what a link that was refused means, where nothing may be there."""
    try:
        stat_regular(target.folder, target.name, path=target.path)
    except NotFoundError:
        return _cannot(target, error)
    return occupied(target.path)


def _read(target: Target) -> bytes:
    file, _ = open_regular(target.folder, target.name, path=target.path)
    with os.fdopen(file, "rb") as stream:
        return stream.read()


def _cannot(target: Target, error: OSError) -> StorageError:
    if error.errno in CANNOT_LINK:
        return CannotPublishError(
            f"cannot publish {target.path!r}: this filesystem cannot publish without replacing ({os.strerror(error.errno)})",
            hint="it is read-only for signoff: keep the registry on a filesystem with hard links (ext4, xfs, btrfs, NFS …)",
        )
    return failed(target.path, error, doing="publish")


def _sync(target: Target) -> None:
    try:
        sync_folder(target.folder)
    except OSError as error:
        raise failed(target.path, error, doing="make durable") from error
