"""Google Cloud Storage, by gcsfs: its configuration, credentials and connections.

The rule it keeps: what must not replace is sent with `ifGenerationMatch=0`, and what replaces with the generation that
was read; a request is one request, asked again only by who knows what it means.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote

import msgspec

from signoff.storage.base import Info
from signoff.storage.objects import Listed

BOUNDARY = "signoff-boundary-7d1f"
PATIENCE = 60


class GcsObjects:
    """A bucket of Google Cloud Storage."""

    kind = "gcs"
    may_write = True

    def __init__(self, bucket: str, options: dict[str, Any]) -> None:
        """Connect at the first request."""
        import aiohttp  # noqa: PLC0415  (only who uses a bucket pays for its driver)
        from gcsfs.core import GCSFileSystem  # noqa: PLC0415  (not the one that asks each bucket what it can)
        from gcsfs.retry import HttpError  # noqa: PLC0415
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
        from requests.exceptions import RequestException  # noqa: PLC0415

        class Once(GCSFileSystem):  # type: ignore[misc]  # gcsfs has no types
            """Asks once: gcsfs would ask six times, also what must not happen twice."""

            async def _request(self, *words: object, **more: object) -> object:
                return await GCSFileSystem._request.__wrapped__(self, *words, **more)  # noqa: SLF001

        self.faults: tuple[type[Exception], ...] = (
            OSError,
            HttpError,
            GoogleAuthError,
            RequestException,
            aiohttp.ClientError,
            ValueError,
        )
        patience = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=PATIENCE)
        given = {"requests_timeout": patience, **options, "use_listings_cache": False, "skip_instance_cache": True}
        self._fs = Once(**given)
        self._bucket = bucket

    def endpoint(self) -> str:
        """Return which server answers."""
        return str(self._fs.base)

    def listing(self, prefix: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a prefix, a thousand keys for each request."""
        most += bool(most and after)  # what has this name itself comes along
        asked = {
            "prefix": prefix,
            "maxResults": most or 1000,
            **({} if deep else {"delimiter": "/"}),
        }
        if after:
            asked["startOffset"] = prefix + after
        files: list[tuple[str, Info]] = []
        folders: list[str] = []
        while True:
            page = self._fs.call("GET", "b/{}/o", self._bucket, json_out=True, **asked)
            files += [(one["name"][len(prefix) :], _info(one)) for one in page.get("items", ())]
            folders += [one[len(prefix) : -1] for one in page.get("prefixes", ())]
            if (most and len(files) + len(folders) >= most) or not page.get("nextPageToken"):
                return Listed(files=tuple(files), folders=tuple(folders))
            asked["pageToken"] = page["nextPageToken"]

    def head(self, key: str) -> Info:
        """Return a key's size and stamp."""
        return _info(self._fs.call("GET", "b/{}/o/{}", self._bucket, key, json_out=True))

    def get(self, key: str, start: int, end: int) -> bytes:
        """Return a part of a key."""
        url = f"{self._fs._location}/download/storage/v1/b/{quote(self._bucket)}/o/{quote(key, safe='')}"  # noqa: SLF001
        _, content = self._fs.call("GET", url, headers={"Range": f"bytes={start}-{end - 1}"}, alt="media")
        return cast(bytes, content)[: end - start]

    def create(self, key: str, content: bytes) -> None:
        """Write a key that is not there."""
        self._put(key, content, generation="0")

    def overwrite(self, key: str, content: bytes, *, stamp: str) -> None:
        """Write a key while its generation is the one that was read."""
        self._put(key, content, generation=stamp)

    def _put(self, key: str, content: bytes, *, generation: str) -> None:
        """Send metadata and bytes in one request, the only form in which every server heeds the condition."""
        start = f"--{BOUNDARY}\r\nContent-Type: ".encode()
        metadata = msgspec.json.encode({"name": key})
        head = b"%sapplication/json; charset=UTF-8\r\n\r\n%s\r\n" % (start, metadata)
        body = b"%s%sapplication/octet-stream\r\n\r\n%s\r\n--%s--" % (head, start, content, BOUNDARY.encode())
        self._fs.call(
            "POST",
            f"{self._fs._location}/upload/storage/v1/b/{quote(self._bucket)}/o",  # noqa: SLF001
            uploadType="multipart",
            ifGenerationMatch=generation,
            headers={"Content-Type": f'multipart/related; boundary="{BOUNDARY}"'},
            data=BytesIO(body),
        )

    def delete(self, key: str) -> None:
        """Remove a key."""
        self._fs.call("DELETE", "b/{}/o/{}", self._bucket, key)

    def upload(self, key: str, parts: Iterator[bytes], *, size: int) -> None:
        """Write a large key in parts, one after another; an upload that ends early leaves nothing."""
        del size
        upload = self._begin(key)
        sent, held = 0, b""
        try:
            for part in parts:
                if held:
                    sent = self._send(upload, held, sent, whole="*")
                held = part
            self._send(upload, held, sent, whole=str(sent + len(held)))  # only now, since `parts` may end in an error
        except BaseException:
            self._cancel(upload)
            raise

    def _begin(self, key: str) -> str:
        """Begin an upload of a key that is not there, and return where its parts go; the service asks again at its end."""
        headers, _ = self._fs.call(
            "POST",
            f"{self._fs._location}/upload/storage/v1/b/{quote(self._bucket)}/o",  # noqa: SLF001
            uploadType="resumable",
            name=key,
            ifGenerationMatch="0",
            json={"name": key},
            headers={"X-Upload-Content-Type": "application/octet-stream"},
        )
        return str(headers["Location"])

    def _send(self, upload: str, part: bytes, sent: int, *, whole: str) -> int:
        """Send a part behind what was sent; a service that took less of it ends the upload."""
        after = sent + len(part)
        headers, _ = self._fs.call(
            "PUT",
            upload,
            headers={"Content-Range": f"bytes {sent}-{after - 1}/{whole}", "Content-Type": "application/octet-stream"},
            data=BytesIO(part),
        )
        taken = headers.get("Range", "")
        if whole == "*" and taken.rpartition("-")[2] != str(after - 1):
            message = f"the service took {taken or 'nothing'} of {after} bytes"
            raise ValueError(message)
        return after

    def _cancel(self, upload: str) -> None:
        with suppress(*self.faults):  # the service forgets it after a week
            self._fs.call("DELETE", upload)


def _info(said: dict[str, Any]) -> Info:
    modified = datetime.fromisoformat(said["updated"]).timestamp() if said.get("updated") else 0.0
    return Info(size=int(said.get("size", 0)), stamp=str(said.get("generation", "")), modified=modified)
