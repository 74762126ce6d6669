"""The records of a chain as a value that grows at little cost.

The rule it keeps: what is in a series never changes; series that go on from one beginning share it. Records that were
put aside are kept as their bytes, outside of this program's memory, and parsed when somebody asks for them: they were
verified before, so nothing is verified again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, overload

from signoff.records.record import LogRecord, parse_record
from signoff.records.statement import NO_RECORD

ID = 32
PLACE = 6
SIZE = 4
PUT_ASIDE = ID + PLACE + SIZE
"""So many bytes are kept of a record that was put aside: its id, and where its own bytes are."""


class Pile(Protocol):
    """Where bytes can be put aside."""

    def put(self, content: bytes) -> int | None:
        """Put bytes aside; return their place, or None where there is no room."""

    def get(self, place: int, size: int) -> bytes:
        """Return bytes that were put aside."""


class Series(Sequence[LogRecord]):
    """Records in their order."""

    __slots__ = ("aside", "items", "length", "pile")

    def __init__(self, records: Iterable[LogRecord] = ()) -> None:
        """Begin with some records."""
        self.items: list[LogRecord | None] = list(records)
        self.aside = bytearray()
        """What is kept of the records that are None, each in its place."""
        self.length = len(self.items)
        self.pile: Pile | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return self.length

    @overload
    def __getitem__(self, at: int) -> LogRecord: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[LogRecord, ...]: ...
    def __getitem__(self, at: int | slice) -> LogRecord | tuple[LogRecord, ...]:
        """Return one record, or some."""
        if isinstance(at, slice):
            return tuple(self._record(i) for i in range(self.length)[at])
        return self._record(range(self.length)[at])

    def __iter__(self) -> Iterator[LogRecord]:
        """Yield every record."""
        for at in range(self.length):
            yield self._record(at)

    def __eq__(self, other: object) -> bool:
        """Compare what the records are."""
        if not isinstance(other, Series):
            return NotImplemented
        if self.length != other.length:
            return False
        return self.items is other.items or all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    @property
    def head(self) -> str:
        """The id of the last record; 64 zeros where there is none."""
        return self.id_at(self.length - 1) if self.length else NO_RECORD

    def id_at(self, at: int) -> str:
        """Return the id of one record."""
        place = range(self.length)[at]
        item = self.items[place]
        return self._kept(place)[:ID].hex() if item is None else item.id

    def ids(self) -> Iterator[str]:
        """Yield every id."""
        for at in range(self.length):
            yield self.id_at(at)

    def find(self, identity: str) -> int | None:
        """Return where the record of an id is, or None."""
        return next((at for at, one in enumerate(self.ids()) if one == identity), None)

    def content_at(self, at: int) -> bytes:
        """Return the bytes of one record, parsing nothing."""
        place = range(self.length)[at]
        item = self.items[place]
        return self._content(place) if item is None else item.line + item.armor

    def first(self, length: int) -> "Series":
        """Return the series of the first so many records."""
        shorter = Series()
        shorter.items, shorter.aside, shorter.pile = self.items, self.aside, self.pile
        shorter.length = min(length, self.length)
        return shorter

    def and_then(self, records: Iterable[LogRecord]) -> "Series":
        """Return this series and what follows it."""
        longer = self.first(self.length)
        if longer.length == len(longer.items):
            longer.items.extend(records)
            longer.length = len(longer.items)
            return longer
        for record in records:
            if longer.length == len(longer.items):
                longer.items.append(record)
            elif not longer.holds(longer.length, record):
                longer.items = [*longer.items[: longer.length], record]
                longer.aside = longer.aside[: longer.length * PUT_ASIDE]
            longer.length += 1
        return longer

    def onto(self, pile: Pile) -> None:
        """Say where its records may be put aside later; what goes on from it, or is its beginning, knows it then."""
        self.pile = self.pile or pile

    def put_aside(self, pile: Pile, *, since: int = 0) -> None:
        """Keep the bytes of the records from a place on, and no longer what they say, if the pile has room for them."""
        self.onto(pile)
        assert self.pile is not None
        held = [(at, one) for at, one in enumerate(self.items[since : self.length], since) if one is not None]
        contents = [one.line + one.armor for _, one in held]
        place = self.pile.put(b"".join(contents))
        if place is None:
            return
        self.aside += bytes(max(self.length * PUT_ASIDE - len(self.aside), 0))
        for (at, one), size in zip(held, map(len, contents), strict=True):
            kept = bytes.fromhex(one.id) + (place << 8 * SIZE | size).to_bytes(PLACE + SIZE, "big")
            self.aside[at * PUT_ASIDE : (at + 1) * PUT_ASIDE] = kept
            self.items[at] = None  # once what is kept of it stands there: others read this at the same time
            place += size

    def holds(self, at: int, record: LogRecord) -> bool:
        """Tell whether a record stands there."""
        return self.items[at] is record or self._record(at) == record

    def _kept(self, at: int) -> bytes:
        return bytes(self.aside[at * PUT_ASIDE : (at + 1) * PUT_ASIDE])

    def _record(self, at: int) -> LogRecord:
        item = self.items[at]
        if item is not None:
            return item
        return parse_record(self._content(at), vouched=True, many=True)

    def _content(self, at: int) -> bytes:
        assert self.pile is not None
        kept = self._kept(at)
        place, size = kept[ID : ID + PLACE], kept[ID + PLACE :]
        return self.pile.get(int.from_bytes(place, "big"), int.from_bytes(size, "big"))
