"""Records, and what each is worth.

The rule it keeps: a value that grows as the series of its records does, without a copy of what was there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

import msgspec

from signoff.records.record import LogRecord
from signoff.records.series import Series


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of a log, and what it is worth.

    Attributes:
        record: The record.
        reasons: Why it has no effect; () while it has.
    """

    record: LogRecord
    reasons: tuple[str, ...] = ()

    @property
    def effective(self) -> bool:
        """Tell whether the record has its effect."""
        return not self.reasons


NO_REASONS: Mapping[int, tuple[str, ...]] = {}


class Entries(Sequence[Entry]):
    """Records, and what each is worth; it grows as its series does."""

    __slots__ = ("reasons", "records")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Begin with some entries."""
        given = tuple(entries)
        self.records = Series(one.record for one in given)
        told = {at: one.reasons for at, one in enumerate(given) if one.reasons}
        self.reasons: Mapping[int, tuple[str, ...]] = told or NO_REASONS

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.records)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        """Return one entry, or some."""
        if isinstance(at, slice):
            return tuple(self[i] for i in range(len(self))[at])
        place = range(len(self))[at]
        return Entry(record=self.records[place], reasons=self.reasons.get(place, ()))

    def __eq__(self, other: object) -> bool:
        """Compare the records and what they are worth."""
        if not isinstance(other, Entries):
            return NotImplemented
        return self.reasons == other.reasons and self.records == other.records

    __hash__ = None  # type: ignore[assignment]

    def and_then(self, records: Iterable[LogRecord], reasons: Mapping[int, tuple[str, ...]]) -> "Entries":
        """Return these entries and the records that follow them; why some have no effect, by their place from 0 on."""
        longer = object.__new__(Entries)
        longer.records = self.records.and_then(records)
        longer.reasons = {**self.reasons, **reasons} if reasons else self.reasons
        return longer

    def within(self, records: Series) -> "Entries":
        """Return the same entries, holding their records together with a series that begins with them."""
        shared = object.__new__(Entries)
        shared.records, shared.reasons = records.first(len(self)), self.reasons
        return shared

    def ineffective(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the slot of each record without effect, and why it has none; the records themselves are not read."""
        yield from ((place + 1, why) for place, why in sorted(self.reasons.items()))

    @property
    def spelled(self) -> int:
        """How many records, from the first on, are of actions we know, as their types want them."""
        places = (place for place in sorted(self.reasons) if self.records[place].action is None)
        return next(places, len(self))

    def find(self, identity: str) -> Entry | None:
        """Return the entry of a record by its id, or None."""
        place = self.records.find(identity)
        return None if place is None else self[place]
