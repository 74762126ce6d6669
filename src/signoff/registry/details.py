"""All about one version: what its view leaves out because a list does without it.

The rule it keeps: read only when somebody looks at the one version; files and evaluations are those that its manifest
and its records name by digest.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from signoff.errors import SchemaError, StorageError
from signoff.policy.entries import Entry
from signoff.policy.history import DeploymentState, Evaluated
from signoff.policy.lineage import Step
from signoff.registry.bases import present_of
from signoff.registry.registry import Registry
from signoff.registry.rows import deployments_of
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.schema import layout
from signoff.schema.cards import Evaluation, load_evaluation


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a version; its digest is None while it is not registered, its size None where it is missing."""

    path: str
    digest: str | None
    size: int | None


class EvaluationLine(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation that counts, and what its file says; None where the file is missing or was changed."""

    said: Evaluated
    content: Evaluation | None


class UnsignedEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation file that no record names as it is now: it counts for nothing.

    Attributes:
        name: Its path below the version's folder.
        digest: Its sha256; "" where it cannot be read.
        content: What it says; None where that cannot be told.
        fault: Why it cannot be told, or "".
    """

    name: str
    digest: str
    content: Evaluation | None = None
    fault: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """The evaluations that count, and the evaluation files that do not."""

    signed: tuple[EvaluationLine, ...]
    unsigned: tuple[UnsignedEvaluation, ...]


class Ancestry(msgspec.Struct, frozen=True):
    """What a version was made from, and what was made from it; each walked depth first."""

    up: tuple[Step, ...]
    down: tuple[Step, ...]


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known of one version besides its view.

    Attributes:
        view: Its view.
        model: Its model.
        card: The text of its model card as it is now; None where it has none.
        files: Its files.
        evaluations: The evaluations that count.
        deployments: What deployers reported.
        up: What it was made from.
        down: What was made from it, within its own model and wherever it was looked for.
        history: The records that are about it.
        revoked_bases: Revoked versions that it is built on, in words.
    """

    view: VersionView
    model: ModelView
    card: str | None
    files: tuple[FileLine, ...]
    evaluations: tuple[EvaluationLine, ...]
    deployments: tuple[DeploymentState, ...]
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    history: tuple[Entry, ...]
    revoked_bases: tuple[str, ...]


def details_of(registry: Registry, view: VersionView, model: ModelView) -> Details:
    """Return all about a version."""
    ancestry = ancestry_of(registry, view, registry.snapshot(complete=False).versions())
    reader = registry.reader
    present = present_of(reader, view.state, checkpoint_age_days=None) if view.state else None
    return Details(
        view=view,
        model=model,
        card=card_text(registry, view),
        files=tuple(files_of(registry, view)),
        evaluations=tuple(_signed_evaluations(registry, view)),
        deployments=deployments_of(view, model),
        up=ancestry.up,
        down=ancestry.down,
        history=entries_about(model, view.version),
        revoked_bases=present.revoked if present else (),
    )


def card_text(registry: Registry, view: VersionView) -> str | None:
    """Return the text of a version's model card as it is now; None where it has none that can be read."""
    path = layout.version_file(view.model, view.version, layout.CARD_FILE)
    try:
        return registry.reader.storage.read(path, most=layout.LARGEST_CARD).decode(errors="replace")
    except StorageError:
        return None


def entries_about(model: ModelView, version: str) -> tuple[Entry, ...]:
    """Return the records of a model's log whose subject is this version."""
    name = f"{model.name}:{version}"
    return tuple(entry for entry in model.history.entries if entry.record.subject.name == name)


def file_paths(registry: Registry, view: VersionView) -> tuple[str, ...]:
    """Return the paths of a version's files."""
    return tuple(line.path for line in _named_files(registry, view))


def _named_files(registry: Registry, view: VersionView) -> Iterator[FileLine]:
    if view.digest is None:
        yield from _draft_files(registry, view)
        return
    manifest = registry.reader.facts(view.model).manifest(view.version, view.digest)
    for path, digest in manifest.files if manifest else ():
        yield FileLine(path=path, digest=digest, size=None)


def _draft_files(registry: Registry, view: VersionView) -> Iterator[FileLine]:
    try:
        found = registry.reader.storage.walk(layout.version_folder(view.model, view.version))
    except StorageError:
        return
    for path, info in found:
        if layout.in_manifest(path):
            yield FileLine(path=path, digest=None, size=info.size)


def files_of(registry: Registry, view: VersionView) -> Iterator[FileLine]:
    """Yield the files of a version with their sizes."""
    for line in _named_files(registry, view):
        if line.size is not None:
            yield line
            continue
        try:
            size = registry.reader.storage.info(layout.version_file(view.model, view.version, line.path)).size
        except StorageError:
            size = None
        yield msgspec.structs.replace(line, size=size)


def ancestry_of(registry: Registry, view: VersionView, others: Iterable[VersionView]) -> Ancestry:
    """Return the lineage of a version among others; of these, only registered ones prove anything."""
    known = [one for one in others if one.digest and (one.model, one.version) != (view.model, view.version)]
    graph = registry.lineage([view, *known])
    node = graph.find(view.model, view.version)
    return Ancestry(graph.up(node), graph.down(node)) if node else Ancestry((), ())


def evidence_of(registry: Registry, view: VersionView) -> Evidence:
    """Return the evaluations of a version: those that count, and the files that nobody signed as they are."""
    signed = tuple(_signed_evaluations(registry, view))
    known = {(one.said.name, one.said.digest) for one in signed}
    files = _evaluation_files(registry, view)
    return Evidence(signed, tuple(one for one in files if (one.name, one.digest) not in known))


def _signed_evaluations(registry: Registry, view: VersionView) -> Iterator[EvaluationLine]:
    facts = registry.reader.facts(view.model)
    for one in view.state.evaluations if view.state else ():
        yield EvaluationLine(said=one, content=facts.evaluation(view.version, one.name, one.digest))


def _evaluation_files(registry: Registry, view: VersionView) -> Iterator[UnsignedEvaluation]:
    storage, folder = registry.reader.storage, layout.version_file(view.model, view.version, layout.EVALUATIONS)
    try:
        names = [entry.name for entry in storage.entries(folder) if entry.kind == "file"]
    except StorageError:
        return
    for name in (f"{layout.EVALUATIONS}/{name}" for name in names if name.endswith(".yaml")):
        digest = ""
        try:
            path = layout.version_file(view.model, view.version, name)
            content = storage.read(path, most=layout.LARGEST_METADATA)
            digest = hashlib.sha256(content).hexdigest()
            yield UnsignedEvaluation(name=name, digest=digest, content=load_evaluation(content))
        except (SchemaError, StorageError) as error:
            yield UnsignedEvaluation(name=name, digest=digest, fault=str(error))
