"""The columns that `ls` can show: every field of the filter language is one.

The rule it keeps: a field that nobody knows is refused with the nearest name.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from signoff.cli.layout import Cell, Column
from signoff.cli.words import age_cell, digest_cell, signoff_cell, size_cell, state_cell, text_cell
from signoff.policy.query_terms import Value
from signoff.registry.rows import LazyNames, VersionRow, headline, headline_metrics, names_in
from signoff.registry.searching import field_named
from signoff.values.display import UNKNOWN
from signoff.values.times import stamp

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
