"""A registry in a folder of this machine.

The rule it keeps: nothing below the root is reached through a symlink, only regular files are read, publishing never
replaces, and a person's umask and a folder's group decide who may read what was written.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO, Literal

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import Parts
from signoff.storage.base import Capabilities, Entry, Info, Told, Unanswered
from signoff.storage.folders import failed, open_folder, open_regular, stat_regular, sync_folder
from signoff.storage.mounts import filesystem_of, notifies, number_of
from signoff.storage.paths import DEEPEST, bytewise, in_order, split_file, split_folder
from signoff.storage.publishing import CannotPublishError, Target, exchange, publish, publish_parts, put_hint
from signoff.storage.reading import read_in, read_neighbours
from signoff.storage.walking import info_of, walk_open

OPENED_READ_ONLY = "it was opened read-only"
NOT_WRITABLE = "this user may not write there"
MOUNTED_READ_ONLY = "it is mounted read-only"
BUFFER = 1024 * 1024


class LocalStorage:
    """A folder of this machine, as a registry's storage.

    Args:
        root: The folder; it may itself be reached through symlinks.
        read_only: Whether to refuse every write.
    """

    paged = False

    def __init__(self, root: str | os.PathLike[str], *, read_only: bool = False) -> None:
        """Remember the place; nothing is opened yet."""
        self._url = os.fspath(root)
        self.root = os.path.abspath(self._url)  # noqa: PTH100 (symlinks stay, and pathlib costs a cold start)
        self._reason = OPENED_READ_ONLY if read_only else ""
        self._number = number_of(self.root)
        self.unanswered = Unanswered()

    @property
    def url(self) -> str:
        """The path, as it was given."""
        return self._url

    def capabilities(self) -> Capabilities:
        """Return what can be done here, from the mount table, permissions and what earlier writes met."""
        filesystem = filesystem_of(self.root)
        reason = self._reason or _why_not_writable(self.root)
        return Capabilities(
            writable=not reason, reason=reason, local=True, notifies=notifies(filesystem), filesystem=filesystem
        )

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        """Return what a folder holds, sorted by name; a part costs what all cost."""
        with open_folder(self.root, split_folder(path)) as folder:
            try:
                with os.scandir(folder) as found:
                    entries = [
                        Entry(name=item.name, kind="file" if item.is_file(follow_symlinks=False) else _kind(item))
                        for item in found
                    ]
            except OSError as error:
                raise failed(path, error, doing="list") from error
        return in_order(entries, after=after, most=most)

    def walk(self, path: str) -> tuple[tuple[str, Info], ...]:
        """Return every regular file below a folder, sorted bytewise; a symlink or special file refuses it all."""
        parts = split_folder(path)
        with open_folder(self.root, parts) as folder:
            return tuple(sorted(walk_open(folder, "", above=path, left=DEEPEST - len(parts)), key=bytewise))

    def info(self, path: str) -> Info:
        """Return a regular file's size and stamp."""
        parts, name = split_file(path)
        with open_folder(self.root, parts) as folder:
            return info_of(stat_regular(folder, name, path=path))

    def is_free(self, path: str) -> bool:
        """Tell whether surely nothing stands at a path; what stands there, and whether a link led there, is for `read`."""
        try:
            os.lstat(f"{self.root}/{path}")
        except OSError as error:
            return error.errno == errno.ENOENT
        return False

    def read(self, path: str, *, most: int) -> bytes:
        """Return a regular file's bytes, at most `most`."""
        parts, name = split_file(path)
        with open_folder(self.root, parts) as folder:
            return read_in(folder, name, path=path, most=most)

    def read_many(self, paths: Iterable[str], *, most: int) -> Iterator[bytes | StorageError]:
        """Yield each file's bytes or error; neighbours in one folder share its way."""
        for _, group in groupby(paths, key=lambda path: path.rpartition("/")[0]):
            yield from read_neighbours(self.root, list(group), most=most)

    def open(self, path: str) -> BinaryIO:
        """Open a regular file for reading."""
        parts, name = split_file(path)
        with open_folder(self.root, parts) as folder:
            file, _ = open_regular(folder, name, path=path)
        return os.fdopen(file, "rb")

    def put_new(self, path: str, content: bytes) -> bool:
        """Publish a file whole, or not at all; folders are made as needed."""
        self._need_writable(path)
        parts, name = split_file(path)
        try:
            with open_folder(self.root, parts, create=True) as folder:
                return publish(Target(root=self.root, path=path, folder=folder, name=name), content)
        except CannotPublishError as error:
            self._reason = f"its filesystem cannot publish without replacing: {error.message}"
            raise

    def put_hint(self, path: str, content: bytes) -> None:
        """Put a file that nobody misses where none is: a reader may meet a part of it, a crash may leave it empty.

        Raises:
            AlreadyExistsError: Something is there.
            StorageError: The storage is read-only, or it failed.
        """
        self._need_writable(path)
        parts, name = split_file(path)
        with open_folder(self.root, parts, create=True) as folder:
            put_hint(Target(root=self.root, path=path, folder=folder, name=name), content)

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        """Publish a file from a stream whole, or not at all; folders are made as needed."""
        self._need_writable(path)
        parts, name = split_file(path)
        arriving = Parts(path, stream, size=size, sha256=sha256, told=told, part=BUFFER)
        with open_folder(self.root, parts, create=True) as folder:
            publish_parts(Target(root=self.root, path=path, folder=folder, name=name), arriving)
        return arriving.digest

    def replace(self, path: str, content: bytes, *, expected: bytes | None) -> None:
        """Replace a working file whole, after comparing it with what was opened."""
        self._need_writable(path)
        if expected is None:
            self.put_new(path, content)
            return
        parts, name = split_file(path)
        with open_folder(self.root, parts) as folder:
            mode = _compare(folder, name, path=path, expected=expected)
            exchange(Target(root=self.root, path=path, folder=folder, name=name), content, mode=mode)

    def remove(self, path: str) -> None:
        """Remove a regular file, if it is there."""
        self._need_writable(path)
        parts, name = split_file(path)
        try:
            with open_folder(self.root, parts) as folder:
                stat_regular(folder, name, path=path)
                os.unlink(name, dir_fd=folder)
                sync_folder(folder)
        except (NotFoundError, FileNotFoundError):
            return
        except OSError as error:
            raise failed(path, error, doing="remove") from error

    def remove_empty(self, path: str) -> None:
        """Remove a folder that holds nothing, if there is one; one that holds something stays."""
        self._need_writable(path)
        parts, name = split_file(path)
        try:
            with open_folder(self.root, parts) as folder:
                os.rmdir(name, dir_fd=folder)
                sync_folder(folder)
        except NotFoundError:
            return
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:
                raise failed(path, error, doing="remove") from error

    def move(self, path: str, to: str) -> None:
        """Move whatever stands at a path to a place where nothing is; folders are made as needed."""
        self._need_writable(path)
        (parts, name), (others, other) = split_file(path), split_file(to)
        try:
            with open_folder(self.root, parts) as folder, open_folder(self.root, others, create=True) as target:
                os.stat(name, dir_fd=folder, follow_symlinks=False)
                if _is_there(target, other):
                    message = f"cannot move {path!r} to {to!r}: something is there"
                    raise AlreadyExistsError(message)
                os.rename(name, other, src_dir_fd=folder, dst_dir_fd=target)
                sync_folder(target)
                sync_folder(folder)
        except OSError as error:
            raise failed(path, error, doing="move") from error

    def _need_writable(self, path: str) -> None:
        if self._reason:
            message = f"cannot write {path!r} in {self._url!r}: {self._reason}"
            raise StorageError(message)
        if self._number != number_of(self.root) and self._number:
            message = f"cannot write {path!r} in {self._url!r}: it is not the folder that was opened"
            raise StorageError(message, hint="is it still mounted? open it again")


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _kind(item: os.DirEntry[str]) -> Literal["folder", "other"]:
    """Return what an item that is no file is."""
    return "folder" if item.is_dir(follow_symlinks=False) else "other"


def _compare(folder: int, name: str, *, path: str, expected: bytes) -> int:
    """Return the mode of a working file that still holds what was expected."""
    hint = "open it again and make the change in what is there now"
    try:
        mode = stat_regular(folder, name, path=path).st_mode
        now = read_in(folder, name, path=path, most=len(expected))
    except NotFoundError as error:
        message = f"cannot replace {path!r}: it was removed meanwhile"
        raise AlreadyExistsError(message, hint=hint) from error
    except StorageError as error:
        message = f"cannot replace {path!r}: {error.message}"
        raise AlreadyExistsError(message, hint=hint) from error
    if now != expected:
        message = f"cannot replace {path!r}: it was changed meanwhile"
        raise AlreadyExistsError(message, hint=hint)
    return stat.S_IMODE(mode)


def _why_not_writable(root: str) -> str:
    """Return why no record could be published below a root; "" when one could."""
    try:
        if os.statvfs(root).f_flag & os.ST_RDONLY:
            return MOUNTED_READ_ONLY
    except OSError as error:
        return os.strerror(error.errno or 0)
    inside = (root, f"{root}/.signoff", f"{root}/models")
    return "" if any(os.access(folder, os.W_OK | os.X_OK) for folder in inside) else NOT_WRITABLE
