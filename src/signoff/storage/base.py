"""What the registry asks of the place where it is kept.

The rule it keeps: paths are relative to the registry's root, joined by `/`, without empty, `.` or `..` parts;
publishing never replaces; every failure is a `StorageError` that names the path.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, Protocol

import msgspec

from signoff.errors import StorageError

Told = Callable[[int], None]
"""Told how many bytes were just done; may raise to stop."""
MOST_NOTED = 1000


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One name in a folder.

    Attributes:
        name: The name, without its folder.
        kind: A regular file, a folder, or anything else (a symlink, a FIFO, a device …).
    """

    name: str
    kind: Literal["file", "folder", "other"]


class Info(msgspec.Struct, frozen=True):
    """What the storage says of one file.

    Attributes:
        size: Bytes.
        stamp: Differs when the content may differ: times, inode, etag, as far as the backend has them.
        modified: Seconds since 1970 as the storage says, or 0.0 where it does not.
        changed: The same of the last change of anything about the file, which nobody can set back; 0.0 where the
            storage does not say.
    """

    size: int
    stamp: str
    modified: float
    changed: float = 0.0


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done here.

    Attributes:
        writable: Whether records can be published.
        reason: Why not, in one line; "" when writable.
        local: Whether files have paths on this machine.
        notifies: Whether changes by others are announced (inotify), so that polling is only a net.
        filesystem: What kind of storage it is: "ext4", "nfs4", "s3" …
    """

    writable: bool
    reason: str
    local: bool
    notifies: bool
    filesystem: str


class Unanswered:
    """The paths that were asked for in vain since somebody looked: no answer came, so nothing is known of them.

    Attributes:
        count: How often that happened so far.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self._paths: set[str] = set()

    def note(self, path: str) -> None:
        """Note a path; of very many only some are kept."""
        self.count += 1
        if len(self._paths) < MOST_NOTED:
            self._paths.add(path)

    def take(self) -> frozenset[str]:
        """Return what was noted since the last call; `MOST_NOTED` of them stand for any number."""
        taken, self._paths = self._paths, set()
        return frozenset(taken)


class StoppedError(StorageError):
    """What was under way was stopped because someone asked; what was complete is kept, and doing the same goes on from there."""


class Readable(Protocol):
    """What files are read from: a storage, or a folder of it."""

    def read(self, path: str, *, most: int) -> bytes:
        """Return a regular file's bytes; see `Storage.read`."""

    def info(self, path: str) -> Info:
        """Return a regular file's size and stamp; see `Storage.info`."""


class Storage(Protocol):
    """A registry's storage.

    Attributes:
        paged: Whether a long folder is listed in many requests, so that a part of its names costs less than all.
        unanswered: What was asked for in vain, to be looked at again.
    """

    paged: bool
    unanswered: Unanswered

    @property
    def url(self) -> str:
        """Where it is, as a person would write it."""

    def capabilities(self) -> Capabilities:
        """Return what can be done here; finding out may take one probe."""

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        """Return what a folder holds, sorted by name.

        Args:
            path: The folder.
            after: Only the names behind this one; where it is given, a folder that is not there may be an empty one.
            most: At most so many of them, the first ones; 0: all.

        Raises:
            NotFoundError: There is no such folder.
            StorageError: It cannot be listed, or a part of the path is a symlink.
        """

    def walk(self, path: str) -> tuple[tuple[str, Info], ...]:
        """Return every regular file below a folder: its path below that folder, with `/`, and its info; sorted bytewise.

        Raises:
            NotFoundError: There is no such folder.
            StorageError: Something below is a symlink or a special file (named in the message), or cannot be listed.
        """

    def info(self, path: str) -> Info:
        """Return a regular file's size and stamp.

        Raises:
            NotFoundError: There is no such file.
            StorageError: It is not a regular file, or cannot be asked.
        """

    def read(self, path: str, *, most: int) -> bytes:
        """Return a regular file's bytes.

        Args:
            path: The file.
            most: The cap in bytes; a larger file is refused, not cut.

        Raises:
            NotFoundError: There is no such file.
            StorageError: It is too large, not a regular file, a symlink, or cannot be read.
        """

    def read_many(self, paths: Iterable[str], *, most: int) -> Iterator[bytes | StorageError]:
        """Yield each file's bytes, or the error that `read` would raise, in the order asked."""

    def open(self, path: str) -> BinaryIO:
        """Open a regular file for reading.

        Raises:
            NotFoundError: There is no such file.
            StorageError: It is not a regular file, a symlink, or cannot be read.
        """

    def put_new(self, path: str, content: bytes) -> bool:
        """Publish a file whole, or not at all; folders are made as needed.

        Returns:
            Whether this call wrote it: False when the very same bytes were there before.

        Raises:
            AlreadyExistsError: Other bytes are there.
            StorageError: The storage cannot publish without replacing, or failed.
        """

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        """Publish a file of any size whole, or not at all; folders are made as needed.

        Args:
            path: The file.
            stream: Its bytes.
            size: How many there must be.
            sha256: Their digest in hex, or "" where it is still to be found out.
            told: Told how many bytes were just done.

        Returns:
            The SHA-256 of what was published, in hex.

        Raises:
            AlreadyExistsError: Something is there.
            VerificationError: The bytes have another digest; nothing was published.
            StorageError: There are more or fewer bytes, the storage cannot publish without replacing, or failed.
        """

    def replace(self, path: str, content: bytes, *, expected: bytes | None) -> None:
        """Replace a working file whole, after comparing it with what was opened.

        Args:
            path: The file.
            content: The new bytes.
            expected: The bytes that were read before the edit; None: it did not exist.

        Raises:
            AlreadyExistsError: The file is no longer what was expected.
            StorageError: It cannot be written.
        """

    def remove(self, path: str) -> None:
        """Remove a file, if it is there.

        Raises:
            StorageError: It cannot be removed.
        """

    def remove_empty(self, path: str) -> None:
        """Remove a folder that holds nothing, if there is one; one that holds something stays.

        Raises:
            StorageError: It cannot be removed.
        """

    def move(self, path: str, to: str) -> None:
        """Move whatever stands at a path, itself and not where it leads, to a place where nothing is; folders are made.

        Raises:
            NotFoundError: Nothing is there.
            AlreadyExistsError: Something stands at the other place.
            StorageError: It cannot be moved.
        """
