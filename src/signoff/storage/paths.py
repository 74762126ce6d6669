"""Paths below a registry's root, taken apart.

The rule it keeps: a path that could lead out of the root, or that no filesystem could hold, is refused here, for every
backend alike and before any of them is asked.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from signoff.errors import StorageError
from signoff.storage.base import Entry

DEEPEST = 64
PRIVATE_PREFIX = ".tmp-"


def split_folder(path: str) -> list[str]:
    """Return the parts of a folder's path, from the root; "" is the root itself.

    Raises:
        StorageError: A part is empty, `.` or `..`, it holds a NUL or is no text a filesystem takes, or it is too deep.
    """
    if not path:
        return []
    parts = path.split("/")
    if "" in parts or "." in parts or ".." in parts:
        raise _refused(path, "it has an empty, '.' or '..' part")
    if "\0" in path or not _encodable(path):
        raise _refused(path, "it holds characters that no file name can have")
    if len(parts) > DEEPEST:
        raise _refused(path, f"it is deeper than {DEEPEST} folders")
    return parts


def split_file(path: str) -> tuple[list[str], str]:
    """Return the parts of a file's folder, and the file's name.

    Raises:
        StorageError: As `split_folder`, or the path is empty.
    """
    parts = split_folder(path)
    if not parts:
        raise _refused(path, "it names no file")
    return parts[:-1], parts[-1]


def are_plain(names: Sequence[str]) -> bool:
    """Tell whether all of these are names that `split_file` takes, for most that it takes: one look at thousands."""
    text = "".join(names)
    return text.isascii() and "/" not in text and "\0" not in text and {"", ".", ".."}.isdisjoint(names)


def bytewise(item: tuple[str, object]) -> bytes:
    """Return the key that sorts paths as `LC_ALL=C sort` does."""
    return item[0].encode("utf-8", "surrogateescape")


def in_order(found: Iterable[Entry], *, after: str = "", most: int = 0) -> tuple[Entry, ...]:
    """Return entries sorted by name bytewise: those behind `after`, and at most `most` of them where it is not 0."""
    entries = list(found)
    plain = "".join([entry.name for entry in entries]).isascii()  # then the order of characters is that of bytes
    ordered = sorted(entries, key=_name if plain else _encoded)
    if after:
        begin = after.encode("utf-8", "surrogateescape")
        ordered = [entry for entry in ordered if bytewise((entry.name, None)) > begin]
    return tuple(ordered[:most] if most else ordered)


_name = attrgetter("name")


def _encoded(entry: Entry) -> bytes:
    return bytewise((entry.name, None))


def _encodable(path: str) -> bool:
    if path.isascii():
        return True
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _refused(path: str, why: str) -> StorageError:
    return StorageError(f"{path!r} is not a path below the registry: {why}")
