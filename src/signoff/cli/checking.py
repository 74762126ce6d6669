"""`verify`, `doctor` and `heads`: whether a registry is what its records say, and how to mend what is not."""

import sys

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.shapes import Shape, problem_shape
from signoff.cli.words import state_cell, text_cell
from signoff.errors import AlarmError, InvalidValueError
from signoff.registry.doctor import Doctor, Offender
from signoff.registry.heads import format_heads
from signoff.registry.problems import Problem
from signoff.registry.verifying import Report
from signoff.values.display import displayable_lines, long_size
from signoff.values.refs import parse_ref

UNVERIFIED, ALARM = 4, 5
PROBLEM_COLUMNS = (
    Column(title=""),
    Column(title="WHERE", elastic=True),
    Column(title="WHAT", elastic=True),
    Column(title="WHAT TO DO", elastic=True, priority=1),
)


@click.command("verify")
@click.argument("what", required=False, metavar="[REF or MODEL]")
@click.option("--deep", is_flag=True, help="Hash all files, too.")
@framed
def verify(frame: Frame, what: str | None, deep: bool) -> int:  # noqa: FBT001  (click's words)
    """Verify every chain and manifest; exit code 4 where something is not what was signed, 5 on an alarm."""
    registry = frame.registry
    models, version = _named(frame, what)
    views = [one for name in models or registry.models() for one in registry.model(name).versions] if deep else []
    total = sum(one.size or 0 for one in views if one.digest and version in {"", one.version})
    if deep:
        with frame.out.progress("hashing", total) as progress:
            report = registry.verify(models, version=version, deep=True, progress=progress)
    else:
        report = registry.verify(models, version=version)
    if frame.out.as_json:
        frame.out.document(_report_shape(report))
    else:
        _print_report(frame, report)
    if report.ok:
        return 0
    return ALARM if isinstance(report.alarm, AlarmError) else UNVERIFIED


def _named(frame: Frame, what: str | None) -> tuple[tuple[str, ...], str]:
    """Return the models to verify, () for all, and the version, "" for all."""
    if what is None:
        return (), ""
    if ":" not in what and "@" not in what:
        return (frame.registry.model(what, complete=False).name,), ""
    view = frame.registry.find(str(parse_ref(what)), complete=False)
    return (view.model,), view.version


def _report_shape(report: Report) -> Shape:
    return {
        "ok": report.ok,
        "chains": [
            {
                "chain": one.chain,
                "records": one.records,
                "head": one.head,
                "ineffective": [{"seq": seq, "reason": reason} for seq, reason in one.ineffective],
            }
            for one in report.chains
        ],
        "records": report.records,
        "versions": report.versions,
        "files": report.files,
        "bytes": report.size,
        "problems": [problem_shape(one) for one in report.problems],
    }


def _print_report(frame: Frame, report: Report) -> None:
    out = frame.out
    for chain in report.chains:
        for seq, reason in chain.ineffective:
            out.say(f"record {seq} of {chain.chain} is authentic and has no effect: {reason}")
    print_problems(frame, report.problems)
    hashed = f", {report.files} files hashed ({long_size(report.size)})" if report.files else ""
    words = f"{report.records} records in {len(report.chains)} chains, {report.versions} versions{hashed}"
    out.line(f"{'ok' if report.ok else 'NOT OK'}: {words}", "green" if report.ok else "red")


def print_problems(frame: Frame, problems: tuple[Problem, ...]) -> None:
    """Print problems; on a terminal each with its hint on a line of its own, so that nothing is cut."""
    out = frame.out
    if not out.terminal:
        rows = [(Cell(one.severity), Cell(one.place), Cell(one.what), text_cell(one.hint)) for one in problems]
        if rows:
            out.table(PROBLEM_COLUMNS, rows)
        return
    for one in problems:
        out.line(f"{one.severity}  {one.place}", state_cell(one.severity).style)
        out.line(f"       {one.what}")
        if one.hint:
            out.line(f"       {one.hint}", "dim")


@click.command("doctor")
@click.option("--quarantine", is_flag=True, help="Move what breaks a chain to .signoff/quarantine, after showing it.")
@click.option("--yes", is_flag=True, help="With --quarantine: do not ask.")
@click.option("--pack", is_flag=True, help="Write the packs that long logs lack, so that they open in few requests.")
@click.option("--index", is_flag=True, help="Read everything and write the index from which others open a bucket.")
@framed
def doctor(frame: Frame, quarantine: bool, yes: bool, pack: bool, index: bool) -> int | None:  # noqa: FBT001  (click's words)
    """Say what is wrong with a registry, and how to mend it; exit code 1 where something is."""
    work = Doctor(frame.registry)
    if quarantine:
        _quarantine(frame, work, yes=yes)
        return None
    if pack:
        _pack(frame, work)
        return None
    if index:
        _index(frame, work)
        return None
    found = work.findings()
    if frame.out.as_json:
        frame.out.document([problem_shape(one) for one in found])
    else:
        print_problems(frame, found)
        faults = sum(one.severity != "note" for one in found)
        frame.out.say(f"{faults} problems, {len(found) - faults} notes" if found else "nothing is wrong here")
    return int(any(one.severity != "note" for one in found))


def _quarantine(frame: Frame, work: Doctor, *, yes: bool) -> None:
    found = work.offenders()
    moved = []
    for one in found:
        _show(frame, one)
        if _agreed(one, yes=yes):
            moved.append({"path": one.path, "moved_to": work.quarantine(one), "why": one.why})
    if frame.out.as_json:
        frame.out.document(moved)
        return
    rows = [(Cell(one["path"]), Cell(one["moved_to"])) for one in moved]
    columns = (Column(title="MOVED", elastic=True), Column(title="TO", elastic=True))
    frame.out.table(columns, rows, nothing="nothing was moved" if found else "nothing breaks a chain here")


def _pack(frame: Frame, work: Doctor) -> None:
    written = work.pack()
    if frame.out.as_json:
        frame.out.document([{"path": one.path, "records": one.count} for one in written])
        return
    rows = [(Cell(one.path), Cell(str(one.count))) for one in written]
    columns = (Column(title="PACK", elastic=True), Column(title="RECORDS"))
    frame.out.table(columns, rows, nothing="every long log is packed already")


def _index(frame: Frame, work: Doctor) -> None:
    written = work.index()
    if frame.out.as_json:
        frame.out.document({"path": written})
    elif written is None:
        frame.out.say("the newest index says what there is")
    else:
        frame.out.line(written)


def _show(frame: Frame, one: Offender) -> None:
    frame.out.say(f"{one.path}: {one.why}")
    for line in displayable_lines(one.begins)[:12]:
        frame.out.say(f"  | {line}")


def _agreed(one: Offender, *, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        message = f"nobody is here to confirm that {one.path!r} is moved"
        raise InvalidValueError(message, hint="look at it, then: signoff doctor --quarantine --yes")
    return click.confirm(f"move {one.path} to quarantine?", default=False, err=True)


@click.command("heads")
@framed
def heads(frame: Frame) -> None:
    """Print the head of every chain, as `pull --heads FILE` takes it."""
    found = frame.registry.checkpoints.heads()
    if frame.out.as_json:
        frame.out.document([{"chain": chain, "seq": seq, "id": identity} for chain, (seq, identity) in found.items()])
        return
    for line in format_heads(found).splitlines():
        frame.out.line(line)
