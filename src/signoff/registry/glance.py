"""Opening a large registry without reading it: what somebody kept of it, and what the journal says came since.

The rule it keeps: it is a picture, and says of each model where its lines are from; a model is read when somebody opens
it. Nothing is decided on it. Only where a listing costs requests is anything opened so, and only what is large.
"""

from collections.abc import Iterable

import msgspec

from signoff.errors import StorageError
from signoff.registry.index import Tail, read_newest, tail_of
from signoff.registry.problems import Problem
from signoff.registry.registry import Registry
from signoff.registry.remembered import Picture
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.schema import layout
from signoff.schema.cards import RegistryMetadata
from signoff.schema.journal import paths_of
from signoff.storage.base import Storage

FEWEST = 1000
"""A registry of fewer versions is read."""
MOST_READ = 50
"""So many models that look wrong are read at once; the others when somebody opens them."""


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """A registry that was not read.

    Attributes:
        snapshot: What is to be shown at first; every model in it has its source.
        journal: Up to which entry of the journal was looked.
        changed: Paths that have to be scanned, since what is shown of them is old or doubtful.
        shared: Whether it is from an index, and not yet kept by this client.
    """

    snapshot: Snapshot
    journal: int
    changed: frozenset[str]
    shared: bool


def take_glance(registry: Registry, own: Picture | None = None, *, fewest: int = FEWEST) -> Glance | None:
    """Return a registry as this client or an index remembers it, None where it is to be read, and have it scanned so.

    Args:
        registry: The registry, opened just now.
        own: What this client kept of it.
        fewest: How many versions it must have.
    """
    storage = registry.reader.storage
    if not storage.paged:
        return None
    found = _by_memory(storage, own) or _by_index(registry)
    if found is None or sum(len(model.versions) for model in found.models) < fewest:
        return None
    registry.scanner.begin_with(found.models)
    capabilities = storage.capabilities()
    changed = {path for path in _paths(storage, found.tail) if layout.model_of_record(path)}
    changed |= _doubtful(registry, found.models)
    return Glance(
        snapshot=Snapshot(
            url=registry.url,
            metadata=RegistryMetadata(),
            trust=registry.reader.trust,
            models=found.models,
            problems=found.problems,
            read_only="" if capabilities.writable else capabilities.reason,
        ),
        journal=max((found.journal, *found.tail.numbers)),
        changed=frozenset(changed),
        shared=found.shared,
    )


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    models: tuple[ModelView, ...]
    journal: int
    tail: Tail
    problems: tuple[Problem, ...] = ()
    shared: bool = False


def _by_memory(storage: Storage, own: Picture | None) -> _Found | None:
    if own is None or own.position is None:
        return None
    journal = own.position.journal
    try:
        return _Found(models=own.snapshot.models, journal=journal, tail=tail_of(storage, journal))
    except StorageError:
        return None


def _by_index(registry: Registry) -> _Found | None:
    found, problems = read_newest(registry.reader.storage, registry.reader.trust)
    if found is None:
        return None
    return _Found(models=found.models, journal=found.journal, tail=found.tail, problems=problems, shared=True)


def _paths(storage: Storage, tail: Tail) -> Iterable[str]:
    """Yield the paths of the records that a part of the journal tells of; what cannot be read tells of none."""
    paths = [layout.journal_path(number) for number in tail.numbers]
    for content in storage.read_many(paths, most=layout.LARGEST_JOURNAL_ENTRY):
        if isinstance(content, bytes):
            yield from paths_of(content)


def _doubtful(registry: Registry, models: Iterable[ModelView]) -> set[str]:
    """Return a record's path of each model that was not sound, that is missing, or was longer when this client saw it."""
    known = {model.name: model for model in models}
    doubtful = [model.name for model in known.values() if not model.sound]
    for name in registry.reader.known_models():
        model, pin = known.get(name), registry.reader.pins.pins.get(layout.model_chain(name))
        length = model.source.length if model is not None and model.source is not None else 0
        if model is None or (pin is not None and pin.seq > length):
            doubtful.append(name)
    return {layout.record_path(layout.model_chain(name), 1) for name in doubtful[:MOST_READ]}
