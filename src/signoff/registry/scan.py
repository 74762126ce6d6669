"""Storage to `Snapshot`: finds the models, reads their logs and their versions' files.

The rule it keeps: what cannot be read becomes a `Problem` at its place; a model or version is never left out. A model
that nothing touched since the last scan is taken over as it was.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from msgspec.structs import replace

from signoff.errors import NotFoundError, SchemaError, StorageError
from signoff.registry.ancestry import graph_of
from signoff.registry.models import find_models, is_model
from signoff.registry.problems import Problem
from signoff.registry.reader import ModelLog, Reader
from signoff.registry.snapshot import ModelView, Snapshot, VersionView
from signoff.registry.versions import VersionScan
from signoff.schema import layout
from signoff.schema.cards import ModelMetadata, RegistryMetadata, load_model, load_registry
from signoff.storage.base import Entry
from signoff.values.names import Digest, VersionName

Loaded = TypeVar("Loaded", ModelMetadata, RegistryMetadata)


class Scanner:
    """Makes snapshots of one registry, one after another."""

    def __init__(self, reader: Reader) -> None:
        """Scan what this reader reads."""
        self._reader = reader
        self._storage = reader.storage
        self._versions = VersionScan(reader)
        self._models: dict[str, ModelView] = {}
        self._complete = False

    def scan(self, *, changed: Collection[str] | None = None, complete: bool = True) -> Snapshot:
        """Return the registry as it is now.

        Args:
            changed: Paths that changed since the last scan; None or empty: look at everything.
            complete: Whether to read every version's files; False is the quick first look.
        """
        trust_moved = self._reader.refresh_trust()
        everything = trust_moved or not changed or complete != self._complete
        problems = list(self._registry_problems())
        names, strange = find_models(self._reader)
        problems += strange
        touched = None if everything else {name for name in names if _touches(name, changed or ())}
        self._models = {
            name: self._models[name]
            if touched is not None and name not in touched and name in self._models
            else self._model(name, complete=complete)
            for name in names
        }
        self._complete = complete
        metadata, faults = self._load(layout.REGISTRY_FILE, load_registry, RegistryMetadata())
        capabilities = self._storage.capabilities()
        return Snapshot(
            url=self._storage.url,
            metadata=metadata,
            trust=self._reader.trust,
            models=_with_flags(tuple(self._models.values()), self._reader),
            problems=tuple(problems + faults),
            read_only="" if capabilities.writable else capabilities.reason,
            complete=complete,
        )

    def one(self, name: str, *, complete: bool) -> ModelView | None:
        """Return one model, without looking at the others; None where there is none."""
        return self._model(name, complete=complete) if is_model(self._reader, name) else None

    def card_now(self, model: str, version: str) -> str | None:
        """Return the sha256 of a version's model card as it is now; None where it has none that can be read."""
        return self._versions.card_now(model, version)

    def _registry_problems(self) -> tuple[Problem, ...]:
        alarm = self._reader.trust_alarm
        place = layout.chain_folder(layout.TRUST_CHAIN)
        found = (Problem(place=place, what=str(alarm), hint=alarm.hint, severity="alarm"),) if alarm else ()
        return found + strange_names(place, self._reader.trust_strange)

    def _load(self, path: str, load: Callable[[bytes], Loaded], empty: Loaded) -> tuple[Loaded, list[Problem]]:
        try:
            return load(self._storage.read(path, most=layout.LARGEST_METADATA)), []
        except NotFoundError:
            return empty, []
        except (SchemaError, StorageError) as error:
            return empty, [Problem(place=path, what=str(error), hint=error.hint)]

    def _model(self, name: str, *, complete: bool) -> ModelView:
        known = self._reader.log(name)
        path = f"{layout.model_folder(name)}/{layout.MODEL_FILE}"
        metadata, problems = self._load(path, load_model, ModelMetadata())
        problems += self._log_problems(name, known)
        folders, strange = self._version_folders(name, known.history.versions)
        trust = self._reader.trust.newest.document
        versions = [
            self._versions.registered(
                name, state, known.history, trust, present=state.version in folders, deep=complete
            )
            for state in known.history.versions.values()
        ]
        drafts = [one for one in folders if one not in known.history.versions]
        versions += [self._versions.draft(name, one, known.history, deep=complete) for one in sorted(drafts)]
        return ModelView(
            name=name,
            metadata=metadata,
            history=known.history,
            versions=tuple(versions),
            problems=tuple(problems + strange),
            sound=known.alarm is None,
        )

    def _log_problems(self, name: str, known: ModelLog) -> list[Problem]:
        place = layout.chain_folder(layout.model_chain(name))
        found = []
        if known.alarm is not None and known.alarm is not self._reader.trust_alarm:
            found.append(Problem(place=place, what=str(known.alarm), hint=known.alarm.hint, severity="alarm"))
        found += strange_names(place, known.strange)
        found += [Problem(place=place, what=what, severity="note") for what in known.history.problems]
        waits = "a break_glass waits for its review"
        found += [
            Problem(place=place, what=f"{waits}: {one[:12]}", severity="note") for one in known.history.emergencies
        ]
        return found

    def _version_folders(self, model: str, registered: Collection[str]) -> tuple[set[str], list[Problem]]:
        place = f"{layout.model_folder(model)}/{layout.VERSIONS}"
        try:
            entries = self._storage.entries(place)
        except NotFoundError:
            return set(), []
        except StorageError as error:
            return set(), [Problem(place=place, what=str(error), hint=error.hint)]
        known = {name.lower(): name for name in registered}
        folders, problems = set(), []
        for entry in entries:
            fault = _version_fault(entry, known)
            if fault:
                problems.append(Problem(place=f"{place}/{entry.name}", what=fault, hint="rename or remove it"))
            else:
                folders.add(entry.name)
                known.setdefault(entry.name.lower(), entry.name)
        return folders, problems


