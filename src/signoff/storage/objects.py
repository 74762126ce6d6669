"""What signoff asks of a bucket: a few requests on flat keys.

The rule it keeps: a method is one request, but for a listing (one for each page) and an upload (one for each part).
Drivers raise what their libraries raise, but `FileNotFoundError` for a key that is not there and `FileExistsError`
where `create` or `upload` found one.
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from signoff.storage.base import Info

PART = 32 * 1024 * 1024
LARGEST_PUT = 64 * 1024 * 1024


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What is below a prefix.

    Attributes:
        files: Each key without the prefix, and its info.
        folders: What comes before the next slash, each once; () where all was listed.
    """

    files: tuple[tuple[str, Info], ...]
    folders: tuple[str, ...]


class Objects(Protocol):
    """One bucket, reached by one driver."""

    kind: str
    """What it is: "s3", "gcs", "azure", or the scheme of a place that is only read."""
    faults: tuple[type[Exception], ...]
    """What the driver raises when it fails."""
    may_write: bool
    """Whether this kind of place has a step that never replaces."""

    def endpoint(self) -> str:
        """Return which server answers, as far as it can be told."""

    def listing(self, prefix: str, *, deep: bool, most: int = 0, after: str = "") -> Listed:
        """Return what is below a prefix: all of it with `deep`, else only up to the next slash; at most `most`, or all.

        `after` spares what comes before this name below the prefix, where the service can begin there; it is a wish.
        """

    def head(self, key: str) -> Info:
        """Return a key's size and stamp."""

    def get(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` to before `end`, or to the end of the file."""

    def create(self, key: str, content: bytes) -> None:
        """Write a key that is not there, in one request."""

    def overwrite(self, key: str, content: bytes, *, stamp: str) -> None:
        """Write a key in one request; where the service can tell, only while its stamp is the given one."""

    def delete(self, key: str) -> None:
        """Remove a key."""

    def upload(self, key: str, parts: Iterator[bytes], *, size: int) -> None:
        """Write a large key that is not there from parts of `PART` bytes; it appears whole once `parts` ended."""


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where a registry is in a bucket; `prefix` is "" or ends with a slash."""

    bucket: str
    prefix: str
