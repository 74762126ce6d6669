"""The commit on an SFTP server: a whole file under a private name, then a rename that does not replace.

The rule it keeps: whatever the rename answers, the truth is what stands at the target; a server that was not seen to
refuse replacing is not written to.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import Parts, occupied
from signoff.storage.base import Told
from signoff.storage.objects import PART
from signoff.storage.paths import PRIVATE_PREFIX
from signoff.storage.remote_errors import WAITS, Calls, cause_of, fate_of, pause
from signoff.storage.remote_probe import Verdict, probe
from signoff.storage.remote_put import UNKNOWN
from signoff.storage.sftp_session import Session

TEMPORARY = ".signoff/tmp"
AT_ONCE = 32 * 1024


class SftpPublishing:
    """Writes into one folder of a server."""

    def __init__(self, calls: Calls, session: Session, *, now: Callable[[], datetime]) -> None:
        """Nothing is asked yet."""
        self._calls, self._session, self._now = calls, session, now
        self._made: set[str] = set()
        self._proven = False
        self.reason = ""

    def need_proven(self) -> None:
        """Find out once whether the server keeps its word; `reason` says why not.

        Raises:
            StorageError: It cannot be found out.
        """
        if self._proven:
            return
        verdict = Verdict(self._calls.url, self._now)
        reason = verdict.kept()
        if reason is None:
            reason = probe(self.create, self._read_back, self._remove)
            verdict.keep(reason)
        self.reason, self._proven = reason, True

    def create(self, path: str, content: bytes) -> bool:
        """Publish bytes where nothing stands; see `Storage.put_new`."""
        self.make_folders(path)
        private = self._private()
        failures: list[Exception] = []
        unsure = False
        try:
            for wait in (*WAITS, 0.0):
                self._ask(path, "write", lambda channel: _write(channel, self._place(private), [content]))
                try:
                    with self._session.channel() as channel:
                        channel.rename(self._place(private), self._place(path))
                except self._calls.faults as error:
                    failures.append(error)
                else:
                    return True
                unsure = unsure or fate_of(failures[-1]) == "again"
                try:
                    return self._judge(path, content, unsure=unsure)
                except NotFoundError:
                    if fate_of(failures[-1]) != "again":
                        raise self._calls.explained(path, failures[-1], doing="publish") from failures[-1]
                pause(wait)
        finally:
            self._sweep(private)
        message = f"cannot publish {path!r} in {self._calls.url}: no clear answer came: {cause_of(failures[-1])}"
        raise StorageError(message, hint=UNKNOWN)

    def upload(self, path: str, stream: BinaryIO, *, size: int, sha256: str, told: Told | None) -> str:
        """Publish a stream's bytes where nothing stands; see `Storage.put_stream`."""
        private = self._private()
        parts = Parts(path, stream, size=size, sha256=sha256, told=told, part=PART)
        try:
            self._ask(path, "write", lambda channel: _write(channel, self._place(private), parts), waits=())
            if not self._rename(path, private):
                raise occupied(path)
        finally:
            self._sweep(private)
        return parts.digest

    def exchange(self, path: str, content: bytes) -> None:
        """Put bytes in the place of a working file, whole."""
        private = self._private()
        self._ask(path, "write", lambda channel: _write(channel, self._place(private), [content]))
        try:
            self._ask(
                path, "replace", lambda channel: channel.posix_rename(self._place(private), self._place(path)), waits=()
            )
        finally:
            self._sweep(private)

    def _judge(self, path: str, content: bytes, *, unsure: bool) -> bool:
        if self._read_back(path) == content:
            return unsure
        message = f"cannot publish {path!r}: other bytes are there"
        raise AlreadyExistsError(message, hint="read it again: someone was first")

    def _rename(self, path: str, private: str) -> bool:
        """Let a private file appear under its name; False: something else is there.

        Raises:
            StorageError: It failed, and nothing is there.
        """
        self.make_folders(path)
        try:
            self._ask(
                path, "publish", lambda channel: channel.rename(self._place(private), self._place(path)), waits=()
            )
        except StorageError:
            there, waiting = self._is_there(path), self._is_there(private)
            if there and waiting:
                return False
            if not there or waiting:
                raise
        return True  # the private name is gone and the other there: the answer was lost, not the race

    def _is_there(self, path: str) -> bool:
        try:
            self._ask(path, "look at", lambda channel: channel.lstat(self._place(path)))
        except NotFoundError:
            return False
        return True

    def make_folders(self, path: str) -> None:
        """Make the folders above a file, where they are missing."""
        parts = path.split("/")[:-1]
        if "" not in self._made:
            self._ask("", "make the folder", self._make_root)
            self._made.add("")
        for depth in range(len(parts)):
            folder = "/".join(parts[: depth + 1])
            if folder not in self._made:
                self._ask(folder, "make the folder", partial(self._make, folder))
                self._made.add(folder)

    def _make_root(self, channel: Any) -> None:  # noqa: ANN401
        """Make the root and the folders above it, where they are missing."""
        parts = self._session.path.strip("/").split("/")
        for depth in range(len(parts), 0, -1):
            with suppress(FileNotFoundError):
                channel.stat("/" + "/".join(parts[:depth]))
                break
        else:
            depth = 0
        for more in range(depth + 1, len(parts) + 1):
            channel.mkdir("/" + "/".join(parts[:more]), 0o777)

    def _make(self, folder: str, channel: Any) -> None:  # noqa: ANN401
        try:
            said = channel.lstat(self._place(folder))
        except FileNotFoundError:
            with suppress(OSError):
                channel.mkdir(self._place(folder), 0o777)
            said = channel.lstat(self._place(folder))
        if not stat.S_ISDIR(said.st_mode):
            message = f"{folder!r} is a file, not a folder"
            raise StorageError(message)

    def _private(self) -> str:
        path = f"{TEMPORARY}/{PRIVATE_PREFIX}{os.urandom(16).hex()}"
        self.make_folders(path)
        return path

    def _sweep(self, private: str) -> None:
        with suppress(StorageError):
            self._remove(private)

    def _remove(self, path: str) -> None:
        self._ask(path, "remove", lambda channel: channel.remove(self._place(path)), waits=())

    def _read_back(self, path: str) -> bytes:
        def read(channel: Any) -> bytes:  # noqa: ANN401
            with channel.open(self._place(path), "rb") as file:
                found: bytes = file.read()
                return found

        found: bytes = self._ask(path, "read back", read)
        return found

    def _place(self, path: str) -> str:
        return f"{self._session.path.rstrip('/')}/{path}"

    def _ask(self, path: str, doing: str, ask: Callable[[Any], Any], *, waits: tuple[float, ...] = WAITS) -> Any:  # noqa: ANN401
        def once() -> Any:  # noqa: ANN401
            with self._session.channel() as channel:
                return ask(channel)

        return self._calls.ask(path, doing, once, waits=waits)


def _write(channel: Any, place: str, parts: Iterable[bytes]) -> None:  # noqa: ANN401
    """Write a file whole; more than one part goes out without waiting for each answer, and its size is looked at."""
    size = 0
    with channel.open(place, "wb") as file:
        for part in parts:
            file.set_pipelined(len(part) > AT_ONCE)
            file.write(part)
            size += len(part)
    if channel.stat(place).st_size != size:
        message = f"{place}: not everything was written"
        raise OSError(errno.EIO, message)
