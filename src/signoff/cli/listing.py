"""`ls`: the models, or versions."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.options import Helpful, Option
from signoff.cli.words import age_cell
from signoff.registry.keptroll import ModelLine, Roll, recall_roll
from signoff.registry.opening import is_remote, open_storage, real_surroundings
from signoff.registry.problems import Problem
from signoff.values.display import UNKNOWN
from signoff.values.times import stamp

if TYPE_CHECKING:
    from signoff.registry.snapshot import ModelView, Snapshot

NEGATED = re.compile(r"-(?=[A-Za-z_.]+[:~<>=])")


class QueryCommand(Helpful):
    """A command whose words are a query, where `-tag:old` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a negated term is written as the language's NOT."""
        return super().parse_args(ctx, [NEGATED.sub("NOT ", one, count=1) for one in args])


@click.command("ls", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("--sort", cls=Option, metavar="FIELD", help="Sort by a field; with - in front, the largest first.")
@click.option(
    "--columns", cls=Option, metavar="A,B,...", help="Fields to show, as version,stage,metrics.accuracy,license."
)
@click.option(
    "--complete",
    cls=Option,
    is_flag=True,
    help="Read and verify everything, also what would be shown from an index or as it was.",
)
@framed
def list_(frame: Frame, query: tuple[str, ...], sort: str | None, columns: str | None, complete: bool) -> None:  # noqa: FBT001  (click's words)
    """List models; with a model, or any QUERY, the versions.

    \b
    signoff ls                                   the models
    signoff ls fraud                             the versions of a model
    signoff ls stage:production accuracy\\>0.9     versions anywhere, by the filter language
    """  # noqa: D301  (the sign of click that keeps lines)
    if not query and not columns and not sort:
        _print_models(frame, complete=complete)
        return
    from signoff.cli.listed import print_versions  # noqa: PLC0415  (a list of models does without)

    print_versions(frame, query, sort=sort, columns=columns)


def _indexed(frame: Frame) -> "Snapshot | None":
    """Return a large registry in a bucket as its index shows it, and say so; None where all is to be read."""
    from signoff.registry.glance import take_glance  # noqa: PLC0415  (only in a bucket)
    from signoff.registry.remembered import recall  # noqa: PLC0415

    registry = frame.registry
    glance = take_glance(registry, recall(registry.url, registry.reader.trust))
    if glance is None:
        return None
    snapshot = registry.snapshot(changed=glance.changed) if glance.changed else glance.snapshot
    for problem in glance.snapshot.problems:
        frame.out.warn(f"{problem.place}: {problem.what}")
    kept = snapshot.source
    if kept is not None:
        when = f"{'from the index of' if kept.place else 'as this client read it at'} {stamp(kept.moment)}"
        frame.out.say(f"{when}, not verified now; all is read with: signoff ls --complete")
    return snapshot


def _print_models(frame: Frame, *, complete: bool) -> None:
    """Print the models; a program that asks for JSON decides on it, so it gets what was read."""
    if frame.out.as_json:
        from signoff.cli.shapes import version_shape  # noqa: PLC0415  (people read no JSON)

        models = frame.registry.snapshot().models
        newest = [(model, model.newest or next(iter(model.versions), None)) for model in models]
        frame.out.document([version_shape(view) if view else _empty(model) for model, view in newest])
        return
    roll = _kept(frame) if not complete else None
    roll = roll or _read(frame, complete=complete)
    nothing = "there are no models yet; begin with: signoff register MODEL PATH"
    if frame.out.terminal:
        columns, now = _columns(roll.stages), real_surroundings().now()
        frame.out.table(columns, [_cells(model, roll.stages, now=now) for model in roll.models], nothing=nothing)
    else:
        frame.out.rows([_texts(model, roll.stages) for model in roll.models], nothing=nothing)
    warn_of_alarms(frame, roll.alarms)


def _kept(frame: Frame) -> Roll | None:
    """Return the models of a registry of this machine as they were when its logs were read, if all looks as it did."""
    if is_remote(frame.url):
        return None
    return recall_roll(open_storage(frame.url, read_only=True), demanded=frame.options.registry_id or "")


def _read(frame: Frame, *, complete: bool) -> Roll:
    """Return the models as an index or the logs have them."""
    from signoff.registry.roll import call_roll, roll_of  # noqa: PLC0415  (where every line is believed, none is read)

    indexed = _indexed(frame) if frame.registry.reader.storage.paged and not complete else None
    return roll_of(indexed) if indexed else call_roll(frame.registry, anew=complete)


def _columns(stages: tuple[str, ...]) -> list[Column]:
    return [
        Column(title="MODEL", elastic=True),
        Column(title="LATEST", priority=5),
        *(Column(title=stage.upper(), priority=8) for stage in stages),
        Column(title="VERSIONS", right=True, priority=2),
        Column(title="UPDATED", right=True, priority=3),
    ]


def _texts(model: ModelLine, stages: tuple[str, ...]) -> list[str]:
    """Return a model's row for a pipe."""
    newest, latest, held = model.newest or UNKNOWN, model.latest, model.stages
    shown = [held.get(stage, UNKNOWN) for stage in stages]
    return [model.name, newest, *shown, str(model.versions), stamp(latest) if latest else ""]


def _cells(model: ModelLine, stages: tuple[str, ...], *, now: datetime) -> list[Cell]:
    """Return a model's row for a terminal."""
    return [
        Cell(model.name, style="" if model.sound else "red"),
        Cell(model.newest or UNKNOWN),
        *(_stage_cell(model, stage) for stage in stages),
        Cell(str(model.versions)),
        age_cell(model.latest, now=now),
    ]


def _stage_cell(model: ModelLine, stage: str) -> Cell:
    version = model.stages.get(stage)
    if version is None:
        return Cell(UNKNOWN, style="dim")
    bad = version in model.bad
    return Cell(f"{version} !" if bad else version, style="red" if bad else "")


def _empty(model: "ModelView") -> dict[str, object]:
    """Return what `ls` says of a model without versions."""
    nothing = dict.fromkeys(("version", "digest", "status", "approval_status", "author", "registered_at", "size"))
    lists: dict[str, list[object]] = {"stages": [], "aliases": [], "metrics": [], "problems": []}
    return {"model": model.name, **nothing, **lists}


def warn_of_alarms(frame: Frame, alarms: Iterable[Problem]) -> None:
    """Tell on stderr of everything on which nothing may be decided."""
    for problem in alarms:
        frame.out.warn(f"{problem.place}: {problem.what}")
