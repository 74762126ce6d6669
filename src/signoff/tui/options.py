"""What can be chosen before something is signed: stages, records, aliases … with what each of them is now.

The rule it keeps: pure; a list holds only what makes sense, and where nothing does, words say why.
"""

from collections.abc import Callable, Iterator, Sequence

from signoff.policy.entries import Entry
from signoff.policy.history import Decision, History, Request
from signoff.registry.asking import NewEvaluation
from signoff.registry.people import Me
from signoff.registry.problems import Problem
from signoff.registry.serving import held_before
from signoff.registry.signers import in_words
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.asked import Asked, Choice, Option, option
from signoff.tui.scene import Scene, needed
from signoff.values.display import UNKNOWN, age

ANSWERS = frozenset({"approve", "reject"})
STATUSES = {
    "deploying": "it is being rolled out",
    "serving": "it answers requests",
    "failed": "it was tried and does not serve",
    "stopped": "it no longer serves",
}


def choice_of(step: str, asked: Asked, scene: Scene) -> Choice:
    """Return the choice that a step of a form is."""
    model = scene.snapshot.find_model(asked.model)
    if model is None:
        return Choice(question=f"{asked.model}?", options=(), nothing=f"the model {asked.model} is gone")
    return STEPS[step](asked, scene, model)


def stages(asked: Asked, scene: Scene, model: ModelView) -> Choice:
    """Which stage it is about; first those that wait for an answer, or whose approvals are all there."""
    view = model.find(asked.version)
    sensible = [stage for stage in scene.stages if _sensible(asked.action, stage, view, scene)]
    if asked.action in ANSWERS:
        sensible.sort(key=lambda stage: not _requests(stage, view))
    elif asked.action == "promote":
        sensible.sort(key=lambda stage: not _is_approved(stage, view))
    options = [option(stage, _stage_said(stage, view, model), stage=stage) for stage in sensible]
    return Choice(question="for which stage?", options=tuple(options), nothing=_no_stage(asked.action, asked.ref))


def _sensible(action: str, stage: str, view: VersionView | None, scene: Scene) -> bool:
    here = view is not None and stage in view.stages
    match action:
        case "promote":
            return not here
        case "break_glass":
            return not here and bool(scene.rules[stage].break_glass)
        case _:
            return needed(scene.rules[stage]) > 0


def _no_stage(action: str, ref: str) -> str:
    match action:
        case "promote":
            return f"every stage points at {ref} already"
        case "break_glass":
            return "no stage's rule names who may break glass: signoff trust edit"
        case _:
            return "no stage asks for approvals: signoff trust edit"


def _stage_said(stage: str, view: VersionView | None, model: ModelView) -> str:
    ask = view.ask(stage) if view else None
    quorum = "; ".join(line.words for line in ask.standing.lines if line.needed) if ask else ""
    state = model.stages.get(stage)
    points = f"points at {state.version}" if state else "points at nothing yet"
    requests = "".join(f"; asked by {one}" for one in dict.fromkeys(_requests(stage, view)))
    return f"{points}; {quorum or 'needs no approval'}{requests}"


def _is_approved(stage: str, view: VersionView | None) -> bool:
    ask = view.ask(stage) if view else None
    return ask is not None and ask.standing.status == "Approved"


def _requests(stage: str, view: VersionView | None) -> list[str]:
    """Return who asks for a stage."""
    ask = view.ask(stage) if view else None
    return [one.person for one in ask.standing.requests] if ask else []


def returns(asked: Asked, scene: Scene, model: ModelView) -> Choice:
    """Which stage goes back to which version; first, to the one that held it before and may be used."""
    found = [one for stage in reversed(scene.stages) for one in _returns(asked, scene, model, stage)]
    wanted = asked.fields.get("stage", "")
    options = tuple(one for one in found if wanted in {"", one.fields["stage"]})
    where = f"{wanted or 'no stage'} of {model.name}"
    nothing = f"{where} has a version before to go back to" if not wanted else f"no version held {where} before"
    if any(state.replaced for stage, state in model.stages.items() if wanted in {"", stage}):
        nothing = (
            f"what held {wanted or 'a stage'} of {model.name} before is revoked or purged: promote another version"
        )
    return Choice(question="back to which version?", options=options, nothing=nothing)


def _returns(asked: Asked, scene: Scene, model: ModelView, stage: str) -> Iterator[Option]:
    state = model.stages.get(stage)
    if state is None:
        return
    since = f"points at {state.version}, by {state.person}, {age(state.moment, now=scene.now)}"
    before = held_before(model.history, state)
    if before and not _is_withdrawn(model, before):
        skipped = f" ({state.replaced} cannot be used any more)" if before != state.replaced else ""
        said = f"{_missing(model, before)}back to {before}, which held it before{skipped}; {since}"
        yield option(stage, said, stage=stage, version=before)
    old = asked.version in state.held and asked.version not in {state.version, before}
    if old and not _is_withdrawn(model, asked.version):
        said = f"{_missing(model, asked.version)}back to {asked.version}, which held it once; {since}"
        yield option(stage, said, stage=stage, version=asked.version)


def _missing(model: ModelView, version: str) -> str:
    """Return a warning where a version's folder is not there, so that nobody could pull it."""
    view = model.find(version)
    return "! its folder is missing: " if view is not None and view.status == "missing" else ""


def _is_withdrawn(model: ModelView, version: str) -> bool:
    view = model.find(version)
    return view is not None and view.status in {"revoked", "purged"}


