"""The state of a model, as its log says: immutable values that the fold makes and everybody reads.

The rule it keeps: nothing in here knows a clock or a file; two readers of the same log and the same trust chain have
equal values.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from signoff.policy.entries import Entries, Entry
from signoff.records.statement import Named


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An effective approval or rejection that nobody withdrew.

    Attributes:
        record: The record's id.
        seq: Its slot.
        person: Who decided.
        stage: For which stage.
        approves: True: an approval; False: a rejection.
        card: The sha256 of the model card as seen, or None.
        touched: Whether a FIDO key was touched for it.
        moment: The author's clock.
        comment: What they said.
        key: The fingerprint of the key that signed.
    """

    record: str
    seq: int
    person: str
    stage: str
    approves: bool
    card: str | None
    touched: bool
    moment: datetime
    comment: str
    key: str


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An effective request for approval that nobody withdrew."""

    record: str
    seq: int
    person: str
    stage: str
    moment: datetime
    comment: str


class Evaluated(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An evaluation that counts for rules.

    Attributes:
        record: The id of the record that says so.
        person: Who signed it.
        kind: benchmark, human, safety, fairness or performance.
        name: The file's path below the version's folder.
        outcome: pass, fail or inconclusive.
        digest: The sha256 of the file.
    """

    record: str
    person: str
    kind: str
    name: str
    outcome: str
    digest: str


class Mark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """That somebody deprecated, revoked or purged a version."""

    record: str
    seq: int
    person: str
    moment: datetime
    reason: str
    detail: str = ""


class Note(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What somebody said about a version or the model."""

    record: str
    person: str
    moment: datetime
    comment: str


class VersionState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a log says of one registered version.

    Attributes:
        version: Its name.
        digest: The sha256 of its manifest.
        record: The id of the record that registered it.
        seq: The slot of that record.
        registrant: Who registered it.
        builders: Who registered or built it.
        moment: When it was registered, by its registrant's clock.
        card: The sha256 of the model card as registered, or None.
        materials: The versions it was built on, by digest.
        decisions: Approvals and rejections, in order.
        requests: Requests for approval, in order.
        evaluations: The last one of each kind and name.
        deprecated: Set while it is deprecated.
        replaced_by: The version that replaces a deprecated one, or "".
        revoked: Set once it is revoked.
        purged: Set once its bytes may be removed.
        tags: Annotated tags, as (name, value) pairs; a value may be None.
        notes: Annotated description, semver and notes, as (name, text) pairs.
        comments: What people said.
    """

    version: str
    digest: str
    record: str
    seq: int
    registrant: str
    builders: frozenset[str]
    moment: datetime
    card: str | None
    materials: tuple[Named, ...] = ()
    decisions: tuple[Decision, ...] = ()
    requests: tuple[Request, ...] = ()
    evaluations: tuple[Evaluated, ...] = ()
    deprecated: Mark | None = None
    replaced_by: str = ""
    revoked: Mark | None = None
    purged: Mark | None = None
    tags: tuple[tuple[str, str | None], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    comments: tuple[Note, ...] = ()


class StageState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which version a stage points at.

    Attributes:
        stage: Its name.
        version: The version it points at.
        replaced: The version it pointed at before, or None.
        record: The id of the record that moved it.
        seq: The slot of that record.
        how: promote, rollback or break_glass.
        person: Who moved it.
        moment: When, by that person's clock.
        approvals: The ids of the approvals that counted.
        approvers: Who gave them.
        held: Every version that held the stage, in the order in which each first did.
        reviewed: False after a break_glass that nobody reviewed.
    """

    stage: str
    version: str
    replaced: str | None
    record: str
    seq: int
    how: str
    person: str
    moment: datetime
    approvals: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    reviewed: bool = True

    def as_reviewed(self) -> "StageState":
        """Return the same state after somebody reviewed its break_glass."""
        return msgspec.structs.replace(self, reviewed=True)


class AliasState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which version an alias points at."""

    alias: str
    version: str
    record: str
    person: str
    moment: datetime


class DeploymentState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a deployer last reported of a version in an environment."""

    environment: str
    version: str
    status: str
    endpoint: str
    instances: int | None
    record: str
    person: str
    moment: datetime


NO_STAGES: Mapping[str, StageState] = {}
NO_ALIASES: Mapping[str, AliasState] = {}
NO_DEPLOYMENTS: Mapping[tuple[str, str], DeploymentState] = {}
NO_TEXTS: Mapping[str, str] = {}
"""What most models have none of is one value for all of them."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a model after its log.

    Attributes:
        model: The model's name.
        entries: Every valid record, and what it is worth.
        versions: Registered versions by name, in the order of registration.
        stages: Stages by name.
        aliases: Aliases by name.
        deployments: The last report of each (environment, version).
        reserved: Versions whose registration fell, with the digest that they stay reserved for.
        emergencies: break_glass records that nobody reviewed: id to author.
        comments: What people said about the model.
        tags: Annotated tags of the model.
        notes: Annotated description and notes of the model.
        problems: What readers should know, such as a rule that could not be judged because bytes are missing.
        newest: The version registered last; "" while there is none.
        latest: The time of the newest record by any author's clock; None for an empty log.
    """

    model: str
    entries: Entries = msgspec.field(default_factory=Entries)
    versions: Mapping[str, VersionState] = {}
    stages: Mapping[str, StageState] = {}
    aliases: Mapping[str, AliasState] = {}
    deployments: Mapping[tuple[str, str], DeploymentState] = {}
    reserved: Mapping[str, str] = {}
    emergencies: Mapping[str, str] = {}
    comments: tuple[Note, ...] = ()
    tags: tuple[tuple[str, str | None], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    newest: str = ""
    latest: datetime | None = None

    @property
    def newest_version(self) -> str | None:
        """The version registered last: what `latest` means."""
        return self.newest or next(reversed(list(self.versions)), None)

    def find_record(self, identity: str) -> Entry | None:
        """Return the entry of a record by its id."""
        return self.entries.find(identity)
