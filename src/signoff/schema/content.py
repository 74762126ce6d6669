"""The bytes of a text file, before anything is read from them.

The rule it keeps: what is too large is not even decoded, and what is not UTF-8 goes no further.
"""

from signoff.errors import SchemaError

LARGEST = 1_048_576
BOM = b"\xef\xbb\xbf"
NOT_UTF8 = "not UTF-8"


def checked(content: bytes, *, file: str, most: int) -> bytes:
    """Return bytes that are UTF-8 and not too large, without their byte order mark; else raise `SchemaError`."""
    if len(content) > most:
        message = f"{len(content):,} bytes are too large to read; the limit is {most:,}"
        raise SchemaError(message, file=file, hint="move what is not metadata into a file of its own")
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise SchemaError(NOT_UTF8, file=file, line=line, hint="save the file as UTF-8") from None
    return content.removeprefix(BOM)
