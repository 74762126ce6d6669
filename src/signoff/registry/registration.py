"""Sealing a version: its manifest, its card, its record.

The rules it keeps: whoever may not register is refused before anything is read or written; no byte of a version is
copied where it stands; only `SHA256SUMS` is written into its folder, once, exclusively. Killed anywhere, it can be run
again.
"""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from signoff.errors import (
    AlreadyExistsError,
    InvalidValueError,
    NotFoundError,
    RefusedError,
    SchemaError,
    StorageError,
)
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.people import Me
from signoff.registry.reader import Reader
from signoff.registry.signoffs import Signoffs, need_effective
from signoff.schema import layout
from signoff.schema.cards import VersionMetadata, load_version
from signoff.schema.manifest import difference, load_manifest, make_manifest, path_fault
from signoff.signing.base import Signer
from signoff.storage.base import Info
from signoff.storage.hashing import hash_files
from signoff.values.names import ModelName, PersonId, VersionName


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """What registering a version seals.

    Attributes:
        model: The model's name.
        version: The version's name.
        manifest: The bytes of its SHA256SUMS.
        digest: Their sha256.
        card: The model card's bytes, or None.
        metadata: Its version.yaml.
        materials: The registered versions it is built on: reference to digest.
        stamps: What the storage said of each file when it was hashed, by path; it differs when the content may differ.
    """

    model: str
    version: str
    manifest: bytes
    digest: str
    card: bytes | None
    metadata: VersionMetadata
    materials: tuple[tuple[str, str], ...]
    stamps: Mapping[str, str]


Hashed = dict[str, tuple[str, str]]
"""Path below the registry -> the storage's stamp of the file, its sha256."""


