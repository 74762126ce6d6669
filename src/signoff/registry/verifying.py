"""Verifying a whole registry: every chain, every manifest, and, when asked, every byte.

The rule it keeps: everything that is wrong is reported, not only the first; records that are authentic but have no
effect are reported and are no failure.
"""

import hashlib
from collections.abc import Callable

import msgspec

from signoff.errors import NotFoundError, SchemaError, SignoffError, StorageError
from signoff.policy.history import VersionState
from signoff.registry.checkpoints import Checkpoints
from signoff.registry.grown import ModelLog
from signoff.registry.packs import loose_faults
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.schema.manifest import Manifest, difference, load_manifest
from signoff.storage.base import StoppedError
from signoff.storage.hashing import hash_files

Progress = Callable[[int], None]


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one chain.

    Attributes:
        chain: Its name.
        records: How many records are valid.
        ineffective: (slot, reasons) of records without effect.
        head: The id of the newest record.
    """

    chain: str
    records: int
    ineffective: tuple[tuple[int, str], ...]
    head: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found.

    Attributes:
        chains: Every chain.
        versions: How many versions' manifests were checked.
        files: How many files were hashed; 0 unless it was a deep verification.
        size: How many bytes were hashed.
        problems: Everything that is wrong; notes are no failure.
        alarm: The first alarm of a chain, which decides the exit code; None else.
    """

    chains: tuple[ChainReport, ...]
    versions: int
    files: int
    size: int
    problems: tuple[Problem, ...]
    alarm: SignoffError | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing failed."""
        return not any(problem.severity != "note" for problem in self.problems)

    @property
    def records(self) -> int:
        """How many records are valid, in all chains."""
        return sum(chain.records for chain in self.chains)


class Verification:
    """One verification of a registry, or of a part of it."""

    def __init__(self, reader: Reader, checkpoints: Checkpoints) -> None:
        """Verify what this reader reads."""
        self._reader = reader
        self._storage = reader.storage
        self._checkpoints = checkpoints
        self._problems: list[Problem] = []
        self._alarm: SignoffError | None = None
        self._files = 0
        self._size = 0
        self._versions = 0

    def run(
        self,
        models: tuple[str, ...],
        *,
        version: str = "",
        deep: bool = False,
        progress: Progress | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Verify the trust chain, checkpoints and these models.

        Args:
            models: The models' names.
            version: Only this version of them, or "".
            deep: Whether to hash every file.
            progress: Told how many bytes were hashed.
            stopped: Asked whether to stop.

        Raises:
            StoppedError: `stopped` said so.
        """
        chains = [self._trust()]
        self._check_checkpoints()
        with self._reader.ahead(models) as each:
            for model in each:
                known = self._reader.log(model)
                chains.append(self._model(known))
                self._packs(known, deep=deep)
                for state in known.history.versions.values():
                    if version in {"", state.version}:
                        self._version(model, state, deep=deep, progress=progress, stopped=stopped)
        return Report(
            chains=tuple(chains),
            versions=self._versions,
            files=self._files,
            size=self._size,
            problems=tuple(self._problems),
            alarm=self._alarm,
        )

    def _trust(self) -> ChainReport:
        trust, place = self._reader.trust, layout.chain_folder(layout.TRUST_CHAIN)
        self._raise(place, self._reader.trust_alarm)
        self._strange(place, self._reader.trust_strange)
        return ChainReport(chain=layout.TRUST_CHAIN, records=len(trust.records), ineffective=(), head=trust.newest.id)

    def _check_checkpoints(self) -> None:
        found, fault = self._checkpoints.read()
        place = layout.chain_folder(layout.CHECKPOINT_CHAIN)
        if fault:
            self._fail(place, fault)
        for checkpoint in [one for one in found if not one.reason][-1:]:
            try:
                self._checkpoints.need_covered(checkpoint.heads, source=f"checkpoint {checkpoint.seq}")
            except SignoffError as alarm:
                self._raise(place, alarm)

    def _model(self, known: ModelLog) -> ChainReport:
        place = layout.chain_folder(known.log.chain)
        if known.alarm is not self._reader.trust_alarm:
            self._raise(place, known.alarm)
        self._strange(place, known.strange)
        for what in known.history.problems:
            self._problems.append(Problem(place=place, what=what, severity="note"))
        without = [(seq, "; ".join(why)) for seq, why in known.history.entries.ineffective()]
        return ChainReport(
            chain=known.log.chain, records=len(known.log.records), ineffective=tuple(without), head=known.log.head
        )

    def _packs(self, known: ModelLog, *, deep: bool) -> None:
        """Check the slots of what was read from packs; where a listing is whole anyway, their names were seen."""
        self._problems += known.problems
        if known.packs and (deep or self._storage.paged):
            self._problems += loose_faults(self._storage, known.log, packed=known.packed, deep=deep)

    def _version(
        self, model: str, state: VersionState, *, deep: bool, progress: Progress | None, stopped: Callable[[], bool]
    ) -> None:
        self._versions += 1
        place = layout.version_folder(model, state.version)
        if state.purged is not None:
            self._problems.append(Problem(place=place, what="purged", severity="note"))
            return
        manifest = self._manifest(model, state, place)
        if manifest is None:
            return
        try:
            found = {path: "" for path, _ in self._storage.walk(place) if layout.in_manifest(path)}
            if deep:
                found = self._hash(place, manifest, found, progress=progress, stopped=stopped)
        except StoppedError:
            raise
        except StorageError as error:
            self._fail(place, str(error), error.hint)
            return
        self._compare(place, manifest, found)
        self._check_card(model, state)
        self._check_evaluations(model, state)

    def _manifest(self, model: str, state: VersionState, place: str) -> Manifest | None:
        path = f"{place}/{layout.MANIFEST_FILE}"
        try:
            content = self._storage.read(path, most=layout.LARGEST_MANIFEST)
        except NotFoundError:
            self._fail(path, f"the manifest of {model}:{state.version} is missing", "restore it from a backup")
            return None
        except StorageError as error:
            self._fail(path, str(error), error.hint)
            return None
        if hashlib.sha256(content).hexdigest() != state.digest:
            self._fail(path, "it is not the manifest that was registered", "restore it from a backup")
            return None
        try:
            return load_manifest(content, file=path)
        except SchemaError as error:
            self._fail(path, f"the registered manifest does not parse: {error}", "revoke the version")
            return None

    def _hash(
        self,
        place: str,
        manifest: Manifest,
        found: dict[str, str],
        *,
        progress: Progress | None,
        stopped: Callable[[], bool],
    ) -> dict[str, str]:
        paths = [f"{place}/{path}" for path, _ in manifest.files if path in found]
        digests = hash_files(self._storage, paths, progress=self._counting(progress), stopped=stopped, threads=None)
        self._files += len(digests)
        return found | {path.removeprefix(f"{place}/"): digest for path, digest in digests.items()}

    def _counting(self, progress: Progress | None) -> Progress:
        def count(size: int) -> None:
            self._size += size
            if progress is not None:
                progress(size)

        return count

    def _compare(self, place: str, manifest: Manifest, found: dict[str, str]) -> None:
        differs = difference(manifest, found)
        for what, paths in (
            ("missing", differs.missing),
            ("not in the manifest", differs.extra),
            ("changed", differs.changed),
        ):
            for path in paths:
                self._fail(f"{place}/{path}", f"{what}", "restore the registered files from a backup")

    def _check_card(self, model: str, state: VersionState) -> None:
        if state.card is None:
            return
        path = layout.card_path(model, state.card)
        try:
            content = self._storage.read(path, most=layout.LARGEST_CARD)
        except NotFoundError:
            self._problems.append(Problem(place=path, what="the registered card is missing", severity="note"))
            return
        except StorageError as error:
            self._fail(path, str(error), error.hint)
            return
        if hashlib.sha256(content).hexdigest() != state.card:
            self._fail(path, "it is not the card that was registered", "restore it from a backup")

    def _check_evaluations(self, model: str, state: VersionState) -> None:
        for one in state.evaluations:
            path = layout.version_file(model, state.version, one.name)
            try:
                (found,) = hash_files(self._storage, [path], progress=None, stopped=lambda: False).values()
            except NotFoundError:
                self._problems.append(Problem(place=path, what="the signed evaluation is missing", severity="note"))
                continue
            except StorageError as error:
                self._fail(path, str(error), error.hint)
                continue
            if found != one.digest:
                self._fail(path, "it is not the evaluation that was signed", "restore it from a backup")

    def _strange(self, place: str, names: tuple[str, ...]) -> None:
        for name in names:
            self._problems.append(Problem(place=f"{place}/{name}", what="it is no record", severity="note"))

    def _raise(self, place: str, alarm: SignoffError | None) -> None:
        if alarm is not None:
            self._alarm = self._alarm or alarm
            self._problems.append(Problem(place=place, what=str(alarm), hint=alarm.hint, severity="alarm"))

    def _fail(self, place: str, what: str, hint: str = "") -> None:
        self._problems.append(Problem(place=place, what=what, hint=hint, severity="fault"))
