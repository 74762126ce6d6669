"""Metadata files mean what they say; one odd value is set aside with its reason and loses nothing else."""

from decimal import Decimal

import pytest

from signoff.errors import SchemaError
from signoff.schema.cards import (
    Evaluation,
    ModelMetadata,
    RegistryMetadata,
    VersionMetadata,
    load_card,
    load_evaluation,
    load_model,
    load_registry,
    load_version,
)
from signoff.schema.meanings import MetricMeaning
from signoff.schema.parts import Artifact, BaseModel, DatasetRef, Link, Signature, Source, Suite, Training
from signoff.schema.scalars import Value
from signoff.values.metrics import Metric
from signoff.values.names import Digest

A, B = "a" * 64, "b" * 64
VERSION = f"""
description: Gradient boosting
author: al@example.org
created_at: 2026-11-20T14:03:22Z
license: apache-2.0
license_name: Apache
license_link: https://example.org/license
library_name: sklearn
pipeline_tag: tabular-classification
language: no
tags: {{team: risk, fast: }}
base_model:
  - {{model: llm/base, version: 2, sha256: {A.upper()}}}
  - llm/other
base_model_relation: adapter
datasets:
  - {{name: transactions, revision: 2026-Q3, sha256: {B}, split: train, uri: "s3://x", rows: 1.2e6}}
  - public
hyperparameters: {{learning_rate: 0.10, optimizer: {{name: adam, betas: [0.9, 0.99], more: {{}}}}}}
training: {{started_at: 2026-11-20, duration_seconds: 5121, environment: {{python: 3.11}}, hardware: 4xA100}}
source: {{repository: https://git.example.org/x, commit: 12e4567, dirty: false, run_id: 7}}
signature: {{inputs: [x], outputs: double}}
metrics: {{accuracy: 0.9310}}
intended_uses: {{purpose_of_model: find fraud}}
co2_eq_emissions: {{emissions: 120.5}}
artifacts:
  - {{path: weights/1.safetensors, uri: "s3://w", size: 4976698672, sha256: {A}}}
team_size: 3
"""


def version(text: str) -> VersionMetadata:
    return load_version(text.encode())


def only(metadata: VersionMetadata | ModelMetadata | RegistryMetadata | Evaluation) -> SchemaError:
    (fault,) = metadata.faults
    return fault


def test_every_key_of_a_version_file_is_read() -> None:
    assert version(VERSION) == VersionMetadata(
        description="Gradient boosting",
        author="al@example.org",
        created_at="2026-11-20T14:03:22Z",
        license="apache-2.0",
        license_name="Apache",
        license_link="https://example.org/license",
        library_name="sklearn",
        pipeline_tag="tabular-classification",
        language=("no",),
        tags=(("team", "risk"), ("fast", None)),
        base_models=(BaseModel(model="llm/base", version="2", sha256=Digest(A)), BaseModel(model="llm/other")),
        base_model_relation="adapter",
        datasets=(
            DatasetRef(
                name="transactions", revision="2026-Q3", sha256=Digest(B), split="train", uri="s3://x", rows=1_200_000
            ),
            DatasetRef(name="public"),
        ),
        hyperparameters=(
            ("learning_rate", 0.1),
            ("optimizer.name", "adam"),
            ("optimizer.betas", [0.9, 0.99]),
            ("optimizer.more", {}),
        ),
        training=Training(
            started_at="2026-11-20", duration_seconds=Decimal(5121), environment={"python": 3.11}, hardware="4xA100"
        ),
        source=Source(repository="https://git.example.org/x", commit="12e4567", dirty=False, run_id="7"),
        signature=Signature(inputs=["x"], outputs="double"),
        metrics=(Metric(name="accuracy", text="0.9310", number=Decimal("0.9310")),),
        intended_uses=(("purpose_of_model", "find fraud"),),
        co2_eq_emissions=(("emissions", 120.5),),
        artifacts=(Artifact(path="weights/1.safetensors", uri="s3://w", size=4_976_698_672, sha256=Digest(A)),),
        extra=(("team_size", 3),),
    )


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"description:\nmetrics:\ntags: ~\n"])
def test_a_file_that_says_nothing_means_nothing(content: bytes) -> None:
    assert load_version(content) == VersionMetadata()


@pytest.mark.parametrize("content", [b"- a\n", b"text\n", b"3\n"])
def test_a_file_that_is_no_map_cannot_be_read(content: bytes) -> None:
    for load in (load_version, load_model, load_registry, load_evaluation):
        with pytest.raises(SchemaError, match=r"^x.yaml:1: expected a map of keys"):
            load(content, file="x.yaml")


