"""Versions side by side: one row for each thing that any of them says.

The rule it keeps: what a version does not say is None, never 0, and values whose units cannot be told to be the same
are not comparable and have no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Literal

import msgspec

from signoff.values.metrics import Direction, Metric, comparable, delta, direction
from signoff.values.names import Digest

Better = Literal["better", "worse", "same"]
BETWEEN = " | "


class FileFacts(msgspec.Struct, frozen=True):
    """A file of a version; its size in bytes is None where nobody said."""

    path: str
    digest: Digest
    size: int | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What one version says.

    Attributes:
        ref: The version, as "fraud:7".
        metrics: Its values, of version.yaml and of evaluations.
        hyperparameters: (name, text).
        datasets: (name and split, revision or digest).
        signature: (input or output, type).
        files: Its files.
        tags: (name, text).
        facts: (group, key, text) of whatever else is to be compared.
    """

    ref: str
    metrics: tuple[Metric, ...] = ()
    hyperparameters: tuple[tuple[str, str], ...] = ()
    datasets: tuple[tuple[str, str], ...] = ()
    signature: tuple[tuple[str, str], ...] = ()
    files: tuple[FileFacts, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()


class ComparedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing, across all columns.

    Attributes:
        group: "metrics", "slices", "hyperparameters", "datasets", "signature", "files", "tags", or a fact's group.
        key: What is compared, as "accuracy on holdout 2026-Q3 test [gender=female]".
        values: The texts as written (of a file its digest), None where a column says nothing.
        deltas: The differences to the first column (of a file in bytes), None in the first and where there is none.
        better: What each difference means by the metric's own direction, None where that is not known.
        best: The first column that holds the best value, None where there is no best.
        comparable: False where two of the values cannot be told to be in the same unit.
        differs: Whether the columns say different things; saying nothing is different from saying something.
    """

    group: str
    key: str
    values: tuple[str | None, ...]
    deltas: tuple[Decimal | None, ...]
    better: tuple[Better | None, ...]
    best: int | None = None
    comparable: bool = True
    differs: bool


def compare(columns: Sequence[Column], *, meanings: Mapping[str, Direction]) -> tuple[ComparedRow, ...]:
    """Return the rows of a comparison: metrics and slices, what became worse first, then the rest by key.

    Args:
        columns: The versions; differences are to the first.
        meanings: Which way is better, by a metric's name, as model.yaml says; well-known names need no entry.
    """
    rows = [*_metric_rows(columns, meanings)]
    rows += _text_rows("hyperparameters", [column.hyperparameters for column in columns])
    rows += _text_rows("datasets", [column.datasets for column in columns])
    rows += _text_rows("signature", [column.signature for column in columns])
    rows += _file_rows([column.files for column in columns])
    rows += _text_rows("tags", [column.tags for column in columns])
    for group in dict.fromkeys(group for column in columns for group, _, _ in column.facts):
        rows += _text_rows(group, [[(key, text) for of, key, text in each.facts if of == group] for each in columns])
    return tuple(rows)


def _metric_rows(columns: Sequence[Column], meanings: Mapping[str, Direction]) -> list[ComparedRow]:
    found: dict[tuple[object, ...], list[list[Metric]]] = {}
    for at, column in enumerate(columns):
        for metric in column.metrics:
            found.setdefault(metric.identity, [[] for _ in columns])[at].append(metric)
    rows = [_metric_row(cells, meanings) for cells in found.values()]
    return sorted(rows, key=lambda row: (row.group, "worse" not in row.better, row.key))


def _metric_row(cells: list[list[Metric]], meanings: Mapping[str, Direction]) -> ComparedRow:
    one = next(metric for cell in cells for metric in cell)
    way = meanings.get(one.name) or direction(one.name)
    numbers = [_number(cell) for cell in cells]
    deltas = _deltas(numbers)
    alike = _all_comparable(cells, numbers)
    return ComparedRow(
        group="slices" if one.slice else "metrics",
        key=metric_key(one),
        values=tuple(_joined(metric.text for metric in cell) for cell in cells),
        deltas=deltas,
        better=tuple(better_of(each, way) for each in deltas),
        best=_best([metric.number if metric else None for metric in numbers], way) if alike else None,
        comparable=alike,
        differs=len({frozenset(map(_said, cell)) for cell in cells}) > 1,
    )


def _said(metric: Metric) -> tuple[object, ...]:
    """Return what a value says, however many zeros it is written with."""
    return (metric.text,) if metric.number is None else (metric.number, metric.spread, metric.unit)


def _number(cell: list[Metric]) -> Metric | None:
    """Return the one value of a column that is a number; None where there is none, or where there are several."""
    alike = len(set(map(_said, cell))) == 1
    return cell[0] if alike and cell[0].number is not None else None


def _deltas(numbers: list[Metric | None]) -> tuple[Decimal | None, ...]:
    first, *others = numbers
    return (None, *(delta(first, metric) if first and metric else None for metric in others))


def _all_comparable(cells: list[list[Metric]], numbers: list[Metric | None]) -> bool:
    """Return whether any two values can be set side by side; a column that says two things cannot."""
    if any(len(set(map(_said, cell))) > 1 for cell in cells):
        return False
    known = [metric for metric in numbers if metric]
    return all(comparable(one, other) for one, other in combinations(known, 2))


def better_of(difference: Decimal | None, way: Direction | None) -> Better | None:
    """Return what a difference means where `way` is better; None where nobody knows."""
    if difference is None or (difference and way is None):
        return None
    if not difference:
        return "same"
    return "better" if (difference > 0) == (way == "higher") else "worse"


def _best(numbers: list[Decimal | None], way: Direction | None) -> int | None:
    """Return where the best value is first; None where nothing stands out."""
    known = [number for number in numbers if number is not None]
    if way is None or len(set(known)) < 2:  # noqa: PLR2004  (one value is not better than itself)
        return None
    return numbers.index(max(known) if way == "higher" else min(known))


def metric_key(metric: Metric) -> str:
    """Return what tells a metric apart in words, as "accuracy on holdout 2026-Q3 test [gender=female]"."""
    place = " ".join(part for part in (metric.dataset, metric.revision, metric.split) if part)
    group = ", ".join(f"{key}={value}" for key, value in metric.slice)
    return metric.name + (f" on {place}" if place else "") + (f" [{group}]" if group else "")


def _joined(texts: Iterable[str]) -> str | None:
    said = dict.fromkeys(texts)
    return BETWEEN.join(said) if said else None


def _text_rows(group: str, columns: Sequence[Iterable[tuple[str, str]]]) -> list[ComparedRow]:
    found: dict[str, list[list[str]]] = {}
    for at, column in enumerate(columns):
        for key, text in column:
            found.setdefault(key, [[] for _ in columns])[at].append(text)
    nothing = (None,) * len(columns)
    return [_row(group, key, tuple(map(_joined, cells)), nothing) for key, cells in sorted(found.items())]


def _file_rows(columns: Sequence[tuple[FileFacts, ...]]) -> list[ComparedRow]:
    found: dict[str, list[FileFacts | None]] = {}
    for at, column in enumerate(columns):
        for file in column:
            found.setdefault(file.path, [None for _ in columns])[at] = file
    return [
        _row("files", path, tuple(file.digest if file else None for file in cells), _growth(cells))
        for path, cells in sorted(found.items())
    ]


def _growth(cells: list[FileFacts | None]) -> tuple[Decimal | None, ...]:
    first, *others = (None if file is None else file.size for file in cells)
    return (None, *(None if first is None or size is None else Decimal(size - first) for size in others))


def _row(group: str, key: str, values: tuple[str | None, ...], deltas: tuple[Decimal | None, ...]) -> ComparedRow:
    nothing = (None,) * len(values)
    differs = len(set(values)) > 1
    return ComparedRow(group=group, key=key, values=values, deltas=deltas, better=nothing, differs=differs)
