"""`compare` and `lineage`: versions side by side, and what was made from what."""

from collections.abc import Iterator
from decimal import Decimal

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.shapes import Shape, node_words, steps_shape
from signoff.errors import InvalidValueError, NotFoundError
from signoff.policy.compare import ComparedRow
from signoff.policy.lineage import Step
from signoff.registry.comparing import compare_versions
from signoff.registry.views import VersionView
from signoff.values.display import UNKNOWN, long_size, short_digest

FEWEST = 2
ON = " on "
MEASURED = frozenset({"metrics", "slices"})
COLOURS = {"better": "green", "worse": "red"}


@click.command("compare")
@click.argument("refs", nargs=-1, metavar="REF REF...")
@click.option("--all", "everything", is_flag=True, help="Also rows in which the versions are alike.")
@framed
def compare(frame: Frame, refs: tuple[str, ...], everything: bool) -> None:  # noqa: FBT001  (click's words)
    """Show versions side by side; differences are to the first."""
    if len(refs) < FEWEST:
        message = f"compare takes two versions or more, and {len(refs)} {'is' if len(refs) == 1 else 'are'} named"
        raise InvalidValueError(message, hint="signoff compare fraud:6 fraud:7")
    views = [frame.registry.find(ref) for ref in refs]
    rows = compare_versions(frame.registry, views)
    if frame.out.as_json:
        frame.out.document({"refs": [view.ref for view in views], "rows": [_shape(row) for row in rows]})
        return
    shown = [row for row in rows if everything or row.differs]
    _print_rows(frame, views, shown)
    if len(shown) < len(rows):
        frame.out.say(f"{len(rows) - len(shown)} rows are alike and not shown; --all shows them")


def _shape(row: ComparedRow) -> Shape:
    return {
        "group": row.group,
        "key": row.key,
        "values": row.values,
        "delta": row.deltas,
        "better": row.better,
        "best": row.best,
        "comparable": row.comparable,
        "differs": row.differs,
    }


def _print_rows(frame: Frame, views: list[VersionView], rows: list[ComparedRow]) -> None:
    models = {view.model for view in views}
    columns = [Column(title=models.pop() if len(models) == 1 else "", elastic=True)]
    for place, view in enumerate(views):
        title = view.ref if models else view.version
        priority = 0 if place < FEWEST else 50 - place
        columns.append(Column(title=title, right=True, pointed=True, elastic=True, priority=priority))
        if place:
            columns.append(Column(title="CHANGE", right=True, pointed=True, priority=priority))
    for group in dict.fromkeys(row.group for row in rows):
        alike = [row for row in rows if row.group == group]
        measured_on = _common_place(alike)
        title = group.capitalize() + (f"{ON}{measured_on}" if measured_on else "")
        frame.out.section(title, columns, [list(_cells(row, measured_on)) for row in alike], name=group)
    if not rows:
        frame.out.say("they do not differ in anything that is compared")


def _common_place(rows: list[ComparedRow]) -> str:
    """Return the data set that all metrics were measured on, which need not be said on every line; "" for several."""
    found = {row.key.partition(ON)[2].partition(" [")[0] for row in rows if row.group in MEASURED}
    return found.pop() if len(found) == 1 else ""


def _cells(row: ComparedRow, place: str) -> Iterator[Cell]:
    yield Cell(row.key.replace(f"{ON}{place}", "", 1) if place else row.key, whole=row.key)
    for at, value in enumerate(row.values):
        yield _value(row, value)
        if at:
            yield _change(row, at)


def _value(row: ComparedRow, value: str | None) -> Cell:
    if value is None:
        return Cell(UNKNOWN, whole="", style="dim")
    return Cell(short_digest(value), whole=value) if row.group == "files" else Cell(value)


def _change(row: ComparedRow, place: int) -> Cell:
    difference, better = row.deltas[place], row.better[place]
    if not row.comparable:
        return Cell("other units", whole="", style="yellow")
    if difference is None:
        return Cell("")
    text = _signed(difference, in_bytes=row.group == "files")
    return Cell(
        f"{text} {better}" if better and better != "same" else text,
        whole=str(difference),
        style=COLOURS.get(better or "", ""),
    )


def _signed(difference: Decimal, *, in_bytes: bool) -> str:
    if not difference:
        return "="
    if in_bytes:
        return ("+" if difference > 0 else "-") + long_size(abs(int(difference)))
    return f"{difference:+}"


@click.command("lineage")
@click.argument("ref")
@click.option("--up", "upward", is_flag=True, help="Only what it was made from.")
@click.option("--down", "downward", is_flag=True, help="Only what was made from it.")
@framed
def lineage(frame: Frame, ref: str, upward: bool, downward: bool) -> None:  # noqa: FBT001  (click's words)
    """Show what a version was made from, and what was made from it."""
    view = frame.registry.find(ref)
    graph = frame.registry.lineage(frame.registry.snapshot(complete=False).versions())
    node = graph.find(view.model, view.version)
    if node is None:
        message = f"{view.ref} has no lineage"
        raise NotFoundError(message, hint="see: signoff ls")
    both = upward == downward
    up = graph.up(node) if upward or both else ()
    down = graph.down(node) if downward or both else ()
    if frame.out.as_json:
        frame.out.document({"ref": view.ref, "up": steps_shape(up), "down": steps_shape(down)})
        return
    _print_steps(frame, "Made from", up, upward=True)
    _print_steps(frame, "Made into", down, upward=False)
    if not (up or down):
        frame.out.say(f"nothing is known about where {view.ref} came from, and nothing was made from it")


def _print_steps(frame: Frame, title: str, steps: tuple[Step, ...], *, upward: bool) -> None:
    columns = (
        Column(title="WHAT", elastic=True),
        Column(title="KIND"),
        Column(title="RELATION"),
        Column(title="KNOWN BY"),
        Column(title="SIGNED", priority=1),
    )
    rows = []
    for step in steps:
        end = step.edge.parent if upward else step.edge.child
        again = " (see above)" if step.repeated else ""
        known = Cell("digest", style="green") if step.edge.proven else Cell("name only", style="yellow")
        name = "  " * (step.depth - 1) + node_words(end.name, end.version) + again
        signed = Cell("yes" if step.edge.signed else "no")
        rows.append((Cell(name), Cell(end.kind), Cell(step.edge.relation), known, signed))
    if rows:
        frame.out.section(title, columns, rows)