@pytest.mark.parametrize(
    ("text", "path", "raw", "reason"),
    [
        ("license: {a: b}", "license", {"a": "b"}, "expected text, found a map"),
        ("description: [a]", "description", ["a"], "expected text, found a list"),
        ("language: [en, [x]]", "language[1]", ["x"], "expected text, found a list"),
        ("tags: [a, [b]]", "tags[1]", ["b"], "expected a tag, found a list"),
        ("tags: {a: {b: c}}", "tags.a", {"b": "c"}, "expected text"),
        ("base_model: {version: 2}", "base_model", {"version": 2}, "lacks model"),
        ("base_model: [[a]]", "base_model[0]", ["a"], "expected a map of keys, found a list"),
        ("base_model_relation: cousin", "base_model_relation", "cousin", "'cousin' is not one of adapter, finetune,"),
        ("base_model_relation: {}", "base_model_relation", {}, "a map is not one of adapter"),
        ("datasets: {name: x, rows: -1}", "datasets.rows", -1, "expected a whole number from 0, found -1"),
        ("datasets: {name: x, rows: 1.5}", "datasets.rows", 1.5, "expected a whole number from 0, found 1.5"),
        ("datasets: {name: x, rows: many}", "datasets.rows", "many", "expected a whole number from 0, found 'many'"),
        ("datasets: {name: x, rows: true}", "datasets.rows", True, "expected a whole number from 0, found true"),
        ("datasets: {name: x, sha256: abc}", "datasets.sha256", "abc", "'abc' is not a sha256 digest of 64 hex digits"),
        ("datasets: {name: x, sha256: 12}", "datasets.sha256", 12, "12 is not a sha256 digest of 64 hex digits"),
        ("hyperparameters: [a]", "hyperparameters", ["a"], "expected a map of keys, found a list"),
        ("training: long", "training", "long", "expected a map of keys, found 'long'"),
        ("training: {duration_seconds: 1 h}", "training.duration_seconds", "1 h", "expected a number, found '1 h'"),
        (
            "training: {duration_seconds: .inf}",
            "training.duration_seconds",
            float("inf"),
            "expected a number, found .inf",
        ),
        ("training: {duration_seconds: true}", "training.duration_seconds", True, "expected a number, found true"),
        ("source: {dirty: maybe}", "source.dirty", "maybe", "expected true or false, found 'maybe'"),
        ("intended_uses: [a]", "intended_uses", ["a"], "expected a map of keys, found a list"),
        (f"artifacts: [{{path: a, sha256: {A}, size: x}}]", "artifacts[0].size", "x", "expected a whole number"),
        ("metrics: 3", "metrics", 3, "a value needs the name of its metric"),
        ("model-index: [x]", "model-index[0]", "x", "expected a map of name and results"),
    ],
)
def test_an_odd_value_is_set_aside_and_the_rest_is_read(text: str, path: str, raw: Value, reason: str) -> None:
    metadata = version(f"author: al\n{text}\nlibrary_name: x\n")
    fault = only(metadata)
    assert (fault.file, fault.path) == ("version.yaml", path)
    assert fault.reason.startswith(reason)
    assert metadata.extra == ((path, raw),)
    assert (metadata.author, metadata.library_name) == ("al", "x")


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        ("{path: ../x, sha256: S}", "not a path below the version's folder: it has an empty, '.' or '..' part"),
        ("{path: /etc/passwd, sha256: S}", "not a path below the version's folder: it has an empty"),
        (
            "{path: evaluations/x, sha256: S}",
            "not a path below the version's folder: the manifest leaves that file out",
        ),
        ("{path: 3, sha256: S}", "not a path below the version's folder: expected text"),
        ("{path: a, sha256: 12}", "12 is not a sha256 digest"),
        ("{path: a}", "lacks sha256"),
        ("{uri: x}", "lacks path, sha256"),
    ],
)
def test_an_artifact_that_cannot_be_checked_is_set_aside_whole(artifact: str, reason: str) -> None:
    metadata = version(f"artifacts: [{artifact.replace('S', A)}]")
    assert metadata.artifacts == ()
    assert only(metadata).reason.startswith(reason)
    assert [path for path, _ in metadata.extra] == ["artifacts[0]"]


