"""Being told what changes in a registry, for front ends that stay open.

The rule it keeps: front ends never see the storage; what they are told are paths below the registry, as
`Registry.snapshot` wants them, and how far what is told can be relied upon.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from signoff.registry.registry import Registry
from signoff.storage.polling import Polling
from signoff.storage.watch import Pace, Watch


class Standing(msgspec.Struct, frozen=True):
    """How changes are learnt of now.

    Attributes:
        note: Why they are looked for instead of announced; "" where they are announced.
        every: Seconds between two looks; 0.0 where they are announced.
        fault: Why the storage did not answer the last look; "" when it did.
    """

    note: str = ""
    every: float = 0.0
    fault: str = ""


class _Looking(Protocol):
    @property
    def note(self) -> str: ...

    @property
    def every(self) -> float: ...

    @property
    def fault(self) -> str: ...

    @property
    def told(self) -> int | None: ...

    def close(self) -> None: ...


class Watching:
    """A watch that runs until it is closed."""

    def __init__(self, looking: _Looking) -> None:
        """Keep the storage's own."""
        self._looking = looking

    @property
    def standing(self) -> Standing:
        """How changes are learnt of now."""
        return Standing(note=self._looking.note, every=self._looking.every, fault=self._looking.fault)

    @property
    def told(self) -> int | None:
        """Up to which entry of the journal all changes were told; None where the journal is not what they are learnt from."""
        return self._looking.told

    def close(self) -> None:
        """Stop."""
        self._looking.close()


def watch(
    registry: Registry,
    on_change: Callable[[frozenset[str]], None],
    *,
    on_standing: Callable[[], None] = lambda: None,
    pace: Pace | None = None,
    every: float | None = None,
    after: int | None = None,
) -> Watching:
    """Begin to watch a registry.

    Args:
        registry: What to watch.
        on_change: Called from a thread of its own with paths below the registry; an empty set: anything may have
            changed.
        on_standing: Called from such a thread when how changes are learnt of became another without any change.
        pace: How often things are done.
        every: Seconds between two looks where changes are not announced, instead of what the pace says.
        after: Up to which entry of the journal the caller looked already, where storage is far away.
    """
    storage = registry.reader.storage
    capabilities = storage.capabilities()
    if every:
        pace = msgspec.structs.replace(pace or Pace(), quick=every, slow=every)
    if not capabilities.local:
        return Watching(Polling(storage, on_change=on_change, on_standing=on_standing, pace=pace, after=after))
    return Watching(Watch(registry.url, on_change=on_change, notifies=capabilities.notifies, pace=pace))
