"""A registry in a folder of another machine, reached by SFTP.

The rules it keeps: what is published is written under a private name and then renamed by the protocol's own rename,
which does not replace (never by `posix-rename`, which does); nothing below the root is reached through a symlink, as
far as the server tells.
"""

import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from io import BufferedReader
from typing import Any, BinaryIO, Literal, TypeVar

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.base import Capabilities, Entry, Info, Told
from signoff.storage.folders import kind_of, not_regular
from signoff.storage.paths import DEEPEST, bytewise, in_order, split_file, split_folder
from signoff.storage.remote_errors import Calls
from signoff.storage.remote_stream import open_ranges
from signoff.storage.sftp_put import SftpPublishing
from signoff.storage.sftp_session import Session

OPENED_READ_ONLY = "it was opened read-only"

Answer = TypeVar("Answer")


class SftpStorage:
    """A folder of another machine, as a registry's storage.

    Args:
        url: `sftp://user@host:port/path`, without a password in what is shown.
        session: The connections.
        now: The clock.
        read_only: Whether to refuse every write.
    """

    paged = False

    def __init__(self, url: str, session: Session, *, now: Callable[[], datetime], read_only: bool = False) -> None:
        """Nothing is asked yet."""
        from paramiko import SSHException  # noqa: PLC0415  (only who uses a server pays for its driver)

        self._url, self._session, self._root = url.rstrip("/"), session, session.path
        self._calls = Calls(self._url, (OSError, SSHException, EOFError))
        self.unanswered = self._calls.unanswered
        self._publishing = SftpPublishing(self._calls, session, now=now)
        self._reason = OPENED_READ_ONLY if read_only else ""
        self._real = ""

    @property
    def url(self) -> str:
        """The place, as it was given."""
        return self._url

    def capabilities(self) -> Capabilities:
        """Return what can be done here, from what earlier writes met; nothing is written to find out."""
        reason = self._reason or self._publishing.reason
        return Capabilities(writable=not reason, reason=reason, local=False, notifies=False, filesystem="sftp")

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        """Return what a folder holds, sorted by name; a part costs what all cost."""
        found = [Entry(name=name, kind=_kind(said.st_mode)) for name, said in self._list(path)]
        return in_order(found, after=after, most=most)

    def walk(self, path: str) -> tuple[tuple[str, Info], ...]:
        """Return every regular file below a folder, sorted bytewise; a symlink or special file refuses it all."""
        return tuple(sorted(self._walk(path, "", left=DEEPEST - len(split_folder(path))), key=bytewise))

    def _walk(self, above: str, below: str, *, left: int) -> Iterator[tuple[str, Info]]:
        where = f"{above}/{below}".strip("/")
        for name, said in self._list(where):
            path = f"{below}{name}"
            place = f"{where}/{name}".lstrip("/")
            match _kind(said.st_mode):
                case "file":
                    yield path, _info(said)
                case "folder" if left > 1:
                    yield from self._walk(above, f"{path}/", left=left - 1)
                case "folder":
                    message = f"{place!r} is deeper than {DEEPEST} folders"
                    raise StorageError(message)
                case _:
                    raise not_regular(place, said.st_mode)

    def _list(self, path: str) -> list[tuple[str, Any]]:
        split_folder(path)

        def ask(channel: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
            self._need_direct(channel, path)
            said = channel.stat(self._place(path))
            if not stat.S_ISDIR(said.st_mode):
                message = f"{path!r} is {kind_of(said.st_mode)}, not a folder"
                raise StorageError(message)
            return [(one.filename, one) for one in channel.listdir_attr(self._place(path))]

        return self._ask(path, "list", ask)

    def info(self, path: str) -> Info:
        """Return a regular file's size and stamp."""
        split_file(path)
        return self._ask(path, "look at", lambda channel: _info(self._regular(channel, path)))

    def read(self, path: str, *, most: int) -> bytes:
        """Return a regular file's bytes, at most `most`."""
        split_file(path)

        def ask(channel: Any) -> bytes:  # noqa: ANN401
            size = self._regular(channel, path).st_size
            if size > most:
                message = f"{path!r} is too large: {size} bytes, where {most} are allowed"
                raise StorageError(message)
            return _range(channel, self._place(path), 0, most + 1)

        return self._ask(path, "read", ask)

    def read_many(self, paths: Iterable[str], *, most: int) -> Iterator[bytes | StorageError]:
        """Yield each file's bytes or error, in the order asked."""
        for path in paths:
            try:
                yield self.read(path, most=most)
            except StorageError as error:
                yield error

    def open(self, path: str) -> BinaryIO:
        """Open a regular file for reading; it comes in ranges."""
        info = self.info(path)

        def fetch(start: int, end: int) -> bytes:
            return self._ask(path, "read", lambda channel: _range(channel, self._place(path), start, end))

        opened: BufferedReader = open_ranges(path, fetch, lambda: info)
        return opened

    def put_new(self, path: str, content: bytes) -> bool:
        """Publish a file whole, or not at all; folders are made as needed."""
        self._need_room(path)
        return self._publishing.create(path, content)

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        """Publish a file from a stream whole, or not at all; folders are made as needed."""
        self._need_room(path)
        return self._publishing.upload(path, stream, size=size, sha256=sha256, told=told)

    def replace(self, path: str, content: bytes, *, expected: bytes | None) -> None:
        """Replace a working file whole, after comparing it with what was opened."""
        if expected is None:
            self.put_new(path, content)
            return
        self._need_writable(path)
        hint = "open it again and make the change in what is there now"
        try:
            now = self.read(path, most=max(len(expected), self.info(path).size))
        except NotFoundError as error:
            message = f"cannot replace {path!r}: it was removed meanwhile"
            raise AlreadyExistsError(message, hint=hint) from error
        if now != expected:
            message = f"cannot replace {path!r}: it was changed meanwhile"
            raise AlreadyExistsError(message, hint=hint)
        self._publishing.exchange(path, content)

    def remove(self, path: str) -> None:
        """Remove a regular file, if it is there."""
        self._need_writable(path)
        with suppress(NotFoundError):
            self.info(path)
            self._ask(path, "remove", lambda channel: channel.remove(self._place(path)))

    def remove_empty(self, path: str) -> None:
        """Remove a folder that holds nothing, if there is one; one that holds something stays."""
        self._need_writable(path)
        split_file(path)
        with suppress(NotFoundError):
            if not self._list(path):
                self._ask(path, "remove", lambda channel: channel.rmdir(self._place(path)))

    def move(self, path: str, to: str) -> None:
        """Move whatever stands at a path to a place where nothing is; folders are made as needed."""
        self._need_writable(path)
        split_file(path)
        split_file(to)
        self._ask(path, "move", lambda channel: channel.lstat(self._place(path)))
        self._publishing.need_proven()
        self._publishing.make_folders(to)
        try:
            self._ask(to, "move", lambda channel: channel.lstat(self._place(to)))
        except NotFoundError:
            self._ask(path, "move", lambda channel: channel.rename(self._place(path), self._place(to)))
            return
        message = f"cannot move {path!r} to {to!r}: something is there"
        raise AlreadyExistsError(message)

    def _need_room(self, path: str) -> None:
        self._need_writable(path)
        split_file(path)
        self._publishing.need_proven()
        self._need_writable(path)
        with suppress(NotFoundError):
            said = self._ask(path, "look at", lambda channel: channel.lstat(self._place(path)))
            if not stat.S_ISREG(said.st_mode):
                raise not_regular(path, said.st_mode)

    def _need_writable(self, path: str) -> None:
        reason = self._reason or self._publishing.reason
        if reason:
            message = f"cannot write {path!r} in {self._url!r}: {reason}"
            raise StorageError(message, hint="use another place for what is written; reading works")

    def _regular(self, channel: Any, path: str) -> Any:  # noqa: ANN401
        self._need_direct(channel, path.rpartition("/")[0])
        said = channel.lstat(self._place(path))
        if not stat.S_ISREG(said.st_mode):
            raise not_regular(path, said.st_mode)
        return said

    def _need_direct(self, channel: Any, folder: str) -> None:  # noqa: ANN401
        """Refuse a folder that is reached through a symlink below the root."""
        if not folder:
            return
        found = channel.normalize(self._place(folder))
        self._real = self._real or channel.normalize(self._root).rstrip("/")
        if found != f"{self._real}/{folder}":
            message = f"{folder!r} is reached through a symlink"
            raise StorageError(message, hint="replace it by a copy of what it should be, or remove it")

    def _place(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}" if path else self._root

    def _ask(self, path: str, doing: str, ask: Callable[[Any], Answer]) -> Answer:
        def once() -> Answer:
            with self._session.channel() as channel:
                return ask(channel)

        return self._calls.ask(path, doing, once)


def _range(channel: Any, place: str, start: int, end: int) -> bytes:  # noqa: ANN401
    with channel.open(place, "rb") as file:
        length = min(end, file.stat().st_size) - start
        return b"".join(file.readv([(start, length)])) if length > 0 else b""


def _kind(mode: int) -> Literal["file", "folder", "other"]:
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"


def _info(said: Any) -> Info:  # noqa: ANN401
    return Info(size=said.st_size, stamp=f"{said.st_size:x}-{said.st_mtime:x}", modified=float(said.st_mtime))
