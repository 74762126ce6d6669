"""What a process has read of the versions of one model: what it need not read again.

The rule it keeps: registered versions are known by their place in the order of registration, which never changes; a
hundred thousand of them are to cost little more than their views.
"""

from array import array
from collections.abc import Collection, Sequence
from math import nan

import msgspec

from signoff.policy.history import VersionState
from signoff.registry.rows import headline
from signoff.registry.views import VersionView
from signoff.schema import layout

FIXED = (layout.MANIFEST_FILE, layout.VERSION_FILE, layout.CARD_FILE)
"""The files that every registered version's view is made of."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What this process has read of one version.

    Attributes:
        mark: How its files looked then; 0 where a later change might not show; None where nobody looked.
        view: What was made of it.
    """

    mark: int | None
    view: VersionView


class SeenVersions:
    """What this process has read of one model: registered versions in their order, and folders that are not registered."""

    __slots__ = ("drafts", "figures", "registered")

    def __init__(self) -> None:
        """Begin without any."""
        self.registered: list[Seen] = []
        self.drafts: dict[str, Seen] = {}
        self.figures: dict[str, array[float]] = {}

    def measure(self, names: Sequence[str]) -> None:
        """Have the numbers of these metrics at hand, by which a list is sorted."""
        if tuple(self.figures) != tuple(names):
            self.figures = {name: array("d", (_figure(one.view, name) for one in self.registered)) for name in names}

    def get(self, place: int, version: str) -> Seen | None:
        """Return what was read of a version that stands at a place among all."""
        known = self.registered[place] if place < len(self.registered) else None
        return known if known is not None and known.view.version == version else self.drafts.get(version)

    def put(self, place: int, seen: Seen) -> None:
        """Remember a version; registered ones are told in their order."""
        if not seen.view.registered:
            self.drafts[seen.view.version] = seen
        elif place < len(self.registered):
            self.registered[place] = seen
            for name, numbers in self.figures.items():
                numbers[place] = _figure(seen.view, name)
        else:
            self.registered.append(seen)
            for name, numbers in self.figures.items():
                numbers.append(_figure(seen.view, name))

    def forget(self, registered: int, names: Collection[str]) -> None:
        """Drop what is not among the first so many registered versions or under these names of drafts."""
        del self.registered[registered:]
        for numbers in self.figures.values():
            del numbers[registered:]
        for gone in self.drafts.keys() - names:
            del self.drafts[gone]


def files_of(spoken: VersionState | None) -> Sequence[str]:
    """Return the files that a registered version's view is made of; `spoken` is its state, where somebody spoke of it."""
    return (*FIXED, *(one.name for one in spoken.evaluations)) if spoken and spoken.evaluations else FIXED


def absent_of(seen: Seen) -> str:
    """Return the file of a registered version that was not there."""
    return layout.CARD_FILE if seen.view.card is None else ""


def _figure(view: VersionView, name: str) -> float:
    metric = headline(view, name)
    return nan if metric is None or metric.number is None else float(metric.number)
