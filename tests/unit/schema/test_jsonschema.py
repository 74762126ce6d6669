"""The published JSON Schemas accept what the loaders take whole, and reject what the loaders set aside."""

from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from signoff.schema.cards import (
    Evaluation,
    ModelMetadata,
    RegistryMetadata,
    VersionMetadata,
    load_evaluation,
    load_model,
    load_registry,
    load_version,
)
from signoff.schema.jsonschema import json_schema
from signoff.schema.scalars import Value
from signoff.schema.text import dump_yaml, load_yaml

Kind = Literal["version", "model", "evaluation", "registry"]
Loaded = VersionMetadata | ModelMetadata | RegistryMetadata | Evaluation

LOADERS: dict[Kind, Callable[[bytes], Loaded]] = {
    "version": load_version,
    "model": load_model,
    "evaluation": load_evaluation,
    "registry": load_registry,
}
VALIDATORS = {kind: Draft202012Validator(json_schema(kind)) for kind in LOADERS}
A = "a" * 64

CASES: list[tuple[Kind, str]] = [
    ("version", ""),
    ("version", "description: x\nlicense: [mit, apache]\nlanguage: no\nsize: 3"),
    ("version", "description: [x]"),
    ("version", "description: 3\nlicense: true\nauthor: ~"),
    ("version", "license: {a: b}"),
    ("version", "tags: {a: b, c: }"),
    ("version", "tags: [a, {b: c}, ~]"),
    ("version", "tags: [[a]]"),
    ("version", "tags: {a: [b]}"),
    ("version", "base_model: a"),
    ("version", "base_model: [a, {model: b, version: 2}, ~]"),
    ("version", "base_model: {version: 2}"),
    ("version", "base_model: {model: }"),
    ("version", f"base_model: {{model: b, sha256: {A}}}"),
    ("version", "base_model: {model: b, sha256: abc}"),
    ("version", "base_model_relation: adapter"),
    ("version", "base_model_relation: cousin"),
    ("version", "datasets: [a, {name: b, rows: 1.0}]"),
    ("version", "datasets: {name: b, rows: -1}"),
    ("version", "datasets: {name: b, rows: 1.5}"),
    ("version", "datasets: [[a]]"),
    ("version", "hyperparameters: {a: [1, {b: c}]}"),
    ("version", "hyperparameters: 3"),
    ("version", "training: {duration_seconds: 3.5, environment: [a]}\nsource: {dirty: true}\nsignature: {inputs: {}}"),
    ("version", "training: {duration_seconds: 1 h}"),
    ("version", "source: {dirty: 1}"),
    ("version", "source: here"),
    ("version", f"artifacts: {{path: a/b, sha256: {A}, size: 3, uri: x}}"),
    ("version", f"artifacts: [{{path: a, sha256: {A}, size: -3}}]"),
    ("version", "artifacts: [{path: a}]"),
    ("version", f"artifacts: [{{path: ../a, sha256: {A}}}]"),
    ("version", f"artifacts: [{{path: a//b, sha256: {A}}}]"),
    ("version", f"artifacts: [{{path: /a, sha256: {A}}}]"),
    ("version", f"artifacts: [{{path: README.md, sha256: {A}}}]"),
    ("version", f"artifacts: [{{path: a/README.md, sha256: {A}}}]"),
    ("version", f'artifacts: [{{path: "a\\tb", sha256: {A}}}]'),
    ("version", f"artifacts: [{{path: 3, sha256: {A}}}]"),
    ("version", "intended_uses: text\nco2_eq_emissions: 3"),
    ("version", "intended_uses: {a: b}\nco2_eq_emissions: {emissions: 3}"),
    ("version", "intended_uses: [a]"),
    ("version", "metrics: {a: 1, b: x, c: , d: {value: 1, unit: ms}, test: {e: 1}}"),
    ("version", "metrics: {a: [1]}"),
    ("version", "metrics: {a: {b: [1]}}"),
    ("version", "metrics: {a: {value: 1, unit: [ms]}}"),
    ("version", "metrics: {a: {value: [1]}}"),
    ("version", "metrics: [a, {b: 1}, {name: c, value: 1}, {type: d, value: {x: 1}}, ~]"),
    ("version", "metrics: [1]"),
    ("version", "metrics: [[a]]"),
    ("version", "metrics: [{name: , value: 1}]"),
    ("version", "metrics: [{name: , type: a, value: 1}]"),
    ("version", "metrics: [{name: a, value: 1, slice: {b: c}, dataset: {name: d}, confidence_interval: [1, 2]}]"),
    ("version", "metrics: [{name: a, value: 1, slice: x}]"),
    ("version", "metrics: [{name: a, value: 1, count: 312}]"),
    ("version", "metrics: [{name: a, value: 1, count: many}]"),
    ("version", "metrics: [{name: a, value: 1, confidence_interval: [1]}]"),
    ("version", "metrics: [{name: a, value: 1, confidence_interval: {level: x}}]"),
    ("version", "metrics: {name: a, value: 1}"),
    ("version", "metrics: {name: a, value: [1]}"),
    ("version", "metrics: a"),
    ("version", "metrics: 3"),
    ("version", "model-index: [{name: a, results: [{dataset: {type: b}, metrics: [{type: c, value: 1}]}]}, ~]"),
    ("version", "model-index: {results: }"),
    ("version", "model-index: [{results: x}]"),
    ("version", "model-index: [{results: [{metrics: [{value: 1}]}]}]"),
    ("version", "model-index: [x]"),
    ("model", "title: x\nowners: [a]\nlinks: [a, {url: b}]\nmetrics: {a: {direction: lower}, b: higher, c: }"),
    ("model", "links: {a: b}\nmetrics: [a, {name: b, unit: ms}]"),
    ("model", "links: {a: [b]}"),
    ("model", "links: [{title: b}]"),
    ("model", "metrics: {a: up}"),
    ("model", "metrics: {a: {primary: 1}}"),
    ("model", "metrics: [{unit: ms}]"),
    ("evaluation", "kind: human\noutcome: pass\nsuite: a\ndataset: b\nraters: 3\nmetrics: {a: 1}"),
    ("evaluation", "suite: {name: a, version: 1}\ndataset: {name: b}\nagreement: [1]"),
    ("evaluation", "kind: vibes"),
    ("evaluation", "outcome: PASS"),
    ("evaluation", "suite: [a]"),
    ("evaluation", "dataset: {revision: 1}"),
    ("registry", "title: x\nlinks: a\ndisplay: {columns: [a]}\nmore: 1"),
    ("registry", "display: [a]"),
]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_the_schema_and_the_loader_agree(kind: Kind, text: str) -> None:
    content = text.encode()
    taken_whole = not LOADERS[kind](content).faults
    assert VALIDATORS[kind].is_valid(load_yaml(content)) is taken_whole


