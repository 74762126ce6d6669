"""What is shown of one version, and of all versions of a model together.

The rule it keeps: values; a registry has very many of them, so that what only a screen about one version asks for is
made when it is asked for.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from signoff.policy.approvals import Standing
from signoff.policy.history import VersionState
from signoff.policy.states import States
from signoff.registry.problems import Problem
from signoff.schema.cards import VersionMetadata
from signoff.values.metrics import Metric

Known = Literal["registered", "unregistered", "deprecated", "revoked", "purged", "missing"]
Status = Known | Literal["unread"]


class StageStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far a version is on its way to a stage."""

    stage: str
    standing: Standing


class Saying(Protocol):
    """What the files of a version say at length."""

    @property
    def metadata(self) -> VersionMetadata | None:
        """Its version.yaml; None where it cannot be had."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Of version.yaml and of the evaluations that count (all evaluation files, while unregistered)."""


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A `Saying` as values."""

    metadata: VersionMetadata | None = None
    metrics: tuple[Metric, ...] = ()


NOTHING = Said()
NOBODY: Mapping[str, VersionState] = {}


class VersionView(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """One version: what its files say, what its log says, where it stands.

    A registry has very many: what only a screen about this version asks for may be made when it is asked for.

    Attributes:
        model: The model's name.
        version: Its name.
        status: In one word.
        states: What the log says of each version of the model.
        said: Its metadata and metrics.
        card: The sha256 of its model card as it is now, or None.
        stages: The stages that point at it.
        aliases: The aliases that point at it; `latest` is none of them.
        asks: How far it is for every stage that has a rule.
        files: How many files; None where nobody counted.
        size: Bytes of its files; None where nobody added them up.
        revoked_bases: Revoked versions that it is built on, in words.
        problems: What is wrong with it.
        author: Who registered it, else who the metadata says; "" where nobody does.
        moment: When it was registered, else when the folder says it was written; None where nobody says.
    """

    model: str
    version: str
    status: Status
    states: Mapping[str, VersionState] = NOBODY
    said: Saying = NOTHING
    card: str | None = None
    stages: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    asks: tuple[StageStatus, ...] = ()
    files: int | None = None
    size: int | None = None
    revoked_bases: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    author: str = ""
    moment: datetime | None = None

    def __eq__(self, other: object) -> bool:
        """Compare all that is known of two versions."""
        if not isinstance(other, VersionView):
            return NotImplemented
        return self is other or self._facts() == other._facts()

    def __hash__(self) -> int:
        """Hash its name."""
        return hash((self.model, self.version))

    def _facts(self) -> tuple[object, ...]:
        light = (self.stages, self.aliases, self.asks, self.files, self.size, self.card, self.author, self.moment)
        names = (self.model, self.version, self.status, self.revoked_bases, self.problems)
        return (names, light, self.state, self.metadata, self.metrics)

    @property
    def state(self) -> VersionState | None:
        """What the log says; None while it is not registered."""
        return self.states.get(self.version)

    @property
    def registered(self) -> bool:
        """Whether the log registered it."""
        return self.status not in {"unregistered", "unread"}

    @property
    def unread(self) -> bool:
        """Whether no more than its name is known, since its model's log is still being read."""
        return self.status == "unread"

    @property
    def spoken(self) -> VersionState | None:
        """What the log says, where somebody spoke of it since it was registered."""
        return self.states.spoken_of(self.version) if isinstance(self.states, States) else self.state

    @property
    def digest(self) -> str | None:
        """The sha256 of its manifest; None while it is not registered."""
        state = self.state
        return state.digest if state else None

    @property
    def metadata(self) -> VersionMetadata | None:
        """Its version.yaml; None where it cannot be had."""
        return self.said.metadata

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Of version.yaml and of the evaluations that count (all evaluation files, while unregistered)."""
        return self.said.metrics

    @property
    def ref(self) -> str:
        """Its reference, as `fraud:7`."""
        return f"{self.model}:{self.version}"

    def ask(self, stage: str) -> StageStatus | None:
        """Return how far it is for a stage; None where no rule names the stage."""
        return next((one for one in self.asks if one.stage == stage), None)

    @property
    def approval(self) -> str:
        """The approval status that a list shows: that of the stage where most happened."""
        order = ("Rejected", "PendingManualApproval", "Stale", "Approved")
        found = {one.standing.status for one in self.asks}
        return next((status for status in order if status in found), "none")


class Named(Sequence[VersionView]):
    """Versions that know a way to find one by its name."""

    @abstractmethod
    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a list says of all versions of a model together.

    Attributes:
        size: Bytes of their files; None where nobody added any up.
        moment: When the newest of them was registered or written; None where nobody says.
        drafts: How many are not registered.
        broken: How many have something wrong that is more than a note.
        told: How many have problems, notes as well.
        asked: For how many somebody asked that they be approved.
    """

    size: int | None = None
    moment: datetime | None = None
    drafts: int = 0
    broken: int = 0
    told: int = 0
    asked: int = 0


def totals_of(versions: Iterable[VersionView]) -> Totals:
    """Return what is to be said of these versions together."""
    size, moment, drafts, broken, told, asked = None, None, 0, 0, 0, 0
    quiet: tuple[StageStatus, ...] = ()
    for view in versions:
        if view.size is not None:
            size = view.size if size is None else size + view.size
        if view.moment is not None and (moment is None or view.moment > moment):
            moment = view.moment
        if view.status == "unregistered":
            drafts += 1
        if view.problems:
            told += 1
            broken += any(one.severity != "note" for one in view.problems)
        if view.asks is not quiet:
            if any(one.standing.requests for one in view.asks):
                asked += 1
            else:
                quiet = view.asks  # most versions share theirs
    return Totals(size=size, moment=moment, drafts=drafts, broken=broken, told=told, asked=asked)


def by_version(pointers: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return the names that point at each version, of pairs of a version and such a name."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for version, name in pointers:
        found[version] += (name,)
    return found


def status_of(state: VersionState, *, present: bool) -> Known:
    """Return a registered version's status in one word."""
    if state.revoked is not None:
        return "revoked"
    if state.purged is not None:
        return "purged"
    if not present:
        return "missing"
    return "deprecated" if state.deprecated is not None else "registered"
