"""The fields of the filter language, and how the values that people write for them are read.

The rule it keeps: a value means the same in every query: sizes are bytes, times are seconds since 1970 in UTC,
and a text is compared without regard to case. What cannot be read is refused, with the nearest field named.
"""

import re
from collections.abc import Collection, Iterable
from datetime import MAXYEAR, UTC, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from signoff.errors import InvalidValueError
from signoff.policy.query_terms import ANYTHING, Glob, Operand, Person, Span, Text, glob
from signoff.values.times import parse_moment

Kind = Literal["text", "digest", "person", "version", "size", "time", "age", "open"]

FIELDS: dict[str, Kind] = {
    "model": "text",
    "version": "version",
    "ref": "text",
    "digest": "digest",
    "status": "text",
    "approval_status": "text",
    "stage": "text",
    "alias": "text",
    "tag": "text",
    "author": "person",
    "by": "person",
    "owner": "person",
    "description": "text",
    "license": "text",
    "library": "text",
    "task": "text",
    "language": "text",
    "format": "text",
    "base": "text",
    "relation": "text",
    "dataset": "text",
    "environment": "text",
    "commit": "digest",
    "run": "text",
    "problem": "text",
    "size": "size",
    "created": "time",
    "registered": "time",
    "updated": "time",
    "age": "age",
}
"""What a row is asked for besides `metrics.NAME`, `params.NAME` and `tags.NAME`; `by` is who signed the registration."""

SYNONYMS = {
    "name": "model",
    "version_number": "version",
    "sha256": "digest",
    "approval": "approval_status",
    "signoff": "approval_status",
    "sign-off": "approval_status",
    "stages": "stage",
    "aliases": "alias",
    "tags": "tag",
    "registered_by": "by",
    "owners": "owner",
    "licence": "license",
    "library_name": "library",
    "pipeline_tag": "task",
    "formats": "format",
    "base_model": "base",
    "base_model_relation": "relation",
    "datasets": "dataset",
    "env": "environment",
    "run_id": "run",
    "problems": "problem",
    "created_at": "created",
    "registered_at": "registered",
    "updated_at": "updated",
}
FAMILIES = {
    "metric": "metrics",
    "metrics": "metrics",
    "param": "params",
    "params": "params",
    "parameter": "params",
    "parameters": "params",
    "hyperparameters": "params",
    "tag": "tags",
    "tags": "tags",
}
ORDERED: frozenset[Kind] = frozenset({"version", "size", "time", "age", "open"})
MEASURED: frozenset[Kind] = frozenset({"size", "time", "age"})

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)
SIZE = re.compile(r"(\d+(?:\.\d+)?)(?:([kmgtp])(i?))?b?", re.ASCII | re.IGNORECASE)
AGE = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.ASCII | re.IGNORECASE)
DAYS = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
QUOTE_IT = "to search for the text itself put it in quotes"


class Field(msgspec.Struct, frozen=True):
    """What a row is asked for, and how values are written for it."""

    name: str
    kind: Kind


def find_field(name: str, *, value: str, known: Collection[str] | None) -> Field:
    """Return the field that a person named.

    Args:
        name: As written: "Stage", "metrics.accuracy", "accuracy".
        value: The first value written for it: a bare name with a number is a metric's.
        known: Every `metrics.`, `params.` and `tags.` name that rows have, or None to take any.

    Raises:
        InvalidValueError: There is no such field; the hint names the nearest.
    """
    plain = name.casefold().removeprefix("attributes.").removeprefix("attribute.")
    plain = SYNONYMS.get(plain, plain)
    if plain in FIELDS:
        return Field(plain, FIELDS[plain])
    family, _, member = name.partition(".")
    family = FAMILIES.get(family.casefold(), "")
    if family and not member:
        raise _unknown(name, known or ())
    if family:
        return Field(_member(f"{family}.{_unquoted(member)}", known), "open")
    if known is None and not NUMBER.fullmatch(value):
        raise _unknown(name, ())
    return Field(_member(f"metrics.{name}", known), "open")


def _unquoted(member: str) -> str:
    return member[1:-1] if member[0] in "\"'`" else member


def _member(name: str, known: Collection[str] | None) -> str:
    if known is None or name in known:
        return name
    for other in sorted(known):
        if other.casefold() == name.casefold():
            return other
    raise _unknown(name.removeprefix("metrics."), known)


