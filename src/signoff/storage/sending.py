"""Bringing a folder or file of this machine into a registry that is elsewhere.

The rules it keeps: nothing there is replaced; two people never fill one version's folder, since whoever comes first
leaves a mark; digests are of the bytes that were sent. Stopped or killed, the same request goes on from the files that
were complete.
"""

import hashlib
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.base import Info, StoppedError, Storage, Told
from signoff.storage.folders import failed, open_folder, open_regular
from signoff.storage.paths import split_file
from signoff.storage.sources import list_source, need_no_destination
from signoff.storage.state import read_state, remove_state, write_state

MARKS = ".signoff/tmp"
SAVED_EVERY = 64 * 1024 * 1024


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is complete there.

    Attributes:
        size: Bytes.
        modified: What its source's time was.
        sha256: Of the bytes that were sent, in hex.
    """

    size: int
    modified: float
    sha256: str


class Sending:
    """One request to send something.

    Args:
        storage: The registry.
        source: A folder or regular file of this machine; nothing in it may be a symlink or special file.
        model: The folder below which the destination is to be; it names the request, with the source.
    """

    def __init__(self, storage: Storage, source: str, model: str) -> None:
        """Find out what an earlier try of the same request sent."""
        self._storage, self._source = storage, source
        who = f"{socket.gethostname()}\0{os.geteuid()}\0{Path(source).absolute()}\0{storage.url}\0{model}"
        self._id = hashlib.sha256(who.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._unsaved = 0
        self._state = f"sending/{self._id}.json"
        self.destination, self._sent = self._load()

    def _load(self) -> tuple[str, dict[str, Sent]]:
        try:
            content = read_state(self._state)
            return msgspec.json.decode(content, type=tuple[str, dict[str, Sent]]) if content else ("", {})
        except (StorageError, msgspec.DecodeError):
            return "", {}

    def _save(self) -> None:
        with suppress(StorageError):  # a later try sends again what it does not know of
            write_state(self._state, msgspec.json.encode((self.destination, self._sent)))

    def _save_sometimes(self, size: int) -> None:
        self._unsaved += size
        if self._unsaved >= SAVED_EVERY:
            self._unsaved = 0
            self._save()

    def send(
        self, destination: str, *, told: Told | None = None, stopped: Callable[[], bool] = lambda: False
    ) -> Mapping[str, tuple[int, str]]:
        """Send every file, and return the size and SHA-256 of each by its path below the destination.

        Raises:
            AlreadyExistsError: The destination is there already, or somebody else fills it.
            StoppedError: `stopped` said so.
            StorageError: The source holds a symlink or special file, or nothing; or it failed.
        """
        folder, files = list_source(self._source)
        self._claim(destination)
        there = self._there(destination)
        self._need_ours(destination, there, dict(files))
        try:
            for path, info in files:
                if stopped():
                    message = f"stopped before {path!r} was sent"
                    raise StoppedError(message)
                if not self._is_sent(path, info, there):
                    self._sent[path] = self._send(folder, path, f"{destination}/{path}", info, told)
                    self._save_sometimes(info.size)
                elif told:
                    told(info.size)
        finally:
            self._save()
        self._need_complete(destination, dict(files))
        self._finish(destination)
        return {path: (self._sent[path].size, self._sent[path].sha256) for path, _ in files}

    def _claim(self, destination: str) -> None:
        """Leave a mark that this request fills the destination, unless another does, or it was filled before."""
        mine = self.destination == destination
        if not mine:
            need_no_destination(self._storage, destination)
            self.destination, self._sent = destination, {}
        try:
            self._storage.put_new(self._mark(destination), self._id.encode())
        except AlreadyExistsError:
            message = f"cannot fill {destination!r}: somebody else is filling it"
            hint = f"choose another version; if that was given up: remove {self._mark(destination)} and {destination}"
            raise AlreadyExistsError(message, hint=hint) from None
        if not mine:
            self._save()

    def _mark(self, destination: str) -> str:
        return f"{MARKS}/sending-{hashlib.sha256(destination.encode()).hexdigest()[:32]}"

    def _there(self, destination: str) -> dict[str, Info]:
        try:
            return dict(self._storage.walk(destination))
        except NotFoundError:
            return {}

    def _need_ours(self, destination: str, there: Mapping[str, Info], files: Mapping[str, Info]) -> None:
        """Refuse a destination with files that this request does not send; remove those that changed at their source."""
        strange = sorted(set(there) - set(files))
        if strange:
            message = f"cannot fill {destination!r}: {strange[0]!r} is there, which {self._source!r} has not"
            raise AlreadyExistsError(message, hint="choose another version, or remove what is there")
        for path in there:
            if not self._is_sent(path, files[path], there):
                self._storage.remove(f"{destination}/{path}")

    def _is_sent(self, path: str, info: Info, there: Mapping[str, Info]) -> bool:
        """Tell whether a file is complete there, and its source is as it was."""
        sent = self._sent.get(path)
        if sent is None or path not in there:
            return False
        return (sent.size, sent.modified) == (info.size, info.modified) and there[path].size == sent.size

    def _send(self, folder: str, path: str, to: str, info: Info, told: Told | None) -> Sent:
        parts, name = split_file(path)
        try:
            with open_folder(folder, parts) as above:
                file, status = open_regular(above, name, path=path)
            with os.fdopen(file, "rb") as stream:
                found = self._storage.put_stream(to, stream, size=info.size, told=told)
                after = os.fstat(stream.fileno())
        except OSError as error:
            message = f"{folder}/{path}"
            raise failed(message, error, doing="read") from error
        if (after.st_size, after.st_mtime) != (info.size, info.modified) or status.st_size != info.size:
            self._storage.remove(to)
            message = f"{folder}/{path} changed while it was sent"
            raise StorageError(message, hint="wait until the job that writes it is done, then do the same again")
        return Sent(size=info.size, modified=info.modified, sha256=found)

    def _need_complete(self, destination: str, files: Mapping[str, Info]) -> None:
        there = self._there(destination)
        if {path: info.size for path, info in there.items()} != {path: info.size for path, info in files.items()}:
            message = f"{destination!r} does not hold what was sent: somebody else writes there"
            raise StorageError(message, hint="look at it, and register under another version")

    def _finish(self, destination: str) -> None:
        with suppress(StorageError):  # both only hold up who would do the same again
            self._storage.remove(self._mark(destination))
            remove_state(self._state)
