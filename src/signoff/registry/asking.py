"""From what a person means to the ask that says it.

The rule it keeps: an ask names what is meant once and for all: a version by its name, a record by its whole id, an
evaluation by its bytes.
"""

import hashlib
from pathlib import Path

import msgspec

from signoff.errors import InvalidValueError, NotFoundError, SchemaError, StorageError
from signoff.records.record import LogRecord
from signoff.registry.asks import Ask
from signoff.registry.registry import Registry
from signoff.registry.serving import held_before
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.schema import layout
from signoff.schema.cards import Evaluation, load_evaluation
from signoff.values.names import ModelName, slug
from signoff.values.refs import parse_ref

SHORTEST_ID = 4


class NewEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation that somebody wants to count.

    Attributes:
        ask: The ask for its record.
        path: Its file, below the registry.
        content: The file's bytes.
        said: What it says.
    """

    ask: Ask
    path: str
    content: bytes
    said: Evaluation


def ask_about(registry: Registry, action: str, ref: str, **fields: object) -> Ask:
    """Return an ask about a version, named in any of the accepted forms."""
    view = need_registered(registry, ref)
    return Ask(action=action, model=view.model, version=view.version, fields=fields)


def ask_about_any(registry: Registry, action: str, ref: str, **fields: object) -> Ask:
    """Return an ask about a version, or about a model where only that is named."""
    if _names_model(ref):
        return Ask(action=action, model=registry.model(ref, complete=False).name, fields=fields)
    return ask_about(registry, action, ref, **fields)


def need_registered(registry: Registry, ref: str) -> VersionView:
    """Return a registered version.

    Raises:
        NotFoundError: There is none of that reference, or it is not registered.
        VerificationError: The log is not sound: nothing is decided on it.
    """
    parsed = parse_ref(ref)
    model = registry.model(parsed.model, complete=False)
    registry.reader.log(model.name).need_sound()
    view = model.need(parsed)
    if view.state is None:
        message = f"{view.ref} is not registered"
        raise NotFoundError(message, hint=f"register it first: signoff register {view.ref}")
    return view


def ask_rollback(registry: Registry, model: str, stage: str, ref: str, *, reason: str) -> Ask:
    """Return the ask to roll a stage back: to the version named, else to the one that held it before.

    Raises:
        NotFoundError: Nothing held the stage before.
        InvalidValueError: The reference names another model.
    """
    view = registry.model(model, complete=False)
    version = _named_version(view, ref) if ref else _version_before(view, stage)
    return Ask(action="rollback", model=view.name, version=version, fields={"stage": stage, "reason": reason})


def ask_alias(registry: Registry, ref: str, name: str, *, remove: bool, comment: str) -> Ask:
    """Return the ask to point an alias at a version, or to remove it from the model that a reference names."""
    if not remove:
        return ask_about(registry, "alias", ref, alias=name, comment=comment)
    model = ref if _names_model(ref) else parse_ref(ref).model
    fields = {"alias": name, "comment": comment}
    return Ask(action="alias", model=registry.model(model, complete=False).name, fields=fields)


def _names_model(text: str) -> bool:
    return not ModelName.fault(text)


def _version_before(view: ModelView, stage: str) -> str:
    state = view.stages.get(stage)
    before = held_before(view.history, state) if state else ""
    if not before:
        message = f"no version of {view.name} held {stage!r} before" + (f" {state.version}" if state else "")
        raise NotFoundError(message, hint=f"see what did: signoff history {view.name}")
    return before


def _named_version(view: ModelView, ref: str) -> str:
    if ":" not in ref and "@" not in ref:
        ref = f"{view.name}:{ref}"
    parsed = parse_ref(ref)
    if parsed.model not in {view.name, view.title}:
        message = f"{ref} is not a version of {view.name}"
        raise InvalidValueError(message, hint=f"name one of its versions: signoff ls {view.name}")
    return view.need(parsed).version


def parse_tags(tags: tuple[str, ...], removed: tuple[str, ...]) -> dict[str, str | None]:
    """Return the tags that words say; None removes one.

    Raises:
        InvalidValueError: A word is not KEY=VALUE.
    """
    for word in tags:
        if not word.partition("=")[0] or "=" not in word:
            message = f"{word!r} is not KEY=VALUE"
            raise InvalidValueError(message, hint="write as in: team=risk")
    pairs = {word.partition("=")[0]: word.partition("=")[2] for word in tags}
    return {**pairs, **dict.fromkeys(removed)}


def find_record(registry: Registry, name: str) -> tuple[str, LogRecord]:
    """Return the model and the record that a unique beginning of an id, or `MODEL#SLOT`, names.

    Raises:
        NotFoundError: There is none.
        InvalidValueError: Several ids begin like that, or it is too short.
    """
    model, hash_, slot = name.rpartition("#")
    if hash_ and slot.isdigit():
        records = registry.reader.log(registry.model(model, complete=False).name).log.records
        found = [(model, one) for one in records if one.seq == int(slot)]
    elif len(name) < SHORTEST_ID:
        message = f"{name!r} is too short for a record's id"
        raise InvalidValueError(
            message, hint=f"give at least {SHORTEST_ID} digits, or MODEL#SLOT; see: signoff history"
        )
    else:
        every = ((one, registry.reader.log(one)) for one in registry.models())
        found = [(one, record) for one, known in every for record in known.log.records if record.id.startswith(name)]
    if len(found) > 1:
        message = f"{len(found)} records' ids begin with {name!r}"
        raise InvalidValueError(message, hint="give more digits")
    if not found:
        message = f"there is no record {name!r}"
        raise NotFoundError(message, hint="see all with: signoff history")
    return found[0]


def ask_about_record(registry: Registry, action: str, name: str, **fields: object) -> Ask:
    """Return an ask about a record: to withdraw or to review it."""
    model, record = find_record(registry, name)
    version = record.subject.name.removeprefix(f"{model}:")
    known = version in registry.reader.log(model).history.versions
    return Ask(action=action, model=model, version=version if known else None, fields={"record": record.id, **fields})


def ask_evaluate(registry: Registry, ref: str, file: str, *, comment: str) -> NewEvaluation:
    """Return the ask that makes an evaluation file count: one of this machine, else one that stands there already.

    Raises:
        NotFoundError: There is no such file.
        SchemaError: It is no evaluation, or names no kind.
    """
    view = need_registered(registry, ref)
    name, content = _evaluation_file(registry, view, file)
    return evaluation_of(view, name, content, file=file, comment=comment)


def evaluation_of(view: VersionView, name: str, content: bytes, *, file: str, comment: str) -> NewEvaluation:
    """Return the ask that makes the bytes of an evaluation file count.

    Args:
        view: The version.
        name: The file's path below the version's folder.
        content: Its bytes.
        file: What to call it in messages.
        comment: What its signer says.

    Raises:
        SchemaError: It is no evaluation, or names no kind.
    """
    path = layout.version_file(view.model, view.version, name)
    said = load_evaluation(content, file=file)
    if said.kind is None:
        message = "it does not say which kind of evaluation it is"
        raise SchemaError(message, file=file, path="kind", hint="kind: benchmark, human, safety, fairness, performance")
    fields = {
        "kind": said.kind,
        "outcome": said.outcome or "inconclusive",
        "evidence": [{"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}],
        "comment": comment,
    }
    ask = Ask(action="evaluate", model=view.model, version=view.version, fields=fields)
    return NewEvaluation(ask=ask, path=path, content=content, said=said)


def _evaluation_file(registry: Registry, view: VersionView, file: str) -> tuple[str, bytes]:
    """Return the evaluation's name below the version's folder, and its bytes."""
    stem = slug(Path(file).name.removesuffix(".yml").removesuffix(".yaml").removesuffix(".json"))
    name = f"{layout.EVALUATIONS}/{stem}.yaml"
    if not layout.EVALUATION.fullmatch(name):
        message = f"{file!r} gives no name for an evaluation"
        raise InvalidValueError(message, hint="name the file as the evaluation, as safety.yaml")
    here = Path(file)
    try:
        if here.is_file():
            with here.open("rb") as stream:
                return name, stream.read(layout.LARGEST_METADATA + 1)
        there = layout.version_file(view.model, view.version, name)
        return name, registry.reader.storage.read(there, most=layout.LARGEST_METADATA)
    except NotFoundError:
        message = f"there is no file {file!r}, neither here nor in the evaluations of {view.ref}"
        raise NotFoundError(message) from None
    except OSError as error:
        message = f"cannot read {file!r}: {error.strerror}"
        raise StorageError(message) from error


def publish_evaluation(registry: Registry, new: NewEvaluation) -> bool:
    """Put an evaluation's file into its version's folder; return whether this call wrote it.

    Raises:
        AlreadyExistsError: An evaluation of that name says something else.
    """
    return registry.reader.storage.put_new(new.path, new.content)
