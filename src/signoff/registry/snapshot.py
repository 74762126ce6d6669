"""The whole registry as one immutable value: what every screen and list shows.

The rule it keeps: a snapshot holds no handle to storage, keys or clocks; equal registries have equal snapshots; what
cannot be read is a `Problem` in it, never left out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from signoff.errors import InvalidValueError, NotFoundError
from signoff.policy.approvals import Standing
from signoff.policy.history import History, StageState, VersionState
from signoff.policy.stage import stage_order
from signoff.policy.trust import TrustChain
from signoff.registry.indexing import index_of
from signoff.registry.problems import Problem
from signoff.schema.cards import ModelMetadata, RegistryMetadata, VersionMetadata
from signoff.values.metrics import Metric
from signoff.values.refs import Ref, parse_ref

Status = Literal["registered", "unregistered", "deprecated", "revoked", "purged", "missing"]
FEW = 16


class StageStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far a version is on its way to a stage."""

    stage: str
    standing: Standing


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version: what its files say, what its log says, where it stands.

    Attributes:
        model: The model's name.
        version: Its name.
        digest: The sha256 of its manifest; None while it is not registered.
        status: In one word.
        state: What the log says; None while it is not registered.
        metadata: Its version.yaml; None where it cannot be had.
        metrics: Of version.yaml and of the evaluations that count (all evaluation files, while unregistered).
        card: The sha256 of its model card as it is now, or None.
        stages: The stages that point at it.
        aliases: The aliases that point at it; `latest` is none of them.
        asks: How far it is for every stage that has a rule.
        files: How many files; None where nobody counted.
        size: Bytes of its files; None where nobody added them up.
        revoked_bases: Revoked versions that it is built on, in words.
        problems: What is wrong with it.
        author: Who registered it, else who the metadata says; "" where nobody does.
        moment: When it was registered, else when the folder says it was written; None where nobody says.
    """

    model: str
    version: str
    digest: str | None
    status: Status
    state: VersionState | None = None
    metadata: VersionMetadata | None = None
    metrics: tuple[Metric, ...] = ()
    card: str | None = None
    stages: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    asks: tuple[StageStatus, ...] = ()
    files: int | None = None
    size: int | None = None
    revoked_bases: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    author: str = ""
    moment: datetime | None = None

    @property
    def ref(self) -> str:
        """Its reference, as `fraud:7`."""
        return f"{self.model}:{self.version}"

    def ask(self, stage: str) -> StageStatus | None:
        """Return how far it is for a stage; None where no rule names the stage."""
        return next((one for one in self.asks if one.stage == stage), None)

    @property
    def approval(self) -> str:
        """The approval status that a list shows: that of the stage where most happened."""
        order = ("Rejected", "PendingManualApproval", "Stale", "Approved")
        found = {one.standing.status for one in self.asks}
        return next((status for status in order if status in found), "none")


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """One model.

    Attributes:
        name: Its name.
        metadata: Its model.yaml; an empty one where there is none or it cannot be read.
        history: What its log says.
        versions: Registered versions in the order of registration, then unregistered folders by name.
        problems: What is wrong with it, apart from its versions.
        sound: Whether decisions may be made on its log.
    """

    name: str
    metadata: ModelMetadata
    history: History
    versions: tuple[VersionView, ...] = ()
    problems: tuple[Problem, ...] = ()
    sound: bool = True

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
        if len(self.versions) <= FEW:
            return next((one for one in self.versions if one.version == version), None)
        return index_of(self.versions, _version_name).get(version)

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

    def versions(self) -> Iterator[VersionView]:
        """Yield every version of every model."""
        for model in self.models:
            yield from model.versions

    def all_problems(self) -> tuple[Problem, ...]:
        """Return the problems of the registry, its models and their versions; alarms first."""
        found = list(self.problems)
        for model in self.models:
            found += model.problems
            for version in model.versions:
                found += version.problems
        order = {"alarm": 0, "fault": 1, "note": 2}
        return tuple(sorted(found, key=lambda one: order[one.severity]))

    def find_model(self, name: str) -> ModelView | None:
        """Return a model by its name, or by its title where that is unique; None where there is none."""
        exact = index_of(self.models, _model_name).get(name)
        if exact is not None:
            return exact
        titled = [one for one in self.models if one.metadata.title == name]
        return titled[0] if len(titled) == 1 else None

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


def _version_name(view: VersionView) -> str:
    return view.version


def _model_name(model: ModelView) -> str:
    return model.name
