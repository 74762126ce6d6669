"""Looking at the folders of a registry, where nobody announces changes.

The rule it keeps: what is looked at grows with the number of models, never with the number of versions or files.
"""

import os
from array import array
from collections.abc import Iterator
from itertools import chain

import msgspec

SEGMENTS = 4
CLOSED = frozenset({"versions", "log", "packs", "cards", "evaluations"})
PLACES = ("", ".signoff", ".signoff/trust")


class Look(msgspec.Struct, frozen=True, gc=False):
    """How many folders looked, in little memory: their paths in one text, and a number for each."""

    paths: str
    numbers: "array[int]"

    def differing(self, other: "Look") -> set[str]:
        """Return the folders that look otherwise, or are not in both."""
        if self == other:
            return set()
        mine, others = dict(self.folders()), dict(other.folders())
        return {path for path in mine.keys() | others.keys() if mine.get(path) != others.get(path)}

    def folders(self) -> Iterator[tuple[str, int]]:
        """Yield each folder with its number."""
        return zip(self.paths.split("\0") if self.numbers else (), self.numbers, strict=True)


def look(root: str, *, by_names: bool) -> Look:
    """Return, for each folder that can show a new model, version or record, a number that differs when it changed.

    Args:
        root: The registry's real path.
        by_names: Whether the names in a folder decide (network filesystems keep old times for a while), or its time.
    """
    ask, paths, numbers = _names if by_names else _time, list[str](), array("q")
    for path in chain(PLACES, folders_of_models(root)):
        number = ask(f"{root}/{path}")
        if number:
            paths.append(path)
            numbers.append(number)
    return Look("\0".join(paths), numbers)


def folders_of_models(root: str) -> Iterator[str]:
    """Yield the folders in which models, versions and records appear: `models` and those below, but for versions."""
    return _folders(root, "models", depth=0)


def _folders(root: str, path: str, *, depth: int) -> Iterator[str]:
    """Yield a folder and those below it, down to the folders of a model that hold versions and records."""
    yield path
    if depth > SEGMENTS or (depth > 1 and path.rpartition("/")[2] in CLOSED):
        return
    for place in subfolders(f"{root}/{path}"):
        yield from _folders(root, f"{path}/{place.rpartition('/')[2]}", depth=depth + 1)


def subfolders(place: str) -> list[str]:
    """Return the paths of the folders in a folder; [] where it cannot be listed."""
    try:
        with os.scandir(place) as found:
            return [entry.path for entry in found if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _names(place: str) -> int:
    try:
        return hash(frozenset(os.listdir(place))) or 1  # noqa: PTH208 (names alone: no file is asked)
    except OSError:
        return 0


def _time(place: str) -> int:
    try:
        status = os.stat(place, follow_symlinks=False)  # noqa: PTH116 (a Path for each of thousands of folders)
    except OSError:
        return 0
    return hash((status.st_mtime_ns, status.st_ino)) or 1