def strange_names(place: str, names: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for every name in a chain's folder that is no record."""
    hint = "look at it; signoff doctor --quarantine moves it away"
    return tuple(Problem(place=f"{place}/{name}", what="it is no record", hint=hint, severity="note") for name in names)


def _version_fault(entry: Entry, known: Mapping[str, str]) -> str:
    if entry.kind != "folder":
        return "it is a file or link where only folders of versions belong"
    fault = VersionName.fault(entry.name)
    other = known.get(entry.name.lower(), entry.name)
    return fault or ("" if other == entry.name else f"its name differs from {other!r} only in case")


def _touches(model: str, changed: Collection[str]) -> bool:
    folder = layout.model_folder(model)
    return any(path == folder or path.startswith(f"{folder}/") for path in changed)


def _with_flags(models: tuple[ModelView, ...], reader: Reader) -> tuple[ModelView, ...]:
    """Return the models with every version flagged that is built, by digest, on a revoked one."""
    revoked = [
        Digest(one.digest) for model in models for one in model.versions if one.status == "revoked" and one.digest
    ]
    words: dict[tuple[str, str], tuple[str, ...]] = {}
    if revoked:
        graph = graph_of((one for model in models for one in model.versions if one.digest), reader)
        for tainted in graph.descendants_by_digest(revoked):
            base = tainted.path[-1].parent
            words[tainted.node.name, tainted.node.version] = (f"{base.name}:{base.version} is revoked",)
    return tuple(_flagged(model, words) for model in models)


def _flagged(model: ModelView, words: Mapping[tuple[str, str], tuple[str, ...]]) -> ModelView:
    def bases(one: VersionView) -> tuple[str, ...]:
        return words.get((one.model, one.version), ())

    if all(one.revoked_bases == bases(one) for one in model.versions):
        return model
    return replace(model, versions=tuple(replace(one, revoked_bases=bases(one)) for one in model.versions))
