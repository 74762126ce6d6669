"""What a process has read of the versions of one model: what it need not read again.

The rule it keeps: registered versions are known by their place in the order of registration, which never changes; a
hundred thousand of them are to cost little more than their views.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import nan

import msgspec

from signoff.policy.history import History, VersionState
from signoff.policy.states import States
from signoff.registry.listed import Folders
from signoff.registry.rows import headline
from signoff.registry.settled import Settled, Settling
from signoff.registry.views import VersionView
from signoff.schema import layout
from signoff.storage.glancing import Marked

FIXED = (layout.MANIFEST_FILE, layout.VERSION_FILE, layout.CARD_FILE)
"""The files that every registered version's view is made of."""
NOBODY_LOOKED = -(1 << 63)
OFTEN = 4
"""So often the views of one model are put aside: what is put aside is not taken back, and what changes on is looked at."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What this process has read of one version.

    Attributes:
        mark: How its files looked then; 0 where a later change might not show; None where nobody looked.
        view: What was made of it.
    """

    mark: int | None
    view: VersionView


class Base(msgspec.Struct, frozen=True):
    """What a model's log said, and which folders its versions had, when all of them were seen."""

    history: History
    folders: Folders


class SeenVersions:
    """What this process has read of one model: registered versions in their order, and folders that are not registered.

    `base` is what it was read after; None as long as not every version was seen after the same.
    """

    __slots__ = ("base", "drafts", "figures", "left", "marks", "uncarded", "views")

    def __init__(self) -> None:
        """Begin without any."""
        self.views: list[VersionView] | Settled = []
        self.base: Base | None = None
        self.left = OFTEN
        self.marks, self.uncarded = array("q"), bytearray()
        self.drafts: dict[str, Seen] = {}
        self.figures: dict[str, array[float]] = {}

    def measure(self, names: Sequence[str]) -> None:
        """Have the numbers of these metrics at hand, by which a list is sorted."""
        if tuple(self.figures) != tuple(names):
            self.figures = {name: array("d", (_figure(view, name) for view in self.views)) for name in names}

    def get(self, place: int, version: str) -> Seen | None:
        """Return what was read of a version that stands at a place among all."""
        known = self.views[place] if place < len(self.marks) else None
        if known is None or known.version != version:
            return self.drafts.get(version)
        mark = self.marks[place]
        return Seen(None if mark == NOBODY_LOOKED else mark, known)

    def put(self, place: int, seen: Seen) -> None:
        """Remember a version; registered ones are told in their order."""
        view, mark = seen.view, NOBODY_LOOKED if seen.mark is None else seen.mark
        if not view.registered:
            self.drafts[view.version] = seen
            return
        views = self.views = self._at_hand()
        if place < len(views):
            views[place], self.marks[place], self.uncarded[place] = view, mark, view.card is None
            for name, numbers in self.figures.items():
                numbers[place] = _figure(view, name)
            return
        views.append(view)
        self.marks.append(mark)
        self.uncarded.append(view.card is None)
        for name, numbers in self.figures.items():
            numbers.append(_figure(view, name))

    def _at_hand(self) -> list[VersionView]:
        return list(self.views) if isinstance(self.views, Settled) else self.views

    def forget(self, registered: int, names: Collection[str]) -> None:
        """Drop what is not among the first so many registered versions or under these names of drafts."""
        if len(self.marks) > registered:
            views = self.views = self._at_hand()
            del views[registered:], self.marks[registered:], self.uncarded[registered:]
            for numbers in self.figures.values():
                del numbers[registered:]
        for gone in self.drafts.keys() - names:
            del self.drafts[gone]

    def settle(self, settling: Settling, states: States) -> Settled | None:
        """Put the views aside where nothing but registered versions is known; None where they stay as they are."""
        if self.drafts:
            return None
        if self.left and not isinstance(self.views, Settled):
            settled = settling.settle(self.views, states)
            if settled is not None:
                self.views, self.left = settled, self.left - 1
        return self.views if isinstance(self.views, Settled) else None

    def marked(self, states: Mapping[str, VersionState]) -> Iterator[Marked]:
        """Yield the files of each version whose folder was there, and how they looked; a mark of 0 is like none."""
        speaks = states.changed if isinstance(states, States) else states
        for version, mark, uncarded in zip(states, self.marks, self.uncarded, strict=True):
            if mark != NOBODY_LOOKED:
                absent = layout.CARD_FILE if uncarded else ""
                yield version, files_of(speaks.get(version)), absent, mark


def files_of(spoken: VersionState | None) -> Sequence[str]:
    """Return the files that a registered version's view is made of; `spoken` is its state, where somebody spoke of it."""
    return (*FIXED, *(one.name for one in spoken.evaluations)) if spoken and spoken.evaluations else FIXED


def absent_of(seen: Seen) -> str:
    """Return the file of a registered version that was not there."""
    return layout.CARD_FILE if seen.view.card is None else ""


def _figure(view: VersionView, name: str) -> float:
    metric = headline(view, name)
    return nan if metric is None or metric.number is None else float(metric.number)
