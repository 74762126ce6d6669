"""What a list shows, as its screen sees it: the things, their columns, and what a filter asks.

The rule it keeps: things are only handed on; one state of a screen is one content.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from signoff.policy.query import Query, Row
from signoff.registry.rows import LazyNames
from signoff.tui.widgets.fields import Field, ordered
from signoff.tui.widgets.table import Sort

Thing = Any  # a model, a version, a record …


class Content:
    """What a list shows, as its screen sees it."""

    def __init__(
        self,
        things: Sequence[Thing],
        fields: tuple[Field[Any], ...],
        *,
        key: Callable[[Thing], Hashable],
        row: Callable[[Thing], Row],
        known: Callable[[], Iterable[str]],
        come: Sort | None = None,
        find: Callable[[Hashable], Thing] | None = None,
        test: Callable[[Query], Callable[[Thing], bool]] | None = None,
        reading: bool = False,
    ) -> None:
        """Keep all of it.

        Args:
            things: In the order for equals.
            fields: The columns.
            key: Returns what a thing is known by.
            row: Returns what the filter asks.
            known: Returns the metric, parameter and tag names that a filter may use.
            come: The order in which the things come, where that is one of the list's.
            find: Returns a thing by its key; None has the list remember them.
            test: Returns what tells whether a thing fits a filter; None asks its row.
            reading: Whether more is still being read, so that more names may come.
        """
        self.things, self.fields, self.key, self.row, self.known = things, fields, key, row, known
        self.come, self.find, self.reading = come, find, reading
        self.test = test or self._asking
        self.names = LazyNames(known)
        self._ordered: tuple[Sort, Sequence[Thing]] | None = None

    def _asking(self, query: Query) -> Callable[[Thing], bool]:
        return lambda thing: query.predicate(self.row(thing))

    def in_order(self, sort: Sort, things: Sequence[Thing] | None = None) -> Sequence[Thing]:
        """Return things in an order; all of them, where none are given, are sorted once."""
        if things is None:
            if self._ordered is None or self._ordered[0] != sort:
                self._ordered = sort, self.in_order(sort, self.things)
            return self._ordered[1]
        return things if sort == self.come else ordered(things, self.fields, sort)
