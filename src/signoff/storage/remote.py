"""A registry in a bucket: S3, Google Cloud Storage, Azure, and, to read only, whatever else fsspec knows.

The rules it keeps: it answers as a folder of this machine does, but that a folder is gone with its last file; nothing
listed is remembered; publishing is one conditional request, and a lost answer is never taken for a yes or a no.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import BinaryIO, TypeVar

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.arriving import occupied
from signoff.storage.base import Capabilities, Entry, Info, Told
from signoff.storage.objects import Listed, Location, Objects
from signoff.storage.paths import DEEPEST, bytewise, in_order, split_file, split_folder
from signoff.storage.remote_errors import Calls, fate_of
from signoff.storage.remote_put import Publishing, needs_upload
from signoff.storage.remote_stream import open_ranges

OPENED_READ_ONLY = "it was opened read-only"
AT_ONCE = 16

Answer = TypeVar("Answer")


class BucketStorage:
    """A bucket, or a part of one, as a registry's storage.

    Args:
        url: The place, as a person would write it.
        objects: The driver.
        location: Where in the bucket.
        now: The clock.
        read_only: Whether to refuse every write.
    """

    paged = True

    def __init__(
        self, url: str, objects: Objects, location: Location, *, now: Callable[[], datetime], read_only: bool = False
    ) -> None:
        """Nothing is asked yet."""
        self._url, self._objects, self._prefix = url.rstrip("/"), objects, location.prefix
        self._calls = Calls(self._url, objects.faults)
        self.unanswered = self._calls.unanswered
        self._reason = OPENED_READ_ONLY if read_only else ""
        if not objects.may_write and not read_only:
            self._reason = f"{objects.kind}: has no step that never replaces"
        self._publishing = Publishing(self._calls, objects, location, now=now)
        self._folders: set[str] = {""}

    @property
    def url(self) -> str:
        """The place, as it was given."""
        return self._url

    def capabilities(self) -> Capabilities:
        """Return what can be done here, from its kind and what earlier writes met; nothing is written to find out."""
        reason = self._reason or self._publishing.reason
        return Capabilities(
            writable=not reason, reason=reason, local=False, notifies=False, filesystem=self._objects.kind
        )

    def entries(self, path: str, *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
        """Return what a folder holds, sorted by name; a part is asked for as a part, where the service can."""
        split_folder(path)
        found = self._listing(path, deep=False, after=after, most=most)
        if not found.files and not found.folders and path and not after:
            raise self._no_folder(path)
        if found.files or found.folders:
            self._know(path)
        files = {name for name, _ in found.files if name}
        folders = set(found.folders)
        entries = [Entry(name=name, kind="file" if _plain(name) else "other") for name in files - folders]
        entries += [Entry(name=name, kind="folder" if _plain(name) else "other") for name in folders - files]
        entries += [Entry(name=name, kind="other") for name in files & folders]
        return in_order(entries, after=after, most=most)

    def walk(self, path: str) -> tuple[tuple[str, Info], ...]:
        """Return every file below a folder, sorted bytewise; a name that no folder could hold refuses it all."""
        parts = split_folder(path)
        found = self._listing(path, deep=True)
        if not found.files and path:
            raise self._no_folder(path)
        files = [one for one in found.files if one[0] and not one[0].endswith("/")]
        for name, _ in files:
            split_file(f"{path}/{name}".lstrip("/") if path else name)
            if name.count("/") + len(parts) >= DEEPEST:
                message = f"{path + '/' + name!r} is deeper than {DEEPEST} folders"
                raise StorageError(message)
        return tuple(sorted(files, key=bytewise))

    def info(self, path: str) -> Info:
        """Return a file's size and stamp."""
        try:
            return self._on_file(path, "look at", self._objects.head)
        except NotFoundError:
            if self._calls.ask(path, "look at", lambda: self._some_below(path)):
                message = f"{path!r} is a folder, not a regular file"
                raise StorageError(message) from None
            raise

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes, at most `most`."""
        content = self._on_file(path, "read", lambda key: self._range(key, 0, most + 1))
        if len(content) > most:
            message = f"{path!r} is too large: {self.info(path).size} bytes, where {most} are allowed"
            raise StorageError(message)
        return content

    def read_many(self, paths: Iterable[str], *, most: int) -> Iterator[bytes | StorageError]:
        """Yield each file's bytes or error, in the order asked; a few are under way at a time."""
        ahead: deque[Future[bytes | StorageError]] = deque()
        threads: ThreadPoolExecutor | None = None
        try:
            for path in paths:
                threads = threads or ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="signoff-read")
                ahead.append(threads.submit(self._read_or_error, path, most))
                if len(ahead) >= 2 * AT_ONCE:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            if threads is not None:
                threads.shutdown(wait=False, cancel_futures=True)

    def _read_or_error(self, path: str, most: int) -> bytes | StorageError:
        try:
            return self.read(path, most=most)
        except StorageError as error:
            return error

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading; it comes in ranges."""

        def fetch(start: int, end: int) -> bytes:
            return self._on_file(path, "read", lambda key: self._range(key, start, end))

        return open_ranges(path, fetch, lambda: self.info(path))

    def put_new(self, path: str, content: bytes) -> bool:
        """Publish a file in one request, or not at all."""
        self._need_room(path)
        return self._publishing.create(path, content)

    def put_stream(self, path: str, stream: BinaryIO, *, size: int, sha256: str = "", told: Told | None = None) -> str:
        """Publish a file from a stream: in one request, or a large one in parts that count once all are there."""
        self._need_room(path)
        if needs_upload(size) and self._exists(path):
            raise occupied(path)
        return self._publishing.upload(path, stream, size=size, sha256=sha256, told=told)

    def replace(self, path: str, content: bytes, *, expected: bytes | None) -> None:
        """Replace a working file whole, after comparing it with what was opened."""
        if expected is None:
            self.put_new(path, content)
            return
        self._need_writable(path)
        split_file(path)
        self._publishing.overwrite(path, content, expected=expected)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        self._need_writable(path)
        try:
            self.info(path)
            self._calls.ask(path, "remove", lambda: self._objects.delete(self._key(path)))
        except NotFoundError:
            return

    def remove_empty(self, path: str) -> None:
        """Remove what stands for an empty folder; elsewhere a folder is gone with its last file."""
        self._need_writable(path)
        split_file(path)
        found = self._listing(path, deep=True, most=2)
        if [name for name, _ in found.files] == [""]:
            self._calls.ask(path, "remove", lambda: self._objects.delete(self._folder_key(path)))

    def move(self, path: str, to: str) -> None:
        """Move a file, or all that is below a folder, file by file, to a place where nothing is."""
        self._need_writable(path)
        split_file(path)
        split_file(to)
        if self._exists(to) or self._calls.ask(to, "list", lambda: self._some_below(to)):
            message = f"cannot move {path!r} to {to!r}: something is there"
            raise AlreadyExistsError(message)
        for one in [""] if self._exists(path) else [f"/{name}" for name, _ in self.walk(path)]:
            with self.open(f"{path}{one}") as stream:
                self.put_stream(f"{to}{one}", stream, size=self.info(f"{path}{one}").size)
            self.remove(f"{path}{one}")

    def _key(self, path: str) -> str:
        split_file(path)
        return f"{self._prefix}{path}"

    def _folder_key(self, path: str) -> str:
        return f"{self._prefix}{path}/" if path else self._prefix

    def _range(self, key: str, start: int, end: int) -> bytes:
        try:
            return self._objects.get(key, start, end)
        except self._objects.faults as error:
            if fate_of(error) == "beyond":
                return b""
            raise

    def _on_file(self, path: str, doing: str, do: Callable[[str], Answer]) -> Answer:
        key = self._key(path)
        return self._calls.ask(path, doing, lambda: do(key))

    def _listing(self, path: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a folder; a bucket that is not there is told apart from an empty one."""
        prefix = self._folder_key(path)
        try:
            return self._calls.ask(
                path, "list", lambda: self._objects.listing(prefix, deep=deep, most=most, after=after)
            )
        except NotFoundError as error:
            message = f"cannot list {path or '.'!r} in {self._url}: there is no such bucket"
            raise StorageError(
                message, hint="check its name, and the endpoint; make it first: signoff makes none"
            ) from error

    def _know(self, path: str) -> None:
        """Remember that a folder is one: files are below it."""
        parts = path.split("/") if path else []
        self._folders.update("/".join(parts[: depth + 1]) for depth in range(len(parts)))

    def _exists(self, path: str) -> bool:
        try:
            self._calls.ask(path, "look at", lambda: self._objects.head(self._key(path)))
        except NotFoundError:
            return False
        return True

    def _some_below(self, path: str) -> bool:
        found = self._objects.listing(self._folder_key(path), deep=True, most=1)
        return bool(found.files or found.folders)

    def _no_folder(self, path: str) -> StorageError:
        if self._exists(path):
            return StorageError(f"{path!r} is a file, not a folder")
        return NotFoundError(f"cannot open {path!r}: No such file or directory")

    def _need_room(self, path: str) -> None:
        """Check that a file may stand there: no folder is in its place, and no file where its folders belong."""
        self._need_writable(path)
        parts, _ = split_file(path)
        self._publishing.need_proven()
        self._need_writable(path)
        for depth in range(len(parts)):
            folder = "/".join(parts[: depth + 1])
            if folder not in self._folders:
                if self._exists(folder):
                    message = f"{folder!r} is a file, not a folder"
                    raise StorageError(message)
                self._folders.add(folder)
        if self._calls.ask(path, "list", lambda: self._some_below(path)):
            message = f"{path!r} is a folder, not a regular file"
            raise StorageError(message)

    def _need_writable(self, path: str) -> None:
        reason = self._reason or self._publishing.reason
        if reason:
            message = f"cannot write {path!r} in {self._url!r}: {reason}"
            raise StorageError(message, hint="use another place for what is written; reading works")


def _plain(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and "\0" not in name
