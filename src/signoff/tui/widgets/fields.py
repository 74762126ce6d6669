"""What a list is told of its columns: what a cell shows of a thing, and by what things are sorted.

The rule it keeps: what nobody knows sorts last, whichever way.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from signoff.tui.present import Piece
from signoff.tui.widgets.table import Column, Sort

Thing = TypeVar("Thing")
Order = Any  # whatever has an order among its kind; None is unknown


class Field(msgspec.Struct, Generic[Thing], frozen=True, kw_only=True):
    """One column of a list.

    Attributes:
        column: How it stands.
        cell: What it shows of a thing.
        order: By what things are sorted; None sorts last.
    """

    column: Column
    cell: Callable[[Thing], Piece]
    order: Callable[[Thing], Order]


def ordered(things: Iterable[Thing], fields: Sequence[Field[Thing]], sort: Sort) -> list[Thing]:
    """Return the things in a list's order; of equals, the earlier stays the earlier."""
    order = next((field.order for field in fields if field.column.id == sort.column), None)
    if order is None:
        return list(things)
    known: list[tuple[Order, Thing]] = []
    unknown: list[Thing] = []
    for thing in things:
        key = order(thing)
        if key is None:
            unknown.append(thing)
        else:
            known.append((key, thing))
    known.sort(key=lambda pair: pair[0], reverse=sort.descending)
    return [thing for _, thing in known] + unknown
