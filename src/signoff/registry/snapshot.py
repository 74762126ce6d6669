"""The whole registry as one immutable value: what every screen and list shows.

The rule it keeps: a snapshot holds no handle to storage, keys or clocks; equal registries have equal snapshots; what
cannot be read is a `Problem` in it, never left out.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from signoff.errors import InvalidValueError, NotFoundError
from signoff.policy.history import History, StageState
from signoff.policy.order import stage_order
from signoff.policy.states import States
from signoff.policy.trust import TrustChain
from signoff.registry.problems import Problem
from signoff.registry.views import Named, Totals, VersionView, totals_of
from signoff.schema.cards import ModelMetadata, RegistryMetadata
from signoff.values.refs import Ref, parse_ref

FEW = 16
NO_FIGURES: Mapping[str, bytes] = {}
GONE = frozenset({"revoked", "purged", "missing"})
"""What a version is that nobody should use."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the lines of a model are from that was not read in this session.

    Attributes:
        place: The index, by its path below the registry; "" for what this client read itself, earlier.
        moment: When they were written down.
        length: How many records its log had then.
        head: The id of the last one; "" for an empty log.
    """

    place: str
    moment: datetime
    length: int
    head: str


class ModelView(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One model.

    Attributes:
        name: Its name.
        metadata: Its model.yaml; an empty one where there is none or it cannot be read.
        history: What its log says.
        versions: Registered versions in the order of registration, then unregistered folders by name.
        known_totals: What is to be said of them together, where somebody added it up.
        figures: The numbers of the metrics that model.yaml calls primary, for each registered version in order, as
            doubles; NaN where there is none.
        known_bad: Versions that a stage points at and nobody should use, where somebody looked.
        problems: What is wrong with it, apart from its versions.
        sound: Whether decisions may be made on its log.
        unread: Whether no more than its name and those of its versions is known yet.
        source: Where its lines are from, as long as it was not read; None once it was.
    """

    name: str
    metadata: ModelMetadata
    history: History
    versions: Sequence[VersionView] = ()
    known_totals: Totals | None = None
    figures: Mapping[str, bytes] = {}
    known_bad: tuple[str, ...] | None = None
    problems: tuple[Problem, ...] = ()
    sound: bool = True
    unread: bool = False
    source: Source | None = None

    @property
    def totals(self) -> Totals:
        """What is to be said of its versions together."""
        return totals_of(self.versions) if self.known_totals is None else self.known_totals

    def troubled(self) -> Iterator[VersionView]:
        """Yield the versions that have problems."""
        return (view for view in self.versions if view.problems) if self.totals.told else iter(())

    def is_bad(self, version: str) -> bool:
        """Tell whether nobody should use a version that a stage points at: it is gone, revoked, or built on such."""
        if self.known_bad is not None:
            return version in self.known_bad
        view = self.find(version)
        return view is None or view.status in GONE or bool(view.revoked_bases)

    @property
    def title(self) -> str:
        """What a source called it, or its name."""
        return self.metadata.title or self.name

    @property
    def stages(self) -> Mapping[str, StageState]:
        """Its stages by name."""
        return self.history.stages

    @property
    def newest(self) -> VersionView | None:
        """The version registered last."""
        name = self.history.newest_version
        return self.find(name) if name else None

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        if isinstance(self.versions, Named):
            return self.versions.find(version)
        if len(self.versions) <= FEW:
            return next((one for one in self.versions if one.version == version), None)
        states = self.history.versions
        place = states.place_of(version) if isinstance(states, States) else None
        if place is not None and place < len(self.versions) and self.versions[place].version == version:
            return self.versions[place]
        return self._by_name.get(version)

    @cached_property
    def _by_name(self) -> Mapping[str, VersionView]:
        return {one.version: one for one in reversed(self.versions)}

    def need(self, ref: Ref) -> VersionView:
        """Return the version that a reference selects.

        Raises:
            NotFoundError: There is none.
            InvalidValueError: A digest's prefix fits several.
        """
        found = self._selected(ref)
        if not found:
            message = f"{ref} is not there"
            names = ", ".join(one.version for one in self.versions[-8:]) or "none"
            raise NotFoundError(message, hint=f"versions of {self.name}: {names}")
        if len(found) > 1:
            message = f"{ref} fits {len(found)} versions: {', '.join(one.version for one in found)}"
            raise InvalidValueError(message, hint="give more digits of the digest")
        return found[0]

    def _selected(self, ref: Ref) -> list[VersionView]:
        match ref.kind:
            case "digest":
                return [one for one in self.versions if one.digest and one.digest.startswith(ref.selector)]
            case "pointer":
                name = self._pointed(ref.selector)
            case _:
                name = ref.selector
        found = self.find(name) if name is not None else None
        return [found] if found else []

    def _pointed(self, pointer: str) -> str | None:
        if pointer in self.history.stages:
            return self.history.stages[pointer].version
        if pointer in self.history.aliases:
            return self.history.aliases[pointer].version
        return self.history.newest_version if pointer == "latest" else None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole registry.

    Attributes:
        url: Where it is.
        metadata: Its registry.yaml; an empty one where there is none or it cannot be read.
        trust: Its trust chain.
        models: Its models, by name.
        problems: What is wrong with the registry as a whole.
        read_only: Why nothing can be written here; "" where it can.
        complete: Whether every version's files were read; False for the quick first look.
    """

    url: str
    metadata: RegistryMetadata
    trust: TrustChain
    models: tuple[ModelView, ...] = ()
    problems: tuple[Problem, ...] = ()
    read_only: str = ""
    complete: bool = True

    @property
    def title(self) -> str:
        """What it calls itself, or where it is."""
        return self.metadata.title or self.url

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that have rules, in the order of promotion."""
        return stage_order(self.trust.newest.document)

    @property
    def source(self) -> Source | None:
        """Where the oldest lines are from that were not read in this session; None where all were."""
        found = (model.source for model in self.models if model.source is not None)
        return min(found, key=lambda one: (not one.place, one.moment), default=None)

    def with_model(self, view: ModelView) -> "Snapshot":
        """Return the same registry with one model as it was read meanwhile."""
        models = tuple(view if model.name == view.name else model for model in self.models)
        return msgspec.structs.replace(self, models=models)

    def versions(self) -> Iterator[VersionView]:
        """Yield every version of every model."""
        for model in self.models:
            yield from model.versions

    def all_problems(self) -> tuple[Problem, ...]:
        """Return the problems of the registry, its models and their versions; alarms first."""
        found = list(self.problems)
        for model in self.models:
            found += model.problems
            for version in model.troubled():
                found += version.problems
        order = {"alarm": 0, "fault": 1, "note": 2}
        return tuple(sorted(found, key=lambda one: order[one.severity]))

    def find_model(self, name: str) -> ModelView | None:
        """Return a model by its name, or by its title where that is unique; None where there is none."""
        at = bisect_left(self.models, name, key=_model_name)
        if at < len(self.models) and self.models[at].name == name:
            return self.models[at]
        named = [one for one in self.models if one.name == name]  # an index of others may be in no order
        found = named or [one for one in self.models if one.metadata.title == name]
        return found[0] if named or len(found) == 1 else None

    def need_model(self, name: str) -> ModelView:
        """Return a model.

        Raises:
            NotFoundError: There is none of that name or title.
        """
        model = self.find_model(name)
        if model is None:
            message = f"there is no model {name!r} in {self.url}"
            raise NotFoundError(message, hint="list them with: signoff ls")
        return model

    def find(self, ref: str) -> VersionView | None:
        """Return the version that a reference names, or None where there is none.

        Raises:
            InvalidValueError: The text is no reference.
        """
        try:
            return self.need(ref)
        except NotFoundError:
            return None

    def need(self, ref: str) -> VersionView:
        """Return the version that a reference names.

        Raises:
            InvalidValueError: The text is no reference, or fits several versions.
            NotFoundError: There is no such version.
        """
        parsed = parse_ref(ref)
        return self.need_model(parsed.model).need(parsed)


def _model_name(model: ModelView) -> str:
    return model.name
