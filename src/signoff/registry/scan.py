"""Storage to `Snapshot`: finds the models, reads their logs and their versions' files.

The rule it keeps: what cannot be read becomes a `Problem` at its place; a model or version is never left out. A model
that nothing touched since the last scan is taken over as it was. A long scan tells on its way what it has found.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from signoff.errors import NotFoundError, SchemaError, StorageError
from signoff.policy.history import History
from signoff.policy.states import States
from signoff.registry.cache import Cache
from signoff.registry.flags import with_flags
from signoff.registry.grown import ModelLog
from signoff.registry.index import disagreement
from signoff.registry.listed import Folders, Listed, list_folders, look_again
from signoff.registry.models import find_models, is_model
from signoff.registry.problems import Problem
from signoff.registry.pulse import Pulse, SoFar
from signoff.registry.reader import Reader
from signoff.registry.rows import primary_metrics
from signoff.registry.snapshot import NO_FIGURES, ModelView, Snapshot
from signoff.registry.touched import Touched, may_move_models, touched_in, touched_models
from signoff.registry.unchanged import Unchanged
from signoff.registry.versions import ModelVersions
from signoff.registry.versionscan import VersionScan
from signoff.registry.views import Totals, VersionView, totals_of
from signoff.schema import layout
from signoff.schema.cards import ModelMetadata, RegistryMetadata, load_model, load_registry
from signoff.values.names import ModelName

Loaded = TypeVar("Loaded", ModelMetadata, RegistryMetadata)
LISTING = 0.1
"""So many seconds it may take to list versions by their names before any log is read."""


class Scanner:
    """Makes snapshots of one registry, one after another."""

    def __init__(self, reader: Reader, cache: Cache) -> None:
        """Scan what this reader reads."""
        self._reader = reader
        self._storage = reader.storage
        self._cache = cache
        self._versions = VersionScan(reader, cache)
        self._models: dict[str, ModelView] = {}
        self._found: tuple[tuple[str, ...], list[Problem]] = ((), [])
        self._complete = False
        self._unchanged = Unchanged(self._storage, cache.sure_until)
        self._glanced, self._false = False, dict[str, Problem]()

    def scan(
        self, *, changed: Collection[str] | None = None, complete: bool = True, so_far: SoFar | None = None
    ) -> Snapshot:
        """Return the registry as it is now.

        Args:
            changed: Paths that changed since the last scan; None or empty: look at everything.
            complete: Whether to read every version's files; False is the quick first look.
            so_far: Called now and then with what was read until then, beside what was known before.
        """
        trust_moved = self._reader.refresh_trust()
        if trust_moved:
            self._unchanged.forget()
        with self._unchanged.looking():
            return self._scan(changed, trust_moved=trust_moved, complete=complete, so_far=so_far)

    def _scan(
        self, changed: Collection[str] | None, *, trust_moved: bool, complete: bool, so_far: SoFar | None
    ) -> Snapshot:
        if self._glanced and changed:
            return self._scan_glanced(changed, again=trust_moved)
        self._glanced = False
        everything = trust_moved or not changed or complete != self._complete
        paths = None if everything else changed
        if paths is None or any(may_move_models(path, self._models) for path in paths):
            self._unchanged.find(self._find_models, anew=trust_moved)
        names, strange = self._found
        touched = names if paths is None else touched_models(paths, names)
        new = [name for name in names if name not in self._models]
        self._models = {name: self._models.get(name) or _unread(name) for name in names}
        pulse = Pulse(so_far, self._partly) if so_far else None
        if so_far is not None and new:
            self._list(new)
            so_far(self._snapshot(strange, complete=False))
        again = dict.fromkeys((*touched, *new))
        with self._reader.ahead(self._unchanged.ahead(again) if everything and complete else again) as each:
            for name in each:
                only = None if paths is None or name in new else touched_in(paths, name)
                self._models[name] = self._again(name, complete=complete, only=only, pulse=pulse)
                if pulse is not None and pulse.is_due():
                    pulse.tell(self._models[name])
        self._complete = complete
        self._cache.save()
        return self._snapshot([*self._registry_problems(), *strange], complete=complete)

    def begin_with(self, models: Collection[ModelView]) -> None:
        """Take models over as somebody kept them; each stays so until a path in it is scanned, or everything is."""
        self._models = {model.name: model for model in models}
        self._glanced = self._complete = True

    def _scan_glanced(self, changed: Collection[str], *, again: bool) -> Snapshot:
        """Read the models that these paths touch, or that records among them make; `again`: and those that were read."""
        named = {layout.model_of_record(path) for path in changed} - self._models.keys()
        for name in sorted(named):
            if not ModelName.fault(name) and is_model(self._reader, name):
                self._models[name] = _unread(name)
        self._models = dict(sorted(self._models.items()))
        read = [name for name, model in self._models.items() if again and model.source is None]
        for name in dict.fromkeys((*touched_models(changed, self._models), *read)):
            before = self._models[name]
            whole = again or before.unread or before.source is not None
            self._models[name] = self._model(name, complete=True, only=None if whole else touched_in(changed, name))
            false = disagreement(before, self._models[name])
            if false is not None:
                self._false.setdefault(false.place, false)
            if before.source is not None and self._is_invented(self._models[name]):
                del self._models[name]
        self._cache.save()
        return self._snapshot([*self._registry_problems(), *self._false.values()], complete=True)

    def _is_invented(self, model: ModelView) -> bool:
        """Tell whether there is no such model, and never was."""
        there = bool(model.versions or model.history.entries) or model.name in self._reader.known_models()
        return not there and not is_model(self._reader, model.name)

    def _snapshot(self, problems: list[Problem], *, complete: bool) -> Snapshot:
        metadata, faults = self._load(layout.REGISTRY_FILE, load_registry, RegistryMetadata())
        capabilities = self._storage.capabilities()
        models = tuple(self._models.values())
        return Snapshot(
            url=self._storage.url,
            metadata=metadata,
            trust=self._reader.trust,
            models=with_flags(models, self._reader) if complete else models,
            problems=tuple(problems + faults),
            read_only="" if capabilities.writable else capabilities.reason,
            complete=complete,
        )

    def _find_models(self) -> list[str]:
        """Find the models; return the folders in which they were looked for."""
        folders: list[str] = []
        self._found = find_models(self._reader, folders=folders)
        return folders

    def _list(self, names: Iterable[str]) -> None:
        """Give new models the names of their versions, as many as can be listed before somebody waits for it."""
        until = time.monotonic() + LISTING
        for name in names if not self._storage.paged else ():
            found = list_folders(self._storage, name, ())
            self._models[name] = replace(self._models[name], versions=Listed(name, found.drafts))
            if time.monotonic() >= until:
                break

    def _again(self, name: str, *, complete: bool, only: Touched | None, pulse: Pulse | None = None) -> ModelView:
        """Return a model as it is now: the very same where it is as it was, `only` saying where it may have changed."""
        if not complete or only is not None:
            return self._model(name, complete=complete, only=only, pulse=pulse)
        mark, before = self._unchanged.look(name), self._models.get(name)
        alike = before is not None and self._versions.judges_alike(name, self._reader.trust.newest.document)
        if before and alike and self._unchanged.is_same(name, mark, self._versions.seen.get(name), before.history):
            return before
        view = self._model(name, complete=True, pulse=pulse)
        if self._reader.known(name).alarm is None:
            self._unchanged.keep(name, mark)
        return view

    def _partly(self, part: ModelView) -> Snapshot:
        """Return what is known while a model is being read."""
        self._models[part.name] = part
        return self._snapshot([*self._registry_problems(), *self._found[1]], complete=False)

    def one(self, name: str, *, complete: bool) -> ModelView | None:
        """Return one model, without looking at the others; None where there is none."""
        if not is_model(self._reader, name):
            return None
        with self._cache.alone():
            view = self._model(name, complete=complete)
        self._cache.save()
        return view

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

    def _model(
        self, name: str, *, complete: bool, only: Touched | None = None, pulse: Pulse | None = None
    ) -> ModelView:
        self._unchanged.forget(name)
        before = self._models.get(name)
        known = self._log(name, only)
        path = f"{layout.model_folder(name)}/{layout.MODEL_FILE}"
        metadata, problems = self._load(path, load_model, ModelMetadata())
        problems += self._log_problems(name, known)
        folders = self._folders(name, known.history, only)
        view = ModelView(
            name=name,
            metadata=metadata,
            history=known.history,
            problems=(*problems, *folders.problems),
            sound=known.alarm is None,
        )
        self._versions.measure(name, primary_metrics(metadata) if complete else ())
        trust, views = self._reader.trust.newest.document, list[VersionView]()
        with ModelVersions(self._versions, name, known.history, trust, folders=folders, deep=complete) as versions:
            few = None if only is None else versions.few(only.versions)
            for one in versions.views(only.versions if only else None) if few is None else few:
                views.append(one)
                if pulse is not None and pulse.is_due():
                    pulse.tell(replace(view, versions=_followed(views, before)))
        figures = self._versions.figures(name) if complete else NO_FIGURES
        settled = self._versions.settle(name, views, known.history)
        return replace(view, versions=settled, known_totals=totals_of(views), figures=figures)

    def _log(self, model: str, only: Touched | None) -> ModelLog:
        """Return a model's log; where only slots behind the known ones changed, no other is listed."""
        if only is None or only.slots is None or self._reader.known(model).alarm is not None:
            return self._reader.log(model)
        known = self._reader.known(model)
        if only.slots and min(only.slots) > len(known.log.records):
            known = self._reader.next_records(model)
            return known if max(only.slots) <= len(known.log.records) else self._reader.log(model)
        return self._reader.log(model) if only.slots else known

    def _folders(self, model: str, history: History, only: Touched | None) -> Folders:
        """Return the folders of a model's versions; only some are looked at where it is known how they were."""
        seen, states = self._versions.seen.get(model), history.versions
        if only is not None and seen is not None and seen.base is not None and isinstance(states, States):
            new = islice(states, len(seen.base.history.versions), None)
            found = look_again(self._storage, model, states, seen.base.folders, only.versions.union(new))
            if found is not None:
                return found
        return list_folders(self._storage, model, history.versions)

    def _log_problems(self, name: str, known: ModelLog) -> list[Problem]:
        place = layout.chain_folder(layout.model_chain(name))
        found = []
        if known.alarm is not None and known.alarm is not self._reader.trust_alarm:
            found.append(Problem(place=place, what=str(known.alarm), hint=known.alarm.hint, severity="alarm"))
        found += [*strange_names(place, known.strange), *known.problems]
        waiting = (f"a break_glass waits for its review: {one[:12]}" for one in known.history.emergencies)
        told = (*known.history.problems, *waiting)
        found += [Problem(place=place, what=what, severity="note") for what in told]
        return found


def strange_names(place: str, names: Collection[str]) -> tuple[Problem, ...]:
    """Return a problem for every name in a chain's folder that is no record."""
    hint = "look at it; signoff doctor --quarantine moves it away"
    return tuple(Problem(place=f"{place}/{name}", what="it is no record", hint=hint, severity="note") for name in names)


def _followed(views: Sequence[VersionView], before: ModelView | None) -> tuple[VersionView, ...]:
    """Return the versions that were read, and behind them the others as they were before."""
    read = {view.version for view in views}
    return (*views, *(view for view in (before.versions if before else ()) if view.version not in read))


def _unread(name: str) -> ModelView:
    return ModelView(
        name=name, metadata=ModelMetadata(), history=History(model=name), known_totals=Totals(), unread=True
    )
