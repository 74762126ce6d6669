"""What this client keeps in msgpack and msgpack has no word for: numbers as they were written, and digests.

The rule it keeps: what is given back equals what was kept, and anything else is an error of the one who reads.
"""

from msgspec.msgpack import Ext

from signoff.schema.scalars import Real
from signoff.values.names import Digest

REAL = 1


def plain(value: object) -> object:
    """Keep a number as it was written, and a digest as text."""
    if isinstance(value, Real):
        return Ext(REAL, value.text.encode())
    if isinstance(value, Digest):
        return str(value)
    message = f"cannot keep {value!r}"
    raise TypeError(message)


def as_written(code: int, content: memoryview) -> Real:
    """Return a number that was kept."""
    if code != REAL:
        message = f"an unknown kind {code}"
        raise ValueError(message)
    return Real(str(content, "utf-8"))


def meant(kind: type, value: object) -> object:
    """Return a digest that was kept."""
    if kind is not Digest or not isinstance(value, str) or Digest.fault(value):
        message = f"{value!r} is no {kind.__name__}"
        raise ValueError(message)
    return Digest(value)
