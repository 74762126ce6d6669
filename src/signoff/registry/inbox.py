"""What waits for a decision: versions to decide about, and emergencies to review.

The rule it keeps: a person is named only for what they could decide with effect; pure, from what a snapshot says.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import msgspec

from signoff.policy.approvals import Standing
from signoff.policy.history import VersionState
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import VersionView
from signoff.schema.rules import TrustDocument

UNUSABLE = frozenset({"revoked", "purged", "missing"})
REVIEWERS = ("approver",)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for somebody.

    Attributes:
        kind: "approval": somebody asked for it; "review": a break_glass.
        ref: The version, as "fraud:7".
        stage: For which stage.
        record: The id of the record that asks.
        by: Who asks, or who broke the glass.
        since: When, by their clock.
        comment: What they said.
        have: How many approvals count.
        needed: How many it takes.
        deciders: The people who could decide with effect and have not; by name.
    """

    kind: str
    ref: str
    stage: str
    record: str
    by: str
    since: datetime
    comment: str = ""
    have: int = 0
    needed: int = 0
    deciders: tuple[str, ...] = ()


def all_waiting(snapshot: Snapshot) -> tuple[Waiting, ...]:
    """Return what waits for anybody, the oldest first; also what nobody could decide."""
    trust = snapshot.trust.newest.document
    found = [one for model in snapshot.models for one in _of_model(model, trust)]
    return tuple(sorted(found, key=lambda one: (one.since, one.ref, one.stage)))


def waiting_for(snapshot: Snapshot, person: str) -> tuple[Waiting, ...]:
    """Return what waits for a person, the oldest first."""
    return tuple(one for one in all_waiting(snapshot) if person in one.deciders)


def _of_model(model: ModelView, trust: TrustDocument) -> Iterator[Waiting]:
    for view in model.versions if model.totals.asked else ():
        if view.asks and view.status not in UNUSABLE and view.state is not None:
            yield from _approvals(view, view.state, trust)
    yield from _reviews(model, trust)


def _approvals(view: VersionView, state: VersionState, trust: TrustDocument) -> Iterator[Waiting]:
    for ask in view.asks:
        rule = trust.stages.get(ask.stage)
        if rule is None or not _open(ask.standing):
            continue
        done = {one.person for one in ask.standing.counted} | (state.builders if rule.separation else set())
        first = ask.standing.requests[0]
        yield Waiting(
            kind="approval",
            ref=view.ref,
            stage=ask.stage,
            record=first.record,
            by=first.person,
            since=first.moment,
            comment=first.comment,
            have=sum(min(len(line.people), line.needed) for line in ask.standing.lines),
            needed=sum(line.needed for line in ask.standing.lines),
            deciders=_deciders(trust, rule.approving_roles, done),
        )


def _open(standing: Standing) -> bool:
    return bool(standing.requests) and standing.rejection is None and not standing.met


def _deciders(trust: TrustDocument, roles: Iterable[str], without: Collection[str]) -> tuple[str, ...]:
    holders = {person for role in roles for person in trust.roles.get(role, ())}
    return tuple(sorted(holders.difference(without)))


def _reviews(model: ModelView, trust: TrustDocument) -> Iterator[Waiting]:
    for identity, author in model.history.emergencies.items():
        entry = model.history.find_record(identity)
        if entry is None or entry.record.moment is None:
            continue
        said = entry.record.action
        stage = str(getattr(said, "stage", ""))
        yield Waiting(
            kind="review",
            ref=f"{model.name}:{getattr(said, 'version', '')}",
            stage=stage,
            record=identity,
            by=author,
            since=entry.record.moment,
            comment=str(getattr(said, "reason", "")),
            deciders=_deciders(trust, REVIEWERS, {author}),
        )
