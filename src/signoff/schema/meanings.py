"""What a model's metrics mean, as its model.yaml says.

The rule it keeps: a direction is "higher" or "lower" or unknown; nothing else is taken for one.
"""

from collections.abc import Iterator

import msgspec

from signoff.schema.fields import FLAG, TEXT, Form, Reading, choice, either, mapped, section, several
from signoff.schema.scalars import Value
from signoff.values.metrics import Direction


class MetricMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric means: which way is better, its unit, whether it is the one to look at first."""

    name: str
    direction: Direction | None = None
    unit: str | None = None
    primary: bool = False


DIRECTION = choice("higher", "lower")
MEANING_FORMS = {"direction": DIRECTION, "unit": TEXT, "primary": FLAG}
MEANING = section(MetricMeaning, {"name": TEXT, **MEANING_FORMS}, required=("name",))
UNNAMED = section(MetricMeaning, MEANING_FORMS)
MEANING_LIST = several(either(mapped(TEXT, lambda name: MetricMeaning(name=name)), MEANING))


def _read_meanings(value: Value, path: str, reading: Reading) -> tuple[MetricMeaning, ...]:
    if isinstance(value, dict):
        return tuple(_by_name(value, path, reading))
    found = MEANING_LIST.read(value, path, reading)
    assert isinstance(found, tuple)
    return found


def _by_name(value: dict[str, Value], path: str, reading: Reading) -> Iterator[MetricMeaning]:
    for name, item in value.items():
        place = f"{path}.{name}"
        if isinstance(item, dict):
            meaning = MEANING.read({**item, "name": name}, place, reading)
        else:
            way = None if item is None else DIRECTION.read(item, place, reading)
            meaning = MetricMeaning(name=name, direction="higher" if way == "higher" else "lower" if way else None)
        assert isinstance(meaning, MetricMeaning)
        yield meaning


MEANINGS = Form(
    _read_meanings,
    {
        "if": {"type": "object"},
        "then": {"additionalProperties": {"anyOf": [UNNAMED.schema, DIRECTION.optional_schema]}},
        "else": MEANING_LIST.schema,
    },
)
