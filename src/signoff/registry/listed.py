"""The folders of a model's versions, and versions of which no more is known than that their folders are there.

The rule it keeps: nothing is said of a version before its model's log was verified but its name; a registry has very
many, so that each is made when somebody looks at it.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import overload

import msgspec

from signoff.errors import NotFoundError, StorageError
from signoff.policy.states import States
from signoff.registry.problems import Problem
from signoff.registry.rows import natural
from signoff.registry.views import Named, VersionView
from signoff.schema import layout
from signoff.storage.base import Entry, Storage
from signoff.values.names import VersionName


class Listed(Named):
    """The versions whose folders have these names, in the order in which people count."""

    __slots__ = ("_model", "_names")

    def __init__(self, model: str, folders: Iterable[str]) -> None:
        """Put them in the order in which people count."""
        self._model, self._names = model, tuple(sorted(folders, key=_counted))

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
        place = bisect_left(self._names, _counted(version), key=_counted)
        return self._view(version) if self._names[place : place + 1] == (version,) else None

    def _view(self, name: str) -> VersionView:
        return VersionView(model=self._model, version=name, status="unread")


def _counted(name: str) -> tuple[tuple[str | int, ...], str]:
    return natural(name), name


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of a model's versions.

    Attributes:
        missing: Registered versions that have none.
        drafts: Those of versions that are not registered, sorted.
        problems: What is wrong with anything else that stands among them.
    """

    missing: frozenset[str] = frozenset()
    drafts: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def list_folders(storage: Storage, model: str, registered: Collection[str]) -> Folders:
    """Return the folders of a model's versions, of which these are registered."""
    place = f"{layout.model_folder(model)}/{layout.VERSIONS}"
    try:
        entries = storage.entries(place)
    except StorageError as error:
        wrong = not isinstance(error, NotFoundError)
        problems = (Problem(place=place, what=str(error), hint=error.hint),) if wrong else ()
        return Folders(missing=frozenset(registered), problems=problems)
    there = {entry.name for entry in entries if entry.kind == "folder" and entry.name in registered}
    others = [entry for entry in entries if entry.name not in there]
    known = {name.lower(): name for name in registered} if others else {}
    faults, drafts = list[Problem](), list[str]()
    for entry in others:
        fault = _version_fault(entry, known)
        if fault:
            faults.append(Problem(place=f"{place}/{entry.name}", what=fault, hint="rename or remove it"))
        else:
            drafts.append(entry.name)
            known.setdefault(entry.name.lower(), entry.name)
    missing = frozenset() if len(there) == len(registered) else frozenset(registered) - there
    return Folders(missing=missing, drafts=tuple(drafts), problems=tuple(faults))


def look_again(storage: Storage, model: str, states: States, before: Folders, names: Iterable[str]) -> Folders | None:
    """Return the folders after a look at these names alone; None where that does not tell all of it.

    Args:
        storage: Where they are.
        model: Whose versions.
        states: The registered versions.
        before: The folders as they were, of which some may have been registered since.
        names: Where something changed.
    """
    if before.problems:
        return None
    missing, drafts = set(before.missing), set(before.drafts)
    for name in names:
        registered, place = name in states, f"{layout.model_folder(model)}/{layout.VERSIONS}/{name}"
        try:
            storage.entries(place, most=1)
        except NotFoundError:
            drafts.discard(name)
            missing.update((name,) if registered else ())
            continue
        except StorageError:
            return None
        missing.discard(name)
        if registered:
            drafts.discard(name)
        elif name not in drafts:
            lower = name.lower()
            if VersionName.fault(name) or states.spelled(name) or any(one.lower() == lower for one in drafts):
                return None
            drafts.add(name)
    return Folders(missing=frozenset(missing), drafts=tuple(sorted(drafts)))


def _version_fault(entry: Entry, known: Mapping[str, str]) -> str:
    if entry.kind != "folder":
        return "it is a file or link where only folders of versions belong"
    fault = VersionName.fault(entry.name)
    other = known.get(entry.name.lower(), entry.name)
    return fault or ("" if other == entry.name else f"its name differs from {other!r} only in case")
