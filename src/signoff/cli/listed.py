"""The versions that `ls` lists: those of a model, or those that a query is true of.

The rule it keeps: the newest first within each model, unless somebody asks for another order.
"""

from collections.abc import Iterable

from signoff.cli.frame import Frame
from signoff.cli.lists import list_columns, sorted_rows
from signoff.cli.shapes import version_shape
from signoff.policy.query import Query, fields, parse_query
from signoff.registry.details import file_paths
from signoff.registry.models import is_model
from signoff.registry.registry import Registry
from signoff.registry.rows import LazyNames, VersionRow, names_in
from signoff.registry.snapshot import ModelView
from signoff.values.names import ModelName


def print_versions(frame: Frame, query: tuple[str, ...], *, sort: str | None, columns: str | None) -> None:
    """Print the versions that a query is true of, in these columns and this order."""
    rows = _rows(frame.registry, query)
    rows = sorted_rows(rows, sort) if sort else rows
    if frame.out.as_json:
        frame.out.document([version_shape(row.view) for row in rows])
        return
    now, several = frame.registry.surroundings.now(), not (query and _is_model(frame.registry, query[0]))
    shown = list_columns(columns.split(",") if columns else None, rows=rows, now=now, several=several)
    nothing = "no version is like that"
    frame.out.table([one.column for one in shown], [[one.cell(row) for one in shown] for row in rows], nothing=nothing)


def _rows(registry: Registry, words: tuple[str, ...]) -> list[VersionRow]:
    """Return the versions that are asked for, the newest first within each model."""
    models: tuple[ModelView, ...]
    if words and _is_model(registry, words[0]):
        models, words = (registry.model(words[0]),), words[1:]
    else:
        models = registry.snapshot().models
    rows = [VersionRow(view, model) for model in models for view in reversed(model.versions)]
    query = parse_query(" ".join(words), now=registry.surroundings.now(), known=LazyNames(lambda: names_in(rows)))
    if "format" in fields(query):
        rows = [VersionRow(row.view, row.model, paths=file_paths(registry, row.view)) for row in rows]
    return _matching(query, rows)


def _is_model(registry: Registry, word: str) -> bool:
    """Tell whether a word is a model's name; of another one's, all names have to be listed."""
    return (not ModelName.fault(word) and is_model(registry.reader, word)) or word in registry.models()


def _matching(query: Query, rows: Iterable[VersionRow]) -> list[VersionRow]:
    return [row for row in rows if query.matches(row)]
