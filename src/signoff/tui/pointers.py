"""Stages and aliases with what serves, as rows, columns and words: now, or at a past moment.

The rule it keeps: pure; drift is told by glyph and word, and in words which version serves where another should.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from signoff.policy.history import DeploymentState
from signoff.policy.query import Value
from signoff.registry.rows import VersionRow, natural
from signoff.registry.serving import Environment, Pointer
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.amiss import amiss
from signoff.tui.pages import Text, heading, labelled
from signoff.tui.present import UNKNOWN_PIECE, Piece, Pieces, Tone, count, glyph, or_unknown, state
from signoff.tui.refusals import GONE
from signoff.tui.told import MOVED, said_of
from signoff.tui.waiting import short_person
from signoff.tui.widgets.fields import Field, age_field
from signoff.tui.widgets.table import Column
from signoff.values.display import age, displayable_lines, utc_minute

NO_STAGE = "(no stage)"
REPORTED: dict[str, tuple[str, Tone]] = {
    "serving": ("●", "good"),
    "deploying": ("◐", "accent"),
    "failed": ("✗", "bad"),
    "stopped": ("○", "dim"),
}


class PointerRow:
    """A stage or an alias, as a row of the filter language: its version's, and its own stage, people and places."""

    def __init__(self, pointer: Pointer, view: VersionView | None, model: ModelView | None) -> None:
        """Ask this one."""
        self.pointer = pointer
        self.version = VersionRow(view, model) if view is not None and model is not None else None

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what it says for a field; `status` is what is reported, or `drift`."""
        one = self.pointer
        match field:
            case "model" | "ref" if self.version is None:
                return (one.model,)
            case "stage":
                return (one.name,) if one.name and not one.is_alias else ()
            case "alias":
                return (one.name,) if one.is_alias else ()
            case "environment":
                return tuple(place.name for place in one.environments)
            case "status":
                reported = (place.current.status for place in one.environments)
                return (*reported, *(("drift",) if one.drift else ()))
            case "by" | "author":
                return (one.person,) if one.person else ()
            case "age" | "updated":
                return (one.since,) if one.since else ()
            case _:
                return self.version.values(field) if self.version else ()

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        one = self.pointer
        places = (word for place in one.environments for word in (place.name, place.current.endpoint))
        drift = ("drift",) if one.drift else ()
        return (one.model, stage_words(one), one.version, one.person, *one.approvers, *places, *drift)


def stage_words(one: Pointer) -> str:
    """Return a pointer's name as a list shows it: `production`, `@champion`."""
    return f"@{one.name}" if one.is_alias else one.name or NO_STAGE


def pointer_fields(bad: Iterable[tuple[str, str]] = ()) -> tuple[Field[Pointer], ...]:
    """Return the columns; `bad`: (model, version) of versions that may not be used."""
    gone = frozenset(bad)
    return (
        Field(
            column=Column(id="model", title="MODEL", width=15, priority=98, grow=14),
            cell=lambda one: (one.model, "strong"),
            order=lambda one: natural(one.model),
        ),
        Field(
            column=Column(id="stage", title="STAGE", width=11, priority=99, grow=3),
            cell=lambda one: (stage_words(one), "dim" if one.is_alias or not one.name else "plain"),
            order=lambda one: (one.is_alias, one.name),
        ),
        Field(
            column=Column(id="version", title="VERSION", width=8, priority=97, grow=6),
            cell=lambda one: _version_piece(one, gone),
            order=lambda one: natural(one.version) if one.version else None,
        ),
        Field(
            column=Column(id="reported", title="REPORTED", width=21, priority=90, grow=12),
            cell=reported_piece,
            order=_trouble,
        ),
        age_field(Column(id="since", title="SINCE", width=8, align="right", priority=60), lambda one: one.since),
        Field(
            column=Column(id="by", title="BY", width=7, priority=50, grow=4),
            cell=lambda one: (or_unknown(short_person(one.person)), "plain" if one.reviewed else "bad"),
            order=lambda one: one.person or None,
        ),
        Field(
            column=Column(id="approved", title="APPROVED BY", width=12, priority=40, grow=12),
            cell=lambda one: (or_unknown(", ".join(map(short_person, one.approvers))), "dim"),
            order=lambda one: len(one.approvers),
        ),
    )


def _version_piece(one: Pointer, gone: frozenset[tuple[str, str]]) -> Piece:
    if not one.version:
        return UNKNOWN_PIECE
    return (f"! {one.version}", "bad") if (one.model, one.version) in gone else (one.version, "good")


def gone_versions(models: Iterable[ModelView]) -> Iterator[tuple[str, str]]:
    """Yield the (model, version) of versions that something points at and that should not be used."""
    for model in models:
        pointed = {one.version for one in model.stages.values()}
        for name in pointed.union(one.version for one in model.history.aliases.values()):
            if amiss(model.find(name)):
                yield model.name, name


def _amiss_lines(one: Pointer, model: ModelView | None) -> Text:
    """Return why what a pointer points at should not be used, in a line; none where it may be, or nobody knows."""
    why = amiss(model.find(one.version)) if model and one.version else ""
    return (((f"! {why}", "bad"),),) if why else ()


def reported_piece(one: Pointer) -> Piece:
    """Return what deployers report, shortly: `● eu-west`, `! drift eu-west: 4`."""
    if one.drift:
        first, more = one.drift[0], len(one.drift) - 1
        return f"! drift {first.name}: {first.serves}{f' +{more}' if more else ''}", "bad"
    if not one.environments:
        return UNKNOWN_PIECE
    first = max(one.environments, key=lambda place: place.current.status == "failed")
    mark, tone = REPORTED[first.current.status]
    more = len(one.environments) - 1
    return f"{mark} {first.current.status} {first.name}{f' +{more}' if more else ''}", tone


