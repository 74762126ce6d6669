"""What records do to a version or a model apart from stages: one function for each action.

The rule it keeps: a function returns every reason against the record, or changes the draft and returns ().
"""

from msgspec import UNSET

from signoff.policy.draft import Draft, Reasons, Turn, model_fault, role_fault, subject_fault, version_fault
from signoff.policy.history import AliasState, DeploymentState, Evaluated, VersionState
from signoff.records import statement as said
from signoff.schema.layout import EVALUATION
from signoff.values.names import NUMBERED


def register(draft: Draft, turn: Turn[said.Register]) -> Reasons:
    """The version exists, its bytes are fixed; the first one wins."""
    step, subject = turn.said, turn.record.subject
    reasons = role_fault(turn, "publisher")
    known = draft.spelled(step.version)
    if known is not None:
        reasons += (f"version immutable: {draft.model}:{known} is registered already",)
    if subject.name != f"{draft.model}:{step.version}":
        reasons += (f"its subject is not {draft.model}:{step.version}",)
    reserved = next((one for one in draft.reserved.items() if one[0].lower() == step.version.lower()), None)
    if reserved not in {None, (step.version, subject.digest.sha256)}:
        reasons += (f"version immutable: {draft.model}:{step.version} is reserved for another digest or spelling",)
    if reasons:
        return reasons
    draft.add(
        VersionState(
            version=step.version,
            digest=subject.digest.sha256,
            record=turn.record.id,
            seq=turn.record.seq,
            registrant=turn.author,
            builders=frozenset({turn.author, *step.built_by}),
            moment=turn.moment,
            card=step.card,
            materials=step.materials,
        )
    )
    return ()


def evaluate(draft: Draft, turn: Turn[said.Evaluate]) -> Reasons:
    """The evaluation counts for rules, in place of an earlier one of its kind and name."""
    step, evidence = turn.said, turn.said.evidence[0]
    reasons = role_fault(turn, "evaluator", "publisher") + version_fault(draft, turn, step.version)
    if not EVALUATION.fullmatch(evidence.name):
        reasons += (f"{evidence.name!r} is not an evaluation's file",)
    if reasons:
        return reasons
    version = draft.versions[step.version]
    others = tuple(one for one in version.evaluations if (one.kind, one.name) != (step.kind, evidence.name))
    new = Evaluated(
        record=turn.record.id,
        person=turn.author,
        kind=step.kind,
        name=evidence.name,
        outcome=step.outcome,
        digest=evidence.digest.sha256,
    )
    draft.change(version, evaluations=(*others, new))
    return ()


def alias(draft: Draft, turn: Turn[said.Alias]) -> Reasons:
    """Moves or removes a pointer without rules; a stage's name is no alias."""
    step = turn.said
    reasons = role_fault(turn, "publisher", "promoter") + subject_fault(draft, turn, step.version)
    if step.alias.lower() in {stage.lower() for stage in turn.trust.stages}:
        reasons += (f"{step.alias!r} is a stage; it is moved by promote",)
    if said_badly(step.alias):
        reasons += (f"{step.alias!r} cannot name an alias",)
    twin = next((one for one in draft.aliases if one != step.alias and one.lower() == step.alias.lower()), None)
    if twin is not None:
        reasons += (f"{step.alias!r} and the alias {twin!r} differ only in case",)
    if step.version is None and step.alias not in draft.aliases:
        reasons += (f"there is no alias {step.alias!r}",)
    if reasons:
        return reasons
    if step.version is None:
        del draft.aliases[step.alias]
        return ()
    draft.aliases[step.alias] = AliasState(
        alias=step.alias, version=step.version, record=turn.record.id, person=turn.author, moment=turn.moment
    )
    return ()


def said_badly(name: str) -> bool:
    """Tell whether a pointer would read as a version or as `latest`."""
    return NUMBERED.fullmatch(name.lower()) is not None or name.lower() == "latest"


def deploy(draft: Draft, turn: Turn[said.Deploy]) -> Reasons:
    """What really serves where."""
    step = turn.said
    reasons = role_fault(turn, "deployer") + version_fault(draft, turn, step.version)
    if reasons:
        return reasons
    draft.deployments[step.environment, step.version] = DeploymentState(
        environment=step.environment,
        version=step.version,
        status=step.status,
        endpoint=step.endpoint,
        instances=None if step.instances is UNSET else step.instances,
        record=turn.record.id,
        person=turn.author,
        moment=turn.moment,
    )
    return ()


