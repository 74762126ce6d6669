"""Metrics are found in every form that people write them, and nothing beside them is lost."""

from decimal import Decimal

import pytest

from signoff.schema.cards import VersionMetadata, load_version
from signoff.schema.scalars import Value
from signoff.values.metrics import Metric


def read(text: str) -> VersionMetadata:
    return load_version(f"metrics: {text}\n".encode())


def short(text: str) -> list[tuple[str, str, str | None]]:
    metadata = read(text)
    assert metadata.faults == ()
    return [(metric.name, metric.text, metric.split) for metric in metadata.metrics]


@pytest.mark.parametrize(
    "text",
    [
        "{accuracy: 0.90, loss: 12 ms}",
        "[{accuracy: 0.90}, {loss: 12 ms}, ~]",
        "[{name: accuracy, value: 0.90}, {name: loss, value: 12 ms}]",
        "[{type: accuracy, value: 0.90}, {type: loss, value: 12 ms}]",
        "{accuracy: {value: 0.90}, loss: {text: 12 ms}}",
        "[{accuracy: {value: 0.90}}, {loss: 12 ms}]",
    ],
)
def test_every_form_says_the_same(text: str) -> None:
    assert read(text).metrics == (
        Metric(name="accuracy", text="0.90", number=Decimal("0.90")),
        Metric(name="loss", text="12 ms", number=Decimal(12), unit="ms"),
    )


def test_maps_by_split_and_by_anything_else() -> None:
    assert short("{test: {accuracy: 0.9, by_class: {spam: 0.8}}, val: {f1: {value: 1}}, stereo: {psnr: 31}}") == [
        ("accuracy", "0.9", "test"),
        ("by_class.spam", "0.8", "test"),
        ("f1", "1", "val"),
        ("stereo.psnr", "31", None),
    ]
    assert short("{test: {train: {accuracy: 1}}}") == [("train.accuracy", "1", "test")]


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("0.9310", "0.9310", "0.9310"),
        ("7", "7", "7"),
        ("1e-3", "1e-3", "0.001"),
        ("'0,912'", "0,912", "0.912"),
        ("1518.70 +/- 568.14", "1518.70 +/- 568.14", "1518.70"),
        ("NA", "NA", None),
        (".nan", ".nan", None),
        (".inf", ".inf", None),
        ("true", "true", None),
        ("", "", None),
        ("1" * 65, "1" * 65, None),
    ],
)
def test_a_value_keeps_its_text_and_has_a_number_where_it_is_one(value: str, text: str, number: str | None) -> None:
    metadata = load_version(f"metrics:\n  accuracy: {value}\n".encode())
    (metric,) = metadata.metrics
    assert (metric.text, metric.number) == (text, None if number is None else Decimal(number))
    assert metadata.faults == ()


def test_the_full_form_says_what_was_measured_on_what() -> None:
    metadata = read(
        "[{name: accuracy, value: 0.931, unit: fraction, dataset: {name: holdout, revision: 2026-Q3, split: test},"
        " slice: {gender: female, age: 30, none: }, confidence_interval: {lower_bound: 0.92, upper_bound: 0.94, level: 0.95},"
        ' text: "93.1 \u00b1 1.0", count: 312, n: 100}]'
    )
    assert metadata.metrics == (
        Metric(
            name="accuracy",
            text="93.1 \u00b1 1.0",
            number=Decimal("0.931"),
            unit="fraction",
            dataset="holdout",
            revision="2026-Q3",
            split="test",
            slice=(("age", "30"), ("gender", "female")),
            low=Decimal("0.92"),
            high=Decimal("0.94"),
            level=Decimal("0.95"),
            count=312,
        ),
    )
    assert metadata.extra == (("metrics[0].n", 100),)
    assert metadata.faults == ()


def test_a_text_adds_its_spread_to_the_same_number_only() -> None:
    (same,) = read('{a: {value: 93.1, text: "93.1 \u00b1 1.0 %"}}').metrics
    assert (same.text, same.number, same.spread, same.unit) == (
        "93.1 \u00b1 1.0 %",
        Decimal("93.1"),
        Decimal("1.0"),
        "%",
    )
    (other,) = read('{a: {value: 0.931, text: "93.1 \u00b1 1.0"}}').metrics
    assert (other.number, other.spread) == (Decimal("0.931"), None)
    metadata = read("{a: {value: good, text: very good}}")
    assert (metadata.metrics[0].text, metadata.extra) == ("very good", (("metrics.a.value", "good"),))


