"""The columns of the lists: what a cell shows, and by what a list is sorted.

The rule it keeps: a cell is made from one model or version and the scene alone; what nobody knows is `-` and sorts
last, whichever way.
"""

from typing import Any

from signoff.registry.rows import headline, headline_metrics, natural
from signoff.registry.snapshot import ModelView, VersionView
from signoff.tui.present import Piece, aligned, glyph, or_unknown, state
from signoff.tui.refusals import GONE
from signoff.tui.scene import Scene
from signoff.tui.widgets.fields import Field, Order
from signoff.tui.widgets.table import Column
from signoff.values.display import UNKNOWN, age, short_size

LONGEST_TITLE = 13
SHORT_STATES = {"PendingManualApproval": "waits", "Stale": "lapsed", "Rejected": "rejected"}


def model_fields(scene: Scene) -> tuple[Field[ModelView], ...]:
    """Return the columns of the models."""

    def stage_field(stage: str, place: int) -> Field[ModelView]:
        return Field(
            column=Column(id=f"stage.{stage}", title=stage.upper()[:LONGEST_TITLE], width=10, priority=5 + place),
            cell=lambda model: _holder(model, stage),
            order=lambda model: natural(model.stages[stage].version) if stage in model.stages else None,
        )

    return (
        Field(
            column=Column(id="model", title="MODEL", width=16, priority=99, grow=24),
            cell=lambda model: (model.name, "strong") if model.sound else (f"! {model.name}", "bad"),
            order=lambda model: natural(model.name),
        ),
        Field(
            column=Column(id="latest", title="LATEST", width=10, priority=5),
            cell=lambda model: (or_unknown(model.newest.version if model.newest else None), "plain"),
            order=lambda model: natural(model.newest.version) if model.newest else None,
        ),
        *(stage_field(stage, 1 + (stage == scene.top) * 50) for stage in scene.stages),
        Field(
            column=Column(id="waiting", title="WAITING", width=8, priority=40),
            cell=lambda model: _waiting(scene.waiting.get(model.name, 0)) if scene.person else (UNKNOWN, "dim"),
            order=lambda model: scene.waiting.get(model.name),
        ),
        Field(
            column=Column(id="versions", title="VERS", width=5, align="right", priority=3),
            cell=lambda model: (f"{len(model.versions):,}", "plain"),
            order=lambda model: len(model.versions),
        ),
        Field(
            column=Column(id="size", title="SIZE", width=5, align="right", priority=2),
            cell=lambda model: (short_size(_size(model)), "plain"),
            order=_size,
        ),
        Field(
            column=Column(id="updated", title="UPDATED", width=8, align="right", priority=4),
            cell=lambda model: (age(_updated(model), now=scene.now), "dim"),
            order=lambda model: _youth(_updated(model), scene),
        ),
    )


def _holder(model: ModelView, stage: str) -> Piece:
    pointed = model.stages.get(stage)
    if pointed is None:
        return UNKNOWN, "dim"
    view = model.find(pointed.version)
    bad = view is None or view.status in GONE or bool(view.revoked_bases)
    return (f"! {pointed.version}", "bad") if bad else (pointed.version, "good")


def _waiting(number: int) -> Piece:
    return (f"{glyph('waiting')[0]} {number}", "warn") if number else (UNKNOWN, "dim")


def _size(model: ModelView) -> int | None:
    sizes = [view.size for view in model.versions if view.size is not None]
    return sum(sizes) if sizes else None


def _updated(model: ModelView) -> Any:  # noqa: ANN401  (a moment or None, as msgspec's structs hold it)
    moments = [view.moment for view in model.versions if view.moment is not None]
    return max([*moments, *([model.history.latest] if model.history.latest else [])], default=None)


def _youth(moment: Any, scene: Scene) -> float | None:  # noqa: ANN401
    return None if moment is None else (scene.now - moment).total_seconds()


def version_fields(scene: Scene, model: ModelView) -> tuple[Field[VersionView], ...]:
    """Return the columns of a model's versions."""
    metrics = headline_metrics(model)
    return (
        Field(
            column=Column(id="version", title="VERSION", width=10, priority=99, grow=20),
            cell=lambda view: (view.version, "strong"),
            order=lambda view: natural(view.version),
        ),
        Field(
            column=Column(id="stage", title="STAGE", width=14, priority=50),
            cell=lambda view: standing_piece(view, scene),
            order=lambda view: standing_piece(view, scene)[0],
        ),
        Field(
            column=Column(id="signoff", title="SIGN-OFF", width=10, priority=40),
            cell=lambda view: signoff_piece(view, scene),
            order=lambda view: signoff_piece(view, scene)[0],
        ),
        *(_metric_field(name, model, 30 - place) for place, name in enumerate(metrics)),
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
        Field(
            column=Column(id="age", title="AGE", width=8, align="right", priority=35),
            cell=lambda view: (age(view.moment, now=scene.now), "dim"),
            order=lambda view: _youth(view.moment, scene),
        ),
    )


def metric_title(name: str) -> str:
    """Return a metric's name as a column's title: its beginning, where it is long."""
    title = name.replace("_", " ").upper()
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _metric_field(name: str, model: ModelView, priority: int) -> Field[VersionView]:
    found = {view.version: headline(view, name) for view in model.versions}
    texts = aligned([metric.text if metric else UNKNOWN for metric in found.values()])
    known = dict(zip(found, texts, strict=True))
    width = min(12, max([7, *(len(text) for text in texts)]))

    def order(view: VersionView) -> Order:
        metric = found.get(view.version)
        return metric.number if metric else None

    return Field(
        column=Column(id=f"metric.{name}", title=metric_title(name), width=width, align="right", priority=priority),
        cell=lambda view: (known.get(view.version, UNKNOWN), "plain"),
        order=order,
    )


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
    ask = scene.spotlight(view)
    if ask is None or view.state is None or view.status in GONE:
        return UNKNOWN, "dim"
    mark, tone = glyph(ask.standing.status)
    if ask.standing.status in {"Rejected", "Stale"}:
        return f"{mark} {SHORT_STATES[ask.standing.status]}", tone
    have = sum(min(len(line.people), line.needed) for line in ask.standing.lines)
    return f"{mark} {have} of {sum(line.needed for line in ask.standing.lines)}", tone
