"""Metrics in every form that people write them.

The rule it keeps: a name and a value are read wherever they stand: `{accuracy: 0.93}`, lists of such maps, the full
form, maps by split. What else stands there is kept among the extras.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from signoff.schema.fields import (
    ANYTHING,
    COUNT,
    NUMBER,
    SCALAR,
    TEXT,
    Form,
    Reading,
    Schema,
    map_schema,
    number_of,
    read_fields,
)
from signoff.schema.parts import DatasetRef, read_named
from signoff.schema.scalars import Real, Value, text_of
from signoff.values.metrics import Metric, read_number

Metrics: TypeAlias = tuple[Metric, ...]
Valued: TypeAlias = tuple[str, Decimal | None, Decimal | None, str | None]

SPLITS = frozenset({"train", "training", "validation", "valid", "val", "dev", "test"})
NO_VALUE: Valued = ("", None, None, None)
NAMELESS = "lacks its name"
LISTED = "a metric's value is one number or text, not a list"


class Around(msgspec.Struct, frozen=True):
    """What stands around an entry and holds for it too: data set, revision, split."""

    dataset: str | None = None
    revision: str | None = None
    split: str | None = None


NOWHERE = Around()


def _read_slice(value: Value, path: str, reading: Reading) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        reading.set_aside(path, value, "expected a map, as {gender: female}")
        return ()
    return tuple(sorted((key, text) for key, text in read_named(value, path, reading) if text is not None))


def _read_interval(value: Value, path: str, reading: Reading) -> dict[str, Decimal | None]:
    if isinstance(value, list) and len(value) == len(BOUNDS):
        value = dict(zip(BOUNDS, value, strict=True))
    if isinstance(value, dict):
        return read_fields(value, INTERVAL_FORMS, path, reading)
    reading.set_aside(path, value, "expected a map of lower_bound, upper_bound and level")
    return {}


def _read_dataset(value: Value, path: str, reading: Reading) -> dict[str, str | None]:
    if isinstance(value, dict):
        found = read_fields(value, DATASET_FORMS, path, reading)
        if found.get("name") and found.get("type") not in {found["name"], None}:
            reading.keep(f"{path}.type", found["type"])
        return found
    name = TEXT.read(value, path, reading)
    return {"name": name} if isinstance(name, str) else {}


BOUNDS = ("lower_bound", "upper_bound")
INTERVAL_FORMS = {"lower_bound": NUMBER, "upper_bound": NUMBER, "level": NUMBER}
INTERVAL = Form(
    _read_interval,
    {
        "anyOf": [
            map_schema(INTERVAL_FORMS),
            {"type": "array", "items": NUMBER.optional_schema, "minItems": 2, "maxItems": 2},
        ]
    },
)
DATASET_FORMS = {"name": TEXT, "type": TEXT, "config": TEXT, "revision": TEXT, "split": TEXT}
SCALAR_OR_NULL: Schema = {"type": [*SCALAR, "null"]}
VALUES: Schema = {"$ref": "#/$defs/metric_values"}
DATASET = Form(_read_dataset, {"anyOf": [TEXT.schema, map_schema(DATASET_FORMS)]})
ENTRY_FORMS = {
    "name": TEXT,
    "type": TEXT,
    "value": Form(ANYTHING.read, {"anyOf": [SCALAR_OR_NULL, VALUES]}),
    "text": TEXT,
    "unit": TEXT,
    "dataset": DATASET,
    "revision": TEXT,
    "split": TEXT,
    "slice": Form(_read_slice, {"type": "object", "additionalProperties": SCALAR_OR_NULL}),
    "confidence_interval": INTERVAL,
    "count": COUNT,
}


def read_metrics(value: Value, path: str, reading: Reading) -> Metrics:
    """Return the metrics that a `metrics` key says; names without values, as Hugging Face has them, are extras."""
    match value:
        case dict() if "value" in value and ("name" in value or "type" in value):
            return read_entry(value, path, reading)
        case dict():
            return tuple(_named(value, path, reading))
        case list():
            return tuple(metric for at, item in enumerate(value) for metric in _item(item, f"{path}[{at}]", reading))
        case str():
            reading.keep(path, value)
        case _:
            reading.set_aside(path, value, "a value needs the name of its metric")
    return ()


def _item(item: Value, path: str, reading: Reading) -> Metrics:
    match item:
        case None:
            return ()
        case dict() if "name" in item or "type" in item:
            return read_entry(item, path, reading)
        case dict() | str():
            return read_metrics(item, path, reading)
        case _:
            reading.set_aside(path, item, "expected a map of name and value")
            return ()


def _named(
    values: Mapping[str, Value], path: str, reading: Reading, *, prefix: str = "", split: str | None = None
) -> Iterator[Metric]:
    """Yield the metrics of a map by name; a map below is one in the full form, or further names."""
    for key, value in values.items():
        place = f"{path}.{key}"
        match value:
            case dict() if "value" in value or "text" in value:
                yield from read_entry(value, place, reading, name=prefix + key, around=Around(split=split))
            case dict() if key in SPLITS and split is None:
                yield from _named(value, place, reading, prefix=prefix, split=key)
            case dict():
                yield from _named(value, place, reading, prefix=f"{prefix}{key}.", split=split)
            case list():
                reading.set_aside(place, value, LISTED)
            case _:
                text, number, spread, unit = _valued(value)
                yield Metric(name=prefix + key, text=text, number=number, spread=spread, unit=unit, split=split)


def _valued(value: Value) -> Valued:
    """Return a single value's text, number, spread and unit."""
    match value:
        case Real():
            return value.text, number_of(value), None, None
        case bool() | str():
            text = text_of(value)
            return text, *read_number(text)
        case int():
            return str(value), number_of(value), None, None
        case _:
            return NO_VALUE


