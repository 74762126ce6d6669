"""The commit in a bucket: one conditional request, and the truth is what stands there.

The rules it keeps: who is told "written" is never wrong; where no answer came the bytes are read back before anything
is asked again; a place that was not seen to refuse replacing is not written to; a large upload counts once its last
request was heard, and what was not hashed to the digest that was asked for never gets there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import Parts, occupied
from signoff.storage.base import Told
from signoff.storage.objects import LARGEST_PUT, PART, Location, Objects
from signoff.storage.remote_errors import HINTS, WAITS, Calls, cause_of, fate_of, pause
from signoff.storage.remote_probe import Verdict, probe

UNKNOWN = "do the same again: if it was written after all, that is noticed; nothing is ever written twice"


def needs_upload(size: int) -> bool:
    """Tell whether a file is too large for one request."""
    return size > LARGEST_PUT


class Publishing:
    """Writes into one place of a bucket."""

    def __init__(self, calls: Calls, objects: Objects, location: Location, *, now: Callable[[], datetime]) -> None:
        """Nothing is asked yet."""
        self._calls, self._objects, self._prefix = calls, objects, location.prefix
        self._now = now
        self._proven = False
        self.reason = ""

    def need_proven(self) -> None:
        """Find out once whether the place keeps its word; `reason` says why not.

        Raises:
            StorageError: It cannot be found out.
        """
        if self._proven:
            return
        endpoint = self._calls.ask("", "reach", self._objects.endpoint)
        verdict = Verdict(f"{self._calls.url} {endpoint}", self._now)
        reason = verdict.kept()
        if reason is None:
            reason = probe(self.create, self._read, self._remove)
            verdict.keep(reason)
        self.reason, self._proven = reason, True

    def create(self, path: str, content: bytes) -> bool:
        """Write a file that is not there; see `Storage.put_new`."""
        key = f"{self._prefix}{path}"
        failures: list[Exception] = []
        for wait in (*WAITS, 0.0):
            try:
                self._objects.create(key, content)
            except self._objects.faults as error:
                fate = fate_of(error)
                if fate == "exists":
                    return self._judge(path, content, unsure=bool(failures))
                if fate != "again" and not (fate == "failed" and self._is_mine(path, content)):
                    raise self._calls.explained(path, error, doing="publish") from error
                failures.append(error)
            else:
                return True
            if self._is_mine(path, content):
                return True
            pause(wait)
        raise self._unknown(path, failures[-1]) from failures[-1]

    def _judge(self, path: str, content: bytes, *, unsure: bool) -> bool:
        """Say what "it exists" means: the same bytes are there, or others; an earlier request may have written them."""
        if self._read_back(path, len(content)) == content:
            return unsure
        message = f"cannot publish {path!r}: other bytes are there"
        raise AlreadyExistsError(message, hint="read it again: someone was first")

    def _is_mine(self, path: str, content: bytes) -> bool:
        """Tell whether a request that got no answer was carried out.

        Raises:
            AlreadyExistsError: Other bytes are there.
        """
        try:
            return self._judge(path, content, unsure=True)
        except NotFoundError:
            return False

    def _unknown(self, path: str, error: Exception) -> StorageError:
        message = f"cannot publish {path!r} in {self._calls.url}: no clear answer came: {cause_of(error)}"
        return StorageError(message, hint=UNKNOWN)

    def _read_back(self, path: str, size: int) -> bytes:
        def get() -> bytes:
            try:
                return self._objects.get(f"{self._prefix}{path}", 0, size + 1)
            except self._objects.faults as error:
                if fate_of(error) == "beyond":
                    return b""
                raise

        return self._calls.ask(path, "read back", get)

    def _read(self, path: str) -> bytes:
        return self._read_back(path, 64)

    def _remove(self, path: str) -> None:
        self._calls.ask(path, "remove", lambda: self._objects.delete(f"{self._prefix}{path}"), waits=())

    def overwrite(self, path: str, content: bytes, *, expected: bytes) -> None:
        """Replace a working file that is as it was expected; see `Storage.replace`."""
        failures: list[Exception] = []
        for wait in (*WAITS, 0.0):
            stamp = self._need_expected(path, expected=expected)
            try:
                self._objects.overwrite(f"{self._prefix}{path}", content, stamp=stamp)
            except self._objects.faults as error:
                if fate_of(error) == "exists":
                    raise _changed(path) from error
                if fate_of(error) != "again":
                    raise self._calls.explained(path, error, doing="replace") from error
                failures.append(error)
            else:
                return
            if self._read_back(path, len(content)) == content:
                return
            pause(wait)
        raise self._unknown(path, failures[-1]) from failures[-1]

    def _need_expected(self, path: str, *, expected: bytes) -> str:
        """Return the stamp of a file that holds what was expected."""
        try:
            stamp = self._calls.ask(path, "look at", lambda: self._objects.head(f"{self._prefix}{path}")).stamp
            now = self._read_back(path, len(expected))
        except NotFoundError as error:
            message = f"cannot replace {path!r}: it was removed meanwhile"
            raise AlreadyExistsError(message, hint="open it again and make the change in what is there now") from error
        if now != expected:
            raise _changed(path)
        return stamp

    def upload(self, path: str, stream: BinaryIO, *, size: int, sha256: str, told: Told | None) -> str:
        """Write a file from a stream; see `Storage.put_stream`."""
        parts = Parts(path, stream, size=size, sha256=sha256, told=told, part=PART)
        if needs_upload(size):
            self._upload(path, parts, size=size)
        elif not self.create(path, b"".join(parts)):
            raise occupied(path)
        return parts.digest

    def _upload(self, path: str, parts: "Parts", *, size: int) -> None:
        try:
            self._objects.upload(f"{self._prefix}{path}", iter(parts), size=size)
        except self._objects.faults as error:
            if fate_of(error) == "exists":
                raise occupied(path) from error
            message = f"cannot upload {path!r} to {self._calls.url}: {cause_of(error)}"
            hint = f"do the same again: files that are complete are kept; {HINTS['again']}"
            raise StorageError(message, hint=hint) from error
        there = self._calls.ask(path, "look at", lambda: self._objects.head(f"{self._prefix}{path}")).size
        if there != size:
            message = f"cannot upload {path!r} to {self._calls.url}: {there} of {size} bytes arrived"
            raise StorageError(message, hint="remove it there, then do the same again")


def _changed(path: str) -> AlreadyExistsError:
    message = f"cannot replace {path!r}: it was changed meanwhile"
    return AlreadyExistsError(message, hint="open it again and make the change in what is there now")
