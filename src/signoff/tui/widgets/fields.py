"""What a list is told of its columns: what a cell shows of a thing, and by what things are sorted.

The rule it keeps: what nobody knows sorts last, whichever way, and before it what is no number among numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from signoff.tui.present import Piece
from signoff.tui.widgets.table import Column, Sort
from signoff.values.display import UNKNOWN, age

Thing = TypeVar("Thing")
Order = Any  # whatever has an order among its kind; None is unknown


class Word(msgspec.Struct, frozen=True, order=True):
    """By what a value is sorted that is no number, in a column of numbers."""

    text: str


class Field(msgspec.Struct, Generic[Thing], frozen=True, kw_only=True):
    """One column of a list.

    Attributes:
        column: How it stands.
        cell: What it shows of a thing.
        order: By what things are sorted; None sorts last.
        since: Where set, the column is an age: the list shows how long ago this was, counted to the last key or event,
            and does not ask `cell`; ascending is youngest first, so the highest `order` comes first.
    """

    column: Column
    cell: Callable[[Thing], Piece]
    order: Callable[[Thing], Order]
    since: Callable[[Thing], datetime | None] | None = None

    def shown(self, thing: Thing, *, now: datetime) -> Piece:
        """Return what the column shows of a thing at a time."""
        return self.cell(thing) if self.since is None else (age(self.since(thing), now=now), "dim")


def age_field(column: Column, since: Callable[[Thing], datetime | None]) -> Field[Thing]:
    """Return a column of ages."""
    return Field(column=column, cell=lambda _: (UNKNOWN, "dim"), order=since, since=since)


def ordered(things: Iterable[Thing], fields: Sequence[Field[Thing]], sort: Sort) -> list[Thing]:
    """Return the things in a list's order; of equals, the earlier stays the earlier."""
    field = next((field for field in fields if field.column.id == sort.column), None)
    if field is None:
        return list(things)
    every = list(things)
    orders, downward = list(map(field.order, every)), sort.descending is (field.since is None)
    kinds, known = set(map(type, orders)), list(range(len(every)))
    if type(None) in kinds:
        known = [at for at in known if orders[at] is not None]
    words = [at for at in known if type(orders[at]) is Word] if Word in kinds else []
    if words:
        known = [at for at in known if type(orders[at]) is not Word]
        words.sort(key=orders.__getitem__, reverse=downward)
    known.sort(key=orders.__getitem__, reverse=downward)
    known += words
    unknown = (
        [thing for thing, one in zip(every, orders, strict=True) if one is None] if len(known) < len(every) else []
    )
    return [every[at] for at in known] + unknown
