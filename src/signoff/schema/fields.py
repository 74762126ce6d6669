"""How the parts of a metadata file become values, whatever people wrote there.

The rule it keeps: nothing is dropped. A part that is not what its key asks for is set aside: a fault says where and
why, and the raw value stays among the extras under its path. Each form says beside its reader, as JSON Schema, what
it accepts, so that the published schemas and the loaders cannot drift apart.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from signoff.errors import SchemaError
from signoff.schema.scalars import Real, Value, text_of
from signoff.values.metrics import decimal_of
from signoff.values.names import Digest

Schema: TypeAlias = dict[str, Any]
Pairs: TypeAlias = tuple[tuple[str, Value], ...]

SCALAR = ["string", "number", "boolean"]
INFINITE = float("inf")
NULL: Schema = {"type": "null"}


class Reading:
    """What one file's reading sets aside, and what it keeps unread."""

    def __init__(self, file: str) -> None:
        """Start with nothing set aside."""
        self.file = file
        self.faults: list[SchemaError] = []
        self.extra: list[tuple[str, Value]] = []

    def keep(self, path: str, value: Value) -> None:
        """Keep a value that no key of ours asks for."""
        self.extra.append((path, value))

    def set_aside(self, path: str, value: Value, reason: str) -> None:
        """Keep a value that its key cannot use, and say why."""
        self.faults.append(SchemaError(reason, file=self.file, path=path))
        self.extra.append((path, value))


class Form(msgspec.Struct, frozen=True):
    """What may stand under a key.

    Attributes:
        read: Takes a value that is not null, its path and the reading; returns the value, or None or () where it was
            set aside.
        schema: The JSON Schema of what `read` accepts without setting anything aside.
    """

    read: Callable[[Value, str, Reading], object]
    schema: Schema

    @property
    def optional_schema(self) -> Schema:
        """The schema, with null for a key that says nothing."""
        return {"anyOf": [self.schema, NULL]}


def read_fields(
    document: Mapping[str, Value], forms: Mapping[str, Form], path: str, reading: Reading
) -> dict[str, Any]:
    """Return what the known keys of a map say; a key that says null is absent, unknown keys go to the extras."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        form = forms.get(key)
        place = f"{path}.{key}" if path else key
        if form is None:
            reading.keep(place, value)
        elif value is not None:
            read = form.read(value, place, reading)
            if read is not None:
                found[key] = read
    return found


def map_schema(forms: Mapping[str, Form], required: tuple[str, ...] = ()) -> Schema:
    """Return the JSON Schema of a map with these keys, in which any other key may stand too."""
    schema: Schema = {"type": "object", "properties": {key: form.optional_schema for key, form in forms.items()}}
    for key in required:
        schema["properties"][key] = forms[key].schema
    return {**schema, "required": list(required)} if required else schema


def section(make: Callable[..., object], forms: Mapping[str, Form], *, required: tuple[str, ...] = ()) -> Form:
    """Return the form of a map that becomes one value; it is set aside where a required key says nothing."""
    needed = frozenset(required)

    def read(value: Value, path: str, reading: Reading) -> object:
        if not isinstance(value, dict):
            reading.set_aside(path, value, f"expected a map of keys, found {_shown(value)}")
            return None
        inner = Reading(reading.file)
        found = read_fields(value, forms, path, inner)
        reading.faults += inner.faults
        if not found.keys() >= needed:
            lacking = [key for key in required if value.get(key) is None]
            if lacking:
                reading.set_aside(path, value, f"lacks {', '.join(lacking)}")
            else:
                reading.keep(path, value)
            return None
        reading.extra += inner.extra
        return make(**found)

    return Form(read, map_schema(forms, required))


def several(item: Form) -> Form:
    """Return the form of one value or a list of them; nulls in the list say nothing."""

    def read(value: Value, path: str, reading: Reading) -> object:
        if not isinstance(value, list):
            one = item.read(value, path, reading)
            return () if one is None else (one,)
        found = [item.read(part, f"{path}[{at}]", reading) for at, part in enumerate(value) if part is not None]
        return tuple([one for one in found if one is not None])

    return Form(read, {"anyOf": [item.schema, {"type": "array", "items": item.optional_schema}]})


def either(scalar: Form, other: Form) -> Form:
    """Return the form that reads single values in one way, lists and maps in another."""

    def read(value: Value, path: str, reading: Reading) -> object:
        form = other if isinstance(value, (dict, list)) else scalar
        return form.read(value, path, reading)

    return Form(read, {"anyOf": [scalar.schema, other.schema]})


def mapped(form: Form, change: Callable[[Any], object]) -> Form:
    """Return the form with its values changed."""

    def read(value: Value, path: str, reading: Reading) -> object:
        found = form.read(value, path, reading)
        return None if found is None else change(found)

    return Form(read, form.schema)


def choice(*words: str) -> Form:
    """Return the form of one of these words."""
    reason = f"is not one of {', '.join(words)}"

    def read(value: Value, path: str, reading: Reading) -> str | None:
        if isinstance(value, str) and value in words:
            return value
        reading.set_aside(path, value, f"{_shown(value)} {reason}")
        return None

    return Form(read, {"enum": list(words)})


def _shown(value: Value) -> str:
    match value:
        case dict():
            return "a map"
        case list():
            return "a list"
        case str():
            return repr(value)
        case _:
            return text_of(value)


def _read_text(value: Value, path: str, reading: Reading) -> str | None:
    if type(value) is str:
        return value
    if isinstance(value, (dict, list)):
        reading.set_aside(path, value, f"expected text, found {_shown(value)}")
        return None
    return text_of(value)


def _read_number(value: Value, path: str, reading: Reading) -> Decimal | None:
    if isinstance(value, (int, Real)) and not isinstance(value, bool):
        number = number_of(value)
        if number is not None:
            return number
    reading.set_aside(path, value, f"expected a number, found {_shown(value)}")
    return None


def number_of(value: int | Real) -> Decimal | None:
    """Return a number that was read, exactly as it was written; None where it is not finite."""
    return decimal_of(value.text if type(value) is Real else str(value)) if -INFINITE < value < INFINITE else None


def _read_count(value: Value, path: str, reading: Reading) -> int | None:
    if isinstance(value, (int, Real)) and not isinstance(value, bool) and number_of(value) is not None:
        count = int(value)
        if count >= 0 and count == value:
            return count
    reading.set_aside(path, value, f"expected a whole number from 0, found {_shown(value)}")
    return None


def _read_flag(value: Value, path: str, reading: Reading) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.set_aside(path, value, f"expected true or false, found {_shown(value)}")
    return None


def _read_digest(value: Value, path: str, reading: Reading) -> Digest | None:
    text = value.lower() if isinstance(value, str) else ""
    if not Digest.fault(text):
        return Digest(text)
    reading.set_aside(path, value, f"{_shown(value)} is not a sha256 digest of 64 hex digits")
    return None


def _read_pairs(value: Value, path: str, reading: Reading) -> Pairs:
    if isinstance(value, dict):
        return tuple(value.items())
    reading.set_aside(path, value, f"expected a map of keys, found {_shown(value)}")
    return ()


TEXT = Form(_read_text, {"type": SCALAR})
TEXTS = several(TEXT)
NUMBER = Form(_read_number, {"type": "number"})
COUNT = Form(_read_count, {"type": "integer", "minimum": 0})
FLAG = Form(_read_flag, {"type": "boolean"})
DIGEST = Form(_read_digest, {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
PAIRS = Form(_read_pairs, {"type": "object"})
ANYTHING = Form(lambda value, _path, _reading: value, {})
