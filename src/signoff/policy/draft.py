"""What the fold works on: a state being written, and the record whose turn it is.

The rule it keeps: a draft lives inside one call of the fold; nobody else sees it change.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from signoff.policy.checks import Facts
from signoff.policy.history import (
    NO_ALIASES,
    NO_DEPLOYMENTS,
    NO_STAGES,
    NO_TEXTS,
    AliasState,
    DeploymentState,
    History,
    Mark,
    Note,
    StageState,
    VersionState,
)
from signoff.policy.states import States
from signoff.policy.trust import TrustRecord
from signoff.records.record import LogRecord
from signoff.records.statement import Predicate
from signoff.schema.rules import TrustDocument

Said_co = TypeVar("Said_co", bound=Predicate, covariant=True)
Reasons = tuple[str, ...]


class Draft:
    """A state of a model while records are applied to it."""

    def __init__(self, start: History) -> None:
        """Copy what will change."""
        self.model = start.model
        self.before = start.entries
        self.records: list[LogRecord] = []
        self.reasons: dict[int, Reasons] = {}
        self.versions = States.of(start.versions)
        self.stages: dict[str, StageState] = dict(start.stages)
        self.aliases: dict[str, AliasState] = dict(start.aliases)
        self.deployments: dict[tuple[str, str], DeploymentState] = dict(start.deployments)
        self.reserved: dict[str, str] = dict(start.reserved)
        self.emergencies: dict[str, str] = dict(start.emergencies)
        self.comments: list[Note] = list(start.comments)
        self.tags: tuple[tuple[str, str | None], ...] = start.tags
        self.notes: tuple[tuple[str, str], ...] = start.notes
        self.problems: list[str] = list(start.problems)
        self.latest: datetime | None = start.latest

    def freeze(self) -> History:
        """Return the state as a value."""
        return History(
            model=self.model,
            entries=self.before.and_then(self.records, self.reasons),
            versions=self.versions,
            stages=self.stages or NO_STAGES,
            aliases=self.aliases or NO_ALIASES,
            deployments=self.deployments or NO_DEPLOYMENTS,
            reserved=self.reserved or NO_TEXTS,
            emergencies=self.emergencies or NO_TEXTS,
            comments=tuple(self.comments),
            tags=self.tags,
            notes=self.notes,
            problems=tuple(self.problems),
            newest=self.versions.newest or "",
            latest=self.latest,
        )

    def change(self, version: VersionState, **changes: object) -> None:
        """Put a changed state of a version in its place."""
        self.versions.put(msgspec.structs.replace(version, **changes))


class Turn(msgspec.Struct, Generic[Said_co], frozen=True, kw_only=True, gc=False):
    """A record whose turn it is.

    Attributes:
        record: The record.
        said: What it does.
        moment: Its author's clock.
        now: The latest of its own time and every earlier one in the log.
        governing: The trust record that governs it.
        registry: The registry's id.
        facts: The bytes that records name.
    """

    record: LogRecord
    said: Said_co
    moment: datetime
    now: datetime
    governing: TrustRecord
    registry: str
    facts: Facts

    @property
    def trust(self) -> TrustDocument:
        """The governing trust document."""
        return self.governing.document

    @property
    def author(self) -> str:
        """Who made the record."""
        return self.record.author

    def mark(self, reason: str, detail: str = "") -> Mark:
        """Return the mark that this record sets."""
        return Mark(
            record=self.record.id,
            seq=self.record.seq,
            person=self.author,
            moment=self.moment,
            reason=reason,
            detail=detail,
        )

    def note(self, comment: str) -> Note:
        """Return what this record says."""
        return Note(record=self.record.id, person=self.author, moment=self.moment, comment=comment)


def role_fault(turn: Turn[Predicate], *roles: str) -> Reasons:
    """Return why the author may not do this, for want of a role."""
    if turn.trust.holds(turn.author, roles):
        return ()
    return (f"role missing: {turn.author} is not {' or '.join(roles) or 'allowed to by any role'}",)


def version_fault(draft: Draft, turn: Turn[Predicate], name: str) -> Reasons:
    """Return why a record's subject is not a registered version's bytes."""
    version = draft.versions.get(name)
    if version is None:
        return (f"{draft.model}:{name} is not registered",)
    subject = turn.record.subject
    if subject.name != f"{draft.model}:{name}" or subject.digest.sha256 != version.digest:
        return (f"not the registered digest of {draft.model}:{name}",)
    return ()


def model_fault(draft: Draft, turn: Turn[Predicate]) -> Reasons:
    """Return why a record's subject is not the model."""
    subject = turn.record.subject
    same = subject.name == draft.model and subject.digest.sha256 == turn.registry
    return () if same else (f"its subject is not the model {draft.model!r} of this registry",)


def subject_fault(draft: Draft, turn: Turn[Predicate], name: str | None) -> Reasons:
    """Return why a record's subject is neither the version it names nor, where it names none, the model."""
    return model_fault(draft, turn) if name is None else version_fault(draft, turn, name)
