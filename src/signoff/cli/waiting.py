"""`inbox` and `check`: what waits for me, and what a version still lacks for a stage."""

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.shapes import Shape, finding_shape, time_of
from signoff.cli.words import age_cell, state_cell, text_cell
from signoff.registry.inbox import Waiting, waiting_for

NOT_MET = 1


@click.command("inbox")
@framed
def inbox(frame: Frame) -> None:
    """Show what waits for my sign-off."""
    person = frame.options.who or frame.me().person
    registry = frame.registry
    binds_card = any(rule.bind_card for rule in registry.reader.trust.newest.document.stages.values())
    found = waiting_for(registry.snapshot(complete=binds_card), person)
    if frame.out.as_json:
        frame.out.document([_shape(one) for one in found])
        return
    columns = (
        Column(title="VERSION"),
        Column(title="WAITS FOR"),
        Column(title="STAGE", elastic=True),
        Column(title="HAVE", priority=3),
        Column(title="ASKED BY", elastic=True),
        Column(title="SINCE", right=True, priority=2),
        Column(title="SAID", elastic=True, priority=1, optional=True),
    )
    now = registry.surroundings.now()
    rows = [
        [
            Cell(one.ref),
            Cell(one.kind),
            Cell(one.stage),
            text_cell(f"{one.have} of {one.needed}" if one.needed else None),
            Cell(one.by),
            age_cell(one.since, now=now),
            text_cell(one.comment),
        ]
        for one in found
    ]
    frame.out.table(columns, rows, nothing=f"nothing waits for {person}")


def _shape(one: Waiting) -> Shape:
    return {
        "kind": one.kind,
        "ref": one.ref,
        "stage": one.stage,
        "record": one.record,
        "by": one.by,
        "since": time_of(one.since),
        "comment": one.comment or None,
        "approvals": one.have,
        "needed": one.needed,
    }


@click.command("check")
@click.argument("ref")
@click.argument("stage")
@framed
def check(frame: Frame, ref: str, stage: str) -> int:
    """Show every rule of a stage, met or not; exit code 1 unless all are met."""
    view = frame.registry.find(ref)
    findings = frame.registry.check(view, stage)
    met = all(one.outcome == "met" for one in findings)
    if frame.out.as_json:
        frame.out.document([finding_shape(one) for one in findings])
    else:
        columns = (Column(title="RULE"), Column(title="IS"), Column(title="BECAUSE", wraps=True))
        rows = [[Cell(one.check), state_cell(one.outcome), Cell(one.detail)] for one in findings]
        frame.out.table(columns, rows, nothing="the stage asks nothing")
        words = "may be promoted to" if met else "does not meet the rules of"
        frame.out.say(f"{view.ref} {words} {stage}")
    return 0 if met else NOT_MET
