"""A registry in the memory of this process, for tests and demonstrations.

The rule it keeps: it answers as a folder of this machine does, error for error; `StorageContract` holds both to it.
"""

import hashlib
import io
import threading
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import need_right, occupied
from signoff.storage.base import Capabilities, Entry, Info, Told, Unanswered
from signoff.storage.paths import DEEPEST, bytewise, in_order, split_file, split_folder

READ_ONLY = "it was opened read-only"


class _Blob:
    """A file's bytes, and the number of the change that wrote them."""

    def __init__(self, content: bytes, change: int) -> None:
        """Keep both."""
        self.content, self.change = content, change


class _Other:
    """Something that is neither a file nor a folder."""

    def __init__(self, kind: str) -> None:
        """Keep what it is, in words."""
        self.kind = kind


Node = _Blob | _Other | dict[str, "Node"]


class MemoryStorage:
    """A dict, as a registry's storage.

    Args:
        read_only: Whether to refuse every write.
    """

    paged = False

    def __init__(self, *, read_only: bool = False) -> None:
        """Start empty."""
        self._root: dict[str, Node] = {}
        self._changes = 0
        self._lock = threading.RLock()
        self._read_only = read_only
        self.unanswered = Unanswered()

    @property
    def url(self) -> str:
        """A name that says that it will not last."""
        return "memory://"

    def capabilities(self) -> Capabilities:
        """Return what can be done here."""
        reason = READ_ONLY if self._read_only else ""
        return Capabilities(
            writable=not self._read_only, reason=reason, local=False, notifies=False, filesystem="memory"
        )

    def opened_read_only(self) -> "MemoryStorage":
        """Return the same storage, opened to read only."""
        other = MemoryStorage(read_only=True)
        other._root, other._lock = self._root, self._lock
        return other

    def plant_symlink(self, path: str) -> None:
        """Put a symlink there, as an attacker would: it leads nowhere and must be refused."""
        self._plant(path, _Other("a symlink"))

    def plant_fifo(self, path: str) -> None:
        """Put a FIFO there, as an attacker would."""
        self._plant(path, _Other("a FIFO"))

    def plant_folder(self, path: str) -> None:
        """Make an empty folder."""
        self._plant(path, {})

    def plant_file(self, path: str, content: bytes) -> None:
        """Put bytes there whatever was there before, as one who does not use signoff would."""
        with self._lock:
            self._changes += 1
            self._plant(path, _Blob(content, self._changes))

    def _plant(self, path: str, node: Node) -> None:
        parts, name = split_file(path)
        with self._lock:
            self._folder(parts, create=True)[name] = node

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        """Return what a folder holds, sorted by name."""
        with self._lock:
            found = [Entry(name=name, kind=_kind(node)) for name, node in self._folder(split_folder(path)).items()]
        return in_order(found, after=after, most=most)

    def walk(self, path: str) -> tuple[tuple[str, Info], ...]:
        """Return every regular file below a folder, sorted bytewise; a symlink or special file refuses it all."""
        parts = split_folder(path)
        with self._lock:
            return tuple(sorted(_walk(self._folder(parts), "", above=path, left=DEEPEST - len(parts)), key=bytewise))

    def info(self, path: str) -> Info:
        """Return a file's size and stamp."""
        return _info(self._file(path))

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes, at most `most`."""
        content = self._file(path).content
        if len(content) > most:
            message = f"{path!r} is too large: {len(content)} bytes, where {most} are allowed"
            raise StorageError(message)
        return content

    def read_many(self, paths: Iterable[str], *, most: int) -> Iterator[bytes | StorageError]:
        """Yield each file's bytes or error, in the order asked."""
        for path in paths:
            try:
                yield self.read(path, most=most)
            except StorageError as error:
                yield error

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        return io.BytesIO(self._file(path).content)

    def put_new(self, path: str, content: bytes) -> bool:
        """Publish a file whole, or not at all; folders are made as needed."""
        self._need_writable(path)
        parts, name = split_file(path)
        with self._lock:
            folder = self._folder(parts, create=True)
            if name not in folder:
                self.plant_file(path, content)
                return True
            if _need_blob(folder[name], path).content == content:
                return False
        message = f"cannot publish {path!r}: other bytes are there"
        raise AlreadyExistsError(message, hint="read it again: someone was first")

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        """Publish a file from a stream whole, or not at all."""
        content = stream.read()
        found = hashlib.sha256(content).hexdigest()
        need_right(path, (len(content), found), expected=(size, sha256 or found))
        if told:
            told(size)
        if not self.put_new(path, content):
            raise occupied(path)
        return found

    def replace(self, path: str, content: bytes, *, expected: bytes | None) -> None:
        """Replace a working file whole, after comparing it with what was opened."""
        self._need_writable(path)
        if expected is None:
            self.put_new(path, content)
            return
        hint = "open it again and make the change in what is there now"
        with self._lock:
            try:
                now = self._file(path).content
            except NotFoundError as error:
                message = f"cannot replace {path!r}: it was removed meanwhile"
                raise AlreadyExistsError(message, hint=hint) from error
            if now != expected:
                message = f"cannot replace {path!r}: it was changed meanwhile"
                raise AlreadyExistsError(message, hint=hint)
            self.plant_file(path, content)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        self._need_writable(path)
        parts, name = split_file(path)
        with self._lock:
            try:
                folder = self._folder(parts)
                self._file(path)
            except NotFoundError:
                return
            del folder[name]

    def remove_empty(self, path: str) -> None:
        """Remove a folder that holds nothing, if there is one; one that holds something stays."""
        self._need_writable(path)
        parts, name = split_file(path)
        with self._lock:
            try:
                above, folder = self._folder(parts), self._folder([*parts, name])
            except NotFoundError:
                return
            if not folder:
                del above[name]

    def move(self, path: str, to: str) -> None:
        """Move whatever stands at a path to a place where nothing is; folders are made as needed."""
        self._need_writable(path)
        (parts, name), (others, other) = split_file(path), split_file(to)
        with self._lock:
            folder = self._folder(parts)
            if name not in folder:
                message = f"cannot move {path!r}: No such file or directory"
                raise NotFoundError(message)
            target = self._folder(others, create=True)
            if other in target:
                message = f"cannot move {path!r} to {to!r}: something is there"
                raise AlreadyExistsError(message)
            target[other] = folder.pop(name)

    def _need_writable(self, path: str) -> None:
        if self._read_only:
            message = f"cannot write {path!r} in {self.url!r}: {READ_ONLY}"
            raise StorageError(message)

    def _file(self, path: str) -> _Blob:
        parts, name = split_file(path)
        with self._lock:
            node = self._folder(parts).get(name)
        if node is None:
            message = f"cannot open {path!r}: No such file or directory"
            raise NotFoundError(message)
        return _need_blob(node, path)

    def _folder(self, parts: list[str], *, create: bool = False) -> dict[str, Node]:
        folder = self._root
        for depth, part in enumerate(parts):
            node = folder.setdefault(part, {}) if create else folder.get(part)
            path = "/".join(parts[: depth + 1])
            match node:
                case None:
                    message = f"cannot open {path!r}: No such file or directory"
                    raise NotFoundError(message)
                case dict():
                    folder = node
                case _Blob():
                    message = f"{path!r} is a file, not a folder"
                    raise StorageError(message)
                case _Other():
                    message = f"{path!r} is {node.kind}, not a regular file"
                    raise StorageError(message)
        return folder


def _kind(node: Node) -> Literal["file", "folder", "other"]:
    match node:
        case _Blob():
            return "file"
        case dict():
            return "folder"
        case _Other():
            return "other"


def _need_blob(node: Node, path: str) -> _Blob:
    match node:
        case _Blob():
            return node
        case dict():
            message = f"{path!r} is a folder, not a regular file"
            raise StorageError(message)
        case _Other():
            message = f"{path!r} is {node.kind}, not a regular file"
            raise StorageError(message)


def _info(blob: _Blob) -> Info:
    return Info(size=len(blob.content), stamp=f"{blob.change}", modified=0.0)


def _walk(folder: dict[str, Node], below: str, *, above: str, left: int) -> Iterator[tuple[str, Info]]:
    for name, node in folder.items():
        path = f"{below}{name}"
        if not isinstance(node, dict):
            yield path, _info(_need_blob(node, f"{above}/{path}".lstrip("/")))
        elif left > 1:
            yield from _walk(node, f"{path}/", above=above, left=left - 1)
        else:
            where = f"{above}/{path}".lstrip("/")
            message = f"{where!r} is deeper than {DEEPEST} folders"
            raise StorageError(message)