def ways(asked: Asked, _scene: Scene, _model: ModelView) -> Choice:
    """Deprecate or revoke."""
    return Choice(
        question=f"what is wrong with {asked.ref}?",
        options=(
            option("deprecate", "it is outdated: lists show it, a pull warns; can be taken back", way="deprecate"),
            option("revoke", "it must not be used: every pull refuses it; for good", action="revoke", way="revoke"),
        ),
    )


def statuses(asked: Asked, _scene: Scene, _model: ModelView) -> Choice:
    """What a version does where it serves."""
    options = tuple(option(name, said, status=name) for name, said in STATUSES.items())
    return Choice(question=f"what does {asked.ref} do there?", options=options)


def aliases(asked: Asked, _scene: Scene, model: ModelView) -> Choice:
    """An alias to move here, to remove, or a new one."""
    found = [
        option(name, "points here: remove it", alias=name, remove=True)
        if state.version == asked.version
        else option(name, f"points at {state.version}: move it here", alias=name)
        for name, state in model.history.aliases.items()
    ]
    new = option("a new one", "you name it next", alias="", new=True)
    return Choice(question=f"which alias of {model.name}?", options=(*found, new))


def mine(asked: Asked, scene: Scene, model: ModelView) -> Choice:
    """A request, approval or rejection of this person's own."""
    ids = own_records(model.find(asked.version), scene.person)
    records = [model.history.find_record(one) for one in ids]
    options = tuple(_record_option(one, scene) for one in reversed(records) if one is not None)
    who = scene.person or "nobody: no key is here"
    nothing = f"no open request, approval or rejection of {asked.ref} is yours (you are {who})"
    return Choice(question="which of your records?", options=options, nothing=nothing)


def own_records(view: VersionView | None, person: str) -> tuple[str, ...]:
    """Return the ids of what a person may withdraw, in order."""
    state = view.state if view else None
    if state is None:
        return ()
    open_ones: tuple[Request | Decision, ...] = (*state.requests, *state.decisions)
    found = [one for one in open_ones if one.person == person]
    return tuple(one.record for one in sorted(found, key=lambda one: one.seq))


def emergencies(_asked: Asked, scene: Scene, model: ModelView) -> Choice:
    """A break-glass that somebody else signed and nobody reviewed."""
    entries = [model.history.find_record(one) for one in open_emergencies(model.history, scene.person)]
    options = [_record_option(one, scene) for one in entries if one is not None]
    nothing = f"no break-glass of {model.name} waits for your review"
    return Choice(question="which break-glass?", options=tuple(options), nothing=nothing)


def open_emergencies(history: History, person: str) -> tuple[str, ...]:
    """Return the ids of unreviewed break-glasses that a person may review."""
    return tuple(one for one, author in history.emergencies.items() if author != person)


def _record_option(entry: Entry, scene: Scene) -> Option:
    record = entry.record
    version = record.subject.name.rpartition(":")[2]
    return Option(
        pieces=(
            (str(record.envelope.action).replace("_", "-"), "strong"),
            (about(entry, scene), "dim"),
        ),
        fields={"record": record.id},
        version=version,
    )


def about(entry: Entry, scene: Scene) -> str:
    """Return what a record says, in one line."""
    record = entry.record
    said = str(getattr(record.action, "comment", "") or getattr(record.action, "reason", ""))
    stage = str(getattr(record.action, "stage", ""))
    words = [
        record.subject.name + (f" for {stage}" if stage else ""),
        f"by {record.author}, {age(record.moment, now=scene.now)}",
        f"“{' '.join(said.split())}”" if said else "",
        f"record {record.seq}, {record.id[:12]}",
    ]
    return "; ".join(word for word in words if word)


STEPS: dict[str, Callable[[Asked, Scene, ModelView], Choice]] = {
    "stage": stages,
    "return": returns,
    "way": ways,
    "status": statuses,
    "alias": aliases,
    "mine": mine,
    "emergency": emergencies,
}
"""Step -> its choice; `evaluation` is asked of the registry instead."""


def evaluation_choice(asked: Asked, found: Sequence[NewEvaluation], problems: Sequence[Problem]) -> Choice:
    """Return the choice among evaluation files that nobody signed."""
    options = tuple(
        Option(
            pieces=(
                (one.path.rpartition("/")[2], "strong"),
                (f"{one.said.kind}: {one.said.outcome or 'names no outcome: counts as inconclusive'}", "dim"),
            ),
            evaluation=one,
        )
        for one in found
    )
    unusable = "".join(f"; {one.place}: {one.what}" for one in problems)
    nothing = f"every evaluation file of {asked.ref} is signed, or there is none{unusable}"
    return Choice(question=f"which evaluation of {asked.ref}?", options=options, nothing=nothing)


def person_choice(scene: Scene, who: str) -> Choice:
    """Return the choice of who signs elsewhere, with which key; `who` is the person that was asked for, or ""."""
    options = tuple(
        Option(
            pieces=((person, "strong"), (f"{key.kind.removeprefix('ssh-')} {fingerprint}", "dim")),
            fields={"who": person, "key": fingerprint},
        )
        for fingerprint, (person, key) in scene.snapshot.trust.newest.holders.items()
        if who in {"", person}
    )
    return Choice(
        question="who signs elsewhere?", options=options, nothing=f"{who or 'no person'} of this registry has no key"
    )


def identity_choice(mine_here: Sequence[Me]) -> Choice:
    """Return the choice among keys that are here."""
    options = tuple(
        Option(
            pieces=((me.person, "strong"), (in_words(me.identity), "dim")),
            fields={"who": me.person, "key": me.identity.key.fingerprint},
        )
        for me in mine_here
    )
    return Choice(question="with which key?", options=options, nothing=UNKNOWN)