def annotate(draft: Draft, turn: Turn[said.Annotate]) -> Reasons:
    """Sets mutable notes of a version or of the model; a tag that is set to null is removed."""
    step = turn.said
    reasons = subject_fault(draft, turn, step.version)
    if reasons:
        return reasons
    place = draft if step.version is None else draft.versions[step.version]
    given = {} if step.set.tags is UNSET else step.set.tags
    tags = tuple({**dict(place.tags), **given}.items())
    texts = {key: text for key in ("description", "semver", "notes") if (text := getattr(step.set, key)) is not UNSET}
    notes = tuple({**dict(place.notes), **texts}.items())
    if isinstance(place, VersionState):
        draft.change(place, tags=tags, notes=notes)
    else:
        draft.tags, draft.notes = tags, notes
    return ()


def comment(draft: Draft, turn: Turn[said.Comment]) -> Reasons:
    """Says something about a version or the model."""
    step = turn.said
    reasons = subject_fault(draft, turn, step.version)
    if reasons:
        return reasons
    if step.version is None:
        draft.comments.append(turn.note(step.comment))
    else:
        version = draft.versions[step.version]
        draft.change(version, comments=(*version.comments, turn.note(step.comment)))
    return ()


def deprecate(draft: Draft, turn: Turn[said.Deprecate]) -> Reasons:
    """The version is shown as outdated."""
    step = turn.said
    reasons = role_fault(turn, "publisher") + version_fault(draft, turn, step.version)
    if not reasons:
        better = "" if step.replaced_by is UNSET else step.replaced_by
        draft.change(draft.versions[step.version], deprecated=turn.mark(step.reason), replaced_by=better)
    return reasons


def restore(draft: Draft, turn: Turn[said.Restore]) -> Reasons:
    """Takes a deprecation back."""
    step = turn.said
    reasons = role_fault(turn, "publisher") + version_fault(draft, turn, step.version)
    if not reasons and draft.versions[step.version].deprecated is None:
        reasons = (f"{draft.model}:{step.version} is not deprecated",)
    if not reasons:
        draft.change(draft.versions[step.version], deprecated=None, replaced_by="")
    return reasons


def revoke(draft: Draft, turn: Turn[said.Revoke]) -> Reasons:
    """A pull refuses the version from here on; no pointer moves."""
    step = turn.said
    reasons = role_fault(turn, "approver", "oncall") + version_fault(draft, turn, step.version)
    if not reasons:
        draft.change(draft.versions[step.version], revoked=turn.mark(step.reason, step.severity))
    return reasons


def purge(draft: Draft, turn: Turn[said.Purge]) -> Reasons:
    """The version's bytes may be removed, while no stage holds it."""
    step = turn.said
    reasons = role_fault(turn, "oncall") + version_fault(draft, turn, step.version)
    holding = [state.stage for state in draft.stages.values() if state.version == step.version]
    if holding:
        reasons += (f"{', '.join(holding)} points at {draft.model}:{step.version}",)
    if not reasons:
        draft.change(draft.versions[step.version], purged=turn.mark(step.reason))
    return reasons


def withdraw(draft: Draft, turn: Turn[said.Withdraw]) -> Reasons:
    """Takes back one's own request, approval or rejection."""
    reasons = model_or_version_fault(draft, turn)
    if reasons:
        return reasons
    for version in draft.versions.values():
        decisions = tuple(one for one in version.decisions if one.record != turn.said.record)
        requests = tuple(one for one in version.requests if one.record != turn.said.record)
        if len(decisions) + len(requests) == len(version.decisions) + len(version.requests):
            continue
        people = [one.person for one in version.decisions if one.record == turn.said.record]
        people += [one.person for one in version.requests if one.record == turn.said.record]
        if people != [turn.author]:
            return (f"only {people[0]} can withdraw that record",)
        draft.change(version, decisions=decisions, requests=requests)
        return ()
    return ("the record is no request, approval or rejection that could be withdrawn",)


def model_or_version_fault(draft: Draft, turn: Turn[said.Withdraw] | Turn[said.Review]) -> Reasons:
    """Return why the subject of a record about a record is neither the model nor a registered version."""
    name = turn.record.subject.name
    model, colon, version = name.rpartition(":")
    return version_fault(draft, turn, version) if colon and model == draft.model else model_fault(draft, turn)


def review(draft: Draft, turn: Turn[said.Review]) -> Reasons:
    """Closes a break_glass, by somebody else."""
    reasons = role_fault(turn, "approver") + model_or_version_fault(draft, turn)
    author = draft.emergencies.get(turn.said.record)
    if author is None:
        reasons += ("the record is no break_glass that waits for a review",)
    elif author == turn.author:
        reasons += ("not by its author: somebody else reviews a break_glass",)
    if reasons:
        return reasons
    del draft.emergencies[turn.said.record]
    for name, state in draft.stages.items():
        if state.record == turn.said.record:
            draft.stages[name] = state.as_reviewed()
    return ()