def _trouble(one: Pointer) -> int | None:
    """Return what sorts drift first, then failures, then the rest; without a report nobody knows."""
    if not one.environments:
        return None
    return 0 if one.drift else 1 if any(place.current.status == "failed" for place in one.environments) else 2


def pointer_text(one: Pointer, model: ModelView | None, *, now: datetime) -> Text:
    """Return all about a pointer: who moved it and why, whose approvals counted, and every report."""
    points: Piece = (f" → {one.version}", "good") if one.version else (" points at nothing", "dim")
    lines: list[Pieces] = [((f"{one.model} {stage_words(one)}", "strong"), points), *_amiss_lines(one, model), ()]
    if one.version:
        lines.append(labelled("since", (f"{utc_minute(one.since)}, {age(one.since, now=now)}", "plain")))
        lines.append(labelled("by", (one.person, "plain"), (f"  {MOVED.get(one.how, one.how)}", "dim")))
    if one.approvers:
        lines.append(labelled("approved by", (", ".join(one.approvers), "plain")))
    if one.replaced:
        lines.append(labelled("before", *_before(one, model)))
    if said := _reason(one, model):
        lines.append(labelled("because", (f"“{said}”", "plain")))
    if not one.reviewed:
        lines.append((("! the glass was broken for this, and nobody reviewed it yet", "bad"),))
    return (*lines, *heading("Reported"), *_reports(one, now))


def _reports(one: Pointer, now: datetime) -> Iterator[Pieces]:
    if not one.environments:
        yield (("no deployer reported anything", "dim"),)
    for place in one.environments:
        yield from _place_lines(one, place, now)


def _place_lines(one: Pointer, place: Environment, now: datetime) -> Iterator[Pieces]:
    yield ((place.name, "strong"),)
    if place in one.drift:
        should = f"{stage_words(one)} points at {one.version}" if one.version else "no stage points at it"
        yield (("! drift: ", "bad"), (f"serves {place.serves}, and {should}", "plain"))
    for report in place.reports:
        yield from report_lines(report, now=now, old=report is not place.current and report.status == "serving")


def report_lines(report: DeploymentState, *, now: datetime, old: bool) -> Iterator[Pieces]:
    """Yield what a deployer reported; `old`: another version was reported as serving there since."""
    mark, tone = REPORTED["stopped" if old else report.status]
    instances = (
        f", {report.instances:,} instance{'s' * (report.instances != 1)}" if report.instances is not None else ""
    )
    words = "served, never reported as stopped" if old else report.status
    yield ((f"  {mark} {report.version} ", tone), (f"{words}{instances}", "dim" if old else "plain"))
    yield ((f"    {age(report.moment, now=now)}, by {report.person}", "dim"),)
    if report.endpoint:
        yield ((f"    {report.endpoint}", "dim"),)


def pointer_lines(one: Pointer, model: ModelView | None, *, now: datetime) -> Text:
    """Return the most important of a pointer in three lines, for where there is no pane; what may be cut is last.

    Why its version should not be used stands first, instead of why it was moved there.
    """
    if not one.version:
        return (pointer_line(one, now=now),)
    moved = f"{MOVED.get(one.how, one.how)} {utc_minute(one.since)} by {one.person}"
    before: Pieces = (("  before: ", "dim"), *_before(one, model)) if one.replaced else ()
    approved = ", ".join(map(short_person, one.approvers))
    said = _reason(one, model)
    because: list[Piece] = [(f"approved by {approved}  ", "plain")] if approved else []
    because += [(f"“{said}”", "dim")] if said else []
    points: Text = (((moved, "plain"), *before), pointer_line(one, now=now))
    if wrong := _amiss_lines(one, model):
        return (*wrong, *points)
    return (
        *points,
        tuple(because) or (("nobody approved it" if not one.is_alias else "an alias needs no approval", "dim"),),
    )


def _before(one: Pointer, model: ModelView | None) -> Pieces:
    """Return what was pointed at before, and that it cannot be used any more where that is so."""
    view = model.find(one.replaced) if model else None
    if view is None or view.status not in GONE:
        return ((one.replaced, "plain"),)
    word, tone = state(view.status)
    return ((one.replaced, "plain"), (f"  {word}", tone))


def _reason(one: Pointer, model: ModelView | None) -> str:
    """Return what whoever moved it said, in one line."""
    entry = model.history.find_record(one.record) if model and one.record else None
    return " ".join(displayable_lines(said_of(entry))) if entry is not None and said_of(entry) else ""


def pointer_line(one: Pointer, *, now: datetime) -> Pieces:
    """Return the most important of a pointer in one line, for where there is no pane."""
    if one.drift:
        first = one.drift[0]
        should = f"{stage_words(one)} points at {one.version}" if one.version else "no stage points at that"
        return ((f"! drift: {first.name} serves {first.serves}", "bad"), (f", {should}", "plain"))
    if not one.environments:
        return (("no deployer reported anything", "dim"),)
    report = one.environments[0].current
    more = len(one.environments) - 1
    parts = [report.environment, report.status, report.version]
    parts += [count(report.instances, "instance")] if report.instances is not None else []
    parts += [report.endpoint] if report.endpoint else []
    parts += [f"{age(report.moment, now=now)} by {short_person(report.person)}"]
    parts += [f"{more} more"] if more else []
    return ((f"{glyph('note')[0]} ", "dim"), (" · ".join(parts), "plain"))
