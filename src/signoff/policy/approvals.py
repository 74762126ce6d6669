"""Which approvals of a version count for a stage, and what that makes of the request.

The rules it keeps: an approval counts while its author holds an approving role, did not build the version (where the
stage separates), touched their key (where it asks for that), saw the card in question (where it binds the card), is
not too old, and decided after the last rejection. People are counted, not records: a person counts while any one of their
approvals does, so that a further approval, or the loss of one, never makes an earlier one count that did not.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec import UNSET

from signoff.policy.history import Decision, Request, VersionState
from signoff.schema.rules import StageRule, TrustDocument

ApprovalStatus = Literal["none", "PendingManualApproval", "Approved", "Rejected", "Stale"]


class QuorumLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a quorum: so many approvals by holders of these roles."""

    roles: tuple[str, ...]
    needed: int
    people: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Tell whether enough people approved."""
        return len(self.people) >= self.needed

    @property
    def words(self) -> str:
        """Say how far it is: "1 of 2 approvals from approver: al"."""
        who = f": {', '.join(self.people)}" if self.people else ""
        approvals = "approval" if self.needed == 1 else "approvals"
        return f"{len(self.people)} of {self.needed} {approvals} from {' or '.join(self.roles)}{who}"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the approvals of a version are worth for a stage.

    Attributes:
        counted: The approvals that count, the last such one of each person.
        stale: The last approval after the last rejection of everybody else, with why it does not count.
        rejection: The last rejection, where no approval or request followed it.
        requests: Open requests.
        lines: The lines of the quorum.
    """

    counted: tuple[Decision, ...]
    stale: tuple[tuple[Decision, str], ...]
    rejection: Decision | None
    requests: tuple[Request, ...]
    lines: tuple[QuorumLine, ...]

    @property
    def met(self) -> bool:
        """Tell whether every line of the quorum is met."""
        return all(line.met for line in self.lines)

    @property
    def status(self) -> ApprovalStatus:
        """The approval status of the version for the stage."""
        if self.rejection is not None:
            return "Rejected"
        if self.met and self.counted:
            return "Approved"
        if self.counted or (self.requests and not self.stale):
            return "PendingManualApproval"
        return "Stale" if self.stale else "none"


def standing(
    version: VersionState,
    stage: str,
    *,
    trust: TrustDocument,
    card: str | None,
    at: datetime | None = None,
) -> Standing:
    """Return what the approvals of a version are worth for a stage.

    Args:
        version: The version.
        stage: The stage; one that no rule names has no quorum that could be met.
        trust: The trust document to go by.
        card: The sha256 of the model card that the approvals should be bound to, or None.
        at: The time for which the age of approvals counts; None: age does not count.
    """
    rule = trust.stages.get(stage, StageRule())
    if not version.decisions and not version.requests:
        return Standing(counted=(), stale=(), rejection=None, requests=(), lines=_lines(rule, trust, []))
    rejection: Decision | None = None
    newest: dict[str, tuple[Decision, str]] = {}
    first: dict[str, int] = {}
    for decision in reversed(version.decisions):
        if decision.stage != stage:
            continue
        if not decision.approves:
            rejection = decision
            break
        person = decision.person
        first[person] = decision.seq
        known = newest.get(person)
        if known is None or known[1]:
            fault = _fault(decision, version, trust=trust, rule=rule, card=card, at=at)
            if known is None or not fault:
                newest[person] = (decision, fault)
    people = sorted(newest, key=first.__getitem__)
    counted = tuple(decision for decision, fault in map(newest.__getitem__, people) if not fault)
    since = rejection.seq if rejection else 0
    requests = tuple(one for one in version.requests if one.stage == stage and one.seq > since)
    return Standing(
        counted=counted,
        stale=tuple((decision, fault) for decision, fault in map(newest.__getitem__, people) if fault),
        rejection=None if newest or requests else rejection,
        requests=requests,
        lines=_lines(rule, trust, [decision.person for decision in counted]),
    )


def _lines(rule: StageRule, trust: TrustDocument, people: list[str]) -> tuple[QuorumLine, ...]:
    asked = [(rule.approvers, rule.approvals), *(((line.role,), line.approvals) for line in rule.also)]
    return tuple(
        QuorumLine(roles=roles, needed=needed, people=tuple(one for one in people if trust.holds(one, roles)))
        for roles, needed in asked
    )


def _fault(
    decision: Decision,
    version: VersionState,
    *,
    trust: TrustDocument,
    rule: StageRule,
    card: str | None,
    at: datetime | None,
) -> str:
    if not trust.holds(decision.person, rule.approving_roles):
        return f"{decision.person} holds no role that approves"
    if rule.separation and decision.person in version.builders:
        return f"{decision.person} registered or built it"
    if rule.touch and not decision.touched:
        return "the key was not touched"
    if rule.bind_card and decision.card != card:
        return "the model card changed"
    if rule.expires_days is UNSET or at is None or at - decision.moment <= timedelta(days=rule.expires_days):
        return ""
    return f"older than {rule.expires_days} days"
