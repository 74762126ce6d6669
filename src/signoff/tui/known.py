"""What a line of the command line can be about, and what each of its words can be.

The rule it keeps: pure; names come from the registry, the configuration and our own tables, as they are now.
"""

from collections.abc import Callable, Collection, Iterable

import msgspec

from signoff.registry.snapshot import ModelView, Snapshot
from signoff.tui.columnnames import CHOSEN, OWN
from signoff.tui.palettes import NAMES
from signoff.tui.promptwords import STATUSES, Kind


def _no_names() -> Collection[str]:
    return ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a line can be about.

    Attributes:
        snapshot: The registry; None before it was read.
        model: The model in front, or "".
        registries: Names of the configuration.
        views: Names of its saved filters.
        environments: What deployers reported on.
        names: Returns every `metrics.`, `params.` and `tags.` name of the model in front.
    """

    snapshot: Snapshot | None = None
    model: str = ""
    registries: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    names: Callable[[], Collection[str]] = _no_names

    @property
    def in_front(self) -> ModelView | None:
        """The model in front."""
        return self.snapshot.find_model(self.model) if self.snapshot and self.model else None


def _versions(known: Known) -> Iterable[str]:
    model = known.in_front
    return [view.version for view in reversed(model.versions)] if model else ()


OFFERS: dict[Kind, Callable[[Known], Iterable[str]]] = {
    "stage": lambda known: known.snapshot.stages if known.snapshot else (),
    "alias": lambda known: sorted(known.in_front.history.aliases) if known.in_front else (),
    "environment": lambda known: known.environments,
    "status": lambda _: STATUSES,
    "registry": lambda known: known.registries,
    "view": lambda known: known.views,
    "theme": lambda _: NAMES,
    "column": lambda known: (*OWN, CHOSEN, *sorted(known.names())),
    "version": _versions,
}
"""Kind of a word -> what it can be, in the order in which it is offered."""


def offers(kind: Kind, known: Known) -> Iterable[str]:
    """Return what a word of a kind can be; nothing where it can be anything."""
    offered = OFFERS.get(kind)
    return () if offered is None else offered(known)
