"""`ls` and `show`: the models, their versions, and all about one of them."""

import re
from collections.abc import Iterable, Sequence

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.lists import ListColumn, list_columns, sorted_rows
from signoff.cli.shapes import version_shape
from signoff.cli.words import age_cell
from signoff.policy.query import Query, fields, parse_query
from signoff.registry.details import file_paths
from signoff.registry.glance import Glance, take_glance
from signoff.registry.models import is_model
from signoff.registry.problems import Problem
from signoff.registry.registry import Registry
from signoff.registry.remembered import recall
from signoff.registry.roll import ModelLine, call_roll, roll_of
from signoff.registry.rows import VersionRow, known_names
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.values.display import UNKNOWN
from signoff.values.names import ModelName
from signoff.values.times import stamp

NEGATED = re.compile(r"-(?=[A-Za-z_.]+[:~<>=])")


class QueryCommand(click.Command):
    """A command whose words are a query, where `-tag:old` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a negated term is written as the language's NOT."""
        return super().parse_args(ctx, [NEGATED.sub("NOT ", one, count=1) for one in args])


@click.command("ls", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("--sort", metavar="FIELD", help="Sort by a field; with - in front, the largest first.")
@click.option("--columns", metavar="A,B,...", help="Fields to show, as version,stage,metrics.accuracy,license.")
@click.option("--complete", is_flag=True, help="Read and verify everything, where a bucket's index would be shown.")
@framed
def list_(frame: Frame, query: tuple[str, ...], sort: str | None, columns: str | None, complete: bool) -> None:  # noqa: FBT001  (click's words)
    r"""List models; with a model, or any QUERY, the versions.

    \b
    signoff ls                                   the models
    signoff ls fraud                             the versions of a model
    signoff ls stage:production accuracy\>0.9     versions anywhere, by the filter language
    """
    if not query and not columns and not sort:
        _print_models(frame, _indexed(frame, complete=complete))
        return
    rows = _rows(frame.registry, query)
    rows = sorted_rows(rows, sort) if sort else rows
    if frame.out.as_json:
        frame.out.document([version_shape(row.view) for row in rows])
        return
    now, several = frame.registry.surroundings.now(), not (query and _is_model(frame.registry, query[0]))
    shown = list_columns(columns.split(",") if columns else None, rows=rows, now=now, several=several)
    _print_rows(frame, shown, rows)


def _print_rows(frame: Frame, shown: Sequence[ListColumn], rows: Sequence[VersionRow]) -> None:
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
    query = parse_query(" ".join(words), now=registry.surroundings.now(), known=known_names(rows))
    if "format" in fields(query):
        rows = [VersionRow(row.view, row.model, paths=file_paths(registry, row.view)) for row in rows]
    return _matching(query, rows)


def _is_model(registry: Registry, word: str) -> bool:
    """Tell whether a word is a model's name; of another one's, all names have to be listed."""
    return (not ModelName.fault(word) and is_model(registry.reader, word)) or word in registry.models()


def _matching(query: Query, rows: Iterable[VersionRow]) -> list[VersionRow]:
    return [row for row in rows if query.matches(row)]


def _indexed(frame: Frame, *, complete: bool) -> Snapshot | None:
    """Return a large registry in a bucket as its index shows it, and say so; None where all is to be read.

    A program that asks for JSON decides on it, so it gets what was read.
    """
    glance = None if complete or frame.out.as_json else _glance(frame.registry)
    if glance is None:
        return None
    snapshot = frame.registry.snapshot(changed=glance.changed) if glance.changed else glance.snapshot
    for problem in glance.snapshot.problems:
        frame.out.warn(f"{problem.place}: {problem.what}")
    kept = snapshot.source
    if kept is not None:
        when = f"{'from the index of' if kept.place else 'as this client read it at'} {stamp(kept.moment)}"
        frame.out.say(f"{when}, not verified now; all is read with: signoff ls --complete")
    return snapshot


def _glance(registry: Registry) -> Glance | None:
    paged = registry.reader.storage.paged
    return take_glance(registry, recall(registry.url, registry.reader.trust)) if paged else None


def _print_models(frame: Frame, indexed: Snapshot | None) -> None:
    if frame.out.as_json:
        models = frame.registry.snapshot().models
        newest = [(model, model.newest or next(iter(model.versions), None)) for model in models]
        frame.out.document([version_shape(view) if view else _empty(model) for model, view in newest])
        return
    roll = roll_of(indexed) if indexed else call_roll(frame.registry)
    columns = [
        Column(title="MODEL", elastic=True),
        Column(title="LATEST", priority=5),
        *(Column(title=stage.upper(), priority=8) for stage in roll.stages),
        Column(title="VERSIONS", right=True, priority=2),
        Column(title="UPDATED", right=True, priority=3),
    ]
    now = frame.registry.surroundings.now()
    rows = [
        [
            Cell(model.name, style="" if model.sound else "red"),
            Cell(model.newest or UNKNOWN),
            *(_stage_cell(model, stage) for stage in roll.stages),
            Cell(str(model.versions)),
            age_cell(model.latest, now=now),
        ]
        for model in roll.models
    ]
    frame.out.table(columns, rows, nothing="there are no models yet; begin with: signoff register MODEL PATH")
    warn_of_alarms(frame, roll.alarms)


def _stage_cell(model: ModelLine, stage: str) -> Cell:
    version = model.stages.get(stage)
    if version is None:
        return Cell(UNKNOWN, style="dim")
    bad = version in model.bad
    return Cell(f"{version} !" if bad else version, whole=version, style="red" if bad else "")


def _empty(model: ModelView) -> dict[str, object]:
    """Return what `ls` says of a model without versions."""
    nothing = dict.fromkeys(("version", "digest", "status", "approval_status", "author", "registered_at", "size"))
    lists: dict[str, list[object]] = {"stages": [], "aliases": [], "metrics": [], "problems": []}
    return {"model": model.name, **nothing, **lists}


def warn_of_alarms(frame: Frame, alarms: Iterable[Problem]) -> None:
    """Tell on stderr of everything on which nothing may be decided."""
    for problem in alarms:
        frame.out.warn(f"{problem.place}: {problem.what}")