def test_unknown_keys_are_kept_with_their_path() -> None:
    metadata = version("source: {branch: main}\ndatasets: [{name: x, owner: al}]\nwidget: [1]\n")
    assert metadata.extra == (("source.branch", "main"), ("datasets[0].owner", "al"), ("widget", [1]))
    assert metadata.faults == ()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("fast", (("fast", None),)),
        ("[fast, 3, ~]", (("fast", None), ("3", None))),
        ("[{team: risk}, fast]", (("team", "risk"), ("fast", None))),
        ("{team: risk, fast: }", (("team", "risk"), ("fast", None))),
    ],
)
def test_tags_come_in_every_form(text: str, tags: tuple[tuple[str, str | None], ...]) -> None:
    assert version(f"tags: {text}").tags == tags


def test_short_forms_of_other_keys() -> None:
    metadata = version(
        "license: [mit, apache-2.0]\nco2_eq_emissions: 2.50\nintended_uses: fraud\nlanguage: [no, ~, en]\n"
    )
    assert metadata.license == "mit, apache-2.0"
    assert repr(metadata.co2_eq_emissions) == "(('emissions', 2.50),)"
    assert metadata.intended_uses == (("purpose_of_model", "fraud"),)
    assert metadata.language == ("no", "en")
    assert metadata.faults == ()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("license", True),
        ("base_model", True),
        ("base_model.model", True),
        ("base_model.sha256", False),
        ("source.commit", True),
        ("source.dirty", True),
        ("source.pipeline", False),
        ("source.branch", False),
        ("source.commit.more", False),
        ("datasets", True),
        ("datasets.name", True),
        ("datasets.revision", False),
        ("hyperparameters.learning_rate", True),
        ("hyperparameters.optimizer", True),
        ("hyperparameters.optimizer.name", True),
        ("hyperparameters.optimizer.betas", True),
        ("hyperparameters.optim", False),
        ("training.environment.python", True),
        ("training.environment.cuda", False),
        ("signature", True),
        ("signature.params", False),
        ("metrics", True),
        ("model-index", True),
        ("artifacts", True),
        ("team_size", True),
        ("team", False),
        ("contact.email", True),
        ("contact.phone", False),
        ("owner.unit", True),
        ("library_name", False),
        ("created_at", False),
        ("nothing.at.all", False),
    ],
)
def test_a_rule_can_ask_whether_something_is_said(path: str, answer: bool) -> None:
    more = "contact: {email: a@b}\nowner.unit: x\n"
    metadata = version(VERSION.replace("library_name: sklearn", "library_name: [x, {}]").replace(
        "created_at: 2026-11-20T14:03:22Z", "created_at: ''") + more)  # fmt: skip
    assert metadata.says(path) is answer


def test_a_model_file_is_read() -> None:
    assert load_model(b"""
title: Fraud / EU
description: x
owners: [al, bo]
task: tabular-classification
tags: [a]
links: {docs: https://example.org/d, none: }
metrics:
  accuracy: {direction: higher, unit: fraction, primary: true}
  latency: lower
  size:
source: mlflow
""") == ModelMetadata(
        title="Fraud / EU",
        description="x",
        owners=("al", "bo"),
        task="tabular-classification",
        tags=(("a", None),),
        links=(Link(url="https://example.org/d", title="docs"),),
        metrics=(
            MetricMeaning(name="accuracy", direction="higher", unit="fraction", primary=True),
            MetricMeaning(name="latency", direction="lower"),
            MetricMeaning(name="size"),
        ),
        extra=(("source", "mlflow"),),
    )


def test_the_meaning_of_metrics_may_be_a_list() -> None:
    metadata = load_model(b"metrics: [accuracy, {name: loss, direction: lower}, {unit: ms}]")
    assert metadata.metrics == (MetricMeaning(name="accuracy"), MetricMeaning(name="loss", direction="lower"))
    assert str(only(metadata)) == "model.yaml:metrics[2]: lacks name"


def test_an_odd_meaning_loses_only_itself() -> None:
    metadata = load_model(b"metrics: {a: {direction: up, primary: 3, unit: ms}, b: best, c: higher}")
    assert metadata.metrics == (
        MetricMeaning(name="a", unit="ms"),
        MetricMeaning(name="b"),
        MetricMeaning(name="c", direction="higher"),
    )
    assert [path for path, _ in metadata.extra] == ["metrics.a.direction", "metrics.a.primary", "metrics.b"]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.example", (Link(url="https://a.example"),)),
        ("[a, {url: b, title: B}]", (Link(url="a"), Link(url="b", title="B"))),
        ("{url: b, title: B}", (Link(url="b", title="B"),)),
        ("{B: b}", (Link(url="b", title="B"),)),
    ],
)
def test_links_come_in_every_form(text: str, links: tuple[Link, ...]) -> None:
    assert load_registry(f"links: {text}".encode()) == RegistryMetadata(links=links)


