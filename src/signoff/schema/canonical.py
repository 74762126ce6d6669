"""Canonical JSON: RFC 8785 restricted to what a signed line may hold.

The rule it keeps: a value has one text and a text has one value. Objects have ASCII keys in sorted order, numbers are
integers up to 2^53, there are no floats and no duplicate keys; whatever would be written otherwise is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from signoff.errors import SchemaError

Value = None | bool | int | str | Sequence["Value"] | Mapping[str, "Value"]

LARGEST = 2**53
DEEPEST = 64
SURROGATE = "a string holds a lone surrogate, which no UTF-8 can hold"
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


def canonical(value: object) -> bytes:
    """Return the canonical JSON of plain values (or msgspec Structs), without a line end.

    Raises:
        SchemaError: The value holds a float, a large integer, a non-ASCII key or a lone surrogate.
    """
    plain = msgspec.to_builtins(value, str_keys=True)
    _need_restricted(plain)
    try:
        return _encode(plain)
    except UnicodeEncodeError:
        raise SchemaError(SURROGATE) from None


def parse_canonical(line: bytes) -> dict[str, Value]:
    """Return the object that a canonical line (without its line end) holds.

    Raises:
        SchemaError: It is not JSON, not an object, or not canonical.
    """
    try:
        value = _decode(line)
        _need_restricted(value)
        same = _encode(value) == line
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        message = "it is not JSON"
        raise SchemaError(message) from None
    if not same:
        message = "it is not canonical JSON (sorted keys, no spaces, shortest escapes, no duplicate keys)"
        raise SchemaError(message)
    if not isinstance(value, dict):
        message = "it is not a JSON object"
        raise SchemaError(message)
    return value


def digest_of(value: object) -> str:
    """Return the sha256, in hex, of the canonical JSON of a value, without a line end."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _need_restricted(value: object) -> None:
    fault = _fault(value, 0)
    if fault:
        raise SchemaError(fault)


def _fault(value: object, depth: int) -> str:
    """Return why a value cannot stand in a signed line, or ""."""
    if value is None or isinstance(value, (str, bool)):
        return ""
    if isinstance(value, int):
        return "" if -LARGEST <= value <= LARGEST else "a number is beyond 2^53"
    if depth > DEEPEST:
        return "it nests too deep"
    if isinstance(value, dict):
        return _fault_in(value, depth + 1)
    if isinstance(value, (list, tuple)):
        return next((fault for item in value if (fault := _fault(item, depth + 1))), "")
    return "a value is a number with a fraction; decimals are written as strings"


def _fault_in(found: Mapping[str, object], depth: int) -> str:
    for key, item in found.items():
        if not key.isascii():
            return "a key is not ASCII"
        fault = "" if item.__class__ is str else _fault(item, depth)  # most are texts, and every text may stand there
        if fault:
            return fault
    return ""