def _unknown(name: str, known: Iterable[str]) -> InvalidValueError:
    from difflib import get_close_matches  # noqa: PLC0415  only a mistake needs it

    spellings = [*FIELDS, *SYNONYMS, *sorted(known), *sorted(other.removeprefix("metrics.") for other in known)]
    near = get_close_matches(name.casefold(), spellings, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "a metric is compared with a number, as accuracy>0.9"
    return InvalidValueError(f"{name!r} is not a field", hint=f"{hint}; {QUOTE_IT}")


def read_operand(field: Field, text: str, *, quoted: bool) -> Operand:
    """Return what `field:text` compares with: a text, a pattern, or a span of sizes or times.

    Raises:
        InvalidValueError: The text is no value of the field.
    """
    if text == "*" and not quoted:
        return ANYTHING
    if field.kind == "age":
        message = "'age' passes at every moment and is never equal"
        raise InvalidValueError(message, hint=f"write age<{text} or age>{text}")
    if field.kind in MEASURED:
        return _measure(field, text)
    if not quoted and ("*" in text or "?" in text):
        return Glob(glob(text.casefold(), many="*", one="?"))
    return _text(field, text.casefold())


def _text(field: Field, text: str) -> Operand:
    match field.kind:
        case "digest":
            return Text(text.removeprefix("sha256:"), "prefix")
        case "person":
            return Person(text.removesuffix("@"))
        case "open" if NUMBER.fullmatch(text):
            return Text(text, "whole", Decimal(text))
        case _:
            return Text(text, "whole")


def read_pattern(field: Field, text: str, *, like: bool, quoted: bool) -> Operand:
    """Return what `field~text` (a part, or a glob) or `field LIKE 'text'` (MLflow's % and _) looks for.

    Raises:
        InvalidValueError: The field is a number or a time.
    """
    if field.kind in MEASURED:
        message = f"{field.name!r} is not a text"
        raise InvalidValueError(message, hint=f"compare it with < <= > >=, as {field.name}>=VALUE")
    if like:
        return Glob(glob(text.casefold(), many="%", one="_"))
    if not quoted and ("*" in text or "?" in text):
        return Glob(glob(text.casefold(), many="*", one="?"))
    return Text(text.casefold(), "part")


def read_bound(field: Field, text: str, *, now: datetime) -> Span:
    """Return what `field<text` compares with.

    Raises:
        InvalidValueError: The field has no order, or the text is no value of it.
    """
    if field.kind not in ORDERED:
        message = f"{field.name!r} has no order"
        raise InvalidValueError(message, hint=f"write {field.name}:{text} or {field.name}~{text}")
    if field.kind == "age":
        return _age(text, now)
    if field.kind in MEASURED:
        return _measure(field, text)
    if not NUMBER.fullmatch(text):
        message = f"{text!r} is not a number"
        raise InvalidValueError(message, hint=f"{field.name!r} is compared with numbers, as {field.name}>0.9")
    return _point(Decimal(text))


def _measure(field: Field, text: str) -> Span:
    return _size(text) if field.kind == "size" else _time(text)


def _point(number: Decimal) -> Span:
    return Span(number, number)


def _size(text: str) -> Span:
    parts = SIZE.fullmatch(text)
    if not parts:
        message = f"{text!r} is not a size"
        raise InvalidValueError(
            message, hint="write bytes or k M G T P (1000) or KiB MiB GiB TiB PiB (1024), as size<2G"
        )
    power = "kmgtp".index(parts[2].casefold()) + 1 if parts[2] else 0
    return _point(Decimal(parts[1]) * (1024 if parts[3] else 1000) ** power)


def _age(text: str, now: datetime) -> Span:
    parts = AGE.fullmatch(text)
    if not parts:
        message = f"{text!r} is not an age"
        raise InvalidValueError(message, hint="write a number and s, m, h, d or w, as age<7d")
    return _point(_seconds(now) - Decimal(parts[1]) * SECONDS[parts[2].casefold()])


def _time(text: str) -> Span:
    parts = DAYS.fullmatch(text)
    try:
        if parts:
            return _days(*(int(part) if part else None for part in parts.groups()))
        low = _seconds(parse_moment(text))
    except (InvalidValueError, ValueError, OverflowError):
        message = f"{text!r} is not a date or time"
        hint = "write 2026, 2026-11, 2026-11-23 or 2026-11-23T08:00:00Z; for 'newer than a week' write age<7d"
        raise InvalidValueError(message, hint=hint) from None
    return Span(low, low + 1)


def _days(year: int | None, month: int | None, day: int | None) -> Span:
    """Return a whole year, month or day; a `>` begins after its end."""
    first = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    low = _seconds(first)
    if day:
        return Span(low, low + SECONDS["d"])
    after = (first.year * 12 + first.month) if month else (first.year + 1) * 12
    if after // 12 > MAXYEAR:
        return Span(low, Decimal("Infinity"))
    return Span(low, _seconds(datetime(after // 12, after % 12 + 1, 1, tzinfo=UTC)))


def _seconds(moment: datetime) -> Decimal:
    return Decimal(int(moment.timestamp()))
