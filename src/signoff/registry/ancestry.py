"""What versions say of where they came from, as the lineage graph wants it.

The rule it keeps: claims of version.yaml and signed materials go in side by side; the graph tells which are proven.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from signoff.policy.lineage import Claim, Graph, VersionFacts, build_graph
from signoff.registry.views import VersionView
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
        claims=tuple(_claims(metadata)) if metadata else (),
        materials=tuple((one.name, Digest(one.digest.sha256)) for one in view.state.materials) if view.state else (),
        files=_files(manifest),
    )


def _files(manifest: Manifest | None) -> tuple[tuple[str, Digest], ...]:
    return tuple((path, Digest(digest)) for path, digest in manifest.files) if manifest else ()


def _claims(metadata: VersionMetadata) -> Iterator[Claim]:
    relation = metadata.base_model_relation or "base"
    for base in metadata.base_models:
        yield Claim(name=base.model, relation=relation, version=base.version, digest=_digest(base.sha256))
    for dataset in metadata.datasets:
        yield Claim(
            name=dataset.name,
            relation="dataset",
            source="dataset",
            version=dataset.revision,
            digest=_digest(dataset.sha256),
        )
    if metadata.source is not None and metadata.source.commit:
        name = metadata.source.repository or "source"
        yield Claim(name=name, relation="source", source="commit", version=metadata.source.commit)
    yield from _teachers(metadata)


def _teachers(metadata: VersionMetadata) -> Iterator[Claim]:
    """Yield the teacher files of a distilled model: a map under `distillation` that names a file's sha256."""
    for key, value in metadata.extra:
        if key == "distillation" and isinstance(value, Mapping):
            digest = _digest(str(value.get("teacher_sha256") or value.get("sha256") or ""))
            name = str(value.get("teacher") or value.get("teacher_file") or "teacher")
            if digest is not None:
                yield Claim(name=name, relation="teacher", digest=digest)


def _digest(text: str | None) -> Digest | None:
    return Digest(text) if text and not Digest.fault(text) else None
