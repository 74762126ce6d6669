"""The versions of one model whose views nobody looks at, put aside as bytes.

The rule it keeps: what is given back equals what was put aside. Views that have problems, or whose contents are values,
stay as they are: there are few of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from sys import intern
from typing import TypeAlias, overload

import msgspec

from signoff.policy.states import States
from signoff.registry.cache import Aside, Asides, Contents
from signoff.registry.views import Known, Named, StageStatus, VersionView
from signoff.storage.spool import Spool

UNREAD = Contents()
NOT_READ = -1
FEWEST = 100
"""So many views stay as values."""
MOST = 1000
"""A model of more versions is looked at as a whole too often."""
HELD = 8
"""So many models are at hand at once."""


Asked: TypeAlias = tuple[tuple[StageStatus, ...], ...]
"""How far versions are for every stage, each answer once."""


class _Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A view but for what it shares with those beside it; `said` is the place of its contents or `NOT_READ`."""

    status: Known
    card: str | None
    stages: tuple[str, ...]
    aliases: tuple[str, ...]
    asks: int
    files: int | None
    size: int | None
    author: str
    moment: datetime | None
    said: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[_Row, ...]).decode


class Settled(Named):
    """The views of all versions of a model; they are made again when somebody looks at one of them."""

    __slots__ = ("_asks", "_model", "_settling", "_size", "place", "states")

    def __init__(self, settling: "Settling", model: str, states: States, *, asks: Asked, place: int, size: int) -> None:
        """Keep what is not in the bytes that stand there."""
        self._settling, self._model, self.states = settling, model, states
        self._asks, self.place, self._size = asks, place, size

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.states)

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        return self.views[at]

    def __iter__(self) -> Iterator[VersionView]:
        """Yield each."""
        return iter(self.views)

    def __reversed__(self) -> Iterator[VersionView]:
        """Yield each, the last one first."""
        return reversed(self.views)

    def __eq__(self, other: object) -> bool:
        """Compare all views."""
        if not isinstance(other, Settled | tuple):
            return NotImplemented
        return self is other or (len(self) == len(other) and self.views == tuple(other))

    __hash__ = None  # type: ignore[assignment]

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        place = self.states.place_of(version)
        return None if place is None else self.views[place]

    @property
    def views(self) -> tuple[VersionView, ...]:
        """All of them."""
        return self._settling.views(self)

    def made(self) -> tuple[VersionView, ...]:
        """Return all of them, made again."""
        rows = _decode(self._settling.spool.get(self.place, self._size))
        return tuple(self._view(name, row) for name, row in zip(self.states, rows, strict=True))

    def _view(self, name: str, row: _Row) -> VersionView:
        return VersionView(
            model=self._model,
            version=name,
            status=row.status,
            states=self.states,
            said=UNREAD if row.said == NOT_READ else Aside(self._settling.asides, row.said),
            card=row.card,
            stages=row.stages,
            aliases=row.aliases,
            asks=self._asks[row.asks],
            files=row.files,
            size=row.size,
            author=intern(row.author),
            moment=row.moment,
        )


class Settling:
    """Puts the views of models aside, and has those that were asked for last at hand."""

    def __init__(self, spool: Spool, asides: Asides) -> None:
        """Put the bytes there, beside the contents."""
        self.spool, self.asides = spool, asides
        self._left = FEWEST
        self._alike: Asked = ()
        self._last: tuple[tuple[int, tuple[VersionView, ...]], ...] = ()  # by their places: nothing is held in a circle

    def settle(self, views: Sequence[VersionView], states: States) -> Settled | None:
        """Return the views of all versions of a model, put aside; None where they stay as they are."""
        if not 0 < len(views) <= MOST or len(states) != len(views) or not all(map(_is_plain, views)):
            return None
        self._left -= len(views)
        if self._left >= 0:
            return None
        distinct = {id(view.asks): view.asks for view in views}
        places = {identity: place for place, identity in enumerate(distinct)}
        content = _encode([_row(view, places[id(view.asks)]) for view in views])
        place = self.spool.put(content)
        if place is None:
            return None
        asks = self._shared(tuple(distinct.values()))
        return Settled(self, views[0].model, states, asks=asks, place=place, size=len(content))

    def _shared(self, asks: Asked) -> Asked:
        """Return the same; one value for all models of which nobody spoke."""
        if len(asks) != len(self._alike) or any(one is not other for one, other in zip(asks, self._alike, strict=True)):
            self._alike = asks
        return self._alike

    def views(self, settled: Settled) -> tuple[VersionView, ...]:
        """Return the views of a model."""
        for place, views in self._last:
            if place == settled.place:
                return views
        views = settled.made()
        self._last = ((settled.place, views), *self._last[: HELD - 1])
        return views


def _is_plain(view: VersionView) -> bool:
    return view.registered and not view.problems and (isinstance(view.said, Aside) or view.said is UNREAD)


def _row(view: VersionView, asks: int) -> _Row:
    said = view.said
    assert view.status != "unread"
    return _Row(
        view.status,
        view.card,
        view.stages,
        view.aliases,
        asks,
        view.files,
        view.size,
        view.author,
        view.moment,
        said.place if isinstance(said, Aside) else NOT_READ,
    )
