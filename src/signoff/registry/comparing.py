"""Versions of a registry side by side, as the comparison wants them.

The rule it keeps: what a version's manifest or metadata does not say is left out, never guessed.
"""

from collections.abc import Iterator, Sequence

from signoff.policy.compare import Column, ComparedRow, FileFacts, compare
from signoff.registry.details import files_of
from signoff.registry.registry import Registry
from signoff.registry.rows import tags_of, text_of_any
from signoff.registry.views import VersionView
from signoff.schema.cards import VersionMetadata
from signoff.values.metrics import Direction
from signoff.values.names import Digest


def compare_versions(registry: Registry, views: Sequence[VersionView]) -> tuple[ComparedRow, ...]:
    """Return the rows of a comparison of two versions or more; differences are to the first."""
    return compare([_column(registry, view) for view in views], meanings=_meanings(registry, views))


def _meanings(registry: Registry, views: Sequence[VersionView]) -> dict[str, Direction]:
    found: dict[str, Direction] = {}
    for name in dict.fromkeys(view.model for view in views):
        for meaning in registry.model(name, complete=False).metadata.metrics:
            if meaning.direction:
                found.setdefault(meaning.name, meaning.direction)
    return found


def _column(registry: Registry, view: VersionView) -> Column:
    said = view.metadata or VersionMetadata()
    return Column(
        ref=view.ref,
        metrics=view.metrics,
        hyperparameters=tuple((name, text_of_any(value)) for name, value in said.hyperparameters),
        datasets=tuple(_datasets(said)),
        signature=tuple(_signature(said)),
        files=tuple(
            FileFacts(one.path, Digest(one.digest), one.size) for one in files_of(registry, view) if one.digest
        ),
        tags=tuple((name, value or "") for name, value in tags_of(view)),
        facts=tuple(("about", key, text) for key, text in _facts(view, said) if text),
    )


def _datasets(said: VersionMetadata) -> Iterator[tuple[str, str]]:
    for one in said.datasets:
        yield f"{one.name} {one.split}" if one.split else one.name, one.revision or one.sha256 or "named only"


def _signature(said: VersionMetadata) -> Iterator[tuple[str, str]]:
    if said.signature is None:
        return
    for side, value in (("inputs", said.signature.inputs), ("outputs", said.signature.outputs)):
        if isinstance(value, dict):
            yield from ((f"{side}: {name}", text_of_any(kind)) for name, kind in value.items())
        elif isinstance(value, list):
            yield from ((f"{side}: {_name_of(one, at)}", _type_of(one)) for at, one in enumerate(value))
        elif value is not None:
            yield side, text_of_any(value)


def _name_of(value: object, at: int) -> str:
    return str(value.get("name") or at) if isinstance(value, dict) else str(at)


def _type_of(value: object) -> str:
    if not isinstance(value, dict):
        return text_of_any(value)
    return " ".join(text_of_any(part) for key, part in value.items() if key != "name")


def _facts(view: VersionView, said: VersionMetadata) -> Iterator[tuple[str, str | None]]:
    yield "status", view.status
    yield "stages", ", ".join(view.stages)
    yield "license", said.license
    yield "library", said.library_name
    yield "task", said.pipeline_tag
    yield "base", ", ".join(one.model for one in said.base_models)
    yield "commit", said.source.commit if said.source else None
