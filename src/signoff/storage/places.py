"""From a URL to the storage behind it.

The rule it keeps: a driver is imported when its kind of URL is opened, never before; only kinds that were raced and
found to have a step that never replaces are written to. Credentials and endpoints are the drivers' own: environment,
profiles, fsspec's configuration, or `options`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from signoff.errors import StorageError
from signoff.storage.base import Storage
from signoff.storage.memory import MemoryStorage
from signoff.storage.objects import Location, Objects
from signoff.storage.paths import split_folder
from signoff.storage.remote import BucketStorage

S3, GCS, AZURE, SFTP = "s3", "gcs", "azure", "sftp"
KINDS = {
    "s3": S3,
    "s3a": S3,
    "gs": GCS,
    "gcs": GCS,
    "az": AZURE,
    "abfs": AZURE,
    "abfss": AZURE,
    "sftp": SFTP,
    "ssh": SFTP,
}
MEMORY = "memory"
_memories: dict[str, MemoryStorage] = {}
_lock = Lock()


def scheme_of(url: str) -> str:
    """Return a URL's scheme; "" for a path of this machine."""
    scheme, separator, _ = url.partition("://")
    return scheme.lower() if separator and scheme.lower() != "file" else ""


def open_place(
    url: str, *, options: Mapping[str, Any], now: Callable[[], datetime], read_only: bool = False
) -> Storage:
    """Return the storage at a URL; nothing is asked of it yet.

    Args:
        url: As fsspec writes it: `s3://bucket/folder`, `gs://`, `abfs://`, `sftp://host/folder` …
        options: What fsspec's driver takes, as `{"endpoint_url": …}`.
        now: The clock.
        read_only: Whether to refuse every write.

    Raises:
        StorageError: No driver knows the URL, it is not installed, or refuses the options.
    """
    scheme = scheme_of(url)
    if scheme == MEMORY:
        return _memory(url, read_only=read_only)
    kind = KINDS.get(scheme, "")
    try:
        if kind == SFTP:
            return _server(url, options, now=now, read_only=read_only)
        location = _location(url) if kind else Location(bucket="", prefix="")
        objects = _objects(kind, url, location.bucket, dict(options))
        return BucketStorage(url, objects, location, now=now, read_only=read_only)
    except ImportError as error:
        message = f"{url!r} needs a driver that is not installed: {error.name}"
        raise StorageError(message, hint=f"install it: pip install 'signoff[{kind or 'fsspec'}]'") from error
    except (ValueError, TypeError) as error:
        message = f"{url!r} cannot be opened: {error}"
        raise StorageError(message, hint="check the URL, the credentials and storage_options") from error


def _memory(url: str, *, read_only: bool) -> MemoryStorage:
    """Return the storage of that name in this process."""
    with _lock:
        found = _memories.setdefault(url.rstrip("/"), MemoryStorage())
    return found.opened_read_only() if read_only else found


def _location(url: str) -> Location:
    parts = urlsplit(url, allow_fragments=False)
    path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
    bucket = parts.username or parts.netloc  # abfss://container@account.dfs.core.windows.net/folder
    if not bucket:
        message = f"{url!r} names no bucket"
        raise StorageError(message, hint="write it as in: s3://bucket/folder")
    return Location(bucket=bucket, prefix=f"{'/'.join(split_folder(path))}/" if path else "")


def _objects(kind: str, url: str, bucket: str, options: dict[str, Any]) -> Objects:
    match kind:
        case "s3":
            from signoff.storage.objects_s3 import S3Objects  # noqa: PLC0415  (only who uses it pays for it)

            return S3Objects(bucket, options)
        case "gcs":
            from signoff.storage.objects_gcs import GcsObjects  # noqa: PLC0415

            return GcsObjects(bucket, options)
        case "azure":
            from signoff.storage.objects_azure import AzureObjects  # noqa: PLC0415

            host = urlsplit(url).hostname or ""
            account = {"account_name": host.partition(".")[0]} if "@" in url and "." in host else {}
            return AzureObjects(bucket, {**account, **options})
        case _:
            from signoff.storage.objects_any import AnyObjects  # noqa: PLC0415

            return AnyObjects(url, options)


def _server(url: str, options: Mapping[str, Any], *, now: Callable[[], datetime], read_only: bool) -> Storage:
    from signoff.storage.sftp import SftpStorage  # noqa: PLC0415  (only who uses it pays for it)
    from signoff.storage.sftp_session import Session  # noqa: PLC0415

    parts = urlsplit(url)
    shown = url.replace(f":{parts.password}@", "@") if parts.password else url
    return SftpStorage(shown, Session(url, dict(options)), now=now, read_only=read_only)
