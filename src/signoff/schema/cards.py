"""What the metadata files of a registry mean: version.yaml, model.yaml, registry.yaml, evaluations, model cards.

The rule it keeps: one odd value never loses the rest of a file. A loader raises only where the file as a whole cannot
be read; what had to be set aside is told in `faults`, and it and all unknown keys are kept in `extra` by their path.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from signoff.errors import SchemaError
from signoff.schema import layout
from signoff.schema.content import LARGEST
from signoff.schema.fields import (
    ANYTHING,
    PAIRS,
    TEXT,
    TEXTS,
    Form,
    Pairs,
    Reading,
    choice,
    either,
    mapped,
    read_fields,
)
from signoff.schema.frontmatter import split_front_matter
from signoff.schema.lookup import says, says_pairs
from signoff.schema.meanings import MEANINGS, MetricMeaning
from signoff.schema.metrics import METRICS, measured_on
from signoff.schema.modelindex import RESULTS
from signoff.schema.parts import (
    ARTIFACTS,
    BASE_MODELS,
    DATASET,
    DATASETS,
    LINKS,
    SIGNATURE,
    SOURCE,
    SUITE,
    TAGS,
    TRAINING,
    Artifact,
    BaseModel,
    DatasetRef,
    Link,
    Signature,
    Source,
    Suite,
    Training,
)
from signoff.schema.scalars import Value
from signoff.schema.text import load_yaml
from signoff.values.metrics import Metric

Faults: TypeAlias = tuple[SchemaError, ...]
Tags: TypeAlias = tuple[tuple[str, str | None], ...]
Outcome: TypeAlias = Literal["pass", "fail", "inconclusive"]
Kind: TypeAlias = Literal["benchmark", "human", "safety", "fairness", "performance"]
Relation: TypeAlias = Literal["adapter", "finetune", "merge", "quantized", "distill"]

ATTRIBUTES = {"base_model": "base_models", "model-index": "metrics"}


class VersionMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a version.yaml, or the front matter of a model card, says.

    Attributes:
        created_at: As written; a claim, as everything here is.
        tags: (name, text), or (name, None) for a tag that is just a word.
        hyperparameters: (name, value); what was nested has names joined by dots.
        intended_uses: (key, value); a mere text stands under "purpose_of_model".
        co2_eq_emissions: (key, value); a mere number stands under "emissions".
        metrics: From `metrics` and from a `model-index`.
        extra: (path, raw value) of unknown keys and of what was set aside.
        faults: Why something was set aside.
    """

    description: str | None = None
    author: str | None = None
    created_at: str | None = None
    license: str | None = None
    license_name: str | None = None
    license_link: str | None = None
    library_name: str | None = None
    pipeline_tag: str | None = None
    language: tuple[str, ...] = ()
    tags: Tags = ()
    base_models: tuple[BaseModel, ...] = ()
    base_model_relation: Relation | None = None
    datasets: tuple[DatasetRef, ...] = ()
    hyperparameters: Pairs = ()
    training: Training | None = None
    source: Source | None = None
    signature: Signature | None = None
    metrics: tuple[Metric, ...] = ()
    intended_uses: Pairs = ()
    co2_eq_emissions: Pairs = ()
    artifacts: tuple[Artifact, ...] = ()
    extra: Pairs = ()
    faults: Faults = ()

    def says(self, path: str) -> bool:
        """Return whether something is said under a key of version.yaml, as "license" or "source.commit"."""
        first, *rest = path.split(".")
        odd = {fault.path for fault in self.faults}
        kept = tuple((key, value) for key, value in self.extra if key not in odd)
        return says(self, [ATTRIBUTES.get(first, first), *rest]) or says_pairs(kept, path)


class ModelMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a model.yaml says; `title` is a source's own spelling of the name."""

    title: str | None = None
    description: str | None = None
    owners: tuple[str, ...] = ()
    task: str | None = None
    tags: Tags = ()
    links: tuple[Link, ...] = ()
    metrics: tuple[MetricMeaning, ...] = ()
    extra: Pairs = ()
    faults: Faults = ()


class RegistryMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry.yaml says; it decides nothing."""

    title: str | None = None
    description: str | None = None
    links: tuple[Link, ...] = ()
    display: Pairs = ()
    extra: Pairs = ()
    faults: Faults = ()


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation file says.

    Attributes:
        metrics: Those that name no data set themselves are measured on `dataset`.
        raters: Of a human evaluation: how many, or who.
        protocol: Of a human evaluation: how they judged.
        agreement: Of a human evaluation: how much they agreed.
    """

    kind: Kind | None = None
    name: str | None = None
    suite: Suite | None = None
    outcome: Outcome | None = None
    metrics: tuple[Metric, ...] = ()
    evaluator: str | None = None
    date: str | None = None
    dataset: DatasetRef | None = None
    notes: str | None = None
    links: tuple[Link, ...] = ()
    raters: Value = None
    protocol: Value = None
    agreement: Value = None
    extra: Pairs = ()
    faults: Faults = ()


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """A README.md: its front matter, and the Markdown below, which begins in `body_line`."""

    metadata: VersionMetadata
    body: str
    body_line: int = 1


