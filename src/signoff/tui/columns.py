"""The columns of the lists: what a cell shows, and by what a list is sorted.

The rule it keeps: a cell is made from one model or version and the scene alone; what nobody knows is `-` and sorts
last, whichever way.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from signoff.registry.rows import natural
from signoff.registry.snapshot import ModelView
from signoff.registry.views import StageStatus, VersionView
from signoff.tui.columnnames import CHOSEN, USUAL, full_name
from signoff.tui.measured import LONGEST_TITLE, Measured
from signoff.tui.present import Piece, glyph, or_unknown, state
from signoff.tui.refusals import GONE
from signoff.tui.scene import Scene
from signoff.tui.widgets.fields import Field, age_field
from signoff.tui.widgets.table import Column
from signoff.values.display import UNKNOWN, short_size

LADDER = ("registered", "unregistered", "unread", "deprecated", "missing", "revoked", "purged")
"""What a version is that holds no stage, the best first."""
LOST = ("Stale", "Rejected")
SHORT_STATES = {"PendingManualApproval": "waits", "Stale": "lapsed", "Rejected": "rejected"}


def model_fields(scene: Scene) -> tuple[Field[ModelView], ...]:
    """Return the columns of the models."""

    def stage_field(stage: str, place: int) -> Field[ModelView]:
        return Field(
            column=Column(id=f"stage.{stage}", title=stage.upper()[:LONGEST_TITLE], width=10, priority=place),
            cell=lambda model: _holder(model, stage),
            order=lambda model: natural(model.stages[stage].version) if stage in model.stages else None,
        )

    return (
        Field(
            column=Column(id="model", title="MODEL", width=16, priority=99, grow=24),
            cell=_model_name,
            order=lambda model: natural(model.name),
        ),
        Field(
            column=Column(id="latest", title="LATEST", width=10, priority=30),
            cell=lambda model: (or_unknown(model.history.newest_version), "plain"),
            order=lambda model: natural(model.history.newest_version) if model.history.newest_version else None,
        ),
        *(stage_field(stage, 60 if stage == scene.top else 10) for stage in scene.stages),
        Field(
            column=Column(id="waiting", title="WAITING", width=8, priority=40),
            cell=lambda model: _waiting(scene.waiting.get(model.name, 0)) if scene.person else (UNKNOWN, "dim"),
            order=lambda model: scene.waiting.get(model.name),
        ),
        Field(
            column=Column(id="versions", title="VERS", width=5, align="right", priority=3),
            cell=lambda model: (
                UNKNOWN if model.unread and not model.versions else f"{len(model.versions):,}",
                "plain",
            ),
            order=lambda model: len(model.versions),
        ),
        Field(
            column=Column(id="size", title="SIZE", width=5, align="right", priority=20),
            cell=lambda model: (short_size(size_of(model)), "plain"),
            order=size_of,
        ),
        age_field(Column(id="updated", title="UPDATED", width=8, align="right", priority=35), updated),
    )


def _model_name(model: ModelView) -> Piece:
    """Return a model's name, marked where nothing may be decided on it, and where an index alone tells of it."""
    if not model.sound:
        return f"! {model.name}", "bad"
    return (f"? {model.name}", "plain") if _only_indexed(model) else (model.name, "strong")


def _only_indexed(model: ModelView) -> bool:
    return model.source is not None and bool(model.source.place)


def _holder(model: ModelView, stage: str) -> Piece:
    pointed = model.stages.get(stage)
    if pointed is None:
        return UNKNOWN, "dim"
    if model.is_bad(pointed.version):
        return f"! {pointed.version}", "bad"
    return pointed.version, "plain" if _only_indexed(model) else "good"


def _waiting(number: int) -> Piece:
    return (f"{glyph('waiting')[0]} {number}", "warn") if number else (UNKNOWN, "dim")


def size_of(model: ModelView) -> int | None:
    """Return the bytes of a model's versions; None where nobody added any up."""
    return model.totals.size


def updated(model: ModelView) -> datetime | None:
    """Return when somebody last signed or wrote something about a model."""
    moments = [one for one in (model.totals.moment, model.history.latest) if one is not None]
    return max(moments, default=None)


def version_fields(
    scene: Scene, model: ModelView, wished: Sequence[str] = (), measured: Measured | None = None
) -> tuple[Field[VersionView], ...]:
    """Return the columns of a model's versions.

    Args:
        scene: Who looks when.
        model: Whose versions.
        wished: Names of `columnnames`, in order; () is the usual ones. What no version has is left out.
        measured: Keeps what had to be looked for in all versions, so that the next call need not.
    """
    own = {field.column.id: field for field in own_fields(scene)}
    measured = measured or Measured()
    measured.look_at(model)
    fields: list[Field[VersionView]] = []
    for place, name in enumerate(wished or USUAL):
        priority = _priority(place) if wished else 0
        if name == CHOSEN:
            fields += [
                measured.field(f"metrics.{one}", (priority or 30) - n) for n, one in enumerate(measured.headlines)
            ]
        elif name in own:
            fields.append(_with_priority(own[name], priority))
        elif (whole := full_name(name, measured.names())) in measured.names():
            fields.append(measured.field(whole, priority))
    return tuple({field.column.id: field for field in fields}.values())


def _priority(place: int) -> int:
    """Return how long a wished column stays when room gets short: the first ones longest."""
    return max(1, 98 - place)