def test_a_registry_file_is_read() -> None:
    metadata = load_registry(b"title: Risk\ndescription: x\ndisplay: {columns: [a]}\ncolor: red\n")
    assert metadata == RegistryMetadata(
        title="Risk", description="x", display=(("columns", ["a"]),), extra=(("color", "red"),)
    )


def test_an_evaluation_file_is_read_and_its_metrics_are_measured_on_its_data_set() -> None:
    assert load_evaluation(b"""
kind: human
name: preference
suite: {name: arena, version: 1.10}
outcome: pass
metrics: {win_rate: 0.6, other: {value: 0.5, dataset: own}}
evaluator: bo@example.org
date: 2026-11-21
dataset: {name: prompts, revision: 3, split: test}
notes: fine
links: https://example.org
raters: 5
protocol: blind
agreement: {kappa: 0.7}
budget: 10
""") == Evaluation(
        kind="human",
        name="preference",
        suite=Suite(name="arena", version="1.10"),
        outcome="pass",
        metrics=(
            Metric(name="win_rate", text="0.6", number=Decimal("0.6"), dataset="prompts", revision="3", split="test"),
            Metric(name="other", text="0.5", number=Decimal("0.5"), dataset="own"),
        ),
        evaluator="bo@example.org",
        date="2026-11-21",
        dataset=DatasetRef(name="prompts", revision="3", split="test"),
        notes="fine",
        links=(Link(url="https://example.org"),),
        raters=5,
        protocol="blind",
        agreement={"kappa": 0.7},
        extra=(("budget", 10),),
    )


@pytest.mark.parametrize("outcome", ["PASS", "passed", "yes", "true", "[pass]"])
def test_only_the_exact_words_are_an_outcome(outcome: str) -> None:
    evaluation = load_evaluation(f"kind: safety\noutcome: {outcome}\nsuite: s\n".encode(), file="e.yaml")
    assert (evaluation.kind, evaluation.outcome, evaluation.suite) == ("safety", None, Suite(name="s"))
    assert only(evaluation).reason.endswith("is not one of pass, fail, inconclusive")


CARD = b"""---
language: no
license: mit
metrics: [wer]
model-index:
- name: speech
  results:
  - task: {type: asr}
    dataset: {type: common_voice, name: Common Voice, config: 'no', split: test, revision: abc}
    metrics:
    - {type: wer, value: 5.60, name: Test WER, verified: true}
---
# Speech
"""


def test_a_model_card_says_its_metadata_and_shows_its_text() -> None:
    card = load_card(CARD)
    assert card.body == "# Speech\n"
    assert card.body_line == 13
    assert card.metadata.language == ("no",)
    assert card.metadata.metrics == (
        Metric(
            name="wer",
            label="Test WER",
            text="5.60",
            number=Decimal("5.60"),
            dataset="Common Voice (no)",
            revision="abc",
            split="test",
        ),
    )
    assert card.metadata.extra == (
        ("metrics[0]", "wer"),
        ("model-index[0].name", "speech"),
        ("model-index[0].results[0].task", {"type": "asr"}),
        ("model-index[0].results[0].dataset.type", "common_voice"),
        ("model-index[0].results[0].metrics[0].verified", True),
    )


def test_a_card_without_front_matter_has_only_its_text() -> None:
    card = load_card(b"# Title\n")
    assert (card.metadata, card.body) == (VersionMetadata(), "# Title\n")


@pytest.mark.parametrize(
    ("front", "fault"),
    [
        (b"---\na: *x\n---\nbody", "README.md:2:a: an alias (*x) is not allowed"),
        (b"---\n- x\n---\nbody", "README.md:2: expected a map of keys"),
        (b"---\na: 1\nbody", "README.md:1: the front matter is not closed"),
    ],
)
def test_a_card_whose_front_matter_is_broken_still_shows_its_text(front: bytes, fault: str) -> None:
    card = load_card(front)
    assert [str(one) for one in card.metadata.faults] == [fault]
    assert card.body.endswith("body")


def test_a_card_that_is_not_text_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"README.md:1: not UTF-8"):
        load_card(b"\xff")
