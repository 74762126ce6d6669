"""Models as they were kept, painted before anything is read.

The rule it keeps: a registry has very many models, and few of them are looked at: versions and states are made when
somebody asks for them. What is held is gone as soon as nobody needs it: nothing in here is held in a circle.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import overload

import msgspec

from signoff.policy.entries import Entries
from signoff.policy.history import NO_ALIASES, NO_DEPLOYMENTS, NO_STAGES, NO_TEXTS, History, VersionState
from signoff.registry.kept import KeptModel, Line
from signoff.registry.snapshot import NO_FIGURES, ModelView, Source
from signoff.registry.views import Named, Said, VersionView, by_version
from signoff.values.metrics import Metric

NOBODY = frozenset[str]()
READING = threading.Lock()
"""One for all models."""
NO_ENTRIES = Entries()
ReadLines = Callable[[msgspec.Raw], tuple[Line, ...]]


class _Lines:
    """The lines of a model, read when somebody asks for one."""

    __slots__ = ("__dict__", "_read", "kept")

    def __init__(self, kept: KeptModel, read: ReadLines) -> None:
        self.kept, self._read = kept, read

    @cached_property
    def by_name(self) -> dict[str, Line]:
        with READING:
            return {line.version: line for line in self._read(self.kept.versions)}


class Recalled(Named):
    """The versions of a model as they were kept; they are made when somebody looks at one of them."""

    __slots__ = ("_lines", "states")

    def __init__(self, kept: KeptModel, read: ReadLines) -> None:
        """Know how many there are."""
        self._lines = _Lines(kept, read)
        self.states = RecalledStates(self._lines)  # which knows nothing of these: they go as soon as nobody needs them

    def __len__(self) -> int:
        """Return how many there are."""
        return self._lines.kept.count

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        return self.views[at]

    @property
    def lines(self) -> dict[str, Line]:
        """What was kept of each, by name."""
        return self._lines.by_name

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
        stages = by_version((one.version, one.stage) for one in self._lines.kept.stages.values())
        return stages, by_version((one.version, one.alias) for one in self._lines.kept.aliases.values())

    def _made(self, line: Line) -> VersionView:
        stages, aliases = self._pointed
        name = line.version
        return _view(self._lines.kept, line, self.states, stages=stages.get(name, ()), aliases=aliases.get(name, ()))


class RecalledStates(Mapping[str, VersionState]):
    """What the log said of the registered versions, as far as it was kept."""

    __slots__ = ("_lines",)

    def __init__(self, lines: _Lines) -> None:
        """Make each state when it is asked for."""
        self._lines = lines

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(line.digest is not None for line in self._lines.by_name.values())

    def __iter__(self) -> Iterator[str]:
        """Yield every name."""
        return (line.version for line in self._lines.by_name.values() if line.digest is not None)

    def __getitem__(self, name: str) -> VersionState:
        """Return the state of a version."""
        line = self._lines.by_name[name]
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
        entries=NO_ENTRIES,
        versions=versions.states,
        stages=model.stages or NO_STAGES,
        aliases=model.aliases or NO_ALIASES,
        deployments={(one.environment, one.version): one for one in model.deployments} or NO_DEPLOYMENTS,
        reserved=NO_TEXTS,
        emergencies=NO_TEXTS,
        newest=model.newest,
        latest=model.latest,
    )
    return ModelView(
        name=model.name,
        metadata=model.metadata,
        history=history,
        versions=versions,
        known_totals=model.totals,
        figures=NO_FIGURES,
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
