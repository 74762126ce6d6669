"""What can be removed: bytes of purged versions, files that nobody names, leftovers of what was interrupted.

The rules it keeps: a version's bytes go only after a signed record says so, and what explains its history stays: its
manifest, metadata, card and evaluations. A draft, a record and a file younger than a day are never touched, but for
packs and indexes, which are whole from their first moment on.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from signoff.errors import NotFoundError, RefusedError, SchemaError, StorageError, VerificationError
from signoff.policy.history import History
from signoff.records.statement import Approve, Promote, Register, Reject
from signoff.registry.gathering import Gathering
from signoff.registry.heads import format_heads
from signoff.registry.indexwriting import unneeded
from signoff.registry.packs import find_packs
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.storage.base import Info
from signoff.storage.paths import PRIVATE_PREFIX

DAY = 24 * 60 * 60
KEPT = frozenset({layout.VERSION_FILE, layout.CURVES_FILE})
SHARED = (layout.LOG, layout.VERSIONS, layout.CARDS, layout.PACKS)
Kind = Literal["temporary", "orphan", "purged"]


class Removable(msgspec.Struct, frozen=True, kw_only=True):
    """A file that can be removed.

    Attributes:
        path: Where it is, below the registry.
        kind: temporary: left by something that was interrupted; orphan: no record names it; purged: a version's bytes.
        why: In words.
        size: Bytes.
        root: The folder above it that stays when all below is gone.
    """

    path: str
    kind: Kind
    why: str
    size: int
    root: str


class Collecting:
    """Finds and removes what can be removed from one registry."""

    def __init__(self, registry: Registry) -> None:
        """Look at this registry, by its clock."""
        self._registry = registry
        self._reader = registry.reader
        self._storage = registry.reader.storage

    def find(self) -> tuple[Removable, ...]:
        """Return everything that can be removed, by kind and path.

        Raises:
            VerificationError: A chain is not sound: what nobody names cannot be told then.
        """
        self._registry.checkpoints.heads()
        found = [*self._temporary(), *self._orphan_heads(), *self._orphan_proposals(), *self._idle_indexes()]
        for model in self._registry.models():
            history = self._reader.log(model).history
            found += [*self._orphan_cards(model, history), *self._idle_packs(model)]
            for state in history.versions.values():
                found += self.bytes_of(model, state.version) if state.purged else ()
        return tuple(sorted(found, key=lambda one: (one.kind, one.path)))

    def bytes_of(self, model: str, version: str) -> tuple[Removable, ...]:
        """Return the files of a version that a purge removes.

        Raises:
            RefusedError: No record says that they may be removed.
        """
        state = self._reader.log(model).history.versions.get(version)
        if state is None or state.purged is None:
            action = f"remove the bytes of {model}:{version}"
            raise RefusedError(action, ["no record purges it"], hint=f"sign one: signoff purge {model}:{version}")
        found = self._below(layout.version_folder(model, version), "purged", f"{model}:{version} is purged", aged=False)
        skipped = len(layout.version_folder(model, version)) + 1
        return tuple(one for one in found if _is_weight(one.path[skipped:]))

    def remove(self, found: Iterable[Removable]) -> int:
        """Remove files, and the folders that this empties; return how many bytes that frees."""
        size = 0
        folders: set[str] = set()
        for one in found:
            self._storage.remove(one.path)
            size += one.size
            folder = one.path.rpartition("/")[0]
            while folder != one.root:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        for folder in sorted(folders, key=lambda path: -path.count("/")):
            self._storage.remove_empty(folder)
        return size

    def _below(self, folder: str, kind: Kind, why: str, *, root: str = "", aged: bool = True) -> Iterator[Removable]:
        """Yield the files below a folder; with `aged` only those that nobody can still be at work on."""
        try:
            files = self._storage.walk(folder)
        except NotFoundError:
            return
        for path, info in files:
            if not aged or self._old(info):
                yield Removable(path=f"{folder}/{path}", kind=kind, why=why, size=info.size, root=root or folder)

    def _old(self, info: Info) -> bool:
        """Tell whether a file is older than a day; one without a time is left alone."""
        return bool(info.modified) and self._registry.surroundings.now().timestamp() - info.modified > DAY

    def _temporary(self) -> Iterator[Removable]:
        why = "left by something that was interrupted"
        yield from self._below(layout.TEMPORARY, "temporary", why)
        for folder in self._shared_folders():
            for name, kind in self._private_names(folder):
                place = f"{folder}/{name}"
                if kind == "folder":
                    yield from self._below(place, "temporary", why, root=folder)
                elif kind == "file" and self._old(info := self._storage.info(place)):
                    yield Removable(path=place, kind="temporary", why=why, size=info.size, root=folder)

    def _shared_folders(self) -> Iterator[str]:
        """Yield the folders where a private name may stand beside what it was to become."""
        yield layout.chain_folder(layout.TRUST_CHAIN)
        yield layout.chain_folder(layout.CHECKPOINT_CHAIN)
        yield layout.INDEX
        for model in self._registry.models():
            yield from (f"{layout.model_folder(model)}/{name}" for name in SHARED)

    def _private_names(self, folder: str) -> Iterator[tuple[str, str]]:
        try:
            entries = self._storage.entries(folder)
        except NotFoundError:
            return
        yield from ((entry.name, entry.kind) for entry in entries if entry.name.startswith(PRIVATE_PREFIX))

    def _orphan_heads(self) -> Iterator[Removable]:
        checkpoints, fault = self._registry.checkpoints.read()
        if fault:
            return
        named = {hashlib.sha256(format_heads(one.heads).encode()).hexdigest() for one in checkpoints}
        folder = layout.chain_folder(layout.CHECKPOINT_CHAIN)
        for one in self._below(folder, "orphan", "no checkpoint names this list of heads"):
            if one.path.endswith(".heads") and one.path[len(folder) + 1 : -len(".heads")] not in named:
                yield one

    def _orphan_proposals(self) -> Iterator[Removable]:
        trust = self._reader.trust.newest
        gathering = Gathering(self._storage, trust)
        for name in gathering.names():
            try:
                over = gathering.find(name).record.seq <= trust.seq
            except (StorageError, SchemaError, VerificationError):
                continue
            if over:
                why = "a proposal that was applied or overtaken"
                yield from self._below(layout.proposal_folder(name), "orphan", why, root=layout.PROPOSALS)

    def _orphan_cards(self, model: str, history: History) -> Iterator[Removable]:
        folder = f"{layout.model_folder(model)}/{layout.CARDS}"
        named = {layout.card_path(model, digest) for digest in _named_cards(history)}
        for one in self._below(folder, "orphan", "no record names this model card"):
            if one.path not in named and not one.path[len(folder) + 1 :].startswith(PRIVATE_PREFIX):
                yield one

    def _idle_packs(self, model: str) -> Iterator[Removable]:
        """Yield the packs that cannot be used, and those whose records a larger one holds."""
        known = self._reader.log(model)
        folder = layout.packs_folder(known.log.chain)
        packs, _ = find_packs(self._storage, known.log.chain)
        spare = (one for one in packs.difference(known.packs) if one.last <= known.packed)
        idle = {one.path: "a larger pack holds its records" for one in spare}
        idle |= {one.place: one.what for one in known.problems}
        for one in self._below(folder, "orphan", "", aged=False):
            if one.path in idle:
                yield replace(one, why=idle[one.path])

    def _idle_indexes(self) -> Iterator[Removable]:
        """Yield the indexes that cannot be used, and those that newer ones replaced."""
        idle = unneeded(self._storage, self._reader.trust)
        for one in self._below(layout.INDEX, "orphan", "", aged=False) if idle else ():
            if one.path in idle:
                yield replace(one, why=idle[one.path])


def _is_weight(path: str) -> bool:
    """Tell whether a purge removes a file of a version: all that its manifest names but what explains it."""
    return layout.in_manifest(path) and path not in KEPT


def _named_cards(history: History) -> Iterator[str]:
    for entry in history.entries:
        said = entry.record.action
        if isinstance(said, Register | Approve | Reject | Promote) and isinstance(said.card, str):
            yield said.card
