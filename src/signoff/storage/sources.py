"""What is brought into a registry, and the place where it is to appear.

The rule it keeps: looking only; a source with a symlink or special file in it is refused whole, and so is a place where
something is.
"""

import stat
from contextlib import suppress
from pathlib import Path

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.storage.base import Info, Storage
from signoff.storage.folders import failed, not_regular
from signoff.storage.local import LocalStorage


def list_source(source: str) -> tuple[str, tuple[tuple[str, Info], ...]]:
    """Return the source's folder and its files; symlinks on the way to a folder are followed, none in it.

    Raises:
        StorageError: It holds a symlink or special file, or nothing, or cannot be listed.
    """
    place = Path(source).absolute()
    try:
        mode = place.lstat().st_mode
        if stat.S_ISREG(mode):
            return str(place.parent), ((place.name, LocalStorage(place.parent).info(place.name)),)
        if not place.is_dir():
            raise not_regular(source, mode)
        files = LocalStorage(place).walk("")
    except OSError as error:
        raise failed(source, error, doing="bring in") from error
    except StorageError as error:
        message = f"cannot bring in {source!r}: {error.message}"
        raise StorageError(message, hint=error.hint) from error
    if not files:
        message = f"cannot bring in {source!r}: it holds no file"
        raise StorageError(message)
    return str(place), files


def need_no_destination(storage: Storage, destination: str) -> None:
    """Refuse a destination that has something, or cannot be written.

    Raises:
        AlreadyExistsError: Something is there.
        StorageError: Nothing can be written there.
    """
    reason = storage.capabilities().reason
    if reason:
        message = f"cannot write {destination!r} in {storage.url!r}: {reason}"
        raise StorageError(message)
    with suppress(NotFoundError):
        if storage.entries(destination):
            raise taken(destination)


def taken(destination: str) -> AlreadyExistsError:
    """Return what to raise where the destination is there already."""
    message = f"cannot publish {destination!r}: it is there already"
    return AlreadyExistsError(message, hint="register what is there, or choose another version name")
