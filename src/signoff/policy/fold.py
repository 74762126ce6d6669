"""The fold: records in, the state of a model out.

The rules it keeps: records are applied in their order; each is effective or has its reasons; nothing is read but the
records, the trust chain and the bytes that records name by digest; no clock. An ineffective record changes nothing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from signoff.policy import moves, steps
from signoff.policy.checks import Facts
from signoff.policy.draft import Draft, Reasons, Turn
from signoff.policy.history import History
from signoff.policy.trust import TrustChain
from signoff.records import statement as said
from signoff.records.record import LogRecord
from signoff.records.statement import Action
from signoff.schema.rules import TrustDocument

HANDLERS: dict[object, Callable[[Draft, Any], Reasons]] = {  # each takes the Turn of its own action
    "register": steps.register,
    "evaluate": steps.evaluate,
    "request": moves.request,
    "approve": moves.approve,
    "reject": moves.reject,
    "promote": moves.promote,
    "rollback": moves.rollback,
    "alias": steps.alias,
    "deploy": steps.deploy,
    "annotate": steps.annotate,
    "deprecate": steps.deprecate,
    "restore": steps.restore,
    "revoke": steps.revoke,
    "purge": steps.purge,
    "withdraw": steps.withdraw,
    "comment": steps.comment,
    "break_glass": moves.break_glass,
    "review": steps.review,
}


def fold(records: Iterable[LogRecord], trust: TrustChain, facts: Facts, *, start: History) -> History:
    """Return the state after these records.

    Args:
        records: Verified records that follow those of `start`.
        trust: The trust chain; a new one asks for a fold from the empty history on.
        facts: The bytes that records name.
        start: The state before; `History(model=…)` at first.
    """
    draft = Draft(start)
    for record in records:
        _count(draft, record, _apply(draft, record, trust, facts))
    return draft.freeze()


class Judged:
    """A record that is not signed yet, and what it would do to a state.

    Attributes:
        record: The record.
        state: The state that it would follow.
        reasons: Why it would have no effect; () where it would have one.
    """

    __slots__ = ("_draft", "reasons", "record", "state")

    def __init__(self, record: LogRecord, trust: TrustChain, facts: Facts, *, state: History) -> None:
        """Apply it."""
        self.record, self.state, self._draft = record, state, Draft(state)
        self.reasons = _apply(self._draft, record, trust, facts)

    def once_signed(self, record: LogRecord) -> History:
        """Return the state after the same record with its signature; only for a key that need not be touched."""
        self._draft.records.clear()
        self._draft.reasons.clear()
        _count(self._draft, record, self.reasons)
        return self._draft.freeze()


def _count(draft: Draft, record: LogRecord, reasons: Reasons) -> None:
    if reasons:
        draft.reasons[len(draft.before) + len(draft.records)] = reasons
    draft.records.append(record)
    moment, latest = record.moment, draft.latest
    if moment is not None and (latest is None or moment > latest):
        draft.latest = moment


def _apply(draft: Draft, record: LogRecord, trust: TrustChain, facts: Facts) -> Reasons:
    action, moment, envelope, latest = record.action, record.moment, record.envelope, draft.latest
    if record.fault or action is None or moment is None:
        return (record.fault,)
    cited = envelope.policy.seq
    turn: Turn[Action] = Turn(
        record=record,
        said=action,
        moment=moment,
        now=moment if latest is None or moment > latest else latest,
        governing=trust.governing(envelope.chain, envelope.seq, cited),
        registry=trust.registry,
        facts=facts,
    )
    reasons = _key_fault(turn, trust) or HANDLERS[envelope.action](draft, turn)
    if reasons:
        _reserve(draft, turn, trust.records[cited - 1].document)
    return reasons


def _key_fault(turn: Turn[Action], trust: TrustChain) -> Reasons:
    envelope, governing = turn.record.envelope, turn.governing
    last = trust.last_good(envelope.key, envelope.chain)
    if last is not None and envelope.seq > last:
        return (f"revoked key {envelope.key}",)
    holder = governing.holders.get(envelope.key)
    if holder is None or holder[0] != envelope.author:
        return (f"{envelope.author} with this key is not in the governing policy (trust record {governing.seq})",)
    return ()


def _reserve(draft: Draft, turn: Turn[Action], cited: TrustDocument) -> None:
    """Keep the name of a registration that fell, one that the policy it cites allowed, for the same digest."""
    step, subject = turn.said, turn.record.subject
    if not isinstance(step, said.Register) or not cited.holds(turn.author, ("publisher",)):
        return
    taken = draft.versions.spelled(step.version) or step.version.lower() in {name.lower() for name in draft.reserved}
    if subject.name == f"{draft.model}:{step.version}" and not taken:
        draft.reserved[step.version] = subject.digest.sha256
