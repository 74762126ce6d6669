"""The versions that `ls` lists: those of a model, or those that a query is true of.

The rule it keeps: the newest first within each model, unless somebody asks for another order.
"""

from signoff.cli.frame import Frame
from signoff.cli.lists import list_columns
from signoff.cli.shapes import version_shape
from signoff.registry.details import file_paths
from signoff.registry.models import is_model
from signoff.registry.registry import Registry
from signoff.registry.rows import VersionRow
from signoff.registry.searching import search
from signoff.registry.snapshot import ModelView
from signoff.registry.tables import Table
from signoff.values.names import ModelName


def print_versions(frame: Frame, query: tuple[str, ...], *, sort: str | None, columns: str | None) -> None:
    """Print the versions that a query is true of, in these columns and this order."""
    rows = _rows(frame.registry, query, sort or "")
    if frame.out.as_json:
        frame.out.document([version_shape(row.view) for row in rows])
        return
    now, several = frame.registry.surroundings.now(), not (query and _is_model(frame.registry, query[0]))
    shown = list_columns(columns.split(",") if columns else None, rows=rows, now=now, several=several)
    nothing = "no version is like that"
    frame.out.table([one.column for one in shown], [[one.cell(row) for one in shown] for row in rows], nothing=nothing)


def _rows(registry: Registry, words: tuple[str, ...], sort: str) -> list[VersionRow]:
    """Return the versions that are asked for, the newest first within each model unless they are sorted."""
    models: tuple[ModelView, ...]
    if words and _is_model(registry, words[0]):
        models, words = (registry.model(words[0]),), words[1:]
    else:
        models = registry.snapshot().models
    now = registry.surroundings.now()
    table = Table(models, paths=lambda view: file_paths(registry, view))
    return search(table, " ".join(words), now=now, sort=sort)


def _is_model(registry: Registry, word: str) -> bool:
    """Tell whether a word is a model's name; of another one's, all names have to be listed."""
    return (not ModelName.fault(word) and is_model(registry.reader, word)) or word in registry.models()
