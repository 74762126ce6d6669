"""SSH's wire encoding (RFC 4251, section 5): lengths and numbers in front of bytes.

The rule it keeps: a reader never looks past the end, and takes only the shortest form of a number, so that one value
has one encoding.
"""

from signoff.errors import InvalidValueError


def read_bytes(blob: bytes, at: int) -> tuple[bytes, int]:
    """Read one length-prefixed string; return it and where the next field starts."""
    start = at + 4
    end = start + int.from_bytes(blob[at:start], "big")
    if start > len(blob) or end > len(blob):
        message = f"truncated: a field at byte {at} of {len(blob)} ends past the end"
        raise InvalidValueError(message)
    return blob[start:end], end


def read_number(blob: bytes, at: int) -> tuple[int, int]:
    """Read one unsigned 32-bit number; return it and where the next field starts."""
    end = at + 4
    if end > len(blob):
        message = f"truncated: a number at byte {at} of {len(blob)} ends past the end"
        raise InvalidValueError(message)
    return int.from_bytes(blob[at:end], "big"), end


def read_integer(blob: bytes, at: int) -> tuple[int, int]:
    """Read one positive `mpint` in its shortest form; return it and where the next field starts."""
    digits, end = read_bytes(blob, at)
    value = int.from_bytes(digits, "big")
    if not value or digits != integer_digits(value):
        message = f"the number at byte {at} is zero, negative or not in its shortest form"
        raise InvalidValueError(message)
    return value, end


def need_end(blob: bytes, at: int) -> None:
    """Refuse bytes after the last field."""
    if at != len(blob):
        message = f"{len(blob) - at} bytes too many after the last field"
        raise InvalidValueError(message)


def integer_digits(value: int) -> bytes:
    """Return the content of a positive `mpint`: a leading zero byte only where the top bit is set."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def write_bytes(*fields: bytes) -> bytes:
    """Write length-prefixed strings one after another."""
    return b"".join([len(field).to_bytes(4, "big") + field for field in fields])
