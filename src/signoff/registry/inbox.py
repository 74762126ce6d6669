"""What waits for a person: versions to decide about, and emergencies to review.

The rule it keeps: only what the person could decide with effect is listed; pure, from what a snapshot says.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from signoff.policy.approvals import Standing
from signoff.policy.history import VersionState
from signoff.registry.snapshot import ModelView, Snapshot, VersionView
from signoff.schema.rules import TrustDocument

UNUSABLE = frozenset({"revoked", "purged", "missing"})
REVIEWERS = ("approver",)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for a person.

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


def waiting_for(snapshot: Snapshot, person: str) -> tuple[Waiting, ...]:
    """Return what waits for a person, the oldest first."""
    trust = snapshot.trust.newest.document
    found = [one for model in snapshot.models for one in _of_model(model, person, trust)]
    return tuple(sorted(found, key=lambda one: (one.since, one.ref, one.stage)))


def _of_model(model: ModelView, person: str, trust: TrustDocument) -> Iterator[Waiting]:
    for view in model.versions:
        if view.state is not None and view.status not in UNUSABLE:
            yield from _approvals(view, view.state, person, trust)
    yield from _reviews(model, person, trust)


def _approvals(view: VersionView, state: VersionState, person: str, trust: TrustDocument) -> Iterator[Waiting]:
    for ask in view.asks:
        rule = trust.stages.get(ask.stage)
        if rule is None or not trust.holds(person, rule.approving_roles):
            continue
        if (rule.separation and person in state.builders) or not _open(ask.standing, person):
            continue
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
        )


def _open(standing: Standing, person: str) -> bool:
    decided = any(one.person == person for one in standing.counted)
    return bool(standing.requests) and standing.rejection is None and not standing.met and not decided


def _reviews(model: ModelView, person: str, trust: TrustDocument) -> Iterator[Waiting]:
    if not trust.holds(person, REVIEWERS):
        return
    for identity, author in model.history.emergencies.items():
        entry = model.history.find_record(identity)
        if entry is None or entry.record.moment is None or author == person:
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
        )
