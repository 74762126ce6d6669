"""The states of a model's versions, as a value that grows at little cost.

The rule it keeps: what is in it never changes; states that go on from one beginning share it. A version that nobody
spoke of since it was registered may be kept as the slot of its record, from which its state is made when it is asked
for.
"""

from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from sys import intern

from signoff.policy.history import VersionState
from signoff.records.record import LogRecord
from signoff.records.series import Series
from signoff.records.statement import Register

FEW = 16
"""Among so many names, one is found by looking at each."""
SHORT = 3
"""Names up to this long stand in many models: each is kept once."""
UNCHANGED: dict[str, VersionState] = {}
"""That nobody spoke of any version; never put into."""
NO_NAMES: Mapping[str, str] = {}


def as_registered(record: LogRecord) -> VersionState:
    """Return the state of a version right after the record that registered it."""
    step = record.action
    assert isinstance(step, Register)
    assert record.moment is not None
    return VersionState(
        version=step.version,
        digest=record.subject.digest.sha256,
        record=record.id,
        seq=record.seq,
        registrant=record.author,
        builders=frozenset({record.author, *step.built_by}),
        moment=record.moment,
        card=step.card,
        materials=step.materials,
    )


class _Shared:
    """What all states that go on from one beginning share; it only grows."""

    __slots__ = ("held", "names", "order", "records", "respelled", "slots")

    def __init__(self) -> None:
        self.names: dict[str, int] | None = None
        self.order: list[str] = []
        self.held: dict[int, VersionState] | None = None
        self.slots = array("q")
        self.respelled: dict[str, str] | None = None
        self.records: Series | None = None

    def place(self, name: str) -> int:
        """Return which in a row a name is, from 0; a place behind the last for one that is not there."""
        if self.names is not None:
            return self.names.get(name, len(self.order))
        return self.order.index(name) if name in self.order else len(self.order)

    def append(self, state: VersionState) -> None:
        name = state.version if len(state.version) > SHORT else intern(state.version)
        if self.names is None and len(self.order) == FEW:
            self.names = {one: place for place, one in enumerate(self.order)}
        if self.names is not None:
            self.names[name] = len(self.order)
        self.held = {} if self.held is None else self.held
        self.held[len(self.order)] = state
        self.order.append(name)
        self.slots.append(state.seq)
        if name.lower() != name:
            self.respelled = self.respelled or {}
            self.respelled[name.lower()] = name


class States(Mapping[str, VersionState]):
    """Version's name to its state, in the order of registration."""

    __slots__ = ("changed", "length", "shared")

    def __init__(self) -> None:
        """Begin without any."""
        self.shared, self.length = _Shared(), 0
        self.changed: dict[str, VersionState] = UNCHANGED

    @classmethod
    def of(cls, states: Mapping[str, VersionState]) -> "States":
        """Return states that may be added to, without any change of these."""
        made = cls()
        if isinstance(states, States):
            made.shared, made.length, made.changed = (
                states.shared,
                states.length,
                states.changed.copy() if states.changed else UNCHANGED,
            )
        else:
            for state in states.values():
                made.add(state)
        return made

    def __len__(self) -> int:
        """Return how many there are."""
        return self.length

    def __iter__(self) -> Iterator[str]:
        """Yield every name."""
        return islice(iter(self.shared.order), self.length)

    def __contains__(self, name: object) -> bool:
        """Tell whether a version of this name is registered."""
        return isinstance(name, str) and self.place_of(name) is not None

    def __getitem__(self, name: str) -> VersionState:
        """Return the state of a version."""
        changed = self.changed.get(name)
        if changed is not None:
            return changed
        place = self.shared.place(name)
        if place >= self.length:
            raise KeyError(name)
        return self._state(place)

    def __eq__(self, other: object) -> bool:
        """Compare all states and their order."""
        if not isinstance(other, Mapping) or len(self) != len(other):
            return False
        if isinstance(other, States) and self.shared is other.shared and self.changed == other.changed:
            return True
        return all(mine == theirs for mine, theirs in zip(self.items(), other.items(), strict=True))

    __hash__ = None  # type: ignore[assignment]

    @property
    def newest(self) -> str | None:
        """The name of the version registered last."""
        return self.shared.order[self.length - 1] if self.length else None

    def place_of(self, name: str) -> int | None:
        """Return which registration in a row a version was, from 0; None where it is not registered."""
        place = self.shared.place(name)
        return place if place < self.length else None

    def spoken(self) -> Iterator[VersionState]:
        """Yield the states of the versions that somebody spoke of since they were registered."""
        return iter(tuple(self.changed.values()))

    def spoken_of(self, name: str) -> VersionState | None:
        """Return the state of a version that somebody spoke of since it was registered; None for any other."""
        return self.changed.get(name)

    def same_at(self, name: str, other: Mapping[str, VersionState]) -> bool:
        """Tell whether a version has the same state here and there."""
        if isinstance(other, States) and self.shared is other.shared:
            return self.changed.get(name) == other.changed.get(name) and name in other
        return self.get(name) == other.get(name)

    def spelled(self, name: str) -> str | None:
        """Return how the version is spelled whose name differs at most in case, or None where there is none."""
        if name in self:
            return name
        found = (self.shared.respelled or NO_NAMES).get(name.lower(), name.lower())
        return found if found in self else None

    def add(self, state: VersionState) -> None:
        """Put a version there that was not; only who made these states with `of` may."""
        shared = self.shared
        if len(shared.order) != self.length:
            shared = self.shared = self._own()
        shared.append(state)
        self.length += 1

    def put(self, state: VersionState) -> None:
        """Put a changed state in its place; only who made these states with `of` may."""
        if self.changed is UNCHANGED:
            self.changed = {}
        self.changed[state.version] = state

    def put_aside(self, records: Series, *, since: int = 0) -> None:
        """Keep the slots of the versions from a place on, and no longer their states, where nobody spoke of them."""
        shared = self.shared
        shared.records = records
        if shared.held is None:
            return
        stay = {
            place: state
            for place, state in shared.held.items()
            if not since <= place < self.length or records.id_at(state.seq - 1) != state.record
        }
        shared.held = stay or None  # in one step: others read this at the same time

    def _own(self) -> _Shared:
        """Return what is shared as far as these states know it."""
        own, old = _Shared(), self.shared
        own.order, own.slots, own.records = old.order[: self.length], old.slots[: self.length], old.records
        own.held = {place: state for place, state in (old.held or {}).items() if place < self.length} or None
        if len(own.order) > FEW:
            own.names = {name: place for place, name in enumerate(own.order)}
        own.respelled = {name.lower(): name for name in own.order if name.lower() != name} or None
        return own

    def _state(self, place: int) -> VersionState:
        shared, held = self.shared, self.shared.held
        state = held.get(place) if held is not None else None
        if state is not None:
            return state
        assert shared.records is not None
        return as_registered(shared.records[shared.slots[place] - 1])
