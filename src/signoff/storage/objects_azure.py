"""Azure Blob Storage, by adlfs: its configuration, credentials and connections.

The rule it keeps: what must not replace is sent with `If-None-Match: *`, and what replaces with the ETag that was read;
the driver asks nothing again by itself.
"""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Any, cast

from signoff.storage.base import Info
from signoff.storage.objects import Listed

AT_ONCE = 4
PIECE = 256 * 1024
ONCE = {"retry_total": 0, "connection_timeout": 10, "read_timeout": 60}
UPLOADING = {"connection_timeout": 10, "read_timeout": 60}


class AzureObjects:
    """A container of Azure Blob Storage."""

    kind = "azure"
    may_write = True

    def __init__(self, bucket: str, options: dict[str, Any]) -> None:
        """Connect at the first request."""
        import aiohttp  # noqa: PLC0415  (only who uses a bucket pays for its driver)
        from adlfs import AzureBlobFileSystem  # noqa: PLC0415
        from azure.core.exceptions import AzureError  # noqa: PLC0415

        self.faults: tuple[type[Exception], ...] = (OSError, AzureError, aiohttp.ClientError, ValueError)
        self._fs = AzureBlobFileSystem(**{**options, "use_listings_cache": False, "skip_instance_cache": True})
        self._container = self._fs.service_client.get_container_client(bucket)

    def endpoint(self) -> str:
        """Return which server answers."""
        return str(self._container.url)

    def listing(self, prefix: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a prefix, five thousand keys for each request; it always begins with the first."""
        return cast(Listed, self._wait(self._listing, prefix, deep, 0 if after else most))

    async def _listing(self, prefix: str, deep: bool, most: int) -> Listed:  # noqa: FBT001  (as fsspec passes it)
        words = {"name_starts_with": prefix, **({"results_per_page": most} if most else {}), **ONCE}
        found = self._container.list_blobs(**words) if deep else self._container.walk_blobs(delimiter="/", **words)
        files: list[tuple[str, Info]] = []
        folders: list[str] = []
        async for one in found:
            if "size" in one:
                files.append((one.name[len(prefix) :], _info(one)))
            else:
                folders.append(one.name[len(prefix) : -1])
            if most and len(files) + len(folders) >= most:
                break
        return Listed(files=tuple(files), folders=tuple(folders))

    def head(self, key: str) -> Info:
        """Return a key's size and stamp."""
        return _info(self._wait(self._container.get_blob_client(key).get_blob_properties, **ONCE))

    def get(self, key: str, start: int, end: int) -> bytes:
        """Return a part of a key."""
        return cast(bytes, self._wait(self._get, key, start, end - start))

    async def _get(self, key: str, start: int, length: int) -> bytes:
        stream = await self._container.get_blob_client(key).download_blob(offset=start, length=length, **ONCE)
        return bytes(await stream.readall())

    def create(self, key: str, content: bytes) -> None:
        """Write a key that is not there."""
        self._put(key, BytesIO(content), overwrite=False, length=len(content), **ONCE)

    def overwrite(self, key: str, content: bytes, *, stamp: str) -> None:
        """Write a key while its ETag is the one that was read."""
        from azure.core import MatchConditions  # noqa: PLC0415  (only who uses a bucket pays for its driver)

        condition = {"etag": stamp, "match_condition": MatchConditions.IfNotModified}
        self._put(key, BytesIO(content), overwrite=True, length=len(content), **condition, **ONCE)

    def delete(self, key: str) -> None:
        """Remove a key."""
        self._wait(self._container.get_blob_client(key).delete_blob, **ONCE)

    def upload(self, key: str, parts: Iterator[bytes], *, size: int) -> None:
        """Write a large key in blocks, which count once all are there; the last request says so."""
        self._put(key, parts, overwrite=False, length=size, max_concurrency=AT_ONCE, **UPLOADING)

    def _put(self, key: str, content: BytesIO | Iterator[bytes], **words: object) -> None:
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError  # noqa: PLC0415

        try:
            ask = self._container.get_blob_client(key).upload_blob
            self._wait(ask, content, raw_request_hook=_in_pieces, **words)
        except (ResourceExistsError, ResourceModifiedError) as error:
            raise FileExistsError(key) from error

    def _wait(self, ask: Any, *words: object, **more: object) -> Any:  # noqa: ANN401
        from fsspec.asyn import sync  # noqa: PLC0415

        return sync(self._fs.loop, ask, *words, **more)


class _Pieces:
    """A request's bytes that go out piece by piece, from the first one whenever they are sent.

    As one piece they would hold up everything else that is under way; as a file they would not be sent again.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), PIECE):
            yield self._content[start : start + PIECE]


def _in_pieces(asked: Any) -> None:  # noqa: ANN401
    content = asked.http_request.data
    if isinstance(content, bytes) and len(content) > PIECE:
        asked.http_request.data = _Pieces(content)


def _info(said: Any) -> Info:  # noqa: ANN401
    modified = said["last_modified"].timestamp()
    return Info(size=said["size"], stamp=str(said["etag"]), modified=modified)