def _with_priority(field: Field[VersionView], priority: int) -> Field[VersionView]:
    if not priority or field.column.id == "version":
        return field
    column = msgspec.structs.replace(field.column, priority=priority)
    return msgspec.structs.replace(field, column=column)


def own_fields(scene: Scene) -> tuple[Field[VersionView], ...]:
    """Return the columns that every version has something for."""
    return (
        Field(
            column=Column(id="version", title="VERSION", width=10, priority=99, grow=20),
            cell=lambda view: (view.version, "strong"),
            order=lambda view: natural(view.version),
        ),
        Field(
            column=Column(id="stage", title="STAGE", width=14, priority=50),
            cell=lambda view: standing_piece(view, scene),
            order=_standing_order(scene),
        ),
        Field(
            column=Column(id="signoff", title="SIGN-OFF", width=10, priority=40),
            cell=lambda view: signoff_piece(view, scene),
            order=_signoff_order(scene),
        ),
        Field(
            column=Column(id="size", title="SIZE", width=5, align="right", priority=5),
            cell=lambda view: (short_size(view.size), "plain"),
            order=lambda view: view.size,
        ),
        Field(
            column=Column(id="by", title="BY", width=8, priority=4),
            cell=lambda view: (or_unknown(view.author.partition("@")[0]), "plain"),
            order=lambda view: view.author or None,
        ),
        age_field(Column(id="age", title="AGE", width=8, align="right", priority=35), lambda view: view.moment),
        Field(
            column=Column(id="status", title="STATUS", width=14),
            cell=lambda view: state(view.status),
            order=lambda view: view.status,
        ),
        Field(
            column=Column(id="alias", title="ALIAS", width=12, grow=12),
            cell=lambda view: (or_unknown(" ".join(view.aliases)), "plain"),
            order=lambda view: view.aliases or None,
        ),
        Field(
            column=Column(id="digest", title="DIGEST", width=12),
            cell=lambda view: (or_unknown(view.digest)[:12], "dim"),
            order=lambda view: view.digest,
        ),
        Field(
            column=Column(id="license", title="LICENSE", width=12),
            cell=lambda view: (or_unknown(view.metadata.license if view.metadata else None), "plain"),
            order=lambda view: view.metadata.license if view.metadata else None,
        ),
        Field(
            column=Column(id="files", title="FILES", width=5, align="right"),
            cell=lambda view: (UNKNOWN if view.files is None else f"{view.files:,}", "plain"),
            order=lambda view: view.files,
        ),
    )


def _standing_order(scene: Scene) -> Callable[[VersionView], int]:
    """Return how high a version stands: the higher its stage, the higher; below every stage what it is."""
    ranks = {stage: place for place, stage in enumerate(scene.stages, 1)}

    def order(view: VersionView) -> int:
        if view.status != "registered" or not view.stages:
            return -LADDER.index(view.status) if view.status in LADDER else -len(LADDER)
        return max(ranks.get(stage, 1) for stage in view.stages)

    return order


def _signoff_order(scene: Scene) -> Callable[[VersionView], float | None]:
    """Return how far a version is, from 0 to 1; versions that nobody spoke of share what is found out once."""
    known: dict[tuple[int, bool], float | None] = {}

    def order(view: VersionView) -> float | None:
        key = id(view.asks), view.registered and view.status not in GONE
        if key not in known:
            known[key] = _share(view, scene)
        return known[key]

    return order


def _share(view: VersionView, scene: Scene) -> float | None:
    ask = _asked_of(view, scene)
    if ask is None:
        return None
    if ask.standing.status in LOST:
        return -1.0 - LOST.index(ask.standing.status)
    have, needed = _approved(ask)
    return have / needed if needed else 1.0


def standing_piece(view: VersionView, scene: Scene) -> Piece:
    """Return where a version stands: the stage that it holds, or what it is."""
    if any(one.severity != "note" for one in view.problems) or view.revoked_bases:
        return f"! {_where(view, scene)}", "bad"
    if view.status != "registered" or not view.stages:
        return state(view.status)
    shown, tone = state("serving" if scene.top in view.stages else "staging")
    return f"{shown[0]} {_where(view, scene)}", tone


def _where(view: VersionView, scene: Scene) -> str:
    if view.status != "registered" or not view.stages:
        return view.status
    highest = scene.top if scene.top in view.stages else next(s for s in reversed(view.stages))
    more = len(view.stages) - 1
    return f"{highest} +{more}" if more else highest


def signoff_piece(view: VersionView, scene: Scene) -> Piece:
    """Return how far a version's approvals are for the stage that matters now: `◐ 1 of 2`."""
    ask = _asked_of(view, scene)
    if ask is None:
        return UNKNOWN, "dim"
    mark, tone = glyph(ask.standing.status)
    if ask.standing.status in LOST:
        return f"{mark} {SHORT_STATES[ask.standing.status]}", tone
    have, needed = _approved(ask)
    return f"{mark} {have} of {needed}", tone


def _asked_of(view: VersionView, scene: Scene) -> StageStatus | None:
    ask = scene.spotlight(view)
    return None if not view.registered or view.status in GONE else ask


def _approved(ask: StageStatus) -> tuple[int, int]:
    """Return how many approvals a version has that its stage asks for, and how many that are."""
    lines = ask.standing.lines
    return sum(min(len(line.people), line.needed) for line in lines), sum(line.needed for line in lines)