def test_the_cases_are_of_both_sorts() -> None:
    whole = [text for kind, text in CASES if not LOADERS[kind](text.encode()).faults]
    assert len(whole) > 25
    assert len(CASES) - len(whole) > 25


@pytest.mark.parametrize("kind", LOADERS)
def test_a_schema_is_a_valid_schema_and_says_what_it_is_for(kind: Kind) -> None:
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["title"].startswith(("version.yaml", "model.yaml", "registry.yaml", "evaluations/"))
    assert not VALIDATORS[kind].is_valid(["a"])


KEYS = [
    "name",
    "type",
    "value",
    "text",
    "unit",
    "dataset",
    "slice",
    "test",
    "a",
    "results",
    "metrics",
    "url",
    "direction",
]
DOCUMENTS: st.SearchStrategy[Value] = st.recursive(
    st.sampled_from([None, True, 3, -1, "x", "higher", "0.9"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)


@given(st.sampled_from([("version", "metrics"), ("version", "tags"), ("version", "model-index"), ("version", "datasets"),
                        ("model", "links"), ("model", "metrics"), ("evaluation", "suite")]), DOCUMENTS)  # fmt: skip
def test_they_agree_on_anything_that_stands_under_a_key(place: tuple[Kind, str], value: Value) -> None:
    kind, key = place
    content = dump_yaml({key: value}).encode()
    taken_whole = not LOADERS[kind](content).faults
    assert VALIDATORS[kind].is_valid(load_yaml(content)) is taken_whole
