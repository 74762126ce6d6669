"""Copying a registry to another place: every record byte for byte and in order, every file by its digest.

The rules it keeps: nothing at the destination is ever replaced; what is there is the beginning of what is here, or
nothing is copied; files come before the record that needs them, and a trust record after the logs whose length it
knows, so that the destination is a sound registry at any moment. Stopped anywhere, the same request goes on from there.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError, VerificationError
from signoff.policy.history import VersionState
from signoff.registry.chains import slots
from signoff.registry.founding import publish_allowed_signers
from signoff.registry.packing import Packing
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.schema.manifest import Manifest
from signoff.storage.base import Info, StoppedError, Storage
from signoff.storage.hashing import hash_file
from signoff.storage.paths import PRIVATE_PREFIX

Progress = Callable[[int], None]
LARGEST_HEADS = 64 * 1024 * 1024


class Mirrored(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied.

    Attributes:
        records: How many records, of all chains.
        files: How many other files.
        size: Their bytes.
        notes: What was left as it was, and why.
    """

    records: int
    files: int
    size: int
    notes: tuple[str, ...]


class Mirroring:
    """Copies one registry to one place."""

    def __init__(
        self,
        source: Registry,
        target: Storage,
        *,
        progress: Progress | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Copy from an opened registry to a storage.

        Args:
            source: The registry.
            target: Where to; it holds nothing, or an earlier state of the same registry.
            progress: Told how many bytes were just copied.
            stopped: Whether to give up, asked before each file.
        """
        self._source, self._reader, self._from, self._to = source, source.reader, source.reader.storage, target
        self._progress, self._stopped = progress, stopped
        self._have: dict[str, int] = {}
        self._records = self._files = self._size = 0
        self._notes: list[str] = []

    def run(self) -> Mirrored:
        """Copy what is missing.

        Raises:
            VerificationError: The registry is not sound, or what is at the destination is not its beginning.
            StoppedError: `stopped` said so; what is complete is kept.
            StorageError: Something cannot be read or written.
        """
        models = self._need_sound()
        chains = [layout.TRUST_CHAIN, *(layout.model_chain(model) for model in models), layout.CHECKPOINT_CHAIN]
        for chain in chains:
            self._have[chain] = self._need_beginning(chain)
        for record in self._reader.trust.records:
            for chain, length in record.said.cut.items():
                if layout.model_of_chain(chain) in models:
                    self._copy_log(layout.model_of_chain(chain), length)
            self._copy_record(layout.TRUST_CHAIN, record.seq)
        for model in models:
            self._copy_log(model, len(self._reader.log(model).log.records))
            self._copy_loose(layout.model_folder(model))
            self._pack(model)
        self._copy_loose("")
        self._copy_checkpoints()
        publish_allowed_signers(self._to, self._reader.trust)
        return Mirrored(records=self._records, files=self._files, size=self._size, notes=tuple(self._notes))

    def _need_sound(self) -> tuple[str, ...]:
        """Return the models, all of whose chains are sound."""
        if self._reader.trust_alarm is not None:
            raise self._reader.trust_alarm
        models = self._source.models()
        for model in models:
            self._reader.log(model).need_sound()
        _, fault = self._source.checkpoints.read()
        if fault:
            raise VerificationError(fault, hint="look at it with: signoff doctor")
        return models

    def _need_beginning(self, chain: str) -> int:
        """Return how many records of a chain are at the destination, all of which are the first ones here."""
        here, _ = slots(self._from, chain)
        there, _ = slots(self._to, chain)
        names = [entry.name for entry in there]
        where, hint = f"{chain} at {self._to.url}", "mirror to an empty place; see what is there with: signoff history"
        if names != [entry.name for entry in here][: len(names)]:
            more = len(names) > len(here)
            why = f"it has {len(names)} records, here are {len(here)}" if more else "records are missing in between"
            message = f"{where} is not the beginning of the one at {self._from.url}: {why}"
            raise VerificationError(message, hint=hint)
        if names:
            path = f"{layout.chain_folder(chain)}/{names[-1]}"
            if self._read(self._from, path) != self._read(self._to, path):
                message = f"{where} is another one than at {self._from.url}: record {len(names)} differs (a fork)"
                raise VerificationError(message, hint=hint)
        return len(names)

    def _read(self, storage: Storage, path: str) -> bytes:
        return storage.read(path, most=layout.LARGEST_TRUST_RECORD)

    def _copy_record(self, chain: str, seq: int) -> None:
        if seq <= self._have[chain]:
            return
        self._need_going()
        path = layout.record_path(chain, seq)
        self._to.put_new(path, self._read(self._from, path))
        self._have[chain] = seq
        self._records += 1

    def _copy_log(self, model: str, length: int) -> None:
        """Copy a model's log up to a length, after the files that its new records speak of."""
        chain, known = layout.model_chain(model), self._reader.log(model)
        fresh = known.log.records[self._have[chain] : length]
        if not fresh:
            return
        self._copy_cards(model)
        named = dict.fromkeys(record.subject.name.removeprefix(f"{model}:") for record in fresh)
        for version in named:
            state = known.history.versions.get(version)
            if state is not None:
                self._copy_version(model, state, registered=state.seq <= self._have[chain])
        for record in fresh:
            self._copy_record(chain, record.seq)

    def _pack(self, model: str) -> None:
        """Pack a long log there anew, of the records that were verified here; it is as good a copy without."""
        with suppress(StorageError):
            Packing(self._to).put(self._reader.log(model).log)

    def _copy_cards(self, model: str) -> None:
        folder = f"{layout.model_folder(model)}/{layout.CARDS}"
        there = set(_names(self._to, folder))
        for name in _names(self._from, folder):
            if name not in there and not name.startswith(PRIVATE_PREFIX):
                self._copy_small(f"{folder}/{name}", most=layout.LARGEST_CARD)

    def _copy_version(self, model: str, state: VersionState, *, registered: bool) -> None:
        folder = layout.version_folder(model, state.version)
        manifest = self._reader.facts(model).manifest(state.version, state.digest)
        here = dict(_walk(self._from, folder))
        if manifest is None and state.purged is None:
            message = f"{folder}/{layout.MANIFEST_FILE} is missing or not the registered one"
            raise VerificationError(message, hint="see what happened with: signoff verify --deep")
        there = dict(_walk(self._to, folder))
        for path, digest in manifest.files if manifest else ():
            if path in here:
                self._copy_file(f"{folder}/{path}", here[path].size, digest, there=path in there, trusted=registered)
            elif state.purged is None:
                message = f"{folder}/{path} was registered and is missing"
                raise VerificationError(message, hint="restore it from a backup; see: signoff verify")
        self._copy_others(folder, here, there, manifest)

    def _copy_others(
        self, folder: str, here: dict[str, Info], there: dict[str, Info], manifest: Manifest | None
    ) -> None:
        """Copy what the manifest does not name: the manifest itself, the card, evaluations."""
        for path in here:
            if layout.in_manifest(path):
                if manifest is not None and manifest.find(path) is None:
                    self._notes.append(f"{folder}/{path} is not in the manifest: not copied")
            elif path not in there or path != layout.MANIFEST_FILE:
                self._copy_small(f"{folder}/{path}", most=layout.LARGEST_MANIFEST)

    def _copy_file(self, path: str, size: int, digest: str, *, there: bool, trusted: bool) -> None:
        """Copy a file of a version; one that is there already must be the same."""
        self._need_going()
        if there and trusted:
            return
        if there:
            with self._to.open(path) as stream:
                if hash_file(stream, progress=self._progress) == digest:
                    return
            message = f"{path} at {self._to.url} is another file than the registered one"
            raise VerificationError(message, hint="look at it, and move it away there")
        with self._from.open(path) as stream:
            self._to.put_stream(path, stream, size=size, sha256=digest, told=self._progress)
        self._count(size)

    def _copy_small(self, path: str, *, most: int) -> None:
        """Copy a file that is read whole; one that is there already stays as it is."""
        self._need_going()
        content = self._from.read(path, most=most)
        try:
            if self._to.put_new(path, content):
                self._count(len(content))
        except AlreadyExistsError:
            self._notes.append(f"{path} differs: left as it is there")

    def _copy_loose(self, folder: str) -> None:
        """Copy the files that stand in a folder itself: titles, descriptions."""
        prefix = f"{folder}/" if folder else ""
        for entry in self._from.entries(folder):
            if entry.kind == "file" and not entry.name.startswith("."):
                self._copy_small(f"{prefix}{entry.name}", most=layout.LARGEST_CARD)

    def _copy_checkpoints(self) -> None:
        folder = layout.chain_folder(layout.CHECKPOINT_CHAIN)
        there = set(_names(self._to, folder))
        for name in _names(self._from, folder):
            if name.endswith(".heads") and name not in there:
                self._copy_small(f"{folder}/{name}", most=LARGEST_HEADS)
        for entry in slots(self._from, layout.CHECKPOINT_CHAIN)[0]:
            self._copy_record(layout.CHECKPOINT_CHAIN, layout.slot_of(entry.name))

    def _count(self, size: int) -> None:
        self._files += 1
        self._size += size

    def _need_going(self) -> None:
        if self._stopped():
            message = "stopped before everything was copied"
            raise StoppedError(message, hint="do the same again: it goes on from there")


def need_apart(source: Storage, target: Storage) -> None:
    """Refuse to mirror a registry to itself.

    Raises:
        StorageError: Both are one place.
    """
    if source.url.rstrip("/") == target.url.rstrip("/"):
        message = f"{source.url} is the same place"
        raise StorageError(message, hint="name another place to mirror to")


def _walk(storage: Storage, folder: str) -> Iterator[tuple[str, Info]]:
    try:
        found = storage.walk(folder)
    except NotFoundError:
        return
    yield from (one for one in found if PRIVATE_PREFIX not in one[0])


def _names(storage: Storage, folder: str) -> list[str]:
    try:
        return [entry.name for entry in storage.entries(folder) if entry.kind == "file"]
    except NotFoundError:
        return []
