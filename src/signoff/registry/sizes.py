"""How large the files of a version are, in as few requests as the storage allows.

The rule it keeps: a file that was registered and is missing is said to be so, by name.
"""

from collections.abc import Sequence

from signoff.errors import NotFoundError, VerificationError
from signoff.schema import layout
from signoff.storage.base import Storage


def sizes_of(storage: Storage, model: str, version: str, paths: Sequence[str]) -> dict[str, int]:
    """Return the size of each file of a version, by its path below the version's folder.

    Raises:
        VerificationError: A file is missing.
        StorageError: It is no regular file, or cannot be asked.
    """
    folder = layout.version_folder(model, version)
    if storage.capabilities().local:
        return {path: _size(storage, f"{folder}/{path}") for path in paths}
    try:
        there = dict(storage.walk(folder))
    except NotFoundError:
        there = {}
    missing = next((f"{folder}/{path}" for path in paths if path not in there), None)
    if missing is not None:
        raise _missing(missing)
    return {path: there[path].size for path in paths}


def _size(storage: Storage, place: str) -> int:
    try:
        return storage.info(place).size
    except NotFoundError:
        raise _missing(place) from None


def _missing(place: str) -> VerificationError:
    message = f"{place} was registered and is missing"
    return VerificationError(message, hint="restore it from a backup; see: signoff verify")
