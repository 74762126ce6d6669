"""The results in a Hugging Face model card: its `model-index`.

The rule it keeps: the identifier of a metric ("wer") is its name and what people call it ("Test WER") its label; what
else a result tells (task, source, verification) stays among the extras.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from signoff.schema.fields import ANYTHING, NULL, Form, Reading, map_schema, read_fields
from signoff.schema.metrics import DATASET, NAMED_ENTRY, Around, Metrics, dataset_name, read_entry
from signoff.schema.scalars import Value
from signoff.values.metrics import Metric

RESULT_FORMS = {
    "dataset": DATASET,
    "metrics": Form(ANYTHING.read, {"type": "array", "items": {"anyOf": [NAMED_ENTRY, NULL]}}),
}
RESULT_LIST = {"type": "array", "items": {"anyOf": [map_schema(RESULT_FORMS), NULL]}}
MODEL_FORMS = {"results": Form(ANYTHING.read, RESULT_LIST)}


def read_results(value: Value, path: str, reading: Reading) -> Metrics:
    """Return the metrics of a Hugging Face `model-index`."""
    models = value if isinstance(value, list) else [value]
    found: list[Metric] = []
    for at, model in enumerate(models):
        place = f"{path}[{at}]"
        if isinstance(model, dict):
            found += _model_results(model, place, reading)
        elif model is not None:
            reading.set_aside(place, model, "expected a map of name and results")
    return _told_apart(found)


def _model_results(model: dict[str, Value], path: str, reading: Reading) -> Iterator[Metric]:
    results = read_fields(model, MODEL_FORMS, path, reading).get("results", [])
    if not isinstance(results, list):
        reading.set_aside(f"{path}.results", results, "expected a list of results")
        return
    for at, result in enumerate(results):
        place = f"{path}.results[{at}]"
        if isinstance(result, dict):
            yield from _result(result, place, reading)
        elif result is not None:
            reading.set_aside(place, result, "expected a map of dataset and metrics")


def _result(result: dict[str, Value], path: str, reading: Reading) -> Iterator[Metric]:
    found = read_fields(result, RESULT_FORMS, path, reading)
    dataset, entries = found.get("dataset") or {}, found.get("metrics", [])
    around = Around(dataset_name(dataset), dataset.get("revision"), dataset.get("split"))
    if not isinstance(entries, list):
        reading.set_aside(f"{path}.metrics", entries, "expected a list of metrics")
        return
    for at, entry in enumerate(entries):
        place = f"{path}.metrics[{at}]"
        if isinstance(entry, dict):
            kind = entry.get("type")
            yield from read_entry(entry, place, reading, name=kind if isinstance(kind, str) else None, around=around)
        elif entry is not None:
            reading.set_aside(place, entry, "expected a map of type and value")


def _told_apart(metrics: list[Metric]) -> Metrics:
    """Return the metrics; where several would be the same one, those that people call otherwise say so."""
    seen = Counter(metric.identity for metric in metrics)
    return tuple(
        msgspec.structs.replace(metric, name=f"{metric.name} ({metric.label})")
        if metric.label and seen[metric.identity] > 1
        else metric
        for metric in metrics
    )


RESULTS = Form(
    read_results,
    {"anyOf": [map_schema(MODEL_FORMS), {"type": "array", "items": {"anyOf": [map_schema(MODEL_FORMS), NULL]}}]},
)
