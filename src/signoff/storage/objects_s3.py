"""S3 and what speaks like it, by s3fs: its configuration, credentials and connections; the requests are S3's own.

The rule it keeps: what must not replace is sent with `If-None-Match: *`, a small file in one request that is never
multipart (some servers ignore the condition there).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import Any

from signoff.storage.base import Info
from signoff.storage.objects import PART, Listed
from signoff.storage.remote_errors import WAITS, fate_of, pause

AT_ONCE = 4
MOST_PARTS = 9_000
TIMES = {"connect_timeout": 10, "read_timeout": 60, "retries": {"total_max_attempts": 1}}


class S3Objects:
    """A bucket of S3."""

    kind = "s3"
    may_write = True

    def __init__(self, bucket: str, options: dict[str, Any]) -> None:
        """Connect at the first request."""
        import aiohttp  # noqa: PLC0415  (only who uses a bucket pays for its driver)
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from fsspec.config import conf  # noqa: PLC0415
        from s3fs import S3FileSystem  # noqa: PLC0415

        self.faults: tuple[type[Exception], ...] = (OSError, BotoCoreError, ClientError, aiohttp.ClientError)
        configured = {**conf.get("s3", {}), **options}
        if "profile" not in configured:
            options = {"session": _session(), **options}
        given = {**options, "config_kwargs": {**TIMES, **configured.get("config_kwargs", {})}}
        self._fs = S3FileSystem(**{**given, "use_listings_cache": False, "skip_instance_cache": True})
        self._fs.retries = 1  # what may be asked again is decided here
        self._bucket = bucket

    def endpoint(self) -> str:
        """Return which server answers."""
        return str(self._fs.s3.meta.endpoint_url)

    def listing(self, prefix: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a prefix, a thousand keys for each request."""
        most += bool(most and after)  # a folder of this name itself comes along
        asked = {"Prefix": prefix, **({} if deep else {"Delimiter": "/"}), **({"MaxKeys": most} if most else {})}
        if after:
            asked["StartAfter"] = prefix + after
        files: list[tuple[str, Info]] = []
        folders: list[str] = []
        while True:
            page = self._call("list_objects_v2", **asked)
            files += [(one["Key"][len(prefix) :], _info(one)) for one in page.get("Contents", ())]
            folders += [one["Prefix"][len(prefix) : -1] for one in page.get("CommonPrefixes", ())]
            if (most and len(files) + len(folders) >= most) or not page.get("IsTruncated"):
                return Listed(files=tuple(files), folders=tuple(folders))
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def head(self, key: str) -> Info:
        """Return a key's size and stamp."""
        answer = self._call("head_object", Key=key)
        return _info({**answer, "Size": answer["ContentLength"]})

    def get(self, key: str, start: int, end: int) -> bytes:
        """Return a part of a key."""
        found = self._fs.cat_file(f"{self._bucket}/{key}", start=start, end=end, max_concurrency=1)
        return bytes(found)

    def create(self, key: str, content: bytes) -> None:
        """Write a key that is not there."""
        self._call("put_object", Key=key, Body=content, IfNoneMatch="*")

    def overwrite(self, key: str, content: bytes, *, stamp: str) -> None:
        """Write a key; the stamp is not sent, since some servers refuse their own."""
        del stamp
        self._call("put_object", Key=key, Body=content)

    def delete(self, key: str) -> None:
        """Remove a key."""
        self._call("delete_object", Key=key)

    def upload(self, key: str, parts: Iterator[bytes], *, size: int) -> None:
        """Write a large key in parts, a few at a time; an upload that ends early leaves nothing that is read."""
        upload = self._call("create_multipart_upload", Key=key)["UploadId"]
        most = max(1, size // (MOST_PARTS * PART) + 1)

        def send(number: int, content: bytes) -> dict[str, object]:
            answer = self._again("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=content)
            return {"PartNumber": number, "ETag": answer["ETag"]}

        try:
            sent = _in_turns(send, _joined(parts, most))
            self._call(
                "complete_multipart_upload",
                Key=key,
                UploadId=upload,
                MultipartUpload={"Parts": sent},
                IfNoneMatch="*",
            )
        except BaseException:
            self._abort(key, upload)
            raise

    def _abort(self, key: str, upload: str) -> None:
        try:
            self._call("abort_multipart_upload", Key=key, UploadId=upload)
        except self.faults:
            return  # the bucket's own rule for unfinished uploads removes it

    def _again(self, method: str, **words: object) -> dict[str, Any]:
        for wait in WAITS:
            try:
                return self._call(method, **words)
            except self.faults as error:
                if fate_of(error) != "again":
                    raise
            pause(wait)
        return self._call(method, **words)

    def _call(self, method: str, **words: object) -> dict[str, Any]:
        answer: dict[str, Any] = self._fs.call_s3(method, Bucket=self._bucket, **words)
        return answer


@cache
def _session() -> Any:  # noqa: ANN401
    """Return one session for all buckets: what it reads about the service is read once."""
    from aiobotocore.session import AioSession  # noqa: PLC0415  (only who uses a bucket pays for its driver)

    return AioSession()


def _info(said: dict[str, Any]) -> Info:
    return Info(
        size=said["Size"], stamp=f"{said.get('ETag', '')}-{said['Size']:x}", modified=said["LastModified"].timestamp()
    )


def _joined(parts: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Yield the parts, so many joined to one, since a service takes only a number of them."""
    while taken := b"".join(islice(parts, most)):
        yield taken


def _in_turns(send: Any, parts: Iterator[bytes]) -> list[dict[str, object]]:  # noqa: ANN401
    """Send every part, a few at a time and no more in memory than that."""
    sent: list[dict[str, object]] = []
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        under_way = []
        for number, part in enumerate(parts, start=1):
            under_way.append(threads.submit(send, number, part))
            if len(under_way) >= AT_ONCE:
                sent.append(under_way.pop(0).result())
        sent += [one.result() for one in under_way]
    return sent
