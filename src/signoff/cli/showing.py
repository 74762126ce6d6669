"""`show REF`: all about a version, section by section."""

from collections.abc import Iterator

import click
import msgspec

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.records import RECORD_COLUMNS, record_cells
from signoff.cli.shapes import details_shape, node_words
from signoff.cli.words import SHORT_STATES, age_cell, digest_cell, size_cell, state_cell, text_cell
from signoff.registry.details import Details, details_of
from signoff.values.display import UNKNOWN, long_size, utc_minute
from signoff.values.refs import parse_ref


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A titled table."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@click.command("show")
@click.argument("ref")
@framed
def show(frame: Frame, ref: str) -> None:
    """Show all about a version."""
    parsed = parse_ref(ref)
    model = frame.registry.model(parsed.model)
    details = details_of(frame.registry, model.need(parsed), model)
    if frame.out.as_json:
        frame.out.document(details_shape(details))
        return
    _print_facts(frame, details)
    for section in _sections(frame, details):
        if section.rows:
            frame.out.section(section.title, section.columns, section.rows)


def _print_facts(frame: Frame, details: Details) -> None:
    rows = [(Cell(key, style="dim"), Cell(text, style=style)) for key, text, style in _facts(details)]
    frame.out.pairs(rows)


def _facts(details: Details) -> Iterator[tuple[str, str, str]]:
    view, said = details.view, details.view.metadata
    yield "version", view.ref, "bold"
    yield "status", view.status, "" if view.status == "registered" else "yellow"
    yield "stages", ", ".join(view.stages) or UNKNOWN, ""
    yield "aliases", ", ".join(view.aliases) or UNKNOWN, ""
    yield "sha256", view.digest or UNKNOWN, ""
    by = f" by {view.author}" if view.author else ""
    yield ("registered" if view.state else "written"), utc_minute(view.moment) + by, ""
    yield "size", f"{long_size(view.size)} in {len(details.files)} files", ""
    if said is not None:
        plain = {"license": said.license, "library": said.library_name, "task": said.pipeline_tag}
        yield from ((key, text, "") for key, text in plain.items() if text)
        if said.description:
            yield "description", said.description, ""
    yield from (("built on", words, "red") for words in details.revoked_bases)
    yield from ((problem.severity, problem.what, "red") for problem in view.problems)


def _sections(frame: Frame, details: Details) -> Iterator[Section]:
    yield _standing(details)
    yield _metrics(details)
    yield _evaluations(details)
    yield _files(details)
    yield _deployments(frame, details)
    yield _lineage(details)
    yield _history(frame, details)


def _standing(details: Details) -> Section:
    columns = (Column(title="STAGE"), Column(title="STATUS"), Column(title="APPROVALS", wraps=True))
    rows = [
        (
            Cell(ask.stage),
            state_cell(ask.standing.status, text=SHORT_STATES.get(ask.standing.status, ask.standing.status)),
            Cell("; ".join(line.words for line in ask.standing.lines)),
        )
        for ask in details.view.asks
        if any(line.needed for line in ask.standing.lines)
    ]
    return Section(title="Sign-off", columns=columns, rows=tuple(rows))


def _metrics(details: Details) -> Section:
    columns = (
        Column(title="METRIC", elastic=True),
        Column(title="VALUE", right=True, pointed=True),
        Column(title="UNIT", priority=2, optional=True),
        Column(title="DATASET", elastic=True, priority=3, optional=True),
        Column(title="GROUP", elastic=True, priority=1, optional=True),
    )
    rows = [
        (
            Cell(one.label or one.name, whole=one.name),
            Cell(one.text),
            text_cell(one.unit),
            text_cell(" ".join(part for part in (one.dataset, one.revision, one.split) if part)),
            text_cell(", ".join(f"{key}={value}" for key, value in one.slice)),
        )
        for one in details.view.metrics
    ]
    return Section(title="Metrics", columns=columns, rows=tuple(rows))


def _evaluations(details: Details) -> Section:
    columns = (Column(title="KIND"), Column(title="OUTCOME"), Column(title="FILE", elastic=True), Column(title="BY"))
    rows = [
        (Cell(one.said.kind), state_cell(one.said.outcome), Cell(one.said.name), Cell(one.said.person))
        for one in details.evaluations
    ]
    return Section(title="Evaluations", columns=columns, rows=tuple(rows))


def _files(details: Details) -> Section:
    columns = (Column(title="FILE", elastic=True), Column(title="SIZE", right=True), Column(title="DIGEST", priority=1))
    rows = [
        (
            Cell(one.path),
            size_cell(one.size) if one.size is not None else state_cell("missing"),
            digest_cell(one.digest),
        )
        for one in details.files
    ]
    return Section(title="Files", columns=columns, rows=tuple(rows))


def _deployments(frame: Frame, details: Details) -> Section:
    now = frame.registry.surroundings.now()
    columns = (
        Column(title="ENVIRONMENT", elastic=True),
        Column(title="STATUS"),
        Column(title="ENDPOINT", elastic=True, priority=1, optional=True),
        Column(title="BY", priority=2),
        Column(title="SINCE", right=True),
    )
    rows = [
        (
            Cell(one.environment),
            state_cell(one.status),
            text_cell(one.endpoint),
            Cell(one.person),
            age_cell(one.moment, now=now),
        )
        for one in details.deployments
    ]
    return Section(title="Deployments", columns=columns, rows=tuple(rows))


def _lineage(details: Details) -> Section:
    columns = (
        Column(title="WAY"),
        Column(title="WHAT", elastic=True),
        Column(title="RELATION"),
        Column(title="KNOWN BY"),
    )
    rows = [
        (
            Cell("from" if upward else "into"),
            Cell("  " * (step.depth - 1) + node_words(end.name, end.version)),
            Cell(step.edge.relation),
            Cell("digest" if step.edge.proven else "name only", style="" if step.edge.proven else "dim"),
        )
        for upward, steps in ((True, details.up), (False, details.down))
        for step in steps
        for end in [step.edge.parent if upward else step.edge.child]
    ]
    return Section(title="Lineage", columns=columns, rows=tuple(rows))


def _history(frame: Frame, details: Details) -> Section:
    return Section(
        title="History",
        columns=RECORD_COLUMNS,
        rows=tuple(
            record_cells(one, now=frame.registry.surroundings.now(), about=details.view.ref) for one in details.history
        ),
    )
