"""What a list of models said of each when this client last read its log: lines that need not be read again.

The rule it keeps: for showing, never for deciding: whoever decides reads the log and verifies it. A line is believed
only on a filesystem of this machine that dates its folders, only while the folders of the model's log and versions and
the last record look as they did, under the same trust record, and where its head is what this client remembers. A record
is never written twice: one that comes, goes or is exchanged changes the time of its folder, and one that is still
arriving is the last; what else is done to a record in its place is for those who read it. What changed so lately that a
further change might not show is not kept. Losing or forging it costs time, or shows a wrong list.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Self

import msgspec

from signoff import __version__
from signoff.errors import StorageError
from signoff.registry.grown import ModelLog
from signoff.registry.pins import place_of
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.storage.glancing import Places
from signoff.storage.state import read_cache, write_cache

FORM = 2
MOMENT = 2.0
"""So many seconds after a change, a further one is sure to show."""


class ModelLine(msgspec.Struct, frozen=True, array_like=True):
    """One model.

    Attributes:
        name: Its name.
        versions: How many versions it has, with those that are not registered and those whose folders are missing.
        newest: The version registered last; "" while there is none.
        latest: The time of the newest record by any author's clock; None for an empty log.
        stages: Stage to the version that it points at.
        bad: The versions that a stage points at and nobody should use: they are gone or revoked.
        sound: Whether decisions may be made on its log.
    """

    name: str
    versions: int
    newest: str
    latest: datetime | None
    stages: dict[str, str]
    bad: tuple[str, ...]
    sound: bool


class _Row(msgspec.Struct, frozen=True, array_like=True):
    marks: tuple[int, ...]
    length: int
    head: str
    line: ModelLine


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    trust: str
    folders: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    rows: dict[str, _Row] = {}


_decode = msgspec.msgpack.Decoder(_Kept).decode


class KeptRoll:
    """The lines of one registry in one place; to be used within a `with`, which writes what is new."""

    def __init__(self, reader: Reader, now: Callable[[], datetime], *, anew: bool = False) -> None:
        """Recall what was kept under the trust record that is the newest; `anew`: nothing."""
        self._reader, self._places = reader, Places(reader.storage)
        self._until = now().timestamp() - MOMENT
        place = hashlib.sha256(place_of(reader.storage.url).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._file = f"{reader.trust.registry}/roll-{__version__}-{FORM}-{place}.msgpack"
        self._before = _Kept(trust=reader.trust.newest.id) if anew else self._recall()
        self._folders, self._marks, self._names = self._before.folders, self._before.marks, self._before.names
        self._rows: dict[str, _Row] = {}
        self._changed = False

    def _recall(self) -> _Kept:
        nothing = _Kept(trust=self._reader.trust.newest.id)
        if self._reader.trust_alarm is not None:
            return nothing
        try:
            kept = _decode(read_cache(self._file) or b"")
        except (StorageError, msgspec.DecodeError, ValueError, RecursionError):
            return nothing
        return kept if kept.trust == nothing.trust else nothing

    def __enter__(self) -> Self:
        """Look at the registry's folder."""
        self._places.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is new, as far as this user's cache can be written."""
        self._places.__exit__()
        gone = self._before.rows.keys() - self._rows.keys()
        if kind is None and (self._changed or gone) and self._reader.trust_alarm is None:
            kept = _Kept(self._before.trust, self._folders, self._marks, self._names, self._rows)
            with suppress(StorageError):
                write_cache(self._file, msgspec.msgpack.encode(kept))

    def names(self, find: Callable[[list[str]], tuple[str, ...]]) -> tuple[str, ...]:
        """Return the names of all models; `find` looks for them and tells in which folders it did."""
        if self._marks and self._places.marks(self._folders)[0] == self._marks:
            return self._names
        folders: list[str] = []
        names = find(folders)
        marks, changed = self._places.marks(folders)
        if marks and changed < self._until:
            self._folders, self._marks, self._names, self._changed = tuple(folders), marks, names, True
        return names

    def find(self, name: str) -> ModelLine | None:
        """Return the line of a model that looks as it did; None where it has to be read."""
        row = self._before.rows.get(name)
        if row is None:
            return None
        chain, length = layout.model_chain(name), row.length
        pin = self._reader.pins.pins.get(chain)
        pinned = not length if pin is None else (pin.seq == length and pin.id == row.head)
        if not pinned or self._places.marks(_paths(chain, length))[0] != row.marks:
            return None
        self._rows[name] = row
        return row.line

    def keep(self, known: ModelLog, line: ModelLine) -> None:
        """Keep the line of a model that was just read."""
        length = len(known.log.records)
        if not line.sound or known.packs or known.strange:
            return
        marks, changed = self._places.marks(_paths(layout.model_chain(line.name), length))
        if marks and changed < self._until:
            self._rows[line.name] = _Row(marks, length, known.log.head, line)
            self._changed = True


def _paths(chain: str, length: int) -> tuple[str, ...]:
    """Return what a model's line is made from, as far as it can change."""
    log, versions = layout.chain_folder(chain), f"{chain}/{layout.VERSIONS}"
    return (log, versions, f"{log}/{layout.slot_name(length)}") if length else (log, versions)
