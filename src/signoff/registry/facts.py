"""The bytes that records name by digest, read from storage.

The rule it keeps: what is returned has the digest that was asked for; bytes that are missing or changed are None, and
bytes that are there and mean nothing say nothing: what a rule asks of them is not met.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from signoff.errors import SchemaError, StorageError
from signoff.schema import layout
from signoff.storage.base import Readable

if TYPE_CHECKING:
    from signoff.schema.cards import Evaluation, VersionMetadata
    from signoff.schema.manifest import Manifest


class StoredFacts:
    """The facts of one model, each read once: a digest has one meaning."""

    def __init__(self, storage: Readable, model: str) -> None:
        """Read from a model's folder."""
        self._storage = storage
        self._model = model
        self._manifests: dict[str, Manifest] = {}
        self._metadata: dict[str, VersionMetadata] = {}
        self._evaluations: dict[str, Evaluation] = {}

    def any(self) -> bool:
        """Tell whether anything was read."""
        return bool(self._manifests or self._metadata or self._evaluations)

    def forget(self, digest: str) -> None:
        """Read what a manifest's digest means anew."""
        self._manifests.pop(digest, None)
        self._metadata.pop(digest, None)

    def manifest(self, version: str, digest: str) -> Manifest | None:
        """Return a version's manifest."""
        if digest not in self._manifests:
            from signoff.schema.manifest import load_manifest  # noqa: PLC0415  (most folds ask for no bytes)

            content = self._read(version, layout.MANIFEST_FILE, digest, most=layout.LARGEST_MANIFEST)
            if content is None:
                return None
            try:
                self._manifests[digest] = load_manifest(content)
            except SchemaError:
                return None
        return self._manifests[digest]

    def metadata(self, version: str, digest: str) -> VersionMetadata | None:
        """Return the version.yaml that the manifest of this digest names; an empty one where it names none."""
        if digest not in self._metadata:
            from signoff.schema.cards import VersionMetadata  # noqa: PLC0415

            manifest = self.manifest(version, digest)
            if manifest is None:
                return None
            named = manifest.find(layout.VERSION_FILE)
            found = VersionMetadata() if named is None else self._load_version(version, named)
            if found is None:
                return None
            self._metadata[digest] = found
        return self._metadata[digest]

    def _load_version(self, version: str, digest: str) -> VersionMetadata | None:
        from signoff.schema.cards import VersionMetadata, load_version  # noqa: PLC0415

        content = self._read(version, layout.VERSION_FILE, digest, most=layout.LARGEST_METADATA)
        try:
            return None if content is None else load_version(content)
        except SchemaError as error:
            return VersionMetadata(faults=(error,))

    def evaluation(self, version: str, name: str, digest: str) -> Evaluation | None:
        """Return an evaluation file."""
        if digest not in self._evaluations:
            from signoff.schema.cards import Evaluation, load_evaluation  # noqa: PLC0415

            content = self._read(version, name, digest, most=layout.LARGEST_METADATA)
            if content is None:
                return None
            try:
                self._evaluations[digest] = load_evaluation(content)
            except SchemaError as error:
                self._evaluations[digest] = Evaluation(faults=(error,))
        return self._evaluations[digest]

    def _read(self, version: str, name: str, digest: str, *, most: int) -> bytes | None:
        try:
            content = self._storage.read(layout.version_file(self._model, version, name), most=most)
        except StorageError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None
