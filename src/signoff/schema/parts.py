"""The parts that metadata files share: base models, data sets, artifacts, links, tags.

The rule it keeps: a part that exists is usable: an artifact has a path that a manifest could hold and a digest.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from signoff.schema.fields import (
    ANYTHING,
    COUNT,
    DIGEST,
    FLAG,
    NUMBER,
    SCALAR,
    TEXT,
    Form,
    Reading,
    either,
    mapped,
    section,
    several,
)
from signoff.schema.manifest import path_fault
from signoff.schema.scalars import Value, text_of
from signoff.values.names import Digest


class BaseModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that this one is built on; `model` as written, `sha256` the digest of its manifest."""

    model: str
    version: str | None = None
    sha256: Digest | None = None


class DatasetRef(msgspec.Struct, frozen=True, kw_only=True):
    """A data set, and which state of it."""

    name: str
    revision: str | None = None
    sha256: Digest | None = None
    split: str | None = None
    uri: str | None = None
    rows: int | None = None


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """A file kept elsewhere: where it would lie below the version's folder, where it is, and its digest."""

    path: str
    sha256: Digest
    uri: str | None = None
    size: int | None = None


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """How the version was trained; times are text, as written."""

    started_at: str | None = None
    finished_at: str | None = None
    duration_seconds: Decimal | None = None
    hardware: str | None = None
    environment: Value = None
    framework_version: str | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code and the run are that made the version."""

    repository: str | None = None
    commit: str | None = None
    dirty: bool | None = None
    pipeline: str | None = None
    experiment: str | None = None
    run_id: str | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What the model takes and gives, in whatever form the framework wrote it."""

    inputs: Value = None
    outputs: Value = None
    params: Value = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An address, and what stands there."""

    url: str
    title: str | None = None


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """The suite of tests that an evaluation ran."""

    name: str | None = None
    version: str | None = None


def _read_path(value: Value, path: str, reading: Reading) -> str | None:
    fault = path_fault(value) if isinstance(value, str) else "expected text"
    if fault or not isinstance(value, str):
        reading.set_aside(path, value, f"not a path below the version's folder: {fault}")
        return None
    return value


def _read_tags(value: Value, path: str, reading: Reading) -> tuple[tuple[str, str | None], ...]:
    return tuple(_tags(value, path, reading))


def _tags(value: Value, path: str, reading: Reading) -> Iterator[tuple[str, str | None]]:
    match value:
        case dict():
            yield from read_named(value, path, reading)
        case list():
            for at, item in enumerate(value):
                if isinstance(item, list):
                    reading.set_aside(f"{path}[{at}]", item, "expected a tag, found a list")
                else:
                    yield from _tags(item, f"{path}[{at}]", reading)
        case None:
            pass
        case _:
            yield text_of(value), None


def read_named(value: dict[str, Value], path: str, reading: Reading) -> Iterator[tuple[str, str | None]]:
    """Yield the names and texts of a map; a name may stand without a text."""
    for name, item in value.items():
        if isinstance(item, (dict, list)):
            reading.set_aside(f"{path}.{name}", item, "expected text")
        else:
            yield name, None if item is None else text_of(item)


def _read_links(value: Value, path: str, reading: Reading) -> tuple[Link, ...]:
    if isinstance(value, dict) and "url" not in value:
        return tuple(Link(url=url, title=title) for title, url in read_named(value, path, reading) if url is not None)
    found = LINK_LIST.read(value, path, reading)
    assert isinstance(found, tuple)
    return found


MAYBE_SCALAR = {"type": [*SCALAR, "null"]}
NAMED = {"type": "object", "additionalProperties": MAYBE_SCALAR}
BASE_MODEL = either(
    mapped(TEXT, lambda model: BaseModel(model=model)),
    section(BaseModel, {"model": TEXT, "version": TEXT, "sha256": DIGEST}, required=("model",)),
)
BASE_MODELS = several(BASE_MODEL)
DATASET_FORMS = {"name": TEXT, "revision": TEXT, "sha256": DIGEST, "split": TEXT, "uri": TEXT, "rows": COUNT}
DATASET = either(
    mapped(TEXT, lambda name: DatasetRef(name=name)),
    section(DatasetRef, DATASET_FORMS, required=("name",)),
)
DATASETS = several(DATASET)
PATH = Form(
    _read_path,
    {
        "type": "string",
        "pattern": r"^[^\\\u0000-\u001f\u007f-\u009f]+$",
        "not": {"pattern": r"(^|/)\.{0,2}(/|$)|^evaluations/|^(README\.md|SHA256SUMS)$"},
    },
)
ARTIFACTS = several(
    section(Artifact, {"path": PATH, "uri": TEXT, "size": COUNT, "sha256": DIGEST}, required=("path", "sha256"))
)
TRAINING = section(
    Training,
    {
        "started_at": TEXT,
        "finished_at": TEXT,
        "duration_seconds": NUMBER,
        "hardware": TEXT,
        "environment": ANYTHING,
        "framework_version": TEXT,
    },
)
SOURCE = section(
    Source,
    {
        "repository": TEXT,
        "commit": TEXT,
        "dirty": FLAG,
        "pipeline": TEXT,
        "experiment": TEXT,
        "run_id": TEXT,
    },
)
SIGNATURE = section(Signature, {"inputs": ANYTHING, "outputs": ANYTHING, "params": ANYTHING})
SUITE = either(mapped(TEXT, lambda name: Suite(name=name)), section(Suite, {"name": TEXT, "version": TEXT}))
TAGS = Form(
    _read_tags,
    {"anyOf": [{"type": SCALAR}, NAMED, {"type": "array", "items": {"anyOf": [MAYBE_SCALAR, NAMED]}}]},
)
LINK_LIST = several(
    either(
        mapped(TEXT, lambda url: Link(url=url)),
        section(Link, {"url": TEXT, "title": TEXT}, required=("url",)),
    )
)
LINKS = Form(
    _read_links,
    {"if": {"type": "object", "not": {"required": ["url"]}}, "then": NAMED, "else": LINK_LIST.schema},
)
