"""Any other place that fsspec knows, to read only: a web server, WebDAV, FTP.

The rule it keeps: nothing is written there, since none of them has a step that never replaces.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from signoff.errors import StorageError
from signoff.storage.base import Info
from signoff.storage.objects import Listed

STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "modified", "created")


class AnyObjects:
    """A place that is only read."""

    may_write = False

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        """Connect at the first request.

        Raises:
            StorageError: fsspec knows no such scheme, or its driver is not installed.
        """
        from fsspec.core import url_to_fs  # noqa: PLC0415  (only who uses a bucket pays for its driver)

        self.kind = url.partition("://")[0]
        try:
            words = {**options, "use_listings_cache": False, "skip_instance_cache": True}
            self._fs, self._root = url_to_fs(url, **words)
        except (ValueError, ImportError) as error:
            message = f"{url!r} cannot be read: {error}"
            raise StorageError(message, hint="use a folder, s3://, gs://, abfs:// or sftp://") from error
        self.faults: tuple[type[Exception], ...] = (OSError, ValueError, *_client_errors())

    def endpoint(self) -> str:
        """Return the place."""
        return str(self._root)

    def listing(self, prefix: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a prefix."""
        del most, after
        place = self._place(prefix)
        try:
            found = self._fs.find(place, detail=True).values() if deep else self._fs.ls(place, detail=True)
        except FileNotFoundError:
            return Listed(files=(), folders=())
        files, folders = [], []
        for one in found:
            name = str(one["name"]).rstrip("/")[len(place.rstrip("/")) + 1 :]
            if one["type"] == "directory":
                folders.append(name)
            elif name:
                files.append((name, _info(one if one.get("size") is not None else self._fs.info(one["name"]))))
        return Listed(files=tuple(files), folders=tuple(folders))

    def head(self, key: str) -> Info:
        """Return a key's size and stamp."""
        said = self._fs.info(self._place(key))
        if said["type"] == "directory":
            raise FileNotFoundError(key)
        return _info(said)

    def get(self, key: str, start: int, end: int) -> bytes:
        """Return a part of a key."""
        size = self.head(key).size
        if start >= size:
            return b""
        found = bytes(self._fs.cat_file(self._place(key), start=start, end=min(end, size)))
        return found[start:end] if len(found) > end - start else found  # some servers send all, whatever is asked

    def create(self, key: str, content: bytes) -> None:
        """Refuse."""
        del content
        raise PermissionError(key)

    def overwrite(self, key: str, content: bytes, *, stamp: str) -> None:
        """Refuse."""
        del content, stamp
        raise PermissionError(key)

    def delete(self, key: str) -> None:
        """Refuse."""
        raise PermissionError(key)

    def upload(self, key: str, parts: Iterator[bytes], *, size: int) -> None:
        """Refuse."""
        del parts, size
        raise PermissionError(key)

    def _place(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key}" if key else str(self._root)


def _client_errors() -> tuple[type[Exception], ...]:
    try:
        from aiohttp import ClientError  # noqa: PLC0415
    except ImportError:
        return ()
    return (ClientError,)


def _info(said: dict[str, Any]) -> Info:
    times = [said[name] for name in STAMPS if name in said]
    modified = next((one for one in times if isinstance(one, int | float | datetime)), 0.0)
    seconds = modified.timestamp() if isinstance(modified, datetime) else float(modified)
    size = said.get("size") or 0
    return Info(size=int(size), stamp=f"{size}-{'-'.join(map(str, times))}", modified=seconds)