class Registration:
    """Registers versions in one registry.

    Attributes:
        known: Size and SHA-256 of files that this client just sent there, by path: they are not fetched back to be hashed.
    """

    def __init__(self, reader: Reader, signoffs: Signoffs) -> None:
        """Write through this reader's storage, decide with these sign-offs."""
        self.reader = reader
        self._storage = reader.storage
        self._signoffs = signoffs
        self.known: dict[str, tuple[int, str]] = {}

    def next_version(self, model: str) -> VersionName:
        """Return the next integer that no version and no folder of the model is called."""
        taken = set(self.reader.log(model).history.versions) | set(self.folders(model))
        numbers = [int(name) for name in taken if name.isascii() and name.isdigit()]
        return VersionName(str(max(numbers, default=0) + 1))

    def folders(self, model: str) -> tuple[str, ...]:
        """Return the names of the folders where versions of a model stand."""
        try:
            entries = self._storage.entries(f"{layout.model_folder(model)}/{layout.VERSIONS}")
        except NotFoundError:
            return ()
        return tuple(entry.name for entry in entries if entry.kind == "folder")

    def drafts(self, model: str) -> tuple[str, ...]:
        """Return the folders of a model that are not registered."""
        registered = self.reader.log(model).history.versions
        return tuple(name for name in self.folders(model) if name not in registered)

    def need_allowed(self, model: str, version: str, me: Me) -> None:
        """Check, before anything is read or written, that this person may register this version.

        Raises:
            RefusedError: They may not, or the name is taken; with every reason.
        """
        ask = Ask(action="register", model=model, version=version, fields={"digest": self._placeholder(model, version)})
        need_effective(self._signoffs.prepare(ask, me))

    def _placeholder(self, model: str, version: str) -> str:
        return self.reader.log(model).history.reserved.get(version, "0" * 64)

    def seal(
        self,
        model: str,
        version: str,
        *,
        progress: Callable[[int], None] | None,
        stopped: Callable[[], bool],
        hashed: Hashed | None = None,
    ) -> Sealing:
        """Hash a version's files where they stand.

        Args:
            model: The model's name.
            version: The version's name.
            progress: Told how many bytes were just done.
            stopped: Whether to give up.
            hashed: What was hashed before and need not be again while the file's stamp is the same; it is added to,
                so that whoever stops can go on from there.

        Raises:
            NotFoundError: There is no such folder.
            StorageError: A symlink or special file is in it, a file changed meanwhile, or cannot be read.
            SchemaError: Its version.yaml cannot be read.
            InvalidValueError: It has no files, or names that a manifest cannot hold.
        """
        folder = layout.version_folder(model, version)
        files = dict(self._storage.walk(folder))
        wanted = [path for path in files if layout.in_manifest(path)]
        faults = [f"{path!r}: {fault}" for path in wanted if (fault := path_fault(path))]
        if faults:
            message = f"{folder}: file names that a manifest cannot hold: {'; '.join(faults)}"
            raise InvalidValueError(message, hint="rename these files")
        metadata = self._metadata(model, version, present=layout.VERSION_FILE in files)
        stamps = {f"{folder}/{path}": files[path].stamp for path in wanted}
        before = self._sent({} if hashed is None else hashed, folder, files, progress=progress)
        sizes = {f"{folder}/{path}": files[path].size for path in wanted}
        digests = self._hash(stamps, before, sizes=sizes, progress=progress, stopped=stopped)
        self._need_unchanged(folder, stamps)
        manifest = make_manifest({path.removeprefix(f"{folder}/"): digest for path, digest in digests.items()})
        card = layout.CARD_FILE in files
        return Sealing(
            model=model,
            version=version,
            manifest=manifest,
            digest=hashlib.sha256(manifest).hexdigest(),
            card=self._storage.read(f"{folder}/{layout.CARD_FILE}", most=layout.LARGEST_CARD) if card else None,
            metadata=metadata,
            materials=self._materials(metadata),
            stamps=stamps,
        )

    def _sent(
        self, hashed: Hashed, folder: str, files: Mapping[str, Info], *, progress: Callable[[int], None] | None
    ) -> Hashed:
        """Add to what was hashed what this client just sent, where a file has still that size."""
        for path, info in files.items():
            size, digest = self.known.get(f"{folder}/{path}", (-1, ""))
            if size == info.size:
                hashed[f"{folder}/{path}"] = (info.stamp, digest)
                if progress:
                    progress(size)
        return hashed

    def _hash(
        self,
        stamps: Mapping[str, str],
        hashed: Hashed,
        *,
        sizes: Mapping[str, int],
        progress: Callable[[int], None] | None,
        stopped: Callable[[], bool],
    ) -> dict[str, str]:
        known = {path: hashed[path][1] for path, stamp in stamps.items() if hashed.get(path, ("",))[0] == stamp}
        try:
            return hash_files(
                self._storage, tuple(stamps), progress=progress, stopped=stopped, known=known, sizes=sizes
            )
        finally:
            hashed.update({path: (stamps[path], digest) for path, digest in known.items()})

    def _metadata(self, model: str, version: str, *, present: bool) -> VersionMetadata:
        if not present:
            return VersionMetadata()
        path = layout.version_file(model, version, layout.VERSION_FILE)
        try:
            return load_version(self._storage.read(path, most=layout.LARGEST_METADATA), file=path)
        except SchemaError as error:
            hint = error.hint or "mend it first: it cannot be changed once it is registered"
            raise SchemaError(error.reason, file=path, line=error.line, path=error.path, hint=hint) from None

    def _need_unchanged(self, folder: str, before: Mapping[str, str]) -> None:
        """Check that the files are those that were hashed, by their stamps."""
        found = self._storage.walk(folder)
        after = {f"{folder}/{path}": info.stamp for path, info in found if layout.in_manifest(path)}
        moved = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        if moved:
            names = ", ".join(path.removeprefix(f"{folder}/") for path in moved[:5])
            message = f"{folder} changed since it was hashed: {names}"
            raise StorageError(message, hint="wait until the job that writes it is done, then register again")

    def _materials(self, metadata: VersionMetadata) -> tuple[tuple[str, str], ...]:
        found: dict[str, str] = {}
        for base in metadata.base_models:
            version = base.version or ""
            state = (
                self.reader.log(base.model).history.versions.get(version) if not ModelName.fault(base.model) else None
            )
            if state is None:
                continue
            named = base.sha256
            if named and named != state.digest and not self._holds_file(base.model, version, state.digest, named):
                message = f"base_model {base.model}:{version} is registered with digest {state.digest[:12]}…, not {named[:12]}…"
                raise InvalidValueError(message, hint="mend base_model in version.yaml, or leave sha256 out")
            found[f"{base.model}:{version}"] = state.digest
        return tuple(found.items())

    def _holds_file(self, model: str, version: str, digest: str, file: str) -> bool:
        manifest = self.reader.facts(model).manifest(version, digest)
        return manifest is not None and any(one == file for _, one in manifest.files)

    def register(self, sealing: Sealing, me: Me, signer: Signer, *, built_by: tuple[str, ...], comment: str) -> Written:
        """Write what was sealed, and the record about it.

        Raises:
            RefusedError: The rules refuse it, or another SHA256SUMS is there.
        """
        return self.publish(sealing, self.prepare(sealing, me, built_by=built_by, comment=comment), signer)

    def publish(self, sealing: Sealing, prepared: Prepared, signer: Signer) -> Written:
        """Write what was sealed, and the record that was decided about it.

        Raises:
            RefusedError: The rules refuse it, or another SHA256SUMS is there.
            StorageError: The files are no longer those that were hashed.
        """
        need_effective(prepared)
        self._need_unchanged(layout.version_folder(sealing.model, sealing.version), sealing.stamps)
        self._write_manifest(sealing)
        if sealing.card is not None:
            digest = hashlib.sha256(sealing.card).hexdigest()
            self._storage.put_new(layout.card_path(sealing.model, digest), sealing.card)
        return self._signoffs.commit(prepared, signer)

    def prepare(self, sealing: Sealing, me: Me, *, built_by: tuple[str, ...], comment: str) -> Prepared:
        """Decide the record about what was sealed.

        Raises:
            InvalidValueError: Somebody who is said to have built it cannot be a person's name.
        """
        people = self.reader.trust.newest.document.people
        author = sealing.metadata.author or ""
        named = tuple(str(PersonId(one)) for one in built_by)
        builders = dict.fromkeys((*named, *((author,) if author in people and author != me.person else ())))
        fields: dict[str, object] = {
            "digest": sealing.digest,
            "card": hashlib.sha256(sealing.card).hexdigest() if sealing.card is not None else None,
            "built_by": list(builders),
            "materials": [{"name": name, "digest": {"sha256": digest}} for name, digest in sealing.materials],
            "comment": comment,
        }
        return self._signoffs.prepare(
            Ask(action="register", model=sealing.model, version=sealing.version, fields=fields), me
        )

    def _write_manifest(self, sealing: Sealing) -> None:
        path = layout.version_file(sealing.model, sealing.version, layout.MANIFEST_FILE)
        try:
            self._storage.put_new(path, sealing.manifest)
        except AlreadyExistsError:
            raise self._other_manifest(sealing, path) from None

    def _other_manifest(self, sealing: Sealing, path: str) -> RefusedError:
        action = f"register {sealing.model}:{sealing.version}"
        hint = f"look at both; if the files are right, remove {path} and register again"
        try:
            there = load_manifest(self._storage.read(path, most=layout.LARGEST_MANIFEST), file=path)
        except SchemaError as error:
            return RefusedError(action, [f"{path} is no manifest: {error}"], hint=hint)
        found = difference(there, dict(load_manifest(sealing.manifest).files))
        words = [
            f"{what}: {', '.join(paths[:5])}"
            for what, paths in (("missing", found.missing), ("not in it", found.extra), ("changed", found.changed))
            if paths
        ]
        return RefusedError(action, [f"{path} is there and does not fit the files: {'; '.join(words)}"], hint=hint)
