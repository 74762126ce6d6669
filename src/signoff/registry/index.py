"""Reading the shared index: what lists show of a whole registry, as one client wrote it for all.

The rule it keeps: it is a picture by anybody: what is malformed or hostile in it is left out and said, what it says is
shown as not verified, and nothing is decided on it.
"""

from decimal import Decimal

import msgspec

from signoff.errors import InvalidValueError, NotFoundError, SchemaError, SignoffError, StorageError
from signoff.policy.trust import TrustChain
from signoff.registry.kept import Figure, KeptModel, Line
from signoff.registry.problems import Problem
from signoff.registry.recalled import Painting, large
from signoff.registry.snapshot import ModelView, Source
from signoff.schema import layout
from signoff.schema.index import IndexFile, load_index
from signoff.storage.base import Storage
from signoff.values.metrics import LONGEST, MAGNITUDE
from signoff.values.names import Digest, ModelName, PointerName, VersionName

MOST_TRIED = 3
MOST_FOLLOWED = 1000
MOST_SAID = 5
HINT = "it is left out; signoff doctor --index writes a new one, signoff gc removes it"
READ_ALL = "the other lines are from the same index: read everything, with r or signoff ls --complete"


class Tail(msgspec.Struct, frozen=True):
    """What the journal has after an entry: the numbers of its entries, as many as are worth reading one by one."""

    numbers: tuple[int, ...]


class Indexed(msgspec.Struct, frozen=True, kw_only=True):
    """A registry as an index says it is.

    Attributes:
        models: Its models, each with its source.
        journal: Up to which entry of the journal that goes.
        tail: What the journal has after it.
    """

    models: tuple[ModelView, ...]
    journal: int
    tail: Tail


_encode_lines = msgspec.json.Encoder().encode
_decode_model = msgspec.json.Decoder(KeptModel).decode
_decode_lines = msgspec.json.Decoder(tuple[Line, ...]).decode


def find_indexes(storage: Storage) -> tuple[int, ...]:
    """Return up to which entries of the journal the indexes go that are there, the newest first, by their names alone.

    Raises:
        StorageError: They cannot be listed.
    """
    try:
        entries = storage.entries(layout.INDEX)
    except NotFoundError:
        return ()
    found = [number for entry in entries if (number := layout.index_of(entry.name)) is not None]
    return tuple(sorted(found, reverse=True))


def tail_of(storage: Storage, entry: int) -> Tail:
    """Return what the journal has after an entry.

    Raises:
        NotFoundError: That entry is not there, or more follow it than are worth reading.
        StorageError: The journal cannot be listed.
    """
    before = layout.journal_path(entry - 1).rpartition("/")[2] if entry else ""
    try:
        names = storage.entries(layout.JOURNAL, after=before, most=MOST_FOLLOWED + 2)
    except NotFoundError:
        names = ()
    numbers = [number for one in names if (number := layout.journal_entry_of(one.name))]
    if entry and numbers[:1] != [entry]:
        message = f"it goes up to entry {entry} of the journal, which is not there"
        raise NotFoundError(message)
    if len(numbers) > MOST_FOLLOWED + bool(entry):
        message = f"it is old: more than {MOST_FOLLOWED} entries of the journal follow it"
        raise NotFoundError(message)
    return Tail(tuple(numbers[1:] if entry else numbers))


def read_newest(storage: Storage, trust: TrustChain) -> tuple[Indexed | None, tuple[Problem, ...]]:
    """Return the newest index that can be used, None where none can, and what is wrong with newer ones."""
    problems: list[Problem] = []
    try:
        numbers = find_indexes(storage)
    except StorageError as error:
        return None, (_note(layout.INDEX, str(error)),)
    for number in numbers[:MOST_TRIED]:
        try:
            tail = tail_of(storage, number)
            models, faults = read_index(storage, trust, number)
        except (SchemaError, StorageError) as error:
            problems.append(_note(layout.index_path(number), str(error)))
            continue
        return Indexed(models=models, journal=number, tail=tail), (*problems, *faults)
    return None, tuple(problems)


def read_index(storage: Storage, trust: TrustChain, number: int) -> tuple[tuple[ModelView, ...], tuple[Problem, ...]]:
    """Return the models of an index, and what in it is no model that a registry can have.

    Raises:
        SchemaError: It cannot be used at all.
        StorageError: It cannot be read.
    """
    path = layout.index_path(number)
    content = storage.read(path, most=layout.LARGEST_INDEX)
    said = load_index(content, registry=trust.registry, journal=number)
    _need_known_rules(said, trust)
    return _models_of(said, path)


