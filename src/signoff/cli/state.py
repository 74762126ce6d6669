"""`status` and `history`: what every stage and alias points at, now or at any past time, and how it came about."""

from collections.abc import Iterator
from datetime import datetime

import click
import msgspec

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.options import Helpful, Option
from signoff.cli.shapes import Shape, deployment_shape, record_shape, time_of
from signoff.cli.words import age_cell, text_cell
from signoff.policy.history import DeploymentState, History
from signoff.policy.order import stage_order
from signoff.policy.trust import TrustChain
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.values.display import UNKNOWN
from signoff.values.times import parse_moment


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage or an alias points at.

    Attributes:
        model: The model.
        stage: The stage; None for an alias.
        alias: The alias; None for a stage.
        version: The version; None while the stage points at nothing.
        digest: Its digest.
        since: Since when.
        by: Who moved it.
        approvals: (record, person) of the approvals that counted.
        deployments: What the deployers report of the version.
    """

    model: str
    stage: str | None = None
    alias: str | None = None
    version: str | None = None
    digest: str | None = None
    since: datetime | None = None
    by: str | None = None
    approvals: tuple[tuple[str, str], ...] = ()
    deployments: tuple[DeploymentState, ...] = ()


@click.command("status", cls=Helpful)
@click.argument("model", required=False)
@click.option("--at", "moment", cls=Option, metavar="TIME", help="As it was then: 2026-11-23, or 2026-11-23T08:00:00Z.")
@framed
def status(frame: Frame, model: str | None, moment: str | None) -> None:
    """Show which version each stage and alias points at, and who decided it."""
    print_status(frame, model=model, moment=parse_moment(moment) if moment else None)


def print_status(frame: Frame, *, model: str | None = None, moment: datetime | None = None) -> None:
    """Print what stages and aliases point at."""
    registry = frame.registry
    stages = stage_order(_trust(registry, moment).newest.document)
    rows: list[Pointer] = []
    for history in _histories(frame, model, moment):
        rows += _pointers(history, stages, unset=model is not None)
    if frame.out.as_json:
        frame.out.document([_shape(row) for row in rows])
        return
    _print_table(frame, rows, now=moment or registry.surroundings.now())


def _histories(frame: Frame, model: str | None, moment: datetime | None) -> Iterator[History]:
    registry = frame.registry
    if registry.reader.trust_alarm is not None:
        frame.out.warn(f"{layout.chain_folder(layout.TRUST_CHAIN)}: {registry.reader.trust_alarm}")
    names = (registry.model_name(model),) if model else registry.models()
    for name in names:
        known = registry.reader.log(name)
        if known.alarm is not None and known.alarm is not registry.reader.trust_alarm:
            frame.out.warn(f"{layout.chain_folder(known.log.chain)}: {known.alarm}")
        yield _history(registry, name, moment) if moment else known.history


def _trust(registry: Registry, moment: datetime | None) -> TrustChain:
    if moment is None:
        return registry.reader.trust
    from signoff.registry.past import trust_at  # noqa: PLC0415  (most ask for the present)

    return trust_at(registry.reader.trust, moment)


def _history(registry: Registry, model: str, moment: datetime) -> History:
    from signoff.registry.past import history_at  # noqa: PLC0415

    return history_at(registry.reader, model, moment)


def _pointers(history: History, stages: tuple[str, ...], *, unset: bool) -> Iterator[Pointer]:
    for stage in dict.fromkeys((*stages, *history.stages)):
        state = history.stages.get(stage)
        if state is None:
            if unset:
                yield Pointer(model=history.model, stage=stage)
            continue
        yield Pointer(
            model=history.model,
            stage=stage,
            version=state.version,
            digest=_digest(history, state.version),
            since=state.moment,
            by=state.person,
            approvals=tuple(zip(state.approvals, state.approvers, strict=False)),
            deployments=_deployments(history, state.version),
        )
    for alias in history.aliases.values():
        yield Pointer(
            model=history.model,
            alias=alias.alias,
            version=alias.version,
            digest=_digest(history, alias.version),
            since=alias.moment,
            by=alias.person,
            deployments=_deployments(history, alias.version),
        )


def _digest(history: History, version: str) -> str | None:
    known = history.versions.get(version)
    return known.digest if known else None


def _deployments(history: History, version: str) -> tuple[DeploymentState, ...]:
    return tuple(one for one in history.deployments.values() if one.version == version)


def _shape(row: Pointer) -> Shape:
    return {
        "model": row.model,
        "stage": row.stage,
        "alias": row.alias,
        "version": row.version,
        "digest": row.digest,
        "since": time_of(row.since),
        "by": row.by,
        "approvals": [{"record": record, "by": person} for record, person in row.approvals],
        "deployments": [deployment_shape(one) for one in row.deployments],
    }


def _print_table(frame: Frame, rows: list[Pointer], *, now: datetime) -> None:
    columns = (
        Column(title="MODEL"),
        Column(title="STAGE"),
        Column(title="VERSION"),
        Column(title="SINCE", right=True, priority=5),
        Column(title="BY", elastic=True, priority=4),
        Column(title="APPROVED BY", elastic=True, priority=3, optional=True),
        Column(title="SERVING IN", elastic=True, priority=2, optional=True),
    )
    cells = [
        [
            Cell(row.model),
            Cell(row.stage or f"@{row.alias}"),
            Cell(row.version or UNKNOWN, style="" if row.version else "dim"),
            age_cell(row.since, now=now),
            text_cell(row.by),
            text_cell(", ".join(person for _, person in row.approvals)),
            text_cell(", ".join(_serving(one) for one in row.deployments)),
        ]
        for row in rows
    ]
    frame.out.table(columns, cells, nothing="no stage and no alias points at anything yet")


def _serving(said: DeploymentState) -> str:
    return said.environment if said.status == "serving" else f"{said.environment} ({said.status})"


@click.command("history")
@click.argument("model", required=False)
@framed
def history(frame: Frame, model: str | None) -> None:
    """Show all records, and what became of each."""
    from signoff.cli.records import RECORD_COLUMNS, record_cells  # noqa: PLC0415  (`status` has no use for it)

    registry = frame.registry
    names = (registry.model_name(model),) if model else registry.models()
    if frame.out.as_json:
        frame.out.document([shape for name in names for shape in _records(registry, name)])
    else:
        now = registry.surroundings.now()
        entries = [entry for name in names for entry in registry.reader.log(name).history.entries]
        entries.sort(key=lambda entry: (time_of(entry.record.moment) or "", entry.record.seq))
        about = names[0] if model else ""
        rows = [record_cells(entry, now=now, about=about) for entry in entries]
        frame.out.table(RECORD_COLUMNS, rows, nothing="there are no records yet")
    for name in names:
        known = registry.reader.log(name)
        if known.alarm is not None:
            frame.out.warn(f"{layout.chain_folder(known.log.chain)}: {known.alarm}")


def _records(registry: Registry, model: str) -> Iterator[Shape]:
    known = registry.reader.log(model)
    yield from (record_shape(entry) for entry in known.history.entries)
    if known.log.fault:
        nothing = dict.fromkeys(("id", "action", "ref", "digest", "author", "key", "time"))
        place = {"chain": known.log.chain, "seq": len(known.log.records) + 1}
        yield {**nothing, **place, "state": "invalid", "reason": known.log.fault, "said": {}}
