"""The folders of a model's versions, and versions of which no more is known than that their folders are there.

The rule it keeps: nothing is said of a version before its model's log was verified but its name; a registry has very
many, so that each is made when somebody looks at it.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import overload

from signoff.errors import NotFoundError, StorageError
from signoff.registry.problems import Problem
from signoff.registry.views import Named, VersionView
from signoff.schema import layout
from signoff.storage.base import Entry, Storage
from signoff.values.names import VersionName


class Listed(Named):
    """The versions whose folders have these names, in the order of the names."""

    __slots__ = ("_model", "_names")

    def __init__(self, model: str, folders: Iterable[str]) -> None:
        """Sort them."""
        self._model, self._names = model, tuple(sorted(folders))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)

    @overload
    def __getitem__(self, at: int) -> VersionView: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[VersionView, ...]: ...
    def __getitem__(self, at: int | slice) -> VersionView | tuple[VersionView, ...]:
        """Return one, or some."""
        names = self._names[at]
        return self._view(names) if isinstance(names, str) else tuple(map(self._view, names))

    def find(self, version: str) -> VersionView | None:
        """Return a version by its name, or None."""
        place = bisect_left(self._names, version)
        return self._view(version) if self._names[place : place + 1] == (version,) else None

    def _view(self, name: str) -> VersionView:
        return VersionView(model=self._model, version=name, status="unread")


def version_folders(storage: Storage, model: str, registered: Collection[str]) -> tuple[set[str], list[Problem]]:
    """Return the folders of a model's versions, and what is wrong with anything else that stands among them."""
    place = f"{layout.model_folder(model)}/{layout.VERSIONS}"
    try:
        entries = storage.entries(place)
    except NotFoundError:
        return set(), []
    except StorageError as error:
        return set(), [Problem(place=place, what=str(error), hint=error.hint)]
    folders = {entry.name for entry in entries if entry.kind == "folder" and entry.name in registered}
    others = [entry for entry in entries if entry.name not in folders]
    known = {name.lower(): name for name in registered} if others else {}
    problems = []
    for entry in others:
        fault = _version_fault(entry, known)
        if fault:
            problems.append(Problem(place=f"{place}/{entry.name}", what=fault, hint="rename or remove it"))
        else:
            folders.add(entry.name)
            known.setdefault(entry.name.lower(), entry.name)
    return folders, problems


def _version_fault(entry: Entry, known: Mapping[str, str]) -> str:
    if entry.kind != "folder":
        return "it is a file or link where only folders of versions belong"
    fault = VersionName.fault(entry.name)
    other = known.get(entry.name.lower(), entry.name)
    return fault or ("" if other == entry.name else f"its name differs from {other!r} only in case")
