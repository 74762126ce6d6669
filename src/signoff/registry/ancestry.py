"""What versions say of where they came from, as the lineage graph wants it.

The rule it keeps: claims of version.yaml and signed materials go in side by side; the graph tells which are proven.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from signoff.policy.lineage import Claim, Graph, VersionFacts, build_graph
from signoff.registry.snapshot import VersionView
from signoff.schema.cards import VersionMetadata
from signoff.schema.manifest import Manifest
from signoff.values.names import Digest

if TYPE_CHECKING:
    from signoff.registry.reader import Reader


def graph_of(views: Iterable[VersionView], reader: "Reader") -> Graph:
    """Return the lineage of these versions."""
    return build_graph(_facts(view, reader) for view in views)


def _facts(view: VersionView, reader: "Reader") -> VersionFacts:
    metadata, manifest = view.metadata, None
    if view.digest is not None:
        facts = reader.facts(view.model)
        metadata = facts.metadata(view.version, view.digest)
        manifest = facts.manifest(view.version, view.digest)
    return VersionFacts(
        model=view.model,
        version=view.version,
        digest=Digest(view.digest) if view.digest else None,
        claims=_claims(metadata) if metadata else (),
        materials=tuple((one.name, Digest(one.digest.sha256)) for one in view.state.materials) if view.state else (),
        files=_files(manifest),
    )


def _files(manifest: Manifest | None) -> tuple[tuple[str, Digest], ...]:
    return tuple((path, Digest(digest)) for path, digest in manifest.files) if manifest else ()
