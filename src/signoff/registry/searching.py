"""The best versions of a registry by a metric, of those that a query is true of.

The rule it keeps: comparisons of metrics are answered from columns of doubles as far as doubles can tell; whatever lies
on a bound, has several values or is no number, and every other term, is asked of the row itself. So the answer is what
asking every row would give.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from math import isnan, nan

import msgspec

from signoff.policy.query import Query
from signoff.policy.query_terms import AllOf, Comparison, Span, Term
from signoff.registry.rows import VersionRow, headline
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import VersionView

METRICS = "metrics."
ABOVE, BELOW = frozenset({">", ">="}), frozenset({"<", "<="})


class Column(msgspec.Struct, frozen=True):
    """A metric's number of each version, NaN where there is none, and the places of those whose row has to be asked."""

    numbers: "array[float]"
    odd: frozenset[int]


class Bound(msgspec.Struct, frozen=True):
    """A comparison of a metric, as far as doubles can tell: on which side of a number it is true."""

    metric: str
    number: float
    above: bool


class Search:
    """Answers queries about one snapshot; what it looked up for one it has at hand for the next."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Look nothing up yet."""
        self._snapshot = snapshot
        self._columns: dict[str, Column] = {}

    @cached_property
    def _versions(self) -> list[tuple[VersionView, ModelView]]:
        return [(view, model) for model in self._snapshot.models for view in model.versions]

    def best(self, query: Query, *, by: str, most: int, least_first: bool = False) -> tuple[VersionRow, ...]:
        """Return the versions that a query is true of and that have a number for a metric, the best first.

        Args:
            query: What must be true.
            by: The metric's name.
            most: At most so many.
            least_first: Whether the smallest number is the best.
        """
        places, ask = self._candidates(query)
        column = self._column(by).numbers
        ordered = sorted(
            (at for at in places if not isnan(column[at])), key=column.__getitem__, reverse=not least_first
        )
        found: list[VersionRow] = []
        for _, alike in groupby(ordered, key=column.__getitem__):
            rows = [VersionRow(*self._versions[at]) for at in alike if not ask(at) or self._matches(query, at)]
            found += sorted(rows, key=lambda row: _number(row, by), reverse=not least_first) if len(rows) > 1 else rows
            if len(found) >= most:
                break
        return tuple(found[:most])

    def _matches(self, query: Query, at: int) -> bool:
        return query.matches(VersionRow(*self._versions[at]))

    def _candidates(self, query: Query) -> tuple[Sequence[int], Callable[[int], bool]]:
        """Return the places that a query may be true of, and what tells of one whether its row has to be asked."""
        bounds, whole = _bounds(query.term)
        places: Sequence[int] = range(len(self._versions))
        unsure: set[int] = set()
        for bound in bounds:
            column = self._column(bound.metric)
            numbers, number = column.numbers, bound.number
            kept = [at for at in places if (numbers[at] >= number if bound.above else numbers[at] <= number)]
            unsure.update(at for at in kept if numbers[at] == number)
            if column.odd:
                unsure |= column.odd
                kept = sorted({*kept, *column.odd.intersection(places)})
            places = kept
        return places, unsure.__contains__ if whole else lambda _: True

    def _column(self, metric: str) -> Column:
        if metric not in self._columns:
            numbers, odd = array("d"), set[int]()
            for at, (view, _) in enumerate(self._versions):
                number, plain = _number_of(view, metric)
                numbers.append(number)
                if not plain:
                    odd.add(at)
            self._columns[metric] = Column(numbers, frozenset(odd))
        return self._columns[metric]


def _number_of(view: VersionView, metric: str) -> tuple[float, bool]:
    """Return the number that stands for a version, and whether it is all that the version says of the metric."""
    said = [one for one in view.metrics if one.name == metric and not one.slice]
    if not said:
        return nan, True
    number = said[0].number
    return nan if number is None else float(number), len(said) == 1 and number is not None


def _number(row: VersionRow, metric: str) -> Decimal:
    found = headline(row.view, metric)
    assert found is not None
    assert found.number is not None
    return found.number


def _bounds(term: Term) -> tuple[tuple[Bound, ...], bool]:
    """Return the bounds of metrics that must hold for a term, and whether they are all of it."""
    terms = term.terms if isinstance(term, AllOf) else (term,)
    found = [list(_bound(one)) for one in terms]
    return tuple(bound for each in found for bound in each), all(found)


def _bound(term: Term) -> Iterator[Bound]:
    if not isinstance(term, Comparison) or not term.field.startswith(METRICS) or len(term.operands) != 1:
        return
    operand = term.operands[0]
    if not isinstance(operand, Span) or term.operator not in ABOVE | BELOW:
        return
    number = operand.high if term.operator in {">", "<="} else operand.low
    yield Bound(term.field.removeprefix(METRICS), float(number), term.operator in ABOVE)
