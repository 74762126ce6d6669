"""Models as they were kept, painted before anything is read.

The rule it keeps: a registry has very many models, and few of them are looked at: versions and states are made when
somebody asks for them. What is held is gone as soon as nobody needs it: nothing in here is held in a circle.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import overload

import msgspec

from signoff.policy.entries import Entries
from signoff.policy.history import (
    NO_ALIASES,
    NO_DEPLOYMENTS,
    NO_STAGES,
    NO_TEXTS,
    AliasState,
    History,
    StageState,
    VersionState,
)
from signoff.registry.kept import KeptModel, Line
from signoff.registry.snapshot import NO_FIGURES, ModelView, Source
from signoff.registry.views import Named, Said, VersionView, by_version
from signoff.storage.spool import Spool
from signoff.values.metrics import Metric

NOBODY = frozenset[str]()
HELD = 8
"""So many models are at hand at once."""
FEW = 1000
"""The lines of a model of more versions stay once they were read."""
NO_ENTRIES = Entries()
ReadLines = Callable[[msgspec.Raw], tuple[Line, ...]]


class Painting:
    """Where the lines of all models of one picture are: outside of this program's memory, but for those asked for last."""

    def __init__(self, read: ReadLines) -> None:
        """Read lines so."""
        self._read, self._spool, self._lock = read, Spool(), threading.Lock()
        self._last: tuple[tuple[int, Mapping[str, Line]], ...] = ()

    def put(self, content: msgspec.Raw) -> tuple[int, int] | msgspec.Raw:
        """Return where lines are from now on, or the lines."""
        place = self._spool.put(bytes(content))
        return content if place is None else (place, len(content))

    def get(self, where: tuple[int, int] | msgspec.Raw, *, keep: bool) -> Mapping[str, Line]:
        """Return lines by the names of their versions, and have them at hand for a while."""
        if isinstance(where, msgspec.Raw):
            return self._lines(where)
        with self._lock:
            for place, found in self._last:
                if place == where[0]:
                    return found
            found = self._lines(msgspec.Raw(self._spool.get(*where)))
            if keep:
                self._last = ((where[0], found), *self._last[: HELD - 1])
            return found

    def _lines(self, content: msgspec.Raw) -> Mapping[str, Line]:
        return {line.version: line for line in self._read(content)}


class _Lines:
    """The lines of a model, read when somebody asks for one; those of a large model stay once they were read.

    What was kept of the model is let go: it holds all that it was read from.
    """

    __slots__ = ("_all", "_painting", "_where", "aliases", "count", "model", "stages", "standings")

    def __init__(self, kept: KeptModel, painting: Painting) -> None:
        self._painting, self._where = painting, painting.put(kept.versions)
        self.model, self.count, self.standings = kept.name, kept.count, kept.standings
        self.stages, self.aliases = kept.stages or NO_STAGES, kept.aliases or NO_ALIASES
        self._all: Mapping[str, Line] | None = None

    @property
    def by_name(self) -> Mapping[str, Line]:
        if self._all is not None:
            return self._all
        few = self.count <= FEW and not isinstance(self._where, msgspec.Raw)
        found = self._painting.get(self._where, keep=few)
        if not few:
            self._all = found
        return found


class Recalled(Named):
    """The versions of a model as they were kept; they are made when somebody looks at one of them."""

    __slots__ = ("_lines", "states")

    def __init__(self, kept: KeptModel, painting: Painting) -> None:
        """Know how many there are."""
        self._lines = _Lines(kept, painting)
        self.states = RecalledStates(self._lines)  # which knows nothing of these: they go as soon as nobody needs them

    def __len__(self) -> int:
        """Return how many there are."""
        return self._lines.count

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        if isinstance(at, slice) or len(self) > FEW:
            return self.views[at]
        return next(self._made(([*self.lines.values()][at],)))

    def __iter__(self) -> Iterator[VersionView]:
        """Yield each."""
        return iter(self.views)

    def __reversed__(self) -> Iterator[VersionView]:
        """Yield each, the last one first."""
        return reversed(self.views) if len(self) > FEW else self._made([*self.lines.values()][::-1])

    @property
    def stages(self) -> Mapping[str, StageState]:
        """The stages that they hold, by name."""
        return self._lines.stages

    @property
    def aliases(self) -> Mapping[str, AliasState]:
        """The aliases that they have, by name."""
        return self._lines.aliases

    @property
    def lines(self) -> Mapping[str, Line]:
        """What was kept of each, by name."""
        return self._lines.by_name

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        line = self.lines.get(version) if version else None
        return None if line is None else next(self._made((line,)))

    @property
    def views(self) -> tuple[VersionView, ...]:
        """All of them; those of a large model are made once."""
        return self._views if len(self) > FEW else tuple(self._made(self.lines.values()))

    @cached_property
    def _views(self) -> tuple[VersionView, ...]:
        return tuple(self._made(self.lines.values()))

    def _made(self, lines: Iterable[Line]) -> Iterator[VersionView]:
        kept = self._lines
        stages = by_version((one.version, one.stage) for one in kept.stages.values())
        aliases = by_version((one.version, one.alias) for one in kept.aliases.values())
        for line in lines:
            name = line.version
            yield _view(kept, line, self.states, stages=stages.get(name, ()), aliases=aliases.get(name, ()))


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


def large(model: KeptModel, painting: Painting, *, source: Source | None) -> ModelView:
    """Return a model as it was kept."""
    versions = Recalled(model, painting)
    history = History(
        model=model.name,
        entries=NO_ENTRIES,
        versions=versions.states,
        stages=versions.stages,
        aliases=versions.aliases,
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
    model: _Lines, kept: Line, states: RecalledStates, *, stages: tuple[str, ...], aliases: tuple[str, ...]
) -> VersionView:
    metrics = tuple(Metric(name=one.name, text=one.text, number=one.number, unit=one.unit) for one in kept.figures)
    known = 0 <= kept.standing < len(model.standings)
    return VersionView(
        model=model.model,
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
