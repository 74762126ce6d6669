"""Reading what the files of a version say.

The rule it keeps: a registered version's metadata is what its manifest names by digest; a draft's is what its folder
holds. Files that changed since they were registered are a problem, never new values.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from signoff.errors import NotFoundError, SchemaError, StorageError
from signoff.policy.history import VersionState
from signoff.registry.cache import Contents
from signoff.registry.facts import StoredFacts
from signoff.registry.problems import Problem
from signoff.schema import layout
from signoff.schema.cards import VersionMetadata, load_evaluation, load_version
from signoff.storage.base import Info, Readable
from signoff.values.metrics import Metric

NOT_ASKED: Mapping[str, int | None] = {}


def read_registered(
    storage: Readable,
    model: str,
    state: VersionState,
    *,
    listed: Mapping[str, Info] | None = None,
    sizes: Mapping[str, int | None] = NOT_ASKED,
) -> Contents:
    """Return what the files of a registered version say, as far as they are the registered ones.

    Args:
        storage: The registry's storage.
        model: The model.
        state: What the log says of the version.
        listed: Its files by their paths, where they were listed already.
        sizes: The sizes of those that were asked already, None for one that is not there.
    """
    facts = StoredFacts(storage, model)
    manifest = facts.manifest(state.version, state.digest)
    metadata = facts.metadata(state.version, state.digest)
    metrics = list(metadata.metrics) if metadata else []
    for one in state.evaluations:
        evaluation = facts.evaluation(state.version, one.name, one.digest)
        metrics += evaluation.metrics if evaluation else ()
    files = [path for path, _ in manifest.files] if manifest else []
    size = _size(storage, model, state.version, files, listed=listed, sizes=sizes) if manifest else None
    has_card = sizes.get(layout.CARD_FILE, 0) is not None if listed is None else layout.CARD_FILE in listed
    return Contents(
        metadata=metadata,
        metrics=tuple(metrics),
        card=read_card(storage, model, state.version) if has_card else None,
        files=None if size is None else len(files),
        size=size,
        problems=_faults(model, state.version, metadata) if metadata else (),
        manifested=manifest is not None,
    )


def _size(
    storage: Readable,
    model: str,
    version: str,
    files: Sequence[str],
    *,
    listed: Mapping[str, Info] | None,
    sizes: Mapping[str, int | None],
) -> int | None:
    if listed is not None:
        return sum(listed[path].size for path in files) if all(path in listed for path in files) else None
    try:
        known = [sizes.get(path) for path in files]
        asked = [path for path, size in zip(files, known, strict=True) if size is None]
        infos = [storage.info(layout.version_file(model, version, path)) for path in asked]
        return sum(filter(None, known)) + sum(info.size for info in infos)
    except StorageError:
        return None


def read_card(storage: Readable, model: str, version: str) -> str | None:
    """Return the sha256 of a version's model card as it is now; None where it has none that can be read."""
    try:
        content = storage.read(layout.version_file(model, version, layout.CARD_FILE), most=layout.LARGEST_CARD)
    except StorageError:
        return None
    return hashlib.sha256(content).hexdigest()


def read_draft(storage: Readable, model: str, version: str, files: Sequence[tuple[str, Info]]) -> Contents:
    """Return what the files of a folder that is not registered say; `files` as `Storage.walk` returns them."""
    problems = list[Problem]()
    metadata = _draft_metadata(storage, model, version, problems)
    measured = _draft_metrics(storage, model, version, files=files, problems=problems)
    newest = max((info.modified for _, info in files), default=0.0)
    return Contents(
        metadata=metadata,
        metrics=(metadata.metrics if metadata else ()) + measured,
        card=read_card(storage, model, version),
        files=len(files),
        size=sum(info.size for _, info in files),
        moment=datetime.fromtimestamp(int(newest), UTC) if newest else None,
        problems=tuple(problems),
    )


def _draft_metadata(storage: Readable, model: str, version: str, problems: list[Problem]) -> VersionMetadata | None:
    path = layout.version_file(model, version, layout.VERSION_FILE)
    try:
        metadata = load_version(storage.read(path, most=layout.LARGEST_METADATA))
    except NotFoundError:
        return None
    except (SchemaError, StorageError) as error:
        problems.append(problem(model, version, f"version.yaml: {error}", error.hint))
        return None
    problems += _faults(model, version, metadata)
    return metadata


def _draft_metrics(
    storage: Readable, model: str, version: str, *, files: Sequence[tuple[str, Info]], problems: list[Problem]
) -> tuple[Metric, ...]:
    found: list[Metric] = []
    for name, _ in files:
        folder, _, last = name.rpartition("/")
        if folder != layout.EVALUATIONS or not last.endswith(".yaml"):
            continue
        try:
            content = storage.read(layout.version_file(model, version, name), most=layout.LARGEST_METADATA)
            found += load_evaluation(content).metrics
        except (SchemaError, StorageError) as error:
            problems.append(problem(model, version, f"{name}: {error}", error.hint))
    return tuple(found)


def problem(model: str, version: str, what: str, hint: str) -> Problem:
    """Return what is wrong with a version."""
    return Problem(place=layout.version_folder(model, version), what=what, hint=hint)


def _faults(model: str, version: str, metadata: VersionMetadata) -> tuple[Problem, ...]:
    place = layout.version_file(model, version, layout.VERSION_FILE)
    return tuple(Problem(place=place, what=str(one), severity="note") for one in metadata.faults)