def test_other_spellings_of_the_full_form() -> None:
    metadata = read(
        "{name: wer, type: word error rate, value: 5, dataset: cv, revision: 2, split: dev, confidence_interval: [4, 6]}"
    )
    assert metadata.metrics == (
        Metric(
            name="wer",
            text="5",
            number=Decimal(5),
            dataset="cv",
            revision="2",
            split="dev",
            low=Decimal(4),
            high=Decimal(6),
        ),
    )
    assert metadata.extra == (("metrics.type", "word error rate"),)
    (labelled,) = read("{wer: {name: Word errors, value: 5, dataset: {config: no}}}").metrics
    assert (labelled.name, labelled.label, labelled.dataset) == ("wer", "Word errors", "no")


def test_a_value_may_be_a_map_of_further_values() -> None:
    assert short("[{name: f1, value: {macro: 0.8, micro: 0.9}, split: test}]") == [
        ("f1.macro", "0.8", "test"),
        ("f1.micro", "0.9", "test"),
    ]


def test_names_without_values_are_kept_and_are_no_fault() -> None:
    metadata = read("[accuracy, f1]")
    assert (metadata.metrics, metadata.faults) == ((), ())
    assert metadata.extra == (("metrics[0]", "accuracy"), ("metrics[1]", "f1"))
    assert read("accuracy").extra == (("metrics", "accuracy"),)


def test_a_metric_that_nobody_gave_a_value_is_there_without_a_number() -> None:
    assert read("[{type: wer, name: WER}]").metrics == (Metric(name="WER", text=""),)
    assert read("{wer: }").metrics == (Metric(name="wer", text=""),)


@pytest.mark.parametrize(
    ("text", "path", "raw"),
    [
        ("[0.9]", "metrics[0]", 0.9),
        ("[[a]]", "metrics[0]", ["a"]),
        ("{accuracy: [0.9]}", "metrics.accuracy", [0.9]),
        ("[{name: ~, value: 3}]", "metrics[0]", {"name": None, "value": 3}),
        ("[{name: a, value: [1]}]", "metrics[0]", {"name": "a", "value": [1]}),
        ("[{name: a, value: 1, slice: female}]", "metrics[0].slice", "female"),
        ("[{name: a, value: 1, slice: {b: [c]}}]", "metrics[0].slice.b", ["c"]),
        ("[{name: a, value: 1, dataset: [b]}]", "metrics[0].dataset", ["b"]),
        ("[{name: a, value: 1, confidence_interval: 3}]", "metrics[0].confidence_interval", 3),
        ("[{name: a, value: 1, confidence_interval: [1]}]", "metrics[0].confidence_interval", [1]),
        ("[{name: a, value: 1, confidence_interval: {level: high}}]", "metrics[0].confidence_interval.level", "high"),
    ],
)
def test_an_odd_part_is_set_aside_and_the_other_metrics_are_read(text: str, path: str, raw: Value) -> None:
    metadata = load_version(
        f"metrics: {text}\nmodel-index: {{results: [{{metrics: [{{type: b, value: 2}}]}}]}}".encode()
    )
    assert [fault.path for fault in metadata.faults] == [path]
    assert metadata.extra == ((path, raw),)
    assert metadata.metrics[-1].name == "b"


def results(text: str) -> VersionMetadata:
    return load_version(f"model-index:\n- results: {text}\n".encode())


def test_results_that_would_be_the_same_metric_are_told_apart_by_what_people_call_them() -> None:
    metadata = results(
        "[{metrics: [{type: wer, value: 5, name: greedy}, {type: wer, value: 4, name: beam}, {type: cer, value: 1}]}]"
    )
    assert [metric.name for metric in metadata.metrics] == ["wer (greedy)", "wer (beam)", "cer"]


def test_a_configuration_belongs_to_the_name_of_the_data_set_unless_it_stands_there() -> None:
    metadata = results(
        "[{dataset: {name: GLUE MNLI, config: MNLI}, metrics: [{type: a, value: 1}]},"
        " {dataset: {type: glue, config: sst2}, metrics: [{type: a, value: 1, dataset: own}, {type: 5, value: 2}]}]"
    )
    assert [(metric.name, metric.dataset) for metric in metadata.metrics] == [
        ("a", "GLUE MNLI"),
        ("a", "own"),
        ("5", "glue (sst2)"),
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("x", "model-index[0].results"),
        ("[x]", "model-index[0].results[0]"),
        ("[{metrics: x}]", "model-index[0].results[0].metrics"),
        ("[{metrics: [x]}]", "model-index[0].results[0].metrics[0]"),
        ("[{metrics: [{value: 1}]}]", "model-index[0].results[0].metrics[0]"),
    ],
)
def test_an_odd_result_is_set_aside(text: str, path: str) -> None:
    assert [fault.path for fault in results(text).faults] == [path]


@pytest.mark.parametrize("text", ["~", "[]", "[~]", "[{}]", "[{metrics: ~}]", "[{metrics: [~]}]"])
def test_empty_results_say_nothing(text: str) -> None:
    assert results(text) == VersionMetadata()
    assert load_version(b"model-index: [~]") == VersionMetadata()
