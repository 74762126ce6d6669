"""The versions of some models as one table that answers many questions: columns are made of what was asked, and stay.

The rule it keeps: a question means what `Query.matches` says of each row. Of models that are the same value as before,
and of versions that are, columns are taken over. One thread at a time asks a table.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate
from operator import is_

from signoff.policy.history import History
from signoff.policy.query import Query
from signoff.policy.query_terms import (
    AllOf,
    AnyOf,
    Comparison,
    Negation,
    Row,
    Term,
    Value,
    Word,
    all_of,
    any_of,
    compiled,
)
from signoff.policy.states import States
from signoff.registry.columns import NUMBER, UNASKED, Answer, Answers, Column, Key, key_of, number_test
from signoff.registry.rows import LazyNames, Paths, VersionRow, names_in, natural, no_paths
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.schema.cards import ModelMetadata

MOST_COLUMNS = 8
"""So many fields, those that were asked for last."""
MOST_ORDERS = 4
WORDS = ""
"""The column of what free words look into, but for the reference."""
NOT_KEPT = frozenset({"model", "version", "ref", "environment", "format"})
"""What versions have at hand and few share, and what does not depend on a version and its model.yaml alone."""
NO_MODEL = ModelView(name="", metadata=ModelMetadata(), history=History(model=""))
Fits = Callable[[int], bool]


class Said:
    """What a version said, as a row."""

    def __init__(self, answer: Answer) -> None:
        """Say this for any field, and as words."""
        self._answer = answer

    def values(self, field: str) -> Answer:  # noqa: ARG002  (whatever was asked)
        """Return it."""
        return self._answer

    def words(self) -> tuple[str, ...]:
        """Return it."""
        return tuple(value for value in self._answer if isinstance(value, str))


class Table:
    """The versions of these models by their places: the newest first within each model, as `ls` has them."""

    def __init__(self, models: Sequence[ModelView], before: "Table | None" = None, *, paths: Paths = no_paths) -> None:
        """Take over what a table from before has of the same versions; `paths` finds a version's files."""
        self.models, self._paths = tuple(models), paths
        self.starts = [0, *accumulate(len(model.versions) for model in self.models)]
        self.columns: dict[str, Column] = {}
        self._orders: dict[tuple[str, bool], array[int]] = {}
        self._last: tuple[int, int, Sequence[VersionView], ModelView] = (0, 0, (), NO_MODEL)
        self.names = LazyNames(lambda: names_in(self.rows()))
        if before is not None and before.columns:
            self._take_over(before)

    def __len__(self) -> int:
        """Return how many versions there are."""
        return self.starts[-1]

    def rows(self) -> Iterator[VersionRow]:
        """Yield every version as a row."""
        return (self.row(at) for at in range(len(self)))

    def row(self, at: int) -> VersionRow:
        """Return the version of a place as a row."""
        begin, end, views, model = self._last
        if not begin <= at < end:
            number = bisect_right(self.starts, at) - 1
            begin, end, model = self.starts[number], self.starts[number + 1], self.models[number]
            views = tuple(model.versions)  # which may have to be made
            self._last = begin, end, views, model
        return VersionRow(views[end - at - 1], model, paths=self._paths)

    def knows(self, field: str) -> bool:
        """Tell whether an earlier question asked for a field, or whether versions have it at hand."""
        return field in NOT_KEPT or field in self.columns

    def fits(self, query: Query) -> Fits:
        """Return what tells whether the version of a place is asked for."""
        return self._test(query.term)

    def test_of(self, query: Query) -> Callable[[VersionView], bool]:
        """Return what tells whether a version of a table of one model is asked for."""
        fits, place_of = self.fits(query), self._placing()
        return lambda view: fits(place_of(view))

    def key_of(self, field: str) -> Callable[[VersionView], Key]:
        """Return by what a version of a table of one model is sorted."""
        key, place_of = self._key(field), self._placing()
        return lambda view: key(place_of(view))

    def _placing(self) -> Callable[[VersionView], int]:
        """Return what finds the place of a version of a table of one model."""
        (model,) = self.models
        last, versions, states = len(self) - 1, model.versions, model.history.versions
        find: Callable[[str], int | None] = states.place_of if isinstance(states, States) else self._by_name.get

        def place_of(view: VersionView) -> int:
            place = find(view.version)
            if place is None or place > last or versions[place].version != view.version:
                place = self._by_name[view.version]
            return last - place

        return place_of

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {view.version: place for place, view in enumerate(self.models[0].versions)}

    def ordered(self, places: Iterable[int], field: str, *, downward: bool) -> list[int]:
        """Return places by a field: numbers, then words, both downward if so wished, then those that say nothing."""
        key, counted = self._key(field), cache(natural)
        numbers: list[tuple[float, int]] = []
        words: list[tuple[str, int]] = []
        nothing = []
        for at in places:
            match key(at):
                case None:
                    nothing.append(at)
                case float() as number:
                    numbers.append((number, at))
                case text:
                    words.append((text, at))
        numbers.sort(key=lambda pair: pair[0], reverse=downward)
        words.sort(key=lambda pair: counted(pair[0]), reverse=downward)
        return [at for _, at in numbers] + [at for _, at in words] + nothing

    def order(self, field: str, *, downward: bool) -> "array[int]":
        """Return all places by a field; the order is kept."""
        found = self._orders.get((field, downward))
        if found is None:
            found = array("i", self.ordered(range(len(self)), field, downward=downward))
            while len(self._orders) >= MOST_ORDERS:
                del self._orders[next(iter(self._orders))]
            self._orders[field, downward] = found
        return found

    def _key(self, field: str) -> Callable[[int], Key]:
        column = self._column(field)
        if column is None:
            return lambda at: key_of(self.row(at).values(field))
        codes, is_open = column.codes, column.answers.open

        def key(at: int) -> Key:
            code = codes[at]
            if code == UNASKED:
                answer = self._answer(at, field)
                code = column.put(at, answer)
                if code == UNASKED:
                    return key_of(answer, open=is_open)
            return column.key(at, code)

        return key

    def _test(self, term: Term) -> Fits:
        match term:
            case Word(text):
                return self._word(text, compiled(term))
            case Negation(inner):
                test = self._test(inner)
                return lambda at: not test(at)
            case AllOf(terms):
                return all_of([self._test(each) for each in terms])
            case AnyOf(terms):
                return any_of([self._test(each) for each in terms])
            case _:
                return self._comparison(term)

    def _comparison(self, term: Comparison) -> Fits:
        holds, column = compiled(term), self._column(term.field)
        if column is None:
            return lambda at: holds(self.row(at))
        return self._told(term.field, column, holds, number_test(column, term))

    def _told(self, field: str, column: Column, holds: Callable[[Row], bool], number_holds: Fits | None) -> Fits:
        """Return a test that asks a version once, and each different answer once."""
        codes, each = column.codes, column.answers.each
        told: dict[int, bool] = {}

        def test(at: int) -> bool:
            code = codes[at]
            if code == UNASKED:
                answer = self._answer(at, field)
                code = column.put(at, answer)
                if code < 0:
                    return holds(Said(answer))
            if code == NUMBER:
                return number_holds(at) if number_holds else holds(Said(self._answer(at, field)))
            known = told.get(code)
            if known is None:
                known = told[code] = holds(Said(each[code]))
            return known

        return test

    def _word(self, text: str, holds: Callable[[Row], bool]) -> Fits:
        column = self._column(WORDS)
        assert column is not None
        said = self._told(WORDS, column, holds, None)
        return lambda at: said(at) or text in self.row(at).view.ref.casefold()

    def _answer(self, at: int, field: str) -> tuple[Value, ...]:
        row = self.row(at)
        return row.values(field) if field else row.words()[1:]

    def _column(self, field: str) -> Column | None:
        """Return the column of a field, or None for one that versions have at hand."""
        if field in NOT_KEPT:
            return None
        column = self.columns.pop(field, None) or Column(len(self), Answers(open="." in field))
        while len(self.columns) >= MOST_COLUMNS:
            del self.columns[next(iter(self.columns))]
        self.columns[field] = column
        return column

    def _take_over(self, before: "Table") -> None:
        for field, column in before.columns.items():
            if column.answers.roomy:
                self.columns[field] = Column(len(self), column.answers)
        known = {model.name: number for number, model in enumerate(before.models)}
        for number, model in enumerate(self.models):
            other = known.get(model.name)
            if other is not None:
                start, other_start = self.starts[number], before.starts[other]
                for at, other_at, length in _same(model, before.models[other]):
                    for field, column in self.columns.items():
                        column.copy(start + at, before.columns[field], other_start + other_at, length)


class Tables:
    """The table of the models that were asked about last."""

    def __init__(self, *, paths: Paths = no_paths) -> None:
        """Begin without one; `paths` finds the files of a version."""
        self._last, self._paths = Table(()), paths

    def of(self, models: Sequence[ModelView]) -> Table:
        """Return the table of these models."""
        last = self._last
        if models is last.models or (len(models) == len(last.models) and all(map(is_, models, last.models))):
            return last
        made = self._last = Table(models, last, paths=self._paths)
        return made


def _same(model: ModelView, other: ModelView) -> Iterator[tuple[int, int, int]]:
    """Yield where a model has the same versions, as places in both, the newest first, and how many in a row."""
    if model is other:
        yield 0, 0, len(model.versions)
        return
    mine, theirs = model.versions, other.versions
    if not isinstance(mine, tuple) or not isinstance(theirs, tuple) or model.metadata != other.metadata:
        return
    same, end = bytes(map(is_, mine, theirs)), 0
    while (begin := same.find(1, end)) >= 0:
        end = same.find(0, begin)
        end = len(same) if end < 0 else end
        yield len(mine) - end, len(theirs) - end, end - begin
