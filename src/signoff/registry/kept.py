"""What lists show of a model, small enough to be kept beside a registry and painted before anything is read.

The rule it keeps: lines say what a model looked like when somebody read it; they are for showing, and nothing is
decided on them. How they are written, the private picture and the shared index say.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from sys import intern
from typing import overload

import msgspec

from signoff.policy.history import AliasState, DeploymentState, History, StageState, VersionState
from signoff.registry.rows import headline, headline_metrics
from signoff.registry.snapshot import ModelView, Source
from signoff.registry.views import Named, Said, StageStatus, Status, Totals, VersionView, by_version
from signoff.schema.cards import ModelMetadata
from signoff.values.metrics import Metric

NOBODY = frozenset[str]()
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
    status: Status
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
ReadLines = Callable[[msgspec.Raw], tuple[Line, ...]]


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


class Recalled(Named):
    """The versions of a model as they were kept; they are made when somebody looks at one of them."""

    def __init__(self, kept: KeptModel, read: ReadLines) -> None:
        """Know how many there are."""
        self._kept, self._read = kept, read
        self._lock = threading.Lock()
        self.states = RecalledStates(self)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._kept.count

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        return self.views[at]

    @cached_property
    def lines(self) -> dict[str, Line]:
        """What was kept of each, by name."""
        with self._lock:
            return {line.version: line for line in self._read(self._kept.versions)}

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        line = self.lines.get(version) if version else None
        return None if line is None else self._made(line)

    @cached_property
    def views(self) -> tuple[VersionView, ...]:
        """All of them."""
        return tuple(map(self._made, self.lines.values()))

    @cached_property
    def _pointed(self) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
        """The stages and the aliases of each version."""
        stages = by_version((one.version, one.stage) for one in self._kept.stages.values())
        return stages, by_version((one.version, one.alias) for one in self._kept.aliases.values())

    def _made(self, line: Line) -> VersionView:
        stages, aliases = self._pointed
        name = line.version
        return _view(self._kept, line, self.states, stages=stages.get(name, ()), aliases=aliases.get(name, ()))


class RecalledStates(Mapping[str, VersionState]):
    """What the log said of the registered versions, as far as it was kept."""

    def __init__(self, versions: Recalled) -> None:
        """Make each state when it is asked for."""
        self._versions = versions

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(line.digest is not None for line in self._versions.lines.values())

    def __iter__(self) -> Iterator[str]:
        """Yield every name."""
        return (line.version for line in self._versions.lines.values() if line.digest is not None)

    def __getitem__(self, name: str) -> VersionState:
        """Return the state of a version."""
        line = self._versions.lines[name]
        if line.digest is None or line.moment is None:
            raise KeyError(name)
        return VersionState(
            version=name,
            digest=line.digest,
            record="",
            seq=0,
            registrant=line.author,
            builders=NOBODY,
            moment=line.moment,
            card=None,
        )


def large(model: KeptModel, read: ReadLines, *, source: Source | None) -> ModelView:
    """Return a model as it was kept."""
    versions = Recalled(model, read)
    history = History(
        model=model.name,
        versions=versions.states,
        stages=model.stages,
        aliases=model.aliases,
        deployments={(one.environment, one.version): one for one in model.deployments},
        newest=model.newest,
        latest=model.latest,
    )
    return ModelView(
        name=model.name,
        metadata=model.metadata,
        history=history,
        versions=versions,
        known_totals=model.totals,
        known_bad=model.bad,
        sound=model.sound,
        source=source,
    )


def _view(
    model: KeptModel, kept: Line, states: RecalledStates, *, stages: tuple[str, ...], aliases: tuple[str, ...]
) -> VersionView:
    metrics = tuple(Metric(name=one.name, text=one.text, number=one.number, unit=one.unit) for one in kept.figures)
    known = 0 <= kept.standing < len(model.standings)
    return VersionView(
        model=model.name,
        version=kept.version,
        status=kept.status,
        states=states,
        said=Said(metrics=metrics),
        stages=stages,
        aliases=aliases,
        asks=model.standings[kept.standing] if known else (),
        size=kept.size,
        author=intern(kept.author),
        moment=kept.moment,
    )