def read_entry(
    entry: dict[str, Value], path: str, reading: Reading, *, name: str | None = None, around: Around = NOWHERE
) -> Metrics:
    """Return the metric of the full form, or several where its value is a map; it is set aside without a name."""
    inner = Reading(reading.file)
    found = read_fields(entry, ENTRY_FORMS, path, inner)
    called, kind, value = found.get("name"), found.get("type"), found.get("value")
    named = name or called or kind
    if named is None or isinstance(value, list):
        reading.set_aside(path, entry, NAMELESS if named is None else LISTED)
        return ()
    reading.faults += inner.faults
    reading.extra += inner.extra
    if kind not in {named, None}:
        reading.keep(f"{path}.type", kind)
    if "text" in found and isinstance(value, str):
        reading.keep(f"{path}.value", value)
    common = {"label": None if called == named else called, **_place(found, around)}
    if isinstance(value, dict):
        within = _named(value, f"{path}.value", reading, prefix=f"{named}.")
        return tuple(msgspec.structs.replace(metric, **common) for metric in within)
    text, number, spread, unit = _written(value, found.get("text"))
    return (Metric(name=named, text=text, number=number, spread=spread, unit=found.get("unit") or unit, **common),)


def _written(value: Value, text: str | None) -> Valued:
    """Return what a value says, with the text that people gave for it and the spread which that adds."""
    valued = _valued(value)
    if text is None:
        return valued
    worded = _valued(text)
    if value is None or worded[1] == valued[1]:
        return worded
    return text, *valued[1:]


def _place(found: Mapping[str, Any], around: Around) -> dict[str, Any]:
    """Return what an entry was measured on; what it does not say itself is said around it."""
    dataset, interval = found.get("dataset") or {}, found.get("confidence_interval") or {}
    return {
        "dataset": dataset_name(dataset) or around.dataset,
        "revision": found.get("revision") or dataset.get("revision") or around.revision,
        "split": found.get("split") or dataset.get("split") or around.split,
        "slice": found.get("slice") or (),
        "low": interval.get("lower_bound"),
        "high": interval.get("upper_bound"),
        "level": interval.get("level"),
        "count": found.get("count"),
    }


def dataset_name(dataset: Mapping[str, str | None]) -> str | None:
    """Return a data set's name, with its configuration where the name does not tell it."""
    name, config = dataset.get("name") or dataset.get("type"), dataset.get("config")
    return f"{name} ({config})" if name and config and config not in name else name or config


def measured_on(metrics: Iterable[Metric], dataset: DatasetRef | None) -> Metrics:
    """Return the metrics, those that say no data set being measured on this one."""
    if dataset is None:
        return tuple(metrics)
    return tuple(
        msgspec.structs.replace(
            metric,
            dataset=dataset.name,
            revision=metric.revision or dataset.revision,
            split=metric.split or dataset.split,
        )
        if metric.dataset is None
        else metric
        for metric in metrics
    )


def _choose(condition: Schema, then: Schema, otherwise: Schema) -> Schema:
    return {"if": condition, "then": then, "else": otherwise}


def _has(*keys: str) -> Schema:
    return {"type": "object", "anyOf": [{"required": [key]} for key in keys]}


UNNAMED_ENTRY = map_schema(ENTRY_FORMS)
NAMED_ENTRY: Schema = {
    **UNNAMED_ENTRY,
    "anyOf": [{"required": [key], "properties": {key: TEXT.schema}} for key in ("name", "type")],
}
VALUES_SCHEMA: Schema = {
    "type": "object",
    "additionalProperties": _choose(_has("value", "text"), UNNAMED_ENTRY, {"anyOf": [SCALAR_OR_NULL, VALUES]}),
}
"""What `VALUES` points to: names, and what stands under them."""
ITEM: Schema = _choose(_has("name", "type"), NAMED_ENTRY, {"anyOf": [{"type": ["string", "null"]}, VALUES]})
METRICS = Form(
    read_metrics,
    _choose(
        {"allOf": [_has("value"), _has("name", "type")]},
        NAMED_ENTRY,
        {"anyOf": [{"type": "string"}, VALUES, {"type": "array", "items": ITEM}]},
    ),
)
