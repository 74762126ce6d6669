"""Reading small files of this machine whole.

The rule it keeps: a file is opened from its folder, never through a symlink, and is a regular one; nothing is read beyond
what was allowed.
"""

import os
import stat
from collections.abc import Iterator, Sequence

from signoff.errors import StorageError
from signoff.storage.folders import READ, failed, open_folder, open_regular
from signoff.storage.paths import are_plain, split_file


def read_neighbours(root: str, paths: Sequence[str], *, most: int) -> Iterator[bytes | StorageError]:
    """Yield the bytes of each of some files of one folder below a root, or what `read_in` would raise."""
    try:
        parts, _ = split_file(paths[0])
        begin = paths[0].rindex("/") + 1 if parts else 0
        plain = are_plain([path[begin:] for path in paths])
        with open_folder(root, parts) as folder:
            for path in paths:
                content = _read_at_once(folder, path[begin:], most=most) if plain else None
                yield _read_or_error(folder, path, most=most) if content is None else content
    except StorageError as error:
        yield from (error for _ in paths)


def read_in(folder: int, name: str, *, path: str, most: int) -> bytes:
    """Return the bytes of a regular file in an open folder, at most `most`.

    Raises:
        NotFoundError: There is no such file.
        StorageError: It is none, too large, or cannot be read.
    """
    file, status = open_regular(folder, name, path=path)
    try:
        size = status.st_size
        content = _read_up_to(file, size=size, most=most) if size <= most else b""
    except OSError as error:
        raise failed(path, error, doing="read") from error
    finally:
        os.close(file)
    size = max(size, len(content))
    if size > most:
        message = f"{path!r} is too large: {size} bytes, where {most} are allowed"
        raise StorageError(message)
    return content


def _read_up_to(file: int, *, size: int, most: int) -> bytes:
    """Read a file of `size` bytes, which takes one call; where it grew meanwhile, up to one byte above the cap."""
    content = os.read(file, size + 1)
    while len(content) != size and (more := os.read(file, most + 1 - len(content))):
        content += more
    return content


def _read_at_once(folder: int, name: str, *, most: int) -> bytes | None:
    """Return a regular file's bytes; None where anything is unusual, for `read_in` to say what it is."""
    try:
        file = os.open(name, READ, dir_fd=folder)
    except OSError:
        return None
    try:
        status = os.fstat(file)
        if status.st_size > most or not stat.S_ISREG(status.st_mode):
            return None
        content = os.read(file, status.st_size + 1)
    except OSError:
        return None
    finally:
        os.close(file)
    return content if len(content) == status.st_size else None


def _read_or_error(folder: int, path: str, *, most: int) -> bytes | StorageError:
    try:
        return read_in(folder, split_file(path)[1], path=path, most=most)
    except StorageError as error:
        return error
