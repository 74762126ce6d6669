"""One version's files to its view.

The rule it keeps: a registered version's metadata is what its manifest names by digest; a draft's is what its folder
holds. Files that changed since they were registered are a problem, never new values.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from signoff.errors import NotFoundError, SchemaError, StorageError
from signoff.policy.approvals import standing
from signoff.policy.history import History, VersionState
from signoff.policy.stage import stage_order
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.registry.snapshot import StageStatus, Status, VersionView
from signoff.schema import layout
from signoff.schema.cards import VersionMetadata, load_evaluation, load_version
from signoff.schema.manifest import Manifest
from signoff.schema.rules import TrustDocument
from signoff.storage.base import Info
from signoff.values.metrics import Metric


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """How many files a version has and how large they are together, in bytes."""

    files: int
    size: int


class VersionScan:
    """Reads versions; what has a digest is read once."""

    def __init__(self, reader: Reader) -> None:
        """Read through this reader's storage."""
        self._reader = reader
        self._storage = reader.storage
        self._weights: dict[tuple[str, str], Weight] = {}
        self._cards: dict[str, tuple[str, str]] = {}
        self._stamps: dict[tuple[str, str], tuple[str, str]] = {}

    def registered(
        self, model: str, state: VersionState, history: History, trust: TrustDocument, *, present: bool, deep: bool
    ) -> VersionView:
        """Return the view of a registered version.

        Args:
            model: The model's name.
            state: What the log says of the version.
            history: What the log says of the model.
            trust: The newest trust document.
            present: Whether its folder is there.
            deep: Whether to read its files.
        """
        facts, problems = self._reader.facts(model), list[Problem]()
        card, metadata, metrics, weight = state.card, None, tuple[Metric, ...](), None
        if deep and present:
            self._look_again(model, state)
            metadata = facts.metadata(state.version, state.digest)
            problems += self._file_problems(model, state, metadata)
            metrics = self._metrics(model, state, metadata)
            card = self.card_now(model, state.version)
            weight = self._weigh(model, state.version, facts.manifest(state.version, state.digest))
        if not present and state.purged is None:
            what = "its folder is missing"
            problems.append(_problem(model, state.version, what, "restore it from a backup, or purge the version"))
        return VersionView(
            model=model,
            version=state.version,
            digest=state.digest,
            status=status_of(state, present=present),
            state=state,
            metadata=metadata,
            metrics=metrics,
            card=card,
            stages=tuple(one.stage for one in history.stages.values() if one.version == state.version),
            aliases=tuple(one.alias for one in history.aliases.values() if one.version == state.version),
            asks=tuple(
                StageStatus(stage=stage, standing=standing(state, stage, trust=trust, card=card))
                for stage in stage_order(trust)
            ),
            files=weight.files if weight else None,
            size=weight.size if weight else None,
            problems=tuple(problems),
            author=state.registrant,
            moment=state.moment,
        )

    def draft(self, model: str, version: str, history: History, *, deep: bool) -> VersionView:
        """Return the view of a folder that is not registered."""
        view = VersionView(model=model, version=version, digest=None, status="unregistered")
        if not deep:
            return view
        reserved = history.reserved.get(version)
        problems = list[Problem]()
        if reserved:
            what = f"its registration fell; the name stays reserved for the digest {reserved[:12]}"
            problems.append(_problem(model, version, what, "register the same bytes again"))
        metadata = self._draft_metadata(model, version, problems)
        weight, moment = self._weigh_draft(model, version, problems)
        metrics = (metadata.metrics if metadata else ()) + self._draft_metrics(model, version, problems)
        return msgspec.structs.replace(
            view,
            metadata=metadata,
            metrics=metrics,
            card=self.card_now(model, version),
            files=weight.files if weight else None,
            size=weight.size if weight else None,
            problems=tuple(problems),
            author=(metadata.author if metadata else None) or "",
            moment=moment,
        )

    def card_now(self, model: str, version: str) -> str | None:
        """Return the sha256 of a version's model card as it is now; None where it has none that can be read."""
        path = layout.version_file(model, version, layout.CARD_FILE)
        try:
            stamp = self._storage.info(path).stamp
            if path not in self._cards or self._cards[path][0] != stamp:
                content = self._storage.read(path, most=layout.LARGEST_CARD)
                self._cards[path] = (stamp, hashlib.sha256(content).hexdigest())
            return self._cards[path][1]
        except StorageError:
            return None

    def _look_again(self, model: str, state: VersionState) -> None:
        """Have the metadata read anew where its files are no longer the ones that were read."""
        names = (layout.MANIFEST_FILE, layout.VERSION_FILE)
        first, second = (self._stamp(layout.version_file(model, state.version, name)) for name in names)
        before = self._stamps.setdefault((model, state.version), (first, second))
        if before != (first, second):
            self._stamps[model, state.version] = (first, second)
            self._reader.facts(model).forget(state.digest)

    def _stamp(self, path: str) -> str:
        try:
            return self._storage.info(path).stamp
        except StorageError:
            return ""

    def _file_problems(self, model: str, state: VersionState, metadata: VersionMetadata | None) -> list[Problem]:
        if self._reader.facts(model).manifest(state.version, state.digest) is None:
            what = "SHA256SUMS is missing or not the registered one"
            return [] if state.purged else [_problem(model, state.version, what, "restore it; see: signoff verify")]
        if metadata is None:
            what = "version.yaml is missing, changed or unreadable"
            return [_problem(model, state.version, what, "restore it from a backup; see: signoff verify")]
        return _faults(model, state.version, metadata)

    def _metrics(self, model: str, state: VersionState, metadata: VersionMetadata | None) -> tuple[Metric, ...]:
        facts = self._reader.facts(model)
        found = list(metadata.metrics) if metadata else []
        for one in state.evaluations:
            evaluation = facts.evaluation(state.version, one.name, one.digest)
            found += evaluation.metrics if evaluation else ()
        return tuple(found)

    def _weigh(self, model: str, version: str, manifest: Manifest | None) -> Weight | None:
        key = (model, version)
        if manifest is None:
            return None
        if key not in self._weights:
            try:
                sizes = [
                    self._storage.info(layout.version_file(model, version, path)).size for path, _ in manifest.files
                ]
            except StorageError:
                return None
            self._weights[key] = Weight(files=len(sizes), size=sum(sizes))
        return self._weights[key]

    def _weigh_draft(self, model: str, version: str, problems: list[Problem]) -> tuple[Weight | None, datetime | None]:
        try:
            files: tuple[tuple[str, Info], ...] = self._storage.walk(layout.version_folder(model, version))
        except StorageError as error:
            problems.append(_problem(model, version, str(error), error.hint))
            return None, None
        newest = max((info.modified for _, info in files), default=0.0)
        moment = datetime.fromtimestamp(int(newest), UTC) if newest else None
        return Weight(files=len(files), size=sum(info.size for _, info in files)), moment

    def _draft_metadata(self, model: str, version: str, problems: list[Problem]) -> VersionMetadata | None:
        path = layout.version_file(model, version, layout.VERSION_FILE)
        try:
            metadata = load_version(self._storage.read(path, most=layout.LARGEST_METADATA))
        except NotFoundError:
            return None
        except (SchemaError, StorageError) as error:
            problems.append(_problem(model, version, f"version.yaml: {error}", error.hint))
            return None
        problems += _faults(model, version, metadata)
        return metadata

    def _draft_metrics(self, model: str, version: str, problems: list[Problem]) -> tuple[Metric, ...]:
        folder = layout.version_file(model, version, layout.EVALUATIONS)
        found: list[Metric] = []
        try:
            names = [one.name for one in self._storage.entries(folder) if one.name.endswith(".yaml")]
        except StorageError:
            return ()
        for name in names:
            try:
                content = self._storage.read(f"{folder}/{name}", most=layout.LARGEST_METADATA)
                found += load_evaluation(content).metrics
            except (SchemaError, StorageError) as error:
                problems.append(_problem(model, version, f"evaluations/{name}: {error}", error.hint))
        return tuple(found)


def status_of(state: VersionState, *, present: bool) -> Status:
    """Return a registered version's status in one word."""
    if state.revoked is not None:
        return "revoked"
    if state.purged is not None:
        return "purged"
    if not present:
        return "missing"
    return "deprecated" if state.deprecated is not None else "registered"


def _problem(model: str, version: str, what: str, hint: str) -> Problem:
    return Problem(place=layout.version_folder(model, version), what=what, hint=hint)


def _faults(model: str, version: str, metadata: VersionMetadata) -> list[Problem]:
    return [
        Problem(place=layout.version_file(model, version, layout.VERSION_FILE), what=str(one), severity="note")
        for one in metadata.faults
    ]
