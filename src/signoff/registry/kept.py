"""What lists show of a model, small enough to be kept beside a registry and painted before anything is read.

The rule it keeps: lines say what a model looked like when somebody read it; they are for showing, and nothing is
decided on them. How they are written, the private picture and the shared index say.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from signoff.policy.history import AliasState, DeploymentState, StageState
from signoff.registry.rows import headline, headline_metrics
from signoff.registry.snapshot import ModelView, Source
from signoff.registry.views import Known, StageStatus, Totals, VersionView
from signoff.schema.cards import ModelMetadata

NO_STANDING = -1


class Figure(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A metric that a list shows."""

    name: str
    text: str
    number: Decimal | None
    unit: str | None


class Line(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a list shows of a version; `standing` is the place in its model's `standings`, or `NO_STANDING`."""

    version: str
    digest: str | None
    status: Known
    size: int | None
    author: str
    moment: datetime | None
    figures: tuple[Figure, ...]
    standing: int = NO_STANDING


class KeptModel(msgspec.Struct, frozen=True, array_like=True):
    """What lists show of a model, with its versions still as they were written.

    Attributes:
        length: How many records its log had.
        head: The id of the last of them; "" for an empty log.
        standings: How far versions are for every stage, each answer once.
        source: Where these lines were from; None where whoever kept them had read the model.
    """

    name: str
    metadata: ModelMetadata
    stages: dict[str, StageState]
    aliases: dict[str, AliasState]
    newest: str
    latest: datetime | None
    sound: bool
    count: int
    totals: Totals
    bad: tuple[str, ...]
    versions: msgspec.Raw
    length: int
    head: str
    standings: tuple[tuple[StageStatus, ...], ...] = ()
    source: Source | None = None
    deployments: tuple[DeploymentState, ...] = ()


EncodeAll = Callable[[Iterable[object], int], bytes]
"""Encodes so many values as one array, one after another: a registry has very many."""


def small(model: ModelView, encode_all: EncodeAll, *, standings: bool) -> KeptModel:
    """Return what is to be kept of a model, `standings` with how far its versions are for every stage."""
    names = headline_metrics(model)
    history = model.history
    table: dict[int, int] = {}
    distinct: list[tuple[StageStatus, ...]] = []

    def line(view: VersionView) -> Line:
        place = NO_STANDING
        if standings and view.asks:
            place = table.setdefault(id(view.asks), len(distinct))
            if place == len(distinct):
                distinct.append(view.asks)
        return _line(view, names, place)

    lines = msgspec.Raw(encode_all(map(line, model.versions), len(model.versions)))
    totals = model.totals
    length, head = head_of(model)
    return KeptModel(
        name=model.name,
        metadata=_light(model.metadata),
        stages=dict(history.stages),
        aliases=dict(history.aliases),
        newest=history.newest_version or "",
        latest=history.latest,
        sound=model.sound,
        count=len(model.versions),
        totals=msgspec.structs.replace(totals, told=0, asked=totals.asked if standings else 0),
        bad=tuple(one.version for one in history.stages.values() if model.is_bad(one.version)),
        versions=lines,
        length=length,
        head=head,
        standings=tuple(distinct),
        source=model.source,
        deployments=tuple(history.deployments.values()),
    )


def head_of(model: ModelView) -> tuple[int, str]:
    """Return how many records a model's log has and the id of the last, or had, where it was not read."""
    if model.source is not None:
        return model.source.length, model.source.head
    records = model.history.entries.records
    return len(records), records.id_at(len(records) - 1) if records else ""


def _light(metadata: ModelMetadata) -> ModelMetadata:
    """Return what can be kept of a model.yaml."""
    if metadata.faults:
        return ModelMetadata(title=metadata.title)
    return msgspec.structs.replace(metadata, extra=())


def _line(view: VersionView, names: tuple[str, ...], standing: int) -> Line:
    assert view.status != "unread"
    figures = (headline(view, name) for name in names)
    return Line(
        view.version,
        view.digest,
        view.status,
        view.size,
        view.author,
        view.moment,
        tuple(Figure(one.name, one.text, one.number, one.unit) for one in figures if one is not None),
        standing,
    )
