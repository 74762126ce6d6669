"""What records do to a stage: requests, decisions, and the moves of its pointer.

The rule it keeps: readers compute the quorum, what was replaced and what counted; what the author says of these is
only what they saw.
"""

from collections.abc import Iterable

from msgspec import UNSET

from signoff.policy.checks import Case, Check
from signoff.policy.draft import Draft, Reasons, Turn, role_fault, version_fault
from signoff.policy.history import Decision, Request, StageState
from signoff.policy.stage import CHECKS, EMERGENCY, RETURN, run_checks
from signoff.records import statement as said
from signoff.records.sshsig import parse_armor

Move = Turn[said.Promote] | Turn[said.Rollback] | Turn[said.BreakGlass]
Verdict = Turn[said.Approve] | Turn[said.Reject]


def stage_fault(turn: Turn[said.Request] | Verdict | Move) -> Reasons:
    """Return why the stage cannot be asked for."""
    stage = turn.said.stage
    return () if stage in turn.trust.stages else (f"no rule names the stage {stage!r}",)


def request(draft: Draft, turn: Turn[said.Request]) -> Reasons:
    """Asks for approval."""
    step = turn.said
    reasons = stage_fault(turn) + role_fault(turn, "publisher") + version_fault(draft, turn, step.version)
    if reasons:
        return reasons
    version = draft.versions[step.version]
    new = Request(
        record=turn.record.id,
        seq=turn.record.seq,
        person=turn.author,
        stage=step.stage,
        moment=turn.moment,
        comment=step.comment,
    )
    draft.change(version, requests=(*version.requests, new))
    return ()


def approve(draft: Draft, turn: Turn[said.Approve]) -> Reasons:
    """Counts toward the stage's quorum."""
    reasons = _verdict_fault(draft, turn)
    if reasons:
        return reasons
    rule, version = turn.trust.stages[turn.said.stage], draft.versions[turn.said.version]
    if rule.separation and turn.author in version.builders:
        return (f"own version: {turn.author} registered or built {draft.model}:{version.version}",)
    touched = _touched(turn)
    if rule.touch and not touched:
        return ("touch missing: this stage asks for a FIDO key that was touched",)
    _decide(draft, turn, approves=True, touched=touched)
    return ()


def reject(draft: Draft, turn: Turn[said.Reject]) -> Reasons:
    """Clears the stage's quorum."""
    reasons = _verdict_fault(draft, turn)
    if not reasons:
        _decide(draft, turn, approves=False, touched=False)
    return reasons


def _verdict_fault(draft: Draft, turn: Verdict) -> Reasons:
    reasons = stage_fault(turn) + version_fault(draft, turn, turn.said.version)
    rule = turn.trust.stages.get(turn.said.stage)
    return reasons + (role_fault(turn, *rule.approving_roles) if rule else ())


def _touched(turn: Verdict) -> bool:
    key = turn.governing.holders[turn.record.envelope.key][1]
    if not key.is_hardware:
        return False
    return not turn.record.armor or parse_armor(turn.record.armor).touched


def _decide(draft: Draft, turn: Verdict, *, approves: bool, touched: bool) -> None:
    version = draft.versions[turn.said.version]
    new = Decision(
        record=turn.record.id,
        seq=turn.record.seq,
        person=turn.author,
        stage=turn.said.stage,
        approves=approves,
        card=turn.said.card,
        touched=touched,
        moment=turn.moment,
        comment=turn.said.comment,
        key=turn.record.envelope.key,
    )
    draft.change(version, decisions=(*version.decisions, new))


def promote(draft: Draft, turn: Turn[said.Promote]) -> Reasons:
    """The stage points at the version, where its whole rule is met."""
    rule = turn.trust.stages.get(turn.said.stage)
    may = role_fault(turn, *rule.promoters) if rule else ()
    return _move(draft, turn, how="promote", may=may, which=CHECKS)


def rollback(draft: Draft, turn: Turn[said.Rollback]) -> Reasons:
    """The stage points at a version that held it before."""
    rule = turn.trust.stages.get(turn.said.stage)
    may = role_fault(turn, *rule.rollback) if rule else ()
    state = draft.stages.get(turn.said.stage)
    if state is None or turn.said.version not in state.held:
        may += (f"{draft.model}:{turn.said.version} never held {turn.said.stage}",)
    return _move(draft, turn, how="rollback", may=may, which=RETURN)


def break_glass(draft: Draft, turn: Turn[said.BreakGlass]) -> Reasons:
    """Promotes in an emergency; it stays marked until somebody else reviews it."""
    rule = turn.trust.stages.get(turn.said.stage)
    may = role_fault(turn, *rule.break_glass) if rule else ()
    reasons = _move(draft, turn, how="break_glass", may=may, which=EMERGENCY)
    if not reasons:
        draft.emergencies[turn.record.id] = turn.author
    return reasons


def _move(draft: Draft, turn: Move, *, how: str, may: Reasons, which: Iterable[Check]) -> Reasons:
    """Point the stage at the version, unless something speaks against it; return what does."""
    stage, version = turn.said.stage, turn.said.version
    reasons = stage_fault(turn) + may + version_fault(draft, turn, version)
    before = draft.stages.get(stage)
    if before is not None and before.version == version:
        reasons += (f"{stage} points at {draft.model}:{version} already",)
    if stage not in turn.trust.stages or version not in draft.versions:
        return reasons
    case = _case(draft, turn)
    findings = run_checks(case, which)
    reasons += tuple(f"rule not met: {one.check}: {one.detail}" for one in findings if one.outcome == "unmet")
    if reasons:
        return reasons
    where = f"record {turn.record.seq} ({version} to {stage})"
    unknown = [f"{one.check}: {one.detail}" for one in findings if one.outcome == "unknown"]
    draft.problems += [f"{where} stands, but cannot be judged again: {problem}" for problem in unknown]
    counted = case.standing.counted if how == "promote" else ()
    held = before.held if before else ()
    draft.stages[stage] = StageState(
        stage=stage,
        version=version,
        replaced=before.version if before else None,
        record=turn.record.id,
        seq=turn.record.seq,
        how=how,
        person=turn.author,
        moment=turn.moment,
        approvals=tuple(one.record for one in counted),
        approvers=tuple(one.person for one in counted),
        held=held if version in held else (*held, version),
        reviewed=how != "break_glass",
    )
    return ()


def _case(draft: Draft, turn: Move) -> Case:
    card = turn.said.card if isinstance(turn.said, said.Promote) else None
    return Case(
        version=draft.versions[turn.said.version],
        stage=turn.said.stage,
        trust=turn.trust,
        stages=draft.stages,
        versions=draft.versions,
        card=None if card is UNSET else card,
        at=turn.now,
        facts=turn.facts,
    )
