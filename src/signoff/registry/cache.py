"""What this client has parsed before, so that opening a registry again does not parse it again.

The rule it keeps: it is for showing, never for deciding: whoever decides reads the bytes and their digests. A row is
believed only while every file that it was made of looks as it did; a file so new that a change might not show is read
again, as git does. Losing, damaging or forging the cache costs time or a wrong picture, and never an approval.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from signoff import __version__
from signoff.registry.exact import as_written, meant, plain
from signoff.registry.pins import place_of
from signoff.registry.problems import Problem
from signoff.schema.cards import VersionMetadata
from signoff.storage.base import Info, Storage
from signoff.storage.glancing import Glance
from signoff.storage.spool import Spool
from signoff.values.metrics import Metric

if TYPE_CHECKING:
    from signoff.storage.shelf import Row, Shelf

FORM = 2
"""Goes up when what is parsed becomes something else without a new version of signoff."""
MOMENT = 2.0
MOST_KEPT = 500
MOST_HELD = 100
SIZE_BITS = 24
TELLING = frozenset({"s3", "gcs", "azure"})
"""Buckets whose stamps are made by the service, and differ whenever a content does."""
AHEAD = 500
"""So many rows are asked for at once."""
SPARED = 50
"""So many versions are read on a disk of this machine sooner than the rows can be opened."""


class Contents(msgspec.Struct, frozen=True, array_like=True):
    """What the files of a version say.

    Attributes:
        metadata: Its version.yaml; None where it cannot be had.
        metrics: Of version.yaml and of evaluations.
        card: The sha256 of its model card, or None.
        files: How many files; None where nobody counted.
        size: Bytes of its files.
        moment: When a draft was written.
        problems: What is wrong with the files.
        manifested: Whether the registered manifest is there.
    """

    metadata: VersionMetadata | None = None
    metrics: tuple[Metric, ...] = ()
    card: str | None = None
    files: int | None = None
    size: int | None = None
    moment: datetime | None = None
    problems: tuple[Problem, ...] = ()
    manifested: bool = True


class Look(msgspec.Struct, frozen=True):
    """How the files of a version look without opening them.

    Attributes:
        stamp: Differs when what they say may differ.
        changed: When the newest of them changed, in seconds since 1970.
    """

    stamp: bytes
    changed: float


def look_of(files: Iterable[tuple[str, Info]]) -> Look:
    """Return how files look."""
    parts: list[str] = []
    changed = 0.0
    for name, info in files:
        parts += (name, info.stamp)
        changed = max(changed, info.changed)
    return Look(_digest(parts), changed)


def meaning(look: Look | Glance, said: Iterable[str]) -> Look:
    """Return how files look together with what else their meaning depends on."""
    return Look(_digest((look.stamp.hex(), *said)), look.changed)


def _digest(parts: Iterable[str]) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).digest()


_encode = msgspec.msgpack.Encoder(enc_hook=plain).encode
_decode = msgspec.msgpack.Decoder(Contents, dec_hook=meant, ext_hook=as_written).decode


class _Measured(msgspec.Struct, frozen=True, array_like=True):
    """Contents as far as whoever compares many versions asks: the rest is skipped, which is half of decoding them."""

    metadata: msgspec.Raw
    metrics: tuple[Metric, ...]


_decode_metrics = msgspec.msgpack.Decoder(_Measured, dec_hook=meant, ext_hook=as_written).decode


class Aside(msgspec.Struct, frozen=True, gc=False):
    """What files say, kept as bytes outside of this program's memory: where, and how to have it back."""

    asides: "Asides"
    place: int

    @property
    def contents(self) -> Contents:
        """All of it."""
        return self.asides.get(self.place)

    @property
    def metadata(self) -> VersionMetadata | None:
        """The version.yaml."""
        return self.contents.metadata

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Metrics of version.yaml and of evaluations."""
        return self.asides.metrics(self.place)


class Asides:
    """Keeps few contents as values and what comes beyond them as bytes."""

    def __init__(self, spool: Spool) -> None:
        """Put the bytes there."""
        self._spool, self._held = spool, 0
        self._last: tuple[int, Contents] = (-1, Contents())
        self._measured: tuple[int, tuple[Metric, ...]] = (-1, ())
        self._encoded: tuple[Contents, bytes | None] = (Contents(), None)

    def encoded(self, contents: Contents) -> bytes | None:
        """Return the bytes of contents, made once for those that were asked for last; None where none can hold them."""
        if self._encoded[0] is not contents:
            try:
                self._encoded = contents, _encode(contents)
            except (OverflowError, UnicodeError):  # a number or a text that only YAML can hold
                self._encoded = contents, None
        return self._encoded[1]

    def keep(self, contents: Contents) -> "Contents | Aside":
        """Return the contents, or what gives them back."""
        self._held += 1
        if self._held <= MOST_HELD or contents.problems or (contents.metadata and contents.metadata.faults):
            return contents
        content = self.encoded(contents)
        place = None if content is None else self._spool.put(content)
        if content is None or place is None:
            return contents
        where = place << SIZE_BITS | len(content)
        self._last = where, contents
        return Aside(self, where)

    def get(self, where: int) -> Contents:
        """Return what was put aside there."""
        last = self._last
        if last[0] != where:
            last = self._last = where, _decode(self._content(where))
        return last[1]

    def metrics(self, where: int) -> tuple[Metric, ...]:
        """Return the metrics of what was put aside there."""
        if self._last[0] == where:
            return self._last[1].metrics
        last = self._measured
        if last[0] != where:
            last = self._measured = where, _decode_metrics(self._content(where)).metrics
        return last[1]

    def _content(self, where: int) -> bytes:
        return self._spool.get(where >> SIZE_BITS, where & (1 << SIZE_BITS) - 1)


def contents_of(said: object) -> Contents:
    """Return the contents that were kept."""
    assert isinstance(said, Contents | Aside)
    return said if isinstance(said, Contents) else said.contents


class Cache:
    """The rows of one registry in one place."""

    def __init__(self, registry: str, storage: Storage, now: Callable[[], datetime]) -> None:
        """Keep rows where the storage's files have stamps that last.

        Args:
            registry: The registry's id.
            storage: Its storage.
            now: The clock, by which a file is so new that its stamp tells nothing.
        """
        self._registry, self._storage, self._now = registry, storage, now
        self._new: list[Row] = []
        self._alone, self._left = False, SPARED
        self._unanswered = storage.unanswered.count

    @cached_property
    def _shelf(self) -> "Shelf | None":
        place = self._storage.capabilities()
        if not place.local and place.filesystem not in TELLING:
            return None
        from signoff.storage.shelf import Shelf  # noqa: PLC0415 (10 ms that a command about one record does not need)

        return Shelf(shelf_name(self._registry, self._storage.url))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Take what is asked within this `with` for one model, which may be the only one of this process."""
        self._alone = True
        try:
            yield
        finally:
            self._alone = False

    def spares(self, versions: int) -> bool:
        """Tell whether so many versions of one model are better read than looked for in the rows, and kept there."""
        if not self._alone or versions > self._left or not self._storage.capabilities().notifies:
            return False
        self._left -= versions
        return True

    def settled(self, look: Look) -> bool:
        """Tell, of files that were just read, whether a later change is sure to show, and everything was answered.

        It is sure to show where the files did not change within the last moment.
        """
        before, self._unanswered = self._unanswered, self._storage.unanswered.count
        return before == self._unanswered and look.changed < self.sure_until()

    def sure_until(self) -> float:
        """Return up to when, in seconds since 1970, what changed looks otherwise than whatever changes from now on."""
        return self._now().timestamp() - MOMENT

    def rows(self, model: str, versions: Sequence[str]) -> Mapping[str, tuple[bytes, bytes]]:
        """Return the rows of some of a model's versions, for `find`."""
        return self._shelf.rows(model, versions) if self._shelf else {}

    def find(self, row: tuple[bytes, bytes] | None, look: Look) -> Contents | None:
        """Return what a row says, where it is about files that look like this."""
        if row is None or row[0] != look.stamp:
            return None
        try:
            return _decode(row[1])
        except (msgspec.DecodeError, ValueError, KeyError, RecursionError):
            return None

    def keep(self, model: str, version: str, look: Look, contents: Contents, asides: Asides) -> None:
        """Keep what was parsed, but for faults, which are rare and no values that could be kept."""
        if self._shelf is None or (contents.metadata and contents.metadata.faults):
            return
        content = asides.encoded(contents)
        if content is None:
            return
        self._new.append((model, version, look.stamp, content))
        if len(self._new) >= MOST_KEPT:
            self.save()

    def forget(self, model: str, versions: Iterable[str]) -> None:
        """Drop the rows of versions that are gone."""
        if self._shelf:
            self._shelf.drop(model, versions)

    def save(self) -> None:
        """Write what is new."""
        if self._new and self._shelf:
            self._shelf.put(self._new)
            self._new = []


def shelf_name(registry: str, url: str) -> str:
    """Return the name of the file of rows of one registry in one place, for this version of signoff."""
    place = hashlib.sha256(place_of(url).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{registry}/files-{__version__}-{FORM}-{place}.sqlite"
