"""Asking for versions by the filter language: the one way of the command line and of Python programs.

The rule it keeps: the newest first within each model unless another order is asked for; what nobody knows is last in
any order.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from signoff.policy.query import parse_query
from signoff.policy.query_fields import find_field
from signoff.registry.reader import Reader
from signoff.registry.rows import VersionRow
from signoff.registry.snapshot import Snapshot
from signoff.registry.tables import Fits, Table, Tables
from signoff.registry.views import VersionView

ANY_NUMBER = "1"


class Search:
    """Asks a registry; what was read for one question is there for the next ones, as long as versions are the same.

    Any number of threads may ask, one after another.
    """

    def __init__(self, reader: Reader, look: Callable[[], Snapshot], now: Callable[[], datetime]) -> None:
        """Ask what `look` returns, at the time that `now` says."""
        self._reader, self._look, self._now = reader, look, now
        self._tables, self._lock = Tables(paths=self._paths), threading.Lock()

    def __call__(
        self, query: str, *, sort: str = "", limit: int | None = None, snapshot: Snapshot | None = None
    ) -> tuple[VersionView, ...]:
        """Return the versions that a query is true of, the newest first within each model; see `search`.

        Args:
            query: As `signoff ls` takes it.
            sort: A field; with `-` in front, the largest first.
            limit: So many at most.
            snapshot: What to ask; None: the registry as it is now, whose files have to be looked at.
        """
        with self._lock:
            table = self._tables.of((snapshot or self._look()).models)
            rows = search(table, query, now=self._now(), sort=sort, limit=limit)
            return tuple(row.view for row in rows)

    def _paths(self, view: VersionView) -> Iterable[str]:
        digest = view.digest
        manifest = self._reader.facts(view.model).manifest(view.version, digest) if digest else None
        return [path for path, _ in manifest.files] if manifest else ()


def search(
    table: Table,
    text: str,
    *,
    now: datetime,
    sort: str = "",
    limit: int | None = None,
) -> list[VersionRow]:
    """Return the versions that a query is true of.

    Args:
        table: All of them.
        text: The query; an empty one is true of every version.
        now: What ages count from.
        sort: A field; with `-` in front, the largest first; "" leaves the order as it is.
        limit: So many at most; None: all.

    Raises:
        QueryError: The text is no query.
        InvalidValueError: There is no such field to sort by.
    """
    query = parse_query(text, now=now, known=table.names)
    field = field_named(sort.removeprefix("-"), table.names) if sort else ""
    again = limit is not None and table.knows(field)
    found = islice(_places(table, table.fits(query), field, downward=sort.startswith("-"), again=again), limit)
    return [table.row(at) for at in found]


def field_named(name: str, known: Collection[str]) -> str:
    """Return the field that a person named, as the filter language spells it.

    Raises:
        InvalidValueError: There is no such field.
    """
    return find_field(name.strip(), value=ANY_NUMBER, known=known).name


def _places(table: Table, fits: Fits, field: str, *, downward: bool, again: bool) -> Iterator[int]:
    """Yield the places that fit; who asks for the first few `again` has an order of all, to walk until they are found."""
    downward = downward != (field == "age")
    if not field:
        return filter(fits, range(len(table)))
    if again:
        return filter(fits, table.order(field, downward=downward))
    return iter(table.ordered(filter(fits, range(len(table))), field, downward=downward))
