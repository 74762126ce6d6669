"""What a list of models said of each when this client last read its log: lines that need not be read again.

The rule it keeps: for showing, never for deciding: whoever decides reads the log and verifies it. A line is believed
only on a filesystem of this machine that dates its folders, only while the folders of the model's log and versions and
the last record look as they did, under the same trust record, and where its head is what this client remembers. A record
is never written twice: one that comes, goes or is exchanged changes the time of its folder, and one that is still
arriving is the last; what else is done to a record in its place is for those who read it. What changed so lately that a
further change might not show is not kept. Losing or forging it costs time, or shows a wrong list.

Where all lines are believed, the trust chain is not parsed and verified again: its bytes are those that were, when the
lines were kept.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Self

import msgspec

from signoff import __version__
from signoff.errors import AlarmError, StorageError
from signoff.registry.chains import read_slots, slots
from signoff.registry.pins import Pin, load_pins, place_of
from signoff.registry.problems import Problem
from signoff.schema import layout
from signoff.storage.base import Storage
from signoff.storage.glancing import Places
from signoff.storage.state import read_cache, write_cache

if TYPE_CHECKING:
    from signoff.registry.grown import ModelLog
    from signoff.registry.reader import Reader

FORM = 3
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


class Roll(msgspec.Struct, frozen=True, kw_only=True):
    """All models.

    Attributes:
        stages: The stages that have rules, in the order of promotion.
        models: The models, by name.
        alarms: What is so wrong that nothing may be decided on it.
    """

    stages: tuple[str, ...]
    models: tuple[ModelLine, ...]
    alarms: tuple[Problem, ...] = ()


class _Row(msgspec.Struct, frozen=True, array_like=True):
    marks: tuple[int, ...]
    length: int
    head: str
    line: ModelLine


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    trust: str
    chain: tuple[bytes, ...] = ()
    stages: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    rows: dict[str, _Row] = {}


_decode = msgspec.msgpack.Decoder(_Kept).decode


def recall_roll(storage: Storage, *, demanded: str = "") -> Roll | None:
    """Return all models of a registry of this machine of which every line is believed; None where anything is to be read.

    Args:
        storage: The registry's storage.
        demanded: The registry id that the caller wants, or "".
    """
    with suppress(StorageError, AlarmError):  # whoever reads says what is wrong
        chain = tuple(read_slots(storage, layout.TRUST_CHAIN, slots(storage, layout.TRUST_CHAIN)[0]))
        first = chain[0] if chain else ""
        if isinstance(first, str):
            return None
        registry = hashlib.sha256(first[: first.find(b"\n") + 1]).hexdigest()
        kept = _read(_file(registry, storage.url)) if demanded in {"", registry} else None
        if kept is None or kept.chain != chain:
            return None
        book = load_pins(registry, storage.url)
        if book.url != place_of(storage.url) or book.pins.get(layout.TRUST_CHAIN) != Pin(len(chain), kept.trust):
            return None
        with Places(storage) as places:
            if _all_believed(kept, places, book.pins):
                return Roll(stages=kept.stages, models=tuple(kept.rows[name].line for name in kept.names))
    return None


def _file(registry: str, url: str) -> str:
    place = hashlib.sha256(place_of(url).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{registry}/roll-{__version__}-{FORM}-{place}.msgpack"


def _read(file: str) -> _Kept | None:
    try:
        return _decode(read_cache(file) or b"")
    except (StorageError, msgspec.DecodeError, ValueError, RecursionError):
        return None


def _all_believed(kept: _Kept, places: Places, pins: Mapping[str, Pin]) -> bool:
    """Tell whether these are the lines of all models, and each may be believed."""
    rows, paths, marks = kept.rows, list(kept.folders), list(kept.marks)
    if not marks or len(kept.names) != len(rows) or not _all_seen(pins, rows):
        return False
    for name in kept.names:
        row, chain = rows.get(name), layout.model_chain(name)
        if row is None or not _is_pinned(row, pins.get(chain)):
            return False
        paths += _paths(chain, row.length)
        marks += row.marks
    return places.marks(paths)[0] == tuple(marks)


def _all_seen(pins: Mapping[str, Pin], names: Collection[str]) -> bool:
    """Tell whether every model that this client remembers has a name here: it must not disappear."""
    return all(model in names for model in map(layout.model_of_chain, pins) if model)


def _is_pinned(row: _Row, pin: Pin | None) -> bool:
    """Tell whether a log had the head that this client remembers."""
    return not row.length if pin is None else (pin.seq == row.length and pin.id == row.head)


class KeptRoll:
    """The lines of one registry in one place; to be used within a `with`, which writes what is new."""

    def __init__(self, reader: "Reader", now: Callable[[], datetime], *, anew: bool = False) -> None:
        """Recall what was kept under the trust record that is the newest; `anew`: nothing."""
        self._reader, self._places = reader, Places(reader.storage)
        self._until = now().timestamp() - MOMENT
        self._file = _file(reader.trust.registry, reader.storage.url)
        self._before = _Kept(trust=reader.trust.newest.id) if anew else self._recall()
        self._folders, self._marks, self._names = self._before.folders, self._before.marks, self._before.names
        self._rows: dict[str, _Row] = {}
        self._chain = tuple(record.content for record in reader.trust.records)
        self._changed = self._before.chain not in {(), self._chain}

    def _recall(self) -> _Kept:
        nothing = _Kept(trust=self._reader.trust.newest.id)
        kept = None if self._reader.trust_alarm is not None else _read(self._file)
        return kept if kept is not None and kept.trust == nothing.trust else nothing

    def __enter__(self) -> Self:
        """Look at the registry's folder."""
        self._places.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is new, as far as this user's cache can be written."""
        self._places.__exit__()
        gone = self._before.rows.keys() - self._rows.keys()
        if kind is None and (self._changed or gone) and self._reader.trust_alarm is None:
            from signoff.policy.order import stage_order  # noqa: PLC0415  (where every line is believed, none is written)

            stages = stage_order(self._reader.trust.newest.document)
            kept = _Kept(self._before.trust, self._chain, stages, self._folders, self._marks, self._names, self._rows)
            with suppress(StorageError):
                write_cache(self._file, msgspec.msgpack.encode(kept))

    def names(self, find: Callable[[list[str]], tuple[str, ...]]) -> tuple[str, ...]:
        """Return the names of all models; `find` looks for them and tells in which folders it did."""
        seen = self._marks and _all_seen(self._reader.pins.pins, frozenset(self._names))
        if seen and self._places.marks(self._folders)[0] == self._marks:
            return self._names
        folders: list[str] = []
        names = find(folders)
        marks, changed = self._places.marks(folders)
        if marks and changed < self._until:
            self._folders, self._marks, self._names, self._changed = tuple(folders), marks, names, True
        return names

    def find(self, name: str) -> ModelLine | None:
        """Return the line of a model that looks as it did; None where it has to be read."""
        row, chain = self._before.rows.get(name), layout.model_chain(name)
        if row is None or not _is_pinned(row, self._reader.pins.pins.get(chain)):
            return None
        if self._places.marks(_paths(chain, row.length))[0] != row.marks:
            return None
        self._rows[name] = row
        return row.line

    def keep(self, known: "ModelLog", line: ModelLine) -> None:
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