def _note(place: str, what: str) -> Problem:
    return Problem(place=place, what=what, hint=HINT, severity="note")


def _need_known_rules(said: IndexFile, trust: TrustChain) -> None:
    if all(record.id != said.trust for record in trust.records):
        message = "its lines were made by rules that the trust chain does not know"
        raise SchemaError(message)


def _models_of(said: IndexFile, path: str) -> tuple[tuple[ModelView, ...], tuple[Problem, ...]]:
    """Return the models of an index, and what in it is no model that a registry can have."""
    found: dict[str, ModelView] = {}
    faults: list[str] = []
    painting = Painting(_lines)
    for raw in said.models:
        try:
            kept = _sound(_decode_model(raw))
        except (msgspec.DecodeError, ValueError, RecursionError, SignoffError) as error:
            faults.append(str(error))
            continue
        source = Source(place=path, moment=said.moment, length=kept.length, head=kept.head)
        if kept.name.lower() in found:
            faults.append(f"{kept.name!r} is in it twice")
        else:
            found[kept.name.lower()] = large(kept, painting, source=source)
    problems = [_note(path, f"a model in it cannot be used: {fault}") for fault in faults[:MOST_SAID]]
    if len(faults) > MOST_SAID:
        problems.append(_note(path, f"{len(faults) - MOST_SAID} more models in it cannot be used"))
    return tuple(sorted(found.values(), key=lambda model: model.name)), tuple(problems)


def _sound(model: KeptModel) -> KeptModel:
    """Return a model of an index, whose every name is one, with as many lines as it says.

    Raises:
        SignoffError: Something in it is not what its place says it should be.
    """
    _need(ModelName.fault(model.name))
    for name, stage in model.stages.items():
        _need(PointerName.fault(name) or VersionName.fault(stage.version) or _unlike(name, stage.stage))
    for name, alias in model.aliases.items():
        _need(PointerName.fault(name) or VersionName.fault(alias.version) or _unlike(name, alias.alias))
    _need("a head without its length" if bool(model.length > 0) != bool(model.head) else "")
    lines = _decode_lines(model.versions)
    for line in lines:
        _need(VersionName.fault(line.version) or (Digest.fault(line.digest) if line.digest else ""))
        _need("a size below nothing" if line.size is not None and line.size < 0 else "")
    if len({line.version for line in lines}) != len(lines):
        _need("a version is in it twice")
    if model.newest and all(line.version != model.newest for line in lines):
        _need("its newest version is none of its versions")
    calm = [msgspec.structs.replace(line, figures=tuple(map(_calm, line.figures))) for line in lines]
    versions = model.versions if calm == list(lines) else msgspec.Raw(_encode_lines(calm))
    return msgspec.structs.replace(model, count=len(lines), source=None, versions=versions)


def _need(fault: str) -> None:
    if fault:
        raise InvalidValueError(fault)


def _unlike(one: str, other: str) -> str:
    return "" if one == other else f"{one!r} is called {other!r} inside"


def _calm(figure: Figure) -> Figure:
    """Return a figure, without its number where that is none which `read_number` gives: it would take all time to print."""
    number = figure.number
    return figure if number is None or _printable(number) else msgspec.structs.replace(figure, number=None)


def _printable(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) <= MAGNITUDE and len(number.as_tuple().digits) <= LONGEST


def _lines(content: msgspec.Raw) -> tuple[Line, ...]:
    return _decode_lines(content)  # it was decoded before


def disagreement(before: ModelView, after: ModelView) -> Problem | None:
    """Return what an index said of a model that its log, which was read now, does not say; None where that agrees.

    An index may be older than the log: it disagrees where the log never had its head, or says something else at that
    very head.
    """
    source = before.source
    if source is None or not source.place:
        return None
    records = after.history.entries.records
    if source.length > len(records) or (source.length and records.id_at(source.length - 1) != source.head):
        return _false(source, before.name, "knows another log")
    if source.length == len(records) and _pointers(before) != _pointers(after):
        return _false(source, before.name, "says that stages, aliases or versions are others")
    return None


def _false(source: Source, model: str, what: str) -> Problem:
    said = f"it {what} than {model} has: what was read is shown"
    return Problem(place=source.place, what=said, hint=READ_ALL, severity="note")


def _pointers(model: ModelView) -> tuple[object, ...]:
    history = model.history
    stages = sorted((one.stage, one.version) for one in history.stages.values())
    aliases = sorted((one.alias, one.version) for one in history.aliases.values())
    registered = sorted((view.version, view.digest or "") for view in model.versions if view.registered)
    return (stages, aliases, registered, history.newest_version or "")