def load_version(content: bytes, *, file: str = layout.VERSION_FILE) -> VersionMetadata:
    """Return what a version.yaml says.

    Raises:
        SchemaError: It cannot be read at all, or is no map.
    """
    return _version(load_yaml(content, file=file), file)


def load_model(content: bytes, *, file: str = layout.MODEL_FILE) -> ModelMetadata:
    """Return what a model.yaml says; raises `SchemaError` as `load_version` does."""
    return ModelMetadata(**_fields(load_yaml(content, file=file), MODEL_FORMS, file))


def load_registry(content: bytes, *, file: str = layout.REGISTRY_FILE) -> RegistryMetadata:
    """Return what a registry.yaml says; raises `SchemaError` as `load_version` does."""
    return RegistryMetadata(**_fields(load_yaml(content, file=file), REGISTRY_FORMS, file))


def load_evaluation(content: bytes, *, file: str = "") -> Evaluation:
    """Return what an evaluation file says; raises `SchemaError` as `load_version` does."""
    found = _fields(load_yaml(content, file=file), EVALUATION_FORMS, file)
    found["metrics"] = measured_on(found.get("metrics", ()), found.get("dataset"))
    return Evaluation(**found)


def load_card(content: bytes, *, file: str = layout.CARD_FILE) -> ModelCard:
    """Return a model card; where its front matter cannot be read, the fault stands in its metadata.

    Raises:
        SchemaError: It is too large, or not UTF-8.
    """
    parts = split_front_matter(content, file=file, most=layout.LARGEST_CARD)
    try:
        if parts.fault is not None:
            raise parts.fault
        document = load_yaml(parts.block or b"", file=file, most=LARGEST, first_line=parts.line)
        metadata = _version(document, file, line=parts.line)
    except SchemaError as fault:
        metadata = VersionMetadata(faults=(fault,))
    return ModelCard(metadata=metadata, body=parts.body, body_line=parts.body_line)


def _version(document: Value, file: str, *, line: int = 1) -> VersionMetadata:
    found = _fields(document, VERSION_FORMS, file, line=line)
    results = found.pop("model-index", ())
    if results:
        found["metrics"] = (*found.get("metrics", ()), *results)
    if "base_model" in found:
        found["base_models"] = found.pop("base_model")
    return VersionMetadata(**found)


def _fields(document: Value, forms: Mapping[str, Form], file: str, *, line: int = 1) -> dict[str, Any]:
    """Return what the known keys of a document say, its extras and its faults."""
    if document is None:
        return {}
    if not isinstance(document, dict):
        message = "expected a map of keys"
        raise SchemaError(message, file=file, line=line, hint="write KEY: VALUE lines")
    reading = Reading(file)
    found = read_fields(document, forms, "", reading)
    found["extra"], found["faults"] = tuple(reading.extra), tuple(reading.faults)
    return found


def _flat(pairs: Pairs) -> Pairs:
    """Return nested maps as one, with names joined by dots."""
    return tuple(
        (f"{key}.{name}" if name else key, item)
        for key, value in pairs
        for name, item in (_flat(tuple(value.items())) if isinstance(value, dict) and value else (("", value),))
    )


USES = either(mapped(TEXT, lambda text: (("purpose_of_model", text),)), PAIRS)
EMISSIONS = either(mapped(Form(ANYTHING.read, TEXT.schema), lambda value: (("emissions", value),)), PAIRS)
VERSION_FORMS = {
    "description": TEXT,
    "author": TEXT,
    "created_at": TEXT,
    "license": mapped(TEXTS, ", ".join),
    "license_name": TEXT,
    "license_link": TEXT,
    "library_name": TEXT,
    "pipeline_tag": TEXT,
    "language": TEXTS,
    "tags": TAGS,
    "base_model": BASE_MODELS,
    "base_model_relation": choice("adapter", "finetune", "merge", "quantized", "distill"),
    "datasets": DATASETS,
    "hyperparameters": mapped(PAIRS, _flat),
    "training": TRAINING,
    "source": SOURCE,
    "signature": SIGNATURE,
    "metrics": METRICS,
    "model-index": RESULTS,
    "intended_uses": USES,
    "co2_eq_emissions": EMISSIONS,
    "artifacts": ARTIFACTS,
}
MODEL_FORMS = {
    "title": TEXT,
    "description": TEXT,
    "owners": TEXTS,
    "task": TEXT,
    "tags": TAGS,
    "links": LINKS,
    "metrics": MEANINGS,
}
REGISTRY_FORMS = {"title": TEXT, "description": TEXT, "links": LINKS, "display": PAIRS}
EVALUATION_FORMS = {
    "kind": choice("benchmark", "human", "safety", "fairness", "performance"),
    "name": TEXT,
    "suite": SUITE,
    "outcome": choice("pass", "fail", "inconclusive"),
    "metrics": METRICS,
    "evaluator": TEXT,
    "date": TEXT,
    "dataset": DATASET,
    "notes": TEXT,
    "links": LINKS,
    "raters": ANYTHING,
    "protocol": ANYTHING,
    "agreement": ANYTHING,
}
