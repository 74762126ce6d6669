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
    decisions = [decision for decision in version.decisions if decision.stage == stage]
    last_rejection = max((decision.seq for decision in decisions if not decision.approves), default=0)
    approving = _holders(decisions, trust, rule.approving_roles)
    newest: dict[str, tuple[Decision, str]] = {}
    for decision in decisions:
        if decision.seq > last_rejection:
            fault = _fault(decision, version, approving=approving, rule=rule, card=card, at=at)
            if not fault or newest.get(decision.person, (decision, fault))[1]:
                newest[decision.person] = (decision, fault)
    counted = tuple(decision for decision, fault in newest.values() if not fault)
    requests = tuple(request for request in version.requests if request.stage == stage)
    answered = bool(newest) or any(request.seq > last_rejection for request in requests)
    return Standing(
        counted=counted,
        stale=tuple((decision, fault) for decision, fault in newest.values() if fault),
        rejection=None if answered else next((one for one in decisions if one.seq == last_rejection), None),
        requests=tuple(request for request in requests if request.seq > last_rejection),
        lines=_lines(rule, trust, [decision.person for decision in counted]),
    )


def _holders(decisions: list[Decision], trust: TrustDocument, roles: tuple[str, ...]) -> frozenset[str]:
    people = {decision.person for decision in decisions}
    return frozenset(one for one in people if trust.holds(one, roles))


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
    approving: frozenset[str],
    rule: StageRule,
    card: str | None,
    at: datetime | None,
) -> str:
    if decision.person not in approving:
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
