"""The columns that `ls` can show, and how it sorts: every field of the filter language is one.

The rule it keeps: a field that nobody knows is refused with the nearest name; what is unknown sorts last, whichever way,
and before it what is no number among numbers.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from signoff.cli.layout import Cell, Column
from signoff.cli.words import age_cell, digest_cell, signoff_cell, size_cell, state_cell, text_cell
from signoff.policy.query_fields import find_field
from signoff.policy.query_terms import Value
from signoff.registry.rows import LazyNames, VersionRow, headline, headline_metrics, names_in, natural
from signoff.values.display import UNKNOWN
from signoff.values.times import stamp

ANY_NUMBER = "1"
TITLES = {"approval_status": "SIGN-OFF"}
RIGHT = frozenset({"size", "age"})


class ListColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a list of versions, and its cell."""

    column: Column
    cell: Callable[[VersionRow], Cell]


def list_columns(
    names: Sequence[str] | None, *, rows: Sequence[VersionRow], now: datetime, several: bool
) -> list[ListColumn]:
    """Return the columns that are asked for; by default what matters most.

    Args:
        names: Fields, as people write them; None: the default.
        rows: The versions.
        now: What ages count to.
        several: Whether they are of several models.

    Raises:
        InvalidValueError: There is no such field.
    """
    known = LazyNames(lambda: names_in(rows))
    chosen = [field_named(name, known) for name in names] if names else _default(rows, several=several)
    return [_column(name, place=place, now=now) for place, name in enumerate(chosen)]


def field_named(name: str, known: Collection[str]) -> str:
    """Return the field that a person named, as the filter language spells it.

    Raises:
        InvalidValueError: There is no such field.
    """
    return find_field(name.strip(), value=ANY_NUMBER, known=known).name


def _default(rows: Sequence[VersionRow], *, several: bool) -> list[str]:
    models = {row.model.name: row.model for row in rows}
    metrics = dict.fromkeys(name for model in models.values() for name in headline_metrics(model))
    shown = [f"metrics.{name}" for name in list(metrics)[: 3 if len(models) == 1 else 2]]
    return ["ref" if several else "version", "stage", "status", "approval_status", *shown, "size", "by", "age"]


def _column(name: str, *, place: int, now: datetime) -> ListColumn:
    title = TITLES.get(name, name.partition(".")[2] or name).upper().replace("_", " ")
    metric = name.startswith("metrics.")
    priority = 0 if place == 0 else {"by": 2, "size": 3, "status": 5, "age": 4}.get(name, 20 - place)
    column = Column(
        title=title,
        right=metric or name in RIGHT,
        pointed=metric,
        elastic=bool(place) and not metric and name not in {*RIGHT, "status", "stage"},
        priority=priority,
    )
    return ListColumn(column=column, cell=_cell(name, now=now))


def _cell(name: str, *, now: datetime) -> Callable[[VersionRow], Cell]:
    special: dict[str, Callable[[VersionRow], Cell]] = {
        "status": lambda row: state_cell(row.view.status),
        "approval_status": lambda row: signoff_cell(row.view),
        "size": lambda row: size_cell(row.view.size),
        "age": lambda row: age_cell(row.view.moment, now=now),
        "digest": lambda row: digest_cell(row.view.digest),
        "by": lambda row: text_cell(row.view.author),
    }
    if name in special:
        return special[name]
    if name.startswith("metrics."):
        return lambda row: _metric_cell(row, name.removeprefix("metrics."))
    return lambda row: text_cell(", ".join(map(_words, row.values(name))))


def _metric_cell(row: VersionRow, name: str) -> Cell:
    metric = headline(row.view, name)
    return Cell(UNKNOWN, whole="", style="dim") if metric is None else Cell(metric.text)


def _words(value: Value) -> str:
    return stamp(value) if isinstance(value, datetime) else str(value)


def sorted_rows(rows: Sequence[VersionRow], by: str) -> list[VersionRow]:
    """Return the rows by a field; with `-` in front, the largest first.

    Raises:
        InvalidValueError: There is no such field.
    """
    name = field_named(by.removeprefix("-"), LazyNames(lambda: names_in(rows)))
    downward = by.startswith("-") != (name == "age")
    pairs = [(_order(row, name), row) for row in rows]  # a row is asked once: what it says may have to be decoded
    known = [pair for pair in pairs if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=downward)
    known.sort(key=lambda pair: pair[0][0])  # numbers, then words: what was sorted stays so among its kind
    return [row for _, row in known] + [row for key, row in pairs if key is None]


def _order(row: VersionRow, name: str) -> Any:  # noqa: ANN401  (whatever has an order among its kind)
    values = row.values(name)
    if not values:
        return None
    match values[0]:
        case datetime() as moment:
            return (0, moment.timestamp(), ())
        case int() | Decimal() as number:
            return (0, float(number), ())
        case text:
            return (1, 0.0, natural(text))
